"""Programmes, their places, draws and objections."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from craftpath.api.schemas.common import Day, In, Line, Number, Serial, Slug, Text, Told

__all__ = [
    "Closing",
    "CommitDraw",
    "Contact",
    "Draw",
    "FromTemplate",
    "Listed",
    "MarkRow",
    "Marks",
    "NewObjection",
    "Objection",
    "ObjectionAnswer",
    "PointRow",
    "Points",
    "Programme",
    "ProgrammeIn",
    "ProgrammeLine",
    "PublishList",
    "RowTold",
    "RunDraw",
    "ShareOut",
    "Shared",
    "Template",
]

_PLACES = Field(ge=0, le=1_000_000)


class ProgrammeLine(Schema):
    """A programme in a list. Its window is [opens, closes)."""

    slug: str
    name: Told
    sort: str
    sort_label: Told
    about: str
    region: str
    host: int | None
    host_name: str
    opens: dt.date
    closes: dt.date
    open: bool
    way: str
    way_label: Told
    places: int | None
    left: int | None
    stage: str
    stage_label: Told


class AskedDocument(Schema):
    id: str
    zh: str
    en: str
    required: bool


class PlaceGroup(Schema):
    """Places kept for some. `region` "": the applicant chooses the group."""

    key: str
    zh: str
    en: str
    places: int
    region: str


class ReviewStep(Schema):
    """A review step, in order. `days` null: no deadline; `working`: of working days."""

    tier: str
    days: int | None
    working: bool


class Outcome(Schema):
    """The record that comes of it; see `OutcomeIn`."""

    kind: str
    subject: str | None
    level: int | Literal["route"] | None
    quantity: float | str | None
    months: int | None


class Programme(ProgrammeLine):
    """A programme as it was set up. Days of public notice: [notice_from, notice_until)."""

    template: str
    summary: Told
    rule: str
    focus: str
    focus_list: str
    judged_on: dt.date | None
    spare_open: bool
    waiting_list: bool
    documents: list[AskedDocument]
    marked: bool
    pass_mark: float | None
    full_mark: float
    notice_days: int
    notice_working: bool
    notice_from: dt.date | None
    notice_until: dt.date | None
    outcome: Outcome | None
    groups: list[PlaceGroup]
    steps: list[ReviewStep]


class Listed(Schema):
    """A line of the list under public notice; names of people are masked."""

    rank: int
    serial: str
    name: str
    employer: str
    place: str


class Draw(Schema):
    """A lottery, as far as it has come. `list`: who takes part, a line each, as it is hashed."""

    commitment: str
    committed_at: dt.datetime
    public_source: str
    public_day: dt.date | None
    list: str
    list_hash: str
    listed_at: dt.datetime | None
    public_value: str
    drawn_at: dt.datetime | None


class Template(Schema):
    """A programme of the pack, to set one up from."""

    id: str
    label: Told
    sort: str


# --- what is sent ----------------------------------------------------------------------------


class AskedDocumentIn(In):
    id: str = Field(max_length=40, pattern=r"^[a-z0-9-]+$")
    zh: str = Field(max_length=80, pattern=r"^[^\x00]*$")
    en: str = Field(max_length=120, pattern=r"^[^\x00]*$")
    required: bool = True


class GroupIn(In):
    key: str = Field(max_length=40, pattern=r"^[a-z0-9-]+$")
    zh: str = Field(max_length=80, pattern=r"^[^\x00]*$")
    en: str = Field(max_length=120, pattern=r"^[^\x00]*$")
    places: int = _PLACES
    region: str = Field("", max_length=12, pattern=r"^[0-9]*$")


class StepIn(In):
    tier: Literal["grassroots", "city", "province", "institution"]
    days: int | None = Field(None, ge=1, le=3660)
    working: bool = False


class OutcomeIn(In):
    """The record that comes of it. `subject`: a code, or "focus"; `level`: a rank, or "route", as
    the template says for the route of the rule by which somebody qualified; `quantity`: a number,
    "amount" of the rule, "mark", "place" by the marks, or "percent", the place as a share of all
    who took part; `months`: how long it holds."""

    kind: str = Field(max_length=40, pattern=r"^[^\x00]*$")
    subject: str | None = Field(None, max_length=40, pattern=r"^[^\x00]*$")
    level: Annotated[int, Field(ge=0, le=100)] | Literal["route"] | None = None
    quantity: float | Literal["amount", "mark", "place", "percent"] | None = None
    months: int | None = Field(None, ge=1, le=1200)


class ProgrammeIn(In):
    """A whole programme: what is left out is set back to what stands here."""

    sort: Literal["course", "sitting", "contest", "degree-class", "card", "grant", "designation"]
    about: Literal["person", "organisation"]
    name_zh: str = Field(max_length=120, pattern=r"^[^\x00]*$")
    name_en: str = Field(max_length=160, pattern=r"^[^\x00]*$")
    region: str = Field(max_length=12, pattern=r"^[0-9]*$")
    opens: Day
    closes: Day
    way: Literal["open", "first-come", "ranked", "lottery"] = "open"
    slug: str = Field("", max_length=60, pattern=r"^[a-z0-9-]*$")
    summary_zh: Text = ""
    summary_en: Text = ""
    rule: str = Field("", max_length=80, pattern=r"^[^\x00]*$")
    focus: str = Field("", max_length=40, pattern=r"^[^\x00]*$")
    focus_list: str = Field("", max_length=40, pattern=r"^[^\x00]*$")
    host: Number | None = None
    judged_on: Day | None = None
    places: int | None = Field(None, ge=0, le=1_000_000)
    spare_open: bool = True
    waiting_list: bool = True
    documents: list[AskedDocumentIn] = Field([], max_length=30)
    marked: bool = False
    pass_mark: float | None = Field(None, ge=0, le=1000)
    full_mark: float = Field(100, ge=1, le=1000)
    notice_days: int = Field(0, ge=0, le=3660)
    notice_working: bool = False
    outcome: OutcomeIn | None = None
    groups: list[GroupIn] = Field([], max_length=200)
    steps: list[StepIn] = Field([], max_length=10)


class FromTemplate(In):
    slug: Slug
    opens: Day
    closes: Day
    region: str = Field(max_length=12, pattern=r"^[0-9]*$")
    host: Number | None = None
    places: int | None = Field(None, ge=0, le=1_000_000)


class Closing(In):
    why: Line


class ShareOut(In):
    """`leave_out`: refuse what is still under review."""

    leave_out: bool = False


class Shared(Schema):
    """How the places were shared out. `gone`: who was on the line and had left it."""

    placed: int
    waiting: int
    unplaced: int
    gone: int


class CommitDraw(In):
    """`public_source`: what will be read of a public event, to the letter; `public_day` its day."""

    public_source: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    public_day: Day | None = None


class PublishList(ShareOut):
    pass


class RunDraw(In):
    public_value: str = Field("", max_length=200, pattern=r"^[^\x00]*$")


class MarkRow(In):
    """`mark` null: none, or absent; `attended` null: whoever has a mark was there."""

    serial: Serial
    mark: float | None = Field(None, ge=-1e6, le=1e6)
    attended: bool | None = None


class Marks(In):
    rows: list[MarkRow] = Field(min_length=1, max_length=1000)


class PointRow(In):
    serial: Serial
    points: float = Field(ge=-1e9, le=1e9)


class Points(In):
    rows: list[PointRow] = Field(min_length=1, max_length=1000)


class RowTold(Schema):
    """What became of a row. `problem` null: it was kept."""

    serial: str
    problem: Told | None


class NewObjection(In):
    text: Text
    contact: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    serial: Serial | None = None


class Objection(Schema):
    """`upheld` null: not answered yet. `remedy`: what was done, "" where nothing was."""

    id: int
    programme: str
    serial: str | None
    text: str
    at: dt.datetime
    answer: str
    upheld: bool | None
    remedy: str
    answered_at: dt.datetime | None


class ObjectionAnswer(In):
    """What is upheld has a remedy: `correct` with the right `points` (the whole line is ranked
    again and everybody who moves is told) or `strike`; against the list as a whole with the
    `serial` of the application, or none where the list stays."""

    upheld: bool
    answer: Text
    remedy: Literal["correct", "strike"] | None = None
    serial: Serial | None = None
    points: float | None = Field(None, ge=0, le=1_000_000)


class Contact(Schema):
    contact: str
