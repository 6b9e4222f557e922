"""Mutants: every number, day and comparison moves by one, and what no case notices is named."""

from __future__ import annotations

import pytest

from craftpath.pack.case_lines import read_cases
from craftpath.pack.mutants import Report, find_survivors, mutants
from tests.pack.small_pack import FILES, rule_file, small_pack

YEAR_OF_WORK = rule_file("{worked: {occupation: focus}, at_least: 1 year}")
CASE = """
cases:
  - it: 满一年当天可申报，前一天不行 / a year to the day
    rule: one
    life:
      - birth 1985-05-01
      - employment 6-18-02-04 2024-03-01..
    on:
      2025-02-28: later 2025-03-01
      2025-03-01: qualifies
"""
FIRST_DAY_OF_THE_TEXT = """
  - it: 办法施行当天起 / from the day the text is in force
    rule: one
    life:
      - birth 1985-05-01
      - employment 6-18-02-04 2014-03-01..
    on:
      2023-06-30: later 2023-07-01
"""


def report(rules: str) -> Report:
    pack = small_pack({"rules/skill.yaml": rules})
    cases, problems = read_cases(pack.case_nodes, pack.rules, pack.vocabulary)
    assert not problems
    return find_survivors(pack.rules, pack.vocabulary, cases, pack.places)


def changes(condition: str, about: str = "[person, occupation]") -> set[str]:
    """What moves in one condition; the day of the text's coming into force is left out."""
    pack = small_pack({"rules/skill.yaml": rule_file(condition, about=about)})
    found = [str(m) for m in mutants(pack.rules[0], pack.vocabulary)]
    return {m.split(" / ", 4)[-1] for m in found if "in force" not in m}


def test_mutants_that_cases_notice_are_not_named() -> None:
    found = report(YEAR_OF_WORK + CASE + FIRST_DAY_OF_THE_TEXT)
    assert (found.total, found.survivors) == (5, ())
    assert "5 处改动，5 处有案例察觉" in str(found)


def test_a_day_that_no_case_tries_is_named_with_its_place() -> None:
    found = report(YEAR_OF_WORK + CASE)
    assert [str(m) for m, _ in found.survivors] == [
        "one / 2023-07-01 / in force 2023-07-01 → 2023-06-30",
        "one / 2023-07-01 / in force 2023-07-01 → 2023-07-02",
    ]
    assert str(found).startswith("rules/skill.yaml:6 – one / 2023-07-01 / in force")
    assert found.killed == 3


def test_without_cases_every_mutant_lives() -> None:
    found = report(YEAR_OF_WORK)
    assert (found.total, found.killed) == (5, 0)


def test_progress_is_told_of_every_mutant() -> None:
    pack = small_pack({"rules/skill.yaml": YEAR_OF_WORK})
    told: list[tuple[int, int]] = []
    find_survivors(
        pack.rules, pack.vocabulary, (), progress=lambda done, total: told.append((done, total))
    )
    assert told == [(n, 5) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("condition", "moved"),
    [
        (
            "{age: {at_least: 16 years, under: 35 years}}",
            {
                "at_least 16 years → 15 years",
                "at_least 16 years → 17 years",
                "at_least 16 years → more than 16 years",
                "under 35 years → 34 years",
                "under 35 years → 36 years",
                "under 35 years → at_most 35 years",
            },
        ),
        (
            "{worked: {occupation: focus}, at_least: 12 months}",
            {
                "at_least 1 year → 11 months",
                "at_least 1 year → 1 year 1 month",
                "at_least 1 year → more than 1 year",
            },
        ),
        (
            "{insured: {}, within: 60 days}",
            {
                "within 60 days → 59 days",
                "within 60 days → 61 days",
            },
        ),
        (
            "{certificate: {level: 3}}",
            {
                "level 3 → level 4",
                "level 3 → level 2",
                "level 3 → level_at_least 3",
                "level 3 → level_at_most 3",
            },
        ),
        (
            "{certificate: {level: 1}}",  # the highest here: nothing above it
            {"level 1 → level 2", "level 1 → level_at_most 1"},
        ),
        (
            "{certificate: {level_at_least: 3}}",
            {
                "level_at_least 3 → level_at_least 4",
                "level_at_least 3 → level_at_least 2",
                "level_at_least 3 → level 3",
            },
        ),
        (
            "{count: {grant: {}}, in: 3 calendar years, at_most: 2}",
            {
                "count at_most 2 → 1",
                "count at_most 2 → 3",
                "in / 3 → 2 calendar years",
                "in / 3 → 4 calendar years",
            },
        ),
        (
            "{sum: {wage-tax: {}}, in: 12 months, at_least: 200000 yuan}",
            {
                "sum at_least 200000 → 199999",
                "sum at_least 200000 → 200001",
                "in / length 1 year → 11 months",
                "in / length 1 year → 1 year 1 month",
            },
        ),
        (
            "{employment: {employer: {staff: {quantity_at_least: 300 people}}}}",
            {
                "other / staff / quantity_at_least 300 → 299",
                "other / staff / quantity_at_least 300 → 301",
            },
        ),
        (
            "{certificate: {started: {from: 2024-01-01}}}",
            {"started 2024-01-01 → 2023-12-31", "started 2024-01-01 → 2024-01-02"},
        ),
        (
            "{calendar: {from: 2023-07-01, until: 2023-09-01}}",
            {  # a day earlier than the text itself would make no difference
                "2023-07-01 → 2023-07-02",
                "2023-09-01 → 2023-08-31",
                "2023-09-01 → 2023-09-02",
            },
        ),
        ("{none: {insured: {}}}", set()),
    ],
)
def test_what_moves_in_a_condition(condition: str, moved: set[str]) -> None:
    found = changes(condition)
    # The last words of each: the way to it depends on the condition's id.
    assert {next((m for m in moved if f.endswith(m)), f) for f in found} == moved
    assert len(found) == len(moved)


