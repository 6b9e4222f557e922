"""Reading a pack: files become nouns, in order, by name or path; one word can be changed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import (
    About,
    Accumulated,
    Calendar,
    Label,
    OneOf,
    Pattern,
    Pending,
    RelatedToFocus,
    Total,
    Window,
    WindowKind,
    Within,
)
from craftpath.pack.check import check_files
from craftpath.pack.load import (
    build_pack,
    installed_packs,
    load_pack,
    load_rules,
    read_pack,
    rebuild,
)
from craftpath.pack.nodes import Scalar, replaced, scalars
from craftpath.pack.nouns import Source
from craftpath.pack.problems import PackError
from tests.pack.small_pack import FILES, rule_file, small_files, small_pack


def the_test(condition: str, *, about: str = "[person, occupation]"):
    """The engine's test for one condition."""
    found = load_rules(rule_file(condition, about=about), small_pack())
    assert found.problems == ()
    return found.rules[0].versions[0].routes[0].conditions[0].test


# --- the whole ------------------------------------------------------------------------------


def test_it_reads_the_header():
    pack = small_pack()
    assert (pack.id, pack.version, pack.label) == (
        "small",
        "2026.11.1",
        Label("小城", "Small Town"),
    )
    assert pack.work_kind == "employment"
    assert pack.path is None


def test_it_reads_sources_with_day_and_certainty():
    assert small_pack().sources["town-2023-1"] == Source(
        "town-2023-1",
        "小城技能等级申报办法",
        "小城发〔2023〕1号",
        Label("小城人民政府", "Small Town government"),
        dt.date(2023, 6, 20),
        "B",
        Label("为示例虚构", "invented for examples"),
    )
    assert small_pack().sources["civil-code-202"].number is None


def test_it_reads_rules_in_the_order_of_files_and_lines():
    first = FILES["rules/skill.yaml"].split("cases:")[0].replace("rule: ", "rule: a-")
    pack = small_pack({"rules/a.yaml": first})
    assert [rule.id for rule in pack.rules] == [
        "a-skill-level.senior",
        "a-grant.senior",
        "skill-level.senior",
        "grant.senior",
    ]


def test_it_keeps_cases_plain_with_their_lines():
    (case,) = small_pack().case_nodes
    assert case.data["life"] == ["birth 1985-05-01", "employment 6-18-02-04 2014-03-01.."]
    assert case.data["on"]["2024-03-01"] == "qualifies work-10y"
    assert (case.file, case.line) == ("rules/skill.yaml", 37)
    assert case.lines["on", "2024-03-01"] == case.line + 8


def test_it_remembers_where_things_stand():
    places = small_pack().places
    assert places["skill-level.senior",].line == 2
    assert places["skill-level.senior", 0].line == 6
    assert places["skill-level.senior", 0, "work-10y", "work-10y/worked"].line == 12


def test_its_hash_follows_every_name_and_byte():
    pack = small_pack()
    assert pack.hash == small_pack().hash
    assert len(pack.hash) == 64
    assert small_pack({"codes/region.csv": FILES["codes/region.csv"] + "\n"}).hash != pack.hash


def test_it_names_conditions_after_route_and_verb():
    both = """\
rules:
  - rule: one
    about: person
    label: {zh: 一, en: one}
    versions:
      - from: 2023-07-01
        source: town-2023-1
        all:
          - {age: {at_least: 16 years}}
        any:
          - id: way
            all:
              - {certificate: {level: 3}}
              - {certificate: {level: 4}}
              - {count: {grant: any}, in: life, at_most: 1}
              - {id: own, none: {insured: any}}
"""
    (version,) = load_rules(both, small_pack()).rules[0].versions
    assert [c.id for c in version.conditions] == ["all/age"]
    assert [c.id for c in version.routes[0].conditions] == [
        "way/certificate",
        "way/certificate-2",
        "way/count-grant",
        "own",
    ]


# --- codes and relations --------------------------------------------------------------------


def test_it_reads_code_lists_with_aliases_and_labels():
    occupations = small_pack().vocabulary.lists["occupation"]
    assert list(occupations.codes)[:2] == ["6-18-02-03", "6-18-02-04"]
    assert occupations.codes["6-18-02-04"].label == Label("焊工", "welder")
    assert occupations.aliases == {"6-30-99-00": "6-31-07-03"}
    assert occupations.label == Label("职业", "occupation")


@pytest.mark.parametrize(
    ("default", "related"),
    [
        ("same-parent", {"6-18-02-03", "6-18-02-04"}),
        ("none", {"6-18-02-04"}),
        ("parent", {"6-18-02-04"}),
    ],
)
def test_a_code_without_a_row_follows_the_default(default, related):
    text = f"occupation-occupation: {{default: {default}}}\noccupation-major: {{default: none}}\n"
    relation = small_pack({"relations/defaults.yaml": text}).vocabulary.relation(
        "occupation", "occupation"
    )
    assert relation.pairs["6-18-02-04"] == related


