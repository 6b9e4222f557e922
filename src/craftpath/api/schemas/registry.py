"""Parties, records, messages."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Schema
from pydantic import Field

from craftpath.api.schemas.common import Code, Day, In, Line, Number, Told

__all__ = [
    "Becoming",
    "Choice",
    "Contradiction",
    "Corrected",
    "Distinct",
    "Entered",
    "Joins",
    "Leaves",
    "Me",
    "Merged",
    "Message",
    "NewOrganisation",
    "NewPerson",
    "NumberAsked",
    "Pair",
    "Party",
    "PartyLine",
    "PostLevel",
    "Read",
    "Reason",
    "Record",
    "ToMerge",
    "Verified",
    "Why",
]


class PartyLine(Schema):
    """A person or an organisation."""

    id: int
    nature: str
    name: str
    name_en: str
    region: str


class Identifier(Schema):
    """A number, masked. The whole number leaves the site by no interface."""

    scheme: str
    masked: str


class Party(PartyLine):
    identifiers: list[Identifier]


class Me(Schema):
    """Under which duty this token acts, and what for."""

    name: str
    role: str
    role_label: Told
    party: PartyLine | None
    region: str
    scopes: list[str]
    until: dt.date


class Record(Schema):
    """A dated fact; it holds on [start, end). `known_until`: null while it stands."""

    id: int
    party: int
    kind: str
    kind_label: Told
    subject: str | None
    level: int | None
    start: dt.date
    end: dt.date | None
    quantity: float | None
    other: int | None
    status: str
    known: dt.date
    known_until: dt.date | None
    why: str
    origin: str
    supersedes: int | None


class Entered(In):
    """A record to enter. `end`: the first day on which it no longer holds."""

    kind: Code
    start: Day
    end: Day | None = None
    subject: Code | None = None
    level: int | None = Field(None, ge=0, le=100)
    quantity: float | None = Field(None, ge=-1e12, le=1e12)
    other: Number | None = None


class Verified(Entered):
    """`verified`: whoever sends it vouches for it, as far as they may."""

    verified: bool = False


class Corrected(Entered):
    """What a record should have said, and why."""

    why: Line


class Why(In):
    why: Line


class Reason(In):
    why: Line = ""


class NewPerson(In):
    """`scheme`: ric, passport … ; `born`: where the number does not say."""

    name: str = Field(max_length=120, pattern=r"^[^\x00]*$")
    name_en: str = Field("", max_length=160, pattern=r"^[^\x00]*$")
    scheme: Code = "ric"
    number: Code
    born: Day | None = None
    region: str = Field("", max_length=12, pattern=r"^[0-9]*$")


class NewOrganisation(In):
    """`number`: the unified social credit code."""

    name: str = Field(max_length=120, pattern=r"^[^\x00]*$")
    name_en: str = Field("", max_length=160, pattern=r"^[^\x00]*$")
    number: Code
    founded: Day
    region: str = Field("", max_length=12, pattern=r"^[0-9]*$")


class Joins(In):
    """Somebody who joins: found by name and number, or added. What is missing is told by field."""

    name: str = Field("", max_length=120, pattern=r"^[^\x00]*$")
    name_en: str = Field("", max_length=160, pattern=r"^[^\x00]*$")
    scheme: Code = "ric"
    number: Code = ""
    born: Day | None = None
    occupation: Code = ""
    workplace: Code = ""
    start: Day | None = None


class PostLevel(In):
    """The level somebody has in their post from `start` on; `kind`: a kind of level in a post."""

    kind: Code = ""
    subject: Code = ""
    level: int | None = Field(None, ge=0, le=100)
    start: Day | None = None


class Leaves(In):
    """`last`: the last day of work."""

    last: Day | None = None
    why: Line = ""


class Read(In):
    """`upto`: the number of the latest message that was read; later ones stay unread."""

    upto: Number


class ToMerge(In):
    """`absorb` is the same as `keep`, under whose number both are read from now on. `stands`: by
    the key of each contradiction, the key of the choice that stands, as
    `/merges/contradictions` tells them."""

    keep: Number
    absorb: Number
    why: Line = ""
    stands: dict[Code, Code] = Field({}, max_length=100)


class Pair(In):
    """Two that would be one."""

    keep: Number
    absorb: Number


class Choice(Schema):
    """One of the things of which only one can stand; `party`: whose it is."""

    key: str
    party: int
    label: Told


class Contradiction(Schema):
    """What the two would have twice if they were one."""

    key: str
    label: Told
    choices: list[Choice]


class Merged(Schema):
    """One merge. `undone_at`: null while it holds."""

    id: int
    kept: int = Field(validation_alias="kept_id")
    absorbed: int = Field(validation_alias="absorbed_id")
    undone_at: dt.datetime | None


class Distinct(In):
    """Two who are not one, though they look alike."""

    first: Number
    second: Number
    why: Line = ""


class NumberAsked(In):
    """A number to look up: in the body, so that no address or log holds it."""

    scheme: Code = "ric"
    number: Code


class Message(Schema):
    """What the site has to tell. `link`: a path of this site."""

    id: int
    zh: str
    en: str
    link: str
    at: dt.datetime
    read_at: dt.datetime | None


class Becoming(Schema):
    """Somebody who becomes eligible from a day on."""

    party: int
    name: str
    rule: str
    label: Told
    focus: str | None
    verdict: Literal["qualifies", "later"]
    since: dt.date
    until: dt.date | None
    amount: float | None
