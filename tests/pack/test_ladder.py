"""The ladder and the chapters of pack.yaml: read, and each slip named with its mend."""

from __future__ import annotations

import pytest

from craftpath.engine.rules import Label
from craftpath.pack.check import check_files
from craftpath.pack.load import build_pack
from craftpath.pack.nouns import Ladder, LadderRung, Pack
from tests.pack.small_pack import FILES, small_files

RULE = """\
rules:
  - rule: skill-level.senior
    about: [person, occupation]
    label: {zh: 三级/高级工申报条件, en: Level 3}
    versions:
      - from: 2023-07-01
        source: town-2023-1
        any:
          - id: work-10y
            all:
              - {worked: {occupation: related}, at_least: 10 years}
"""
HEADER = (
    FILES["pack.yaml"]
    + """\
ladder:
  scale: skill
  held: [certificate]
  rungs:
    - {level: "4"}
    - {level: "3", rules: [skill-level.senior]}
chapters:
  levels: {zh: 技能等级, en: Skill levels}
"""
)


def files(old: str = "", new: str = "") -> dict[str, bytes]:
    """The small pack with one rule and a ladder; `old` → `new` in pack.yaml."""
    assert old in HEADER
    changed = HEADER.replace(old, new, 1) if old else HEADER
    kept = {name: data for name, data in small_files().items() if not name.startswith("rules/")}
    return {**kept, "pack.yaml": changed.encode(), "rules/levels.yaml": RULE.encode()}


def said(old: str, new: str) -> list[str]:
    return [str(p) for p in check_files(files(old, new)) if p.id != "unused"]


def test_it_is_read_low_to_high_with_the_rules_that_open_each_rung():
    pack, problems = build_pack(files())

    assert pack is not None, problems
    assert pack.ladder == Ladder(
        "skill",
        "occupation",
        ("certificate",),
        (LadderRung(3), LadderRung(4, ("skill-level.senior",))),
    )
    assert pack.chapters == {"levels": Label("技能等级", "Skill levels")}


def test_a_pack_needs_neither():
    pack, problems = build_pack(small_files())

    assert pack is not None, problems
    assert (pack.ladder, pack.chapters) == (None, {})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("scale: skill", "scale: skil", "`scale` of the ladder is `skil`. Did you mean `skill`?"),
        ("scale: skill", "skale: skill", "`ladder` has no `scale`"),
        ("held: [certificate]", "held: [birth]", "a kind of the ladder is `birth`"),
        ('level: "3"', 'level: "33"', "`level` of a rung is `33`"),
        ('level: "3"', 'level: "5"', "this rung is not above the one before it"),
        ("[skill-level.senior]", "[skill-level.senor]", "Did you mean `skill-level.senior`?"),
        ("[skill-level.senior]}", "[skill-level.senior], x: 1}", "a rung has no key `x`"),
        ("levels: {zh", "levls: {zh", "there is no rule file `rules/levls.yaml`"),
        ("{zh: 技能等级, en: Skill levels}", "技能等级", "the label of the chapter `levels`"),
    ],
)
def test_a_slip_is_named_at_its_line(old: str, new: str, message: str):
    assert said("", "") == []

    found = said(old, new)

    assert any(message in one and one.startswith("pack.yaml:") for one in found), found


def test_guangdongs_ladder_has_every_step_of_its_scale(guangdong: Pack):
    assert guangdong.ladder is not None
    scale = guangdong.vocabulary.scales[guangdong.ladder.scale]

    assert [rung.level for rung in guangdong.ladder.rungs] == [step.rank for step in scale.steps]


def test_guangdongs_chapters_name_every_rule_file(guangdong: Pack):
    files = {place.file for place in guangdong.places.values()}

    assert {f"rules/{id}.yaml" for id in guangdong.chapters} == files