def test_a_listed_code_is_related_to_its_rows_and_itself():
    relation = small_pack().vocabulary.relation("occupation", "occupation")
    assert relation.pairs["6-31-01-03"] == {"6-31-01-03", "6-31-07-03"}


def test_a_relation_between_two_lists_holds_its_rows_only():
    relation = small_pack().vocabulary.relation("occupation", "major")
    assert relation.pairs["6-18-02-04"] == {"660108"}
    assert relation.pairs["6-31-01-03"] == frozenset()


def test_a_code_may_take_the_rows_of_its_nearest_listed_ancestor():
    text = "occupation-occupation: {default: same-parent}\noccupation-major: {default: parent}\n"
    relation = small_pack(
        {
            "relations/defaults.yaml": text,
            "relations/occupation-major.csv": "focus,subject\n6-18-02,660108\n",
        }
    ).vocabulary.relation("occupation", "major")
    assert relation.pairs["6-18-02-04"] == {"660108"}
    assert relation.pairs["6-31-01-03"] == frozenset()


# --- conditions -----------------------------------------------------------------------------


def test_worked_accumulates_the_kind_of_work_since_an_anchor():
    test = the_test(
        "{worked: {occupation: related, since: {certificate: {level: 4}}}, at_least: 4 years}"
    )
    assert test == Accumulated(
        Pattern("employment", RelatedToFocus()),
        Duration(months=48),
        Pattern("certificate", level_at_least=3, level_at_most=3),
    )


@pytest.mark.parametrize(
    ("said", "window"),
    [
        ("life", Window(WindowKind.LIFE)),
        ("12 months", Window(WindowKind.ROLLING, length=Duration(months=12))),
        ("calendar year", Window(WindowKind.CALENDAR_YEARS, years=1)),
        ("3 calendar years", Window(WindowKind.CALENDAR_YEARS, years=3)),
        ("full calendar year", Window(WindowKind.FULL_YEARS, years=1)),
        ("3 full calendar years", Window(WindowKind.FULL_YEARS, years=3)),
    ],
)
def test_a_window_is_read_as_it_is_said(said, window):
    test = the_test(f"{{count: {{grant: any}}, in: {said}, at_most: 2}}")
    assert test == Total(Pattern("grant"), "count", window, None, 2.0)


def test_levels_are_written_as_codes_and_kept_as_ranks():
    pattern = the_test("{certificate: {level_at_least: 3}, within: 12 months}")
    assert pattern == Within(Pattern("certificate", level_at_least=4), Duration(months=12))


def test_within_a_code_means_everything_below_it():
    pattern = the_test("{residence: {region: {within: 440000}}}").pattern
    assert pattern.subject == OneOf(
        frozenset({"440000", "441900", "440100"}), Label("广东省", "Guangdong")
    )


def test_another_party_is_asked_on_the_day_or_on_the_first_day():
    pattern = the_test("{certificate: {issuer: {designated: {}, on: start}}}").pattern
    assert (pattern.other, pattern.other_on_start) == (Pattern("designated"), True)
    pattern = the_test("{certificate: {issuer: {designated: {}}}}").pattern
    assert (pattern.other, pattern.other_on_start) == (Pattern("designated"), False)


def test_calendar_and_started_are_intervals_without_their_last_day():
    days = Interval(dt.date(2024, 10, 28), dt.date(2024, 11, 8))
    assert the_test("{calendar: {from: 2024-10-28, until: 2024-11-08}}") == Calendar((days,))
    test = the_test("{certificate: {started: {from: 2024-10-28, until: 2024-11-08}}}")
    assert test.pattern.started == days


def test_pending_keeps_its_reason():
    assert the_test("{pending: {zh: 未查得, en: not found}}") == Pending(
        Label("未查得", "not found")
    )


def test_a_rule_may_be_about_organisations():
    rule = load_rules(rule_file("{designated: any}", about="organisation"), small_pack()).rules[0]
    assert rule.about == About("organisation")


def test_a_dated_table_becomes_cases_by_calendar():
    (version,) = small_pack().rule("grant.senior").versions
    amount = version.routes[0].amount
    spans = [test.intervals[0] for test, _ in amount.cases]
    assert amount.unit == "yuan"
    assert [value for _, value in amount.cases] == [2000.0, 2200.0]
    assert spans[1] == Interval(dt.date(2025, 1, 1), dt.date(2026, 1, 1))
    assert [addition.percent for addition in amount.additions] == [30.0]


# --- doors ----------------------------------------------------------------------------------


def test_a_folder_is_a_pack(tmp_path):
    for name, data in small_files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    pack = load_pack(tmp_path)
    assert (pack.id, pack.hash, pack.path) == ("small", small_pack().hash, tmp_path)


