from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from craftpath.access.errors import Conflict, NotAllowed, NotThere
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes.actions import outcomes
from craftpath.programmes.actions.outcomes import enter_marks, finish, pending_of, put_right
from craftpath.programmes.actions.places import move_on, share_out
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.ranking import Ranking
from craftpath.registry.models import Message, Party, Record
from tests.apps.city import DAY, DONGGUAN, WELDER, City, file_for
from tests.apps.programmes.line_up import line_up, programme

CERTIFICATE = {"kind": "certificate", "subject": "focus", "level": 3}
SUBSIDY = "subsidy.unemployment-fund"
PAID = {"kind": "skill-subsidy", "subject": "focus", "level": 3, "quantity": "amount"}
AWARD = {"kind": "award", "subject": "focus", "level": 3, "quantity": "place"}


def shared(city: City, count: int = 3, **changed: object) -> list[Application]:
    made = line_up(
        programme(**{"outcome": CERTIFICATE, "focus_list": "occupation", **changed}),
        count,
        focus=WELDER,
    )
    share_out(city.actor("city"), "class")
    Message.objects.all().delete()
    return made


def outcome_of(one: Application) -> Record | None:
    return Application.objects.select_related("outcome").get(pk=one.pk).outcome


# --- what is written -----------------------------------------------------------------------


def test_writes_a_verified_record_for_everybody_with_a_place(city: City) -> None:
    people = shared(city, host=city.school)
    assert finish(city.actor("city"), "class") == 2
    record = outcome_of(people[0])
    assert record is not None
    assert (record.party_id, record.kind, record.subject, record.level) == (
        people[0].party_id,
        "certificate",
        WELDER,
        3,
    )
    assert (record.start, record.end, record.known) == (DAY, None, DAY)
    assert (record.status, record.origin, record.other_id) == (
        "verified",
        "programme",
        city.school.pk,
    )
    assert outcome_of(people[2]) is None
    assert "已记入您的记录" in Message.objects.get(party=people[0].party).zh


def test_closes_the_programme_and_tells_who_still_waited(city: City) -> None:
    people = shared(city)
    finish(city.actor("city"), "class")
    assert Programme.objects.get().stage == "closed"
    assert set(Application.objects.values_list("state", flat=True)) == {"done"}
    waited = Application.objects.get(pk=people[2].pk)
    assert waited.place == "unplaced"
    assert "未获得名额" in Message.objects.get(party=waited.party).zh
    with pytest.raises(Conflict):
        finish(city.actor("city"), "class")
    assert Record.objects.filter(origin="programme").count() == 2


def test_audits_every_outcome_under_its_name(city: City) -> None:
    people = shared(city)
    finish(city.actor("city"), "class")
    entry = Entry.objects.get(action="outcome.write", party=people[0].party_id)
    record = outcome_of(people[0])
    assert record is not None
    assert entry.details["record"] == record.pk
    assert list(verify()) == []


def test_ends_the_record_by_the_calendar(city: City, settings: Settings) -> None:
    settings.CRAFTPATH_TODAY = dt.date(2025, 8, 31)
    people = shared(city, outcome={**CERTIFICATE, "months": 6})
    finish(city.actor("city"), "class")
    record = outcome_of(people[0])
    assert record is not None
    assert record.end == dt.date(2026, 2, 28)


def test_writes_a_fixed_code_and_number(city: City) -> None:
    people = shared(
        city, outcome={"kind": "degree-grant", "subject": "province-2024", "quantity": 12}
    )
    finish(city.actor("city"), "class")
    record = outcome_of(people[0])
    assert record is not None
    assert (record.subject, record.quantity, record.other_id) == ("province-2024", 12.0, None)


def test_pays_the_amount_of_the_final_check(city: City) -> None:
    people = shared(city, rule=SUBSIDY, outcome=PAID)
    Application.objects.update(check_final={"amount": 4000.0})
    finish(city.actor("city"), "class")
    record = outcome_of(people[0])
    assert record is not None
    assert record.quantity == 4000.0


