"""A party's life on its way to the engine, and what it answers: to employers and schools as far as
they may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from craftpath.access.clock import today
from craftpath.access.roles import Actor, Role
from craftpath.eligibility import Answers, Climb, Interval, ask, ladder
from craftpath.eligibility import Row as Decision
from craftpath.registry.evidence import COLUMNS, Row, life_rows
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Party
from craftpath.registry.outlook import lives_of, rules_told

__all__ = ["answers_of", "becoming_of", "climbs_of"]


def answers_of(
    actor: Actor, party: Party, as_of: dt.date, known_on: dt.date | None = None
) -> Answers:
    """An employer or a school has answers about its people from the records that it sees, by the
    rules that ask for nothing else."""
    if _sees_all(actor, party):
        own, others = life_rows(party.pk)
        return ask(site_pack(), _columns(own), party.pk, as_of, known_on, others=_columns(others))
    lives = lives_of(actor, today(), party.pk)
    return lives.ask(party.pk, as_of, known_on or as_of, rules_told(party.nature))


def climbs_of(
    actor: Actor, party: Party, as_of: dt.date, known_on: dt.date | None = None
) -> tuple[Climb, ...]:
    if _sees_all(actor, party):
        own, others = life_rows(party.pk)
        return ladder(
            site_pack(), _columns(own), party.pk, as_of, known_on, others=_columns(others)
        )
    lives = lives_of(actor, today(), party.pk)
    return lives.ladder(lives.ask(party.pk, as_of, known_on or as_of, rules_told(party.nature)))


def becoming_of(actor: Actor, start: dt.date, end: dt.date) -> tuple[Decision, ...]:
    """Who of an employer's people becomes eligible on a day of [start, end), by day."""
    day = today()
    return lives_of(actor, day).becoming(Interval(start, end), max(start, day))


def _sees_all(actor: Actor, party: Party) -> bool:
    return actor.role not in (Role.EMPLOYER, Role.INSTITUTION) or party.pk == actor.party


def _columns(rows: Sequence[Row]) -> dict[str, list[Any]] | tuple[()]:
    """Rows turned round; nothing where there is none."""
    if not rows:
        return ()
    return {name: [row[at] for row in rows] for at, name in enumerate(COLUMNS)}
