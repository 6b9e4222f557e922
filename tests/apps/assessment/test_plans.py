"""Plans, rooms and sessions: what is refused, and by which words it can be mended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.assessment.actions.plans import plan
from craftpath.assessment.actions.rooms import add_room, change_room, close_room
from craftpath.assessment.actions.seating import seat
from craftpath.assessment.actions.sessions import add_session, change_session, remove_session
from craftpath.assessment.models import Room, Session, Sitting
from craftpath.audit.models import Entry
from craftpath.programmes.actions.outcomes import enter_marks
from craftpath.programmes.models import Programme
from tests.apps.assessment.hall import (
    LEVEL3,
    MORNING,
    NOON,
    OUTCOME,
    TODAY,
    Hall,
    build_hall,
    file_body,
    planned,
    room,
    seated,
    sessions,
    sitting_programme,
    staffed,
    with_places,
)
from tests.apps.city import CHANGAN, DONGGUAN, QINGYUAN, WELDER, City

TOMORROW = TODAY + dt.timedelta(days=1)


def do_plan(hall: Hall, slug: str = "welders-3", **changed: Any) -> Sitting:
    return plan(hall.clerk, slug, **{"level": LEVEL3, "carries": 24, "appeal_days": 5, **changed})


# --- the plan ------------------------------------------------------------------------------


def test_turns_its_programme_into_one_that_is_marked_in_parts(hall: Hall) -> None:
    sitting_programme(hall)
    sitting = do_plan(hall)
    programme = Programme.objects.get()
    assert (programme.in_parts, programme.marked, programme.pass_mark) == (True, True, 60)
    assert (sitting.level, sitting.carries, sitting.appeal_days) == (LEVEL3, 24, 5)
    with_places("welders-3", 1)
    with pytest.raises(Conflict, match="parts"):
        enter_marks(hall.clerk, "welders-3", [("x", 80, True)])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sort": "course"}, "Only a programme of assessment"),
        ({"focus": "", "focus_list": "occupation"}, "Only a programme of assessment"),
        ({"outcome": {**OUTCOME, "level": 3}}, "outcome is no"),
        ({"outcome": {**OUTCOME, "kind": "card"}}, "outcome is no"),
        ({"outcome": None}, "outcome is no"),
        ({"stage": "draft"}, "once its programme is published"),
        ({"stage": "closed"}, "once its programme is published"),
        ({"pass_mark": 70, "marked": True}, "passes by 70"),
        ({"full_mark": 120, "marked": True}, "but the programme 120"),
    ],
)
def test_plans_only_what_gives_a_certificate_of_that_level_in_one_occupation(
    hall: Hall, changed: dict[str, Any], why: str
) -> None:
    sitting_programme(hall, **changed)
    with pytest.raises(Conflict, match=why):
        do_plan(hall)
    assert not Sitting.objects.exists()


def test_plans_nothing_for_levels_that_are_appointed(hall: Hall) -> None:
    file_body(hall.body, level=7)
    sitting_programme(hall, outcome={**OUTCOME, "level": 7})
    with pytest.raises(Conflict, match="not assessed by a sitting"):
        do_plan(hall, level=7)


def test_names_the_filing_that_is_missing(city: City) -> None:
    hall = build_hall(city, filed=False)
    sitting_programme(hall)
    with pytest.raises(Conflict) as refused:
        do_plan(hall)
    assert "焊工" in refused.value.label.zh and "三级/高级工" in refused.value.label.zh
    assert "备案" in refused.value.label.zh
    file_body(city.school, end=TODAY)
    with pytest.raises(Conflict):
        do_plan(hall)
    file_body(city.school, start=TODAY)
    do_plan(hall)


@pytest.mark.parametrize("changed", [{"carries": -1}, {"appeal_days": 0}, {"carries": 121}])
def test_asks_the_body_to_say_what_no_text_lays_down(hall: Hall, changed: dict[str, int]) -> None:
    sitting_programme(hall)
    with pytest.raises(Invalid) as refused:
        do_plan(hall, **changed)
    assert set(refused.value.problems) == set(changed)


def test_plans_anew_until_seated_and_keeps_what_stood_in_the_audit(hall: Hall) -> None:
    planned(hall)
    do_plan(hall, carries=12)
    entry = Entry.objects.get(action="sitting.replan")
    assert (entry.details["carries_before"], entry.details["carries"]) == (24, 12)
    staffed(hall, *sessions(hall))
    with_places("welders-3", 2)
    seat(hall.clerk, "welders-3")
    with pytest.raises(Conflict, match="at the stage"):
        do_plan(hall, carries=6)


def test_is_planned_by_the_host_alone(hall: Hall) -> None:
    sitting_programme(hall, host=hall.city.rival)
    with pytest.raises(NotThere):
        do_plan(hall)


# --- rooms ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"address": ""}, "address"),
        ({"region": "999999"}, "region"),
        ({"seats": 0}, "seats"),
    ],
)
def test_names_what_a_room_lacks(hall: Hall, changed: dict[str, Any], field: str) -> None:
    said = {"name": "甲", "address": "一路", "region": CHANGAN, "seats": 9, **changed}
    with pytest.raises(Invalid) as refused:
        add_room(hall.clerk, **said)
    assert list(refused.value.problems) == [field]


def test_has_one_room_of_a_name(hall: Hall) -> None:
    room(hall, "甲")
    with pytest.raises(Conflict, match="of this name"):
        add_room(hall.clerk, name="甲", address="二路", region=CHANGAN, seats=5)


def test_neither_moves_nor_closes_a_room_in_which_people_are_to_sit(hall: Hall) -> None:
    seated(hall, count=4)
    place = Room.objects.get()
    said = {"name": "新名", "address": "新路", "region": CHANGAN, "seats": 4}
    change_room(hall.clerk, place.pk, **said)
    with pytest.raises(Conflict, match="planned in this room"):
        change_room(hall.clerk, place.pk, **{**said, "region": DONGGUAN})
    with pytest.raises(Conflict, match="seat 4"):
        change_room(hall.clerk, place.pk, **{**said, "seats": 3})
    with pytest.raises(Conflict, match="planned in this room"):
        close_room(hall.clerk, place.pk)


def test_closes_a_room_and_plans_nothing_in_it(hall: Hall) -> None:
    planned(hall)
    place = close_room(hall.clerk, room(hall).pk)
    with pytest.raises(Conflict, match="closed"):
        sessions(hall)
    close_room(hall.clerk, place.pk, closed=False)
    sessions(hall)


# --- sessions ------------------------------------------------------------------------------


def add(hall: Hall, **changed: Any) -> Session:
    said = {"part": "theory", "day": TODAY, "starts": MORNING, "minutes": 90, **changed}
    place = said.pop("room", None) or room(hall).pk
    return add_session(hall.clerk, "welders-3", room=place, **said)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"part": "review"}, "part"),
        ({"day": TODAY - dt.timedelta(days=1)}, "day"),
        ({"day": dt.date.max}, "day"),
        ({"minutes": 89}, "minutes"),
        ({"minutes": 601}, "minutes"),
        ({"starts": dt.time(23)}, "starts"),
    ],
)
def test_names_what_a_session_cannot_be(hall: Hall, changed: dict[str, Any], field: str) -> None:
    planned(hall)
    with pytest.raises(Invalid) as refused:
        add(hall, **changed)
    assert list(refused.value.problems) == [field]


def test_is_held_after_the_window_has_closed(hall: Hall) -> None:
    planned(hall, closes=TODAY + dt.timedelta(days=2))
    with pytest.raises(Invalid, match="Applications are taken until"):
        add(hall, day=TOMORROW)
    add(hall, day=TODAY + dt.timedelta(days=2))


def test_takes_no_room_twice_at_a_time_in_whichever_sitting(hall: Hall) -> None:
    planned(hall)
    planned(hall, "welders-3b")
    add(hall)
    with pytest.raises(Conflict, match="taken then by"):
        add_session(
            hall.clerk, "welders-3b", part="skill", room=room(hall).pk, day=TODAY,
            starts=dt.time(10, 29), minutes=60,
        )  # fmt: skip
    other = add_session(
        hall.clerk, "welders-3b", part="skill", room=room(hall).pk, day=TODAY,
        starts=dt.time(10, 30), minutes=60,
    )  # fmt: skip
    with pytest.raises(Conflict, match="taken then by"):
        change_session(
            hall.clerk, other.pk, room=room(hall).pk, day=TODAY, starts=MORNING, minutes=30
        )
    change_session(hall.clerk, other.pk, room=room(hall).pk, day=TODAY, starts=NOON, minutes=30)


def test_is_held_where_and_when_the_body_is_filed(city: City) -> None:
    hall = build_hall(city, filed=False)
    file_body(city.school, end=TOMORROW)
    planned(hall)
    add(hall)
    with pytest.raises(Conflict, match="no filing"):
        add(hall, day=TOMORROW)
    away = room(hall, "清远考场", region=QINGYUAN)
    with pytest.raises(Conflict, match="Qingyuan"):
        add(hall, room=away.pk)
    file_body(city.school, site=city.rival, subject=WELDER)
    add(hall, room=away.pk)


def test_uses_no_room_of_another_body(hall: Hall) -> None:
    planned(hall)
    other = Room.objects.create(
        body=hall.city.rival, name="外", address="外", region=CHANGAN, seats=9
    )
    with pytest.raises(NotThere):
        add(hall, room=other.pk)


def test_changes_no_session_once_people_are_seated(hall: Hall) -> None:
    seated(hall)
    one = Session.objects.filter(part="theory").get()
    with pytest.raises(Conflict, match="at the stage"):
        remove_session(hall.clerk, one.pk)
    with pytest.raises(Conflict, match="at the stage"):
        add(hall, day=TOMORROW)
