"""A party's life as the pages ask the engine about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from craftpath.eligibility import Answers, Climb, Fact, ask, ladder, pack_of
from craftpath.pack.nouns import Pack
from craftpath.registry.evidence import COLUMNS, columns_of, life_rows

__all__ = ["Life", "life_of", "the_pack"]

Columns = Mapping[str, Sequence[Any]]


def the_pack() -> Pack:
    return pack_of(settings.CRAFTPATH_PACK)


@dataclass(frozen=True)
class Life:
    """A party's records and those of the organisations that they name, as columns."""

    party: int
    own: Columns
    others: Columns

    def ask(self, as_of: dt.date, known_on: dt.date | None = None) -> Answers:
        return ask(the_pack(), self.own, self.party, as_of, known_on, others=self._others)

    def ladder(self, answers: Answers) -> tuple[Climb, ...]:
        return ladder(
            the_pack(), self.own, self.party, answers.as_of, answers.known_on, answers=answers
        )

    def holding(self, day: dt.date, kinds: Collection[str]) -> list[Fact]:
        """The party's records of some kinds that stand and hold on a day, the latest first."""
        rows = zip(*(self.own[name] for name in COLUMNS), strict=True)
        facts = [Fact(**dict(zip(COLUMNS, row, strict=True))) for row in rows if row[1] in kinds]
        held = [
            fact
            for fact in facts
            if fact.known_until is None
            and fact.start <= day
            and (fact.end is None or fact.end > day)
        ]
        return sorted(held, key=lambda fact: fact.start, reverse=True)

    @property
    def _others(self) -> Columns | tuple[()]:
        return self.others if self.others["party"] else ()


def life_of(party: int) -> Life:
    own, others = life_rows(party)
    return Life(party, columns_of(own), columns_of(others))
