"""Sittings: filings, rooms, sessions, examiners, seats, rolls, marks, appeals."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, TypeAlias

from ninja import Schema
from pydantic import Field, StringConstraints

from craftpath.api.schemas.common import Day, In, Line, Number, Region, Serial, Text, Told

__all__ = [
    "Appeal",
    "AppealAnswer",
    "AppealAnswered",
    "Examiner",
    "ExaminerIn",
    "Filing",
    "MarkLine",
    "NewAppeal",
    "NewSession",
    "OwnSitting",
    "PartMark",
    "PartMarks",
    "PartTold",
    "Pooled",
    "Published",
    "Roll",
    "RollIn",
    "Room",
    "RoomIn",
    "Seat",
    "Seated",
    "Seating",
    "Session",
    "SessionIn",
    "Settling",
    "Sitting",
    "SittingFilters",
    "SittingLine",
    "SittingPlan",
    "Unseating",
]

PartId: TypeAlias = Literal["theory", "skill", "review"]
#: Of the day, as it is written on the ticket.
Hour = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_LEVEL = Field(ge=0, le=100)
_MARK = Field(ge=-1e6, le=1e6)


# --- the body ------------------------------------------------------------------------------


class Filing(Schema):
    """What a body is filed for, on the days [start, end); `end` null: until further notice.

    `level`: a rank; `site` null: the body's own place; `region`: where the place lies.
    """

    record: int
    occupation: str
    occupation_label: Told
    level: int
    level_label: Told
    site: int | None
    region: str
    region_label: Told
    start: dt.date
    end: dt.date | None


class Room(Schema):
    """A room. `seats`: how many can sit a paper there, or be tested at a time."""

    id: int
    name: str
    address: str
    region: str
    seats: int
    closed: bool


class Pooled(Schema):
    """Somebody who may examine for the body."""

    party: int
    name: str


# --- a sitting -----------------------------------------------------------------------------


class SittingLine(Schema):
    """A sitting in a list. `slug`: its programme's; `level`: a rank."""

    slug: str
    name: Told
    host: int | None
    host_name: str
    region: str
    occupation: str
    occupation_label: Told
    level: int
    level_label: Told
    stage: str
    stage_label: Told
    published_at: dt.datetime | None


class PartAsked(Schema):
    """A part that its candidates sit, by the pack.

    `minutes`: the least that it takes, null: not known; `of_each`: of each candidate, one after
    another. `role`: who looks on: `least` of them and one for each `each` candidates (null: not by
    their number), `odd`: an odd number.
    """

    part: str
    part_label: Told
    minutes: int | None
    of_each: bool
    role: str
    role_label: Told
    least: int
    each: int | None
    odd: bool


class Sitting(SittingLine):
    """A sitting as it is planned.

    `carries`: months for which a passed part is carried over to a resit; `appeal_days`: days after
    publication; `appeal_until`: the first day without appeals; `passes`: the mark that passes each
    part, of `full`; `archive`: the SHA-256 of what was put away, "" before.
    """

    carries: int
    appeal_days: int
    appeal_until: dt.date | None
    passes: int
    full: int
    parts: list[PartAsked]
    archived_at: dt.datetime | None
    archive: str


class SittingFilters(In):
    stage: Literal["planned", "seated", "marking", "published", "archived"] | None = None
    region: Region | None = None
    limit: int = Field(25, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1_000_000)


class Examiner(Schema):
    party: int
    name: str
    role: str
    role_label: Told


class Session(Schema):
    """One part, in one room, at one time. `present`, `absent`: 0 until its roll is taken."""

    id: int
    sitting: str
    part: str
    part_label: Told
    room: Room
    day: dt.date
    starts: str
    minutes: int
    examiners: list[Examiner]
    seated: int
    present: int
    absent: int


class Seat(Schema):
    """A candidate's place in a session. `attended` null: the roll is not taken yet."""

    session: int
    number: int
    part: str
    serial: str
    ticket: str
    party: int
    name: str
    attended: bool | None


class Seated(Schema):
    """What a seating came to. `seats` given anew and `kept`; `carried`: parts not to be sat again;
    `freed`: seats of those who left."""

    candidates: int
    seats: int
    kept: int
    carried: int
    freed: int


class Roll(Schema):
    present: int
    absent: int


