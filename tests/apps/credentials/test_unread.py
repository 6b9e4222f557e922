"""What cannot be read is not judged: it says what was shown, and what to show instead."""

from __future__ import annotations

import pytest

from craftpath.credentials.presented import by_file
from tests.apps.api.program import Program
from tests.apps.city import DAY

WEB_TOKEN = b"eyJhbGciOiJFZERTQSJ9.eyJ2YyI6e319.c2ln"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "This is a picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "This is a picture"),
        (WEB_TOKEN, "JWT or SD-JWT"),
        (WEB_TOKEN + b"~WyJhIl0~", "JWT or SD-JWT"),
        (WEB_TOKEN * 60 + b"~", "cannot be read"),
        (b'{"@context": ["https://www.w3.org/ns/credentials/v2"], "ty', "was cut"),
        (b"[1, 2", "was cut"),
        (b"PK\x03\x04", "cannot be read"),
        (b"hello", "cannot be read"),
        ("证书".encode("utf-16"), "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_says_what_it_cannot_read_and_judges_nothing(db: None, shown: bytes, said: str) -> None:
    found = by_file(shown, DAY)
    assert found.credential is None
    (reason,) = found.reasons
    assert said in reason.en
    assert "genuine" in reason.en and "真伪未作判断" in reason.zh


def test_says_so_through_the_interface_too(db: None) -> None:
    told = Program().post("/verify", {"document": WEB_TOKEN.decode()}).json()
    assert told["answer"] == "unknown"
    assert [one["en"] for one in told["reasons"] if "JWT or SD-JWT" in one["en"]]
