"""Files made to hang, swell, confuse or leak: a clear answer, at once."""

from __future__ import annotations

import json
import time

import pytest

from craftpath.access.errors import TooMuch
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.models import Credential
from craftpath.credentials.verification import check_code, check_file, check_number
from tests.apps.credentials.conftest import Office


@pytest.fixture
def one(office: Office) -> Credential:
    (made,) = issue(office.actor("school"), [office.passed()[0].pk])
    return made


def hostile(one: Credential) -> dict[str, bytes]:
    address = json.loads(one.document)["id"]
    blanks = [{"id": f"_:{n}", "knows": f"_:{(n + 1) % 900}"} for n in range(900)]
    whole = json.loads(one.document)
    return {
        "empty": b"",
        "blank": b" \n\t ",
        "null": b"null",
        "number": b"1e999999",
        "infinity": b'{"id": Infinity}',
        "digits": b'{"id": ' + b"9" * 200_000 + b"}",
        "brackets": b"[" * 250_000,
        "braces": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
        "broken utf-8": b'{"id": "\xff\xfe"}',
        "utf-16": one.document.encode("utf-16"),
        "zip": b"PK\x03\x04" + b"\0" * 1000,
        "id is a list": json.dumps({"id": [address]}).encode(),
        "id is an object": json.dumps({"id": {"id": address}}).encode(),
        "id with a tail": json.dumps({**whole, "id": address + "/../x"}).encode(),
        "two ids": one.document.encode().replace(b'"id"', b'"id": "urn:x", "id"', 1),
        "poison graph": json.dumps({"@context": ["https://evil"], "@graph": blanks}).encode(),
        "somebody else's": json.dumps({**whole, "id": "https://elsewhere.example/1"}).encode(),
        "uuid of nobody": json.dumps(
            {"id": "http://127.0.0.1:8000/credentials/00000000-0000-4000-8000-000000000000"}
        ).encode(),
        "pdf of links": b"%PDF-1.7 " + b"/v/a.b.c " * 20_000,
        "pdf of dots": b"%PDF-1.7 /v/" + b"a" * 400 + b"." + b"b" * 250_000,
    }


def test_answers_each_at_once_and_leaks_nothing(one: Credential) -> None:
    for name, content in hostile(one).items():
        begun = time.perf_counter()
        found = check_file(content)
        assert time.perf_counter() - begun < 2, name
        assert (found.answer, found.lines, found.name) == ("unknown", (), ""), name


def test_finds_ours_in_the_midst_of_what_does_not_belong(one: Credential) -> None:
    """Ours by its id: what was put in is what is named."""
    document = json.loads(one.document)
    document["evil"] = [{"deep": [[[[1]]]]}] * 5000
    found = check_file(json.dumps(document).encode())
    assert (found.answer, [what.en for what in found.differs]) == ("altered", ["something else"])


def test_refuses_what_is_too_large_before_it_is_read(one: Credential) -> None:
    with pytest.raises(TooMuch):
        check_file(one.document.encode() + b" " * 256 * 1024)


def test_refuses_forged_codes(one: Credential) -> None:
    head, payload, mark = one.token.split(".")
    another = "B" if mark[0] == "A" else "A"
    for forged in (
        "", ".", "..", "a.b.c", "é" * 50, "A" * 100_000, "\0", "eyJhbGciOiJub25lIn0.W10.",
        f"{head}.{payload}.", f"{head}..{mark}", f"{head}.{payload}.{another}{mark[1:]}",
    ):  # fmt: skip
        assert check_code(forged).answer == "unknown", forged


def test_refuses_forged_numbers(one: Credential) -> None:
    for typed in ("", "%", "_" * 22, "S" * 100_000, "\0", "' OR 1=1 --", "１" * 22):
        assert check_number(typed, "林晓").answer == "unknown", typed
        assert check_number(one.number, typed).answer == "unknown", typed
