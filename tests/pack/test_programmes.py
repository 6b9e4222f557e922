"""programmes.yaml: read into templates, and every slip in it named with its line and mend."""

from __future__ import annotations

import datetime as dt

import pytest

from craftpath.allotment.nouns import LeftOver
from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import About, Label
from craftpath.pack.check import check_files
from craftpath.pack.load import build_pack, read_pack
from craftpath.pack.nouns import CERTAINTIES, Pack
from craftpath.pack.programmes import (
    ALLOTMENTS,
    SORTS,
    TIERS,
    Citation,
    Outcome,
    ProgrammeTemplate,
    Term,
)
from craftpath.pack.show import show_programmes
from tests.pack.small_pack import small_files

PROGRAMMES = """\
programmes:
  - programme: grant.senior-2025
    label: {zh: 高级工技能补贴2025年, en: Grant for senior workers 2025}
    sort: grant
    about: person
    rule: grant.senior
    region: 441900
    source: town-2025-7
    clause: 第三条
    documents:
      - {label: {zh: 证书, en: certificate}, required: true, source: town-2023-1, clause: 附件}
    allotment: lottery
    places: 30
    groups: {list: region, places: {441900: 10, 440100: 5}, left_over: everybody}
    review:
      - {tier: city, label: {zh: 初审, en: first look}, within: 7 working days}
      - {tier: province, within: null, pending: {within: {zh: 未查得, en: not found}}}
    notice: null
    pay_within: 1 day
    rounds:
      - {from: 2025-07-01, until: 2025-08-01, places: 10}
      - {from: 2025-03-01, until: 2025-04-01, places: 20}
    outcome: {kind: grant, subject: focus, level: 3, quantity: amount, validity: 18 months}
    once: {zh: 一次, en: once}
    withdrawal: never
    remarks: {zh: 说明, en: remarks}
    cited: {places: {source: town-2023-1, clause: 第五条}}
    pending: {notice: {zh: 公示天数未查得, en: days of notice not found}}
  - programme: sitting.somewhere
    label: {zh: 考核, en: a sitting}
    sort: sitting
    about: person
    rule: null
    focus: occupation
    region: null
    source: town-2023-1
    documents: []
    allotment: open
    places: unlimited
    review: []
    notice: none
    rounds: always
    outcome: none
    pending:
      rule: {zh: 未查得, en: not found}
      region: {zh: 未查得, en: not found}
"""
HERE = "programmes.yaml"


def with_programmes(text: str = PROGRAMMES) -> dict[str, bytes]:
    return {**small_files(), HERE: text.encode()}


def read() -> tuple[ProgrammeTemplate, ProgrammeTemplate]:
    pack, problems = build_pack(with_programmes())
    assert problems == []
    assert pack is not None
    first, second = pack.programmes
    return first, second


# --- what is read --------------------------------------------------------------------------


def test_reads_what_a_text_says():
    one, _ = read()

    assert (one.id, one.sort, one.rule, one.region) == (
        "grant.senior-2025",
        "grant",
        "grant.senior",
        "441900",
    )
    assert one.about == About("person", "occupation")
    assert one.focus_needed
    assert (one.allotment, one.places) == ("lottery", 30)
    assert one.groups is not None
    assert one.groups.places == {"441900": 10, "440100": 5}
    assert one.groups.left_over is LeftOver.EVERYBODY
    assert one.outcome == Outcome("grant", "focus", "3", "amount", Duration(18))
    assert (one.pay_within, one.withdrawal) == (Term(1), "never")
    assert one.documents is not None
    assert one.documents[0].required


@pytest.mark.parametrize(
    ("written", "problem"),
    [("200", "not-marked"), ("2000", "not-a-number"), ("1.5", "not-a-number")],
)
def test_says_how_many_marks_there_are_where_any_are_given(written: str, problem: str):
    text = PROGRAMMES.replace("    pay_within: 1 day\n", f"    full_mark: {written}\n")
    _, problems = build_pack(with_programmes(text))
    assert problem in {one.id for one in problems}


def test_says_where_each_value_comes_from():
    one, _ = read()

    assert one.cited == one.citation("notice") == Citation("town-2025-7", "第三条")
    assert one.citation("places") == Citation("town-2023-1", "第五条")
    assert one.documents is not None
    assert one.documents[0].cited == Citation("town-2023-1", "附件")
    assert one.sources == ("town-2025-7", "town-2023-1")


def test_keeps_apart_what_is_not_found_and_what_there_is_not():
    one, other = read()

    assert one.notice is None
    assert one.pending == {"notice": Label("公示天数未查得", "days of notice not found")}
    assert one.review is not None
    assert [(step.tier, step.within) for step in one.review] == [
        ("city", Term(7, working=True)),
        ("province", None),
    ]
    assert "within" in one.review[1].pending
    assert (other.rule, set(other.pending)) == (None, {"rule", "region"})
    assert other.about == About("person", "occupation")
    assert (other.notice, other.outcome, other.documents, other.review) == (None, None, (), ())
    assert (other.places, other.always, other.rounds) == (None, True, ())
    assert other.withdrawal == "until-close"


