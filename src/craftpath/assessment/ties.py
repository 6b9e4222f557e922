"""Who must not examine whom: nobody judges themselves, or their own people (decision 0020).

    ties_between(examiners, candidates, day) -> {(examiner, candidate): Label}

On the day of the session, an examiner is tied to a candidate
- whom they are;
- who has a job where they have one;
- for whose employer, or whose school, they have a login as its HR or its office;
- whom they taught: the candidate was enrolled at a school, or had a place in a course held by an
  organisation, while they worked there.
What is only claimed counts as what is verified: it keeps somebody out for a day, and nobody is let
in by it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from craftpath.access.models import Duty
from craftpath.access.roles import Role
from craftpath.engine.rules import Label
from craftpath.programmes.choices import Place, Sort, State
from craftpath.programmes.models import Application
from craftpath.registry.kinds import own_kinds
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import selves

__all__ = ["Ties", "employers_of", "ties_between"]

THEMSELVES = Label("就是考生本人", "is the candidate")
COLLEAGUE = Label("与考生在同一用人单位", "works for the candidate's employer")
ACTS_FOR = Label("经办考生所在单位的事务", "acts for the candidate's employer or school")
TAUGHT = Label("曾任教于考生就读或培训的单位", "worked where the candidate was taught")

Ties = Mapping[tuple[int, int], Label]
_COURSES = (Sort.COURSE, Sort.DEGREE_CLASS)


@dataclass(frozen=True)
class _Spell:
    """Somebody was at an organisation on the days [start, end)."""

    at: int
    start: dt.date
    end: dt.date | None

    def on(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def meets(self, other: _Spell) -> bool:
        return (
            self.at == other.at
            and (other.end is None or self.start < other.end)
            and (self.end is None or other.start < self.end)
        )


_Spells = Mapping[int, list[_Spell]]


def ties_between(examiners: Collection[int], candidates: Collection[int], day: dt.date) -> Ties:
    """Every tie between people on a day, by their numbers as given, with what it is.

    Merged people are one: a tie of either is a tie of both.
    """
    if not examiners or not candidates:
        return {}
    whole = _holders([*examiners, *candidates])
    looking = {whole[one] for one in examiners}
    sitting = {whole[one] for one in candidates}
    jobs = _spells([*looking, *sitting], [own_kinds().employed or ""])
    taught = _taught(sitting, day)
    acts = _acts_for(looking, day)
    met: dict[int, set[int]] = defaultdict(set)
    for other in sitting:
        for spell in (*jobs.get(other, ()), *taught.get(other, ())):
            met[spell.at].add(other)
    # Whatever ties two people goes through a place where both were, so that only those are tried.
    found = {
        (one, other): tie
        for one in looking
        for other in sitting.intersection([one]).union(
            *(met[at] for at in {*(job.at for job in jobs.get(one, ())), *acts.get(one, ())})
        )
        if (tie := _tie(one, other, day, jobs, taught, acts)) is not None
    }
    return {
        (one, other): found[whole[one], whole[other]]
        for one in examiners
        for other in candidates
        if (whole[one], whole[other]) in found
    }


def employers_of(people: Collection[int], day: dt.date) -> dict[int, int]:
    """Where each works on a day, by their numbers as given: of several the one begun first."""
    whole = _holders(people)
    jobs = _spells(set(whole.values()), [own_kinds().employed or ""])
    found = {}
    for one in people:
        running = [job for job in jobs.get(whole[one], ()) if job.on(day)]
        if running:
            found[one] = min(running, key=lambda job: (job.start, job.at)).at
    return found


def _tie(
    examiner: int,
    candidate: int,
    day: dt.date,
    jobs: _Spells,
    taught: _Spells,
    acts: Mapping[int, set[int]],
) -> Label | None:
    if examiner == candidate:
        return THEMSELVES
    theirs = {job.at for job in jobs.get(candidate, ()) if job.on(day)}
    own = jobs.get(examiner, [])
    if any(job.at in theirs and job.on(day) for job in own):
        return COLLEAGUE
    studies = taught.get(candidate, [])
    here = theirs | {study.at for study in studies if study.on(day)}
    if acts.get(examiner, set()) & here:
        return ACTS_FOR
    if any(job.meets(study) for job in own for study in studies):
        return TAUGHT
    return None


def _holders(people: Iterable[int]) -> dict[int, int]:
    rows = Party.objects.filter(pk__in=set(people)).values_list("pk", "merged_into")
    return {pk: into or pk for pk, into in rows}


def _spells(people: Iterable[int], kinds: Iterable[str]) -> dict[int, list[_Spell]]:
    """Where people were, by records that stand."""
    rows = (
        Record.objects.filter(
            party__in=selves(people), kind__in=list(kinds), known_until=None, other__isnull=False
        )
        .annotate(
            holder=Coalesce(F("party__merged_into"), F("party")),
            at=Coalesce(F("other__merged_into"), F("other")),
        )
        .values_list("holder", "at", "start", "end")
    )
    found: dict[int, list[_Spell]] = defaultdict(list)
    for who, at, start, end in rows:
        found[who].append(_Spell(at, start, end))
    return found


def _taught(people: Iterable[int], day: dt.date) -> dict[int, list[_Spell]]:
    """Where people were enrolled, and who held the courses in which they had a place."""
    people = list(people)
    found = _spells(people, own_kinds().learners)
    courses = (
        Application.objects.filter(
            party__in=selves(people),
            programme__sort__in=_COURSES,
            programme__host__isnull=False,
            place=Place.PLACED,
            state__in=(State.APPROVED, State.DONE),
        )
        .annotate(
            holder=Coalesce(F("party__merged_into"), F("party")),
            at=Coalesce(F("programme__host__merged_into"), F("programme__host")),
        )
        .values_list("holder", "at", "programme__opens")
    )
    until = day + dt.timedelta(days=1)
    for who, at, opens in courses:
        if opens <= day:
            found.setdefault(who, []).append(_Spell(at, opens, until))
    return found


def _acts_for(people: Iterable[int], day: dt.date) -> dict[int, set[int]]:
    """The organisations for which people have a login on a day."""
    running = Q(start__lte=day) & (Q(end=None) | Q(end__gt=day))
    users: dict[int, set[int]] = defaultdict(set)
    workers = (
        Duty.objects.filter(role=Role.WORKER, party__in=selves(people))
        .annotate(holder=Coalesce(F("party__merged_into"), F("party")))
        .values_list("user", "holder")
    )
    for user, who in workers:
        users[user].add(who)
    found: dict[int, set[int]] = defaultdict(set)
    duties = (
        Duty.objects.filter(
            running, user__in=list(users), role__in=(Role.EMPLOYER, Role.INSTITUTION)
        )
        .annotate(at=Coalesce(F("party__merged_into"), F("party")))
        .values_list("user", "at")
    )
    for user, at in duties:
        for who in users[user]:
            found[who].add(at)
    return found
