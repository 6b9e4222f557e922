"""Applications, their documents, reviews and overrides."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from craftpath.api.schemas.common import In, Number, Serial, Slug, Text, Told

__all__ = [
    "Amended",
    "Application",
    "ApplicationLine",
    "Document",
    "Filters",
    "GroupApplication",
    "GroupLine",
    "NewApplication",
    "Override",
    "OverrideAnswer",
    "OverrideAsked",
    "Review",
    "ReviewLine",
    "ReviewMany",
    "Withdrawal",
]

_FOCUS = Field("", max_length=40, pattern=r"^[^\x00]*$")


class ApplicationLine(Schema):
    """An application. Whoever changes or decides it names the `version` that they have seen."""

    serial: str
    programme: str
    programme_name: Told
    party: int
    party_name: str
    employer: int | None
    focus: str
    group: str | None
    state: str
    state_label: Told
    step: int
    version: int
    due: dt.date | None
    place: str
    place_label: Told
    rank: int | None
    submitted_at: dt.datetime | None


class Document(Schema):
    """A file handed in for `key`. `replaced`: a newer one stands in its place."""

    id: int
    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    replaced: bool
    at: dt.datetime


class Decided(Schema):
    """A decision at a step, on the version that was seen."""

    step: int
    seen_version: int
    verdict: str
    note: str
    at: dt.datetime


class Override(Schema):
    """Letting pass what the engine does not. `agreed` null: not answered yet."""

    id: int
    serial: str
    reason: str
    verdict: dict[str, Any]
    asked_at: dt.datetime
    agreed: bool | None
    answered_at: dt.datetime | None


class Done(Schema):
    """One line of the audit. `by`: told to officials alone."""

    action: str
    at: dt.datetime
    by: str
    why: str


class Application(ApplicationLine):
    """An application with all that belongs to it. `check_first` and `check_final`: what the engine
    said, with its receipt, when it was handed in and when it was approved."""

    note: str
    points: float | None
    mark: float | None
    attended: bool | None
    outcome: int | None
    may_amend: bool
    check_first: dict[str, Any] | None
    check_final: dict[str, Any] | None
    documents: list[Document]
    reviews: list[Decided]
    overrides: list[Override]
    timeline: list[Done]


class Filters(In):
    """`due`: those whose present step whoever calls may decide; `overdue`: past their day."""

    programme: Slug | None = None
    state: Literal["draft", "submitted", "returned", "approved", "refused", "withdrawn", "done"] | (
        None
    ) = None
    party: Number | None = None
    due: bool = False
    overdue: bool = False
    limit: int = Field(25, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1_000_000)


class NewApplication(In):
    """`party`: one's own where it is left out; `group`: by region where it is left out."""

    programme: Slug
    party: Number | None = None
    focus: str = _FOCUS
    group: str = _FOCUS
    note: Text = ""


class GroupApplication(In):
    parties: list[Number] = Field(min_length=1, max_length=500)
    focus: str = _FOCUS
    group: str = _FOCUS


class GroupLine(Schema):
    """What became of one person of a group. `serial` null: refused, `refusal` says why.

    `place`: how they came to stand in the line: `placed`, `waiting` or `none`.
    """

    party: int
    serial: str | None
    state: str | None
    refusal: Told | None
    place: str


class Amended(In):
    """What is left out stays."""

    focus: str | None = Field(None, max_length=40, pattern=r"^[^\x00]*$")
    group: str | None = Field(None, max_length=40, pattern=r"^[^\x00]*$")
    note: Text | None = None


class Withdrawal(In):
    why: Text = ""


class Review(In):
    seen_version: int = Field(ge=1, le=2**31 - 1)
    verdict: Literal["pass", "return", "refuse"]
    note: Text = ""


class Seen(In):
    serial: Serial
    seen_version: int = Field(ge=1, le=2**31 - 1)


class ReviewMany(In):
    applications: list[Seen] = Field(min_length=1, max_length=200)
    verdict: Literal["pass", "return", "refuse"]
    note: Text = ""


class ReviewLine(Schema):
    """What became of one of many. `problem` null: it was decided."""

    serial: str
    state: str | None
    problem: Told | None


class OverrideAsked(In):
    reason: Text


class OverrideAnswer(In):
    agree: bool
    note: Text = ""
