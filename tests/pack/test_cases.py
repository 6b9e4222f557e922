"""Cases: their lines are read with every fault named, and each day is held to what it says."""

from __future__ import annotations

import datetime as dt

import pytest

from craftpath.pack.case_lines import read_cases
from craftpath.pack.cases import Case, Fact, Road, by_engine, run_cases, sittings
from craftpath.pack.nouns import Pack
from craftpath.pack.problems import Problem
from tests.laws import reference
from tests.pack.small_pack import FILES, small_pack

RULES = FILES["rules/skill.yaml"].split("cases:\n")[0]
LIN = """
    life:
      - birth 1985-05-01
      - employment 6-18-02-04 2014-03-01.."""


def pack_with(*cases: str) -> Pack:
    return small_pack({"rules/skill.yaml": RULES + "cases:\n" + "".join(cases)})


def case(on: str, life: str = LIN, rule: str = "skill-level.senior", more: str = "") -> str:
    return f"  - it: 一句话 / a sentence\n    rule: {rule}{life}{more}\n    on:\n      {on}\n"


def read(*cases: str) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    pack = pack_with(*cases)
    return read_cases(pack.case_nodes, pack.rules, pack.vocabulary)


def reference_road(rules, vocabulary):
    return lambda lives, as_of, known_on: reference.decide(
        rules, vocabulary, list(lives), as_of, known_on
    )


def failures(*cases: str, road: Road = by_engine) -> list[str]:
    pack = pack_with(*cases)
    found, problems = read_cases(pack.case_nodes, pack.rules, pack.vocabulary)
    assert not problems
    return [str(failure) for failure in run_cases(pack.rules, pack.vocabulary, found, road)]


# --- reading ---------------------------------------------------------------------------------


def test_every_word_of_a_life_becomes_a_column() -> None:
    life = """
    life:
      - birth 1985-05-01
      - certificate 6-18-02-04 level=4 2019-03-01..2024-03-01 other=9 claimed known=2020-01-01
      - grant 2024-05-01 qty=1500 known_until=2024-06-01
    others: {9: [founded 2001-01-01, staff 2020-01-01.. qty=300]}"""
    (found,), problems = read(case("2024-03-01: never", life))
    assert not problems
    assert found.facts == (
        Fact(1, "birth", dt.date(1985, 5, 1)),
        Fact(
            1,
            "certificate",
            dt.date(2019, 3, 1),
            dt.date(2024, 3, 1),
            subject="6-18-02-04",
            level=3,  # its rank
            other=9,
            status="claimed",
            known=dt.date(2020, 1, 1),
        ),
        Fact(1, "grant", dt.date(2024, 5, 1), quantity=1500.0, known_until=dt.date(2024, 6, 1)),
        Fact(9, "founded", dt.date(2001, 1, 1)),
        Fact(9, "staff", dt.date(2020, 1, 1), quantity=300.0),
    )


def test_what_is_expected_of_a_day_is_read_as_far_as_it_goes() -> None:
    days = """2024-03-01 known 2024-01-01: qualifies work-10y 2024-03-01.. amount=none missing=none
      2024-02-29: later 2024-03-01..2030-01-01
      2023-01-01: never missing=work-10y/worked"""
    (found,), problems = read(case(days))
    assert not problems
    stated, later, never = found.on
    assert stated.known_on == dt.date(2024, 1, 1)
    assert (stated.route, stated.from_) == ("work-10y", dt.date(2024, 3, 1))
    assert (stated.until, stated.amount, stated.missing) == ((None,), (None,), ())
    assert later.until == (dt.date(2030, 1, 1),)
    assert (never.known_on, never.until) == (never.as_of, None)


def test_a_code_of_another_edition_is_the_code_used_here() -> None:
    old = LIN.replace("6-18-02-04", "6-30-99-00")
    assert failures(case("2024-03-01: qualifies", old)) == []


