"""Everybody with a place has a seat for each part still to sit, or all reasons why not."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from stdnum import luhn

from craftpath.access.errors import Conflict, Invalid
from craftpath.access.roles import Actor, Role
from craftpath.assessment.actions.examiners import put_examiner, take_examiner
from craftpath.assessment.actions.rolls import Roll, take_roll
from craftpath.assessment.actions.seating import Seated, seat, unseat
from craftpath.assessment.actions.sessions import add_session, remove_session
from craftpath.assessment.models import Seat, Session, Sitting, Ticket
from craftpath.assessment.refusals import NotReady
from craftpath.programmes.actions.applications import withdraw
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Message, Record
from tests.apps.assessment.hall import (
    MORNING,
    NOON,
    OUTCOME,
    TODAY,
    Hall,
    file_body,
    plan,
    planned,
    room,
    seated,
    sessions,
    sitting_programme,
    staffed,
    with_places,
)

SLUG = "welders-3"


def seats() -> dict[tuple[str, str], tuple[int, int]]:
    rows = Seat.objects.values_list("application__serial", "part", "session", "number")
    return {(serial, part): (session, number) for serial, part, session, number in rows}


def leave(one: Application) -> None:
    withdraw(Actor(None, "考生", Role.WORKER, party=one.party_id), one.serial)


def test_gives_each_a_seat_for_each_part_and_a_ticket_and_tells_them(hall: Hall) -> None:
    made = seated(hall, count=5)
    assert len(seats()) == 10
    assert Sitting.objects.get().stage == "seated"
    message = Message.objects.get(party=made[0].party_id)
    assert "理论知识考试（2025年8月27日09:00，一号考场）第 " in message.zh
    assert "技能考核" in message.zh


def test_numbers_tickets_so_that_none_says_who_it_is_or_what_the_next_one_is(hall: Hall) -> None:
    seated(hall, count=5)
    numbers = list(Ticket.objects.order_by("application__rank").values_list("number", flat=True))
    assert all(len(one) == 12 and one.startswith("25") and luhn.is_valid(one) for one in numbers)
    drawn = [int(one[2:11]) for one in numbers]
    assert max(abs(a - b) for a, b in combinations(drawn, 2)) > 1000  # not one after another


def test_does_not_sit_people_in_the_order_of_the_list(hall: Hall) -> None:
    made = seated(hall, count=12)
    row = [number for (_, part), (_, number) in sorted(seats().items()) if part == "theory"]
    assert sorted(row) == list(range(1, 13))
    assert row != sorted(row) and len(made) == 12


def test_waits_until_the_places_are_shared_out(hall: Hall) -> None:
    planned(hall)
    staffed(hall, *sessions(hall))
    with pytest.raises(Conflict, match="once places are shared out"):
        seat(hall.clerk, SLUG)


def test_names_everything_that_does_not_suffice(hall: Hall) -> None:
    planned(hall)
    theory, skill = sessions(hall, seats=20)
    put_examiner(hall.clerk, theory.pk, person=hall.examiners[0].pk, role="invigilator")
    for one in hall.examiners[:4]:
        put_examiner(hall.clerk, skill.pk, person=one.pk, role="assessor")
    with_places(SLUG, 22)
    with pytest.raises(NotReady) as refused:
        seat(hall.clerk, SLUG)
    skill_zh = "技能考核（2025年8月27日14:00，一号考场）"
    assert [one.zh for one in refused.value.reasons] == [
        "理论知识考试：22 人应试，各场共 20 个座位，还差 2 个。",
        "理论知识考试（2025年8月27日09:00，一号考场）：20 人应试，需监考员 2 人以上，现有 1 人。",
        "技能考核：22 人应试，各场共 20 个座位，还差 2 个。",
        f"{skill_zh}：20 人应试，需考评员 5 人以上（须为单数），现有 4 人。",
    ]
    assert not Seat.objects.exists() and not Ticket.objects.exists()


def test_asks_for_a_panel_of_reviewers_and_half_an_hour_each(hall: Hall) -> None:
    file_body(hall.body, level=5)
    sitting_programme(hall, "technicians", outcome={**OUTCOME, "level": 5})
    plan(hall.clerk, "technicians", level=5, carries=0, appeal_days=5)
    theory, skill = sessions(hall, "technicians")
    staffed(hall, theory, skill)
    evening = add_session(
        hall.clerk, "technicians", part="review", room=room(hall).pk, day=TODAY,
        starts=dt.time(18), minutes=89,
    )  # fmt: skip
    with_places("technicians", 3)
    for one in hall.examiners[:2]:
        put_examiner(hall.clerk, evening.pk, person=one.pk, role="reviewer")
    with pytest.raises(NotReady) as refused:
        seat(hall.clerk, "technicians")
    short, panel = refused.value.reasons
    assert "3 人应试，各场共 2 个座位" in short.zh  # 89 minutes are twice 30, not three times
    assert "需评审专家 3 人以上（须为单数），现有 2 人" in panel.zh
    put_examiner(hall.clerk, evening.pk, person=hall.examiners[2].pk, role="reviewer")
    add_session(
        hall.clerk, "technicians", part="review", room=room(hall).pk, day=TODAY,
        starts=dt.time(20), minutes=30,
    )  # fmt: skip
    with pytest.raises(NotReady, match="reviewers or more"):
        seat(hall.clerk, "technicians")
    late = Session.objects.get(starts=dt.time(20))
    for one in hall.examiners[:3]:
        put_examiner(hall.clerk, late.pk, person=one.pk, role="reviewer")
    assert seat(hall.clerk, "technicians").seats == 9


def test_seats_nobody_at_a_place_that_is_not_filed_any_more(hall: Hall) -> None:
    planned(hall)
    staffed(hall, *sessions(hall))
    with_places(SLUG, 2)
    Record.objects.filter(kind="assessment-filing").update(known_until=TODAY)
    with pytest.raises(NotReady, match="no filing"):
        seat(hall.clerk, SLUG)


def test_keeps_seats_that_fit_and_fills_those_that_become_free(hall: Hall) -> None:
    made = seated(hall, count=4)
    before = seats()
    leave(made[1])
    late = Application.objects.create(
        programme=made[0].programme, party=hall.city.worker, serial="LATE", order=99,
        state="approved", place="placed", rank=99,
    )  # fmt: skip
    assert seat(hall.clerk, SLUG) == Seated(4, 2, 6, 0, 2)
    after = seats()
    assert {key: after[key] for key in before if key[0] != made[1].serial} == {
        key: place for key, place in before.items() if key[0] != made[1].serial
    }
    assert after[late.serial, "theory"] == before[made[1].serial, "theory"]
    told = Message.objects.filter(zh__contains="考场已编排", party=hall.city.worker)
    assert told.count() == 1
    assert Message.objects.filter(zh__contains="考场已编排", party=made[0].party_id).count() == 1


def test_goes_back_to_the_plan_with_a_reason_that_is_told(hall: Hall) -> None:
    made = seated(hall, count=2)
    tickets = set(Ticket.objects.values_list("number", flat=True))
    with pytest.raises(Invalid):
        unseat(hall.clerk, SLUG, why=" ")
    unseat(hall.clerk, SLUG, why="考场停电")
    assert not Seat.objects.exists()
    assert "考场停电" in Message.objects.filter(party=made[0].party_id).latest("pk").zh
    remove_session(hall.clerk, Session.objects.get(part="theory").pk)
    again = add_session(
        hall.clerk, SLUG, part="theory", room=room(hall).pk, day=TODAY, starts=MORNING, minutes=90
    )
    for one in hall.examiners[:2]:
        put_examiner(hall.clerk, again.pk, person=one.pk, role="invigilator")
    seat(hall.clerk, SLUG)
    assert set(Ticket.objects.values_list("number", flat=True)) == tickets


def test_sits_nobody_who_has_a_seat_elsewhere_at_that_time(hall: Hall) -> None:
    planned(hall, "welders-3b")
    theory = add_session(
        hall.clerk, "welders-3b", part="theory", room=room(hall, "二号").pk, day=TODAY,
        starts=dt.time(10), minutes=90,
    )  # fmt: skip
    made = seated(hall, count=2)
    for one in hall.examiners[3:]:
        put_examiner(hall.clerk, theory.pk, person=one.pk, role="invigilator")
    skill = add_session(
        hall.clerk, "welders-3b", part="skill", room=room(hall, "二号").pk, day=TODAY,
        starts=NOON.replace(hour=17), minutes=90,
    )  # fmt: skip
    for one in hall.examiners[:3]:
        put_examiner(hall.clerk, skill.pk, person=one.pk, role="assessor")
    with_places("welders-3b", 1)
    Application.objects.filter(programme__slug="welders-3b").update(party=made[0].party_id)
    with pytest.raises(NotReady, match="hours that meet"):
        seat(hall.clerk, "welders-3b")


# --- the roll ------------------------------------------------------------------------------


def test_begins_the_marking_with_the_first_roll_and_moves_nobody_up_any_more(hall: Hall) -> None:
    made = seated(hall, count=3)
    waiting = Application.objects.create(
        programme=made[0].programme, party=hall.city.worker, serial="WAIT", order=99,
        state="approved", place="waiting", rank=99,
    )  # fmt: skip
    Programme.objects.update(way="first-come", places=3)
    theory = Session.objects.get(part="theory")
    assert take_roll(hall.clerk, theory.pk, absent=[2]) == Roll(2, 1)
    assert Sitting.objects.get().stage == "marking"
    leave(made[0])
    waiting.refresh_from_db()
    assert waiting.place == "waiting"
    with pytest.raises(Conflict, match="at the stage"):
        seat(hall.clerk, SLUG)


def test_begins_no_marking_while_somebody_with_a_place_has_no_seat(hall: Hall) -> None:
    made = seated(hall, count=3)
    Application.objects.create(
        programme=made[0].programme, party=hall.city.worker, serial="LATE", order=99,
        state="approved", place="placed", rank=99,
    )  # fmt: skip
    with pytest.raises(NotReady, match="LATE"):
        take_roll(hall.clerk, Session.objects.get(part="theory").pk, absent=[])


def test_takes_no_roll_before_its_day_nor_of_seats_that_are_none(hall: Hall, settings) -> None:
    seated(hall, count=3)
    theory = Session.objects.get(part="theory")
    with pytest.raises(Invalid):
        take_roll(hall.clerk, theory.pk, absent=[9])
    settings.CRAFTPATH_TODAY = TODAY - dt.timedelta(days=1)
    with pytest.raises(Conflict, match="the roll is taken then"):
        take_roll(hall.clerk, theory.pk, absent=[])


def test_seats_nobody_anew_once_the_day_is_over(hall: Hall, settings) -> None:
    seated(hall, count=3)
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=1)
    with pytest.raises(Conflict, match="is over"):
        seat(hall.clerk, SLUG)
    unseat(hall.clerk, SLUG, why="台风，改期")
    take_examiner(hall.clerk, Session.objects.get(part="theory").pk, person=hall.examiners[0].pk)
