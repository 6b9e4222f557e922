"""English, plain: noun phrases that stand as conditions in a list."""

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

__all__ = ["English", "day", "days", "duration"]

#: Things of which one has none; of all else one says what is not so.
_THINGS = re.compile(
    r"\b(certificate|title|patent|honour|contract|accident|trust|offence|record|diploma|card|"
    r"penalty|property)s?$"
)
_SCOPE = re.compile(r" \(incl\.[^()]*\)")
_DAY = dt.timedelta(days=1)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def duration(length: Duration) -> str:
    return str(length)


def _months(length: Duration) -> str:
    """A period counted in months up to a year: 12 months, not 1 year."""
    if 1 < length.months <= 12 and not length.days:
        return f"{length.months} months"
    return str(length)


def day(date: dt.date) -> str:
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def days(span: Interval) -> str:
    last = span.end - _DAY if span.end else None
    if span.start and last:
        return f"on {day(last)}" if last == span.start else f"{day(span.start)} to {day(last)}"
    if span.start:
        return f"from {day(span.start)}"
    return f"up to {day(last)}" if last else "at any time"


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


class English(Speech):
    lang: ClassVar[str] = "en"

    # --- nouns ---

    def noun(self, pattern: Pattern) -> str:
        """skill certificate, level 4, in this or a related occupation."""
        return self._noun(pattern).rstrip(",")

    def _noun(self, pattern: Pattern) -> str:
        said, level = self.said(pattern.kind), self._level(pattern)
        bare = level.strip(", ")
        if said is not None:
            filled = said.replace("{subject}", self._subject(pattern)).replace("{level}", bare)
            return filled + self._aside(pattern, "" if "{level}" in said else bare)
        label = self._plain_label(pattern.kind)
        if self.is_named(pattern):
            return f"{label} ({self._subject(pattern)}){self._aside(pattern, bare)}"
        subject = "" if self.asks_any(pattern) else f" in {self._subject(pattern)}"
        own = self.list_label(self.kind(pattern.kind).codes)
        if subject and own and label.endswith(own):  # intended occupation → : this occupation
            subject = f": {self._subject(pattern)}"
        return f"{label}{level}{subject}{self._aside(pattern)}"

    def _plain_label(self, kind: str) -> str:
        """The label without a note on its scope: (incl. …) need not stand in every sentence."""
        return _SCOPE.sub("", self.label(kind))

    def _subject(self, pattern: Pattern) -> str:
        own = self.list_label(self.kind(pattern.kind).codes)
        match pattern.subject:
            case SameAsFocus():
                return self.focus_name() or f"this {own}"
            case RelatedToFocus():
                codes = self.vocabulary.lists.get(self.kind(pattern.kind).codes or "")
                named = self.focus_name() if codes and self.focus in codes.codes else None
                return f"{named} or a related {own}" if named else f"this or a related {own}"
            case OneOf(codes, name):
                return name.en if name else self._names(codes, self.kind(pattern.kind).codes)
        return f"any {own}"

    def _names(self, codes: frozenset[str], list_id: str | None) -> str:
        names = self.names(codes, list_id)
        if len(names) < len(codes):
            return f"{', '.join(names)} or another of {len(codes)}"
        return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)

    def _level(self, pattern: Pattern) -> str:
        low, high = pattern.level_at_least, pattern.level_at_most
        lowest, highest = self.step(pattern.kind, low), self.step(pattern.kind, high)
        if lowest and highest:
            return f", {lowest}" if low == high else f", {lowest} to {highest},"
        if lowest:
            return f", {lowest}" + ("" if self.top_of(pattern.kind, low) else " or above,")
        return f", {highest} or below," if highest else ""

    def _aside(self, pattern: Pattern, level: str = "") -> str:
        """What else is asked of the record, in brackets."""
        parts = [self._quantity(pattern), level]
        if pattern.started:
            parts.append(_begun(pattern.started))
        if pattern.term_at_least:
            parts.append(f"for a term of at least {pattern.term_at_least}")
        if pattern.other:
            when = " on that day" if pattern.other_on_start else ""
            parts.append(f"{self.role(pattern.kind)}{when}: {self.holds(pattern.other)}")
        if pattern.already:
            parts.append(f"already having {self.holds(pattern.already)}")
        said = "; ".join(part for part in parts if part)
        return f" ({said})" if said else ""

    def _quantity(self, pattern: Pattern) -> str:
        low, high = pattern.quantity_at_least, pattern.quantity_at_most
        unit = self.units(pattern.kind)
        if self.kind(pattern.kind).unit == "place":
            return _places(low, high)
        return " and ".join(_bounds(low, high, unit))

    # --- tests ---

    def age(self, test: Age) -> str:
        parts = []
        if test.at_least:
            parts.append(f"at least {_age(test.at_least)}")
        if test.under:
            parts.append(f"under {_age(test.under)}")
        if test.at_most:
            parts.append(f"no older than {_age(test.at_most)}")
        said = " and ".join(parts)
        if self.party == "organisation":
            return f"founded {said} ago".replace("no older than", "no more than")
        return f"aged {said}"

    def holds(self, pattern: Pattern) -> str:
        if not self.is_named(pattern) or self.said(pattern.kind) is not None:
            return self.noun(pattern)
        label = self._plain_label(pattern.kind)
        colon = "" if label.endswith((" in", " of", " at")) else ":"
        aside = self._aside(pattern, self._level(pattern).strip(", "))
        return f"{label}{colon} {self._subject(pattern)}{aside}"

    def held_for(self, test: HeldFor) -> str:
        if self.said(test.pattern.kind) is not None:
            return f"{test.at_least} of {self.noun(test.pattern)} without a break"
        return f"{self.holds(test.pattern)}, held for {test.at_least}"

    def accumulated(self, test: Accumulated) -> str:
        worked = self.said(test.pattern.kind) is not None
        length = str(test.at_least) if worked else _months(test.at_least)
        said = f"{length} of {self.noun(test.pattern)}"
        if not worked:
            said += " in all"
        return said if test.since is None else f"{said} since the {self.noun(test.since)}"

    def within(self, test: Within) -> str:
        return f"within {_months(test.within)} of the {self.noun(test.pattern)}"

    def total(self, test: Total) -> str:
        noun, when = self.noun(test.pattern), _window(test.window)
        if test.measure == "sum":
            bounds = _bounds(test.at_least, test.at_most, self.units(test.pattern.kind))
            return f"{noun}: {' and '.join(bounds)} in all{' ' + when if when else ''}"
        if test.at_most == 0:
            return f"no {noun} {when or 'ever'}"
        if test.at_least == 1 and test.at_most is None:
            return f"{noun}, {when or 'now or before'}"
        bounds = _bounds(test.at_least, test.at_most, "")
        return f"{noun}: {' and '.join(bounds)}{' ' + when if when else ' in all'}"

    def calendar(self, test: Calendar) -> str:
        return ", or ".join(days(span) for span in test.intervals)

    def focus_in(self, test: FocusIn) -> str:
        list_id = self.list_of(test.codes)
        own = self.focus_name() or f"this {self.list_label(list_id)}"
        names = test.name.en if test.name else self._names(test.codes, list_id)
        return f"{own} is {'not ' if test.negate else ''}among: {names}"

    def all_of(self, tests: tuple[Test, ...]) -> str:
        return ", and ".join(self._part(test, AnyOf) for test in tests)

    def any_of(self, tests: tuple[Test, ...]) -> str:
        return ", or ".join(self._part(test, AllOf) for test in tests)

    def none_of(self, tests: tuple[Test, ...]) -> str:
        if len(tests) > 1:
            return f"none of: {'; '.join(self.test(test) for test in tests)}"
        said = self.test(tests[0])
        if isinstance(tests[0], Holds) and self._is_thing(tests[0].pattern.kind):
            return f"no {said}"
        return f"not: {said}"

    def _is_thing(self, kind: str) -> bool:
        return bool(_THINGS.search(re.sub(r" \([^()]*\)$", "", self.label(kind))))

    def _part(self, test: Test, strange: type) -> str:
        said = self.test(test)
        return f"({said})" if isinstance(test, strange | NoneOf) and "," in said else said

    def pending(self, why: Label) -> str:
        return f"not settled: {why.en}"

    # --- amounts ---

    def amount(self, amount: Amount, within: Interval) -> str:
        parts = [self._base(amount, within)]
        parts += [
            f"{_number(a.percent)} % more where {self.test(a.when)}" for a in amount.additions
        ]
        if amount.cap is not None:
            parts.append(f"at most {self.money(amount.cap, amount.unit)}")
        return "; ".join(parts)

    def _base(self, amount: Amount, within: Interval) -> str:
        values = dated(amount, within)
        if values is not None and len(values) == 1 and values[0][0] == Interval():
            return self.money(values[0][1], amount.unit)
        if values is not None:
            return "; ".join(f"{self.money(v, amount.unit)} {days(span)}" for span, v in values)
        return "; ".join(
            f"{self.money(value, amount.unit)} where {self.test(test)}"
            if test is not None
            else f"otherwise {self.money(value, amount.unit)}"
            for test, value in amount.cases
        )

    def money(self, value: float, unit: str) -> str:
        return f"{_number(value)} {self.unit(unit)}".rstrip()


