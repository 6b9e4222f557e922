"""Records: entered, verified, corrected, voided; by whom, and what stays to be seen."""

from __future__ import annotations

import datetime as dt

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.registry.actions.parties import add_organisation, add_person
from craftpath.registry.actions.records import (
    Entered,
    correct_record,
    enter_record,
    verify_record,
    void_record,
)
from craftpath.registry.models import Identifier, Record
from craftpath.registry.queries import records_of, records_seen_by
from tests.apps.city import CHANGAN, DAY, DONGGUAN, QINGYUAN, WELDER, City

pytestmark = pytest.mark.django_db

CERTIFICATE = Entered("certificate", dt.date(2024, 1, 2), subject=WELDER, level=4)


def test_keeps_what_a_worker_says_of_herself_as_claimed(city: City) -> None:
    record = enter_record(city.actor("worker"), city.worker.pk, CERTIFICATE)
    assert (record.status, record.known) == ("claimed", DAY)


def test_refuses_a_worker_who_vouches_for_herself(city: City) -> None:
    with pytest.raises(NotAllowed):
        enter_record(city.actor("worker"), city.worker.pk, CERTIFICATE, verified=True)


def test_takes_an_officials_word_as_verified(city: City) -> None:
    record = enter_record(city.actor("town"), city.worker.pk, CERTIFICATE, verified=True)
    assert record.status == "verified"


@pytest.mark.parametrize("who", ["stranger", "rival-hr", "other-city", "school"])
def test_hides_the_person_from_those_out_of_scope(city: City, who: str) -> None:
    with pytest.raises(NotThere):
        enter_record(city.actor(who), city.worker.pk, CERTIFICATE)


def test_lets_an_employer_tell_only_what_concerns_itself(city: City) -> None:
    post = Entered("post-level", dt.date(2025, 1, 1), WELDER, 4, other=city.works.pk)
    assert enter_record(city.actor("hr"), city.worker.pk, post).status == "claimed"
    with pytest.raises(NotAllowed):
        enter_record(city.actor("hr"), city.worker.pk, CERTIFICATE)


@pytest.mark.parametrize(
    ("field", "entered"),
    [
        ("kind", Entered("certificat", dt.date(2024, 1, 2))),
        ("subject", Entered("certificate", dt.date(2024, 1, 2), "9-99-99-99", 4)),
        ("level", Entered("certificate", dt.date(2024, 1, 2), WELDER, 40)),
        ("start", Entered("certificate", dt.date(1980, 1, 2), WELDER, 4)),
        ("end", Entered("employment", dt.date(2024, 1, 2), WELDER, end=dt.date(2023, 1, 2))),
        ("other", Entered("certificate", dt.date(2024, 1, 2), WELDER, 4, other=999_999)),
        ("kind", Entered("founded", dt.date(2024, 1, 2))),
    ],
)
def test_names_the_field_that_is_wrong(city: City, field: str, entered: Entered) -> None:
    enter_record(city.actor("worker"), city.worker.pk, CERTIFICATE)
    with pytest.raises(Invalid) as refusal:
        enter_record(city.actor("worker"), city.worker.pk, entered)
    assert field in refusal.value.problems


def test_supersedes_a_record_and_keeps_the_old_one(city: City) -> None:
    old = enter_record(city.actor("worker"), city.worker.pk, CERTIFICATE)
    better = Entered("certificate", dt.date(2024, 2, 1), subject=WELDER, level=4)
    new = correct_record(city.actor("worker"), old.pk, better, why="日期写错")
    old.refresh_from_db()
    assert (old.known_until, new.supersedes, new.status) == (DAY, old, "claimed")
    assert {old, new} <= set(records_of(city.worker.pk))


def test_asks_for_the_reason_of_a_correction(city: City) -> None:
    old = enter_record(city.actor("worker"), city.worker.pk, CERTIFICATE)
    with pytest.raises(Invalid):
        correct_record(city.actor("worker"), old.pk, CERTIFICATE, why=" ")
    old.refresh_from_db()
    assert old.stands


def test_verifies_a_claim_once(city: City) -> None:
    claim = enter_record(city.actor("worker"), city.worker.pk, CERTIFICATE)
    assert verify_record(city.actor("city"), claim.pk).status == "verified"
    with pytest.raises(Conflict):
        verify_record(city.actor("city"), claim.pk)


