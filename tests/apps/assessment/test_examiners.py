"""Who may look on: nobody is in two places, and nobody examines themselves or their own people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from craftpath.access.errors import Conflict, Invalid
from craftpath.access.models import Duty
from craftpath.assessment.actions.examiners import put_examiner, take_examiner
from craftpath.assessment.actions.rolls import take_roll
from craftpath.assessment.actions.seating import seat
from craftpath.assessment.actions.sessions import change_session
from craftpath.assessment.models import Examiner, Seat, Session
from craftpath.assessment.refusals import NotReady
from craftpath.assessment.ties import ties_between
from craftpath.programmes.models import Application
from craftpath.registry.models import Party
from tests.apps.assessment.hall import (
    NOON,
    TODAY,
    Hall,
    planned,
    record,
    room,
    seated,
    sessions,
    staffed,
    with_places,
)
from tests.apps.city import CHANGAN, DAY
from tests.apps.programmes.conftest import make_programme

BEFORE, LATER = dt.date(2015, 1, 1), dt.date(2018, 1, 1)


def person(name: str = "考生") -> Party:
    return Party.objects.create(nature="person", name=name, region=CHANGAN)


# --- ties ----------------------------------------------------------------------------------


def colleagues(hall: Hall, one: Party, other: Party) -> None:
    record(one, "employment", BEFORE, hall.city.works)
    record(other, "employment", BEFORE, hall.city.works, status="claimed")


def former_colleagues(hall: Hall, one: Party, other: Party) -> None:
    record(one, "employment", BEFORE, hall.city.works, end=DAY)
    record(other, "employment", BEFORE, hall.city.works)


def acts_for_employer(hall: Hall, one: Party, other: Party) -> None:
    user = hall.city.user("hr")
    Duty.objects.create(user=user, role="worker", party=one, start=BEFORE)
    record(other, "employment", BEFORE, hall.city.works)


def acted_for_employer(hall: Hall, one: Party, other: Party) -> None:
    acts_for_employer(hall, one, other)
    Duty.objects.filter(role="employer").update(end=DAY)


def taught(hall: Hall, one: Party, other: Party) -> None:
    record(one, "employment", BEFORE, hall.city.rival, end=LATER)
    record(other, "study", BEFORE, hall.city.rival, end=LATER)


def came_after(hall: Hall, one: Party, other: Party) -> None:
    record(one, "employment", LATER, hall.city.rival)
    record(other, "study", BEFORE, hall.city.rival, end=LATER)


def trained(hall: Hall, one: Party, other: Party) -> None:
    record(one, "employment", BEFORE, hall.city.rival)
    course = make_programme(host=hall.city.rival, opens=LATER)
    Application.objects.create(
        programme=course, party=other, serial="K-1", order=1, state="done", place="placed"
    )


def merged_colleagues(hall: Hall, one: Party, other: Party) -> None:
    twin = person("孪生")
    record(twin, "employment", BEFORE, hall.city.works)
    Party.objects.filter(pk=twin.pk).update(merged_into=other)
    record(one, "employment", BEFORE, hall.city.works)


def strangers(hall: Hall, one: Party, other: Party) -> None:
    record(one, "employment", BEFORE, hall.city.rival)
    record(other, "employment", BEFORE, hall.city.works)


def voided(hall: Hall, one: Party, other: Party) -> None:
    record(one, "employment", BEFORE, hall.city.works, known_until=DAY)
    record(other, "employment", BEFORE, hall.city.works)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (colleagues, "works for the candidate's employer"),
        (merged_colleagues, "works for the candidate's employer"),
        (former_colleagues, None),
        (acts_for_employer, "acts for the candidate's employer or school"),
        (acted_for_employer, None),
        (taught, "worked where the candidate was taught"),
        (trained, "worked where the candidate was taught"),
        (came_after, None),
        (strangers, None),
        (voided, None),
    ],
)
def test_ties_an_examiner_to_their_own_people(
    hall: Hall, told: Callable[[Hall, Party, Party], None], why: str | None
) -> None:
    one, other = person("考官"), person()
    told(hall, one, other)
    found = ties_between([one.pk], [other.pk], DAY)
    assert [label.en for label in found.values()] == ([] if why is None else [why])


def test_ties_everybody_to_themselves(hall: Hall) -> None:
    one = person()
    assert [why.en for why in ties_between([one.pk], [one.pk], DAY).values()] == [
        "is the candidate"
    ]


# --- putting and taking ------------------------------------------------------------------------


def test_puts_whom_the_body_employs_or_engages_and_nobody_else(hall: Hall) -> None:
    planned(hall)
    theory, _ = sessions(hall)
    outside = person("外聘")
    with pytest.raises(Invalid):
        put_examiner(hall.clerk, theory.pk, person=outside.pk, role="invigilator")
    record(outside, "assessor", BEFORE, hall.body)
    put_examiner(hall.clerk, theory.pk, person=outside.pk, role="invigilator")
    with pytest.raises(Conflict, match="in this session already"):
        put_examiner(hall.clerk, theory.pk, person=outside.pk, role="invigilator")
    take_examiner(hall.clerk, theory.pk, person=outside.pk)
    assert not Examiner.objects.exists()
    with pytest.raises(Invalid):
        put_examiner(hall.clerk, theory.pk, person=hall.examiners[0].pk, role="judge")


def test_puts_nobody_in_two_sessions_at_a_time(hall: Hall) -> None:
    planned(hall)
    planned(hall, "welders-3b")
    theory, skill = sessions(hall)
    who = hall.examiners[0].pk
    put_examiner(hall.clerk, theory.pk, person=who, role="invigilator")
    put_examiner(hall.clerk, skill.pk, person=who, role="assessor")
    other = Session.objects.create(
        sitting=planned(hall, "welders-3c"), part="skill", room=room(hall, "二号"), day=TODAY,
        starts=NOON, minutes=60,
    )  # fmt: skip
    with pytest.raises(Conflict, match="elsewhere then, as assessor"):
        put_examiner(hall.clerk, other.pk, person=who, role="assessor")
    with pytest.raises(Conflict, match="elsewhere then"):
        change_session(
            hall.clerk, theory.pk, room=room(hall, "三号").pk, day=TODAY, starts=NOON, minutes=90
        )


def test_puts_no_candidate_of_the_sitting(hall: Hall) -> None:
    planned(hall)
    theory, _ = sessions(hall)
    made = with_places("welders-3", 2)
    record(made[0].party, "employment", BEFORE, hall.body)
    with pytest.raises(Conflict, match="is a candidate"):
        put_examiner(hall.clerk, theory.pk, person=made[0].party_id, role="invigilator")


def test_puts_nobody_where_their_own_people_sit(hall: Hall) -> None:
    made = seated(hall, count=3)
    theory = Session.objects.get(part="theory")
    for one in (hall.examiners[3], made[1].party):
        record(one, "employment", BEFORE, hall.city.works)
    with pytest.raises(Conflict) as refused:
        put_examiner(hall.clerk, theory.pk, person=hall.examiners[3].pk, role="invigilator")
    assert made[1].serial in refused.value.label.zh
    assert hall.city.works.name not in refused.value.label.zh  # where they work is not told


# --- seats and rolls ---------------------------------------------------------------------------


def test_seats_people_where_nobody_of_their_own_looks_on(hall: Hall) -> None:
    planned(hall)
    theory, skill = sessions(hall)
    staffed(hall, theory, skill)
    made = with_places("welders-3", 3)
    for one in (hall.examiners[0], made[1].party):
        record(one, "employment", BEFORE, hall.city.works)
    with pytest.raises(NotReady) as refused:
        seat(hall.clerk, "welders-3")
    assert len(refused.value.reasons) == 2  # theory and skill
    assert all(made[1].serial in one.zh for one in refused.value.reasons)
    for session, role in ((theory, "invigilator"), (skill, "assessor")):
        take_examiner(hall.clerk, session.pk, person=hall.examiners[0].pk)
        put_examiner(hall.clerk, session.pk, person=hall.examiners[3].pk, role=role)
    seat(hall.clerk, "welders-3")
    assert Seat.objects.count() == 6


def test_seats_nobody_of_a_sitting_in_which_an_examiner_is_a_candidate(hall: Hall) -> None:
    planned(hall)
    staffed(hall, *sessions(hall))
    made = with_places("welders-3", 2)
    Application.objects.filter(pk=made[0].pk).update(party=hall.examiners[0])
    with pytest.raises(NotReady, match="is a candidate"):
        seat(hall.clerk, "welders-3")


def test_looks_again_before_the_roll(hall: Hall) -> None:
    made = seated(hall, count=3)
    theory = Session.objects.get(part="theory")
    record(hall.examiners[0], "employment", BEFORE, hall.city.works)
    record(made[1].party, "employment", BEFORE, hall.city.works)
    take_examiner(hall.clerk, theory.pk, person=hall.examiners[1].pk)
    with pytest.raises(NotReady) as refused:
        take_roll(hall.clerk, theory.pk, absent=[])
    few, tie = refused.value.reasons
    assert "需监考员 2 人以上" in few.zh and "现有 1 人" in few.zh
    assert made[1].serial in tie.zh and "回避" in tie.zh
    take_examiner(hall.clerk, theory.pk, person=hall.examiners[0].pk)
    for one in hall.examiners[3:]:
        put_examiner(hall.clerk, theory.pk, person=one.pk, role="invigilator")
    take_roll(hall.clerk, theory.pk, absent=[])
    with pytest.raises(Conflict, match="who looked on stands"):
        take_examiner(hall.clerk, theory.pk, person=hall.examiners[3].pk)
