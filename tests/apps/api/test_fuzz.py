"""Everything that the description allows, and what it does not, by programs of several roles:
never a fault of ours, and never an answer that the description does not tell.

Each run asks the same. What it finds is to become a named test.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as bounds
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from craftpath.access.clock import now
from craftpath.assessment.models import Appeal, Room, Session
from craftpath.programmes.models import Application
from craftpath.web.wsgi import application
from tests.apps.api.program import program_of
from tests.apps.assessment.hall import build_hall, rolled
from tests.apps.city import City
from tests.apps.programmes.conftest import make_programme

#: `make test` asks a little; CRAFTPATH_FUZZ=100 asks much, and of every role.
EXAMPLES = int(os.environ.get("CRAFTPATH_FUZZ", "2"))
WHO = ("", "worker", "hr", "school", "city", "auditor") if EXAMPLES > 2 else ("", "worker", "city")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@contextmanager
def _one_connection() -> Iterator[None]:
    """The application closes its connection after a request; here that is the test's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _description() -> Any:
    generation = GenerationConfig(with_security_parameters=False, deterministic=True)
    config = SchemathesisConfig(
        projects=ProjectsConfig(default=ProjectConfig(generation=generation))
    )
    return schemathesis.openapi.from_wsgi("/api/openapi.json", application, config=config)


#: What is asked on every change: what is allowed, of somebody who may much.
_SOON = ("city", GenerationMode.POSITIVE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "mode"),
    [
        pytest.param(who, mode, marks=[] if (who, mode) == _SOON else [pytest.mark.thorough])
        for who in WHO
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    ],
    ids=lambda one: getattr(one, "value", one),
)
def test_never_fails_whatever_is_asked(
    city: City, who: str, mode: GenerationMode, settings: Any
) -> None:
    settings.CRAFTPATH_API_ADDRESS_PER_MINUTE = settings.CRAFTPATH_API_TOKEN_PER_MINUTE = 0
    known, sat = _things(city), _sat(city)
    headers = program_of(city, who).headers() if who else {}
    with _one_connection():
        for found in _description().get_all_operations():
            operation = found.ok()
            there = known | sat if "sittings" in operation.tags[0] else known
            try:
                _ask(operation, mode, headers, there)
            except Exception as trouble:
                trouble.add_note(f"{operation.label} by {who or 'anybody'}")
                raise


def _ask(operation: Any, mode: GenerationMode, headers: Any, known: dict[str, Any]) -> None:
    cases = operation.as_strategy(generation_mode=mode)
    if mode is GenerationMode.NEGATIVE and not (operation.body or list(operation.query)):
        return  # nothing of it could be wrong but the path

    @seed(2025)
    @bounds(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def asked(data: st.DataObject) -> None:
        case = data.draw(cases)
        if data.draw(st.integers(0, 2)):
            there = {key: known[key] for key in case.path_parameters or {} if key in known}
            case.path_parameters = {**(case.path_parameters or {}), **there}
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    asked()


def _things(city: City) -> dict[str, Any]:
    """What the paths may name: somebody, a record of theirs, a programme, an application."""
    make_programme(
        slug="course",
        steps=(("city", 5),),
        documents=[{"id": "card", "zh": "证书", "en": "card", "required": False}],
    )
    worker = program_of(city, "worker")
    claim = {"kind": "workplace", "subject": "441900", "start": "2025-01-01"}
    return {
        "slug": "course",
        "serial": worker.post("/applications", {"programme": "course"}).json()["serial"],
        "party_id": city.worker.pk,
        "record_id": worker.post("/me/records", claim).json()["id"],
        "rule_id": "skill-level.senior",
        "list_id": "occupation",
        "kind_id": "certificate",
        "key": "card",
        "template_id": "no-such",
    }


def _sat(city: City) -> dict[str, Any]:
    """And of sittings: one at marking, in which the worker has a seat."""
    hall = build_hall(city)
    one, *_ = rolled(hall, "sat", count=2)
    Application.objects.filter(pk=one.pk).update(party=city.worker)
    appeal = Appeal.objects.create(application=one, part="skill", text="漏加", at=now())
    return {
        "slug": "sat",
        "serial": one.serial,
        "room_id": Room.objects.get().pk,
        "session_id": Session.objects.filter(part="skill").get().pk,
        "party_id": hall.examiners[0].pk,
        "appeal_id": appeal.pk,
    }
