"""Which sittings somebody may see and run, and what of them.

the body that hosts its programme runs a sitting; officials of its region read it; a worker reads
her own seats, ticket and marks (marks once they are published); nobody else sees anything.

    sittings_run_by(actor) -> QuerySet[Sitting]           the actor's own body's
    sitting_run_by(actor, slug) -> Sitting                NotThere
    sittings_seen_by(actor) -> QuerySet[Sitting]          those and, for officials, their region's
    sitting_seen_by(actor, slug) -> Sitting               NotThere
    rooms_of(actor) -> QuerySet[Room]
    room_run_by(actor, room_id) -> Room                   NotThere
    session_run_by(actor, session_id) -> Session          NotThere
    sessions_seen_by(actor, slug) -> list[SessionLine]    with how many are seated and look on
    seats_seen_by(actor, slug) -> QuerySet[Seat]          who sits where; NotThere
    pool_of(actor, day) -> QuerySet[Party]                who may be put as an examiner
    candidates_of(sitting) -> QuerySet[Application]       who has a place
    mark_lines(actor, slug) -> list[MarkLine]             each candidate × part
    appeals_seen_by(actor) -> QuerySet[Appeal]
    appeal_answered_by(actor, appeal_id) -> Appeal        NotThere
    own_sittings(actor) -> list[OwnSitting]               a worker's
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from craftpath.access.clock import day_of
from craftpath.access.errors import NotThere
from craftpath.access.regions import within
from craftpath.access.roles import Actor, Role
from craftpath.assessment.choices import Hand, Stage
from craftpath.assessment.holding import parts_of
from craftpath.assessment.models import (
    Appeal,
    Examiner,
    Mark,
    MarkEntry,
    Room,
    Seat,
    Session,
    Sitting,
    Ticket,
)
from craftpath.programmes.choices import Place, State
from craftpath.programmes.models import Application
from craftpath.registry.kinds import own_kinds
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import is_running, ours, selves

__all__ = [
    "MarkLine",
    "OwnPart",
    "OwnSitting",
    "SessionLine",
    "appeal_answered_by",
    "appeal_until",
    "appeals_seen_by",
    "candidates_of",
    "last_entries",
    "mark_lines",
    "own_sittings",
    "pool_of",
    "room_run_by",
    "rooms_of",
    "seats_in",
    "seats_seen_by",
    "session_run_by",
    "sessions_seen_by",
    "sitting_run_by",
    "sitting_seen_by",
    "sittings_run_by",
    "sittings_seen_by",
]

_PUBLISHED = (Stage.PUBLISHED, Stage.ARCHIVED)
_STAYING = (State.APPROVED, State.DONE)


# --- whose ---------------------------------------------------------------------------------


def sittings_run_by(actor: Actor) -> QuerySet[Sitting]:
    """The sittings that the actor's own body holds, the latest first."""
    found = Sitting.objects.select_related("programme").order_by("-pk")
    if actor.role != Role.INSTITUTION or actor.party is None:
        return found.none()
    return found.filter(programme__host__in=ours(actor))


def sitting_run_by(actor: Actor, slug: str) -> Sitting:
    return _one(sittings_run_by(actor).filter(programme__slug=slug))


def sittings_seen_by(actor: Actor) -> QuerySet[Sitting]:
    """The actor's own body's, and for officials those of their region."""
    if actor.role.is_official:
        found = Sitting.objects.select_related("programme").order_by("-pk")
        return found.filter(within(actor.region, "programme__region"))
    return sittings_run_by(actor)


def sitting_seen_by(actor: Actor, slug: str) -> Sitting:
    return _one(sittings_seen_by(actor).filter(programme__slug=slug))


def _one(found: QuerySet[Sitting]) -> Sitting:
    sitting = found.first()
    if sitting is None:
        raise NotThere
    return sitting


def rooms_of(actor: Actor) -> QuerySet[Room]:
    """The rooms of the actor's body, closed ones too."""
    if actor.role != Role.INSTITUTION or actor.party is None:
        return Room.objects.none()
    return Room.objects.filter(body__in=ours(actor))


def room_run_by(actor: Actor, room_id: int) -> Room:
    found = rooms_of(actor).filter(pk=room_id).first()
    if found is None:
        raise NotThere
    return found


def session_run_by(actor: Actor, session_id: int) -> Session:
    found = (
        Session.objects.select_related("sitting__programme", "room")
        .filter(pk=session_id, sitting__in=sittings_run_by(actor).values("pk"))
        .first()
    )
    if found is None:
        raise NotThere
    return found


