"""Proofs: checked by anybody, one's own, issued, changed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from craftpath.api.schemas.common import Day, In, Line, Slug, Told

__all__ = [
    "CheckAsked",
    "Credential",
    "CredentialFilters",
    "Finding",
    "Run",
    "RunAsked",
    "StandingChange",
]

#: Of a signed document, or of a QR code.
_Shown = Annotated[str, StringConstraints(max_length=256 * 1024, pattern=r"^[^\x00]*$")]


class CheckAsked(In):
    """One of: `number` with `name`; `code`, the token of a QR code; `document`, the signed document
    as text. With the latter two a `name` asks whether that is the holder's."""

    number: Line = ""
    name: Line = ""
    code: Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    document: _Shown = ""


class PrintedLine(Schema):
    """A printed fact: its key, what it is called, what it says as it was issued."""

    key: str
    label: Told
    value: Told


class Elsewhere(Schema):
    label: Told
    site: str


class Finding(Schema):
    """answer       valid, expired, suspended, revoked, superseded, altered, unknown
    since        from which day that is so; null where it is unknown
    name         the holder's, masked unless it was typed right (`name_known`)
    filed        whether the body was filed for it on the day of the award; null: of a card
    differs      printed facts in which what was shown is not what was issued
    elsewhere    where to ask about what others issued"""

    answer: str
    day: dt.date
    since: dt.date | None
    reasons: list[Told]
    sort: str
    title: Told | None
    name: str
    name_known: bool
    lines: list[PrintedLine]
    filed: bool | None
    filing: Told | None
    replaced_by: str
    differs: list[Told]
    elsewhere: Elsewhere | None


class Credential(Schema):
    """A certificate or a card. `until`: the first day on which it is no longer valid;
    `answer`: what the check says today."""

    id: uuid.UUID
    sort: str
    number: str
    name: str
    issuer: str
    issued: dt.date
    until: dt.date | None
    standing: str
    answer: str
    lines: list[PrintedLine]
    replaces: str | None
    code: str


class CredentialFilters(In):
    limit: int = Field(25, ge=1, le=100, description="每页条数 / how many, at most 100")
    offset: int = Field(0, ge=0, le=1_000_000, description="从第几条起 / how many to leave out")
    number: Line | None = None
    standing: Literal["issued", "suspended", "resumed", "revoked", "superseded"] | None = None


class StandingChange(In):
    """What becomes of it, and why. `day`: from when, of suspend and revoke; today where it
    is left out. `reissue` answers with the new one."""

    do: Literal["suspend", "resume", "revoke", "reissue"]
    why: Line
    day: Day | None = None


class RunAsked(In):
    note: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""


class Run(Schema):
    """A print run and how far it is; `share` of the whole, 0 to 1."""

    id: int
    programme: Slug | None
    phase: str
    wanted: int
    issued: int
    signed: int
    pages: int
    share: float
    problem: Told | None
