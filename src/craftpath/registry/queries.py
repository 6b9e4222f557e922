"""What may be read, by whoever asks. Every read of a party or a record goes through here.

WORKER       herself
EMPLOYER     the organisation itself, and those whose employment there is running; proofs of
             skill of those alone whose employment there is verified
INSTITUTION  itself, and those who study there or applied to what it hosts
official     whoever is within the region of the duty
AUDITOR      nobody's life: the audit log only
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, Q, QuerySet
from django.db.models.functions import Coalesce

from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.access.regions import within
from craftpath.access.roles import Actor, Role
from craftpath.registry.kinds import own_kinds
from craftpath.registry.models import Batch, Identifier, Merge, Message, Party, Record
from craftpath.registry.names import name_key

__all__ = [
    "all_ids",
    "batch_seen_by",
    "batches_seen_by",
    "holder",
    "is_ours",
    "is_running",
    "merge_seen_by",
    "merges_seen_by",
    "messages_for",
    "named",
    "organisation_seen_by",
    "organisations_named",
    "organisations_seen_by",
    "ours",
    "parties_seen_by",
    "party_by_digest",
    "party_seen_by",
    "people_seen_by",
    "records_of",
    "records_seen_by",
    "same_as",
    "search",
    "selves",
    "settled_staff_of",
    "staff_of",
]


def holder(party: Party) -> int:
    """The number under which a party's life is read: that of whom it was merged into."""
    return party.merged_into_id or party.pk


def all_ids(party_id: int) -> list[int]:
    """The party and those merged into it."""
    return sorted(selves([party_id]))


def selves(parties: Iterable[int]) -> QuerySet[Any, int]:
    """The parties and those merged into them, as a subquery: `Record.objects.filter(party__in=…)`.

    Never as "party is one or is merged into one" across the join: neither database can use an
    index for that, and each reads the whole table.
    """
    # A union, not an "or" either: where nearly nobody is merged, SQLite's statistics say that the
    # index of `merged_into` finds everybody, and it reads the whole table instead.
    wanted = list(parties)
    themselves = Party.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    merged = Party.objects.filter(merged_into__in=wanted).values_list("pk", flat=True)
    return themselves.union(merged)


def same_as(party: int) -> QuerySet[Any, int]:
    """All that are one with a party, whichever of their numbers this is."""
    return selves(
        Party.objects.filter(pk=party).values_list(Coalesce("merged_into", "pk"), flat=True)
    )


def ours(actor: Actor) -> QuerySet[Any, int]:
    """Whom an actor acts for, as a subquery: the party, and whoever was merged into it. What was
    theirs stays under their own number: a bare `= actor.party` would lose it."""
    return selves([actor.party or 0])


def is_ours(actor: Actor, party: int | None) -> bool:
    """Whether a party is whom the actor acts for, or was merged into it."""
    if party is None or actor.party is None:
        return False
    return party == actor.party or Party.objects.filter(pk=party, merged_into=actor.party).exists()


def is_running(day: dt.date, prefix: str = "") -> Q:
    """Records that stand and hold on a day."""
    return Q(**{f"{prefix}known_until__isnull": True, f"{prefix}start__lte": day}) & (
        Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gt": day})
    )


def staff_of(employer: int, day: dt.date) -> QuerySet[Party]:
    """People with a running employment at an employer."""
    return _working_at(employer, day, Q())


def _working_at(employer: int, day: dt.date, said: Q) -> QuerySet[Party]:
    # By the subquery: as "or" across the join, both databases read every record there is.
    working = Record.objects.filter(
        is_running(day), said, other__in=selves([employer]), kind=own_kinds().employed
    )
    # A record of somebody merged away counts for whom they were merged into.
    holders = working.values_list(Coalesce(F("party__merged_into"), F("party")))
    return Party.objects.filter(pk__in=holders, nature=Party.Nature.PERSON, merged_into=None)


def settled_staff_of(employer: int, day: dt.date) -> QuerySet[Party]:
    """Of them, those whose employment an official has verified: of the others the employer sees
    nothing but what points to itself, since anybody may say that somebody works for them."""
    return _working_at(employer, day, Q(status=Record.Status.VERIFIED))


def people_seen_by(actor: Actor, day: dt.date) -> QuerySet[Party]:
    """The people that an actor may see at all, merged ones left out."""
    people = Party.objects.filter(nature=Party.Nature.PERSON, merged_into=None)
    if actor.role == Role.WORKER:
        return people.filter(pk=actor.party or 0)
    if actor.role == Role.EMPLOYER and actor.party is not None:
        return staff_of(actor.party, day)
    if actor.role == Role.INSTITUTION and actor.party is not None:
        enrolled = Record.objects.filter(
            is_running(day), kind__in=own_kinds().learners, other__in=ours(actor)
        ).values_list(Coalesce(F("party__merged_into"), F("party")))
        # Handed in: a draft is nobody's but whose it is.
        applied = Party.objects.filter(
            applications__programme__host__in=ours(actor), applications__submitted_at__isnull=False
        ).values_list(Coalesce("merged_into", "pk"))
        return people.filter(Q(pk__in=enrolled) | Q(pk__in=applied))
    if actor.role.is_official:
        return people.filter(within(actor.region))
    return people.none()


