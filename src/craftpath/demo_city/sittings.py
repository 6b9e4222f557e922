"""Sittings of the assessment body, at every stage: planned, seated, marking, published, archived.

All are for electricians. Of the one that was published one candidate failed the skill test: they
sit that part again in the one that is seated. A few people without a job are its examiners, so
that none of the candidates is one of their own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from craftpath.access.roles import Actor
from craftpath.assessment.actions.appeals import raise_appeal
from craftpath.assessment.actions.archives import archive
from craftpath.assessment.actions.examiners import put_examiner
from craftpath.assessment.actions.marks import enter
from craftpath.assessment.actions.plans import plan
from craftpath.assessment.actions.results import publish
from craftpath.assessment.actions.rolls import take_roll
from craftpath.assessment.actions.rooms import add_room
from craftpath.assessment.actions.seating import seat
from craftpath.assessment.actions.sessions import add_session
from craftpath.assessment.models import Seat, Session
from craftpath.assessment.queries import pool_of
from craftpath.demo_city.chosen import ELECTRICIAN
from craftpath.demo_city.making import Making, Who
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.fields import ProgrammeFields, StepFields
from craftpath.programmes.models import Application
from craftpath.programmes.outcome_fields import OutcomeFields

__all__ = ["sittings"]

LEVEL_4, LEVEL_3 = 3, 4
INTERMEDIATE, SENIOR = "skill-level.intermediate", "skill-level.senior"
_HOURS = {"theory": dt.time(9), "skill": dt.time(13, 30)}


@dataclass(frozen=True)
class _Round:
    """One sitting by its days, counted from today: its window, and the day on which it is held."""

    slug: str
    zh: str
    en: str
    level: int
    rule: str
    opens: int
    closes: int
    held: int


_SPRING = _Round(
    "electrician-4-spring", "电工四级/中级工认定考试（春季）", "Electricians: level 4, spring",
    LEVEL_4, INTERMEDIATE, -215, -195, -180,
)  # fmt: skip
_AUTUMN = _Round(
    "electrician-4-autumn", "电工四级/中级工认定考试（秋季）", "Electricians: level 4, autumn",
    LEVEL_4, INTERMEDIATE, -80, -60, -45,
)  # fmt: skip
_RESIT = _Round(
    "electrician-4-winter", "电工四级/中级工认定考试（冬季）", "Electricians: level 4, winter",
    LEVEL_4, INTERMEDIATE, -30, -12, 6,
)  # fmt: skip
_SENIOR = _Round(
    "electrician-3-november", "电工三级/高级工认定考试（十一月）",
    "Electricians: level 3, November", LEVEL_3, SENIOR, -30, -12, -1,
)  # fmt: skip


def sittings(making: Making) -> None:
    clerk = making.cast.actor("assessor")
    with making.at(making.day(-220)):
        room = add_room(
            clerk,
            name="实训楼一层",
            address="实训楼 101–104",
            region=making.lives.region[making.cast.assessor],
            seats=30,
        ).pk
    day = making.day(-20)
    lower = making.who(INTERMEDIATE, day, making.count(14, 4), focus=ELECTRICIAN)
    higher = making.who(SENIOR, day, making.count(8, 2), focus=ELECTRICIAN)
    third = max(2, len(lower) // 3)
    _archived(making, room, lower[:2])
    failed = _published(making, room, lower[2 : 2 + third] or lower[:third])
    _seated(making, room, [failed, *(one for one in lower[2 + third :] if one != failed)])
    _marking(making, room, higher)
    _planned(making, room)


def _planned(making: Making, room: int) -> None:
    """Not open yet: its hours and examiners stand already."""
    clerk = making.cast.actor("assessor")
    with making.at(making.day(-1)):
        plan(clerk, "electrician-level-3", level=LEVEL_3, carries=24, appeal_days=10)
        _sessions(making, "electrician-level-3", room, making.day(45))


def _seated(making: Making, room: int, who: list[Who]) -> None:
    """Held in a few days; one candidate sits the failed part alone."""
    _with_places(making, _RESIT, room, who)
    with making.at(making.day(-5)):
        seat(making.cast.actor("assessor"), _RESIT.slug)


def _marking(making: Making, room: int, who: list[Who]) -> None:
    """Held yesterday, somebody absent; both hands have typed the theory paper, one differently."""
    serials = _with_places(making, _SENIOR, room, who)
    first, second = making.cast.actor("assessor"), making.cast.actor("assessor2")
    with making.at(making.day(-6)):
        seat(first, _SENIOR.slug)
    with making.at(making.day(_SENIOR.held)):
        gone = _roll(making, _SENIOR.slug, absent=serials[-1])
        there = [serial for serial in serials if serial not in gone]
        rows = [(serial, "theory", 61 + at * 7 % 35) for at, serial in enumerate(there)]
        enter(first, _SENIOR.slug, "first", rows)
        enter(second, _SENIOR.slug, "second", [*rows[1:], (rows[0][0], "theory", 16)])
        enter(first, _SENIOR.slug, "first", [(serial, "skill", 72) for serial in there[:2]])


def _published(making: Making, room: int, who: list[Who]) -> Who:
    """Published; one failed the skill test and appeals. Who that is."""
    serials = _with_places(making, _AUTUMN, room, who)
    _held(making, _AUTUMN, serials, failing=serials[0])
    one = Application.objects.get(serial=serials[0])
    with making.at(making.day(_AUTUMN.held + 9)):
        raise_appeal(
            making.worker(one.party_id),
            one.serial,
            part="skill",
            text="接线一题已完成，请核对评分表。 The wiring task was finished; please look again.",
        )
    return who[0]


def _archived(making: Making, room: int, who: list[Who]) -> None:
    serials = _with_places(making, _SPRING, room, who)
    _held(making, _SPRING, serials)
    with making.at(making.day(_SPRING.held + 30)):
        archive(making.cast.actor("assessor"), _SPRING.slug)


# --- steps ---------------------------------------------------------------------------------


def _with_places(making: Making, round: _Round, room: int, who: list[Who]) -> list[str]:
    """Opened, planned, applied for, reviewed, its places shared out; the serials."""
    clerk, closes = making.cast.actor("assessor"), making.day(round.closes)
    slug = making.open(
        "assessor",
        making.day(round.opens - 3),
        ProgrammeFields(
            slug=round.slug,
            template=round.rule,
            sort="sitting",
            about="person",
            name_zh=round.zh,
            name_en=round.en,
            region="441900",
            host=making.cast.assessor,
            rule=round.rule,
            focus=ELECTRICIAN,
            opens=making.day(round.opens),
            closes=closes,
            way="first-come",
            places=max(30, len(who)),
            marked=True,
            pass_mark=Decimal(60),
            steps=(StepFields("institution", 10, True),),
            outcome=OutcomeFields("certificate", "focus", level=round.level),
        ),
    )
    with making.at(making.day(round.opens - 2)):
        plan(clerk, slug, level=round.level, carries=24, appeal_days=14)
        _sessions(making, slug, room, making.day(round.held))
    serials = making.apply(slug, who, making.day(round.opens), making.day(round.closes - 3))
    making.decide("assessor", serials, "pass", making.day(round.closes - 1))
    with making.at(making.day(round.closes + 1)):
        share_out(clerk, slug)
    return serials


def _sessions(making: Making, slug: str, room: int, day: dt.date) -> None:
    """Theory in the morning, skill in the afternoon, with two and three who look on."""
    clerk = making.cast.actor("assessor")
    people = list(pool_of(clerk, day).values_list("pk", flat=True))
    roles = {"theory": ("invigilator", people[:2]), "skill": ("assessor", people[:3])}
    for part, (role, there) in roles.items():
        session = add_session(
            clerk, slug, part=part, room=room, day=day, starts=_HOURS[part], minutes=120
        )
        for person in there:
            put_examiner(clerk, session.pk, person=person, role=role)


def _held(making: Making, round: _Round, serials: list[str], failing: str = "") -> None:
    """Seated, held, typed twice, published."""
    clerk, slug = making.cast.actor("assessor"), round.slug
    with making.at(making.day(round.held - 7)):
        seat(clerk, slug)
    with making.at(making.day(round.held)):
        _roll(making, slug)
    rows = [
        (serial, part, 48 if (serial, part) == (failing, "skill") else 65 + at * 11 % 30)
        for at, serial in enumerate(serials)
        for part in _HOURS
    ]
    with making.at(making.day(round.held + 2)):
        for actor, hand in _hands(making):
            enter(actor, slug, hand, rows)
    with making.at(making.day(round.held + 5)):
        publish(clerk, slug)


def _hands(making: Making) -> list[tuple[Actor, str]]:
    cast = making.cast
    return [(cast.actor("assessor"), "first"), (cast.actor("assessor2"), "second")]


def _roll(making: Making, slug: str, absent: str = "") -> set[str]:
    """The roll of every session; who was absent, from all of them."""
    clerk = making.cast.actor("assessor")
    for session in Session.objects.filter(sitting__programme__slug=slug):
        gone = Seat.objects.filter(session=session, application__serial=absent)
        take_roll(clerk, session.pk, absent=list(gone.values_list("number", flat=True)))
    return {absent} - {""}
