"""An employer's people, as the employer may see them: by records that point to it, and proofs of
skill. Each read is the same few queries whatever the number of people."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from craftpath.access.roles import Actor, Role
from craftpath.engine.vocabulary import Kind, Step
from craftpath.registry.evidence import Row, rows_of, rows_where
from craftpath.registry.kinds import own_kinds, site_pack
from craftpath.registry.models import Party, Record
from craftpath.registry.names import name_key
from craftpath.registry.queries import all_ids, is_running, ours, people_seen_by, settled_staff_of

__all__ = [
    "Colleague",
    "chosen_from",
    "colleagues",
    "count_by_level",
    "level_kinds",
    "level_steps",
    "rows_shown",
]


@dataclass(frozen=True)
class Colleague:
    """One of an employer's people.

    keys        what all its names come to, former ones too (`registry.names`)
    occupation  of the job here that began last; None: the record names none
    since       first day of the earliest job here that runs
    level       rank of the highest level that a verified record shows, in `level_in`; None: none
    """

    party: int
    name: str
    name_en: str
    keys: str
    region: str
    occupation: str | None
    since: dt.date
    level: int | None
    level_in: str | None


def colleagues(actor: Actor, day: dt.date) -> list[Colleague]:
    """Everybody with a job at the actor's organisation on a day, by name."""
    jobs: dict[int, tuple[dt.date, str | None]] = {}
    employed = Record.objects.filter(
        is_running(day), kind=own_kinds().employed, other__in=all_ids(actor.party or 0)
    )
    for who, start, subject in _by_holder(employed, "start", "subject"):
        first, _ = jobs.get(who, (start, subject))
        jobs[who] = (first, subject)
    levels = _highest(actor, day)
    found = people_seen_by(actor, day).values_list("pk", "name", "name_en", "keys", "region")
    return sorted(
        (
            Colleague(*said, jobs[said[0]][1], jobs[said[0]][0], *levels.get(said[0], (None,) * 2))
            for said in found
            if said[0] in jobs
        ),
        key=lambda one: (one.name, one.party),
    )


def _highest(actor: Actor, day: dt.date) -> dict[int, tuple[int, str | None]]:
    ladder = site_pack().ladder
    held = Record.objects.filter(
        is_running(day),
        Q(other__in=ours(actor)) | Q(party__in=_settled(actor, day)),
        party__in=_with_absorbed(people_seen_by(actor, day)),
        kind__in=() if ladder is None else ladder.held,
        status=Record.Status.VERIFIED,
        level__isnull=False,
    )
    found: dict[int, tuple[int, str | None]] = {}
    for who, level, subject in _by_holder(held, "level", "subject"):
        if who not in found or level > found[who][0]:
            found[who] = (level, subject)
    return found


def _by_holder(records: QuerySet[Record], *columns: str) -> Iterable[tuple[Any, ...]]:
    """Columns of records by when they began, whose they are first."""
    holders = records.annotate(holder=Coalesce(F("party__merged_into"), F("party")))
    found: Iterable[tuple[Any, ...]] = holders.order_by("start", "pk").values_list(
        "holder", *columns
    )
    return found


def chosen_from(
    people: Iterable[Colleague], text: str = "", level: int | None = None, occupation: str = ""
) -> list[Colleague]:
    """Those whose name has every word of a text (or whose number is one), of a level (0: of none)
    and of an occupation."""
    words = [(word, name_key(word)) for word in text.split()]

    def is_named(one: Colleague) -> bool:
        return all(word == str(one.party) or (key and key in one.keys) for word, key in words)

    return [
        one
        for one in people
        if is_named(one)
        and (level is None or (one.level or 0) == level)
        and (not occupation or one.occupation == occupation)
    ]


def count_by_level(people: Iterable[Colleague]) -> dict[int, int]:
    """How many have each rank as their highest; 0: no level."""
    return dict(Counter(one.level or 0 for one in people))


def level_steps() -> tuple[Step, ...]:
    """The levels of the pack's ladder, low to high."""
    pack = site_pack()
    return () if pack.ladder is None else pack.vocabulary.scales[pack.ladder.scale].steps


def level_kinds() -> tuple[Kind, ...]:
    """The kinds by which an employer says of its people which level they have in a post."""
    pack = site_pack()
    if pack.ladder is None:
        return ()
    return tuple(
        kind
        for kind in pack.vocabulary.kinds.values()
        if kind.other == "employer" and kind.scale == pack.ladder.scale
    )


def rows_shown(actor: Actor, day: dt.date, party: int | None = None) -> list[Row]:
    """Lives of the employer's people (or of one of them), as far as it may see them, and its own;
    in the columns of `registry.evidence.COLUMNS`, sorted by party."""
    people = people_seen_by(actor, day)
    if party is not None:
        people = people.filter(pk=party)
    proofs = Q(kind__in=own_kinds().shown, party__in=_settled(actor, day))
    shown = Q(other__in=ours(actor)) | proofs
    theirs = rows_where(Q(party__in=_with_absorbed(people)) & shown)
    return sorted([*theirs, *rows_of([actor.party or 0])], key=lambda row: row[0])


def _settled(actor: Actor, day: dt.date) -> QuerySet[Party, int]:
    """Those of whom the employer sees more than what points to itself."""
    if actor.role == Role.INSTITUTION:
        return _with_absorbed(people_seen_by(actor, day))
    return _with_absorbed(settled_staff_of(actor.party or 0, day))


def _with_absorbed(people: QuerySet[Party]) -> QuerySet[Party, int]:
    """The numbers of people and of those merged into them."""
    ids = people.values("pk")
    return Party.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).values_list("pk", flat=True)
