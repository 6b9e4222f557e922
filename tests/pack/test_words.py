"""Tests, amounts and lengths in words: a Chinese official's Chinese, plain English."""

from __future__ import annotations

import datetime as dt

import pytest

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import Age, Amount, Calendar, Pattern, SameAsFocus
from craftpath.engine.vocabulary import Vocabulary
from craftpath.pack.load import load_rules
from craftpath.pack.words import (
    say_amount,
    say_day,
    say_days,
    say_duration,
    say_money,
    say_pattern,
    say_test,
)
from tests.pack.small_pack import FILES, rule_file, small_pack

WORDS = small_pack().vocabulary

# what docs/rule-language.md does not show already
SAID = [
    ("{worked: {occupation: related}, at_least: 10 years}",
     "从事本职业或相关职业累计满10年",
     "10 years of work in this or a related occupation"),
    ("{worked: {occupation: related}, at_least: 1 year}",
     "从事本职业或相关职业累计满1年",
     "1 year of work in this or a related occupation"),
    ("{worked: any, at_least: 2 years 6 months}",
     "从事任一职业累计满2年6个月",
     "2 years 6 months of work in any occupation"),
    ("{employment: {occupation: focus}, for: 1 year}",
     "从事本职业连续满1年",
     "1 year of work in this occupation without a break"),
    ("{age: {at_least: 16 years}}", "年满16周岁", "aged at least 16 years"),
    ("{age: {at_most: 60 years}}", "不超过60周岁", "aged no older than 60 years"),
    ("{certificate: {occupation: [6-18-02-04, 6-31-01-03], level_at_least: 3}}",
     "持有焊工或电工三级/高级工及以上职业技能等级证书",
     "skill certificate, level 3 (senior worker) or above, in welder or electrician"),
    ("{certificate: {occupation: {set: short-trades}, level_at_least: 5, level_at_most: 3}}",
     "持有急需紧缺职业五级/初级工至三级/高级工职业技能等级证书",
     ("skill certificate, level 5 (junior worker) to level 3 (senior worker), in shortage "
      "occupations")),
    ("{certificate: {level_at_least: 1}}",
     "持有一级/高级技师职业技能等级证书",
     "skill certificate, level 1 (senior technician)"),
    ("{certificate: {level_at_most: 4}}",
     "持有四级/中级工及以下职业技能等级证书",
     "skill certificate, level 4 (intermediate worker) or below"),
    ("{study: {major: related}}",
     "持有本专业或相关专业毕业证书",
     "diploma in this or a related major"),
    ("{count: {certificate: any}, in: life, at_least: 1}",
     "曾取得职业技能等级证书",
     "skill certificate, now or before"),
    ("{count: {grant: {occupation: focus, level: 3}}, in: life, at_most: 0}",
     "从无本职业三级/高级工技能补贴",
     "no skill grant, level 3 (senior worker) in this occupation ever"),
    ("{count: {grant: any}, in: 12 months, at_most: 1}",
     "近12个月内技能补贴不超过1次",
     "skill grant: at most 1 in the last 12 months"),
    ("{sum: {wage-tax: any}, in: 3 calendar years, at_least: 1500 yuan}",
     "连同本年度的近3个年度内工资薪金个人所得税合计不少于1500元",
     "wage tax: at least 1,500 yuan in all in 3 calendar years, this one included"),
    ("{wage-tax: {quantity_at_least: 100 yuan}}",
     "工资薪金个人所得税（不少于100元）",
     "wage tax (at least 100 yuan)"),
    ("{insured: {term_at_least: 6 months}}",
     "失业保险参保缴费（期限不少于6个月）",
     "unemployment insurance (for a term of at least 6 months)"),
    ("{calendar: [{from: 2024-02-01, until: 2024-02-02}, {until: 2020-01-01}]}",
     "2024年2月1日，或2019年12月31日及以前",
     "on 1 February 2024, or up to 31 December 2019"),
    ("{focus: {not_in: 6-18-02-04}}", "本职业不属于焊工", "this occupation is not among: welder"),
    ("{none: [{insured: any}, {certificate: any}]}",
     "不存在下列情形：失业保险参保缴费；持有职业技能等级证书",
     "none of: unemployment insurance; skill certificate"),
    ("{none: {worked: any, at_least: 1 year}}",
     "不属于：从事任一职业累计满1年",
     "not: 1 year of work in any occupation"),
    ("{all: [{insured: any}, {any: [{certificate: any}, {study: any}]}]}",
     "失业保险参保缴费，且（持有职业技能等级证书，或者持有毕业证书）",
     "unemployment insurance, and (skill certificate, or diploma)"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "zh", "en"), SAID, ids=[row[0] for row in SAID])