@pytest.mark.parametrize("lacks", [None, {"amount": None}, {}])
def test_takes_a_missing_amount_for_no_zero(city: City, lacks: dict[str, None] | None) -> None:
    people = shared(city, rule=SUBSIDY, outcome=PAID)
    Application.objects.update(check_final={"amount": 4000.0})
    Application.objects.filter(pk=people[1].pk).update(check_final=lacks)
    assert finish(city.actor("city"), "class") == 1
    assert [one.pk for one in pending_of(Programme.objects.get())] == [people[1].pk]
    assert Programme.objects.get().stage == "shared"
    with pytest.raises(Conflict) as refused:
        finish(city.actor("city"), "class")
    assert people[1].serial in refused.value.label.zh
    Application.objects.filter(pk=people[1].pk).update(check_final={"amount": 0.0})
    assert finish(city.actor("city"), "class") == 1


def test_moves_whose_outcome_is_a_place(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "may_come_of", lambda kind, hosted: True)  # another pack's
    people = shared(city, outcome={"kind": "workplace", "subject": DONGGUAN}, host=city.school)
    finish(city.actor("city"), "class")
    assert Party.objects.get(pk=people[0].party_id).region == DONGGUAN
    assert Party.objects.get(pk=people[2].party_id).region != DONGGUAN


def test_writes_no_record_where_the_programme_gives_none(city: City) -> None:
    shared(city, outcome=None)
    assert finish(city.actor("city"), "class") == 0
    assert Programme.objects.get().stage == "closed"
    assert not Record.objects.filter(origin="programme").exists()


def test_names_a_kind_that_the_pack_does_not_have(city: City) -> None:
    shared(city, outcome={"kind": "no-such-kind"})
    with pytest.raises(Conflict) as refused:
        finish(city.actor("city"), "class")
    assert "没有这种记录" in refused.value.label.zh
    Programme.objects.update(outcome=CERTIFICATE)
    assert finish(city.actor("city"), "class") == 2


# --- what does not fit, and what hangs on everybody's marks ---------------------------------------

MISFITS = [
    ("a mark is no place", {**AWARD, "quantity": "mark"}, "写的是名次"),
    ("a place is no share", {**AWARD, "kind": "award-share"}, "写的是比例"),
    ("a certificate counts nothing", {**CERTIFICATE, "quantity": "place"}, "没有数量"),
    ("an award without its place", {**AWARD, "quantity": None}, "请选择写什么"),
    ("a level of another scale", {**AWARD, "level": 11}, "没有这个等级"),
    ("a code of another list", {**AWARD, "subject": DONGGUAN}, "没有这个代码"),
    ("a grant counts no marks", {**PAID, "quantity": "mark"}, "元"),
    ("less than nothing", {**PAID, "quantity": -1}, "负"),
    ("the level of no route", {**PAID, "level": "route"}, "各途径"),
    ("an amount of no rule", {**PAID, "level": 3, "quantity": "amount"}, "没有规则"),
    ("somebody's sex", {"kind": "sex", "subject": "female"}, "不能由项目写入"),
    ("a title", {"kind": "title", "subject": "focus", "level": 3}, "不能由项目写入"),
]


@pytest.mark.parametrize(("outcome", "told"), [case[1:] for case in MISFITS], ids=lambda one: None)
def test_writes_nothing_that_does_not_fit_its_kind(
    city: City, outcome: dict[str, object], told: str
) -> None:
    """A mark of 88 was once a verified “place 88”."""
    people = shared(city, marked=True, outcome=outcome)
    enter_marks(city.actor("city"), "class", [(one.serial, 88, None) for one in people[:2]])

    with pytest.raises(Conflict) as refused:
        finish(city.actor("city"), "class")

    assert told in refused.value.label.zh
    assert not Record.objects.filter(origin="programme").exists()


MARKS = (88, 60, 88, 59.9, None)


@pytest.fixture
def contest(city: City) -> list[Application]:
    people = shared(city, 5, places=5, marked=True, pass_mark=60, outcome=AWARD)
    rows = [(one.serial, mark, mark is not None) for one, mark in zip(people, MARKS, strict=True)]
    enter_marks(city.actor("city"), "class", rows[:4])
    return people


def awards(kind: str) -> dict[int, float | None]:
    standing = Record.objects.filter(kind=kind, known_until=None)
    return dict(standing.order_by("party").values_list("party", "quantity"))


