"""Parties that may be one, found by what they have in common, with the reasons.

Numbers are sealed, so two of them cannot be compared for a slip of the pen; what is compared is
names, birth dates, sex and where people worked, when. Everything is grouped first (people by birth
date, staff by employer, organisations by what their name comes to), so that the work grows with
the number of parties, not with its square.

Two characters of a Chinese name leave little to compare: of two born on the same day, 王伟 and
王芳 differ in one character and are two people. Names of two characters therefore count as nearly
equal only where the two also worked at one employer at the same time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from django.core.cache import cache
from django.db.models import F
from django.db.models.functions import Coalesce

from craftpath.access.regions import within
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.registry.kinds import BIRTH, own_kinds
from craftpath.registry.models import Distinct, Party, Record
from craftpath.registry.names import name_key

#: Numbers of parties, or a query for them.
Parties: TypeAlias = Any

__all__ = ["REASONS", "Pair", "candidates", "nearly_equal", "plain_name", "reasons_for"]

REASONS: dict[str, Label] = {
    "name-and-birth": Label("姓名相同，出生日期相同", "same name, same birth date"),
    "near-name-and-birth": Label(
        "出生日期相同，姓名差一个字", "same birth date, names differ by one character"
    ),
    "name-and-job": Label(
        "姓名相同，同一时期在同一单位任职", "same name, at the same employer at the same time"
    ),
    "job-too": Label("同一时期在同一单位任职", "at the same employer at the same time"),
    "organisation-name": Label(
        "单位名称只差标点、括号或公司形式",
        "names differ only in punctuation, brackets or the form of company",
    ),
}
#: From so many parties on, what was found is kept for so many minutes: it takes seconds.
_LARGE, _MINUTES = 20_000, 10
#: Whose a record is: by its own number, and by whom that was merged into.
_WHOSE = ("party", "party__merged_into")
#: The strongest first.
_ORDER = tuple(REASONS)


@dataclass(frozen=True, order=True)
class Pair:
    """Two parties, the lower number first, and why they may be one: ids of `REASONS`."""

    first: int
    second: int
    reasons: tuple[str, ...]

    @property
    def labels(self) -> tuple[Label, ...]:
        return tuple(REASONS[reason] for reason in self.reasons)


@dataclass(frozen=True)
class _Job:
    employer: int
    start: dt.date
    end: dt.date | None

    def overlaps(self, other: _Job) -> bool:
        return (
            self.employer == other.employer
            and (other.end is None or self.start < other.end)
            and (self.end is None or other.start < self.end)
        )


def candidates(actor: Actor) -> list[Pair]:
    """Pairs within an official's region that may be one and of which nobody has said that they
    are not, the likeliest first. Nobody else sees any.

    Of a large region the comparison is kept for some minutes; what was decided meanwhile is left
    out, and whoever was registered meanwhile comes in with the next one.
    """
    if not actor.role.is_official:
        return []
    return list(_undecided(_kept_pairs(actor.region)))


def _kept_pairs(region: str) -> list[Pair]:
    here = Party.objects.filter(within(region), merged_into=None)
    if here.count() < _LARGE:
        return _pairs(region)
    kept: Any = cache.get_or_set(
        f"duplicates-{region}",
        lambda: [(pair.first, pair.second, pair.reasons) for pair in _pairs(region)],
        _MINUTES * 60,
    )
    there = set(here.values_list("pk", flat=True))
    return [Pair(*pair) for pair in kept if pair[0] in there and pair[1] in there]


def reasons_for(first: Party, second: Party) -> tuple[str, ...]:
    """Why two may be one; empty where nothing says so."""
    ids = sorted((first.pk, second.pk))
    found = _people_pairs(ids) if first.is_person else _organisation_pairs(ids)
    return next((pair.reasons for pair in found if [pair.first, pair.second] == ids), ())


def _undecided(pairs: Iterable[Pair]) -> Iterator[Pair]:
    distinct = set(Distinct.objects.values_list("first", "second"))
    for pair in sorted(pairs, key=lambda pair: (_ORDER.index(pair.reasons[0]), pair)):
        if (pair.first, pair.second) not in distinct:
            yield pair


def _pairs(region: str) -> list[Pair]:
    here = Party.objects.filter(within(region), merged_into=None)
    people = here.filter(nature=Party.Nature.PERSON).values("pk")
    organisations = here.filter(nature=Party.Nature.ORGANISATION).values("pk")
    return [*_people_pairs(people), *_organisation_pairs(organisations)]


# --- people ----------------------------------------------------------------------------------


def _people_pairs(people: Parties) -> list[Pair]:
    told = Party.objects.filter(pk__in=people).values_list("pk", "name")
    names = {party: name_key(name) for party, name in told}
    births = _facts(people, BIRTH, "start")
    sexes = _facts(people, own_kinds().sex, "subject")
    jobs = _jobs(people)
    found: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for pair in _of_one_day(births, names, sexes):
        first, second = names[pair[0]], names[pair[1]]
        if first != second and not nearly_equal(first, second):
            continue
        worked = _worked_together(jobs, pair)
        if first == second:
            found[pair].add("name-and-birth")
        elif min(len(first), len(second)) > 2 or worked:
            found[pair].add("near-name-and-birth")
        else:
            continue
        if worked:
            found[pair].add("job-too")
    for pair in _namesakes_at_work(names, jobs):
        if "name-and-birth" not in found[pair]:
            found[pair].add("name-and-job")
    return [Pair(*pair, tuple(sorted(why, key=_ORDER.index))) for pair, why in found.items() if why]


def _facts(people: Parties, kind: str | None, column: str) -> dict[int, set[object]]:
    """A column of the standing records of a kind, by whose they are; several where they contradict
    each other."""
    found: defaultdict[int, set[object]] = defaultdict(set)
    for whose in _WHOSE:
        rows = Record.objects.filter(kind=kind, known_until=None, **{f"{whose}__in": people})
        for party, value in rows.values_list(whose, column).iterator(chunk_size=5000):
            found[party].add(value)
    return found


def _jobs(people: Parties) -> dict[int, list[_Job]]:
    found: defaultdict[int, list[_Job]] = defaultdict(list)
    for whose in _WHOSE:
        rows = Record.objects.filter(
            kind=own_kinds().employed,
            known_until=None,
            other__isnull=False,
            **{f"{whose}__in": people},
        ).values_list(whose, Coalesce(F("other__merged_into"), F("other")), "start", "end")
        for party, employer, start, end in rows.iterator(chunk_size=5000):
            found[party].append(_Job(employer, start, end))
    return found


def _of_one_day(
    births: dict[int, set[object]], names: dict[int, str], sexes: dict[int, set[object]]
) -> Iterator[tuple[int, int]]:
    """Pairs born on one day, of whom it is not known that their sex differs."""
    days: defaultdict[object, list[int]] = defaultdict(list)
    for party, born in births.items():
        if party in names:
            for day in born:
                days[day].append(party)
    for together in days.values():
        for pair in combinations(sorted(together), 2):
            first, second = (sexes.get(party) for party in pair)
            if first is None or second is None or first & second:
                yield pair


def _namesakes_at_work(
    names: dict[int, str], jobs: dict[int, list[_Job]]
) -> Iterator[tuple[int, int]]:
    desks: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for party, worked in jobs.items():
        for job in worked:
            if party in names:
                desks[names[party], job.employer].add(party)
    for together in desks.values():
        for pair in combinations(sorted(together), 2):
            if _worked_together(jobs, pair):
                yield pair


def _worked_together(jobs: dict[int, list[_Job]], pair: tuple[int, int]) -> bool:
    first, second = (jobs.get(party, ()) for party in pair)
    return any(one.overlaps(other) for one in first for other in second)


def nearly_equal(first: str, second: str) -> bool:
    """Whether one character put in, taken out or put in another's place makes them equal.

    Equal names are not nearly equal; nor are names of one character."""
    if first == second or min(len(first), len(second)) < 2:
        return False
    if len(first) == len(second):
        return sum(a != b for a, b in zip(first, second, strict=True)) == 1
    short, long = sorted((first, second), key=len)
    return len(long) - len(short) == 1 and any(
        long[:at] + long[at + 1 :] == short for at in range(len(long))
    )


# --- organisations ---------------------------------------------------------------------------


def plain_name(name: str) -> str:
    """The key of an organisation's name without the form of company."""
    return re.sub("(有限责任公司|股份有限公司|有限公司|公司|coltd)$", "", name_key(name))


def _organisation_pairs(organisations: Parties) -> list[Pair]:
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for party, name in Party.objects.filter(pk__in=organisations).values_list("pk", "name"):
        alike[plain_name(name)].append(party)
    return [
        Pair(*pair, ("organisation-name",))
        for name, together in alike.items()
        if name
        for pair in combinations(sorted(together), 2)
    ]
