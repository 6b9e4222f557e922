"""Who may write which kind as verified, by which door: the whole table."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from craftpath.access.errors import Invalid, NotAllowed, NotThere
from craftpath.engine.vocabulary import Kind
from craftpath.pack.nouns import Pack, SpokenKind
from craftpath.pack.show_writes import show_writes
from craftpath.programmes.actions.programmes import save_programme
from craftpath.programmes.fields import ProgrammeFields
from craftpath.programmes.outcome_fields import OutcomeFields
from craftpath.registry.actions.parties import add_organisation, add_person
from craftpath.registry.actions.records import Entered, enter_record
from craftpath.registry.imports.checking import Checker
from craftpath.registry.imports.lookups import InDatabase
from craftpath.registry.imports.sorts import SORTS
from craftpath.registry.models import Record
from craftpath.registry.vouching import Statement, Word, vouched_by
from tests.apps.city import CHANGAN, DAY, DONGGUAN, WELDER, City
from tests.apps.registry.sheets import organisation_number, person_number
from tests.apps.registry.test_importing import bring_in

#: Whose word is enough, by role, as the words of the pack mean it. The school of the tests is filed
#: for nothing.
ROLES = {
    "worker": frozenset[str](),
    "hr": frozenset[str](),
    "school": frozenset({"own"}),
    "town": frozenset({"official"}),
    "city": frozenset({"official", "city"}),
    "province": frozenset({"official", "city", "province"}),
}
PROGRAMMES = {"school": "hosted", "city": "programme"}


def kinds_of(pack: Pack) -> list[Kind]:
    return list(pack.vocabulary.kinds.values())


def test_every_kind_of_the_pack_says_who(guangdong: Pack) -> None:
    silent = [
        kind.id
        for kind in kinds_of(guangdong)
        if not (isinstance(kind, SpokenKind) and kind.vouched)
    ]
    assert silent == []


def test_is_printed_as_it_is(guangdong: Pack) -> None:
    """Looked at line by line when it changes: whose word opens what."""
    lines = dict(
        re.split(r"\s{2,}", line, maxsplit=1) for line in show_writes(guangdong, "en").splitlines()
    )
    assert list(lines) == [kind.id for kind in kinds_of(guangdong)]
    assert lines["certificate"].endswith(
        ": any official, an assessment body filed for it, a programme that an official sets up, "
        "a programme that an institution sets up"
    )
    assert lines["sex"].endswith(": any official, the identity number itself")
    assert lines["title"].endswith(": any official")


@pytest.mark.parametrize("who", ROLES)
def test_by_the_form_and_the_interface(who: str, city: City, guangdong: Pack) -> None:
    """Both enter by the same action. NotAllowed: only to be claimed."""
    actor = city.actor(who)
    host = actor.party if who in ("hr", "school") else city.school.pk
    wrong = []
    for kind in kinds_of(guangdong):
        party = city.works if kind.about == "organisation" else city.worker
        said = Entered(kind.id, DAY - dt.timedelta(days=9), other=host if kind.other else None)
        try:
            enter_record(actor, party.pk, said, verified=True)
        except (NotAllowed, NotThere):
            allowed = False
        except Invalid:
            allowed = True  # its word is taken; what it says is looked at next
        else:
            allowed = True
        if allowed > bool(vouched_by(kind.id) & ROLES[who]):
            wrong.append(kind.id)
    assert wrong == []


@pytest.mark.parametrize("who", ROLES)
def test_by_a_sheet(who: str, city: City, guangdong: Pack) -> None:
    actor = city.actor(who)
    host = actor.party if who in ("hr", "school") else city.school.pk
    checker = Checker(guangdong, SORTS["records"], actor, DAY, InDatabase())
    taken = {
        kind.id: checker.word.vouches(
            Statement(city.stranger.pk, kind.id, host if kind.other else None, start=DAY)
        )
        for kind in kinds_of(guangdong)
    }
    assert taken == {
        kind.id: bool(vouched_by(kind.id) & ROLES[who]) for kind in kinds_of(guangdong)
    }


@pytest.mark.parametrize("who", PROGRAMMES)
def test_by_a_programme(who: str, city: City, guangdong: Pack) -> None:
    """A school's own course once wrote verified titles, diplomas and sexes."""
    taken = {}
    for kind in kinds_of(guangdong):
        fields = ProgrammeFields(
            sort="course",
            about="organisation" if kind.about == "organisation" else "person",
            name_zh="课",
            name_en="course",
            region=DONGGUAN,
            opens=DAY,
            closes=DAY + dt.timedelta(days=9),
            host=city.school.pk,
            slug=f"{who}-{kind.id}",
            outcome=OutcomeFields(kind.id),
        )
        try:
            save_programme(city.actor(who), fields)
        except Invalid as refused:
            taken[kind.id] = "outcome.kind" not in refused.problems
        else:
            taken[kind.id] = True
    assert taken == {
        kind.id: PROGRAMMES[who] in vouched_by(kind.id) for kind in kinds_of(guangdong)
    }