def test_puts_rounds_in_order():
    one, _ = read()

    assert one.rounds is not None
    assert [(r.days, r.places) for r in one.rounds] == [
        (Interval(dt.date(2025, 3, 1), dt.date(2025, 4, 1)), 20),
        (Interval(dt.date(2025, 7, 1), dt.date(2025, 8, 1)), 10),
    ]


def test_says_a_term_in_both_languages():
    assert Term(5, working=True).label == Label("5个工作日", "5 working days")
    assert Term(1).label == Label("1天", "1 day")


def test_a_pack_may_do_without():
    pack, problems = build_pack(small_files())

    assert (pack and pack.programmes, problems) == ((), [])


def test_the_file_is_part_of_the_hash():
    pack, _ = build_pack(with_programmes())
    other, _ = build_pack(with_programmes(PROGRAMMES.replace("places: 30", "places: 31")))

    assert pack is not None
    assert other is not None
    assert pack.hash != other.hash


def test_lists_programmes():
    pack, _ = build_pack(with_programmes())
    assert pack is not None

    assert "高级工技能补贴2025年（补贴，抽签）" in show_programmes(pack, "zh")
    assert "Grant for senior workers 2025 (grant, by lot)" in show_programmes(pack, "en")


# --- what is refused -----------------------------------------------------------------------

SLIPS = [
    ("sort: grant", "sort: grand", "4 – `sort` is `grand`. Did you mean `grant`?"),
    (
        "rule: grant.senior\n",
        "rule: grant.senor\n",
        "6 – the pack has no rule `grant.senor`. Did you mean `grant.senior`?",
    ),
    ("about: person", "about: organisation", "5 – the programme is about an organisation"),
    ("region: 441900", "region: 441901", "7 – the list `region` has no code `441901`."),
    (
        "source: town-2025-7\n",
        "source: town-2025\n",
        "8 – sources.yaml has no source `town-2025`. Did you mean `town-2025-7`?",
    ),
    ("    source: town-2025-7\n    clause: 第三条\n", "", "2 – a programme has no `source`."),
    ("source: town-2023-1, clause: 附件", "clause: 附件", "11 – a clause stands here without"),
    ("required: true, ", "", "11 – a document has no `required`."),
    ("allotment: lottery", "allotment: dice", "12 – `allotment` is `dice`."),
    ("places: 30", "places: unlimited", "13 – places without a limit need no sharing out"),
    ("places: 30", "places: 3.5", "13 – `places` is 3.5, not a count."),
    ("places: 30", "places: 14", "2 – the groups have 15 places together, the programme has 14"),
    ("places: 30", "places: 29", "2 – the rounds have 30 places together, the programme has 29"),
    ("    places: 30\n", "", "2 – a programme has no `places`."),
    ("list: region", "list: regions", "14 – `list` is `regions`. Did you mean `region`?"),
    ("441900: 10", "441902: 10", "14 – the list `region` has no code `441902`."),
    ("left_over: everybody", "left_over: gone", "14 – `left_over` is `gone`."),
    ("left_over: everybody", "left_over: null", "14 – `left_over` is null and nothing says why."),
    ("tier: city", "tier: village", "16 – `tier` is `village`."),
    ("within: 7 working days", "within: a week", "16 – `within` is `a week`, not a number of days"),
    (
        ", pending: {within: {zh: 未查得, en: not found}}",
        "",
        "17 – `within` is null and nothing says why. Give it a value, or add `pending: {within:",
    ),
    ("notice: null", "notice: none", "28 – `pending` speaks of `notice`, which is not null here."),
    ("    notice: null\n", "", "2 – a programme has no `notice`."),
    ("notice: {zh: 公示", "notise: {zh: 公示", "28 – `pending` speaks of `notise`"),
    ("notice: {zh: 公示天数未查得, ", "notice: {", "28 – what is pending of `notice` has no `zh`."),
    ("until: 2025-08-01, ", "", "21 – a round has no `from` or no `until`."),
    ("until: 2025-08-01", "until: 2025-06-01", "21 – the round begins on 2025-07-01 and is over"),
    (
        "from: 2025-03-01, until: 2025-04-01",
        "from: 2024-03-01, until: 2024-04-01",
        "22 – no version of `grant.senior` is in force in the round from 2024-03-01.",
    ),
    ("kind: grant", "kind: grent", "23 – there is no kind `grent`. Did you mean `grant`?"),
    ("kind: grant", "kind: staff", "23 – the kind `staff` is about an organisation"),
    ("kind: grant", "kind: residence", "23 – the subject of `residence` is of the list `region`"),
    ("kind: grant", "kind: insured", "23 – the kind `insured` has no subject."),
    ("subject: focus", "subject: 1-2-3", "23 – the list `occupation` has no code `1-2-3`."),
    ("level: 3", "level: 9", "23 – the scale `skill` has no level `9`. Write one of: 0, 5, 4"),
    ("quantity: amount", "quantity: marks", "23 – `grant` counts yuan, not marks."),
    ("quantity: amount", "quantity: 100", "23 – the quantity is 100 with no unit."),
    ("validity: 18 months", "validity: 18", "23 – `validity` is 18 with no unit."),
    ("withdrawal: never", "withdrawal: always", "25 – `withdrawal` is `always`."),
    ("cited: {places", "cited: {place", "27 – `cited` names `place`, which has no value here."),
    (
        "{source: town-2023-1, clause: 第五条}",
        "{}",
        "27 – the citation of `places` has no `source`.",
    ),
    (
        "    remarks:",
        "    remark:",
        "26 – a programme has no key `remark`. Did you mean `remarks`?",
    ),
    ("programme: sitting.somewhere", "programme: grant.senior-2025", "29 – two programmes are"),
    ("programme: sitting.somewhere", "programme: 考核", "29 – a programme's id is `考核`"),
    ("    rule: null\n", "    rule: skill-level.senior\n", "34 – the rule says what the focus is."),
    ("programmes:", "programs:", "1 – the file has no `programmes`."),
]