def pool_of(actor: Actor, day: dt.date) -> QuerySet[Party]:
    """People who examine for the actor's body on a day: who works there or is engaged by it, as the
    pack's `registry.engaged` kinds say."""
    if actor.role != Role.INSTITUTION or actor.party is None:
        return Party.objects.none()
    engaged = Record.objects.filter(
        is_running(day), kind__in=own_kinds().engaged, other__in=selves([actor.party])
    ).values_list(Coalesce(F("party__merged_into"), F("party")))
    found = Party.objects.filter(pk__in=engaged, nature=Party.Nature.PERSON, merged_into=None)
    return found.order_by("name", "pk")


def candidates_of(sitting: Sitting) -> QuerySet[Application]:
    """Those of its programme who have a place and have not left."""
    return sitting.programme.applications.filter(place=Place.PLACED, state__in=_STAYING).order_by(
        "rank", "order"
    )


# --- sessions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionLine:
    """A session with who looks on. `seated`: candidates who have a seat there; `present` and
    `absent` by its roll, both 0 until it is taken."""

    session: Session
    examiners: tuple[Examiner, ...]
    seated: int
    present: int
    absent: int


def sessions_seen_by(actor: Actor, slug: str) -> list[SessionLine]:
    """The sessions of a sitting, by day and hour. NotThere."""
    sitting = sitting_seen_by(actor, slug)
    here = Q(seats__application__place=Place.PLACED, seats__application__state__in=_STAYING)
    found = (
        sitting.sessions.select_related("room")
        .prefetch_related("examiners__person")
        .annotate(
            seated=Count("seats", filter=here),
            present=Count("seats", filter=here & Q(seats__attended=True)),
            absent=Count("seats", filter=here & Q(seats__attended=False)),
        )
    )
    return [
        SessionLine(one, tuple(one.examiners.all()), one.seated, one.present, one.absent)
        for one in found
    ]


def seats_seen_by(actor: Actor, slug: str) -> QuerySet[Seat]:
    """The seats of those who have a place. NotThere."""
    return seats_in(sitting_seen_by(actor, slug))


def seats_in(sitting: Sitting) -> QuerySet[Seat]:
    """Every candidate's seat, session by session and seat by seat, as papers are bundled."""
    return (
        Seat.objects.filter(
            session__sitting=sitting, application__in=candidates_of(sitting).order_by().values("pk")
        )
        .select_related("session__room", "application__party", "application__ticket")
        .order_by("session__day", "session__starts", "session", "number")
    )


# --- marks ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class MarkLine:
    """One candidate's part.

    attended   by the roll; None: not taken yet
    typed      the hands that have typed it
    first, second  what either hand typed last, as far as whoever asks may see it
    stands     the mark that stands; None: none does
    """

    application: Application
    part: str
    ticket: str
    attended: bool | None
    typed: tuple[str, ...]
    first: MarkEntry | None
    second: MarkEntry | None
    stands: Mark | None

    @property
    def settled(self) -> bool:
        return self.stands is not None or self.attended is False

    @property
    def differs(self) -> bool:
        """Both hands typed it, otherwise than each other, and nobody has looked again."""
        return len(self.typed) == len(Hand) and self.stands is None


def mark_lines(actor: Actor, slug: str) -> list[MarkLine]:
    """Every candidate's parts, by rank and part. NotThere.

    What one hand typed is shown to that hand alone until a mark stands; where both have typed, also
    to whoever typed neither, and may settle it. Officials see the marks that stand, once they are
    published, and no entry.
    """
    sitting = sitting_seen_by(actor, slug)
    official = actor.role.is_official
    told = not official or sitting.stage in _PUBLISHED
    people = {one.pk: one for one in candidates_of(sitting).select_related("party")}
    tickets = dict(
        Ticket.objects.filter(application__in=people).values_list("application", "number")
    )
    attended = {
        (application, part): was
        for application, part, was in Seat.objects.filter(application__in=people).values_list(
            "application", "part", "attended"
        )
    }
    stands = {
        (one.application_id, one.part): one
        for one in Mark.objects.filter(application__in=people, replaced=False)
    }
    typed = {} if official else last_entries(people)
    order = {pk: at for at, pk in enumerate(people)}
    parts = {rules.id: at for at, rules in enumerate(parts_of(sitting))}
    asked = sorted({*attended, *stands}, key=lambda one: (order[one[0]], parts[one[1]]))
    lines = []
    for key in asked:
        hands = {hand: one for hand in Hand if (one := typed.get((*key, hand))) is not None}
        shown = hands if _may_compare(actor, hands, key in stands) else _own_entries(actor, hands)
        lines.append(
            MarkLine(
                people[key[0]],
                key[1],
                tickets.get(key[0], ""),
                attended.get(key),
                tuple(hands),
                shown.get(Hand.FIRST),
                shown.get(Hand.SECOND),
                stands.get(key) if told else None,
            )
        )
    return lines