def test_leaves_a_verified_record_to_the_authority(city: City) -> None:
    verified = Record.objects.get(party=city.worker, kind="certificate", level=4)
    with pytest.raises(NotAllowed):
        void_record(city.actor("worker"), verified.pk, why="不要了")
    voided = void_record(city.actor("city"), verified.pk, why="证书撤销")
    assert (voided.known_until, voided.why) == (DAY, "证书撤销")


def test_never_voids_a_birth(city: City) -> None:
    birth = Record.objects.get(party=city.worker, kind="birth")
    with pytest.raises(Conflict):
        void_record(city.actor("city"), birth.pk, why="错")


def test_never_edits_or_deletes_a_record(city: City) -> None:
    record = Record.objects.filter(party=city.worker).latest("pk")
    for change in (record.save, record.delete):
        with pytest.raises(TypeError):
            change()


def test_moves_the_person_with_the_workplace(city: City) -> None:
    workplace = Record.objects.get(party=city.worker, kind="workplace")
    void_record(city.actor("city"), workplace.pk, why="离开")
    city.worker.refresh_from_db()
    assert city.worker.region == DONGGUAN  # where she is insured


def test_shows_an_employer_skills_and_its_own_but_no_residence(city: City) -> None:
    enter_record(
        city.actor("worker"), city.worker.pk, Entered("residence", dt.date(1992, 5, 20), QINGYUAN)
    )
    seen = records_seen_by(city.actor("hr"), city.worker)
    kinds = set(seen.values_list("kind", flat=True))
    assert {"certificate", "employment", "insurance"} <= kinds
    assert "residence" not in kinds
    assert "residence" in set(
        records_seen_by(city.actor("worker"), city.worker).values_list("kind", flat=True)
    )


def test_says_each_write_in_the_audit(city: City) -> None:
    claim = enter_record(city.actor("worker"), city.worker.pk, CERTIFICATE)
    verify_record(city.actor("city"), claim.pk)
    said = list(Entry.objects.values_list("action", "party"))
    assert said == [("record.enter", city.worker.pk), ("record.verify", city.worker.pk)]
    assert [*verify()] == []


NUMBER = "44190019900101123"  # and its check digit


def test_adds_a_person_with_birth_and_sex_from_the_number(city: City) -> None:
    party = add_person(
        city.actor("town"), name="陈小", scheme="ric", number=NUMBER + "1", region="441900119"
    )
    assert set(party.records.values_list("kind", "subject", "start")) == {
        ("birth", None, dt.date(1990, 1, 1)),
        ("sex", "male", dt.date(1990, 1, 1)),
    }


def test_refuses_a_number_that_somebody_has(city: City) -> None:
    add_person(city.actor("town"), name="陈小", scheme="ric", number=NUMBER + "1")
    before = Entry.objects.count()
    with pytest.raises(Conflict):
        add_person(city.actor("town"), name="陈大", scheme="ric", number=NUMBER + "1")
    assert Entry.objects.count() == before


def test_refuses_a_number_whose_check_digit_is_wrong(city: City) -> None:
    with pytest.raises(Invalid) as refusal:
        add_person(city.actor("town"), name="陈小", scheme="ric", number=NUMBER + "0")
    assert set(refusal.value.problems) == {"number"}


def test_keeps_no_number_that_can_be_read(city: City) -> None:
    add_person(city.actor("town"), name="陈小", scheme="ric", number=NUMBER + "1")
    kept = Identifier.objects.latest("pk")
    assert NUMBER.encode() not in bytes(kept.sealed)
    assert kept.masked == "4419************31"
    assert NUMBER not in str(list(Entry.objects.values_list("details", flat=True)))


def test_adds_an_organisation_by_its_credit_code(city: City) -> None:
    made = add_organisation(
        city.actor("city"),
        name="莞城培训",
        number="91350100M000100Y43",
        founded=dt.date(2010, 1, 1),
        region=DONGGUAN,
    )
    assert set(made.records.values_list("kind", flat=True)) == {"founded", "located"}


def test_lets_nobody_move_out_of_an_officials_sight_by_what_they_say(city: City) -> None:
    move = Entered("workplace", dt.date(2025, 8, 1), QINGYUAN)
    claim = enter_record(city.actor("worker"), city.worker.pk, move)
    city.worker.refresh_from_db()
    assert city.worker.region == CHANGAN
    verify_record(city.actor("town"), claim.pk)
    city.worker.refresh_from_db()
    assert city.worker.region == QINGYUAN