def test_it_says(condition, zh, en):
    found = load_rules(rule_file(condition), small_pack())
    assert found.problems == ()
    test = found.rules[0].versions[0].routes[0].conditions[0].test
    assert say_test(test, WORDS, "zh") == zh
    assert say_test(test, WORDS, "en") == en


def test_it_names_the_focus_where_it_is_known():
    pattern = Pattern("certificate", SameAsFocus())
    assert say_pattern(pattern, WORDS, "zh", focus="6-18-02-04") == "焊工职业技能等级证书"
    assert say_pattern(pattern, WORDS, "en", focus="6-18-02-04") == "skill certificate in welder"


def test_an_organisation_has_an_age_from_its_founding():
    age = Age(at_least=Duration(months=36))
    assert say_test(age, WORDS, "zh", party="organisation") == "成立满3年"
    assert say_test(age, WORDS, "en", party="organisation") == "founded at least 3 years ago"


def test_the_pack_may_say_it_better():
    old = "label: {zh: 失业保险参保缴费, en: unemployment insurance}\n"
    said = "    said: {zh: 参加失业保险, en: unemployment insurance cover}\n"
    pack = small_pack({"kinds.yaml": FILES["kinds.yaml"].replace(old, old + said)})
    assert say_pattern(Pattern("insured"), pack.vocabulary, "zh") == "参加失业保险"
    assert say_pattern(Pattern("insured"), pack.vocabulary, "en") == "unemployment insurance cover"


# --- amounts, days, lengths -----------------------------------------------------------------


def test_an_amount_is_said_for_the_days_asked():
    amount = small_pack().rule("grant.senior").versions[0].routes[0].amount
    year = Interval(dt.date(2025, 1, 1), dt.date(2026, 1, 1))
    assert (
        say_amount(amount, WORDS, "zh", within=year) == "2200元；本职业属于急需紧缺职业的，上浮30%"
    )
    assert say_amount(amount, WORDS, "en") == (
        "2,000 yuan 1 January 2023 to 31 December 2024; 2,200 yuan 1 January 2025 to 31 December "
        "2025; 30 % more where this occupation is among: shortage occupations"
    )


def test_an_amount_by_condition_names_the_conditions_and_the_cap():
    amount = Amount("yuan", ((Age(under=Duration(months=420)), 900.0), (None, 500.0)), cap=800.0)
    assert say_amount(amount, WORDS, "zh") == "未满35周岁的，900元；其他500元；最高800元"
    assert say_amount(amount, WORDS, "en") == (
        "900 yuan where aged under 35 years; otherwise 500 yuan; at most 800 yuan"
    )


def test_days_include_the_last_one():
    days = Interval(dt.date(2024, 10, 28), dt.date(2024, 11, 8))
    assert say_days(days, "zh") == "2024年10月28日至11月7日"
    assert say_days(days, "en") == "28 October 2024 to 7 November 2024"
    assert say_days(Interval(dt.date(2024, 2, 5), dt.date(2024, 2, 13)), "zh") == (
        "2024年2月5日至12日"
    )
    assert say_days(Interval(), "zh") == "任何时候"
    assert say_days(Interval(), "en") == "at any time"
    assert say_day(dt.date(2024, 2, 29), "zh") == "2024年2月29日"


@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (Duration(months=30), "2年6个月", "2 years 6 months"),
        (Duration(days=60), "60天", "60 days"),
        (Duration(), "0天", "0 days"),
    ],
)
def test_a_length_of_time_is_said_in_years_months_and_days(length, zh, en):
    assert say_duration(length, "zh") == zh
    assert say_duration(length, "en") == en


def test_money_is_said_with_its_unit():
    assert say_money(200_000, "yuan", "zh") == "20万元"
    assert say_money(1_500, "yuan", "zh") == "1500元"
    assert say_money(1_500.5, "yuan", "en") == "1,500.5 yuan"


def test_a_stranger_is_called_by_its_id():
    nothing = Vocabulary({}, {}, {})
    assert say_pattern(Pattern("mystery"), nothing, "zh") == "mystery"
    assert say_test(Calendar((Interval(),)), nothing, "en") == "at any time"


def test_there_are_two_languages():
    with pytest.raises(ValueError, match="zh or en"):
        say_test(Age(), WORDS, "fr")
