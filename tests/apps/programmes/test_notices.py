from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import Settings

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.access.roles import anyone
from craftpath.audit.models import Entry
from craftpath.programmes.actions.notices import (
    MOST_A_DAY,
    answer_objection,
    contact_of,
    raise_objection,
)
from craftpath.programmes.actions.outcomes import finish
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.models import Application, Objection, Programme
from craftpath.programmes.queries import objections_answered_by, published_list
from craftpath.registry.models import Message
from tests.apps.city import DAY, City
from tests.apps.programmes.line_up import line_up, places, programme

UNTIL = DAY + dt.timedelta(days=5)


@pytest.fixture
def people(city: City) -> list[Application]:
    """Two with a place, one who waits, under notice for five days."""
    made = line_up(programme(notice_days=5), 3, employer=city.works)
    share_out(city.actor("city"), "class")
    Message.objects.all().delete()
    return made


def test_shows_anybody_the_list_with_names_masked(people: list[Application]) -> None:
    lines = published_list(Programme.objects.get(), DAY)
    assert [(line.rank, line.serial, line.place) for line in lines] == [
        (1, people[0].serial, "placed"),
        (2, people[1].serial, "placed"),
        (3, people[2].serial, "waiting"),
    ]
    assert {line.name[0] for line in lines} == {"张"}
    assert all("*" in line.name for line in lines)
    assert lines[0].employer == "东江精工（东莞）有限公司"


@pytest.mark.parametrize("day", [DAY - dt.timedelta(days=1), UNTIL])
def test_shows_no_list_outside_the_days_of_notice(people: list[Application], day: dt.date) -> None:
    assert published_list(Programme.objects.get(), day) == []
    assert len(published_list(Programme.objects.get(), UNTIL - dt.timedelta(days=1))) == 3


def test_hears_whoever_objects_without_a_login(city: City, people: list[Application]) -> None:
    raised = raise_objection(
        anyone(address="127.0.0.1"),
        "class",
        text="其工作年限不实",
        contact="13800138000",
        serial=people[0].serial,
    )
    assert raised.application_id == people[0].pk
    assert raised.user_id is None
    assert b"13800138000" not in bytes(Objection.objects.get().contact)
    entry = Entry.objects.get(action="objection.raise")
    assert "年限" not in str(entry.details)
    assert entry.party == people[0].party_id
    assert contact_of(city.actor("city"), raised.pk) == "13800138000"
    assert Entry.objects.filter(action="objection.contact").count() == 1


def test_hears_so_many_from_one_address_and_no_more(people: list[Application]) -> None:
    there = anyone(address="192.0.2.7")
    for _ in range(MOST_A_DAY):
        raise_objection(there, "class", text="不实")
    with pytest.raises(Conflict):
        raise_objection(there, "class", text="不实")
    raise_objection(anyone(address="192.0.2.8"), "class", text="不实")
    assert Objection.objects.count() == MOST_A_DAY + 1


def test_hides_the_contact_from_everybody_else(city: City, people: list[Application]) -> None:
    raised = raise_objection(anyone(), "class", text="不实", contact="13800138000")
    for who in ("worker", "hr", "other-city", "town", "school", "auditor"):
        with pytest.raises(NotThere):
            contact_of(city.actor(who), raised.pk)
        assert not objections_answered_by(city.actor(who)).exists()
    assert contact_of(city.actor("province"), raised.pk) == "13800138000"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "长" * 4001}, "text"),
        ({"contact": "1" * 201}, "contact"),
        ({"serial": "P0-2025-000001"}, "serial"),
    ],
)
def test_names_what_is_wrong_with_an_objection(
    people: list[Application], changed: dict[str, str], field: str
) -> None:
    said = {"text": "不实", "contact": "", "serial": people[0].serial}
    with pytest.raises(Invalid) as refused:
        raise_objection(anyone(), "class", **{**said, **changed})
    assert list(refused.value.problems) == [field]
    raise_objection(anyone(), "class", **said)


