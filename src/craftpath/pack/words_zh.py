"""Chinese, as the law and its offices write it."""

from __future__ import annotations

import datetime as dt
import re
from typing import ClassVar

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import (
    Accumulated,
    Age,
    AllOf,
    Amount,
    AnyOf,
    Calendar,
    FocusIn,
    HeldFor,
    Holds,
    Label,
    NoneOf,
    OneOf,
    Pattern,
    RelatedToFocus,
    SameAsFocus,
    Test,
    Total,
    Window,
    WindowKind,
    Within,
)
from craftpath.pack.speech import Speech, dated

__all__ = ["Chinese", "day", "days", "duration"]

#: Things that one obtains (取得) and holds (持有).
_PAPERS = re.compile(r"(证书|证|职称|称号|专利|资格)$")
#: Things that are on file; bodies and people that one is; attributes that are something (为).
_ROWS = re.compile(r"(记录|登记|备案|合同)$")
_BEINGS = re.compile(r"(人员|企业|组织|单位|机构|院校|学校|学生|毕业生)$")
_TRAITS = re.compile(r"(地|户籍|性别|类别|类型|认定|级别|身份)$")
_SCOPE = re.compile(r"（含[^（）]*）")
_DAY = dt.timedelta(days=1)


def duration(length: Duration) -> str:
    years, months = divmod(length.months, 12)
    parts = [(years, "年"), (months, "个月"), (length.days, "天")]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0天"


def _months(length: Duration) -> str:
    """A period counted in months up to a year: 12个月, not 1年."""
    if length.months <= 12 and not length.days:
        return f"{length.months}个月"
    return duration(length)


