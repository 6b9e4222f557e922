"""Moments as credentials write them: always with time and zone."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["read_moment", "write_moment"]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def write_moment(moment: dt.datetime) -> str:
    """In UTC, to the second: 2025-08-27T01:00:00Z. ValueError: the moment has no zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: object) -> dt.datetime:
    """ValueError: it is no moment with time and zone."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError("no moment with time and zone")
    return dt.datetime.fromisoformat(text)