@pytest.mark.parametrize(("old", "new", "said"), SLIPS, ids=[said[:60] for *_, said in SLIPS])
def test_names_a_slip_with_its_line_and_mend(old: str, new: str, said: str):
    assert old in PROGRAMMES
    found = [str(p) for p in check_files(with_programmes(PROGRAMMES.replace(old, new, 1)))]

    assert any(problem.startswith(f"{HERE}:{said}") for problem in found), found


def test_refuses_an_amount_that_the_rule_does_not_pay():
    text = PROGRAMMES.replace("rule: grant.senior\n", "rule: skill-level.senior\n")
    found = [str(p) for p in check_files(with_programmes(text))]

    assert any("`skill-level.senior` has no amount, and `grant` counts yuan" in p for p in found)


def test_waits_for_a_rule_that_has_problems_of_its_own():
    files = with_programmes()
    rules = next(name for name, data in files.items() if b"rule: grant.senior" in data)
    for old, new in ((b"at_least: 12 months", b"at_least: 12"), (b"rules:", b"rules: [")):
        broken = {**files, rules: files[rules].replace(old, new, 1)}
        reading = read_pack(broken)

        assert reading.problems
        assert {problem.file for problem in reading.problems} == {rules}


def test_leaves_out_a_programme_with_problems():
    reading = read_pack(with_programmes(PROGRAMMES.replace("sort: grant", "sort: x")))

    assert reading.pack is not None
    assert [one.id for one in reading.pack.programmes] == ["sitting.somewhere"]


# --- Guangdong -----------------------------------------------------------------------------


def test_guangdong_says_what_the_texts_say(guangdong: Pack):
    one = guangdong.programme("degree-grant.province-2024")
    assert one is not None
    assert (one.allotment, one.places) == ("lottery", 20000)
    assert one.rounds is not None
    assert one.rounds[0].days == Interval(dt.date(2024, 10, 28), dt.date(2024, 11, 8))
    city = guangdong.programme("degree-grant.guangzhou-2024")
    assert city is not None
    assert (city.allotment, city.places, city.rounds) == ("first-come", 4126, None)
    card = guangdong.programme("card.dongguan")
    assert card is not None
    assert card.review is not None
    assert (card.always, card.review[0].within) == (True, Term(7, working=True))
    assert card.outcome is not None
    assert card.outcome.validity == Duration(36)
    subsidy = guangdong.programme("subsidy.guangdong")
    assert subsidy is not None
    assert (subsidy.notice, subsidy.pay_within) == (Term(5, True), Term(45, True))
    assert guangdong.sources[subsidy.citation("notice").source].certainty == "C"


def test_guangdong_has_every_sort_that_its_rules_support(guangdong: Pack):
    sorts = {one.sort for one in guangdong.programmes}

    assert sorts == set(SORTS) - {"course"}
    levels = {one.outcome.level for one in guangdong.programmes if one.sort == "sitting"}
    assert levels == {"5", "4", "3", "2", "1", None}


def test_guangdong_rests_every_programme_on_a_source(guangdong: Pack):
    for one in guangdong.programmes:
        assert one.sources
        assert all(guangdong.sources[id].certainty in CERTAINTIES for id in one.sources)
        assert one.allotment in {*ALLOTMENTS, None}
        assert all(step.tier in TIERS for step in one.review or ())
        if one.rule is not None:
            rule = guangdong.rule(one.rule)
            assert rule is not None
            assert rule.about == one.about
