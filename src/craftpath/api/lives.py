"""A party's life on its way to the engine, as far as whoever asks may see it."""

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
from craftpath.registry.outlook import lives_of

__all__ = ["answers_seen_by", "becoming_seen_by", "climbs_seen_by"]


def answers_seen_by(
    actor: Actor, party: int, as_of: dt.date, known_on: dt.date | None = None
) -> Answers:
    """Of its people an employer or a school is told what follows from the records that it may see,
    by the rules that ask for nothing else; everybody else is told everything."""
    if _is_shown_part(actor, party):
        return lives_of(actor, today(), party).ask(party, as_of, known_on or as_of)
    own, others = life_rows(party)
    return ask(site_pack(), _columns(own), party, as_of, known_on, others=_columns(others))


def climbs_seen_by(actor: Actor, party: int, as_of: dt.date) -> tuple[Climb, ...]:
    """The ladder, by the same measure."""
    if _is_shown_part(actor, party):
        lives = lives_of(actor, today(), party)
        return lives.ladder(lives.ask(party, as_of, as_of))
    own, others = life_rows(party)
    return ladder(site_pack(), _columns(own), party, as_of, others=_columns(others))


def becoming_seen_by(actor: Actor, between: Interval) -> tuple[Decision, ...]:
    """Who of an employer's people becomes eligible, the first day first, by the same measure."""
    return lives_of(actor, today()).becoming(between, today())


def _is_shown_part(actor: Actor, party: int) -> bool:
    return actor.role in (Role.EMPLOYER, Role.INSTITUTION) and party != actor.party


def _columns(rows: Sequence[Row]) -> dict[str, list[Any]] | tuple[()]:
    """Rows turned round; nothing where there is none."""
    if not rows:
        return ()
    return {name: [row[at] for row in rows] for at, name in enumerate(COLUMNS)}
