"""A body in Dongguan that is filed for welders of level 3, its rooms, examiners and clerks, and a
sitting brought as far as a test asks for.

    body       the academy of the cast; `school` and `clerk-2`, `clerk-3` are its logins
    examiners  考评一 … 考评五, who work there
    candidates 考生01 …, who work nowhere
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from craftpath.access.models import Duty, User
from craftpath.access.roles import Actor
from craftpath.assessment.actions.examiners import put_examiner
from craftpath.assessment.actions.marks import enter
from craftpath.assessment.actions.plans import plan
from craftpath.assessment.actions.rolls import take_roll
from craftpath.assessment.actions.rooms import add_room
from craftpath.assessment.actions.seating import seat
from craftpath.assessment.actions.sessions import add_session
from craftpath.assessment.models import Room, Seat, Session, Sitting
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Party, Record
from tests.apps.city import CHANGAN, DAY, DONGGUAN, WELDER, City
from tests.apps.programmes.line_up import line_up
from tests.apps.programmes.line_up import programme as make
from tests.stages import stage

LEVEL3 = 4  # the rank of level 3 (senior worker) on the scale of skill
MORNING, NOON = dt.time(9), dt.time(14)
TODAY = DAY
OUTCOME = {"kind": "certificate", "subject": "focus", "level": LEVEL3, "quantity": None}


@dataclass
class Hall:
    city: City
    examiners: list[Party]
    clerks: dict[str, Actor] = field(default_factory=dict)

    @property
    def body(self) -> Party:
        return self.city.school

    @property
    def clerk(self) -> Actor:
        return self.city.actor("school")

    @property
    def second(self) -> Actor:
        return self.clerks["clerk-2"]

    @property
    def third(self) -> Actor:
        return self.clerks["clerk-3"]


@stage
def build_hall(city: City, *, filed: bool = True) -> Hall:
    if filed:
        file_body(city.school)
    people = [
        Party.objects.create(nature="person", name=f"考评{name}", region=DONGGUAN)
        for name in "一二三四五"
    ]
    for one in people:
        record(one, "employment", dt.date(2019, 1, 1), other=city.school)
    clerks = {name: _clerk(name, city.school) for name in ("clerk-2", "clerk-3")}
    return Hall(city, people, clerks)


def _clerk(name: str, body: Party) -> Actor:
    user = User.objects.create(username=name, first_name=name)
    return Duty.objects.create(user=user, role="institution", party=body, start=DAY).actor()


def record(
    party: Party, kind: str, start: dt.date, other: Party | None = None, **said: object
) -> Record:
    plain: dict[str, object] = {"status": "verified", "known": start, "origin": "import"}
    return Record.objects.create(
        party=party, kind=kind, start=start, other=other, **{**plain, **said}
    )


def file_body(
    body: Party, *, level: int = LEVEL3, site: Party | None = None, **said: object
) -> Record:
    start = said.pop("start", dt.date(2024, 1, 1))
    assert isinstance(start, dt.date)
    return record(
        body, "assessment-filing", start, site, **{"subject": WELDER, "level": level, **said}
    )


def sitting_programme(hall: Hall, slug: str = "welders-3", **changed: object) -> Programme:
    said: dict[str, object] = {
        "sort": "sitting",
        "focus": WELDER,
        "host": hall.body,
        "way": "open",
        "places": None,
        "outcome": OUTCOME,
    }
    return make(slug, **{**said, **changed})


@stage
def planned(
    hall: Hall, slug: str = "welders-3", *, carries: int = 24, **changed: object
) -> Sitting:
    sitting_programme(hall, slug, **changed)
    return plan(hall.clerk, slug, level=LEVEL3, carries=carries, appeal_days=5)


def room(hall: Hall, name: str = "一号考场", *, seats: int = 30, region: str = CHANGAN) -> Room:
    found = Room.objects.filter(body=hall.body, name=name).first()
    return found or add_room(
        hall.clerk, name=name, address="松山湖路1号", region=region, seats=seats
    )


def sessions(
    hall: Hall, slug: str = "welders-3", *, seats: int = 30, day: dt.date = TODAY
) -> list[Session]:
    """Theory in the morning, skill in the afternoon, in one room."""
    place = room(hall, seats=seats).pk
    return [
        add_session(hall.clerk, slug, part=part, room=place, day=day, starts=at, minutes=120)
        for part, at in (("theory", MORNING), ("skill", NOON))
    ]


def staffed(hall: Hall, theory: Session, skill: Session, *, assessors: int = 3) -> None:
    for one in hall.examiners[:2]:
        put_examiner(hall.clerk, theory.pk, person=one.pk, role="invigilator")
    for one in hall.examiners[:assessors]:
        put_examiner(hall.clerk, skill.pk, person=one.pk, role="assessor")


def with_places(slug: str, count: int) -> list[Application]:
    """Candidates with a place in a programme whose places are shared out."""
    programme = Programme.objects.get(slug=slug)
    made = line_up(programme, count, place="placed")
    for rank, one in enumerate(made, 1):
        Application.objects.filter(pk=one.pk).update(rank=rank)
    Programme.objects.filter(pk=programme.pk).update(stage="shared")
    return made


@stage
def seated(hall: Hall, slug: str = "welders-3", *, count: int = 4) -> list[Application]:
    planned(hall, slug)
    theory, skill = sessions(hall, slug)
    staffed(hall, theory, skill)
    made = with_places(slug, count)
    seat(hall.clerk, slug)
    return made


@stage
def rolled(
    hall: Hall, slug: str = "welders-3", *, count: int = 4, absent: Sequence[int] = ()
) -> list[Application]:
    """Seated, and the roll of every session taken; `absent` from skill, counted from 0."""
    made = seated(hall, slug, count=count)
    for one in Session.objects.filter(sitting__programme__slug=slug):
        gone = Seat.objects.filter(session=one, application__in=[made[at] for at in absent])
        numbers = [] if one.part == "theory" else list(gone.values_list("number", flat=True))
        take_roll(hall.clerk, one.pk, absent=numbers)
    return made


@stage
def typed(
    hall: Hall, slug: str, marks: Sequence[tuple[str, str, Decimal | float | int | None]]
) -> None:
    """By both hands alike."""
    for actor, hand in ((hall.clerk, "first"), (hall.second, "second")):
        told = enter(actor, slug, hand, list(marks))
        assert not [one for one in told if one.problem], told
