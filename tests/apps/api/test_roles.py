"""Every role on every endpoint, against the one table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from craftpath.access.may import MAY
from craftpath.access.roles import Role
from craftpath.api import schemas
from craftpath.api.call import calls
from craftpath.api.interface import api
from tests.apps.api.program import Program, program_of
from tests.apps.city import City

GOLDEN = Path(__file__).with_name("operations.txt")
CALLS = calls(api)
ROLES = ["worker", "hr", "school", "expert", "town", "city", "province", "auditor", "operator"]


def test_declares_each_endpoint_with_a_line_of_the_table() -> None:
    assert len(CALLS) > 50
    for _, path, names in CALLS:
        assert names and all(name in MAY for name in names), path


@pytest.mark.parametrize("who", ["", *ROLES])
def test_lets_each_role_call_what_the_table_says(city: City, who: str, settings: Any) -> None:
    settings.CRAFTPATH_API_ADDRESS_PER_MINUTE = 0
    program = program_of(city, who) if who else Program()
    role = city.actor(who).role if who else Role.PUBLIC
    for method, path, names in CALLS:
        filled = path.replace("{", "").replace("}", "").removeprefix("/api/v1")
        for part in (
            "party_id",
            "record_id",
            "document_id",
            "override_id",
            "objection_id",
            "batch_id",
            "run_id",
            "room_id",
            "session_id",
            "appeal_id",
            "merge_id",
        ):
            filled = filled.replace(part, "999999")
        filled = filled.replace("credential_id", "00000000-0000-4000-8000-000000000000")
        status = program.send(method, filled, None if method == "get" else {}).status_code
        allowed = any(role in MAY[name] for name in names)
        refused = 403 if who else 401
        assert (status != refused) == allowed, (method, path, status)
        assert status < 500, (method, path)


def test_lists_its_endpoints_as_the_golden_does(request: pytest.FixtureRequest) -> None:
    written = "".join(f"{method:5} {path}  {' | '.join(names)}\n" for method, path, names in CALLS)
    if request.config.getoption("--renew-goldens"):
        GOLDEN.write_text(written)
    assert GOLDEN.read_text() == written


def test_calls_no_two_schemas_by_one_name() -> None:
    import importlib
    import pkgutil

    from ninja import Schema

    seen: dict[str, str] = {}
    for module in pkgutil.iter_modules(schemas.__path__):
        found = importlib.import_module(f"{schemas.__name__}.{module.name}")
        for name, thing in vars(found).items():
            own = isinstance(thing, type) and issubclass(thing, Schema)
            if own and thing.__module__ == found.__name__ and "[" not in name:
                assert seen.setdefault(name, module.name) == module.name, name