def amount_changes(amount: str, until: str = "2026-01-01") -> set[str]:
    rules = rule_file("{insured: {}}").replace(
        "        source: town-2023-1\n", f"        until: {until}\n        source: town-2023-1\n"
    )
    pack = small_pack({"rules/skill.yaml": rules + f"            amount: {amount}\n"})
    found = [str(m) for m in mutants(pack.rules[0], pack.vocabulary)]
    return {m.split(" / amount / ")[1] for m in found if " / amount / " in m}


def test_money_moves_by_one_each_way() -> None:
    assert amount_changes(
        "{value: 1500 yuan, source: town-2025-7, cap: 1800 yuan, "
        "add: [{percent: 30, when: {focus: {in: {set: short-trades}}}, source: town-2025-7}]}"
    ) == {
        "1500 → 1499 yuan",
        "1500 → 1501 yuan",
        "cap 1800 → 1799",
        "cap 1800 → 1801",
    }  # 29 or 31 percent on top come to the cap all the same


def test_a_cap_that_is_never_reached_does_not_move() -> None:
    found = amount_changes("{value: 1500 yuan, source: town-2025-7, cap: 1800 yuan}")
    assert found == {"1500 → 1499 yuan", "1500 → 1501 yuan"}


def test_where_two_values_meet_their_day_moves_for_both() -> None:
    """The first value begins before the text and the last ends with it: no move outward."""
    assert amount_changes("{table: skill-grant, level: 3}") == {
        "2025-01-01 → 2024-12-31",
        "2025-01-01 → 2025-01-02",
        "2026-01-01 → 2025-12-31",
        "2000 → 1999 yuan",
        "2000 → 2001 yuan",
        "2200 → 2199 yuan",
        "2200 → 2201 yuan",
    }


def test_a_value_from_after_the_text_has_gone_does_not_move() -> None:
    found = amount_changes("{table: skill-grant, level: 3}", until="2025-01-01")
    assert found == {"2025-01-01 → 2024-12-31", "2000 → 1999 yuan", "2000 → 2001 yuan"}


def test_texts_that_follow_each_other_move_together() -> None:
    rules = YEAR_OF_WORK.replace(
        "      - from: 2023-07-01\n",
        "      - from: 2020-01-01\n        until: 2023-07-01\n        source: town-2023-1\n"
        "        any: [{id: way, all: [{insured: {}}]}]\n      - from: 2023-07-01\n",
    )
    pack = small_pack({"rules/skill.yaml": rules})
    moved = [m for m in mutants(pack.rules[0], pack.vocabulary) if "2023-07-01 →" in m.change]
    assert [m.change for m in moved] == [
        "in force 2023-07-01 → 2023-06-30",
        "in force 2023-07-01 → 2023-07-02",
    ]
    for mutant in moved:
        before, after = mutant.rule.versions
        assert before.in_force.end == after.in_force.start


def test_no_mutant_comes_twice_and_none_is_the_rule_itself() -> None:
    pack = small_pack({"rules/skill.yaml": FILES["rules/skill.yaml"]})
    for rule in pack.rules:
        found = [m.rule for m in mutants(rule, pack.vocabulary)]
        assert len(found) == len(set(found))
        assert rule not in found
