"""Days, and sets of days. A day is a day, never a midnight; an interval is [start, end).

Inside the engine a day is its number since 1970-01-01 (Arrow's date32). `FOREVER` stands for "no
end in sight" and `BEGINNING` for "no first day"; both lie far outside every real date.

Calendar arithmetic follows the Civil Code of the PRC, art. 202: a period of months or years ends
on the same day of the month, or on the month's last day where there is none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = [
    "BEGINNING",
    "FOREVER",
    "DaySet",
    "Duration",
    "Interval",
    "add_months",
    "as_date",
    "as_day",
]

BEGINNING = -(1 << 30)
FOREVER = 1 << 30

_EPOCH = dt.date(1970, 1, 1).toordinal()
_MIN_DAY = dt.date.min.toordinal() - _EPOCH
_MAX_DAY = dt.date.max.toordinal() - _EPOCH


def as_day(date: dt.date) -> int:
    """The number of a day since 1970-01-01."""
    return date.toordinal() - _EPOCH


def as_date(day: int) -> dt.date | None:
    """The date of a day number; None for BEGINNING, FOREVER and beyond the calendar."""
    if _MIN_DAY <= day <= _MAX_DAY:
        return dt.date.fromordinal(day + _EPOCH)
    return None


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day of the month, `months` later, or that month's last day (art. 202)."""
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = dt.date(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(date.day, last))


@dataclass(frozen=True, slots=True)
class Duration:
    """Whole calendar months and, or, days. "10 years" is 120 months; "60 days" is 60 days."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read "4 years", "2 years 6 months", "60 days". ValueError says what is off."""
        months = days = 0
        rest = text.strip()
        while rest:
            found = re.match(r"(\d+)\s*(year|month|week|day)s?\b\s*", rest)
            if found is None:
                raise ValueError(f"{text!r} is not a length of time")
            number, unit = int(found[1]), found[2]
            months += number * {"year": 12, "month": 1}.get(unit, 0)
            days += number * {"week": 7, "day": 1}.get(unit, 0)
            rest = rest[found.end() :]
        if not text.strip():
            raise ValueError("an empty text is not a length of time")
        return cls(months, days)

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = [(years, "year"), (months, "month"), (self.days, "day")]
        said = [f"{n} {unit}{'s' if n != 1 else ''}" for n, unit in parts if n]
        return " ".join(said) or "0 days"


@dataclass(frozen=True)
class Interval:
    """Days from `start` up to, not including, `end`; None means unbounded on that side.

    A certificate "valid until 30 June" therefore ends on 1 July.
    """

    start: dt.date | None = None
    end: dt.date | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """As day numbers, with BEGINNING and FOREVER for the open sides."""
        return (
            BEGINNING if self.start is None else as_day(self.start),
            FOREVER if self.end is None else as_day(self.end),
        )


@dataclass(frozen=True, slots=True)
class DaySet:
    """A set of days as sorted, disjoint, non-adjacent [start, end) pairs of day numbers."""

    pairs: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> DaySet:
        """Normalise: drop empty pairs, sort, join what overlaps or touches."""
        joined: list[tuple[int, int]] = []
        for start, end in sorted((s, e) for s, e in pairs if s < e):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return cls(tuple(joined))

    def __contains__(self, day: int) -> bool:
        for start, end in self.pairs:
            if day < end:
                return start <= day
        return False

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.pairs)

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def stretch_at_or_after(self, day: int) -> tuple[int, int] | None:
        """The stretch that holds on `day`, else the next one, else None."""
        return next(((s, e) for s, e in self.pairs if e > day), None)
