"""Answers of the engine, word for word as `craftpath.eligibility` gives them."""

from __future__ import annotations

import datetime as dt

from ninja import Schema
from pydantic import Field

from craftpath.api.schemas.common import Code, Day, In, Told

__all__ = ["Answer", "Answers", "Climb", "Fact", "SmallLife", "Source", "WholeAnswer"]


class Source(Schema):
    """A text that is rested on. `certainty`: A, B, C or RECALL; `how_sure` says it in words."""

    id: str
    title: str
    number: str | None
    issuer: Told
    day: dt.date | None
    certainty: str
    how_sure: Told
    note: Told | None


class HowFar(Schema):
    """How far a condition has come: a sentence, and 0 to 1 of what is asked."""

    sentence: Told
    fraction: float | None


class Condition(Schema):
    """One condition on the day asked. `holds`: true surely, null perhaps, false no.

    `met_until` is the first day on which it no longer holds.
    """

    id: str
    clause: str | None
    sentence: Told
    holds: bool | None
    so_far: HowFar | None
    met_from: dt.date | None
    met_until: dt.date | None
    note: Told | None
    source: Source | None


class Answer(Schema):
    """The decision on one rule, and focus.

    `verdict`: qualifies, later, unknown or never. `until`: the first day on which it no longer
    holds. `missing`: ids of the conditions of `route` that do not surely hold.
    """

    rule: str
    label: Told
    focus: str | None
    focus_label: Told | None
    verdict: str
    verdict_label: Told
    sentence: Told
    in_force: bool
    since: dt.date | None
    until: dt.date | None
    amount: float | None
    unit: str | None
    amount_sentence: Told | None
    route: str | None
    route_label: Told | None
    clause: str | None
    missing: list[str]
    conditions: list[Condition]
    sources: list[Source]


class Route(Schema):
    """One way to qualify. `decides`: the verdict rests on it."""

    id: str
    label: Told
    clause: str | None
    source: Source
    decides: bool
    conditions: list[Condition]


class Version(Schema):
    """A text of the rule, in force on [start, end), with every route."""

    start: dt.date | None
    end: dt.date | None
    in_force: bool
    source: Source
    note: Told | None
    conditions: list[Condition]
    routes: list[Route]


class WholeAnswer(Answer):
    """An answer with every route of every text that matters on that day."""

    versions: list[Version]


class LeftOut(Schema):
    """A record that cannot be used, by its place among those of the party, from 0."""

    row: int
    text: Told
    mend: Told


class Answers(Schema):
    """All answers for one party on one day, as known on another."""

    party: int
    as_of: dt.date
    known_on: dt.date
    answers: list[Answer]
    left_out: list[LeftOut]


class Rung(Schema):
    """One level. `held`: true by a verified record, null by a claimed one only."""

    level: int
    code: str
    label: Told
    held: bool | None
    held_from: dt.date | None
    answers: list[Answer]


class Climb(Schema):
    """One occupation's ladder, lowest rung first."""

    focus: str
    label: Told
    rungs: list[Rung]


class Fact(In):
    """A fact of a small life. `level` is a rank; it holds on [start, end)."""

    kind: Code
    start: Day
    end: Day | None = None
    subject: Code | None = None
    level: int | None = Field(None, ge=0, le=100)
    quantity: float | None = Field(None, ge=-1e12, le=1e12)


class SmallLife(In):
    """A life to try. Nothing of it is kept."""

    facts: list[Fact] = Field(min_length=1, max_length=100)
    as_of: Day | None = Field(None, description="判断的日期，默认今天 / the day asked, today")
