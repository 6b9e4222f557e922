"""`show_rule` prints a rule as a person reads it."""

from __future__ import annotations

import pytest

from craftpath.pack.problems import PackError
from craftpath.pack.show import show_rule, show_rules
from tests.pack.small_pack import FILES, small_pack

ZH = """\
三级/高级工 申报条件  (skill-level.senior)
适用对象：个人，按其有记录的每个职业分别判定
适用版本：问到的那一天有效的

【2023年7月1日起】
  依据：《小城技能等级申报办法》（小城发〔2023〕1号）
  符合下列途径之一：
    （1） [work-10y]
      · 从事本职业或相关职业累计满10年
    （2） [level4-then-4y]
      · 取得本职业或相关职业四级/中级工职业技能等级证书后，从事本职业或相关职业累计满4年

看哪些记录
  · 从业——未录入即没有：以劳动合同备案为准
  · 职业技能等级证书——未录入即没有：全国联网可查

出处
  小城技能等级申报办法，小城发〔2023〕1号，小城人民政府，2023年6月20日
    可信度 B：见于官方文本的转载
    说明：为示例虚构
"""

EN = """\
Grant for senior workers  (grant.senior)
About: a person, decided for each occupation on record
Version: the one in force on the day asked

[1 January 2025 to 31 December 2025]
  Rests on: 小城技能补贴办法（小城发〔2025〕7号）
  Asked of everybody:
    · 12 months of unemployment insurance in all
  and one of these ways:
    [certificate]
      · within 12 months of the skill certificate, level 3 (senior worker) in this occupation
      · skill grant: at most 2 in the calendar year
      Amount: 2,200 yuan; 30 % more where this occupation is among: shortage occupations

Records that it looks at
  · unemployment insurance – absence means no: insurance data are complete
  · skill certificate – absence means no: the national register is complete
  · skill grant – absence means no: paid by this system

Sources
  小城技能补贴办法, 小城发〔2025〕7号, Small Town government, 20 December 2024
    certainty C: seen in a third-party page only: a lead
"""


def test_it_shows_a_rule_in_chinese():
    assert show_rule(small_pack(), "skill-level.senior", "zh") == ZH


def test_it_shows_a_rule_in_english():
    assert show_rule(small_pack(), "grant.senior", "en") == EN


def test_it_says_plainly_what_is_pending():
    text = FILES["rules/skill.yaml"].replace(
        "{worked: {occupation: related}, at_least: 10 years}",
        "{pending: {zh: 原文被截断, en: the text is cut}}",
    )
    rules = text.split("cases:")[0]
    pack = small_pack({"rules/skill.yaml": rules})
    zh = show_rule(pack, "skill-level.senior", "zh")
    assert "有待查的内容：只凭这些内容的，答复为“尚不能定”" in zh
    assert "· 待查：原文被截断" in zh
    en = show_rule(pack, "skill-level.senior", "en")
    assert "Parts are not settled" in en
    assert "· not settled: the text is cut" in en


def test_it_shows_a_label_and_what_decides_it():
    text = FILES["rules/skill.yaml"].replace(
        "{worked: {occupation: related}, at_least: 10 years}",
        "{label: {zh: 满十年, en: ten years}, worked: {occupation: related}, at_least: 10 years}",
    )
    zh = show_rule(small_pack({"rules/skill.yaml": text}), "skill-level.senior", "zh")
    assert "· 满十年\n        判定：从事本职业或相关职业累计满10年\n" in zh


def test_it_lists_the_rules_in_order():
    assert show_rules(small_pack(), "zh").splitlines() == [
        "skill-level.senior  三级/高级工 申报条件",
        "grant.senior        高级工技能补贴",
    ]


def test_it_says_when_there_is_no_such_rule():
    with pytest.raises(PackError, match=r"Did you mean `grant\.senior`\?"):
        show_rule(small_pack(), "grant.seniors", "zh")
