"""`check_files` finds every kind of problem, at its line, and says how to mend it.

Each row finishes the sentence "it reports …": one change to the small pack, which has no problem
otherwise, and the beginning of what must be said.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from craftpath.pack.check import check_files, check_pack
from craftpath.pack.problems import Problem
from tests.pack.small_pack import FILES, rule_file, small_files, with_rules


def problems_of(files: dict[str, bytes], *, with_unused: bool = False) -> list[Problem]:
    return [p for p in check_files(files) if with_unused or p.id != "unused"]


def test_the_small_pack_has_no_problem():
    assert problems_of(small_files(), with_unused=True) == []


@dataclass(frozen=True)
class Slip:
    """A changed file (`old` → `new` in `file`), and the message that must begin with `said`."""

    it: str
    file: str
    old: str
    new: str
    said: str


def slip_id(slip: Slip) -> str:
    return slip.it


# --- in the tables --------------------------------------------------------------------------

TABLES = [
    Slip(
        "an unknown key of the pack",
        "pack.yaml", "version:", "verzion:",
        "pack.yaml:2 – the pack has no key `verzion`. Did you mean `version`?",
    ),
    Slip(
        "a missing key of the pack",
        "pack.yaml", "version: 2026.11.1\n", "",
        "pack.yaml:1 – the pack has no `version`. Add `version: 2026.11.1`.",
    ),
    Slip(
        "a calendar convention that nobody knows",
        "pack.yaml", "months: clamp", "months: roll",
        "pack.yaml:7 – `months` is `roll`. Write one of: clamp.",
    ),
    Slip(
        "a kind of work that is no kind",
        "pack.yaml", "work: employment", "work: employmint",
        "pack.yaml:4 – `work` is `employmint`. Did you mean `employment`?",
    ),
    Slip(
        "a name for a list that is not there",
        "pack.yaml", "  occupation: {zh", "  trade: {zh: 工种, en: trade}\n  occupation: {zh",
        "pack.yaml – there is no code list `trade`. Add codes/trade.csv",
    ),
    Slip(
        "a label in one language",
        "kinds.yaml", "label: {zh: 出生, en: birth}", "label: {zh: 出生}",
        "kinds.yaml:3 – a kind's label has no `en`. Add the text as `en: …`.",
    ),
    Slip(
        "a label that is a bare word",
        "kinds.yaml", "label: {zh: 出生, en: birth}", "label: 出生",
        "kinds.yaml:3 – a kind's label is in one language only. Write {zh: 出生, en: …}.",
    ),
    Slip(
        "a kind that does not say whether absence means no",
        "kinds.yaml",
        "about: person\n    open: false\n    why: {zh: 每个人",
        "about: person\n    why: {zh: 每个人",
        "kinds.yaml:2 – the kind `birth` has no `open`.",
    ),
    Slip(
        "YAML's own idea of no",
        "kinds.yaml",
        "open: false\n    why: {zh: 每个人都有", "open: no\n    why: {zh: 每个人都有",
        "kinds.yaml:5 – `open` is the word `no`. Write `true` or `false`.",
    ),
    Slip(
        "a kind about nobody",
        "kinds.yaml", "about: organisation\n    open: false\n    why: {zh: 每个单位",
        "about: organization\n    open: false\n    why: {zh: 每个单位",
        "kinds.yaml:9 – `about` is `organization`. Did you mean `organisation`?",
    ),
    Slip(
        "a kind with an unknown code list",
        "kinds.yaml", "codes: region", "codes: regions",
        "kinds.yaml:56 – the code list `regions` is not in the pack. Did you mean `region`?",
    ),
    Slip(
        "a kind with an unknown scale",
        "kinds.yaml", "scale: skill\n    other: issuer", "scale: skil\n    other: issuer",
        "kinds.yaml:23 – the scale `skil` is not in the pack. Did you mean `skill`?",
    ),
    Slip(
        "a kind called like a verb",
        "kinds.yaml", "  residence:", "  count:",
        "kinds.yaml:53 – `count` is a word of the rule language. Give the kind another id.",
    ),
    Slip(
        "a role that nothing names",
        "kinds.yaml", "other: issuer", "other: certifier",
        "kinds.yaml:19 – nothing says what the other party `certifier` is called. Add `roles:",
    ),
    Slip(
        "a unit that nothing names",
        "kinds.yaml", "unit: people", "unit: heads",
        "kinds.yaml:64 – nothing says what the unit `heads` is called. Add `units:",
    ),
    Slip(
        "a scale that does not rise",
        "scales.yaml", "{rank: 3,", "{rank: 2,",
        "scales.yaml:5 – the rank 2 does not rise above 2.",
    ),
    Slip(
        "two steps of one code",
        "scales.yaml", 'code: "4"', 'code: "5"',
        "scales.yaml:5 – the step `5` is given twice.",
    ),
    Slip(
        "a source without a number",
        "sources.yaml", "    number: 小城发〔2023〕1号\n", "",
        "sources.yaml:8 – the source `town-2023-1` has no `number`. Add the document number, or "
        "`number: null`",
    ),
    Slip(
        "a certainty that is no mark",
        "sources.yaml", "certainty: B", "certainty: D",
        "sources.yaml:13 – the certainty is `D`. Write one of: A, B, C, RECALL.",
    ),
    Slip(
        "a set with an unknown code",
        "sets.yaml", "6-18-02-04,", "6-18-02-40,",
        "sets.yaml:6 – the list `occupation` has no code `6-18-02-40`. Did you mean `6-18-02-04` "
        "(焊工)?",
    ),
    Slip(
        "a set with a code twice",
        "sets.yaml", "6-31-01-03]", "6-18-02-04]",
        "sets.yaml:6 – the code `6-18-02-04` is listed twice.",
    ),
    Slip(
        "an empty set",
        "sets.yaml", "[6-18-02-04, 6-31-01-03]", "[]",
        "sets.yaml:6 – the set `short-trades` has no codes.",
    ),
    Slip(
        "a set without a source",
        "sets.yaml", "    source: town-2025-7\n", "",
        "sets.yaml:2 – the set `short-trades` has no `source`.",
    ),
    Slip(
        "an amount without a source",
        "amounts.yaml", ", until: 2025-01-01, source: town-2025-7}", ", until: 2025-01-01}",
        "amounts.yaml:5 – a value of `skill-grant` has no `source`.",
    ),
    Slip(
        "an amount in another unit",
        "amounts.yaml", "2000 yuan", "2000 yaun",
        "amounts.yaml:5 – the value is in `yaun`, but this counts yuan. Write `2000 yuan`",
    ),
    Slip(
        "amounts that hold on the same days",
        "amounts.yaml", "until: 2025-01-01", "until: 2025-01-02",
        "amounts.yaml:1 – two values of `skill-grant` for level 3 hold on the same days",
    ),
    Slip(
        "an amount for a level that no scale has",
        "amounts.yaml", "{level: 3, value: 2000", "{level: 9, value: 2000",
        "amounts.yaml:5 – no scale of the pack has a level `9`.",
    ),
    Slip(
        "an amount table that leaves days of the version bare",
        "amounts.yaml", "from: 2025-01-01", "from: 2025-02-01",
        "rules/skill.yaml:22 – the amount has no value on 2025-01-01",
    ),
    Slip(
        "a code listed twice",
        "codes/occupation.csv", "6-31-01-03,电工", "6-18-02-04,电工",
        "codes/occupation.csv:4 – the code `6-18-02-04` is listed twice.",
    ),
    Slip(
        "a code list without a header",
        "codes/region.csv", "code,name_zh", "kode,name_zh",
        "codes/region.csv:1 – the header has no column `code`.",
    ),
    Slip(
        "a row with too many fields",
        "codes/region.csv", "440100,广州市,Guangzhou,", "440100,广州市,Guangzhou, Canton,",
        "codes/region.csv:4 – the row has 6 fields for 5 columns.",
    ),
    Slip(
        "an alias of no code",
        "codes/occupation.aliases.csv", "6-31-07-03", "6-31-07-99",
        "codes/occupation.aliases.csv:2 – the list has no code `6-31-07-99`.",
    ),
    Slip(
        "an alias that is a code itself",
        "codes/occupation.aliases.csv", "6-30-99-00", "6-18-02-04",
        "codes/occupation.aliases.csv:2 – the alias `6-18-02-04` is a code of the list itself.",
    ),
    Slip(
        "a relation to an unknown code",
        "relations/occupation-major.csv", "660108", "660109",
        "relations/occupation-major.csv:2 – the list has no code `660109`.",
    ),
    Slip(
        "a relation without a default",
        "relations/defaults.yaml", "occupation-major: {default: none}\n", "",
        "relations/defaults.yaml – `occupation-major` has no default for codes that it does not",
    ),
    Slip(
        "a default that nobody knows",
        "relations/defaults.yaml", "same-parent", "same-parents",
        "relations/defaults.yaml:1 – the default is `same-parents`. Did you mean `same-parent`?",
    ),
    Slip(
        "a relation between no lists",
        "relations/defaults.yaml", "occupation-major:", "occupation-majors:",
        "relations/defaults.yaml:2 – `occupation-majors` does not join two code lists.",
    ),
]  # fmt: skip


@pytest.mark.parametrize("slip", TABLES, ids=slip_id)
def test_it_reports(slip):
    assert_said(slip)


def assert_said(slip: Slip) -> None:
    text = FILES[slip.file]
    assert text.count(slip.old) >= 1, f"{slip.old!r} is not in {slip.file}"
    changed = text.replace(slip.old, slip.new, 1)
    said = [str(p) for p in problems_of(small_files({slip.file: changed}))]
    assert any(line.startswith(slip.said) for line in said), "\n".join(said) or "nothing was said"


# --- in the rules ---------------------------------------------------------------------------

RULES = [
    Slip(
        "an unknown key of a rule",
        "rules/skill.yaml", "    about: [person, occupation]", "    abuot: [person, occupation]",
        "rules/skill.yaml:3 – a rule has no key `abuot`. Did you mean `about`?",
    ),
    Slip(
        "a rule about nobody",
        "rules/skill.yaml", "about: [person, occupation]", "about: [persn, occupation]",
        "rules/skill.yaml:3 – `about` is `persn`. Did you mean `person`?",
    ),
    Slip(
        "a focus that is no list",
        "rules/skill.yaml", "about: [person, occupation]", "about: [person, ocupation]",
        "rules/skill.yaml:3 – the list in `about` is `ocupation`. Did you mean `occupation`?",
    ),
    Slip(
        "a version without a source",
        "rules/skill.yaml", "        source: town-2023-1\n", "",
        "rules/skill.yaml:6 – a version has no `source`. Name a key of sources.yaml",
    ),
    Slip(
        "a source that does not exist",
        "rules/skill.yaml", "source: town-2023-1", "source: town-2032-1",
        "rules/skill.yaml:7 – sources.yaml has no source `town-2032-1`. Did you mean",
    ),
    Slip(
        "a version without a first day",
        "rules/skill.yaml", "- from: 2023-07-01\n        source", "- source",
        "rules/skill.yaml:6 – the version has no `from`. Add `from: DAY`, its first day in force.",
    ),
    Slip(
        "a version that ends before it begins",
        "rules/skill.yaml", "until: 2026-01-01", "until: 2024-01-01",
        "rules/skill.yaml:23 – the version begins on 2025-01-01 and is over on 2024-01-01",
    ),
    Slip(
        "a version day that is no kind",
        "rules/skill.yaml",
        "    versions:\n      - from: 2023",
        "    version_day: certificat\n    versions:\n      - from: 2023",
        "rules/skill.yaml:5 – `version_day` is `certificat`. Did you mean `certificate`?",
    ),
    Slip(
        "a version without routes",
        "rules/skill.yaml",
        """\
        any:
          - id: certificate
            all:
              - {certificate: {occupation: focus, level: 3}, within: 12 months}
              - {count: {grant: {occupation: any}}, in: calendar year, at_most: 2}
            amount:
              table: skill-grant
              level: 3
              add: [{percent: 30, when: {focus: {in: {set: short-trades}}}}]
