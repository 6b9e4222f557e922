"""A programme's line and its places, as the sharing out of `craftpath.allotment` knows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from craftpath.access.errors import Conflict
from craftpath.allotment.nouns import Allotment, Entrant, LeftOver, Quota
from craftpath.allotment.share import fill, first_come, ranked
from craftpath.programmes.choices import Place, Stage, State, Way
from craftpath.programmes.models import Application, Programme

__all__ = ["AT_INTAKE", "STAYING", "Standing", "allotted", "next_ones", "quota_of", "standing"]

#: Whoever is in none of these has left the line.
STAYING = (State.APPROVED, State.DONE)
#: Before places are shared out, those who may hold a place that goes to whoever comes first.
AT_INTAKE = (State.SUBMITTED, State.RETURNED, State.APPROVED)


@dataclass(frozen=True, slots=True)
class Standing:
    """One application in the line. `rank`: from 1, None before places are shared out."""

    entrant: Entrant
    state: str
    place: str
    rank: int | None

    @property
    def holds(self) -> bool:
        return self.place == Place.PLACED


def standing(applications: QuerySet[Application]) -> list[Standing]:
    """The applications as they stand, in their order of arrival: one look at the database."""
    rows = applications.order_by("order").values_list(
        "pk", "serial", "group__key", "points", "order", "state", "place", "rank"
    )
    return [
        Standing(Entrant(pk, serial, group, _points(points), order), state, place, rank)
        for pk, serial, group, points, order, state, place, rank in rows.iterator(5000)
    ]


def _points(points: Decimal | None) -> float | None:
    return None if points is None else float(points)


def quota_of(programme: Programme, *, at_intake: bool = False) -> Quota:
    """The programme's places.

    at_intake  more may still come: what a group leaves over is not known before the window closes

    Conflict: the groups have more places than there are, or a name that cannot be published.
    """
    if programme.way == Way.OPEN:
        return Quota()
    groups = {group.key: group.places for group in programme.groups.all()}
    spare = programme.spare_open and not at_intake
    try:
        return Quota(programme.places, groups, LeftOver.EVERYBODY if spare else LeftOver.STAY)
    except ValueError:
        raise Conflict(
            "各组名额合计超过总名额，或组的编号不以字母、数字开头；请先更正项目的名额设置。",
            "The groups have more places than there are, or a group's key begins with neither "
            "letter nor digit; put the programme's places right first.",
        ) from None


def allotted(programme: Programme, people: Iterable[Standing]) -> Allotment:
    """How the places of a programme without a lottery are shared out among the approved."""
    quota = quota_of(programme)
    if programme.way == Way.RANKED:
        return ranked((one.entrant for one in people), quota)
    if programme.way == Way.OPEN:
        return first_come((one.entrant for one in people), quota)
    return fill([one.entrant for one in _holders_first(people)], quota)


def next_ones(programme: Programme, people: Iterable[Standing]) -> list[int]:
    """Ids of the waiting whose turn it is, in order, where some places are free.

    people  everybody who ever stood in the line, those who have left it too
    """
    if programme.stage == Stage.PUBLISHED:
        line = _holders_first(one for one in people if one.state in AT_INTAKE)
        quota = quota_of(programme, at_intake=True)
    else:
        stayed = [one for one in people if one.rank is not None and one.state in STAYING]
        line = sorted(stayed, key=lambda one: one.rank or 0)
        quota = quota_of(programme)
    waiting = {one.entrant.id for one in line if one.place == Place.WAITING}
    return [id for id in fill([one.entrant for one in line], quota).placed if id in waiting]


def _holders_first(people: Iterable[Standing]) -> list[Standing]:
    """By arrival; but a place once held is kept, also by who came later than one who waits for
    another group's."""
    return sorted(people, key=lambda one: (not one.holds, one.entrant.order))