@pytest.mark.parametrize("day", [DAY - dt.timedelta(days=1), UNTIL])
def test_hears_objections_on_the_days_of_notice_alone(
    people: list[Application], settings: Settings, day: dt.date
) -> None:
    settings.CRAFTPATH_TODAY = day
    with pytest.raises(Conflict):
        raise_objection(anyone(), "class", text="不实")
    settings.CRAFTPATH_TODAY = UNTIL - dt.timedelta(days=1)
    raise_objection(anyone(), "class", text="不实")


def test_refuses_whom_an_upheld_objection_is_about_and_moves_the_place_on(
    city: City, people: list[Application]
) -> None:
    raised = raise_objection(anyone(), "class", text="不实", serial=people[0].serial)
    answer_objection(city.actor("city"), raised.pk, upheld=True, answer="经查，年限不足。")
    struck = Application.objects.get(pk=people[0].pk)
    assert (struck.state, struck.place) == ("refused", "unplaced")
    assert places(struck.programme)[3] == "placed"
    assert "经查，年限不足" in Message.objects.filter(party=struck.party).get().zh
    assert "递补" in Message.objects.filter(party=people[2].party).get().zh
    told = Entry.objects.order_by("number").values_list("action", flat=True)
    assert list(told)[-3:] == ["application.strike-out", "places.move", "objection.answer"]


def test_leaves_everything_as_it_is_where_an_objection_is_dismissed(
    city: City, people: list[Application]
) -> None:
    before = places(Programme.objects.get())
    raised = raise_objection(anyone(), "class", text="不实", serial=people[0].serial)
    answered = answer_objection(city.actor("city"), raised.pk, upheld=False, answer="查无实据。")
    assert answered.upheld is False
    assert answered.answered_by_id == city.user("city").pk
    assert places(Programme.objects.get()) == before


def test_answers_once_and_with_a_reason(city: City, people: list[Application]) -> None:
    raised = raise_objection(anyone(), "class", text="不实", serial=people[0].serial)
    with pytest.raises(Invalid):
        answer_objection(city.actor("city"), raised.pk, upheld=True, answer=" ")
    answer_objection(city.actor("city"), raised.pk, upheld=False, answer="查无实据。")
    with pytest.raises(Conflict):
        answer_objection(city.actor("province"), raised.pk, upheld=True, answer="经查属实。")
    assert Application.objects.get(pk=people[0].pk).place == "placed"


def test_is_answered_by_officials_who_run_the_programme(
    city: City, people: list[Application]
) -> None:
    Programme.objects.update(host=city.school)
    raised = raise_objection(city.actor("worker"), "class", text="不实")
    assert raised.user_id == city.user("worker").pk
    for who in ("worker", "hr", "school", "auditor"):
        with pytest.raises(NotAllowed):
            answer_objection(city.actor(who), raised.pk, upheld=False, answer="查无实据。")
    for who in ("other-city", "town"):
        with pytest.raises(NotThere):
            answer_objection(city.actor(who), raised.pk, upheld=False, answer="查无实据。")
    answer_objection(city.actor("city"), raised.pk, upheld=False, answer="查无实据。")


def test_moves_nobody_for_who_has_left_already(city: City, people: list[Application]) -> None:
    raised = raise_objection(anyone(), "class", text="不实", serial=people[2].serial)
    Application.objects.filter(pk=people[2].pk).update(state="withdrawn", place="none", rank=None)
    answer_objection(city.actor("city"), raised.pk, upheld=True, answer="经查属实。")
    assert Application.objects.get(pk=people[2].pk).state == "withdrawn"


def test_finishes_nothing_while_an_objection_is_open(
    city: City, people: list[Application], settings: Settings
) -> None:
    raised = raise_objection(anyone(), "class", text="不实", serial=people[0].serial)
    with pytest.raises(Conflict) as refused:
        finish(city.actor("city"), "class")
    assert "公示期" in refused.value.label.zh
    settings.CRAFTPATH_TODAY = UNTIL
    with pytest.raises(Conflict) as refused:
        finish(city.actor("city"), "class")
    assert "异议" in refused.value.label.zh
    assert set(Application.objects.values_list("state", flat=True)) == {"approved"}
    answer_objection(city.actor("city"), raised.pk, upheld=False, answer="查无实据。")
    finish(city.actor("city"), "class")
    assert Programme.objects.get().stage == "closed"
