"""assessments.yaml: read, and each slip named with its mend."""

from __future__ import annotations

import pytest

from craftpath.assessment.choices import PARTS as SITTING_PARTS
from craftpath.assessment.choices import Role
from craftpath.engine.rules import Label
from craftpath.pack.assessments import EXAMINERS, PARTS, Staffing
from craftpath.pack.check import check_files
from craftpath.pack.load import build_pack, load_pack
from craftpath.pack.nouns import Pack
from craftpath.pack.programmes import Citation
from tests.pack.small_pack import small_files

WELDER = "6-18-02-04"
TEXT = """\
assessments:
  gives: certificate
  full: {value: 100, source: town-2023-1}
  passes: {value: 60, source: town-2023-1}
  parts:
    - part: theory
      label: {zh: 理论, en: theory}
      levels: ["3", "1"]
      source: town-2023-1
      minutes: {least: 90, of: session, source: town-2023-1}
      staff: {role: invigilator, least: 2, each: 15, source: town-2023-1, clause: 第三条}
    - part: skill
      label: {zh: 技能, en: skill}
      levels: ["3"]
      source: town-2023-1
      minutes: null
      staff: {role: assessor, least: 3, each: 5, odd: true, source: town-2025-7}
      pending: {minutes: {zh: 未查得, en: not found}}
      standards:
        6-18-02-04:
          minutes: {least: 120, of: session, source: town-2025-7}
          staff: {role: assessor, least: 3, each: 3, odd: true, source: town-2025-7}
    - part: review
      label: {zh: 评审, en: review}
      levels: ["1"]
      source: town-2023-1
      minutes: {least: 30, of: candidate, source: town-2023-1}
      staff: {role: reviewer, least: 3, odd: true, source: town-2023-1}
"""


def files(old: str = "", new: str = "") -> dict[str, bytes]:
    """The small pack with assessments; `old` → `new` in them."""
    assert old in TEXT
    changed = TEXT.replace(old, new, 1) if old else TEXT
    return {**small_files(), "assessments.yaml": changed.encode()}


def read() -> Pack:
    pack, problems = build_pack(files())
    assert pack is not None, problems
    return pack


def test_it_says_what_each_level_is_assessed_by():
    found = read().assessments
    assert found is not None
    assert (found.gives, found.full.value, found.passes.value) == ("certificate", 100, 60)
    assert [one.id for one in found.parts_for("1-1", 4)] == ["theory", "skill"]
    assert [one.id for one in found.parts_for("1-1", 6)] == ["theory", "review"]
    assert found.parts_for("1-1", 1) == ()
    theory = found.parts_for("1-1", 4)[0]
    assert theory.staffing == Staffing(
        "invigilator", 2, 15, False, Citation("town-2023-1", "第三条")
    )


def test_a_standard_says_otherwise_for_its_occupation_alone():
    found = read().assessments
    assert found is not None
    usual, own = found.parts_for("1-1", 4)[1], found.parts_for(WELDER, 4)[1]
    assert usual.minutes is None and usual.pending == {"minutes": Label("未查得", "not found")}
    assert own.minutes is not None and own.minutes.least == 120 and not own.pending
    assert (usual.staffing.each, own.staffing.each) == (5, 3)


def test_a_pack_need_not_say():
    pack, problems = build_pack(small_files())
    assert pack is not None, problems
    assert pack.assessments is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("gives: certificate", "gives: birth", "`gives` is `birth`"),
        ("full: {value: 100", "full: {value: 0", "`value` is 0, which nothing can be counted by"),
        ("passes: {value: 60", "passes: {value: 101", "101 of 100 marks can never be reached"),
        ("part: theory", "part: theorie", "`part` is `theorie`. Did you mean `theory`?"),
        ("part: skill", "part: theory", "the part `theory` is there twice"),
        ('levels: ["3", "1"]', 'levels: ["7"]', "a level is `7`"),
        ("source: town-2023-1}", "source: town-1}", "sources.yaml has no source `town-1`"),
        ("least: 90, of: session, ", "least: 90, ", "`minutes` has no `of`"),
        ("least: 90", "least: 1.5", "`least` is 1.5"),
        ("      pending: {minutes: {zh: 未查得, en: not found}}\n", "", "`minutes` is null"),
        ("role: invigilator", "role: invigilatr", "Did you mean `invigilator`?"),
        ("least: 3, odd", "least: 4, odd", "its least number 4 is even"),
        ("6-18-02-04:", "6-18-02-99:", "has no code `6-18-02-99`"),
        ("odd: true, source: town-2023-1", "even: true, source: town-2023-1", "no key `even`"),
        ("      label: {zh: 理论, en: theory}\n", "", "a part has no `label`"),
    ],
)
def test_it_names_what_is_off(old: str, new: str, message: str):
    found = [str(p) for p in check_files(files(old, new)) if p.file == "assessments.yaml"]
    assert any(message in one for one in found), found


@pytest.mark.parametrize(
    ("candidates", "needed"), [(0, 0), (1, 3), (15, 3), (16, 5), (20, 5), (25, 5), (26, 7)]
)
def test_a_panel_is_odd_and_grows_with_the_candidates(candidates: int, needed: int):
    assert Staffing("assessor", 3, 5, True, Citation("")).needed(candidates) == needed


@pytest.mark.parametrize(
    "staffing",
    [
        Staffing("invigilator", 2, 15, False, Citation("")),
        Staffing("assessor", 3, 5, True, Citation("")),
    ],
)
def test_as_many_as_are_needed_are_enough(staffing: Staffing):
    for candidates in range(1, 80):
        needed = staffing.needed(candidates)
        assert (staffing.most(needed) or 0) >= candidates
        fewer = [staffing.most(many) or 0 for many in range(needed)]
        assert max(fewer) < candidates or needed == staffing.least


def test_a_panel_of_an_even_number_is_enough_for_nobody():
    panel = Staffing("reviewer", 3, None, True, Citation(""))
    assert [panel.most(many) for many in (2, 3, 4, 5)] == [0, None, 0, None]


def test_the_site_knows_every_part_and_role_that_a_pack_may_name():
    assert {part.value for part in SITTING_PARTS} == set(PARTS)
    assert {role.value for role in Role} == set(EXAMINERS)


def test_guangdong_assesses_technicians_by_review_as_well_and_appoints_those_above():
    pack = load_pack("guangdong")
    found = pack.assessments
    assert found is not None
    steps = pack.vocabulary.scales["skill"].steps
    said = {step.code: [p.id for p in found.parts_for(WELDER, step.rank)] for step in steps}
    two, three = ["theory", "skill"], ["theory", "skill", "review"]
    assert said == {
        "0": [], "5": two, "4": two, "3": two, "2": three, "1": three, "T": [], "S": [],
    }  # fmt: skip


def test_guangdong_knows_no_ratio_of_skill_for_sure():
    pack = load_pack("guangdong")
    assert pack.assessments is not None
    skill = pack.assessments.parts_for(WELDER, 4)[1]
    assert pack.sources[skill.staffing.cited.source].certainty == "RECALL"
    assert skill.minutes is None and "minutes" in skill.pending
