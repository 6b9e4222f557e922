from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from craftpath.access.errors import NotThere
from craftpath.programmes.checks import check_party, lacking_of
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Programme
from tests.apps.city import CHANGAN, DAY, WELDER, City


def programme(**changed: object) -> Programme:
    said: dict[str, object] = {
        "slug": "senior",
        "sort": "sitting",
        "about": "person",
        "name_zh": "高级工认定",
        "name_en": "Senior worker",
        "rule": "skill-level.senior",
        "focus": WELDER,
        "region": CHANGAN,
        "opens": DAY,
        "closes": DAY + dt.timedelta(days=10),
        "way": "open",
        "stage": "published",
    }
    return Programme.objects.create(**{**said, **changed})


def test_keeps_what_the_engine_says_with_its_receipt(city: City) -> None:
    found = check_party(programme(), city.worker.pk, WELDER, DAY)
    assert found.verdict == found.plain["verdict"]
    assert found.plain["receipt"]["hash"]
    assert found.plain["day"] == DAY.isoformat()


def test_says_what_is_missing_in_both_languages(city: City) -> None:
    asked = programme(rule="skill-level.technician", slug="technician")
    found = check_party(asked, city.worker.pk, WELDER, DAY)
    assert not found.qualifies
    assert found.missing
    assert found.missing[0].zh in found.lacking.zh
    assert found.missing[0].en.rstrip(".") in found.lacking.en
    assert lacking_of(found.plain) == found.lacking


def test_lets_everybody_in_where_there_is_no_rule(city: City) -> None:
    assert check_party(programme(rule=""), city.colleague.pk, "", DAY).qualifies


def test_judges_on_the_programmes_own_day(city: City) -> None:
    before_she_worked = programme(judged_on=dt.date(2016, 4, 1))
    found = check_party(before_she_worked, city.worker.pk, WELDER, DAY)
    assert not found.qualifies
    assert found.plain["day"] == "2016-04-01"


def test_holds_a_programme_within_a_transaction_only(transactional_db: None) -> None:
    asked = programme(rule="")
    with pytest.raises(TypeError):
        hold(asked.pk)
    with transaction.atomic():
        assert hold(asked.pk) == asked
    with transaction.atomic(), pytest.raises(NotThere):
        hold(asked.pk + 1)
