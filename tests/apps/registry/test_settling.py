"""What one party has once, when two turn out to be one: asked, settled, put back."""

from __future__ import annotations

import datetime as dt

import pytest

from craftpath.access.errors import Conflict, Invalid
from craftpath.audit.models import Entry
from craftpath.registry.actions.merges import contradictions_between, merge, unmerge
from craftpath.registry.actions.records import (
    Entered,
    correct_record,
    enter_record,
    verify_record,
    void_record,
)
from craftpath.registry.models import Merge, Party, Record
from craftpath.registry.queries import organisations_named, people_seen_by, records_of, search
from craftpath.registry.staff import chosen_from, colleagues
from tests.apps.city import DAY, City
from tests.apps.registry.sheets import STAFF
from tests.apps.registry.test_importing import check, number_of, problems
from tests.apps.registry.test_merging import BORN, organisation, person, tell

OTHER = dt.date(1992, 5, 2)


def standing(party: Party, kind: str) -> list[Record]:
    return list(records_of(party.pk).filter(kind=kind, known_until=None))


def birth(party: Party) -> str:
    return f"record-{standing(party, 'birth')[0].pk}"


def test_asks_which_of_two_births_stands(city: City) -> None:
    """First seen: merged without a word, and the earlier one won."""
    twice = person("林晓", OTHER)

    with pytest.raises(Invalid) as refused:
        merge(city.actor("city"), keep=city.worker.pk, absorb=twice.pk)

    assert list(refused.value.problems) == ["stands.birth"]
    said = refused.value.problems["stands.birth"]
    assert "1992年5月20日" in said.zh and "1992年5月2日" in said.zh
    assert "20 May 1992" in said.en and "2 May 1992" in said.en
    assert not Merge.objects.exists()
    assert Party.objects.get(pk=twice.pk).merged_into is None


def test_takes_back_what_does_not_stand_and_says_why(city: City) -> None:
    twice = person("林晓", OTHER)
    gone = standing(twice, "birth")[0]

    row = merge(
        city.actor("city"),
        keep=city.worker.pk,
        absorb=twice.pk,
        why="看过户口簿",
        stands={"birth": birth(city.worker)},
    )

    assert [one.start for one in standing(city.worker, "birth")] == [BORN]
    gone.refresh_from_db()
    assert not gone.stands and "看过户口簿" in gone.why
    assert row.settled == {"records": [gone.pk]}
    assert [entry.action for entry in Entry.objects.order_by("number")][-2:] == [
        "record.void",
        "party.merge",
    ]


def test_enters_again_what_was_taken_back_when_undone(city: City) -> None:
    twice = person("林晓", OTHER)
    kept = city.worker
    official = city.actor("city")
    row = merge(official, keep=kept.pk, absorb=twice.pk, stands={"birth": birth(twice)})
    assert [one.start for one in standing(kept, "birth")] == [OTHER]

    unmerge(official, row.pk)

    assert [one.start for one in standing(kept, "birth")] == [BORN]
    assert [one.start for one in standing(twice, "birth")] == [OTHER]
    again = standing(kept, "birth")[0]
    assert again.supersedes is not None and again.status == "verified"

    row = merge(official, keep=kept.pk, absorb=twice.pk, stands={"birth": birth(twice)})
    unmerge(official, row.pk)
    assert [one.start for one in standing(kept, "birth")] == [BORN]


def test_undoes_the_later_merge_first_where_it_settled_something(city: City) -> None:
    one, two, three = person("甲", BORN), person("甲", BORN), person("甲", OTHER)
    official = city.actor("city")
    first = merge(official, keep=two.pk, absorb=one.pk)
    second = merge(official, keep=three.pk, absorb=two.pk, stands={"birth": birth(three)})

    with pytest.raises(Conflict):
        unmerge(official, first.pk)

    unmerge(official, second.pk)
    unmerge(official, first.pk)
    assert [len(standing(party, "birth")) for party in (one, two, three)] == [1, 1, 1]


def test_asks_about_sex_by_what_it_says_and_not_since_when(city: City) -> None:
    one = person("甲乙", BORN, sex="female")
    same = person("甲乙", BORN, sex="female")
    Record.objects.filter(party=same, kind="sex").update(start=DAY)
    other = person("甲乙", BORN, sex="male")
    official = city.actor("city")

    assert contradictions_between(official, one.pk, same.pk) == []
    assert [c.key for c in contradictions_between(official, one.pk, other.pk)] == ["sex"]


def test_asks_about_a_death(city: City) -> None:
    one, dead = person("甲乙", BORN), person("甲乙", BORN)
    Record.objects.filter(party=dead, kind="birth").update(end=DAY)

    found = contradictions_between(city.actor("city"), one.pk, dead.pk)
    assert [contradiction.key for contradiction in found] == ["birth"]


