"""The same rooms in every app, and no write outside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "craftpath"
APPS = ("audit", "access", "registry", "programmes", "credentials", "assessment")
WRITES = re.compile(
    r"\.objects\.(create|bulk_create|bulk_update|update_or_create|get_or_create)\("
    r"|\.(update|bulk_update)\([a-z_]+="
    r"|\b\w+\.(save|delete)\(\)"
)


@pytest.mark.parametrize("app", APPS)
def test_has_its_rooms(app: str) -> None:
    rooms = {path.stem for path in (SOURCE / app).iterdir()}
    assert {"models", "migrations"} <= rooms
    assert "queries" in rooms or app == "access"  # whose one question is asked by its middleware
    assert "actions" in rooms or app == "audit"  # which is written by the frame of all actions


@pytest.mark.parametrize("folder", ["web", "cli", "api/routes"])
def test_writes_by_actions_alone(folder: str) -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in sorted((SOURCE / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if WRITES.search(line)
    ]
    assert found == []


ENDS_RECORDS = re.compile(r"\.update\(\s*known_until=(?!None)")


def test_tells_whoever_rests_on_records_when_they_end() -> None:
    """Decision 0024. What an employer says of its staff is proved by no paper."""
    ends = {
        str(path.relative_to(SOURCE)): "tell_followers(" in path.read_text("utf-8")
        for path in sorted(SOURCE.rglob("*.py"))
        if ENDS_RECORDS.search(path.read_text("utf-8"))
    }
    assert ends.pop("registry/actions/staff.py") is False
    assert ends
    assert all(ends.values()), ends


def test_would_notice_a_write() -> None:
    assert WRITES.search("Record.objects.create(party=party)")
    assert WRITES.search("found.update(read_at=now)")
    assert WRITES.search("record.save()")