""",
        "        any: []\n",
        "rules/skill.yaml:27 – the version has no route: nobody can qualify.",
    ),
    Slip(
        "a route without an id",
        "rules/skill.yaml", "- id: work-10y\n            clause", "- clause",
        "rules/skill.yaml:9 – a route has no `id`. Give the route an id",
    ),
    Slip(
        "a route that asks nothing",
        "rules/skill.yaml",
        "            all:\n              - {worked: {occupation: related}, at_least: 10 years}\n",
        "",
        "rules/skill.yaml:9 – the route `work-10y` asks nothing: everybody qualifies.",
    ),
    Slip(
        "two routes of one id",
        "rules/skill.yaml", "- id: level4-then-4y", "- id: work-10y",
        "rules/skill.yaml:6 – 2 routes are called `work-10y`.",
    ),
    Slip(
        "two rules of one id",
        "rules/skill.yaml", "rule: grant.senior", "rule: skill-level.senior",
        "rules/skill.yaml:18 – the rule `skill-level.senior` is already in rules/skill.yaml.",
    ),
    Slip(
        "an amount from an unknown table",
        "rules/skill.yaml", "table: skill-grant", "table: skil-grant",
        "rules/skill.yaml:33 – amounts.yaml has no table `skil-grant`. Did you mean `skill-grant`?",
    ),
    Slip(
        "an amount for a level that the table lacks",
        "rules/skill.yaml", "              level: 3\n", "              level: 4\n",
        "rules/skill.yaml:34 – the table `skill-grant` has no value for level 4. It has: 3.",
    ),
    Slip(
        "an addition that is not a number",
        "rules/skill.yaml", "percent: 30,", "percent: 30%,",
        "rules/skill.yaml:35 – `percent` is the word `30%`, not a bare number. Write `30`.",
    ),
    Slip(
        "a case of an unknown rule",
        "rules/skill.yaml",
        "    rule: skill-level.senior\n    focus", "    rule: skill-level.seniro\n    focus",
        "rules/skill.yaml:38 – there is no rule `skill-level.seniro`. Did you mean",
    ),
    Slip(
        "a case with an unknown focus",
        "rules/skill.yaml", "focus: 6-18-02-04", "focus: 6-18-02-99",
        "rules/skill.yaml:39 – the list `occupation` has no code `6-18-02-99`",
    ),
    Slip(
        "a case with an unknown key",
        "rules/skill.yaml", "    life:", "    lief:",
        "rules/skill.yaml:40 – a case has no key `lief`. Did you mean `life`?",
    ),
    Slip(
        "rules under another word",
        "rules/skill.yaml", "rules:\n", "rule:\n",
        "rules/skill.yaml:1 – the file has no key `rule`. Did you mean `rules`?",
    ),
]  # fmt: skip


@pytest.mark.parametrize("slip", RULES, ids=slip_id)
def test_it_reports_in_a_rule_file(slip):
    assert_said(slip)


# --- in a condition -------------------------------------------------------------------------

PERSON, TRADE, BODY = "person", "[person, occupation]", "organisation"

CONDITIONS = [
    # verbs and keys
    ("a misspelt verb", TRADE, "{wroked: {occupation: related}, at_least: 1 year}",
     "`wroked` is no kind of the pack and no verb. Did you mean `worked`?"),
    ("a verb that is nothing known", TRADE, "{teleported: any}",
     "`teleported` is no kind of the pack and no verb. Begin with a kind"),
    ("two verbs in one", TRADE, "{certificate: any, employment: any}",
     "one condition asks two things, `certificate` and `employment`. Write two conditions"),
    ("a condition that asks nothing", TRADE, "{label: {zh: 一, en: one}}",
     "the condition asks nothing"),
    ("a condition that is a word", TRADE, "certificate",
     "a condition is the word `certificate`. Write it as `key: value` lines."),
    ("an unknown modifier", TRADE, "{certificate: any, whithin: 1 year}",
     "a condition has no key `whithin`. Did you mean `within`?"),
    ("`for` beside `within`", TRADE, "{certificate: any, for: 1 year, within: 1 year}",
     "`for` and `within` stand in one condition"),
    ("a modifier that the verb does not take", TRADE, "{certificate: any, at_least: 1 year}",
     "a condition has no key `at_least`"),
    ("an unknown key of a filter", TRADE, "{certificate: {lvl: 3}}",
     "what is asked of `certificate` has no key `lvl`. Did you mean `level`?"),
    ("two kinds in a pattern", TRADE,
     "{count: {grant: any, certificate: any}, in: life, at_most: 1}",
     "`count` names 2 kinds of record"),
    ("an unknown kind in a pattern", TRADE, "{count: {grants: any}, in: life, at_most: 1}",
     "`grants` is no kind of the pack. Did you mean `grant`?"),
    # lengths and numbers
    ("a mistyped unit of time", TRADE, "{worked: any, at_least: 10 yeers}",
     "`at_least` is `10 yeers`, not a length of time. Did you mean `10 years`?"),
    ("a Chinese unit of time", TRADE, "{worked: any, at_least: 10年}",
     "`at_least` is `10年`, not a length of time. Did you mean `10 years`?"),
    ("a length with no unit", TRADE, "{certificate: any, within: 12}",
     "`within` is 12 with no unit. Write `12 years`, `12 months` or `12 days`"),
    ("a length longer than a life", TRADE, "{worked: any, at_least: 1000 years}",
     "`at_least` is `1000 years`, longer than any life"),
    ("a length of nothing", TRADE, "{worked: any, at_least: 0 years}",
     "`at_least` is `0 years`, no time at all. Write the length that the source names"),
    ("work without a length", TRADE, "{worked: any}",
     "a condition has no `at_least`. Add `at_least: 10 years`, beside the verb."),
    ("a mistyped unit of money", TRADE, "{sum: {wage-tax: any}, in: life, at_least: 200000 yaun}",
     "`at_least` of the sum is in `yaun`, but this counts yuan. Write `200000 yuan`"),
    ("a sum with no unit", TRADE, "{sum: {wage-tax: any}, in: life, at_least: 200000}",
     "`at_least` of the sum is 200000 with no unit. Write `200000 yuan`."),
    ("a number with commas", TRADE, '{sum: {wage-tax: any}, in: life, at_least: "200,000 yuan"}',
     "`at_least` of the sum is `200,000 yuan`, not a number of yuan. Write `200000 yuan`."),
    ("a sum of what has no quantity", TRADE,
     "{sum: {certificate: any}, in: life, at_least: 1 yuan}",
     "`at_least` of the sum asks for a quantity, but there is none here"),
    ("a count with a unit", TRADE, "{count: {grant: any}, in: life, at_most: 2 times}",
     "`at_most` of a count is the word `2 times`, not a bare number. Write `2`."),
    ("a count of halves", TRADE, "{count: {grant: any}, in: life, at_most: 1.5}",
     "`at_most` of a count is 1.5. Write a whole number."),
    ("a count without a bound", TRADE, "{count: {grant: any}, in: life}",
     "`count` has no bound. Add `at_least: 3` or `at_most: 3`."),
    ("a count of at least nothing", TRADE, "{count: {grant: any}, in: life, at_least: 0}",
     "the condition `way/count-grant` asks for at least nothing"),
    ("a count in no time", TRADE, "{count: {grant: any}, at_most: 2}",
     "a condition has no `in`. Say in which time"),
    ("a count in an unknown time", TRADE, "{count: {grant: any}, in: calender year, at_most: 2}",
     "`in` is `calender year`. Did you mean `calendar year`?"),
    ("a count whose bounds cross", TRADE,
     "{count: {grant: any}, in: life, at_least: 3, at_most: 2}",
     "nobody can take the route `way`: `at_least` 3 lies above `at_most` 2"),
    # days
    ("a day of another month order", TRADE, "{calendar: {from: 2024-13-05}}",
     "`from` of `calendar` is `2024-13-05`, and there is no month 13: the day exists only in an"),
    ("a day and month swapped", TRADE, "{calendar: {from: 2024-31-10}}",
     ("`from` of `calendar` is `2024-31-10`, and there is no month 31: the day exists only in "
      "another month order. Did you mean 2024-10-31?")),
    ("a 29 February that is none", TRADE, "{calendar: {from: 2023-02-29}}",
     "`from` of `calendar` is `2023-02-29`, but that month has 28 days. Write 2023-02-28"),
    ("a day with slashes", TRADE, "{calendar: {from: 2024/3/1}}",
     "`from` of `calendar` is `2024/3/1`, which is not the shape of a day here. Write 2024-03-01."),
    ("a day in Chinese", TRADE, "{calendar: {from: 2024年3月1日}}",
     ("`from` of `calendar` is `2024年3月1日`, which is not the shape of a day here. "
      "Write 2024-03-01.")),
    ("a day with its year last", TRADE, "{calendar: {from: 03-04-2024}}",
     ("`from` of `calendar` is `03-04-2024`, which can be read in two ways. "
      "Write 2024-04-03 or 2024-03-04.")),
    ("a day in no sensible year", TRADE, "{calendar: {from: 0204-03-01}}",
     "`from` of `calendar` is `0204-03-01`, outside the years 1800 to 2200"),
    ("a day that is a word", TRADE, "{calendar: {from: soon}}",
     "`from` of `calendar` is `soon`, which is not a day. Write a day as 2024-03-01."),
    ("an empty window", TRADE, "{calendar: {from: 2024-03-01, until: 2024-03-01}}",
     "`calendar` begins on 2024-03-01 and is over on 2024-03-01: no day lies between"),
    ("a calendar without days", TRADE, "{calendar: {}}",
     "`calendar` has no first and no last day"),
    ("a calendar before the version", TRADE, "{calendar: {from: 2020-01-01, until: 2021-01-01}}",
     "nobody can take the route `way`: its calendar windows lie outside the version's days"),
    # codes, levels, sets
    ("an unknown code", TRADE, "{certificate: {occupation: 6-18-02-44}}",
     "the list `occupation` has no code `6-18-02-44`. Did you mean `6-18-02-04` (焊工)?"),
    ("a code of another edition", TRADE, "{certificate: {occupation: 6-30-99-00}}",
     "`6-30-99-00` is a code of another edition. Write `6-31-07-03`"),
    ("an unknown set", TRADE, "{certificate: {occupation: {set: short-trade}}}",
     "sets.yaml has no set `short-trade`. Did you mean `short-trades`?"),
    ("a set of another list", TRADE, "{residence: {region: {set: short-trades}}}",
     "the set `short-trades` is of the list `occupation`, not `region`"),
    ("an empty list of codes", TRADE, "{residence: {region: []}}",
     "the list of codes is empty: nothing matches"),
    ("a list that the kind does not have", TRADE, "{residence: {occupation: focus}}",
     "`residence` has no `occupation`: its codes are of the list `region`. Ask for `region`."),
    ("a subject where there is none", TRADE, "{insured: {region: any}}",
     "`insured` has no `region`: it has no subject"),
    ("an unknown level", TRADE, "{certificate: {level: 9}}",
     "the scale `skill` has no level `9`. Write one of: 0 (学徒工), 5 (五级/初级工)"),
    ("a level of what has none", TRADE, "{study: {level: 3}}",
     "`study` has no levels"),
    ("levels that cross", TRADE, "{certificate: {level_at_least: 2, level_at_most: 4}}",
     "`level_at_least` lies above `level_at_most`: no record matches"),
    ("a level beside a bound", TRADE, "{certificate: {level: 3, level_at_most: 2}}",
     "`level` stands beside a bound of the level"),
    ("quantities that cross", TRADE,
     "{wage-tax: {quantity_at_least: 9 yuan, quantity_at_most: 2 yuan}}",
     "nobody can take the route `way`: `quantity_at_least` 9 lies above `quantity_at_most` 2"),
    # focus and relations
    ("a focus in a rule without one", PERSON, "{certificate: {occupation: focus}}",
     "`focus` looks to a focus, but the rule has none. Write `about: [person, occupation]`"),
    ("a focus filter in a rule without one", PERSON, "{focus: {in: {set: short-trades}}}",
     "the rule is not about a focus, but asks for one"),
    ("a focus of another list", TRADE, "{study: {major: focus}}",
     "the rule's focus is of the list `occupation`, these codes are of `major`. Write `related`"),
    ("related codes without a relation", TRADE, "{residence: {region: related}}",
     "the pack has no relation from `occupation` to `region`. Add relations/occupation-region.csv"),
    ("a focus filter that lets nothing in", TRADE,
     "{all: [{focus: {in: 6-18-02-04}}, {focus: {not_in: {set: short-trades}}}]}",
     "nobody can take the route `way`: no focus is left after `in` and `not_in`"),
    # parties
    ("an organisation's fact asked of a person", PERSON, "{designated: any}",
     "`designated` is a fact about an organisation, but the rule is about a person. Ask it of"),
    ("a person's fact asked of an organisation", BODY, "{residence: any}",
     "`residence` is a fact about a person, but the rule is about an organisation"),
    ("a role that the kind does not have", TRADE, "{certificate: {employer: {designated: any}}}",
     "`certificate` has no other party called `employer`: its other party is the `issuer`"),
    ("another party where there is none", TRADE, "{residence: {employer: {designated: any}}}",
     "`residence` has no other party called `employer`: it has none"),
    ("a step beyond the other party", TRADE,
     "{employment: {employer: {certificate: {issuer: {designated: any}}}}}",
     "`issuer` stands inside another party's records or an `already`. Ask one step away only."),
    ("an `on` that is not the start", TRADE,
     "{certificate: {issuer: {designated: {}, on: end}}}",
     "`on` is `end`. Write one of: start."),
    # what cannot be met
    ("an age that nobody has", TRADE, "{age: {at_least: 60 years, under: 35 years}}",
     "nobody can take the route `way`: nobody is at least 60 years and under 35 years old"),
    ("an age without bounds", TRADE, "{age: {}}", "`age` has no bound"),
    ("what is asked and denied at once", TRADE,
     "{all: [{certificate: {level: 3}}, {none: {certificate: any}}]}",
     "nobody can take the route `way`: one condition asks for what another rules out by `none`"),
    ("a list of nothing", TRADE, "{any: []}", "`any` is an empty list"),
    ("a pending part without a reason", TRADE, "{pending: later}",
     "`pending` is in one language only. Write {zh: later, en: …}."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("about", "condition", "said"), [row[1:] for row in CONDITIONS], ids=[r[0] for r in CONDITIONS]
)
def test_it_reports_in_a_condition(about, condition, said):
    found = [str(p) for p in problems_of(with_rules(rule_file(condition, about=about)))]
    assert any(line.partition(" – ")[2].startswith(said) for line in found), "\n".join(found)
    assert all(line.startswith(("rules/skill.yaml:11 ", "rules/skill.yaml:9 ")) for line in found)


# --- versions and routes against each other -------------------------------------------------


def versions(*spans: str, extra: str = "") -> str:
    """A rule with one version for each "FROM UNTIL"."""
    rows = ""
    for span in spans:
        start, _, end = span.partition(" ")
        until = f"\n        until: {end}" if end else ""
        rows += f"""
      - from: {start}{until}
        source: town-2023-1{extra}
        any:
          - id: way
            all: [{{certificate: any}}]"""
    return f"""\