def _begun(span: Interval) -> str:
    if span.start and span.end:
        return f"begun between {day(span.start)} and {day(span.end - _DAY)}"
    if span.start:
        return f"begun on or after {day(span.start)}"
    return f"begun by {day(span.end - _DAY)}" if span.end else "begun at any time"


def _age(length: Duration) -> str:
    return str(length)


def _bounds(low: float | None, high: float | None, unit: str) -> list[str]:
    parts = []
    if low is not None:
        parts.append(f"at least {_number(low)} {unit}".rstrip())
    if high is not None:
        parts.append(f"at most {_number(high)} {unit}".rstrip())
    return parts


def _places(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"place {low:g}" if low == high else f"places {low:g} to {high:g}"
    if high is not None:
        return "first place" if high == 1 else f"among the first {high:g}"
    return f"place {low:g} or after" if low is not None else ""


def _window(window: Window) -> str:
    match window.kind:
        case WindowKind.LIFE:
            return ""
        case WindowKind.ROLLING:
            return f"in the last {_months(window.length or Duration())}"
        case WindowKind.CALENDAR_YEARS:
            if window.years == 1:
                return "in the calendar year"
            return f"in {window.years} calendar years, this one included"
        case WindowKind.FULL_YEARS:
            if window.years == 1:
                return "in the last full calendar year"
            return f"in the last {window.years} full calendar years"
