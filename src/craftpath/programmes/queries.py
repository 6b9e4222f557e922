"""Which programmes and applications somebody may see, run and decide.

programme   anybody sees it once published; officials whose region contains its region run it,
            and so does its host
application the applicant, the employer who applied for its people, the host, and officials:
            those who run the programme, and those in whose region the applicant is
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from craftpath.access.errors import NotThere
from craftpath.access.masking import mask_name
from craftpath.access.regions import contains, prefix, within
from craftpath.access.roles import Actor, Role
from craftpath.programmes.choices import Stage, State, Tier
from craftpath.programmes.models import Application, Objection, Programme
from craftpath.registry.queries import is_ours, ours

__all__ = [
    "ListedLine",
    "application_seen_by",
    "application_written_by",
    "applications_due_for",
    "applications_seen_by",
    "decides",
    "objections_answered_by",
    "overdue",
    "programme_run_by",
    "programme_seen_by",
    "programmes_run_by",
    "programmes_seen_by",
    "published_list",
]

_TIER_OF = {Role.TOWN: Tier.GRASSROOTS, Role.CITY: Tier.CITY, Role.PROVINCE: Tier.PROVINCE}
_HEIGHT = {Tier.GRASSROOTS: 0, Tier.CITY: 1, Tier.PROVINCE: 2}


def programmes_run_by(actor: Actor) -> QuerySet[Programme]:
    """Programmes that an actor sets up, changes and shares out."""
    if actor.role.is_official:
        return Programme.objects.filter(within(actor.region))
    if actor.role == Role.INSTITUTION:
        return Programme.objects.filter(host__in=ours(actor))
    return Programme.objects.none()


def programmes_seen_by(actor: Actor) -> QuerySet[Programme]:
    """Published programmes, and the drafts that the actor runs."""
    published = Programme.objects.exclude(stage=Stage.DRAFT)
    return published | programmes_run_by(actor)


def programme_run_by(actor: Actor, slug: str) -> Programme:
    found = programmes_run_by(actor).filter(slug=slug).first()
    if found is None:
        raise NotThere
    return found


def programme_seen_by(actor: Actor, slug: str) -> Programme:
    found = programmes_seen_by(actor).filter(slug=slug).first()
    if found is None:
        raise NotThere
    return found


def applications_seen_by(actor: Actor) -> QuerySet[Application]:
    """Drafts are seen by those who write them alone."""
    found = Application.objects.select_related("programme", "party")
    if actor.role == Role.WORKER:
        return found.filter(party__in=ours(actor))
    if actor.role == Role.EMPLOYER:
        return found.filter(Q(employer__in=ours(actor)) | Q(party__in=ours(actor)))
    if actor.role == Role.INSTITUTION:
        handed_in = Q(programme__host__in=ours(actor)) & ~Q(state=State.DRAFT)
        return found.filter(handed_in | Q(party__in=ours(actor)))
    if actor.role.is_official:
        runs = within(actor.region, "programme__region")
        theirs = within(actor.region, "party__region")
        return found.filter(runs | theirs).exclude(state=State.DRAFT)
    return found.none()


def application_seen_by(actor: Actor, serial: str) -> Application:
    found = applications_seen_by(actor).filter(serial=serial).first()
    if found is None:
        raise NotThere
    return found


def application_written_by(actor: Actor, serial: str) -> Application:
    """An application that the actor may change, drafts among them: the applicant's own, those of
    the employer who applied, and, for officials at the counter, those of people in their region."""
    found = Application.objects.select_related("programme", "party", "group").filter(serial=serial)
    if actor.role == Role.WORKER:
        mine = Q(party__in=ours(actor))
    elif actor.role in (Role.EMPLOYER, Role.INSTITUTION):
        mine = Q(employer__in=ours(actor)) | Q(party__in=ours(actor))
    elif actor.role.is_official:
        mine = within(actor.region, "party__region")
    else:
        raise NotThere
    application = found.filter(mine).first()
    if application is None:
        raise NotThere
    return application


def overdue(day: dt.date) -> Q:
    """Applications whose step should have been decided, or that should have been mended, before
    a day: `applications_due_for(actor).filter(overdue(today()))`."""
    return Q(state__in=(State.SUBMITTED, State.RETURNED), due__lt=day)


def applications_due_for(actor: Actor) -> QuerySet[Application]:
    """Applications whose present step this actor may decide: the queue."""
    waiting = applications_seen_by(actor).filter(state=State.SUBMITTED)
    if actor.role == Role.INSTITUTION:
        return waiting.filter(_at_step(Tier.INSTITUTION), programme__host__in=ours(actor))
    if not actor.role.is_official:
        return waiting.none()
    own = _TIER_OF[actor.role]
    mine = _at_step(own) & within(actor.region, "party__region")
    # An applicant known only by city has no town official: the city decides the town's step too.
    plain = Q(party__region=actor.region)
    for lower in [t for t in _HEIGHT if _HEIGHT[t] < _HEIGHT[own]]:
        mine |= _at_step(lower) & plain
    return waiting.filter(mine)


def decides(actor: Actor, application: Application, tier: str) -> bool:
    """Whether this actor decides a step of this tier for this applicant."""
    if tier == Tier.INSTITUTION:
        return actor.role == Role.INSTITUTION and is_ours(actor, application.programme.host_id)
    own = _TIER_OF.get(actor.role)
    if own is None or not contains(actor.region, application.party.region):
        return False
    if tier == own:
        return True
    lower = _HEIGHT[Tier(tier)] < _HEIGHT[own]
    return lower and prefix(application.party.region) == prefix(actor.region)


def _at_step(tier: Tier) -> Q:
    return Q(programme__steps__number=F("step"), programme__steps__tier=tier)


@dataclass(frozen=True)
class ListedLine:
    """One line of the list under public notice: what anybody may see.

    name      masked where it is a person's
    employer  the name of the employer who applied for them, "" where they did themselves
    place     "placed", "waiting" or "unplaced"
    """

    rank: int
    serial: str
    name: str
    employer: str
    place: str


def published_list(programme: Programme, day: dt.date) -> list[ListedLine]:
    """The list in the order of the line, on the days of public notice; on others there is none."""
    begins, ends = programme.notice_from, programme.notice_until
    if begins is None or ends is None or not begins <= day < ends:
        return []
    found = programme.applications.filter(
        rank__isnull=False, state__in=(State.APPROVED, State.DONE)
    ).select_related("party", "employer")
    return [
        ListedLine(
            one.rank or 0,
            one.serial,
            mask_name(one.party.name) if one.party.is_person else one.party.name,
            one.employer.name if one.employer else "",
            one.place,
        )
        for one in found.order_by("rank")
    ]


def objections_answered_by(actor: Actor) -> QuerySet[Objection]:
    """The objections that an official may see and answer, the newest first."""
    found = Objection.objects.select_related("programme", "application__party")
    if not actor.role.is_official:
        return found.none()
    return found.filter(programme__in=programmes_run_by(actor))
