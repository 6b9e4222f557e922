"""The description and the page that shows it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from craftpath.access.errors import Conflict, NotThere
from craftpath.api.description import description
from craftpath.api.problems import told
from tests.apps.api.program import Program, program_of
from tests.apps.city import City


def test_says_each_endpoint_in_both_languages() -> None:
    for path, methods in description()["paths"].items():
        for operation in methods.values():
            zh, _, en = operation["summary"].partition(" / ")
            assert re.search(r"[\u4e00-\u9fff]", zh), path
            assert en.isascii(), path
            assert " / " in operation["tags"][0]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_shows_every_endpoint_on_its_page(db: None, language: str) -> None:
    client = Client(headers={"Accept-Language": language})
    page = client.get("/api/docs").content.decode()
    for path, methods in description()["paths"].items():
        assert path in page
        assert all(one["operationId"] in page for one in methods.values())


def test_fetches_nothing_from_elsewhere(db: None) -> None:
    page = Client().get("/api/docs").content.decode()
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*?(?:src|href)=\"([^\"]+)\"", page)
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "style=" not in page


@pytest.mark.parametrize("path", ["/nothing", "/rules/", "/me/records/7/why"])
def test_tells_in_json_that_there_is_no_such_address(db: None, path: str) -> None:
    refused = Program().get(path)
    assert (refused.status_code, refused.json()["code"]) == (404, "not-there")


def test_tells_in_json_that_a_method_is_not_taken(db: None) -> None:
    refused = Program().send("delete", "/rules")
    assert (refused.status_code, refused.json()["code"]) == (405, "no-method")
    assert refused.headers["Allow"] == "GET"


@pytest.mark.parametrize("body", [b"{nope", b"\xff\xfe", b""])
def test_tells_in_json_that_the_body_is_none(city: City, body: bytes) -> None:
    program = program_of(city, "worker")
    refused = program.client.post(
        "/api/v1/me/records", body, content_type="application/json", headers=program.headers()
    )
    assert refused.status_code in (400, 422)
    assert refused.json()["code"] in ("unread", "invalid")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "card", "start": "2025-13-01"}, "start"),
        ({"kind": "card", "start": 1735689600}, "start"),
        ({"kind": "card", "start": "2025-01-01T00:00:00"}, "start"),
        ({"kind": "card", "start": "1000-01-01"}, "start"),
        ({"kind": "card"}, "start"),
        ({"kind": "card", "start": "2025-01-01", "colour": "red"}, "colour"),
        ({"kind": "card", "start": "2025-01-01", "level": 2**70}, "level"),
        ({"kind": "card", "start": "2025-01-01", "other": 2**70}, "other"),
        ({"kind": "card", "start": "2025-01-01", "quantity": float("nan")}, "quantity"),
        ({"kind": "a\x00b", "start": "2025-01-01"}, "kind"),
        ({"kind": "\ud800", "start": "2025-01-01"}, "kind"),
    ],
)
def test_names_the_field_that_is_wrong(city: City, sent: object, field: str) -> None:
    refused = program_of(city, "worker").post("/me/records", sent)
    assert refused.status_code == 422
    problem = refused.json()["problems"][field]
    assert re.search(r"[\u4e00-\u9fff]", problem["zh"])
    assert problem["en"].isascii() or "≥" in problem["en"] or "≤" in problem["en"]


def test_keeps_personal_answers_out_of_caches(city: City) -> None:
    assert program_of(city, "worker").get("/me").headers["Cache-Control"] == "no-store"


def test_has_a_code_for_each_kind_of_refusal() -> None:
    assert b'"conflict"' in told(Conflict("甲", "a")).content
    assert b'"not-there"' in told(NotThere()).content