def test_notes_beside_the_pack_are_not_part_of_it(tmp_path):
    for name, data in {**small_files(), "README.md": b"notes"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert load_pack(str(tmp_path)).hash == small_pack().hash


def test_guangdong_comes_with_craftpath():
    assert "guangdong" in installed_packs()


def test_a_pack_with_problems_is_refused_with_all_of_them(tmp_path):
    (tmp_path / "pack.yaml").write_text("pack: x\n")
    with pytest.raises(PackError) as error:
        load_pack(tmp_path)
    assert {problem.id for problem in error.value.problems} == {"missing-key", "missing-file"}
    assert "pack.yaml:1 – the pack has no `label`." in str(error.value)


def test_a_rule_with_problems_does_not_take_the_others_with_it():
    text = FILES["rules/skill.yaml"].replace("10 years", "10 yeers")
    reading = read_pack(small_files({"rules/skill.yaml": text}))
    assert [rule.id for rule in reading.pack.rules] == ["grant.senior"]
    assert build_pack(small_files({"rules/skill.yaml": text}))[0] is None


# --- one word changed -----------------------------------------------------------------------


def changed(file: str, old: str, new: str):
    pack = small_pack()
    tree = pack.trees[file]
    path = next(p for p, scalar in scalars(tree) if scalar.text == old)
    return rebuild(pack, file, replaced(tree, path, new))


def test_a_changed_number_gives_the_pack_with_that_rule_changed():
    pack, problems = changed("rules/skill.yaml", "10 years", "9 years")
    text = FILES["rules/skill.yaml"].replace("10 years", "9 years")
    assert problems == ()
    assert pack.rules == small_pack({"rules/skill.yaml": text}).rules
    assert pack.rules[1] is not None


def test_a_changed_key_is_a_changed_comparison():
    pack, problems = changed("rules/skill.yaml", "at_most", "at_least")
    (version,) = pack.rule("grant.senior").versions
    assert problems == ()
    assert version.routes[0].conditions[1].test.at_least == 2.0


def test_a_changed_amount_reaches_every_rule_that_asks_for_it():
    pack, problems = changed("amounts.yaml", "2200 yuan", "2201 yuan")
    (version,) = pack.rule("grant.senior").versions
    assert problems == ()
    assert version.routes[0].amount.cases[1][1] == 2201.0


def test_a_changed_set_reaches_every_rule_that_names_it():
    pack, _ = changed("sets.yaml", "6-18-02-04", "6-18-02-03")
    (version,) = pack.rule("grant.senior").versions
    assert "6-18-02-03" in version.routes[0].amount.additions[0].when.codes


def test_a_change_that_makes_no_sense_is_a_problem_and_leaves_the_rule_out():
    pack, problems = changed("rules/skill.yaml", "10 years", "ten years")
    assert [problem.id for problem in problems] == ["unknown-unit"]
    assert [rule.id for rule in pack.rules] == ["grant.senior"]


def test_other_tables_cannot_be_changed_in_a_pack_that_is_read():
    with pytest.raises(ValueError, match=r"kinds\.yaml cannot be changed"):
        rebuild(small_pack(), "kinds.yaml", Scalar("", 1))


# --- whatever is written, nothing falls over ------------------------------------------------

NASTY = st.one_of(
    st.sampled_from(
        ["", ":", "- ", "\t", "{", "}", "[", "]", '"', "'", "&a ", "*a", "!!x ", "\n", "null",
         "no", "1:30", "2024-02-30", "99999999999 years", "0", "-1", "é", "年", "\x00", "|", ">"]
    ),
    st.text(max_size=8),
)  # fmt: skip


@settings(deadline=None)
@given(
    file=st.sampled_from(sorted(FILES)),
    at=st.floats(0, 1),
    cut=st.integers(0, 12),
    put=NASTY,
)
def test_a_scribble_gives_a_pack_or_problems(file, at, cut, put):
    text = FILES[file]
    start = int(at * len(text))
    scribbled = (text[:start] + put + text[start + cut :]).encode("utf-8", "surrogatepass")
    pack, problems = build_pack({**small_files(), file: scribbled})
    assert (pack is None) == bool(problems)
    for problem in check_files({**small_files(), file: scribbled}):
        assert problem.what
        assert problem.mend


@settings(deadline=None)
@given(file=st.sampled_from(sorted(n for n in FILES if n.startswith("rules/"))), data=st.data())
def test_a_scribbled_word_gives_rules_or_problems(file, data):
    pack = small_pack()
    words = list(scalars(pack.trees[file]))
    path, scalar = data.draw(st.sampled_from(words))
    text = data.draw(NASTY | st.sampled_from([w.text for _, w in words]))
    other, problems = rebuild(pack, file, replaced(pack.trees[file], path, text))
    assert len(other.rules) == len(pack.rules) or problems or scalar.text == text


@settings(deadline=None)
@given(data=st.binary(max_size=60), file=st.sampled_from(sorted(FILES)))
def test_bytes_of_any_kind_give_a_pack_or_problems(data, file):
    pack, problems = build_pack({**small_files(), file: data})
    assert (pack is None) == bool(problems)