def test_asks_about_a_claim_beside_what_is_verified(city: City) -> None:
    one, other = person("甲乙", BORN), person("甲乙", OTHER)
    Record.objects.filter(party=other, kind="birth").update(status="claimed")

    (asked,) = contradictions_between(city.actor("city"), one.pk, other.pk)
    assert "自述" in asked.choices[0].label.zh and "自述" not in asked.choices[1].label.zh
    assert "claimed" in asked.choices[0].label.en


def test_refuses_an_answer_that_is_no_longer_there(city: City) -> None:
    twice = person("林晓", OTHER)

    with pytest.raises(Conflict):
        merge(
            city.actor("city"),
            keep=city.worker.pk,
            absorb=twice.pk,
            stands={"birth": "record-0"},
        )
    assert not Merge.objects.exists()


def test_asks_when_an_organisation_was_founded(city: City) -> None:
    twice = organisation("东江精工(东莞)有限责任公司")

    found = contradictions_between(city.actor("city"), city.works.pk, twice.pk)
    assert [contradiction.key for contradiction in found] == ["founded"]


def test_finds_the_kept_one_by_the_names_of_the_absorbed(city: City) -> None:
    """First seen: nobody was found by the name under which somebody had been registered."""
    twice = person("林小晓", BORN)
    twice.name_en, twice.former = "Lin Xiaoxiao", ["林笑"]
    twice.save()
    official = city.actor("city")
    row = merge(official, keep=city.worker.pk, absorb=twice.pk)

    def found(text: str) -> list[int]:
        return [one.pk for one in search(people_seen_by(official, DAY), text)]

    for name in ("林小晓", "xiaoxiao", "林笑"):
        assert found(name) == [city.worker.pk]
    city.worker.refresh_from_db()
    city.worker.name_en = "Lin X."
    city.worker.save()
    assert found("林笑") == [city.worker.pk]

    unmerge(official, row.pk)
    assert found("林笑") == [twice.pk]


def test_finds_an_organisation_by_the_name_of_the_absorbed(city: City) -> None:
    twice = organisation("莞城精密")
    Record.objects.filter(party=twice).update(start=dt.date(2001, 5, 1))
    merge(city.actor("city"), keep=city.works.pk, absorb=twice.pk)

    assert [one.pk for one in organisations_named("莞城精密")] == [city.works.pk]


def test_voids_one_of_two_births_and_never_the_only_one(city: City) -> None:
    """First seen: with two births on file, neither could be voided."""
    spare = tell(city.worker, "birth", OTHER)
    official = city.actor("city")

    void_record(official, spare.pk, why="录错")

    with pytest.raises(Conflict):
        void_record(official, standing(city.worker, "birth")[0].pk, why="录错")


def test_leaves_nobody_without_a_birth(city: City) -> None:
    twice = person("林晓", BORN)
    official = city.actor("city")
    row = merge(official, keep=city.worker.pk, absorb=twice.pk)
    tell(city.worker, "birth", OTHER)
    void_record(official, standing(twice, "birth")[0].pk, why="录错")

    unmerge(official, row.pk)

    assert [one.start for one in standing(twice, "birth")] == [BORN]


def test_takes_no_row_of_somebody_with_two_births(city: City) -> None:
    """First seen: the earlier of the two was the registered one."""
    tell(city.worker, "birth", OTHER)
    rows = [list(STAFF), ["林晓", number_of(city.worker), "焊工", "2019-07-01", "", "长安镇"]]

    batch = check(city, "hr", "staff", rows)

    assert [(row, what) for row, _, what in problems(batch)] == [(2, "登记有两个互相矛盾的日期")]


def test_finds_colleagues_by_the_name_of_the_absorbed(city: City) -> None:
    twice = person("林小晓", BORN)
    merge(city.actor("city"), keep=city.worker.pk, absorb=twice.pk)

    found = chosen_from(colleagues(city.actor("hr"), DAY), "林小晓")
    assert [one.party for one in found] == [city.worker.pk]


def test_enters_no_second_birth_and_no_other_sex(city: City) -> None:
    """First seen: both stood beside each other."""
    one = person("甲乙", BORN, sex="female")
    official = city.actor("city")

    for second in (Entered("birth", OTHER), Entered("sex", BORN, subject="male")):
        with pytest.raises(Invalid) as refused:
            enter_record(official, one.pk, second, verified=True)
        assert "更正那一条" in refused.value.label.zh

    sex = standing(one, "sex")[0]
    correct_record(official, sex.pk, Entered("sex", BORN, subject="male"), why="录错")
    assert [record.subject for record in standing(one, "sex")] == ["male"]


def test_verifies_no_claim_against_what_is_verified(city: City) -> None:
    one = person("甲乙", BORN)
    claim = tell(one, "birth", OTHER)
    Record.objects.filter(pk=claim.pk).update(status="claimed")

    with pytest.raises(Conflict):
        verify_record(city.actor("city"), claim.pk)
