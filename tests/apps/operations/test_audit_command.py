from __future__ import annotations

import pytest
from click.testing import CliRunner

from craftpath.access.act import act
from craftpath.access.roles import SYSTEM
from craftpath.audit.models import Entry
from craftpath.cli.main import main


@pytest.fixture
def entries(db: None) -> list[Entry]:
    for number in (1, 2, 3):
        with act(SYSTEM, "import.commit", rows=number):
            pass
    return list(Entry.objects.order_by("number"))


def test_tells_how_many_entries_and_the_last_digest(entries: list[Entry]) -> None:
    done = CliRunner().invoke(main, ["audit", "verify"])

    assert done.exit_code == 0, done.output
    assert "3 audit entries" in done.output
    assert entries[-1].digest in done.output


def test_names_every_broken_place(entries: list[Entry]) -> None:
    Entry.objects.filter(number=2).update(actor="somebody else")

    done = CliRunner().invoke(main, ["audit", "verify"])

    assert done.exit_code == 1
    assert "entry 2 was changed" in done.output
    assert "第 2 条" in done.output