rules:
  - rule: one
    about: person
    label: {{zh: 一, en: one}}
    versions:{rows}
"""


def test_it_reports_overlapping_versions():
    (problem,) = problems_of(with_rules(versions("2020-01-01 2023-01-01", "2022-01-01")))
    assert (problem.id, problem.line) == ("overlapping-versions", 12)
    assert "End the earlier version with `until: 2022-01-01`" in str(problem)


def test_it_reports_a_version_that_goes_on_under_the_next():
    (problem,) = problems_of(with_rules(versions("2020-01-01", "2022-01-01")))
    assert problem.id == "overlapping-versions"


def test_it_reports_a_gap_between_versions():
    (problem,) = problems_of(with_rules(versions("2020-01-01 2021-01-01", "2022-01-01")))
    assert problem.id == "gapped-versions"
    assert "from 2021-01-01 until 2022-01-01" in str(problem)


def test_it_accepts_a_gap_that_the_later_version_explains():
    gap = "\n        gap: {zh: 停办一年, en: not held for a year}"
    rules = versions("2020-01-01 2021-01-01", "2022-01-01", extra=gap)
    assert problems_of(with_rules(rules)) == []


def routes(*conditions: str, common: str = "", amounts: tuple[str, ...] = ()) -> str:
    """A rule with one route for each condition."""
    rows = ""
    for index, condition in enumerate(conditions):
        amount = f"\n            amount: {{value: {amounts[index]}}}" if amounts else ""
        rows += f"""
          - id: way-{index + 1}
            all: [{condition}]{amount}"""
    return f"""\
