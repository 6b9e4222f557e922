"""working-days.yaml: on which days offices work, beside Monday to Friday.

    working_days:
      2026:
        sources: [holidays-2026]
        off: [2026-01-01, …]       # Mondays to Fridays on which offices are closed
        worked: [2026-01-04, …]    # Saturdays and Sundays worked instead

The years follow each other without a gap. In a year that is not there, Monday to Friday are
working days, and whoever tells a day reckoned so says so (`WorkingDays.knows`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from craftpath.pack.nodes import Mapping, Node, Scalar
from craftpath.pack.problems import Notes
from craftpath.pack.tables import read_source_key
from craftpath.pack.values import fields_of, read_day, read_items
from craftpath.pack.working_days import WorkingDays

__all__ = ["read_working_days"]

_SATURDAY = 5


def read_working_days(tree: Node, sources: Collection[str], notes: Notes) -> WorkingDays:
    """The years of the tree that can be used, and notes on the others."""
    top = fields_of(tree, notes, "the file")
    body = top.need("working_days", "Begin the file with `working_days:`") if top else None
    if top is not None:
        top.close()
    if body is None or fields_of(body, notes, "`working_days`") is None:
        return WorkingDays()
    assert isinstance(body, Mapping)
    off: set[dt.date] = set()
    worked: set[dt.date] = set()
    found: list[tuple[int, tuple[str, ...]]] = []
    for key, value in body.entries:
        year = _year(key, [year for year, _ in found], notes)
        fields = fields_of(value, notes, f"`{key.text}`")
        if year is None or fields is None:
            continue
        cited = fields.need("sources", "Name the notice: `sources: [KEY]`, a key of sources.yaml")
        closed = fields.need("off", "List the weekdays off: `off: [2026-01-01, …]`")
        instead = fields.need("worked", "List the weekends worked: `worked: [2026-01-04, …]`")
        fields.close()
        off |= set(_days(closed, year, notes, weekend=False))
        worked |= set(_days(instead, year, notes, weekend=True))
        items = read_items(cited, notes, "`sources`") if cited is not None else ()
        keys = [read_source_key(item, sources, notes) for item in items]
        found.append((year, tuple(key for key in keys if key)))
    return WorkingDays(frozenset(off), frozenset(worked), tuple(found))


def _year(key: Scalar, before: list[int], notes: Notes) -> int | None:
    if not (key.text.isascii() and key.text.isdecimal() and len(key.text) == 4):
        notes.add(key.line, "not-a-year", f"`{key.text}` is no year", "Write it as 2026")
        return None
    year = int(key.text)
    if before and year != before[-1] + 1:
        notes.add(
            key.line,
            "year-missing",
            f"{year} follows {before[-1]}",
            f"Write the years in order, without a gap: next comes {before[-1] + 1}",
        )
        return None
    return year


def _days(node: Node | None, year: int, notes: Notes, *, weekend: bool) -> Iterator[dt.date]:
    seen: set[dt.date] = set()
    name = "`worked`" if weekend else "`off`"
    for item in read_items(node, notes, name) if node is not None else ():
        day = read_day(item, notes, f"a day of {name}")
        if day is None:
            if isinstance(item, Scalar) and item.is_null:
                notes.add(
                    item.line, "not-a-day", f"a day of {name} is empty", "Write it, or leave it out"
                )
            continue
        if day.year != year:
            what, mend = f"{day} is not in {year}", f"Put it under `{day.year}`"
        elif weekend and day.weekday() < _SATURDAY:
            what, mend = f"{day} is a {day:%A}", "It is worked anyway: leave it out"
        elif not weekend and day.weekday() >= _SATURDAY:
            what, mend = f"{day} is a {day:%A}", "It is off anyway: leave it out"
        elif day in seen:
            what, mend = f"{day} is there twice", "Leave one of the two out"
        else:
            seen.add(day)
            yield day
            continue
        notes.add(item.line, "out-of-place", what, mend)