# --- marks ---------------------------------------------------------------------------------


class PartMark(Schema):
    """A mark that stands. `value` null: absent; `origin`: how it came to stand."""

    value: float | None
    origin: str
    origin_label: Told
    why: str
    at: dt.datetime


class MarkLine(Schema):
    """One candidate's part.

    `typed`: the hands that have typed it. `first`, `second`: what they typed, once both have;
    before, one's own alone. `stands` null: no mark stands; `differs`: the hands do not agree, and
    nobody has looked again.
    """

    serial: str
    ticket: str
    party: int
    name: str
    part: str
    part_label: Told
    attended: bool | None
    typed: list[str]
    first: float | None
    second: float | None
    stands: PartMark | None
    settled: bool
    differs: bool


class PartTold(Schema):
    """What became of a row. `problem` null: it was kept; `stands`: both hands agree; `differs`:
    they do not."""

    key: str
    part: str
    problem: Told | None
    stands: bool
    differs: bool


class Published(Schema):
    """Candidates by result; `records`: outcomes that this call wrote."""

    passed: int
    failed: int
    absent: int
    records: int


class Appeal(Schema):
    """An appeal against the mark of a part. `upheld` null: not answered yet; `mark`: the new one,
    where it was upheld."""

    id: int
    sitting: str
    sitting_name: Told
    serial: str
    party: int
    name: str
    part: str
    part_label: Told
    text: str
    at: dt.datetime
    upheld: bool | None
    answer: str
    mark: float | None
    answered_at: dt.datetime | None


class AppealAnswered(Schema):
    """An appeal as answered. `written`: the outcome's record, where they pass now; `voided`: the
    one that counts no more, whose certificate is to be revoked."""

    appeal: Appeal
    written: int | None
    voided: int | None


# --- a worker's own ------------------------------------------------------------------------


class OwnSeat(Schema):
    day: dt.date
    starts: str
    minutes: int
    room: str
    address: str
    number: int


class OwnMark(Schema):
    """`value` null: absent."""

    value: float | None
    origin: str
    origin_label: Told


class OwnPart(Schema):
    """`seat` null: not seated, or carried over from an earlier pass; `mark` null: none published
    yet."""

    part: str
    part_label: Told
    seat: OwnSeat | None
    mark: OwnMark | None


class OwnSitting(SittingLine):
    """A sitting in which one has a place. `serial`: of the application; `ticket` "": not seated
    yet; `appeal_until`: the first day without appeals."""

    serial: str
    ticket: str
    parts: list[OwnPart]
    appeals: list[Appeal]
    appeal_until: dt.date | None


# --- what is sent --------------------------------------------------------------------------


class RoomIn(In):
    name: Line
    address: Line
    region: Region
    seats: int = Field(ge=0, le=1_000_000)


class SittingPlan(In):
    """`level`: a rank; `carries`: months, 0: never; `appeal_days`: days, 1 at least."""

    level: int = _LEVEL
    carries: int = Field(ge=0, le=10_000)
    appeal_days: int = Field(ge=0, le=10_000)


class SessionIn(In):
    """`starts`: as "09:00"."""

    room: Number
    day: Day
    starts: Hour
    minutes: int = Field(ge=0, le=10_000)


class NewSession(SessionIn):
    part: PartId


class ExaminerIn(In):
    party: Number
    role: Literal["invigilator", "assessor", "reviewer"]


class Seating(In):
    """`afresh`: nobody keeps the seat that they have."""

    afresh: bool = False


class Unseating(In):
    why: Line


class RollIn(In):
    """`absent`: numbers of seats; everybody else was there."""

    absent: list[Annotated[int, Field(ge=0, le=1_000_000)]] = Field(max_length=2000)


class PartMarkRow(In):
    """`key`: number of the ticket, or serial of the application; `mark` null: absent."""

    key: Serial
    part: PartId
    mark: float | None = _MARK


class PartMarks(In):
    hand: Literal["first", "second"]
    rows: list[PartMarkRow] = Field(min_length=1, max_length=1000)


class Settling(PartMarkRow):
    why: Line


class NewAppeal(In):
    part: PartId
    text: Text


class AppealAnswer(In):
    """`mark`: the new one, where it is upheld."""

    upheld: bool
    answer: Text
    mark: float | None = Field(None, ge=-1e6, le=1e6)
