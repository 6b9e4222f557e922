"""Sittings when several act at once; each first seen to go wrong with the locks off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from craftpath.access.roles import Actor, Role
from craftpath.assessment.actions import examiners, marks, seating, sessions
from craftpath.assessment.models import Examiner, Mark, Seat, Session
from craftpath.audit.chain import verify
from craftpath.programmes.actions import places
from craftpath.programmes.actions.applications import withdraw
from craftpath.programmes.models import Application
from tests.apps.assessment.hall import (
    MORNING,
    TODAY,
    Hall,
    build_hall,
    planned,
    rolled,
    room,
    staffed,
    with_places,
)
from tests.apps.assessment.hall import sessions as plan_sessions
from tests.apps.city import City
from tests.races.meeting import DONE, at_once, slowly

pytestmark = [pytest.mark.slow, pytest.mark.database]

LATER = TODAY + dt.timedelta(days=5)


@pytest.fixture
def hall(city: City) -> Hall:
    return build_hall(city)


def both_hands(hall: Hall, one: Application, part: str, *, locked: bool) -> tuple[list[str], int]:
    """Both hands type the same mark at once: what became of them, and how many marks stand."""
    jobs = [
        partial(marks.enter, actor, one.programme.slug, hand, [(one.serial, part, 80)])
        for actor, hand in ((hall.clerk, "first"), (hall.second, "second"))
    ]
    went = at_once(jobs, locked=locked)
    return went, Mark.objects.filter(application=one, part=part, replaced=False).count()


def test_lets_a_mark_stand_that_both_hands_type_at_once(hall: Hall, monkeypatch: Any) -> None:
    one, other, *_ = rolled(hall)
    monkeypatch.setattr(marks, "_problem", slowly(marks._problem))
    assert both_hands(hall, one, "theory", locked=False) != ([DONE, DONE], 1)
    assert both_hands(hall, other, "theory", locked=True) == ([DONE, DONE], 1)
    assert not list(verify())


def seatings(hall: Hall, slug: str, day: dt.date, *, locked: bool) -> tuple[list[str], int]:
    planned(hall, slug)
    staffed(hall, *plan_sessions(hall, slug, day=day))
    with_places(slug, 3)
    went = at_once([partial(seating.seat, hall.clerk, slug)] * 2, locked=locked)
    return went, Seat.objects.filter(session__sitting__programme__slug=slug).count()


def test_seats_everybody_once_when_two_seat_at_once(hall: Hall, monkeypatch: Any) -> None:
    monkeypatch.setattr(seating._Desk, "_seats", slowly(seating._Desk._seats))
    assert seatings(hall, "unlocked", TODAY, locked=False) != ([DONE, DONE], 6)
    assert seatings(hall, "locked", LATER, locked=True) == ([DONE, DONE], 6)
    assert not list(verify())


def test_seats_nobody_who_leaves_meanwhile(hall: Hall, monkeypatch: Any) -> None:
    """Who withdraws either has left before the seating, or is left out by the next one."""
    monkeypatch.setattr(seating, "allot", slowly(seating.allot))
    monkeypatch.setattr(places, "standing", slowly(places.standing))
    planned(hall, "leaving")
    staffed(hall, *plan_sessions(hall, "leaving"))
    made = with_places("leaving", 3)
    leaves = Actor(None, "考生", Role.WORKER, party=made[0].party_id)
    jobs: list[Callable[[], Any]] = [
        partial(seating.seat, hall.clerk, "leaving"),
        partial(withdraw, leaves, made[0].serial),
    ]
    assert at_once(jobs, locked=True) == [DONE, DONE]
    seating.seat(hall.clerk, "leaving")
    assert not Seat.objects.filter(application=made[0]).exists()
    assert Seat.objects.count() == 4


def same_room(hall: Hall, slug: str, day: dt.date, *, locked: bool) -> tuple[list[str], int]:
    """Two sittings want a room at the same hour: their programmes' locks are not the same."""
    place = room(hall).pk
    jobs = []
    planned(hall, f"{slug}-before")
    # So that there is something to look through, slowly.
    sessions.add_session(
        hall.clerk,
        f"{slug}-before",
        part="theory",
        room=place,
        day=day,
        starts=dt.time(6),
        minutes=90,
    )
    for one in (f"{slug}-a", f"{slug}-b"):
        planned(hall, one)
        jobs.append(
            partial(
                sessions.add_session, hall.clerk, one, part="theory", room=place, day=day,
                starts=MORNING, minutes=90,
            )
        )  # fmt: skip
    went = at_once(jobs, locked=locked)
    return went, Session.objects.filter(room=place, day=day, starts=MORNING).count()


def test_gives_a_room_to_one_of_two_sittings(hall: Hall, monkeypatch: Any) -> None:
    monkeypatch.setattr(sessions, "meets", slowly(sessions.meets))
    assert same_room(hall, "unlocked", TODAY, locked=False) != (["Conflict", DONE], 1)
    assert same_room(hall, "locked", LATER, locked=True) == (["Conflict", DONE], 1)
    assert not list(verify())


def same_person(hall: Hall, slug: str, day: dt.date, *, locked: bool) -> tuple[list[str], int]:
    jobs = []
    for one in ("a", "b"):
        planned(hall, f"{slug}-{one}")
        found = sessions.add_session(
            hall.clerk, f"{slug}-{one}", part="theory", room=room(hall, one).pk, day=day,
            starts=MORNING, minutes=90,
        )  # fmt: skip
        jobs.append(
            partial(
                examiners.put_examiner, hall.clerk, found.pk, person=hall.examiners[0].pk,
                role="invigilator",
            )
        )  # fmt: skip
    went = at_once(jobs, locked=locked)
    return went, Examiner.objects.filter(session__day=day).count()


def test_puts_somebody_in_one_of_two_sessions(hall: Hall, monkeypatch: Any) -> None:
    monkeypatch.setattr(examiners, "_require_free", slowly(examiners._require_free))
    assert same_person(hall, "unlocked", TODAY, locked=False) != (["Conflict", DONE], 1)
    assert same_person(hall, "locked", LATER, locked=True) == (["Conflict", DONE], 1)
    assert not list(verify())
