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
from craftpath.programmes.actions.places import move_on, share_out
from craftpath.programmes.models import Application, Objection, Programme
from craftpath.programmes.queries import objections_answered_by, published_list
from craftpath.registry.models import Message
from tests.apps.city import DAY, City
from tests.apps.programmes.line_up import groups, line_up, places, programme

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
    answer_objection(
        city.actor("city"), raised.pk, upheld=True, remedy="strike", answer="经查，年限不足。"
    )
    struck = Application.objects.get(pk=people[0].pk)
    assert (struck.state, struck.place) == ("refused", "unplaced")
    assert places(struck.programme)[3] == "placed"
    assert "经查，年限不足" in Message.objects.filter(party=struck.party).get().zh
    assert "递补" in Message.objects.filter(party=people[2].party).get().zh
    told = Entry.objects.order_by("number").values_list("action", flat=True)
    assert list(told)[-3:] == ["application.strike-out", "places.move", "objection.answer"]


def test_asks_what_is_done_where_it_is_upheld(city: City, people: list[Application]) -> None:
    """Upheld, an objection to one's own points must not strike whoever raised it out."""
    raised = raise_objection(anyone(), "class", text="分数录错", serial=people[2].serial)
    for said, field in (
        ({}, "remedy"),
        ({"remedy": "forget"}, "remedy"),
        ({"remedy": "correct"}, "points"),
        ({"remedy": "correct", "points": "1e3"}, "points"),
        ({"remedy": "correct", "points": "997"}, "points"),  # as published
    ):
        with pytest.raises(Invalid) as refused:
            answer_objection(city.actor("city"), raised.pk, upheld=True, answer="属实。", **said)
        assert list(refused.value.problems) == [field]
    assert Objection.objects.get().upheld is None
    assert Application.objects.get(pk=people[2].pk).state == "approved"


def test_corrects_points_and_makes_the_line_anew(city: City, people: list[Application]) -> None:
    raised = raise_objection(anyone(), "class", text="分数录错", serial=people[2].serial)
    answered = answer_objection(
        city.actor("city"),
        raised.pk,
        upheld=True,
        answer="录入有误。",
        remedy="correct",
        points="999.5",
    )
    assert (answered.upheld, answered.remedy) == (True, "correct")
    lines = published_list(Programme.objects.get(), DAY)
    assert [(line.serial, line.place) for line in lines] == [
        (people[2].serial, "placed"),
        (people[0].serial, "placed"),
        (people[1].serial, "waiting"),
    ]
    for one, word in zip(people, ("第2位", "第3位", "第1位"), strict=True):
        assert word in Message.objects.get(party=one.party).zh
    told = Entry.objects.order_by("number").values_list("action", flat=True)
    assert list(told)[-2:] == ["application.correct-points", "objection.answer"]
    entry = Entry.objects.get(action="application.correct-points")
    assert (entry.details["points_before"], entry.details["points"]) == ("997.00", "999.5")


def test_tells_nobody_whom_a_correction_does_not_move(
    city: City, people: list[Application]
) -> None:
    raised = raise_objection(anyone(), "class", text="名单有误")
    answer_objection(
        city.actor("city"),
        raised.pk,
        upheld=True,
        answer="录入有误。",
        remedy="correct",
        serial=people[1].serial,
        points="998.5",
    )
    told = {one.party_id for one in Message.objects.all()}
    assert told == {people[1].party_id, city.works.pk}  # and the employer who applied
    assert places(Programme.objects.get()) == {1: "placed", 2: "placed", 3: "waiting"}


def test_leaves_the_list_where_nothing_on_it_was_wrong(
    city: City, people: list[Application]
) -> None:
    raised = raise_objection(anyone(), "class", text="公示页打不开")
    with pytest.raises(Invalid):
        answer_objection(
            city.actor("city"), raised.pk, upheld=True, answer="属实。", remedy="strike"
        )
    answered = answer_objection(city.actor("city"), raised.pk, upheld=True, answer="已修复。")
    assert (answered.upheld, answered.remedy) == (True, "")
    assert places(Programme.objects.get()) == {1: "placed", 2: "placed", 3: "waiting"}


@pytest.mark.parametrize(
    "change", [{"way": "first-come"}, {"moves_on": False}], ids=["no points", "seated"]
)
def test_corrects_no_line_that_moves_no_more(
    city: City, people: list[Application], change: dict[str, object]
) -> None:
    raised = raise_objection(anyone(), "class", text="分数录错", serial=people[2].serial)
    Programme.objects.update(**change)
    with pytest.raises(Conflict):
        answer_objection(
            city.actor("city"),
            raised.pk,
            upheld=True,
            answer="属实。",
            remedy="correct",
            points="1000",
        )
    assert Application.objects.get(pk=people[2].pk).points == 997
    assert Objection.objects.get().upheld is None


@pytest.mark.parametrize("wrong", range(6))
@pytest.mark.parametrize("right", [994.5, 996.5, 1000])
def test_comes_to_the_line_that_the_right_points_had_given(
    city: City, wrong: int, right: float
) -> None:
    """Two groups with a place each, one open place; the second in the line has left it."""

    def placed(slug: str, *, at_once: bool) -> list[tuple[str, int | None]]:
        made = programme(slug, places=3, notice_days=5)
        line = line_up(made, 6, in_groups=list(groups(made, east=1, west=1).values()))
        if at_once:
            Application.objects.filter(pk=line[wrong].pk).update(points=right)
        share_out(city.actor("city"), slug)
        Application.objects.filter(pk=line[(wrong + 1) % 6].pk).update(
            state="withdrawn", place="unplaced"
        )
        move_on(made)
        if not at_once:
            raised = raise_objection(anyone(), slug, text="分数录错", serial=line[wrong].serial)
            answer_objection(
                city.actor("city"),
                raised.pk,
                upheld=True,
                answer="属实。",
                remedy="correct",
                points=right,
            )
        rows = Application.objects.filter(programme=made).order_by("order")
        return list(rows.values_list("place", "rank"))

    assert placed("corrected", at_once=False) == placed("right", at_once=True)


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
        answer_objection(city.actor("city"), raised.pk, upheld=True, remedy="strike", answer=" ")
    answer_objection(city.actor("city"), raised.pk, upheld=False, answer="查无实据。")
    with pytest.raises(Conflict):
        answer_objection(
            city.actor("province"), raised.pk, upheld=True, remedy="strike", answer="经查属实。"
        )
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
    answer_objection(
        city.actor("city"), raised.pk, upheld=True, remedy="strike", answer="经查属实。"
    )
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
