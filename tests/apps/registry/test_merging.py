"""Two who are one: found with reasons, merged, taken apart again."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.audit.models import Entry
from craftpath.registry.actions.merges import dismiss, merge, unmerge
from craftpath.registry.duplicates import Pair, candidates, nearly_equal, plain_name
from craftpath.registry.evidence import rows_of
from craftpath.registry.models import Merge, Party, Record
from craftpath.registry.queries import people_seen_by
from tests.apps.city import CHANGAN, QINGYUAN, WELDER, City

DAY = dt.date(2025, 8, 27)


def person(name: str, born: dt.date, region: str = CHANGAN, sex: str = "female") -> Party:
    party = Party.objects.create(nature="person", name=name, region=region)
    tell(party, "birth", born)
    tell(party, "sex", born, subject=sex)
    return party


def organisation(name: str, region: str = CHANGAN) -> Party:
    party = Party.objects.create(nature="organisation", name=name, region=region)
    tell(party, "founded", dt.date(2010, 1, 1))
    return party


def tell(party: Party, kind: str, start: dt.date, **more: object) -> Record:
    return Record.objects.create(
        party=party, kind=kind, start=start, status="verified", known=start, origin="form", **more
    )


def pairs(city: City, who: str = "city") -> list[tuple[int, int, tuple[str, ...]]]:
    return [(pair.first, pair.second, pair.reasons) for pair in candidates(city.actor(who))]


BORN = dt.date(1992, 5, 20)


def test_finds_namesakes_born_on_one_day(city: City):
    twice = person("林晓", BORN)

    assert pairs(city) == [(city.worker.pk, twice.pk, ("name-and-birth",))]


def test_says_that_the_two_also_worked_together(city: City):
    twice = person("林晓", BORN)
    tell(twice, "employment", dt.date(2018, 1, 1), other=city.works)

    assert pairs(city) == [(city.worker.pk, twice.pk, ("name-and-birth", "job-too"))]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("欧阳晓", "欧阳哓", True),
        ("欧阳晓", "欧阳晓晓", True),
        ("欧阳晓", "欧阳", False),
        ("王伟", "王芳", False),
    ],
)
def test_finds_names_that_differ_by_one_character(city: City, first: str, second: str, found: bool):
    one, other = person(first, dt.date(1980, 1, 1)), person(second, dt.date(1980, 1, 1))

    expected = [(one.pk, other.pk, ("near-name-and-birth",))] if found else []
    assert pairs(city) == expected


def test_takes_short_names_for_near_where_the_two_worked_together(city: City):
    one, other = person("王伟", dt.date(1980, 1, 1)), person("王玮", dt.date(1980, 1, 1))
    for party in (one, other):
        tell(party, "employment", dt.date(2018, 1, 1), other=city.works)

    assert pairs(city) == [(one.pk, other.pk, ("near-name-and-birth", "job-too"))]


def test_does_not_pair_a_man_and_a_woman(city: City):
    one = person("欧阳晓", BORN, sex="male")
    other = person("欧阳晓", BORN, sex="female")

    assert pairs(city) == []
    same = person("欧阳晓", BORN, sex="male")
    assert [pair[:2] for pair in pairs(city)] == [(one.pk, same.pk)]
    assert other.pk not in {id for pair in pairs(city) for id in pair[:2]}


def test_finds_namesakes_at_one_employer_at_one_time(city: City):
    twice = person("林晓", dt.date(1992, 5, 2))
    job = tell(twice, "employment", dt.date(2018, 1, 1), other=city.works)

    assert pairs(city) == [(city.worker.pk, twice.pk, ("name-and-job",))]
    assert job.stands


def test_leaves_namesakes_alone_who_worked_there_one_after_the_other(city: City):
    twice = person("林晓", dt.date(1992, 5, 2))
    tell(twice, "employment", dt.date(2010, 1, 1), end=dt.date(2016, 3, 1), other=city.works)

    assert pairs(city) == []


def test_finds_organisations_by_what_their_names_come_to(city: City):
    twice = organisation("东江精工(东莞)有限责任公司")

    assert pairs(city) == [(city.works.pk, twice.pk, ("organisation-name",))]


def test_keeps_to_the_region(city: City):
    person("林晓", BORN, region=QINGYUAN)

    assert pairs(city, "city") == []
    assert pairs(city, "other-city") == []
    assert len(pairs(city, "province")) == 1
    assert candidates(city.actor("hr")) == []


def test_does_not_ask_again_once_told_that_they_are_two(city: City):
    twice = person("林晓", BORN)

    dismiss(city.actor("city"), twice.pk, city.worker.pk, why="看过证件")
    dismiss(city.actor("city"), city.worker.pk, twice.pk)

    assert pairs(city) == []
    assert Entry.objects.filter(action="party.dismiss").count() == 2


def test_merges_and_takes_apart_without_touching_a_record(city: City):
    twice = person("林晓", BORN)
    tell(twice, "certificate", dt.date(2018, 1, 1), subject=WELDER, level=2)
    before = rows_of([city.worker.pk]), rows_of([twice.pk])
    records = list(Record.objects.order_by("pk").values())

    row = merge(city.actor("city"), keep=city.worker.pk, absorb=twice.pk)

    assert row.reasons == ["name-and-birth"]
    together = rows_of([city.worker.pk])
    assert len(together) == len(before[0]) + len(before[1])
    assert {line[0] for line in together} == {city.worker.pk}
    assert not people_seen_by(city.actor("city"), DAY).filter(pk=twice.pk).exists()
    assert pairs(city) == []

    unmerge(city.actor("city"), row.pk, why="认错了")

    assert (rows_of([city.worker.pk]), rows_of([twice.pk])) == before
    assert list(Record.objects.order_by("pk").values()) == records
    assert [e.action for e in Entry.objects.order_by("number")][-2:] == [
        "party.merge",
        "party.unmerge",
    ]


def test_puts_the_region_back(city: City):
    bare = person("苏敏二", dt.date(1990, 3, 4), region=CHANGAN)
    row = merge(city.actor("province"), keep=bare.pk, absorb=city.stranger.pk)
    bare.refresh_from_db()
    assert bare.region == QINGYUAN

    unmerge(city.actor("province"), row.pk)

    bare.refresh_from_db()
    city.stranger.refresh_from_db()
    assert (bare.region, city.stranger.region) == (CHANGAN, QINGYUAN)


def test_keeps_pointers_one_level_deep_through_a_chain(city: City):
    a, b, c = (person(f"甲乙丙{at}", dt.date(1980, 1, 1)) for at in (1, 2, 3))
    official = city.actor("city")

    first = merge(official, keep=b.pk, absorb=c.pk)
    second = merge(official, keep=a.pk, absorb=b.pk)
    assert pointers(a, b, c) == [None, a.pk, a.pk]
    with pytest.raises(NotThere):
        merge(official, keep=city.worker.pk, absorb=b.pk)

    unmerge(official, second.pk)
    assert pointers(a, b, c) == [None, None, b.pk]

    second = merge(official, keep=a.pk, absorb=b.pk)
    unmerge(official, first.pk)
    assert pointers(a, b, c) == [None, a.pk, None]
    with pytest.raises(Conflict):
        unmerge(official, first.pk)


def pointers(*parties: Party) -> list[int | None]:
    return [Party.objects.get(pk=party.pk).merged_into_id for party in parties]


@pytest.mark.parametrize("seed", range(6))
def test_points_as_the_merges_in_force_say_whatever_was_done_in_whatever_order(
    city: City, seed: int
):
    chance = random.Random(seed)
    official = city.actor("city")
    people = [person(f"甲乙丙{at}", dt.date(1980, 1, 1)) for at in range(6)]
    for _ in range(25):
        done = list(Merge.objects.filter(undone_at=None))
        if done and chance.random() < 0.4:
            unmerge(official, chance.choice(done).pk)
        else:
            free = [
                p.pk for p in Party.objects.filter(pk__in=[p.pk for p in people], merged_into=None)
            ]
            if len(free) > 1:
                keep, absorb = chance.sample(free, 2)
                merge(official, keep=keep, absorb=absorb)
        above = dict(Merge.objects.filter(undone_at=None).values_list("absorbed", "kept"))
        for one, found in zip(people, pointers(*people), strict=True):
            root = one.pk
            while root in above:
                root = above[root]
            assert found == (None if root == one.pk else root)


def test_finds_a_third_by_the_birth_of_the_absorbed(city: City):
    """First seen: what the absorbed one's records say found nobody."""
    one, other, third = (person("欧阳晓", BORN) for _ in range(3))
    born = Record.objects.filter(kind="birth", party=one)
    born.update(known_until=DAY)
    merge(city.actor("city"), keep=one.pk, absorb=other.pk)

    assert pairs(city) == [(one.pk, third.pk, ("name-and-birth",))]


