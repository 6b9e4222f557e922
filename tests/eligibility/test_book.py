"""The rule book has every rule, version, route, condition, source and case; and what changed."""

from __future__ import annotations

import datetime as dt

import pytest

from craftpath.eligibility import BookVersion, Fact, compare, rule_book, say_fact
from craftpath.engine.rules import Label
from craftpath.pack.load import build_pack
from craftpath.pack.nouns import Pack
from tests import cast
from tests.pack.small_pack import small_files


def test_it_has_every_rule_once_under_a_named_chapter(guangdong: Pack):
    book = rule_book(guangdong)

    assert sorted(rule.id for rule in book.rules()) == sorted(r.id for r in guangdong.rules)
    assert [chapter.id for chapter in book.chapters] == list(guangdong.chapters)
    assert all(chapter.label.zh and chapter.label.en for chapter in book.chapters)


def test_it_has_every_version_route_and_condition(guangdong: Pack):
    book = rule_book(guangdong)

    for rule in guangdong.rules:
        told = book.rule(rule.id)
        assert told is not None
        assert [(v.start, v.end) for v in told.versions] == [
            (v.in_force.start, v.in_force.end) for v in rule.versions
        ]
        for version, said in zip(rule.versions, told.versions, strict=True):
            assert [c.id for c in said.conditions] == [c.id for c in version.conditions]
            assert [r.id for r in said.routes] == [r.id for r in version.routes]
            for route, its in zip(version.routes, said.routes, strict=True):
                assert [c.id for c in its.conditions] == [c.id for c in route.conditions]
                assert (its.amount is None) == (route.amount is None)


def test_everything_is_said_in_both_languages(guangdong: Pack):
    for rule in rule_book(guangdong).rules():
        for version in rule.versions:
            conditions = [*version.conditions, *(c for r in version.routes for c in r.conditions)]
            labels = [rule.label, version.days, *(c.sentence for c in conditions)]
            labels += [label for r in version.routes for label in (r.label, r.amount) if label]
            assert all(label.zh and label.en for label in labels), rule.id


def test_it_has_every_source_with_how_sure_it_is(guangdong: Pack):
    book = rule_book(guangdong)

    assert {source.id for source in book.sources} == set(guangdong.sources)
    assert all(source.how_sure.zh and source.how_sure.en for source in book.sources)
    for rule in book.rules():
        cited = {version.source.id for version in rule.versions}
        assert cited <= {source.id for source in rule.sources}


def test_it_has_every_case_with_what_is_expected(guangdong: Pack):
    cases = [case for rule in rule_book(guangdong).rules() for case in rule.cases]

    assert len(cases) == len(guangdong.case_nodes)
    assert all(case.days and case.life for case in cases)
    first = rule_book(guangdong).rule("skill-level.senior")
    assert first is not None
    assert first.cases[0].days[1].sentence == Label(
        "2018年3月7日：符合，自2018年3月7日起", "7 March 2018: qualifies from 7 March 2018"
    )


def test_what_waits_for_a_text_says_why(guangdong: Pack):
    book = rule_book(guangdong)
    pending, settled = book.rule("card.chang-an"), book.rule("skill-level.junior")

    assert pending is not None and settled is not None
    assert pending.pending
    assert all(why.zh and why.en for version in pending.versions for why in version.pending)
    assert not settled.pending


def test_a_file_without_a_chapter_is_one_by_its_own_name():
    pack, problems = build_pack(small_files())
    assert pack is not None, problems

    book = rule_book(pack)

    assert {chapter.label.zh for chapter in book.chapters} == {c.id for c in book.chapters}
    assert [rule.id for rule in book.rules()] == [rule.id for rule in pack.rules]


# --- versions side by side ------------------------------------------------------------------


def changes(pack: Pack, rule: str, which: int = 0) -> set[tuple[str, str, str | None]]:
    told = rule_book(pack).rule(rule)
    assert told is not None
    return {(c.what, c.how, c.id) for c in compare(told)[which].changes}


def test_a_text_with_other_routes_shows_which_are_new_and_gone(guangdong: Pack):
    assert changes(guangdong, "skill-level.senior-technician") == {
        ("route", "gone", "level2-then-4y"),
        ("route", "new", "level2-then-5y"),
        ("route", "new", "intermediate-title-then-5y"),
        ("route", "new", "senior-title-then-1y"),
    }


def test_a_text_with_the_same_routes_shows_which_conditions_and_amounts_changed(guangdong: Pack):
    assert changes(guangdong, "subsidy.unemployment-fund") == {
        ("condition", "changed", "times"),
        ("condition", "new", "post-match"),
        ("amount", "changed", "level-5"),
        ("amount", "changed", "level-4"),
        ("amount", "changed", "level-3"),
    }


@pytest.mark.parametrize("rule", ["skill-level.senior", "card.chang-an"])
def test_every_change_has_words_on_the_side_where_it_stands(rule: str, guangdong: Pack):
    told = rule_book(guangdong).rule(rule)
    assert told is not None
    for pair in compare(told):
        assert isinstance(pair.before, BookVersion)
        for change in pair.changes:
            assert (change.before is None) == (change.how == "new")
            assert (change.after is None) == (change.how == "gone")


def test_a_rule_with_one_text_has_nothing_to_compare(guangdong: Pack):
    told = rule_book(guangdong).rule("household.dongguan")

    assert told is not None
    assert compare(told) == ()


# --- a record in words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "zh", "en"),
    [
        (Fact(1, "birth", dt.date(1990, 5, 1)), "出生：1990年5月1日", "birth: 1 May 1990"),
        (
            Fact(1, "certificate", dt.date(2020, 6, 15), subject=cast.WELDER, level=3),
            "职业技能等级证书（含职业资格证书）：焊工，四级/中级工，2020年6月15日起",
            ("skill-level certificate (incl. vocational qualification): Welder, "
             "level 4 (intermediate worker), from 15 June 2020"),
        ),
        (
            Fact(1, "wage-tax", dt.date(2024, 1, 1), dt.date(2025, 1, 1), quantity=21000.0,
                 status="claimed"),
            "工资薪金个人所得税：2.1万元，2024年1月1日至12月31日，自述",
            ("individual income tax on wages: 21,000 yuan, 1 January 2024 to 31 December 2024, "
             "claimed"),
        ),
        (Fact(1, "nothing-such", dt.date(2024, 1, 1), subject="x", level=9),
         "nothing-such：x，9，2024年1月1日起", "nothing-such: x, 9, from 1 January 2024"),
    ],
)  # fmt: skip
def test_a_record_is_said_as_a_line(fact: Fact, zh: str, en: str, guangdong: Pack):
    assert say_fact(guangdong, fact) == Label(zh, en)
