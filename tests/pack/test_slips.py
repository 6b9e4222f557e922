"""It refuses what a slip could write and would be decided by: signs, bounds, parents, ids."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from craftpath.pack.check import check_files
from craftpath.pack.load import find_pack, read_files, read_pack
from craftpath.pack.slips import find_slips
from tests.pack.small_pack import FILES, rule_file, small_files, with_rules

Files = dict[str, bytes]


def said(files: Files) -> list[str]:
    return [str(problem) for problem in check_files(files) if problem.id != "unused"]


def changed(file: str, old: str, new: str) -> Files:
    assert old in FILES[file]
    return small_files({file: FILES[file].replace(old, new, 1)})


def amount(text: str) -> Files:
    """A rule that pays this, on line 12."""
    return with_rules(rule_file("{certificate: any}") + f"            amount: {text}\n")


AMOUNTS = [
    ("{value: -100 yuan}", "the value is `-100 yuan`, less than 0 yuan"),
    ("{value: 100 yuan, cap: -100 yuan}", "the cap is `-100 yuan`, less than 0 yuan"),
    ("{value: 100 yuan, cap: 99 yuan}", "the cap of 99 is below the value 100"),
    (
        "{cases: [{when: {certificate: any}, value: 100 yuan}, {value: 40 yuan}], cap: 50 yuan}",
        "the cap of 50 is below the value 100",
    ),
    (
        "{value: 100 yuan, add: [{percent: -130, when: {certificate: any}}]}",
        "`percent` is -130. Write a number above 0",
    ),
    (
        "{value: 100 yuan, add: [{percent: 0, when: {certificate: any}}]}",
        "`percent` is 0. Write a number above 0",
    ),
    ("{value: 0.1 万元}", "nothing in the pack counts `万元`. Did you mean `1000 yuan`?"),
    ("{value: 1500元}", "nothing in the pack counts `元`. Did you mean `1500 yuan`?"),
    ("{value: 100 yuan, cap: 0.05 万元}", "the cap is in `万元`, but this counts yuan. Write `50"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), AMOUNTS, ids=[row[0] for row in AMOUNTS])
def test_refuses_an_amount(text: str, told: str) -> None:
    assert [line.partition(" – ")[2].startswith(told) for line in said(amount(text))] == [True]


@pytest.mark.parametrize("text", ["{value: 0 yuan}", "{value: 100 yuan, cap: 100 yuan}"])
def test_takes_an_amount_at_its_bound(text: str) -> None:
    assert said(amount(text)) == []


@pytest.mark.parametrize(
    "condition",
    [
        "{count: {grant: any}, in: 0 months, at_least: 1}",
        "{certificate: any, within: 0 days}",
        "{certificate: {term_at_least: 0 years}}",
        "{certificate: any, for: 0 days}",
    ],
)
def test_refuses_no_time_at_all(condition: str) -> None:
    (line,) = said(with_rules(rule_file(condition)))
    assert line.startswith("rules/skill.yaml:11 – ") and "no time at all" in line


TABLES: list[tuple[str, Callable[[], Files], str]] = [
    (
        "a negative value of a table",
        lambda: changed("amounts.yaml", "value: 2000 yuan", "value: -2000 yuan"),
        "amounts.yaml:5 – the value is `-2000 yuan`, less than 0 yuan",
    ),
    (
        "a parent that is no code",
        lambda: changed("codes/occupation.csv", "焊工,welder,6-18-02,", "焊工,welder,6-18-20,"),
        "codes/occupation.csv:3 – the parent `6-18-20` of `6-18-02-04` is no code of the list",
    ),
    (
        "parents that go round",
        lambda: changed(
            "codes/occupation.csv",
            "6-18-02,机械冷加工,metal working,,",
            "6-18-02,机械冷加工,metal working,6-18-02-04,",
        ),
        "codes/occupation.csv:3 – going up from `6-18-02-04` comes back to it, by `6-18-02`",
    ),
    (
        "a row that is too short",
        lambda: changed("codes/occupation.csv", "welder,6-18-02,2022", "welder"),
        "codes/occupation.csv:3 – the row has 3 fields for 5 columns",
    ),
    (
        "a blank in an id of a table",
        lambda: changed("sets.yaml", "short-trades:", "short trades:"),
        "sets.yaml:2 – an id of `sets` is `short trades`. Write an id of letters, digits",
    ),
    (
        "a slash in a rule's id",
        lambda: changed("rules/skill.yaml", "rule: grant.senior", "rule: grant/senior"),
        "rules/skill.yaml:",
    ),
    (
        "the condition of another route",
        lambda: with_rules(rule_file("{id: other/first, certificate: any}")),
        "rules/skill.yaml:11 – a condition's id is `other/first`",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "told"), [row[1:] for row in TABLES], ids=[r[0] for r in TABLES])
def test_refuses(files: Callable[[], Files], told: str) -> None:
    assert any(line.startswith(told) for line in said(files())), said(files())


@pytest.mark.parametrize(("about", "verb"), [("person", "employment"), ("organisation", "filed")])
def test_refuses_to_ask_a_person_behind_another_party(about: str, verb: str) -> None:
    """Only organisations are read before others: it could never be told."""
    kinds = FILES["kinds.yaml"] + (
        "  filed:\n    label: {zh: 备案, en: filing}\n    about: organisation\n    other: office\n"
        "    open: false\n    why: {zh: 登记, en: a register}\n"
        "roles: {office: {zh: 受理单位, en: office}}\n"
    )
    other = "employer" if verb == "employment" else "office"
    rule = rule_file(f"{{{verb}: {{{other}: {{certificate: any}}}}}}", about=about)
    files = small_files({"kinds.yaml": kinds, "rules/skill.yaml": rule})
    (line,) = [one for one in said(files) if one.startswith("rules/skill.yaml:11")]
    assert "`certificate` is a fact about a person" in line


BY_DAY = """\
rules:
  - rule: one
    about: person
    label: {zh: 一, en: one}
    version_day: certificate
    versions:
      - from: 2023-07-01
        until: 2025-01-01
        source: town-2023-1
        any:
          - id: way
            all: [{certificate: any}]
          - id: bare
            all: [{grant: any}]
      - from: 2025-01-01
        source: town-2023-1
        any:
          - id: way
            all: [{certificate: any}]
