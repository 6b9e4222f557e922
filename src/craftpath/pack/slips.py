"""What can be meant and rarely is: an `until` on the last day of a month.

`until` is the first day after. Texts name the last day, and whoever copies it ends a rule a day
early. It may be right: a round that is over by 30 October ends with `until: 2025-10-31`. So these
are told, and are no problems.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from craftpath.pack.nodes import Mapping, Node, Scalar, Sequence
from craftpath.pack.nouns import Pack
from craftpath.pack.problems import Problem

__all__ = ["find_slips"]

_DAY = dt.timedelta(days=1)


def find_slips(pack: Pack) -> tuple[Problem, ...]:
    """Each `until` that is the last day of a month, by file and line."""
    return tuple(
        Problem(
            file,
            until.line,
            f"`until: {day}` leaves out that day: the last one is {day - _DAY}",
            f"If the text says until the end of {day:%B}, write `until: {day + _DAY}`",
            "slip-by-a-day",
        )
        for file, tree in pack.trees.items()
        for until, day in _month_ends(tree)
    )


def _month_ends(node: Node) -> Iterator[tuple[Scalar, dt.date]]:
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _month_ends(item)
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            day = _day(value) if key.text == "until" else None
            if day is not None and (day + _DAY).day == 1:
                assert isinstance(value, Scalar)
                yield value, day
            yield from _month_ends(value)


def _day(node: Node) -> dt.date | None:
    try:
        return dt.date.fromisoformat(node.text) if isinstance(node, Scalar) else None
    except ValueError:
        return None
