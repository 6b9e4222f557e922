"""How often somebody may call."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from craftpath.access.limits import network_of
from tests.apps.api.program import Program, program_of
from tests.apps.city import City


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000_010.0)
    settings.CRAFTPATH_API_ADDRESS_PER_MINUTE = 2
    settings.CRAFTPATH_API_TOKEN_PER_MINUTE = 3


def test_tells_whoever_calls_too_often_to_wait(db: None) -> None:
    for _ in range(2):
        assert Program().get("/rules").status_code == 200
    refused = Program().get("/rules")
    assert (refused.status_code, refused.json()["code"]) == (429, "too-often")
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_counts_anew_with_the_next_minute(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        Program().get("/rules")
    monkeypatch.setattr(time, "time", lambda: 1_000_000_070.0)
    assert Program().get("/rules").status_code == 200


def test_counts_each_token_by_itself(city: City) -> None:
    one, other = program_of(city, "worker"), program_of(city, "worker")
    for _ in range(3):
        assert one.get("/me").status_code == 200
    assert one.get("/me").status_code == 429
    assert other.get("/me").status_code == 200


def test_slows_down_whoever_guesses_at_tokens(db: None) -> None:
    statuses = [Program(f"cp_guess-{n}").get("/me").status_code for n in range(4)]
    assert statuses == [401, 401, 429, 429]


def test_believes_no_header_about_the_address(db: None) -> None:
    statuses = [
        Client().get("/api/v1/rules", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(3)
    ]
    assert statuses == [200, 200, 429]


def test_sets_no_limit_where_the_setting_is_nought(db: None, settings: Any) -> None:
    settings.CRAFTPATH_API_ADDRESS_PER_MINUTE = 0
    assert {Program().get("/templates").status_code for _ in range(5)} == {200}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("", ""),
    ],
)
def test_counts_one_line_as_one(address: str, counted: str) -> None:
    assert network_of(address) == counted


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 3_000_000, 400),
        (b'{"a":' * 600_000, 400),
        (b'{"sort": ' + b"9" * 3_000_000 + b"}", 400),
        (b"{}" + b" " * (5 << 20), 413),
        (b"\xff\xfe{", 400),
    ],
)
def test_a_body_of_json_is_bounded_before_it_is_read(city: City, body: bytes, status: int) -> None:
    program = program_of(city, "hr")
    answer = program.client.post(
        "/api/v1/applications", body, content_type="application/json", headers=program.headers()
    )
    assert answer.status_code == status, answer.content[:300]
    assert answer.json()["zh"] and answer.json()["en"]
