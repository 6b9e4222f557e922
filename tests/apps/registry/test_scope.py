"""Whose word counts for what, and who sees of whom how much."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from stdnum.cn import ric

from craftpath.access.errors import NotAllowed
from craftpath.access.models import Duty
from craftpath.registry.actions.records import Entered, enter_record, verify_record
from craftpath.registry.actions.staff import take_on
from craftpath.registry.models import Message, Party, Record
from craftpath.registry.outlook import lives_of
from craftpath.registry.queries import parties_seen_by, records_seen_by, search, staff_of
from craftpath.registry.staff import colleagues
from tests.apps.city import CHANGAN, DAY, WELDER, City

pytestmark = pytest.mark.django_db
LAST_YEAR = dt.date(2024, 9, 1)


def learner(city: City) -> Party:
    Record.objects.create(
        party=city.colleague,
        kind="in-service-study",
        subject=None,
        start=LAST_YEAR,
        other=city.school,
        status="verified",
        known=LAST_YEAR,
        origin="import",
    )
    return city.colleague


# --- whose word --------------------------------------------------------------------------------


def test_takes_a_schools_word_where_the_record_points_to_it_as_issuer(city: City) -> None:
    fact = Entered("special-ability", LAST_YEAR, WELDER, other=city.school.pk)
    made = enter_record(city.actor("school"), learner(city).pk, fact, verified=True)
    assert made.status == "verified"


def test_takes_no_schools_word_of_what_it_says_as_an_employer(city: City) -> None:
    fact = Entered("appointment", LAST_YEAR, WELDER, 6, other=city.school.pk)
    with pytest.raises(NotAllowed):
        enter_record(city.actor("school"), learner(city).pk, fact, verified=True)


def test_takes_no_schools_word_of_itself(city: City) -> None:
    fact = Entered("shared-ip", LAST_YEAR, other=city.school.pk)
    with pytest.raises(NotAllowed):
        enter_record(city.actor("school"), city.school.pk, fact, verified=True)


def test_takes_no_officials_word_of_their_own_life(city: City) -> None:
    Duty.objects.create(user=city.user("town"), role="worker", party=city.worker, start=LAST_YEAR)
    fact = Entered("certificate", LAST_YEAR, WELDER, 5)
    with pytest.raises(NotAllowed):
        enter_record(city.actor("town"), city.worker.pk, fact, verified=True)
    claim = enter_record(city.actor("worker"), city.worker.pk, fact)
    with pytest.raises(NotAllowed):
        verify_record(city.actor("town"), claim.pk)
    assert verify_record(city.actor("city"), claim.pk).status == "verified"


# --- an employer that says that somebody works for it -------------------------------------------


def claimed_by_the_rival(city: City) -> Party:
    body = "44190019920520122"
    return take_on(
        city.actor("rival-hr"),
        name="林晓",
        scheme="ric",
        number=body + ric.calc_check_digit(body + "0"),
        occupation=WELDER,
        start=DAY,
        workplace=CHANGAN,
    )


def test_shows_nothing_but_its_own_word_to_an_employer_that_says_somebody_is_its(
    city: City,
) -> None:
    party, rival = claimed_by_the_rival(city), city.actor("rival-hr")
    assert party.pk == city.worker.pk
    assert {r.other_id for r in records_seen_by(rival, party)} == {city.rival.pk}
    assert {row[1] for row in lives_of(rival, DAY, party.pk).rows if row[0] == party.pk} == {
        "employment",
        "workplace",
    }
    assert [one.level for one in colleagues(rival, DAY) if one.party == party.pk] == [None]


def test_tells_somebody_that_an_employer_says_they_work_there(city: City) -> None:
    claimed_by_the_rival(city)
    assert Message.objects.filter(party=city.worker, zh__contains=city.rival.name).exists()


def test_shows_proofs_of_skill_once_an_official_has_verified_the_job(city: City) -> None:
    party, rival = claimed_by_the_rival(city), city.actor("rival-hr")
    job = Record.objects.get(party=party, kind="employment", other=city.rival)
    verify_record(city.actor("province"), job.pk)
    assert "certificate" in {r.kind for r in records_seen_by(rival, party)}
    assert [one.level for one in colleagues(rival, DAY) if one.party == party.pk] == [4]


# --- searching ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["²", "٣", "99999999999", "1" * 80])
def test_searches_for_any_digit_that_somebody_types(city: City, text: str) -> None:
    assert not search(parties_seen_by(city.actor("city"), DAY), text).exists()


# --- how it is looked up -----------------------------------------------------------------------


def test_finds_an_employers_people_by_an_index(city: City) -> None:
    """Not by reading every employment there is."""
    if connection.vendor != "sqlite":
        pytest.skip("the plan is SQLite's")
    sql, given = staff_of(city.works.pk, DAY).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", given)
        plan = [row[3] for row in cursor.fetchall()]
    assert not [line for line in plan if line.startswith("SCAN") and "registry_record" in line]
    assert any("other_id" in line for line in plan), plan
