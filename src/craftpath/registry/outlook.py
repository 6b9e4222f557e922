"""What an employer's people qualify for, and when, as far as the employer may know it.

Answers rest on the records that the employer may see, and are given for rules alone that ask for
nothing else: those of the ladder of levels, and those that look only at kinds shown to employers or
told by them. Whether somebody drew unemployment benefit or where they live cannot be read off them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from craftpath.access.roles import Actor
from craftpath.eligibility import Answers, Climb, Interval, ask, ask_many, becoming, ladder
from craftpath.eligibility import Row as Decided
from craftpath.eligibility.kept import once_a_pack
from craftpath.pack.nouns import Pack
from craftpath.pack.show import patterns_of
from craftpath.registry.evidence import COLUMNS, Row
from craftpath.registry.kinds import own_kinds, site_pack
from craftpath.registry.staff import rows_shown

__all__ = ["Lives", "lives_of", "quarter", "rules_told"]

Columns = Mapping[str, Sequence[Any]]


def rules_told(about: str = "person") -> tuple[str, ...]:
    """The rules of which an employer is told how its people stand, in the pack's order."""
    return _told(site_pack())[about]


@once_a_pack
def _told(pack: Pack) -> dict[str, tuple[str, ...]]:
    kinds = pack.vocabulary.kinds
    seen = {*own_kinds().shown, *(id for id, kind in kinds.items() if kind.other == "employer")}
    climbing = {rule for rung in (pack.ladder.rungs if pack.ladder else ()) for rule in rung.rules}
    found: dict[str, list[str]] = {"person": [], "organisation": []}
    for rule in pack.rules:
        asked = {p.kind for p in patterns_of(rule) if kinds[p.kind].about != "organisation"}
        if rule.about.party == "organisation" or rule.id in climbing or asked <= seen:
            found[rule.about.party].append(rule.id)
    return {about: tuple(rules) for about, rules in found.items()}


def quarter(day: dt.date, ahead: int = 0) -> Interval:
    """The rest of the calendar quarter of a day, that day included; or a whole later one."""
    months = day.year * 12 + (day.month - 1) // 3 * 3 + 3 * ahead
    first, end = _month(months), _month(months + 3)
    return Interval(max(first, day) if ahead == 0 else first, end)


def _month(months: int) -> dt.date:
    return dt.date(months // 12, months % 12 + 1, 1)


def lives_of(actor: Actor, day: dt.date, party: int | None = None) -> Lives:
    """The lives of an employer's people (or of one of them) as far as it sees them: one query."""
    return Lives(actor.party or 0, tuple(rows_shown(actor, day, party)))


@dataclass(frozen=True)
class Lives:
    """Records of an employer's people and of the employer, sorted by party."""

    employer: int
    rows: tuple[Row, ...]

    def ask_all(
        self,
        as_of: dt.date,
        known_on: dt.date,
        rules: Iterable[str] | None = None,
        between: Interval | None = None,
    ) -> tuple[Decided, ...]:
        """The decisions of all people in one call, but those that say never; `between`: only
        those that begin in it."""
        wanted = [*(rules_told() if rules is None else rules)]
        if not wanted or not self.rows:
            return ()
        columns = self._columns(self.rows)
        return ask_many(site_pack(), columns, as_of, known_on, wanted, between=between)

    def becoming(self, between: Interval, known_on: dt.date) -> tuple[Decided, ...]:
        """Who becomes eligible on a day of the interval, the first day first; levels that somebody
        has reached by its first day are left out."""
        first = between.start
        assert first is not None
        passed = self.passed(first)
        return tuple(
            row
            for row in becoming(self.ask_all(first, known_on, between=between), between)
            if (row.party, row.focus, row.rule) not in passed
        )

    def ask(
        self, party: int, as_of: dt.date, known_on: dt.date, rules: Iterable[str] | None = None
    ) -> Answers:
        """Answers for one of them, with sentences."""
        wanted = [*(rules_told() if rules is None else rules)]
        own = self._of(party)
        others = self._of(self.employer) if party != self.employer else ()
        return ask(
            site_pack(),
            self._columns(own),
            party,
            as_of,
            known_on,
            wanted,
            self._columns(others) if others else (),
        )

    def ladder(self, answers: Answers) -> tuple[Climb, ...]:
        return ladder(
            site_pack(),
            self._columns(self._of(answers.party)),
            answers.party,
            answers.as_of,
            answers.known_on,
            answers=answers,
        )

    def passed(self, day: dt.date) -> set[tuple[int, str | None, str]]:
        """(party, focus, rule) of rules that open a rung at or below the one that somebody's
        verified record puts them on: there is nothing more to be had by them."""
        climb = site_pack().ladder
        if climb is None:
            return set()
        held: dict[tuple[int, str | None], int] = {}
        for party, kind, subject, level, start, end, _, _, status, _, gone in self.rows:
            runs = start <= day and (end is None or end > day) and gone is None
            if kind in climb.held and level is not None and status == "verified" and runs:
                held[party, subject] = max(level, held.get((party, subject), 0))
        return {
            (party, focus, rule)
            for (party, focus), level in held.items()
            for rule in climb.rules_up_to(level)
        }

    def _of(self, party: int) -> tuple[Row, ...]:
        first, end = self._spans.get(party, (0, 0))
        return self.rows[first:end]

    @cached_property
    def _spans(self) -> dict[int, tuple[int, int]]:
        found: dict[int, tuple[int, int]] = {}
        for at, row in enumerate(self.rows):
            first, _ = found.get(row[0], (at, at))
            found[row[0]] = (first, at + 1)
        return found

    @staticmethod
    def _columns(rows: Sequence[Row]) -> Columns:
        if not rows:
            return {name: [] for name in COLUMNS}
        return dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
