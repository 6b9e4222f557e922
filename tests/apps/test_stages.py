"""Stages of the cast (`tests.stages`): what is put back is what the work would have done."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from craftpath.registry.models import Party, Record
from tests import stages
from tests.apps.assessment.hall import build_hall, seated
from tests.apps.city import City, build_city

pytestmark = pytest.mark.django_db


class _Back(Exception):
    pass


def brought(*, anew: bool) -> tuple[Any, list[str]]:
    """All rows after the seats are given out, from an empty database, and the serials told."""
    found: list[Any] = []
    try:
        with transaction.atomic():
            stages.begin()
            if anew:
                Party.objects.filter(pk=0).update(name="a statement that writes")
            made = seated(build_hall(build_city()))
            found += [stages.all_rows(), [one.serial for one in made]]
            raise _Back
    except _Back:
        return found[0], found[1]


def test_stands_at_the_beginning_where_a_test_does():
    """What begins and ends a transaction writes nothing: else every stage would be built anew."""
    assert stages._state.at == stages.EMPTY


def test_puts_back_every_row_and_tells_the_same():
    first, second = brought(anew=False), brought(anew=False)

    assert sum(map(len, first[0].values())) > 100
    assert second == first


def test_gives_nouns_that_nobody_else_changes():
    def named(name: str) -> str:
        stages.begin()
        with transaction.atomic():
            city = build_city()
            before, city.worker.name = city.worker.name, name
            transaction.set_rollback(True)
        return before

    assert [named("甲"), named("乙"), named("丙")] == ["林晓"] * 3


def test_does_its_work_where_somebody_wrote_before(city: City):
    Record.objects.filter(party=city.school).delete()

    build_hall(city)

    assert list(city.school.records.values_list("kind", flat=True)) == ["assessment-filing"]
