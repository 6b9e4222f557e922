"""What the marks of a contest come to: places, and shares of all who took part.

Who has the same mark has the same place, and the next place after them is left out: 1, 2, 2, 4.
Who was absent, or has no place in the programme, did not take part.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from craftpath.programmes.choices import Place, State
from craftpath.programmes.models import Programme

__all__ = ["RANKED", "Ranking", "ranking_of"]

#: The quantities of an outcome that hang on the marks of all.
RANKED: Final = ("place", "percent")


@dataclass(frozen=True)
class Ranking:
    """`marks` of all who took part, the lowest first."""

    marks: tuple[Decimal, ...]

    def place(self, mark: Decimal) -> float:
        """1 for the best."""
        return float(1 + len(self.marks) - bisect_right(self.marks, mark))

    def percent(self, mark: Decimal) -> float:
        """The place as a share of all: 5.0 is the first twentieth."""
        return 100 * self.place(mark) / len(self.marks)


def ranking_of(programme: Programme) -> Ranking:
    took_part = programme.applications.filter(
        state__in=(State.APPROVED, State.DONE), place=Place.PLACED, mark__isnull=False
    ).exclude(attended=False)
    marks = took_part.order_by("mark").values_list("mark", flat=True)
    return Ranking(tuple(mark for mark in marks if mark is not None))
