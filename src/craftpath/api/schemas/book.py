"""The rule book, code lists and forms, as `craftpath.eligibility` has them."""

from __future__ import annotations

import datetime as dt

from ninja import Schema

from craftpath.api.schemas.answers import Source
from craftpath.api.schemas.common import Told

__all__ = ["FoundCode", "KindFields", "Rule", "RuleLine"]


class RuleLine(Schema):
    """A rule in the list. `pending`: a text of it waits for something that was not found."""

    id: str
    chapter: str
    chapter_label: Told
    label: Told
    about: str
    focus: Told | None
    pending: bool


class BookCondition(Schema):
    id: str
    clause: str | None
    sentence: Told
    test: Told | None
    source: Source | None
    pending: list[Told]


class BookRoute(Schema):
    id: str
    label: Told
    clause: str | None
    source: Source
    conditions: list[BookCondition]
    amount: Told | None


class BookVersion(Schema):
    """One text of a rule, in force on [start, end)."""

    start: dt.date | None
    end: dt.date | None
    days: Told
    source: Source
    note: Told | None
    pending: list[Told]
    conditions: list[BookCondition]
    routes: list[BookRoute]
    amount: Told | None


class BookCaseDay(Schema):
    """What a case expects of one day."""

    as_of: dt.date
    known_on: dt.date
    verdict: str
    sentence: Told


class BookCase(Schema):
    """A life in sentences, and what comes of it on which days."""

    it: Told
    focus: str | None
    focus_label: Told | None
    life: list[Told]
    days: list[BookCaseDay]


class KindName(Schema):
    id: str
    label: Told
    open: bool


class Rule(Schema):
    """A rule with all its texts, oldest first, its sources and its cases."""

    id: str
    label: Told
    about: str
    focus: Told | None
    note: Told | None
    pending: bool
    versions: list[BookVersion]
    kinds: list[KindName]
    sources: list[Source]
    cases: list[BookCase]


class FoundCode(Schema):
    """A code of a list. `heading`: a group, not one to choose."""

    code: str
    label: Told
    within: Told | None
    heading: bool
    alias: str | None


class Level(Schema):
    """One level: `rank` stands in records, `code` is what the law writes."""

    rank: int
    code: str
    label: Told


class KindFields(Schema):
    """What a record of one kind says. Null or empty: there is no such field."""

    kind: str
    label: Told
    about: str
    codes: str | None
    codes_label: Told | None
    choices: int
    levels: list[Level]
    unit: str | None
    unit_label: Told | None
    other: str | None
    other_label: Told | None
    has_end: bool
    open: bool
    why: Told | None
    used_by: int
