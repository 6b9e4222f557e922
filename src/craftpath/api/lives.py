"""A party's life on its way to the engine, and what it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from craftpath.eligibility import Answers, Climb, Interval, ask, ask_many, becoming, ladder
from craftpath.eligibility import Row as Decision
from craftpath.registry.evidence import COLUMNS, Row, life_rows, rows_of
from craftpath.registry.kinds import site_pack

__all__ = ["answers_of", "becoming_of", "climbs_of"]

_AT_A_TIME = 5000  # parties in one question to the database


def answers_of(party: int, as_of: dt.date, known_on: dt.date | None = None) -> Answers:
    own, others = life_rows(party)
    return ask(site_pack(), _columns(own), party, as_of, known_on, others=_columns(others))


def climbs_of(party: int, as_of: dt.date, known_on: dt.date | None = None) -> tuple[Climb, ...]:
    own, others = life_rows(party)
    return ladder(site_pack(), _columns(own), party, as_of, known_on, others=_columns(others))


def becoming_of(parties: Sequence[int], start: dt.date, end: dt.date) -> tuple[Decision, ...]:
    """Who of some people becomes eligible on a day of [start, end), the first day first."""
    own = _rows_of(parties)
    others = {row[7] for row in own if row[7] is not None} - set(parties)
    rows = _columns(own + _rows_of(sorted(others)))
    if not rows:
        return ()
    decided = ask_many(site_pack(), rows, start)
    wanted = set(parties)
    between = Interval(start, end)
    return tuple(row for row in becoming(decided, between) if row.party in wanted)


def _rows_of(parties: Sequence[int]) -> list[Row]:
    return [
        row
        for at in range(0, len(parties), _AT_A_TIME)
        for row in rows_of(parties[at : at + _AT_A_TIME])
    ]


def _columns(rows: Sequence[Row]) -> dict[str, list[Any]] | tuple[()]:
    """Rows turned round; nothing where there is none."""
    if not rows:
        return ()
    return {name: [row[at] for row in rows] for at, name in enumerate(COLUMNS)}
