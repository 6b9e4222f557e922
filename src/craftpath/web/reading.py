"""Reading what a form or an address says, without trusting it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

__all__ = ["day_in", "number_in", "page_of", "time_in"]

_M = TypeVar("_M", bound=Model)
#: No number of a row is longer; SQLite and PostgreSQL hold 64 bits.
_DIGITS = re.compile(r"[0-9]{1,19}")
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])(?::[0-9]{2})?")
_LARGEST = 2**63 - 1


def number_in(form: Mapping[str, str], name: str) -> int | None:
    """A whole number as typed; None where there is none, or it is none."""
    text = str(form.get(name, "")).strip()
    return int(text) if _DIGITS.fullmatch(text) and int(text) <= _LARGEST else None


def day_in(form: Mapping[str, str], name: str) -> dt.date | None:
    """A day as YYYY-MM-DD of 1900 to 2100; None where there is none, or it is none."""
    try:
        day = dt.date.fromisoformat(str(form.get(name, "")).strip())
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None  # others lie before or after some reckoning


def time_in(form: Mapping[str, str], name: str) -> dt.time | None:
    """A time of the day as HH:MM; None where there is none, or it is none."""
    found = _TIME.fullmatch(str(form.get(name, "")).strip())
    return None if found is None else dt.time(int(found[1]), int(found[2]))


def page_of(request: HttpRequest, found: QuerySet[_M], size: int = 25) -> Page[_M]:
    """The page of a list that the address asks for (`?page=2`), the nearest there is."""
    return Paginator(found, size).get_page(request.GET.get("page"))