def _may_compare(actor: Actor, hands: Mapping[Hand, MarkEntry], stands: bool) -> bool:
    typed = {one.by_id for one in hands.values()}
    return len(hands) == len(Hand) and (stands or actor.user not in typed)


def _own_entries(actor: Actor, hands: dict[Hand, MarkEntry]) -> dict[Hand, MarkEntry]:
    return {hand: one for hand, one in hands.items() if one.by_id == actor.user}


def last_entries(applications: Iterable[int]) -> dict[tuple[int, str, str], MarkEntry]:
    """What each hand typed last, by application, part and hand."""
    found = MarkEntry.objects.filter(application__in=list(applications)).order_by("pk")
    return {(one.application_id, one.part, one.hand): one for one in found}


# --- appeals -------------------------------------------------------------------------------


def appeals_seen_by(actor: Actor) -> QuerySet[Appeal]:
    """A worker's own; those against marks of the actor's body; for officials, their region's."""
    found = Appeal.objects.select_related("application__programme", "application__party", "mark")
    if actor.role == Role.WORKER:
        return found.filter(application__party__in=selves([actor.party or 0]))
    return found.filter(application__programme__in=sittings_seen_by(actor).values("programme"))


def appeal_answered_by(actor: Actor, appeal_id: int) -> Appeal:
    found = Appeal.objects.select_related("application__programme").filter(
        pk=appeal_id, application__programme__in=sittings_run_by(actor).values("programme")
    )
    appeal = found.first()
    if appeal is None:
        raise NotThere
    return appeal


def appeal_until(sitting: Sitting) -> dt.date | None:
    """The first day on which no appeal is taken any more; None: nothing is published yet."""
    if sitting.published_at is None:
        return None
    return day_of(sitting.published_at) + dt.timedelta(days=sitting.appeal_days + 1)


# --- a worker's own ------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnPart:
    """One part of a worker's sitting.

    seat   where and when; None: not seated, or carried over from an earlier pass
    mark   the mark that stands, once published, or carried over; None: none yet
    """

    part: str
    seat: Seat | None
    mark: Mark | None


@dataclass(frozen=True)
class OwnSitting:
    """A sitting as its candidate sees it.

    ticket        "" until seated
    appeal_until  first day on which no appeal is taken any more; None: not published
    """

    sitting: Sitting
    application: Application
    ticket: str
    parts: tuple[OwnPart, ...]
    appeals: tuple[Appeal, ...]
    appeal_until: dt.date | None


def own_sittings(actor: Actor) -> list[OwnSitting]:
    """The sittings in which a worker has a place, the latest first; nobody else has any."""
    if actor.role != Role.WORKER or actor.party is None:
        return []
    mine = list(
        Application.objects.filter(
            party__in=selves([actor.party]),
            programme__sitting__isnull=False,
            place=Place.PLACED,
            state__in=_STAYING,
        )
        .select_related("programme__sitting", "programme__host")
        .order_by("-pk")
    )
    pks = [one.pk for one in mine]
    seats: dict[int, dict[str, Seat]] = defaultdict(dict)
    for seat in Seat.objects.filter(application__in=pks).select_related("session__room"):
        seats[seat.application_id][seat.part] = seat
    marks: dict[int, dict[str, Mark]] = defaultdict(dict)
    for mark in Mark.objects.filter(application__in=pks, replaced=False):
        marks[mark.application_id][mark.part] = mark
    tickets = dict(Ticket.objects.filter(application__in=pks).values_list("application", "number"))
    appeals: dict[int, list[Appeal]] = defaultdict(list)
    for appeal in Appeal.objects.filter(application__in=pks).select_related("mark"):
        appeals[appeal.application_id].append(appeal)
    return [
        _own(one, tickets.get(one.pk, ""), seats[one.pk], marks[one.pk], appeals[one.pk])
        for one in mine
    ]


def _own(
    application: Application,
    ticket: str,
    seats: dict[str, Seat],
    marks: dict[str, Mark],
    appeals: list[Appeal],
) -> OwnSitting:
    sitting = application.programme.sitting
    told = sitting.stage in _PUBLISHED
    shown = {part: one for part, one in marks.items() if told or one.carried_id is not None}
    parts = tuple(
        OwnPart(rules.id, seats.get(rules.id), shown.get(rules.id)) for rules in parts_of(sitting)
    )
    return OwnSitting(sitting, application, ticket, parts, tuple(appeals), appeal_until(sitting))