"""


def test_refuses_a_route_that_the_day_of_its_version_does_not_bind() -> None:
    (line,) = said(with_rules(BY_DAY))
    assert line.startswith("rules/skill.yaml:13 – the version goes by the day of `certificate`")


def test_takes_it_where_there_is_one_version_and_no_end() -> None:
    last = BY_DAY.replace("        until: 2025-01-01\n", "").partition("      - from: 2025")[0]
    assert said(with_rules(last)) == []


def test_lets_a_condition_be_called_after_its_route() -> None:
    assert said(with_rules(rule_file("{id: way/first, certificate: any}"))) == []


def test_says_of_a_rule_that_cannot_be_read_the_cause_alone() -> None:
    """The ladder names the rule; that it is not there is no fault of the ladder."""
    files = dict(read_files(find_pack("guangdong")))
    name = "rules/skill-level.yaml"
    assert b"at_least: 10 years" in files[name]
    files[name] = files[name].replace(b"at_least: 10 years", b"at_least: 10 yaers", 1)
    problems = check_files(files)
    assert [problem.file for problem in problems] == [name]


def test_says_of_a_file_that_cannot_be_read_the_cause_alone() -> None:
    files = dict(read_files(find_pack("guangdong")))
    files["rules/skill-level.yaml"] = b"rules: [\n"
    assert {problem.file for problem in check_files(files)} == {"rules/skill-level.yaml"}


@pytest.mark.parametrize(
    ("until", "last", "told"),
    [
        ("2025-12-31", "2025-12-30", True),
        ("2025-02-28", "2025-02-27", True),
        ("2024-02-28", "2024-02-27", False),
        ("2026-01-01", "2025-12-31", False),
    ],
)
def test_tells_of_an_end_that_may_be_a_day_early(until: str, last: str, told: bool) -> None:
    rules = FILES["rules/skill.yaml"].replace("until: 2026-01-01", f"until: {until}", 1)
    files = small_files({"rules/skill.yaml": rules.replace("from: 2025-01-01", "from: 2024-01-01")})
    pack = read_pack(files).pack
    assert pack is not None
    slips = [str(slip) for slip in find_slips(pack)]
    assert [f"the last one is {last}" in slip for slip in slips] == [True] * told