def test_writes_places_once_everybody_is_marked(city: City, contest: list[Application]) -> None:
    with pytest.raises(Conflict) as refused:
        finish(city.actor("city"), "class")
    assert contest[4].serial in refused.value.label.zh
    assert contest[0].serial not in refused.value.label.zh

    enter_marks(city.actor("city"), "class", [(contest[4].serial, None, False)])
    assert finish(city.actor("city"), "class") == 3

    first, second, third, *_ = (one.party_id for one in contest)
    assert awards("award") == {first: 1.0, second: 3.0, third: 1.0}
    assert awards("award-share") == {first: 25.0, second: 75.0, third: 25.0}
    one = Application.objects.select_related("outcome", "share").get(pk=contest[1].pk)
    assert one.outcome is not None and one.share is not None
    assert (one.share.kind, one.share.subject, one.share.level, one.share.start) == (
        "award-share", one.outcome.subject, one.outcome.level, one.outcome.start,
    )  # fmt: skip


def test_ranks_anew_when_a_mark_is_put_right(city: City, contest: list[Application]) -> None:
    enter_marks(city.actor("city"), "class", [(contest[4].serial, None, False)])
    finish(city.actor("city"), "class")
    first, second, third, fourth, _ = (one.party_id for one in contest)
    Message.objects.all().delete()

    with transaction.atomic():
        put_right(
            city.actor("city"), contest[3].pk, mark=Decimal(95), attended=True, why="登分有误"
        )

    assert awards("award") == {first: 2.0, second: 4.0, third: 2.0, fourth: 1.0}
    assert awards("award-share") == {first: 50.0, second: 100.0, third: 50.0, fourth: 25.0}
    assert Record.objects.filter(kind="award").exclude(known_until=None).count() == 3
    assert set(Message.objects.values_list("party", flat=True)) == {first, second, third, fourth}
    assert list(verify()) == []


@given(st.lists(st.decimals(0, 100, places=1), min_size=1, max_size=9))
def test_counts_who_was_better(marks: list[Decimal]) -> None:
    ranking = Ranking(tuple(sorted(marks)))
    for mark in marks:
        place = 1 + sum(other > mark for other in marks)
        assert ranking.place(mark) == place
        assert ranking.percent(mark) == 100 * place / len(marks)


# --- marks ---------------------------------------------------------------------------------


def test_gives_the_outcome_to_who_passed(city: City) -> None:
    people = shared(city, 4, places=4, marked=True, pass_mark=60, outcome=CERTIFICATE)
    told = enter_marks(
        city.actor("city"),
        "class",
        [
            (people[0].serial, "60.0", None),
            (people[1].serial, 59.9, True),
            (people[2].serial, None, False),
            (people[3].serial, 91.5, True),
        ],
    )
    assert [row.problem for row in told] == [None] * 4
    assert finish(city.actor("city"), "class") == 2
    records = [outcome_of(one) for one in people]
    assert [r is not None for r in records] == [True, False, False, True]
    assert set(Application.objects.values_list("state", flat=True)) == {"done"}
    assert "未达到" in Message.objects.get(party=people[1].party).zh
    assert "缺考" in Message.objects.get(party=people[2].party).zh


def test_waits_for_marks_that_are_missing_and_goes_on(city: City) -> None:
    people = shared(city, marked=True)
    enter_marks(city.actor("city"), "class", [(people[0].serial, 70, None)])
    assert finish(city.actor("city"), "class") == 1
    with pytest.raises(Conflict) as refused:
        finish(city.actor("city"), "class")
    assert people[1].serial in refused.value.label.en
    assert Programme.objects.get().stage == "shared"
    enter_marks(city.actor("city"), "class", [(people[1].serial, 12, None)])
    assert finish(city.actor("city"), "class") == 1
    assert Programme.objects.get().stage == "closed"


