"""What an employer can apply for: for how many of its people a programme is open, and who they are.

Verdicts rest on what the employer may see (`registry.outlook`); of programmes whose rule asks for
more, none is given: the check at handing in looks at everything.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from craftpath.access.regions import contains
from craftpath.access.roles import Actor
from craftpath.eligibility import Row
from craftpath.engine.rules import Label
from craftpath.programmes.choices import LIVE, Stage
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.offers import outer_regions
from craftpath.registry.models import Party
from craftpath.registry.outlook import Lives, lives_of, rules_told
from craftpath.registry.queries import organisation_seen_by
from craftpath.registry.staff import Colleague, colleagues

__all__ = [
    "Candidate",
    "Opening",
    "candidates",
    "explained",
    "foci_of",
    "for_ourselves",
    "openings",
]

_BEST_FIRST = ("qualifies", "unknown", "", "later", "never")


@dataclass(frozen=True)
class Opening:
    """An open programme for an employer's people.

    within     how many are in its region
    qualifies  how many of those qualify, without those who have the level already;
               None: its rule asks for what the employer may not see
    perhaps    of how many it cannot be told yet
    applied    how many have a live application
    """

    programme: Programme
    within: int
    qualifies: int | None
    perhaps: int
    applied: int


@dataclass(frozen=True)
class Candidate:
    """One of the people for one programme.

    verdict  the engine's; "": not told
    passed   they have the level that the rule opens, or a higher one
    serial   of their live application; such a one is not applied for again
    """

    one: Colleague
    verdict: str
    since: dt.date | None
    serial: str | None
    passed: bool = False
    sentence: Label | None = None
    missing: tuple[Label, ...] = field(default=())

    @property
    def may_apply(self) -> bool:
        return self.serial is None


def openings(actor: Actor, day: dt.date) -> list[Opening]:
    """Programmes for people that are open today where somebody of the employer's is, those for
    which most qualify first. One call of the engine for each day on which rules have to hold."""
    people = colleagues(actor, day)
    found = list(_open_for({one.region for one in people}, day, Party.Nature.PERSON))
    lives = lives_of(actor, day)
    decided, passed = _decided(lives, found, day), lives.passed(day)
    applied = _live(one.pk for one in found)
    made = [
        _opening(programme, people, decided.get(programme.pk), passed, applied[programme.pk])
        for programme in found
    ]
    return sorted(made, key=lambda one: (-(one.qualifies or 0), one.programme.closes))


def candidates(
    actor: Actor, programme: Programme, focus: str, day: dt.date
) -> tuple[Lives, list[Candidate]]:
    """The employer's people within a programme's region, those who qualify first."""
    lives = lives_of(actor, day)
    rows = _decided(lives, [programme], day).get(programme.pk)
    serials, passed = _live([programme.pk], focus)[programme.pk], lives.passed(day)
    by_party = None if rows is None else _of_focus(rows, focus or programme.focus)
    made = []
    for one in colleagues(actor, day):
        if not contains(programme.region, one.region):
            continue
        row = None if by_party is None else by_party.get(one.party)
        verdict = _verdict(programme, by_party is not None, row)
        since = row.from_ if row is not None else None
        has_it = row is not None and (row.party, row.focus, row.rule) in passed
        made.append(Candidate(one, verdict, since, serials.get(one.party), has_it))
    made.sort(
        key=lambda c: (
            not c.may_apply,
            c.passed,
            _BEST_FIRST.index(c.verdict),
            c.since or dt.date.max,
            c.one.name,
        )
    )
    return lives, made


def explained(
    lives: Lives, programme: Programme, focus: str, some: Sequence[Candidate], day: dt.date
) -> list[Candidate]:
    """The same with the sentence and what is missing; no query, a call of the engine for each."""
    if programme.rule not in rules_told():
        return list(some)
    as_of = programme.judged_on or day
    told = []
    for candidate in some:
        answers = lives.ask(candidate.one.party, as_of, day, [programme.rule])
        answer = answers.of(programme.rule, focus or programme.focus or None)
        told.append(
            candidate
            if answer is None
            else replace(
                candidate,
                sentence=answer.sentence,
                missing=()
                if answer.verdict == "qualifies"
                else tuple(one.sentence for one in answer.lacking),
            )
        )
    return told


def foci_of(lives: Lives, programme: Programme, day: dt.date) -> list[tuple[str, int]]:
    """Where applicants name what they apply for: the codes that the people's records name, with how
    many qualify, most first."""
    rows = _decided(lives, [programme], day).get(programme.pk) or ()
    counts: Counter[str] = Counter()
    for row in rows:
        if row.focus is not None:
            counts[row.focus] += row.verdict == "qualifies"
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def for_ourselves(actor: Actor, day: dt.date) -> list[tuple[Programme, str | None]]:
    """Open programmes for organisations where the actor's is, with its live application."""
    us = organisation_seen_by(actor, actor.party or 0)
    found = list(_open_for({us.region}, day, Party.Nature.ORGANISATION))
    live = _live(one.pk for one in found)
    return [(one, live[one.pk].get(us.pk)) for one in found]