def day(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"


def days(span: Interval) -> str:
    last = span.end - _DAY if span.end else None
    if span.start and last:
        return day(last) if last == span.start else f"{day(span.start)}至{_later(span.start, last)}"
    if span.start:
        return f"{day(span.start)}起"
    return f"{day(last)}及以前" if last else "任何时候"


def _later(first: dt.date, last: dt.date) -> str:
    if (first.year, first.month) == (last.year, last.month):
        return f"{last.day}日"
    return f"{last.month}月{last.day}日" if first.year == last.year else day(last)


def _number(value: float) -> str:
    if value >= 10_000 and value % 1_000 == 0:
        return f"{value / 10_000:g}万"
    return f"{value:.2f}".rstrip("0").rstrip(".")


class Chinese(Speech):
    lang: ClassVar[str] = "zh"

    # --- nouns ---

    def noun(self, pattern: Pattern) -> str:
        """本职业或相关职业四级/中级工职业技能等级证书."""
        label, level = self._plain_label(pattern.kind), self._level(pattern)
        said = self.said(pattern.kind)
        if said is not None:
            filled = said.replace("{subject}", self._subject(pattern)).replace("{level}", level)
            return filled + self._aside(pattern, level="" if "{level}" in said else level)
        subject = self._subject(pattern, bare=True)
        if self.is_named(pattern):
            return f"{label}（{subject}）{self._aside(pattern, level)}"
        return self._joined(subject, level, label, pattern) + self._aside(pattern)

    def _joined(self, subject: str, level: str, label: str, pattern: Pattern) -> str:
        """Subject, level and kind as one noun, saying no word twice."""
        own = self.list_label(self.kind(pattern.kind).codes)
        bare = self._bare_label(pattern.kind)
        if level and bare in level:  # 初级职称 + 职称
            return f"{subject}{level}"
        if label.startswith("已领"):  # 已领 + 本职业五级 + 补贴
            return f"已领{subject}{level}{label.removeprefix('已领')}"
        if subject and own and label.endswith(own):  # 拟从事职业 → 拟从事本职业
            return f"{label.removesuffix(own)}{subject}"
        if subject and own and subject.endswith(own):  # 相关专业 + 专业经评估论证
            label = label if level else label.removeprefix(own)
        return f"{subject}{level}{label}"

    def _subject(self, pattern: Pattern, *, bare: bool = False) -> str:
        own = self.list_label(self.kind(pattern.kind).codes)
        match pattern.subject:
            case SameAsFocus():
                return self.focus_name() or f"本{own}"
            case RelatedToFocus():
                name = self._own_focus(pattern) or f"本{own}"
                return f"{name}或相关{own}"
            case OneOf(codes, name):
                return name.zh if name else self._names(codes, self.kind(pattern.kind).codes)
        return "" if bare else f"任一{own}"

    def _own_focus(self, pattern: Pattern) -> str | None:
        """The focus by name, where the pattern's codes are of the focus's own list."""
        codes = self.vocabulary.lists.get(self.kind(pattern.kind).codes or "")
        return self.focus_name() if codes and self.focus in codes.codes else None

    def _names(self, codes: frozenset[str], list_id: str | None) -> str:
        names = self.names(codes, list_id)
        if len(names) < len(codes):
            return f"{'、'.join(names)}等{len(codes)}项"
        return f"{'、'.join(names[:-1])}或{names[-1]}" if len(names) > 1 else "".join(names)

    def _level(self, pattern: Pattern) -> str:
        low, high = pattern.level_at_least, pattern.level_at_most
        lowest, highest = self.step(pattern.kind, low), self.step(pattern.kind, high)
        if lowest and highest:
            return lowest if low == high else f"{lowest}至{highest}"
        if lowest:
            return lowest if self.top_of(pattern.kind, low) else f"{lowest}及以上"
        return f"{highest}及以下" if highest else ""

    def _aside(self, pattern: Pattern, level: str = "") -> str:
        """What else is asked of the record, in brackets."""
        parts = [self._quantity(pattern), level]
        if pattern.started:
            parts.append(self._begun(pattern, pattern.started))
        if pattern.term_at_least:
            parts.append(f"期限不少于{duration(pattern.term_at_least)}")
        if pattern.other:
            role = self.role(pattern.kind)
            when = "当日" if pattern.other_on_start else ""
            parts.append(f"{when}{role}{self._must(pattern.other, role)}")
        if pattern.already:
            parts.append(f"此前已{self.holds(pattern.already)}")
        said = "，".join(part for part in parts if part)
        return f"（{said}）" if said else ""

    def _begun(self, pattern: Pattern, span: Interval) -> str:
        said = days(span) if span.end else f"{day(span.start)}及以后" if span.start else ""
        return f"{said}取得" if self._is_paper(pattern.kind) else f"始于{said}"

    def _must(self, pattern: Pattern, role: str) -> str:
        """What the other party must be or have: 须为规模以上企业, 所在地为广东省."""
        noun = self.noun(pattern)
        if self._has_trait(pattern):
            return self.holds(pattern).removeprefix(role)
        return f"须为{noun}" if _BEINGS.search(noun) else f"须符合“{noun}”"

    def _has_trait(self, pattern: Pattern) -> bool:
        label = self._bare_label(pattern.kind)
        return self.is_named(pattern) and bool(_TRAITS.search(label))

    def _quantity(self, pattern: Pattern) -> str:
        low, high = pattern.quantity_at_least, pattern.quantity_at_most
        unit = self.units(pattern.kind)
        if self.kind(pattern.kind).unit == "place":
            return _places(low, high)
        parts = []
        if low is not None:
            parts.append(f"不少于{_number(low)}{unit}")
        if high is not None:
            parts.append(f"不超过{_number(high)}{unit}")
        return "、".join(parts)

    def _is_paper(self, kind: str) -> bool:
        return bool(_PAPERS.search(self._bare_label(kind)))

    def _plain_label(self, kind: str) -> str:
        """The label without a note on its scope: （含…） need not stand in every sentence."""
        return _SCOPE.sub("", self.label(kind))

    def _bare_label(self, kind: str) -> str:
        return re.sub(r"（[^（）]*）$", "", self.label(kind))

    # --- tests ---

    def age(self, test: Age) -> str:
        whole = "周岁" if self.party == "person" else "年"
        since = "年" if self.party == "person" else "成立"
        parts = []
        if test.at_least:
            parts.append(f"{since}满{_age(test.at_least, whole)}")
        if test.under:
            parts.append(f"未满{_age(test.under, whole)}")
        if test.at_most:
            parts.append(f"不超过{_age(test.at_most, whole)}")
        said = "、".join(parts)
        return said if test.at_least or self.party == "person" else f"成立{said}"

    def holds(self, pattern: Pattern) -> str:
        label = self._bare_label(pattern.kind)
        if self.said(pattern.kind) is not None:
            return self.noun(pattern)
        if self._has_trait(pattern):
            return f"{label}为{self._subject(pattern)}{self._aside(pattern, self._level(pattern))}"
        if self._is_paper(pattern.kind):
            return f"持有{self.noun(pattern)}"
        return f"有{self.noun(pattern)}" if _ROWS.search(label) else self.noun(pattern)

    def held_for(self, test: HeldFor) -> str:
        length = duration(test.at_least)
        if self._is_paper(test.pattern.kind):
            return f"持有{self.noun(test.pattern)}满{length}"
        return f"{self.holds(test.pattern)}连续满{length}"

    def accumulated(self, test: Accumulated) -> str:
        length = _months(test.at_least)
        if test.at_least.months == 12 and self.said(test.pattern.kind) is not None:
            length = duration(test.at_least)
        said = f"{self.noun(test.pattern)}累计满{length}"
        if test.since is None:
            return said
        anchor = self.noun(test.since)
        got = "取得" if self._is_paper(test.since.kind) else ""
        return f"{got}{anchor}后，{said}"

    def within(self, test: Within) -> str:
        got = "取得" if self._is_paper(test.pattern.kind) else ""
        return f"{got}{self.noun(test.pattern)}之日起{_months(test.within)}内"

    def total(self, test: Total) -> str:
        when, noun = _window(test.window), self.noun(test.pattern)
        if test.measure == "count" and test.at_most == 0:
            return self._never(when or "从", noun)
        if test.measure == "count" and test.at_least == 1 and test.at_most is None:
            got = "取得" if self._is_paper(test.pattern.kind) else "有"
            return f"{when}{got}{noun}" if when else f"曾{got}{noun}"
        unit = "次" if test.measure == "count" else self.units(test.pattern.kind)
        sum = "合计" if test.measure == "sum" else "" if when else "累计"
        parts = []
        if test.at_least is not None:
            parts.append(f"不少于{_number(test.at_least)}{unit}")
        if test.at_most is not None:
            parts.append(f"不超过{_number(test.at_most)}{unit}")
        return f"{when}{noun}{sum}{'、'.join(parts)}"

    def _never(self, when: str, noun: str) -> str:
        return f"{when}未{noun.removeprefix('已')}" if noun.startswith("已") else f"{when}无{noun}"

    def calendar(self, test: Calendar) -> str:
        return "，或".join(days(span) for span in test.intervals)

    def focus_in(self, test: FocusIn) -> str:
        list_id = self.list_of(test.codes)
        own = self.focus_name() or f"本{self.list_label(list_id)}"
        names = test.name.zh if test.name else self._names(test.codes, list_id)
        return f"{own}{'不' if test.negate else ''}属于{names}"

    def all_of(self, tests: tuple[Test, ...]) -> str:
        return "，且".join(self._part(test, AnyOf) for test in tests)

    def any_of(self, tests: tuple[Test, ...]) -> str:
        return "，或者".join(self._part(test, AllOf) for test in tests)

    def none_of(self, tests: tuple[Test, ...]) -> str:
        if len(tests) > 1:
            return f"不存在下列情形：{'；'.join(self.test(test) for test in tests)}"
        said = self.test(tests[0])
        if not isinstance(tests[0], Holds):
            return f"不属于：{said}"
        if said.startswith(("持有", "从事")):
            return f"未{said}"
        return f"非{said}" if _BEINGS.search(said) else f"没有{said.removeprefix('有')}"

    def _part(self, test: Test, strange: type) -> str:
        said = self.test(test)
        return f"（{said}）" if isinstance(test, strange | NoneOf) and "，" in said else said

    def pending(self, why: Label) -> str:
        return f"待查：{why.zh}"

    # --- amounts ---

    def amount(self, amount: Amount, within: Interval) -> str:
        parts = [self._base(amount, within)]
        parts += [f"{self.test(a.when)}的，上浮{_number(a.percent)}%" for a in amount.additions]
        if amount.cap is not None:
            parts.append(f"最高{self.money(amount.cap, amount.unit)}")
        return "；".join(parts)

    def _base(self, amount: Amount, within: Interval) -> str:
        values = dated(amount, within)
        if values is not None and len(values) == 1 and values[0][0] == Interval():
            return self.money(values[0][1], amount.unit)
        if values is not None:
            said = [f"{days(span)}{self.money(value, amount.unit)}" for span, value in values]
            return "；".join(said)
        return "；".join(
            f"{self.test(test)}的，{self.money(value, amount.unit)}"
            if test is not None
            else f"其他{self.money(value, amount.unit)}"
            for test, value in amount.cases
        )

    def money(self, value: float, unit: str) -> str:
        return f"{_number(value)}{self.unit(unit)}"


def _age(length: Duration, whole: str) -> str:
    years, months = divmod(length.months, 12)
    parts = [(years, whole if not months else whole.removeprefix("周")), (months, "个月")]
    said = "".join(f"{number}{unit}" for number, unit in parts if number)
    return said + (f"{length.days}天" if length.days else "")


def _places(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"第{low:g}名" if low == high else f"第{low:g}至第{high:g}名"
    if high is not None:
        return "第1名" if high == 1 else f"前{high:g}名"
    return f"第{low:g}名及以后" if low is not None else ""


def _window(window: Window) -> str:
    match window.kind:
        case WindowKind.LIFE:
            return ""
        case WindowKind.ROLLING:
            return f"近{_months(window.length or Duration())}内"
        case WindowKind.CALENDAR_YEARS:
            return "本年度内" if window.years == 1 else f"连同本年度的近{window.years}个年度内"
        case WindowKind.FULL_YEARS:
            return "上一年度内" if window.years == 1 else f"此前{window.years}个完整年度内"
