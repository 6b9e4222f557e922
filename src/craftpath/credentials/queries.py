"""What may be read of issuers, credentials and runs, by whoever asks. What anybody may check, with
no login, is `craftpath.credentials.verification`.

WORKER       her own credentials and shares
EMPLOYER     the certificates of those whose employment there is verified, while it runs
INSTITUTION  what its own issuer issued, prints and uses
official     issuers within the region, what they issued, and the credentials of people within it
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.access.regions import contains, prefix, within
from craftpath.access.roles import Actor, Role
from craftpath.credentials.choices import Phase, Sort
from craftpath.credentials.facts import certificates
from craftpath.credentials.filing import programme_of
from craftpath.credentials.models import (
    CardUse,
    Credential,
    Issuer,
    IssuingKey,
    PrintRun,
    Share,
)
from craftpath.programmes.models import Programme
from craftpath.registry.models import Record
from craftpath.registry.queries import holder, selves, settled_staff_of

__all__ = [
    "UNSIGNED",
    "Progress",
    "credential_issued_by",
    "credential_seen_by",
    "credentials_issued_by",
    "credentials_seen_by",
    "issuer_of",
    "issuer_run_by",
    "issuer_seen_by",
    "issuers_run_by",
    "issuers_seen_by",
    "key_seen_by",
    "lacking",
    "office_for",
    "progress_of",
    "run_seen_by",
    "runs_seen_by",
    "shares_of",
    "uses_seen_by",
]

#: What waits for a signature: with none yet, or with that of a key which was broken.
UNSIGNED = Q(document="") | Q(key__broken__isnull=False)

# --- issuers -------------------------------------------------------------------------------


def issuers_run_by(actor: Actor) -> QuerySet[Issuer]:
    """Those in whose name the actor issues, and over whose keys and credentials they decide."""
    found = Issuer.objects.select_related("party")
    if actor.role == Role.SYSTEM:
        return found
    if actor.role == Role.INSTITUTION and actor.party is not None:
        return found.filter(party__in=selves([actor.party]))
    if actor.role.is_official:
        return found.filter(within(actor.region))
    return found.none()


#: Whoever sees an issuer's page runs it: what everybody may see of one is its DID document.
issuers_seen_by = issuers_run_by


def issuer_run_by(actor: Actor, issuer_id: int) -> Issuer:
    found = issuers_run_by(actor).filter(pk=issuer_id).first()
    if found is None:
        raise NotThere
    return found


issuer_seen_by = issuer_run_by


def key_seen_by(actor: Actor, key_id: int) -> IssuingKey:
    found = (
        IssuingKey.objects.select_related("issuer__party")
        .filter(pk=key_id, issuer__in=issuers_run_by(actor))
        .first()
    )
    if found is None:
        raise NotThere
    return found


def office_for(region: str) -> Issuer | None:
    """The office that gives out cards for a region: the nearest one whose region contains it."""
    found = [
        one
        for one in Issuer.objects.select_related("party").filter(code="")
        if contains(one.region, region)
    ]
    return max(found, key=lambda one: (len(prefix(one.region)), -one.pk), default=None)


def issuer_of(record: Record) -> Issuer | None:
    """Who issues what proves a record: the body that it points to; for a card, the host of the
    programme that gave it, else the office of the region of that programme, or of its holder."""
    party = record.other
    programme = programme_of(record)
    if party is None and programme is not None:
        party = programme.host
    if party is not None:
        ids = selves([holder(party)])
        return Issuer.objects.select_related("party").filter(party__in=ids).first()
    region = programme.region if programme is not None else record.party.region
    return office_for(region)


# --- credentials ---------------------------------------------------------------------------


def credentials_seen_by(actor: Actor) -> QuerySet[Credential]:
    found = Credential.objects.select_related("issuer__party", "holder", "record", "key")
    if actor.role == Role.WORKER:
        return found.filter(holder__in=selves([actor.party or 0]))
    if actor.role == Role.EMPLOYER:
        staff = settled_staff_of(actor.party or 0, today())
        return found.filter(
            Q(holder__in=staff) | Q(holder__merged_into__in=staff), sort=Sort.CERTIFICATE
        )
    if actor.role.is_official:
        theirs = within(actor.region, "holder__region")
        return found.filter(within(actor.region, "issuer__region") | theirs)
    return credentials_issued_by(actor)


def credentials_issued_by(actor: Actor) -> QuerySet[Credential]:
    """Those about which the actor decides: issued in a name in which they issue."""
    found = Credential.objects.select_related("issuer__party", "holder", "record", "key")
    return found.filter(issuer__in=issuers_run_by(actor))


def credential_seen_by(actor: Actor, public_id: uuid.UUID | str) -> Credential:
    return _one(credentials_seen_by(actor), public_id)


def credential_issued_by(actor: Actor, public_id: uuid.UUID | str) -> Credential:
    return _one(credentials_issued_by(actor), public_id)


def _one(found: QuerySet[Credential], public_id: uuid.UUID | str) -> Credential:
    try:
        one = found.filter(public_id=uuid.UUID(str(public_id))).first()
    except ValueError:
        raise NotThere from None
    if one is None:
        raise NotThere
    return one


def lacking(programme: Programme) -> QuerySet[Record]:
    """The records that a programme gave, of a kind that a paper proves, that stand and have no
    credential yet; in the order of its line."""
    kinds = [paper.kind for paper in certificates().papers.values()]
    return (
        Record.objects.filter(came_of__programme=programme, kind__in=kinds, known_until=None)
        .filter(~Exists(Credential.objects.filter(record=OuterRef("pk"))))
        .order_by("came_of__rank", "pk")
    )


# --- runs ----------------------------------------------------------------------------------


def runs_seen_by(actor: Actor) -> QuerySet[PrintRun]:
    found = PrintRun.objects.select_related("issuer__party", "programme", "by")
    return found.filter(issuer__in=issuers_run_by(actor))


def run_seen_by(actor: Actor, run_id: int) -> PrintRun:
    found = runs_seen_by(actor).filter(pk=run_id).first()
    if found is None:
        raise NotThere
    return found


@dataclass(frozen=True)
class Progress:
    """How far a run has come. `share` of the whole, 0 to 1."""

    phase: Phase
    wanted: int
    issued: int
    signed: int
    pages: int
    share: float


def progress_of(run: PrintRun) -> Progress:
    counted = run.credentials.aggregate(
        issued=Count("pk"), signed=Count("pk", filter=~Q(document=""))
    )
    issued, signed, wanted = counted["issued"], counted["signed"], run.wanted
    # Signing takes nearly all of the time: a hundred times as long as a page, or a number.
    share = 1.0 if run.finished_at else (0.05 * issued + 0.9 * signed) / max(wanted, 1)
    return Progress(Phase(run.phase), wanted, issued, signed, run.pages, share)


# --- shares and uses -----------------------------------------------------------------------


def shares_of(actor: Actor) -> QuerySet[Share]:
    if actor.role != Role.WORKER or actor.party is None:
        return Share.objects.none()
    return Share.objects.filter(holder__in=selves([actor.party])).prefetch_related("credentials")


def uses_seen_by(actor: Actor) -> QuerySet[CardUse]:
    """Uses of a card: its holder's own, those noted for the actor's institution, and those of the
    cards that an office issued."""
    found = CardUse.objects.select_related("credential__issuer", "at_party")
    if actor.role == Role.WORKER:
        return found.filter(credential__holder__in=selves([actor.party or 0]))
    if actor.role == Role.INSTITUTION:
        return found.filter(at_party__in=selves([actor.party or 0]))
    return found.filter(credential__issuer__in=issuers_run_by(actor))
