"""Everything that the registers hold of people, in the order in which it is written."""

from __future__ import annotations

from collections.abc import Callable

from craftpath.sample.few import a_few
from craftpath.sample.people import People
from craftpath.sample.rows import Rows
from craftpath.sample.schooling import (
    PAIRINGS,
    pilot_classes,
    schooling,
    study_at_work,
    who_they_are,
)
from craftpath.sample.skill import certificates, contests, honours, titles
from craftpath.sample.stock import HONOURS
from craftpath.sample.work import POSTS, apprentices, out_of_work, work
from craftpath.sample.world import families, regions

__all__ = ["add_people", "codes_of_people"]

_REGISTERS: tuple[Callable[[Rows, People], None], ...] = (
    who_they_are,
    schooling,
    pilot_classes,
    work,
    certificates,
    titles,
    contests,
    honours,
    apprentices,
    study_at_work,
    out_of_work,
    a_few,
)


def add_people(rows: Rows, people: People) -> None:
    for register in _REGISTERS:
        register(rows, people)


def codes_of_people() -> list[str]:
    """Every code that a person's record may carry."""
    codes = [c for f in families() for c in f.occupations]
    codes += [c for f in families() for c in (f.secondary, f.college, f.bachelor, f.technical)]
    codes += [r.code for r in regions()]
    codes += ["male", "female", "adult", "open", "self-taught", "online"]
    codes += ["province-2024", "guangzhou-2024", *PAIRINGS]
    codes += [*POSTS, "legal-representative", "general-manager", "chair", *HONOURS]
    return [*codes, "skill-honour.prefecture-government", "contribution.fortune-500"]
