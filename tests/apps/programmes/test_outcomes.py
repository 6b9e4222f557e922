from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from pytest_django import Settings

from craftpath.access.errors import Conflict, NotAllowed, NotThere
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes.actions import outcomes
from craftpath.programmes.actions.outcomes import enter_marks, finish, pending_of
from craftpath.programmes.actions.places import move_on, share_out
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Message, Party, Record
from tests.apps.city import DAY, DONGGUAN, WELDER, City
from tests.apps.programmes.line_up import line_up, programme

CERTIFICATE = {"kind": "certificate", "subject": "focus", "level": 3}


def shared(city: City, count: int = 3, **changed: object) -> list[Application]:
    made = line_up(programme(**{"outcome": CERTIFICATE, **changed}), count, focus=WELDER)
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
    people = shared(city, outcome={"kind": "card", "subject": "youcai", "quantity": 12})
    finish(city.actor("city"), "class")
    record = outcome_of(people[0])
    assert record is not None
    assert (record.subject, record.quantity, record.other_id) == ("youcai", 12.0, None)


def test_pays_the_amount_of_the_final_check(city: City) -> None:
    people = shared(city, outcome={"kind": "degree-grant", "quantity": "amount"})
    Application.objects.update(check_final={"amount": 4000.0})
    finish(city.actor("city"), "class")
    record = outcome_of(people[0])
    assert record is not None
    assert record.quantity == 4000.0


@pytest.mark.parametrize("lacks", [None, {"amount": None}, {}])
def test_takes_a_missing_amount_for_no_zero(city: City, lacks: dict[str, None] | None) -> None:
    people = shared(city, outcome={"kind": "degree-grant", "quantity": "amount"})
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


def test_moves_whose_outcome_is_a_place(city: City) -> None:
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
    assert "no-such-kind" in refused.value.label.zh
    Programme.objects.update(outcome=CERTIFICATE)
    assert finish(city.actor("city"), "class") == 2


# --- marks ---------------------------------------------------------------------------------


def test_gives_the_outcome_to_who_passed(city: City) -> None:
    people = shared(
        city, 4, places=4, marked=True, pass_mark=60, outcome={**CERTIFICATE, "quantity": "mark"}
    )
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
    assert [None if r is None else r.quantity for r in records] == [60.0, None, None, 91.5]
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
    line_up(programme(outcome=CERTIFICATE), 2)
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