# --- within ----------------------------------------------------------------------------------


def _open_for(regions: Iterable[str], day: dt.date, about: str) -> QuerySet[Programme]:
    outer = {code for region in regions for code in outer_regions(region)}
    return Programme.objects.filter(
        stage=Stage.PUBLISHED, about=about, opens__lte=day, closes__gt=day, region__in=outer
    ).order_by("closes", "pk")


def _decided(
    lives: Lives, programmes: Sequence[Programme], day: dt.date
) -> dict[int, tuple[Row, ...]]:
    """The rows of each programme's rule on its day; none for those of which nothing is told."""
    rules_on: dict[dt.date, set[str]] = defaultdict(set)
    for one in programmes:
        if one.rule in rules_told():
            rules_on[one.judged_on or day].add(one.rule)
    rows: dict[tuple[dt.date, str], list[Row]] = defaultdict(list)
    for as_of, rules in rules_on.items():
        for row in lives.ask_all(as_of, day, sorted(rules)):
            rows[as_of, row.rule].append(row)
    return {
        one.pk: tuple(rows[one.judged_on or day, one.rule])
        for one in programmes
        if one.rule in rules_told()
    }


def _opening(
    programme: Programme,
    people: Sequence[Colleague],
    rows: Sequence[Row] | None,
    passed: Set[tuple[int, str | None, str]],
    applied: dict[int, str],
) -> Opening:
    here = {one.party for one in people if contains(programme.region, one.region)}
    ours = len(here & applied.keys())
    if not programme.rule:
        return Opening(programme, len(here), len(here), 0, ours)
    if rows is None:
        return Opening(programme, len(here), None, 0, ours)
    taken = [
        row
        for row in rows
        if row.party in here
        and programme.focus in ("", row.focus)
        and (row.party, row.focus, row.rule) not in passed
    ]
    yes = {row.party for row in taken if row.verdict == "qualifies"}
    perhaps = {row.party for row in taken if row.verdict == "unknown"} - yes
    return Opening(programme, len(here), len(yes), len(perhaps), ours)


def _verdict(programme: Programme, told: bool, row: Row | None) -> str:
    if not programme.rule:
        return "qualifies"
    if not told:
        return ""
    return "never" if row is None else row.verdict


def _of_focus(rows: Sequence[Row], focus: str) -> dict[int, Row]:
    """Each party's row of a focus; of no focus the best."""
    found: dict[int, Row] = {}
    for row in rows:
        if focus and row.focus != focus:
            continue
        old = found.get(row.party)
        if old is None or _BEST_FIRST.index(row.verdict) < _BEST_FIRST.index(old.verdict):
            found[row.party] = row
    return found


def _live(programmes: Iterable[int], focus: str = "") -> dict[int, dict[int, str]]:
    """Serials of live applications, by programme and party."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    live = Application.objects.filter(programme__in=list(programmes), state__in=list(LIVE))
    if focus:
        live = live.filter(focus=focus)
    rows = live.annotate(holder=Coalesce("party__merged_into", "party"))
    for programme, party, serial in rows.values_list("programme", "holder", "serial"):
        found[programme][party] = serial
    return found