rules:
  - rule: one
    about: [person, occupation]
    label: {{zh: 一, en: one}}
    versions:
      - from: 2020-01-01
        source: town-2023-1
        all: [{common}]
        any:{rows}
"""


COVERED = [
    ("the same again", "{certificate: {level: 3}}", "{certificate: {level: 3}}"),
    ("more beside the same", "{certificate: any}", "{certificate: any}, {age: {under: 60 years}}"),
    ("a higher level", "{certificate: {level_at_least: 4}}", "{certificate: {level: 3}}"),
    ("the focus after related", "{certificate: {occupation: related}}",
     "{certificate: {occupation: focus}}"),
    ("more years", "{worked: any, at_least: 5 years}", "{worked: any, at_least: 10 years}"),
    ("years since an anchor", "{worked: any, at_least: 5 years}",
     "{worked: {since: {certificate: any}}, at_least: 5 years}"),
    ("a record held long", "{certificate: any}", "{certificate: any, for: 2 years}"),
    ("a record just begun", "{certificate: any}", "{certificate: any, within: 12 months}"),
    ("a narrower age", "{age: {at_least: 16 years}}",
     "{age: {at_least: 18 years, under: 35 years}}"),
    ("a part of a choice", "{any: [{certificate: any}, {insured: any}]}", "{insured: any}"),
    ("fewer at most", "{count: {grant: any}, in: life, at_most: 3}",
     "{count: {grant: any}, in: life, at_most: 2}"),
    ("a window inside another", "{calendar: {from: 2024-01-01}}",
     "{calendar: {from: 2024-02-01, until: 2024-03-01}}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"), [row[1:] for row in COVERED], ids=[r[0] for r in COVERED]
)
def test_it_reports_a_route_that_an_earlier_one_covers(first, second):
    problems = problems_of(with_rules(routes(first, second)))
    said = "whoever takes the route `way-2` takes `way-1` first"
    assert any(said in problem.what for problem in problems), problems


@pytest.mark.parametrize(
    ("first", "second"), [row[1:] for row in COVERED[1:]], ids=[r[0] for r in COVERED[1:]]
)
def test_it_accepts_the_same_routes_the_other_way_round(first, second):
    assert problems_of(with_rules(routes(second, first))) == []


def test_it_accepts_a_narrower_route_that_pays_more():
    rules = routes("{certificate: any}", "{certificate: {level: 3}}", amounts=("1 yuan", "2 yuan"))
    assert problems_of(with_rules(rules)) == []


def test_it_reports_one_window_outside_the_version():
    windows = "{calendar: [{from: 2019-01-01, until: 2019-02-01}, {from: 2020-01-01}]}"
    (problem,) = problems_of(with_rules(routes(windows)))
    assert "the calendar window from 2019-01-01 until 2019-02-01" in problem.what


def test_it_reports_a_focus_that_no_record_has():
    rules = routes("{designated: any}").replace("[person, occupation]", "[organisation, major]")
    (problem,) = problems_of(with_rules(rules))
    assert problem.what.startswith("no kind about an organisation has codes of the list `major`")


def test_it_reports_a_version_that_nobody_can_meet():
    rules = routes("{certificate: any}", common="{age: {at_least: 9 years, under: 8 years}}")
    (problem,) = problems_of(with_rules(rules))
    assert "nobody can meet this version" in problem.what


def test_it_reports_a_condition_said_twice():
    rules = routes("{certificate: any}", common="{certificate: any}")
    (problem,) = problems_of(with_rules(rules))
    assert problem.id == "said-twice"


# --- what nothing uses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("sources.yaml", FILES["sources.yaml"].replace("town-2023-1:", "town-2023-2:"), None),
        ("sets.yaml", FILES["sets.yaml"] + FILES["sets.yaml"][6:].replace("short", "long"),
         "sets.yaml:7 – nothing uses the set `long-trades`"),
        ("amounts.yaml", FILES["amounts.yaml"].replace("{level: 3, value: 2000", "{level: 4, "
         "value: 2000"), "amounts.yaml:2 – nothing asks `skill-grant` for level 4"),
    ],
)  # fmt: skip
def test_it_reports_what_nothing_uses(file, text, said):
    found = problems_of(small_files({file: text}), with_unused=True)
    unused = [str(problem) for problem in found if problem.id == "unused"]
    wanted = said or "sources.yaml:8 – nothing uses the source `town-2023-2`"
    assert any(line.startswith(wanted) for line in unused), unused


# --- files that cannot be read --------------------------------------------------------------

BROKEN = [
    ("a tab", "rules/skill.yaml", b"rules:\n\t- rule: one\n", "tab", 2),
    ("a bracket never closed", "kinds.yaml", b"kinds: {birth: [\n", "broken-yaml", 2),
    ("a key given twice", "pack.yaml", b"pack: a\npack: b\n", "duplicate-key", 2),
    ("an anchor", "sets.yaml", b"sets: &a\n  x: *a\n", "anchor", 1),
    ("a tag", "sets.yaml", b"sets: !!python/none x\n", "tag", 1),
    ("two documents", "sets.yaml", b"sets:\n---\nsets:\n", "several-documents", 2),
    ("a control character", "sets.yaml", b"sets:\n  \x07: 1\n", "broken-yaml", 2),
    ("another encoding", "sets.yaml", "sets:\n  焊工: 1\n".encode("gb18030"), "wrong-encoding", 2),
    ("an empty file", "sets.yaml", b"", "empty-file", 1),
    ("a list where a mapping belongs", "rules/skill.yaml", b"- rule: one\n", "not-a-mapping", 1),
    ("brackets without end", "rules/skill.yaml", b"[" * 3000 + b"]" * 3000, "too-deep", 1),
    ("a quote never closed in a CSV", "codes/region.csv", b'code\n"440000\n', "broken-csv", 2),
    ("a file that nothing reads", "rules/more.yml", b"rules: []\n", "stranger", 0),
]


@pytest.mark.parametrize(
    ("file", "data", "id", "line"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN]
)
def test_it_reports_a_broken_file(file, data, id, line):
    found = problems_of({**small_files(), file: data})
    assert (file, line, id) in [(p.file, p.line, p.id) for p in found], found


@pytest.mark.parametrize("file", ["pack.yaml", "kinds.yaml"])
def test_it_reports_a_missing_file(file):
    files = small_files()
    del files[file]
    assert (file, 0, "missing-file") in [(p.file, p.line, p.id) for p in problems_of(files)]


def test_it_does_not_blame_other_files_for_a_table_that_cannot_be_read():
    found = problems_of({**small_files(), "sources.yaml": b"sources: [\n"})
    assert {problem.file for problem in found} == {"sources.yaml"}


def test_it_reports_a_pack_that_is_not_there():
    (problem,) = check_pack("gaungdong")
    assert str(problem) == (
        "gaungdong – there is no pack called `gaungdong` and no such folder. "
        "Did you mean `guangdong`?"
    )


def test_it_reports_everything_at_once():
    rules = FILES["rules/skill.yaml"].replace("10 years", "10 yeers").replace("4 years", "4")
    kinds = FILES["kinds.yaml"].replace("open: true", "open: maybe")
    found = problems_of(small_files({"rules/skill.yaml": rules, "kinds.yaml": kinds}))
    assert [(p.file, p.id) for p in found] == [
        ("kinds.yaml", "not-a-yes-or-no"),
        ("rules/skill.yaml", "unknown-unit"),
        ("rules/skill.yaml", "no-unit"),
    ]
