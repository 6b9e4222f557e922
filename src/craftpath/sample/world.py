"""What all lives share: trades, places, and which organisations there are.

Organisations have the ids after the people's, by role in this order: employers, schools,
assessment bodies, unions. Their sizes follow a power law; what is true of one (its place, its
size) is a pure function of its id, so that lives can refer to it without a list of organisations.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from craftpath.sample.draws import Draws

__all__ = ["SCHOOL_TYPES", "Family", "Organisations", "Region", "families", "regions"]

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Family:
    """Related occupations, most usual first, and the major of each school that leads to them."""

    id: str
    weight: float
    male: float
    occupations: tuple[str, ...]
    secondary: str
    college: str
    bachelor: str
    technical: str


@dataclass(frozen=True)
class Region:
    """A place of work and, or, of household registration, with its weights."""

    code: str
    work: float
    home: float


@cache
def families() -> tuple[Family, ...]:
    return tuple(
        Family(
            r["id"],
            float(r["weight"]),
            float(r["male"]),
            tuple(r["occupations"].split()),
            r["secondary"],
            r["college"],
            r["bachelor"],
            r["technical"],
        )
        for r in _table("families.csv")
    )


@cache
def regions() -> tuple[Region, ...]:
    return tuple(
        Region(r["code"], float(r["work"]), float(r["home"])) for r in _table("regions.csv")
    )


def _table(name: str) -> list[dict[str, str]]:
    with (files("craftpath.sample") / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# Kinds of schools, in the order of their ids, with their share of the schools.
SCHOOL_TYPES: Sequence[tuple[str, float]] = (
    ("technical-school", 0.12),
    ("senior-technical-school", 0.10),
    ("technician-college", 0.08),
    ("secondary-vocational", 0.35),
    ("higher-vocational", 0.22),
    ("ordinary-university", 0.13),
)


POWER = 0.75  # size falls with rank to this power


@dataclass(frozen=True)
class Organisations:
    """How many there are of each role, and the ids of each: [first, after last)."""

    people: int
    draws: Draws

    @property
    def employers(self) -> tuple[int, int]:
        first = self.people + 1
        return first, first + max(40, self.people // 45)

    @property
    def schools(self) -> tuple[int, int]:
        first = self.employers[1]
        return first, first + max(24, self.people // 4000)

    @property
    def assessors(self) -> tuple[int, int]:
        first = self.schools[1]
        return first, first + max(8, self.people // 5000)

    @property
    def unions(self) -> tuple[int, int]:
        first = self.assessors[1]
        return first, first + max(8, self.people // 2000)

    @property
    def all(self) -> tuple[int, int]:
        return self.people + 1, self.unions[1]

    def schools_of(self, kind: str) -> tuple[int, int]:
        """Ids of one type of school; never empty."""
        first, last = self.schools
        shares = np.cumsum([0.0] + [share for _, share in SCHOOL_TYPES])
        bounds = [first + round((last - first) * float(share)) for share in shares]
        at = [name for name, _ in SCHOOL_TYPES].index(kind)
        return bounds[at], bounds[at + 1]

    def employer(self, uniform: Float64) -> Int64:
        """An employer drawn by size: few large ones have most of the people."""
        first, last = self.employers
        count = last - first
        # The summed power law of `size`, turned round.
        rest = 1.0 - POWER
        whole = (count + 1.0) ** rest - 1.0
        rank = ((whole * uniform + 1.0) ** (1.0 / rest) - 1.0).astype(np.int64)
        return first + self._shuffle(np.minimum(rank, count - 1))

    def size(self, employer: Int64) -> Int64:
        """Insured staff: 6 at the small end; one employer in 180 has 300 and more."""
        first, last = self.employers
        count = last - first
        rank = self._unshuffle(employer - first)
        return np.minimum(6.0 * ((rank + 0.5) / count) ** -POWER, 60_000).astype(np.int64)

    def any_of(self, name: str, ids: Int64, span: tuple[int, int]) -> Int64:
        return self.draws.whole(name, ids, *span)

    def place(self, ids: Int64) -> Int64:
        """Index into `regions()` of where the organisation is."""
        return self.draws.pick("organisation: place", ids, np.array([r.work for r in regions()]))

    def union_of(self, employer: Int64) -> Int64:
        return self.draws.whole("organisation: union", employer, *self.unions)

    # The large are not all at the front: ranks are spread over the ids by a step without a common
    # factor with their number.

    def _step(self) -> int:
        count = self.employers[1] - self.employers[0]
        step = int(count * 0.6180339887) | 1
        while np.gcd(step, count) != 1:
            step += 2
        return step

    def _shuffle(self, rank: Int64) -> Int64:
        count = self.employers[1] - self.employers[0]
        return rank * self._step() % count

    def _unshuffle(self, at: Int64) -> Int64:
        count = self.employers[1] - self.employers[0]
        return at * pow(self._step(), -1, count) % count