def test_refuses_what_cannot_be_one(city: City):
    official = city.actor("province")
    with pytest.raises(Invalid):
        merge(official, keep=city.worker.pk, absorb=city.worker.pk)
    with pytest.raises(Invalid):
        merge(official, keep=city.worker.pk, absorb=city.works.pk)
    with pytest.raises(NotThere):
        merge(city.actor("city"), keep=city.worker.pk, absorb=city.stranger.pk)
    with pytest.raises((NotAllowed, NotThere)):
        merge(city.actor("hr"), keep=city.worker.pk, absorb=city.colleague.pk)


def test_shows_a_merge_to_its_own_region_alone(city: City):
    twice = person("林晓", BORN)
    row = merge(city.actor("city"), keep=city.worker.pk, absorb=twice.pk)

    with pytest.raises(NotThere):
        unmerge(city.actor("other-city"), row.pk)


@given(st.text("甲乙丙丁", min_size=2, max_size=5), st.integers(0, 4), st.sampled_from("甲乙丙丁"))
def test_one_character_put_in_or_changed_is_near(name: str, at: int, new: str):
    put_in = name[:at] + new + name[at:]
    changed = name[:at] + new + name[at + 1 :]

    assert nearly_equal(name, put_in)
    assert nearly_equal(name, changed) == (name != changed)
    assert nearly_equal(put_in, name)
    assert not nearly_equal(name, name)


@pytest.mark.parametrize(
    "name",
    [
        "东江精工（东莞）有限公司",
        "东江精工(东莞)有限责任公司",
        " 东江精工 东莞 公司",
        "东江精工·东莞股份有限公司",
    ],
)
def test_organisations_come_to_one_plain_name(name: str):
    assert plain_name(name) == "东江精工东莞"


def test_pair_says_its_reasons_in_both_languages():
    label = Pair(1, 2, ("name-and-birth",)).labels[0]

    assert (label.zh, label.en) == ("姓名相同，出生日期相同", "same name, same birth date")


def test_leaves_out_of_a_kept_comparison_what_was_decided_meanwhile(
    city: City, monkeypatch: pytest.MonkeyPatch, settings: Any
):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr("craftpath.registry.duplicates._LARGE", 0)
    cache.clear()
    twice, thrice = person("林晓", BORN), person("林晓", BORN)
    assert len(pairs(city)) == 3

    merge(city.actor("city"), keep=city.worker.pk, absorb=twice.pk)
    assert [pair[:2] for pair in pairs(city)] == [(city.worker.pk, thrice.pk)]
    dismiss(city.actor("city"), city.worker.pk, thrice.pk)
    assert pairs(city) == []
    cache.clear()
