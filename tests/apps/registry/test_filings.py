"""What a body is filed for, by its records."""

from __future__ import annotations

import datetime as dt

import pytest

from craftpath.access.errors import NotAllowed
from craftpath.registry.actions.merges import merge
from craftpath.registry.actions.records import Entered, enter_record, void_record
from craftpath.registry.filings import filing_for, filings_of
from craftpath.registry.models import Party
from tests.apps.city import CHANGAN, DAY, DONGGUAN, QINGYUAN, WELDER, City

FILED = Entered("assessment-filing", dt.date(2025, 1, 1), WELDER, level=4, end=DAY)
LAST = DAY - dt.timedelta(days=1)


def found(city: City, **changed: object) -> bool:
    said = {"occupation": WELDER, "level": 4, "region": DONGGUAN, "day": LAST, **changed}
    return filing_for(city.school.pk, **said) is not None  # type: ignore[arg-type]


def test_is_entered_by_an_official_and_holds_on_its_days(city: City) -> None:
    record = enter_record(city.actor("city"), city.school.pk, FILED, verified=True)
    assert [one.record for one in filings_of(city.school.pk)] == [record.pk]
    assert found(city)
    assert not found(city, day=DAY)
    assert not found(city, day=dt.date(2024, 12, 31))
    assert filings_of(city.school.pk, DAY) == []


@pytest.mark.parametrize(
    "changed", [{"occupation": "6-31-01-03"}, {"level": 5}, {"level": 3}, {"region": QINGYUAN}]
)
def test_covers_nothing_that_it_does_not_name(city: City, changed: dict[str, object]) -> None:
    enter_record(city.actor("city"), city.school.pk, FILED, verified=True)
    assert not found(city, **changed)


def test_covers_the_places_within_its_region(city: City) -> None:
    enter_record(city.actor("city"), city.school.pk, FILED, verified=True)
    assert found(city, region=CHANGAN)
    assert found(city, region=None)


def test_is_of_the_place_that_it_names(city: City) -> None:
    there = Entered(**{**FILED.__dict__, "other": city.rival.pk})
    enter_record(city.actor("city"), city.school.pk, there, verified=True)
    assert found(city, region=QINGYUAN)
    assert not found(city, region=DONGGUAN)
    assert filings_of(city.school.pk)[0].site == city.rival.pk


def test_is_not_what_a_body_says_of_itself(city: City) -> None:
    with pytest.raises(NotAllowed):
        enter_record(city.actor("school"), city.school.pk, FILED, verified=True)
    enter_record(city.actor("school"), city.school.pk, FILED)
    assert filings_of(city.school.pk) == []


def test_falls_with_its_record(city: City) -> None:
    record = enter_record(city.actor("city"), city.school.pk, FILED, verified=True)
    void_record(city.actor("city"), record.pk, why="误录")
    assert not found(city)


def test_goes_with_a_body_that_is_merged(city: City) -> None:
    twin = Party.objects.create(nature="organisation", name="东莞工匠学院", region=DONGGUAN)
    enter_record(city.actor("city"), twin.pk, FILED, verified=True)
    merge(city.actor("city"), keep=city.school.pk, absorb=twin.pk)
    assert found(city)
