"""The audit log."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Schema
from pydantic import Field

from craftpath.api.schemas.common import Code, Day, In, Number

__all__ = ["Entry", "Sought"]


class Entry(Schema):
    """Who did what to what, when, from where and why."""

    number: int
    at: dt.datetime
    user: int | None
    actor: str
    action: str
    object: str
    party: int | None
    origin: str
    address: str
    why: str
    details: dict[str, Any]
    previous: str
    digest: str


class Sought(In):
    """What is looked for, on the days from `since` up to, not including, `until`."""

    action: Code = ""
    object: Code = ""
    party: Number | None = None
    who: Code = ""
    since: Day | None = None
    until: Day | None = None
    limit: int = Field(25, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1_000_000)
