"""Who a token is, and when it is nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from craftpath.api.models import Token
from craftpath.audit.models import Entry
from tests.apps.api.program import Program, program_of
from tests.apps.city import DAY, City


def test_acts_under_the_duty_of_its_token(city: City) -> None:
    said = program_of(city, "hr").get("/me").json()
    assert said["role"] == "employer"
    assert said["party"]["id"] == city.works.pk
    assert said["until"] == "2025-09-26"


def test_asks_for_a_token_where_one_is_needed(db: None) -> None:
    response = Program().get("/me")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["code"] == "not-known"


@pytest.mark.parametrize(
    "said", ["Bearer", "Bearer ", "Basic d29ya2Vy", "Bearer cp_no-such", "cp_x"]
)
def test_knows_no_made_up_token(db: None, said: str) -> None:
    response = Client().get("/api/v1/rules", headers={"Authorization": said})
    assert response.status_code == 401


def test_ends_on_its_day(city: City) -> None:
    assert program_of(city, "hr", until=DAY + dt.timedelta(days=1)).get("/me").status_code == 200
    assert program_of(city, "hr", until=DAY).get("/me").status_code == 401


def test_stops_once_it_is_revoked(city: City) -> None:
    program = program_of(city, "hr")
    assert program.get("/me").status_code == 200
    Token.objects.update(revoked_at=timezone.now())
    assert program.get("/me").status_code == 401


def test_stops_when_its_duty_ends(city: City) -> None:
    program = program_of(city, "hr")
    city.duties["hr"].end = DAY
    city.duties["hr"].save()
    assert program.get("/me").status_code == 401


def test_stops_when_its_login_is_shut(city: City) -> None:
    program = program_of(city, "hr")
    user = city.user("hr")
    user.is_active = False
    user.save()
    assert program.get("/me").status_code == 401


def test_does_only_what_its_scopes_name(city: City) -> None:
    program = program_of(city, "worker", "view.own")
    assert program.get("/me/records").status_code == 200
    refused = program.post("/me/records", {"kind": "card", "start": "2025-01-01"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "not-allowed"


def test_reads_what_is_public_whatever_its_scopes(city: City) -> None:
    assert program_of(city, "worker", "record.claim").get("/rules").status_code == 200


def test_has_no_scope_beyond_its_role(city: City) -> None:
    program = program_of(city, "worker", "view.own", "record.verify")
    assert program.post("/records/1/verify", {}).status_code == 403


def test_takes_no_cookie_for_a_token(city: City) -> None:
    client = Client()
    client.force_login(city.user("worker"), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/me").status_code == 401


def test_notes_its_use_at_most_once_a_minute(city: City) -> None:
    program = program_of(city, "hr")
    program.get("/me")
    first = Token.objects.get().used_at
    program.get("/me")
    assert first is not None and Token.objects.get().used_at == first
    Token.objects.update(used_at=first - dt.timedelta(minutes=2))
    program.get("/me")
    assert Token.objects.get().used_at > first


def test_works_for_an_official_only_with_a_second_factor(city: City, settings: Any) -> None:
    settings.CRAFTPATH_SECOND_FACTOR = "required"
    program = program_of(city, "city")
    refused = program.get("/me")
    assert refused.status_code == 403
    assert "二次验证" in refused.json()["zh"]
    Authenticator.objects.create(user=city.user("city"), type="totp", data={})
    assert program.get("/me").status_code == 200


def test_leaves_its_trace_as_the_interface(city: City) -> None:
    program = program_of(city, "worker")
    made = program.post("/me/records", {"kind": "card", "subject": "A", "start": "2025-01-01"})
    assert made.status_code in (201, 422)
    program.post("/me/records", {"kind": "workplace", "subject": "441900", "start": "2025-01-01"})
    entry = Entry.objects.get(action="record.enter")
    assert (entry.origin, entry.user) == ("api", city.user("worker").pk)
