"""Sittings brought as far as a page asks for, one after another on the tests' day.

welders-planned    tomorrow; too few assess the skill test
welders-seated     this afternoon; 林晓 has a seat
welders-marking    this morning: the roll is taken, one mark differs, another hand is to come
welders-published  this noon; 林晓 failed the skill test, and somebody has appealed
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from craftpath.access.roles import Actor, Role
from craftpath.assessment.actions.appeals import answer_appeal, raise_appeal
from craftpath.assessment.actions.examiners import put_examiner
from craftpath.assessment.actions.marks import Row, enter, enter_sheet
from craftpath.assessment.actions.results import publish
from craftpath.assessment.actions.rolls import take_roll
from craftpath.assessment.actions.seating import seat
from craftpath.assessment.actions.sessions import add_session
from craftpath.assessment.models import Session, Sitting
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Party
from tests.apps.assessment.hall import Hall, planned, room, typed, with_places
from tests.apps.city import DAY
from tests.stages import stage

HOURS = {
    "welders-planned": (9, 14),
    "welders-seated": (14, 16),
    "welders-marking": (8, 10),
    "welders-published": (12, 18),
}


@stage
def at_work(hall: Hall) -> dict[str, Sitting]:
    """All four."""
    lined_up(hall, "welders-planned", assessors=2, day=DAY + dt.timedelta(days=1))
    lined_up(hall, "welders-seated", also=[hall.city.worker])
    seat(hall.clerk, "welders-seated")
    marking(hall)
    published(hall)
    return {one.programme.slug: one for one in Sitting.objects.select_related("programme")}


@stage
def lined_up(
    hall: Hall,
    slug: str,
    *,
    count: int = 4,
    assessors: int = 3,
    day: dt.date = DAY,
    also: Sequence[Party] = (),
) -> list[Application]:
    """Planned, with sessions and those who look on, and candidates who have a place."""
    planned(hall, slug)
    morning, noon = (dt.time(hour) for hour in HOURS[slug])
    place = room(hall, f"考场 {slug}")
    theory, skill = (
        add_session(hall.clerk, slug, part=part, room=place.pk, day=day, starts=at, minutes=90)
        for part, at in (("theory", morning), ("skill", noon))
    )
    for one in hall.examiners[:2]:
        put_examiner(hall.clerk, theory.pk, person=one.pk, role="invigilator")
    for one in hall.examiners[:assessors]:
        put_examiner(hall.clerk, skill.pk, person=one.pk, role="assessor")
    made = with_places(slug, count)
    programme = Programme.objects.get(slug=slug)
    for rank, party in enumerate(also, count + 1):
        made.append(
            Application.objects.create(
                programme=programme,
                party=party,
                serial=f"P{programme.pk}-2025-{rank:06}",
                order=rank,
                rank=rank,
                state="approved",
                place="placed",
                focus=programme.focus,
            )
        )
    return made


def roll_taken(hall: Hall, slug: str, *, absent: Sequence[int] = ()) -> None:
    """Of every session; `absent`: seats of the theory paper."""
    for one in Session.objects.filter(sitting__programme__slug=slug):
        take_roll(hall.clerk, one.pk, absent=absent if one.part == "theory" else ())


@stage
def marking(hall: Hall) -> list[Application]:
    """Of four, the first differs in theory; the skill test was brought in as a sheet."""
    slug = "welders-marking"
    made = lined_up(hall, slug)
    seat(hall.clerk, slug)
    roll_taken(hall, slug)
    first: list[Row] = [(one.serial, "theory", 70 + at) for at, one in enumerate(made[:3])]
    enter(hall.clerk, slug, "first", first)
    enter(hall.second, slug, "second", [(made[0].serial, "theory", 77), *first[1:2]])
    rows = "".join(f"{one.serial},8{at}\n" for at, one in enumerate(made))
    enter_sheet(hall.second, slug, "first", "技能.csv", f"准考证号,技能\n{rows}".encode())
    return made


@stage
def published(hall: Hall) -> list[Application]:
    slug = "welders-published"
    made = lined_up(hall, slug, also=[hall.city.worker])
    seat(hall.clerk, slug)
    roll_taken(hall, slug)
    rows = [
        (one.serial, part, 59 if part == "skill" and one in made[-2:] else 80)
        for one in made
        for part in ("theory", "skill")
    ]
    typed(hall, slug, rows)
    publish(hall.clerk, slug)
    own = Actor(None, "考生", Role.WORKER, party=made[-2].party_id)
    raise_appeal(own, made[-2].serial, part="skill", text="第三道焊缝没有计分。")
    mine = raise_appeal(
        hall.city.actor("worker"), made[-1].serial, part="theory", text="第 12 题我选的是 B。"
    )
    answer_appeal(hall.third, mine.pk, upheld=False, answer="经复查，第 12 题选的是 C。")
    return made