def test_is_nobodys_for_themselves_and_not_for_what_points_elsewhere(city: City) -> None:
    school, works = city.school.pk, city.works.pk
    word = Word(city.actor("school"))
    assert word.vouches(Statement(city.worker.pk, "study", school))
    assert not word.vouches(Statement(city.worker.pk, "study", works))
    assert not word.vouches(Statement(school, "study", school))
    assert not word.vouches(Statement(city.worker.pk, "study"))


@pytest.mark.parametrize(
    ("changed", "filed"),
    [
        ({}, True),
        ({"level": 3}, False),
        ({"subject": "4-10-01-03"}, False),
        ({"start": dt.date(2024, 12, 31)}, False),
        ({"start": dt.date(2026, 1, 1)}, False),
        ({"start": None}, False),
        ({"level": None}, False),
    ],
)
def test_is_a_bodys_for_what_it_is_filed_for(
    changed: dict[str, object], filed: bool, city: City
) -> None:
    Record.objects.create(
        party=city.school,
        kind="assessment-filing",
        subject=WELDER,
        level=4,
        start=dt.date(2025, 1, 1),
        end=dt.date(2026, 1, 1),
        known=DAY,
        status="verified",
    )
    said = Statement(city.worker.pk, "certificate", city.school.pk, WELDER, 4, DAY)
    assert Word(city.actor("school")).vouches(replace(said, **changed)) == filed  # type: ignore[arg-type]


# --- who is entered anew ------------------------------------------------------------------------


def statuses(party_name: str) -> dict[str, str]:
    return dict(Record.objects.filter(party__name=party_name).values_list("kind", "status"))


@pytest.mark.parametrize(("who", "status"), [("hr", "claimed"), ("city", "verified")])
def test_a_birth_without_a_number_that_says_it_is_whoever_enters_its(
    who: str, status: str, city: City
) -> None:
    """An employer once made a passport's holder as old as a rule wants."""
    actor = city.actor(who)
    add_person(
        actor, name="阮氏", scheme="passport", number="C1234567", born=DAY.replace(year=1990)
    )
    add_person(actor, name="卢工", scheme="ric", number=person_number(77))
    assert statuses("阮氏") == {"birth": status}
    assert statuses("卢工") == {"birth": "verified", "sex": "verified"}


def test_a_sheet_says_no_more_than_the_form(city: City) -> None:
    rows = [
        ["姓名", "证件类型", "证件号码", "出生日期", "职业", "入职日期"],
        ["阮氏", "护照", "C1234567", "1990-03-07", "焊工", "2020-01-01"],
        ["卢工", "身份证", person_number(77), "", "焊工", "2020-01-01"],
    ]
    bring_in(city, "hr", "staff", rows)
    assert statuses("阮氏")["birth"] == "claimed"
    assert statuses("卢工")["birth"] == statuses("卢工")["sex"] == "verified"


def test_a_founding_is_verified_by_officials_alone(city: City) -> None:
    for who, status in (("city", "verified"), ("hr", "claimed")):
        name = f"厂{who}"
        try:
            add_organisation(
                city.actor(who),
                name=name,
                number=organisation_number(len(who)),
                founded=DAY,
                region=CHANGAN,
            )
        except NotAllowed:
            continue
        assert set(statuses(name).values()) == {status}