def test_says_row_by_row_what_is_wrong_with_marks(city: City) -> None:
    people = shared(city, marked=True)
    told = enter_marks(
        city.actor("city"),
        "class",
        [
            (people[0].serial, 88.5, True),
            (people[0].serial, 70, True),
            (people[1].serial, 100.1, True),
            (people[1].serial, -1, True),
            (people[1].serial, 70.25, True),
            (people[1].serial, "NaN", True),
            (people[1].serial, "优", True),
            (people[1].serial, 70, False),
            (people[1].serial, None, None),
            (people[2].serial, 70, True),
            ("P0-2025-000001", 70, True),
        ],
    )
    assert [row.problem is None for row in told] == [True, *[False] * 10]
    people[0].refresh_from_db()
    assert people[0].mark == Decimal("88.5")
    assert Application.objects.filter(mark__isnull=False).count() == 1


def test_takes_no_mark_above_the_full_one(city: City) -> None:
    people = shared(city, marked=True, full_mark=200)
    rows = [(people[0].serial, 200, None), (people[1].serial, "200.1", None)]
    told = enter_marks(city.actor("city"), "class", rows)
    assert [row.problem and row.problem.en for row in told] == [
        None,
        "It is to be from 0 to 200, not 200.1.",
    ]


def test_keeps_in_the_audit_what_was_marked_before(city: City) -> None:
    people = shared(city, marked=True)
    for mark in (70, 70, 75):
        enter_marks(city.actor("city"), "class", [(people[0].serial, mark, None)])
    told = Entry.objects.filter(action="application.mark").order_by("number")
    assert [entry.details.get("mark_before") for entry in told] == [None, "70.0"]
    assert people[0].party_id == told[0].party


def test_takes_marks_between_sharing_out_and_the_outcome(city: City) -> None:
    people = shared(city, marked=True)
    enter_marks(
        city.actor("city"), "class", [(people[0].serial, 70, None), (people[1].serial, 70, None)]
    )
    Programme.objects.update(stage="published")
    with pytest.raises(Conflict):
        enter_marks(city.actor("city"), "class", [(people[0].serial, 71, None)])
    Programme.objects.update(stage="shared")
    finish(city.actor("city"), "class")
    with pytest.raises(Conflict):
        enter_marks(city.actor("city"), "class", [(people[0].serial, 71, None)])
    assert Application.objects.get(pk=people[0].pk).mark == 70


# --- when and who --------------------------------------------------------------------------


def test_is_finished_after_places_are_shared_out(city: City) -> None:
    line_up(programme(outcome=CERTIFICATE, focus_list="occupation"), 2)
    with pytest.raises(Conflict):
        finish(city.actor("city"), "class")
    share_out(city.actor("city"), "class")
    assert finish(city.actor("city"), "class") == 2


def test_is_for_those_who_run_the_programme(city: City) -> None:
    shared(city, host=city.school, marked=True)
    for who in ("worker", "hr", "auditor"):
        with pytest.raises(NotAllowed):
            finish(city.actor(who), "class")
        with pytest.raises(NotAllowed):
            enter_marks(city.actor(who), "class", [])
    for who in ("other-city", "town"):
        with pytest.raises(NotThere):
            finish(city.actor(who), "class")
    assert enter_marks(city.actor("school"), "class", []) == []


def test_writes_no_certificate_for_which_the_institution_is_not_filed(city: City) -> None:
    people = shared(city, host=city.school, marked=True, pass_mark=60)
    marks = [(people[0].serial, 88, None), (people[1].serial, 12, None)]
    enter_marks(city.actor("school"), "class", marks)
    file_for(city.school, level=5)
    with pytest.raises(Conflict, match=f"not filed for what application {people[0].serial}"):
        finish(city.actor("school"), "class")
    assert not Record.objects.filter(kind="certificate", origin="programme").exists()
    file_for(city.school, level=3)
    assert finish(city.actor("school"), "class") == 1


def test_goes_on_slice_by_slice(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "_SLICE", 2)
    people = shared(city, 5, places=5)
    assert finish(city.actor("city"), "class") == 5
    assert {outcome_of(one) is None for one in people} == {False}


def test_passes_on_no_place_of_who_is_done(city: City) -> None:
    people = shared(city, marked=True)
    enter_marks(city.actor("city"), "class", [(people[0].serial, 70, None)])
    finish(city.actor("city"), "class")
    assert move_on(Programme.objects.get()) == ()
    Application.objects.filter(pk=people[1].pk).update(state="withdrawn", place="none", rank=None)
    assert move_on(Programme.objects.get()) == (people[2].serial,)
