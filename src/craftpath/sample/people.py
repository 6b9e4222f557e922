"""Lives: who somebody is, before anything is written down.

`People` draws, for a block of persons, what all later facts hang on: birth, schooling, trade, the
spells of work, the certificates. `registers` turns that into records, one small family each.
Nothing here depends on how people are cut into blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from craftpath.engine.days import FOREVER
from craftpath.sample.draws import Draws
from craftpath.sample.rows import Words
from craftpath.sample.stock import (
    AGES,
    LEVEL_BY_EXPERIENCE,
    SCHOOLING,
    SEEN_FROM,
    YEARS_BRACKETS,
)
from craftpath.sample.world import Organisations, families

__all__ = ["SCHOOLS", "YEAR", "Bool", "Int64", "People", "Spell"]

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

YEAR = 365.2425
SPELLS = 5
SCHOOLS = tuple(SCHOOLING)


def date_day(year: Int64, month: int, day: int) -> Int64:
    """Day numbers of one day in each of these years."""
    months = (year - 1970) * 12 + (month - 1)
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + (day - 1)


def year_of(day: Int64) -> Int64:
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


@dataclass(frozen=True)
class Spell:
    """One job of some of the people: positions in the block, first day, first day after."""

    who: Int64
    start: Int64
    end: Int64  # FOREVER while it runs
    occupation: Int64  # code
    employer: Int64
    place: Int64  # index into regions()
    last: Bool  # still in it


@dataclass(frozen=True)
class People:
    """A block of persons. Arrays are by position in the block unless said otherwise."""

    ids: Int64
    draws: Draws
    words: Words
    organisations: Organisations

    @cached_property
    def age(self) -> Float64:
        """In years, on the day from which the lives are seen."""
        first = np.array([*AGES, 75], np.float64)
        bounds = np.cumsum([0.0, *AGES.values()])
        return np.interp(self.draws.uniform("age", self.ids), bounds / bounds[-1], first)

    @cached_property
    def birth(self) -> Int64:
        return SEEN_FROM - (self.age * YEAR).astype(np.int64)

    @cached_property
    def family(self) -> Int64:
        return self.draws.pick("trade", self.ids, np.array([f.weight for f in families()]))

    @cached_property
    def male(self) -> Bool:
        return self.draws.chance(
            "sex", self.ids, np.array([f.male for f in families()])[self.family]
        )

    @cached_property
    def school(self) -> Int64:
        """Index into SCHOOLS: what school was, or will be, left with."""
        table = np.cumsum(np.array([SCHOOLING[s] for s in SCHOOLS]), axis=0)
        cohort = np.searchsorted(np.array([1980, 1995]), year_of(self.birth), side="right")
        u = self.draws.uniform("schooling", self.ids)
        found = np.zeros(len(u), np.int64)
        for cut in table[:-1] / table[-1]:
            found += u >= cut[cohort]
        return found

    @cached_property
    def graduation(self) -> Int64:
        """1 July of the year in which school is left."""
        years = np.array([16, 19, 19, 19, 21, 22, 22, 23, 26])[self.school]
        return date_day(year_of(self.birth) + years, 7, 1)

    @cached_property
    def first_job(self) -> Int64:
        return self.graduation + self.draws.waiting("first job", self.ids, 120)

    @cached_property
    def retirement(self) -> Int64:
        """Men at 60, women at 55 or, as workers, at 50."""
        at_50 = self.draws.chance("retires at 50", self.ids, 0.6)
        years = np.where(self.male, 60, np.where(at_50, 50, 55))
        return self.birth + (years * YEAR).astype(np.int64)

    @cached_property
    def experience(self) -> Float64:
        """Years since the first job began, whether or not worked throughout; at least 0."""
        until = np.minimum(self.retirement, SEEN_FROM)
        return np.maximum(until - self.first_job, 0) / YEAR

    # --- trades ---------------------------------------------------------------------------------

    @cached_property
    def _occupations(self) -> tuple[Int64, Int64]:
        """[family, place] → code, and how many there are."""
        longest = max(len(f.occupations) for f in families())
        table = np.zeros((len(families()), longest), np.int64)
        for i, family in enumerate(families()):
            table[i, : len(family.occupations)] = self.words.some(family.occupations)
        return table, np.array([len(f.occupations) for f in families()])

    def occupation(self, name: str, who: Int64, stray: float) -> Int64:
        """A code: mostly the usual one of the trade, a neighbour, or (`stray`) of another trade."""
        table, count = self._occupations
        ids = self.ids[who]
        elsewhere = self.draws.pick(
            f"{name}: other trade", ids, np.array([f.weight for f in families()])
        )
        family = np.where(
            self.draws.chance(f"{name}: strays", ids, stray), elsewhere, self.family[who]
        )
        u = self.draws.uniform(f"{name}: occupation", ids)
        return table[family, (u**2.2 * count[family]).astype(np.int64)]

    def major(self, who: Int64, school: str) -> Int64:
        """The code of the major that leads to the trade, at that kind of school."""
        return self.words.some([getattr(f, school) for f in families()]).astype(np.int64)[
            self.family[who]
        ]

    # --- work -----------------------------------------------------------------------------------

    @cached_property
    def spells(self) -> tuple[Spell, ...]:
        """Jobs one after another: adjacent, after a gap, or overlapping; longer with age."""
        made = []
        start = self.first_job
        for k in range(SPELLS):
            who = np.flatnonzero((start < SEEN_FROM) & (start < self.retirement))
            if len(who) == 0:
                break
            spell = self._spell(k, who, start[who])
            made.append(spell)
            start = np.full(len(self.ids), FOREVER, np.int64)
            start[who] = self._next_start(k, who, spell)
        return tuple(made)

    def _spell(self, k: int, who: Int64, start: Int64) -> Spell:
        ids = self.ids[who]
        length = 45 + self.draws.waiting(f"job {k}: length", ids, (1300, 2400, 3400, 4200, 0)[k])
        leaves = self.retirement[who]
        if k == SPELLS - 1:
            length = leaves - start
        end = np.minimum(start + length, leaves)
        running = end > SEEN_FROM
        employer = self.organisations.employer(self.draws.uniform(f"job {k}: employer", ids))
        return Spell(
            who,
            start,
            np.where(running, FOREVER, end),
            self.occupation(f"job {k}", who, stray=0.10),
            employer,
            self.organisations.place(employer),
            running,
        )

    def _next_start(self, k: int, who: Int64, spell: Spell) -> Int64:
        ids = self.ids[who]
        how = self.draws.uniform(f"job {k}: what next", ids)
        gap = self.draws.waiting(f"job {k}: gap", ids, 30)
        wait = np.select(
            [how < 0.30, how < 0.55, how < 0.80, how < 0.92],
            [0 * gap, gap, 6 * gap, 24 * gap],
            default=-1 - gap,
        )
        # Nobody starts the next job before this one; who is in one looks for no other.
        begins = np.maximum(spell.end + wait, spell.start + 1)
        return np.where(spell.last, FOREVER, begins)

    # --- skill ----------------------------------------------------------------------------------

    @cached_property
    def rank(self) -> Int64:
        """Rank of the highest certificate, 2 to 6; 0 without one."""
        bracket = np.searchsorted(np.array(YEARS_BRACKETS), self.experience, side="right") - 1
        shares = np.cumsum(LEVEL_BY_EXPERIENCE[:, ::-1], axis=1)[bracket]
        u = self.draws.uniform("skill", self.ids)
        below = (u[:, None] >= shares).sum(axis=1)
        rank = 6 - below
        return np.where((rank >= 2) & (self.first_job < SEEN_FROM - 60), rank, 0)

    @cached_property
    def certified(self) -> Int64:
        """Day of the highest certificate; one in nine is from the last year."""
        ids = self.ids
        ago = self.draws.waiting("certified", ids, 8.5 * YEAR)
        needs = np.array([0, 0, 0.2, 1.0, 3.0, 6.0, 9.0])[self.rank] * YEAR
        earliest = np.minimum(self.first_job + needs.astype(np.int64), SEEN_FROM - 30)
        latest = np.minimum(SEEN_FROM, np.maximum(self.retirement, earliest + 30))
        room = np.maximum(latest - earliest, 1)
        day: Int64 = latest - 1 - ago % room
        return day
