"""A site of each kept version, taken over by the present one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apps.operations.site import Site
from tests.upgrades.asking import HOLDS
from tests.upgrades.kept import said, versions
from tests.upgrades.schema import schema_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.database,
    pytest.mark.parametrize("version", versions()),
]

#: What an upgraded site does, whatever version it was (`asking.does`).
DOES = {
    "waiting": [],
    "pages": {},
    "login": True,
    "second_factor": [False, True, True],
    "program": {"reads": 200, "said before": True, "wrote": 0},
    "work": {"written": True, "printed": True, "valid": True},
    "record": "claimed",
    "application": "submitted",
    "audit_after": True,
}


@pytest.fixture
def tried(version: str, tried_out: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return tried_out[version]


def test_restores_what_was_backed_up(tried: dict[str, Any]) -> None:
    assert "Restored the backup" in tried["restored"]
    assert tried["differing"] == []


@pytest.mark.parametrize("part", HOLDS)
def test_holds_what_it_held(part: str, version: str, tried: dict[str, Any]) -> None:
    before, after = said(version)["holds"][part], tried["holds"][part]
    if part == "rows":  # tables that came later may hold what they like
        after = {table: after.get(table) for table in before}
    assert after == before


@pytest.mark.parametrize("part", DOES)
def test_does_what_a_site_does(part: str, tried: dict[str, Any]) -> None:
    assert tried["does"][part] == DOES[part]


def test_has_the_tables_of_a_new_site(tried: dict[str, Any], first_site: Site) -> None:
    """One that was made by every migration; the tests' own is made without."""
    new = schema_of(first_site.sql, postgresql=bool(first_site.database))

    assert sorted(set(tried["schema"]) ^ set(new)) == []
    assert len(tried["schema"]) == len(new)


def test_can_be_backed_up_and_proved(tried: dict[str, Any]) -> None:
    found = tried["does"]["proof"]
    assert [told for told, good in found.items() if not good] == []
    for told in ("files are as listed", "rows, as listed", "audit is whole", "open with the"):
        assert any(told in said and good for said, good in found.items()), found