def organisations_seen_by(actor: Actor) -> QuerySet[Party]:
    """The organisations whose own page and records an actor may see."""
    found = Party.objects.filter(nature=Party.Nature.ORGANISATION, merged_into=None)
    if actor.role in (Role.EMPLOYER, Role.INSTITUTION, Role.EXPERT):
        return found.filter(pk=actor.party or 0)
    if actor.role.is_official:
        return found.filter(within(actor.region))
    return found.none()


def organisations_named(text: str, limit: int = 12) -> list[Party]:
    """Organisations by any part of their name, for whoever has to say where they work or learnt.

    Names and places of organisations are public; two characters at least.
    """
    if len(text.strip()) < 2:
        return []
    every = Party.objects.filter(nature=Party.Nature.ORGANISATION, merged_into=None)
    return list(search(every, text[:80]).order_by("name", "pk")[:limit])


def parties_seen_by(actor: Actor, day: dt.date) -> QuerySet[Party]:
    return people_seen_by(actor, day) | organisations_seen_by(actor)


def party_seen_by(actor: Actor, party_id: int, day: dt.date) -> Party:
    """NotThere where it does not exist or is out of scope: the two look the same."""
    person = people_seen_by(actor, day).filter(pk=party_id).first()
    found = person or organisations_seen_by(actor).filter(pk=party_id).first()
    if found is None:
        raise NotThere
    return found


def organisation_seen_by(actor: Actor, party_id: int) -> Party:
    found = organisations_seen_by(actor).filter(pk=party_id).first()
    if found is None:
        raise NotThere
    return found


def records_of(party_id: int) -> QuerySet[Record]:
    """Every record of a party and of those merged into it, by day."""
    return Record.objects.filter(party__in=selves([party_id])).order_by("start", "pk")


def records_seen_by(actor: Actor, party: Party) -> QuerySet[Record]:
    """What of a party's records an actor who may see the party may see."""
    found = records_of(party.pk)
    if actor.role in (Role.EMPLOYER, Role.INSTITUTION) and party.pk != actor.party:
        shown = Q(kind__in=own_kinds().shown)
        if actor.role == Role.EMPLOYER:
            settled = settled_staff_of(actor.party or 0, today()).filter(pk=party.pk)
            shown &= Q(Exists(settled))
        return found.filter(Q(other__in=ours(actor)) | shown)
    return found


def party_by_digest(digest: str) -> Party | None:
    """Whose number has this digest; somebody merged away is answered by whom they went into."""
    found = Identifier.objects.select_related("party__merged_into").filter(digest=digest).first()
    return None if found is None else found.party.merged_into or found.party


def named(word: str, prefix: str = "") -> Q:
    """Parties in one of whose names a word stands, as it was typed or by its key; `prefix`: the way
    to the party, "party__"."""
    here = Q(**{f"{prefix}name__icontains": word}) | Q(**{f"{prefix}name_en__icontains": word})
    key = name_key(word)
    return here | Q(**{f"{prefix}keys__contains": key}) if key else here


def search(found: QuerySet[Party], text: str) -> QuerySet[Party]:
    """Narrow by name: any part of it, two characters or one, or the number of the party.

    LIKE, since SQLite's and PostgreSQL's text indexes find nothing for two-character names.
    """
    for word in text.split():
        here = named(word)
        if word.isdecimal() and len(word) < 12:
            here |= Q(pk=int(word))
        found = found.filter(here)
    return found


def batches_seen_by(actor: Actor) -> QuerySet[Batch]:
    """The files brought in for the actor's organisation; for an official, those brought in by
    officials within the region."""
    if actor.role in (Role.EMPLOYER, Role.INSTITUTION) and actor.party is not None:
        return Batch.objects.filter(scope_party__in=ours(actor))
    if actor.role.is_official:
        return Batch.objects.filter(within(actor.region, "scope_region"), scope_party=None)
    return Batch.objects.none()


def batch_seen_by(actor: Actor, batch_id: int) -> Batch:
    found = batches_seen_by(actor).filter(pk=batch_id).first()
    if found is None:
        raise NotThere
    return found


def merges_seen_by(actor: Actor) -> QuerySet[Merge]:
    """Merges of parties within an official's region, the latest first."""
    if not actor.role.is_official:
        return Merge.objects.none()
    here = within(actor.region, "kept__region") | within(actor.region, "absorbed__region")
    return Merge.objects.filter(here).select_related("kept", "absorbed").order_by("-pk")


def merge_seen_by(actor: Actor, merge_id: int) -> Merge:
    found = merges_seen_by(actor).filter(pk=merge_id).first()
    if found is None:
        raise NotThere
    return found


def messages_for(actor: Actor) -> QuerySet[Message]:
    if actor.party is None or actor.role not in (Role.WORKER, Role.EMPLOYER, Role.INSTITUTION):
        return Message.objects.none()
    return Message.objects.filter(party__in=selves([actor.party]))