@pytest.mark.parametrize(
    ("written", "id", "mend"),
    [
        (case("2024-03-01: qualifies", rule="skill-level.senoir"), "unknown-rule", "skill-level.s"),
        (case("2024-03-01: qualify"), "unknown-word", "qualifies"),
        (case("2024-02-30: never"), "not-a-day", "2024-02-29"),
        (case("2024-03-01: qualifies work-10"), "unknown-route", "work-10y"),
        (case("2024-03-01: never missing=worked"), "unknown-condition", "Known"),
        (case("2024-03-01: never why=x"), "unknown-key", "missing="),
        (case("2024-03-01: qualifies amount=much"), "not-a-number", "amount=1500"),
        (case("2024-03-01: never", LIN + "2010-03-01"), "empty-interval", "START..END"),
        (case("2024-03-01: never", LIN + " level=3"), "no-level", "Leave"),
        (case("2024-03-01: never", LIN + " qty=3"), "no-quantity", "Leave"),
        (case("2024-03-01: never", LIN + " other=boss"), "party-number", "others"),
        (case("2024-03-01: never", LIN + " 6-18-02-03"), "unknown-word", "Keep one"),
        (case("2024-03-01: never", LIN + " sure=1"), "unknown-key", "known_until"),
        (case("2024-03-01: never", LIN + "\n      - grnt 2020-01-01"), "unknown-kind", "`grant`"),
        (case("2024-03-01: never", LIN + "\n      - insured"), "no-day", "first day"),
        (
            case("2024-03-01: never", LIN + "\n      - grant 9-9 2020-01-01"),
            "unknown-code",
            "Look it up",
        ),
        (
            case("2024-03-01: never", LIN + "\n      - certificate level=9 2020-01-01"),
            "unknown-level",
            "0, 5, 4, 3, 2, 1",
        ),
        (case("2024-03-01: never", more="\n    others: {1: []}"), "party-number", "from 2"),
        (case("2024-03-01: never", more="\n    focus: welding"), "unknown-code", "Look it up"),
        (
            case("2024-03-01: never", LIN + "\n      - employment 6-31-01-03 2020-01-01.."),
            "which-focus",
            "Add `focus:`",
        ),
        (
            case("2024-03-01: never", LIN.replace("birth", "founded")),
            "no-first-record",
            "birth 1985-05-01",
        ),
    ],
)
def test_a_fault_is_named_with_its_line_and_its_mend(written: str, id: str, mend: str) -> None:
    cases, problems = read(written)
    assert cases == ()
    assert [p.id for p in problems] == [id]
    assert mend in problems[0].mend
    assert problems[0].file == "rules/skill.yaml"
    assert problems[0].line > RULES.count("\n")


def test_all_faults_of_a_case_are_named_at_once() -> None:
    _, problems = read(case("2024-03-01: qualify", LIN + " level=3 qty=2"))
    assert {p.id for p in problems} == {"unknown-word", "no-level", "no-quantity"}


# --- running ---------------------------------------------------------------------------------


@pytest.mark.parametrize("road", [by_engine, reference_road], ids=["engine", "reference"])
def test_a_case_that_holds_is_silent_and_one_that_does_not_is_told(road: Road) -> None:
    right = case("2024-03-01: qualifies work-10y 2024-03-01.. amount=none missing=none")
    wrong = case("2024-02-29: qualifies work-10y")
    (said,) = failures(right, wrong, road=road)
    assert "skill-level.senior 6-18-02-04: 一句话 / a sentence" in said
    assert "2024-02-29: expected qualifies work-10y" in said
    assert "but got  later work-10y 2024-03-01.. missing=work-10y/worked" in said
    line = (RULES + "cases:\n" + right + wrong).count("\n")
    assert said.startswith(f"rules/skill.yaml:{line} – ")


@pytest.mark.parametrize(
    "stated",
    [
        "later",
        "qualifies level4-then-4y",
        "qualifies 2024-02-29",
        "qualifies 2024-03-01..2030-01-01",
        "qualifies amount=1",
        "qualifies missing=work-10y/worked",
    ],
)
def test_whatever_is_stated_is_compared(stated: str) -> None:
    assert len(failures(case(f"2024-03-01: {stated}"))) == 1


def test_nobody_is_decided_before_the_birth_is_known() -> None:
    unborn = LIN.replace("birth 1985-05-01", "birth 1985-05-01 known=2025-01-01")
    (said,) = failures(case("2024-03-01: never", unborn))
    assert "no decision" in said


def test_lives_are_kept_apart_and_asked_together() -> None:
    """Two lives on one day: one sitting, parties of their own, each with its own employer 9."""
    life = """
    life:
      - birth 1985-05-01
      - employment 6-18-02-04 2014-03-01.. other=9
    others: {9: [founded 2001-01-01]}"""
    cases, _ = read(case("2024-03-01: qualifies", life), case("2024-03-01: qualifies", life))
    (sitting,) = sittings(cases)["skill-level.senior"]
    assert [f.party for f in sitting.lives] == [1, 1, 2, 3, 3, 4]
    assert [f.other for f in sitting.lives if f.kind == "employment"] == [2, 4]
    assert [q.party for q in sitting.questions] == [1, 3]
