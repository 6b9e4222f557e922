"""The slow, obvious evaluator: rules read as they stand, over Python sets of days.

It shares no code with the kernels, not even month arithmetic, and is meant to be checked by eye
against the docstrings of `craftpath.engine.rules`. Every day is looked at, nothing is clever.

A day is its ordinal (`datetime.date.toordinal`). All sets live in a bounded `Universe` of days
that is wide enough for the facts and rules at hand: it opens before the first day that anybody
names and closes after the longest duration has run out from the last one, so whatever holds on
its last day holds for ever.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from functools import cached_property, reduce
from itertools import chain

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import (
    Accumulated,
    Age,
    AllOf,
    Amount,
    AnyOf,
    AnySubject,
    Calendar,
    Condition,
    FocusIn,
    HeldFor,
    Holds,
    NoneOf,
    OneOf,
    Pattern,
    Pending,
    RelatedToFocus,
    Route,
    Rule,
    SameAsFocus,
    Test,
    Total,
    Version,
    Window,
    WindowKind,
    Within,
)
from craftpath.engine.vocabulary import Vocabulary
from craftpath.pack.cases import Fact, Row

Days = frozenset[int]


@dataclass(frozen=True)
class Bounds:
    """The days on which something surely holds, and those on which it may: sure ⊆ may."""

    sure: Days
    may: Days


# --- the calendar ----------------------------------------------------------------------------


def later(day: int, duration: Duration) -> int:
    """The day `duration` after `day`: the same day of the month or the month's last, then days."""
    date = dt.date.fromordinal(day)
    year, month0 = divmod(date.year * 12 + (date.month - 1) + duration.months, 12)
    for day_of_month in (date.day, 30, 29, 28):
        if day_of_month <= date.day:
            try:
                return dt.date(year, month0 + 1, day_of_month).toordinal() + duration.days
            except ValueError:
                continue  # this month has no such day
    raise AssertionError("every month has a 28th")


def service(start: int, day: int) -> int:
    """The length of [start, day) by the convention: whole calendar months at 30 days, then days."""
    months = 12 * (dt.date.fromordinal(day).year - dt.date.fromordinal(start).year) + 12
    while later(start, Duration(months)) > day:
        months -= 1
    return 30 * months + day - later(start, Duration(months))


def new_year(year: int) -> int:
    return dt.date(year, 1, 1).toordinal()


def stretches(days: Iterable[int]) -> list[tuple[int, int]]:
    """The unbroken runs [start, end) of a set of days, in order."""
    days = set(days)
    starts = sorted(d for d in days if d - 1 not in days)
    ends = sorted(d + 1 for d in days if d + 1 not in days)
    return list(zip(starts, ends, strict=True))


# --- the days there are ----------------------------------------------------------------------


def parts(noun: object) -> Iterator[object]:
    """Everything inside a noun, itself included."""
    yield noun
    if is_dataclass(noun) and not isinstance(noun, type):
        for f in fields(noun):
            yield from parts(getattr(noun, f.name))
    elif isinstance(noun, list | tuple):
        for part in noun:
            yield from parts(part)


@dataclass(frozen=True)
class Universe:
    """Every day there is: `first` up to, not including, `end`."""

    first: int
    end: int

    @classmethod
    def around(cls, *nouns: object) -> Universe:
        """Wide enough for every day, duration and window named in these nouns."""
        named = list(chain.from_iterable(map(parts, nouns)))
        days = [p.toordinal() for p in named if isinstance(p, dt.date)]
        longest = max((31 * p.months + p.days for p in named if isinstance(p, Duration)), default=0)
        years = max((p.years for p in named if isinstance(p, Window)), default=0)
        return cls(min(days) - 40, max(days) + longest + 366 * (years + 1) + 40)

    @cached_property
    def all(self) -> Days:
        return frozenset(range(self.first, self.end))

    def days(self, start: int | None, end: int | None) -> Days:
        """[start, end) as far as it lies in the universe; None is unbounded."""
        start = self.first if start is None else max(start, self.first)
        end = self.end if end is None else min(end, self.end)
        return frozenset(range(start, end))

    def of(self, interval: Interval) -> Days:
        return self.days(_ordinal(interval.start), _ordinal(interval.end))

    def stretch(self, days: Days, day: int) -> tuple[dt.date, dt.date | None] | None:
        """The stretch that holds on `day`, else the next, else None; an end of None is no end."""
        for start, end in stretches(days):
            if end > day:
                until = None if end == self.end else dt.date.fromordinal(end)
                return dt.date.fromordinal(start), until
        return None


def _ordinal(date: dt.date | None) -> int | None:
    return None if date is None else date.toordinal()


def _union(sets: Iterable[Days]) -> Days:
    return frozenset().union(*sets)


# --- what one party's records say ------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One party, one focus, and the records that can be seen: the setting of every test below."""

    universe: Universe
    vocabulary: Vocabulary
    records: dict[int, list[Fact]] = field(hash=False)  # visible ones, by party
    organisations: frozenset[int]  # the parties with a visible founding
    party: int
    focus: str | None
    rule: Rule

    # which records

    def first_record(self) -> Fact | None:
        """The visible births (foundings) as one: what is verified counts before what is claimed;
        from the first day to the last. Whoever was born is no organisation.
        """
        found = self.births()
        if not found:
            return None
        ends = [f.end for f in found]
        end = None if None in ends else max(end for end in ends if end)
        return replace(min(found, key=lambda f: f.start), end=end)

    def births(self) -> list[Fact]:
        own = self.records.get(self.party, [])
        kind = "birth" if self.rule.about.party == "person" else "founded"
        if kind == "founded" and any(f.kind == "birth" for f in own):
            return []
        found = [f for f in own if f.kind == kind]
        return [f for f in found if f.status == "verified"] or found

    def subject(self, record: Fact) -> str | None:
        """The record's code in today's edition of its list."""
        kind = self.vocabulary.kinds[record.kind]
        if record.subject is None or kind.codes is None:
            return record.subject
        return self.vocabulary.lists[kind.codes].aliases.get(record.subject, record.subject)

    def wanted(self, pattern: Pattern) -> frozenset[str] | None:
        """The codes that a pattern asks for; None where it takes any."""
        match pattern.subject:
            case AnySubject():
                return None
            case OneOf(codes=codes):
                return codes
            case SameAsFocus():
                return frozenset() if self.focus is None else frozenset([self.focus])
            case RelatedToFocus():
                return self.related(self.vocabulary.kinds[pattern.kind].codes)

    def related(self, subject_list: str | None) -> frozenset[str]:
        """What the relation joins to the focus; a code it does not list is related to itself."""
        focus_list = self.rule.about.focus
        if self.focus is None or focus_list is None or subject_list is None:
            return frozenset()
        relation = self.vocabulary.relation(focus_list, subject_list)
        if relation is not None and self.focus in relation.pairs:
            return relation.pairs[self.focus]
        return frozenset([self.focus]) if focus_list == subject_list else frozenset()

    def match(self, pattern: Pattern, record: Fact) -> bool | None:
        """Whether the record is such a one, leaving out the hop: True surely, None perhaps."""
        if record.kind != pattern.kind:
            return False
        answers: list[bool | None] = [True]
        wanted = self.wanted(pattern)
        if wanted is not None:
            answers.append(None if record.subject is None else self.subject(record) in wanted)
        answers.append(_in_bounds(record.level, pattern.level_at_least, pattern.level_at_most))
        answers.append(
            _in_bounds(record.quantity, pattern.quantity_at_least, pattern.quantity_at_most)
        )
        if pattern.started is not None:
            answers.append(record.start.toordinal() in self.universe.of(pattern.started))
        if pattern.term_at_least is not None and record.end is not None:
            long_enough = later(record.start.toordinal(), pattern.term_at_least)
            answers.append(long_enough <= record.end.toordinal())
        if pattern.already is not None:
            day_before = record.start.toordinal() - 1
            answers.append(_on(self.holds(pattern.already), day_before))
        if record.status != "verified":
            answers.append(None)
        if False in answers:
            return False
        return None if None in answers else True

    def hop(self, pattern: Pattern, record: Fact) -> Bounds:
        """The days on which the record's other party is as the pattern asks.

        Only organisations are looked at. Of a party that is not named, is none, or of which
        nothing is visible, anything may be so.
        """
        if pattern.other is None:
            return Bounds(self.universe.all, self.universe.all)
        if record.other not in self.organisations or not self.records.get(record.other):
            return Bounds(frozenset(), self.universe.all)
        return replace(self, party=record.other).holds(pattern.other)

    def own_days(self, record: Fact) -> Days:
        return self.universe.days(record.start.toordinal(), _ordinal(record.end))

    def matching(self, pattern: Pattern) -> Iterator[tuple[Days, Days]]:
        """For each record, the days on which it surely and on which it maybe matches."""
        if pattern.other_on_start:
            for record, surely in self.events(pattern):
                yield (self.own_days(record) if surely else frozenset()), self.own_days(record)
            return
        for record in self.records.get(self.party, []):
            match = self.match(pattern, record)
            if match is not False:
                own, hop = self.own_days(record), self.hop(pattern, record)
                yield (own & hop.sure if match else frozenset()), own & hop.may

    def events(self, pattern: Pattern) -> Iterator[tuple[Fact, bool]]:
        """Records that may match as things stood on their first day, and whether surely.

        A record of no length never happened.
        """
        for record in self.records.get(self.party, []):
            match = self.match(pattern, record)
            hop = _on(self.hop(pattern, record), record.start.toordinal())
            if match is not False and hop is not False and self.own_days(record):
                yield record, match is True and hop is True

    # each test as two sets of days

    def days(self, test: Test) -> Bounds:
        match test:
            case Age():
                return self.age(test)
            case Holds():
                return self.holds(test.pattern)
            case HeldFor():
                return self.held_for(test)
            case Accumulated():
                return self.accumulated(test)
            case Total():
                return self.total(test)
            case Within():
                return self.within(test)
            case Calendar():
                fixed = _union(self.universe.of(i) for i in test.intervals)
                return Bounds(fixed, fixed)
            case FocusIn():
                listed = (self.focus in test.codes) != test.negate
                fixed = self.universe.all if listed else frozenset()
                return Bounds(fixed, fixed)
            case AllOf():
                return self.all_of(map(self.days, test.tests))
            case AnyOf():
                return self.any_of(map(self.days, test.tests))
            case NoneOf():
                some = self.any_of(map(self.days, test.tests))
                return Bounds(self.universe.all - some.may, self.universe.all - some.sure)
            case Pending():
                return Bounds(frozenset(), self.universe.all)

    def all_of(self, parts: Iterable[Bounds]) -> Bounds:
        everything = Bounds(self.universe.all, self.universe.all)
        return reduce(lambda a, b: Bounds(a.sure & b.sure, a.may & b.may), parts, everything)

    def any_of(self, parts: Iterable[Bounds]) -> Bounds:
        nothing = Bounds(frozenset(), frozenset())
        return reduce(lambda a, b: Bounds(a.sure | b.sure, a.may | b.may), parts, nothing)

    def is_open(self, pattern: Pattern) -> bool:
        return self.vocabulary.kinds[pattern.kind].open

    def age(self, test: Age) -> Bounds:
        first = self.first_record()
        assert first is not None, "a party without a first record is not decided"
        if len({f.start for f in self.births()}) > 1:
            return Bounds(frozenset(), self.universe.all)
        born = first.start.toordinal()
        days = self.universe.all
        if test.at_least is not None:
            days &= self.universe.days(later(born, test.at_least), None)
        if test.under is not None:
            days &= self.universe.days(None, later(born, test.under))
        if test.at_most is not None:
            days &= self.universe.days(None, later(born, test.at_most) + 1)
        return Bounds(days if first.status == "verified" else frozenset(), days)

    def holds(self, pattern: Pattern) -> Bounds:
        found = list(self.matching(pattern))
        may = self.universe.all if self.is_open(pattern) else _union(m for _, m in found)
        return Bounds(_union(s for s, _ in found), may)

    def held_for(self, test: HeldFor) -> Bounds:
        def long_enough(days: Days) -> Days:
            return _union(
                self.universe.days(later(start, test.at_least), end)
                for start, end in stretches(days)
            )

        held = self.holds(test.pattern)
        may = self.universe.all if self.is_open(test.pattern) else long_enough(held.may)
        return Bounds(long_enough(held.sure), may)

    def accumulated(self, test: Accumulated) -> Bounds:
        """With an open kind of spell any time may have been worked, but only while an anchor holds;
        with an open kind of anchor, there may have been one from the first.

        Filling a gap can lower the count by a few days: 1 to 29 January and 31 January to 27
        February are 29 days and a month, with 30 January they are a month and 27 days. So what
        is sure has to be put into what may be.
        """
        spells = list(self.matching(test.pattern))
        sure_days = _union(s for s, _ in spells)
        may_days = _union(m for _, m in spells)
        if test.since is None:
            sure, may = self.reached(sure_days, test), self.reached(may_days, test)
        else:
            anchors = list(self.events(test.since))
            sure = _union(self.after(a, sure_days, test) for a, surely in anchors if surely)
            may = _union(self.after(a, may_days, test) for a, _ in anchors)
            if self.is_open(test.since):
                may |= self.reached(may_days, test)
            if self.is_open(test.pattern):
                may |= _union(self.own_days(a) for a, _ in anchors)
        if self.is_open(test.pattern) and (test.since is None or self.is_open(test.since)):
            may = self.universe.all
        return Bounds(sure, may | sure)

    def reached(self, days: Days, test: Accumulated) -> Days:
        """The days before which these days add up to enough: from the first such day, all."""
        counted = 0  # what the stretches before this one add up to
        for number, (start, end) in enumerate(stretches(days)):
            for day in range(start + 1, end + 1):
                if number == 0:
                    enough = later(start, test.at_least) <= day
                else:
                    asked = 30 * test.at_least.months + test.at_least.days
                    enough = counted + service(start, day) >= asked
                if enough:
                    return self.universe.days(day, None)
            counted += service(start, end)
        return frozenset()

    def after(self, anchor: Fact, days: Days, test: Accumulated) -> Days:
        """The same for days from the anchor's start, while the anchor holds."""
        start = anchor.start.toordinal()
        since = self.reached(days & self.universe.days(start, None), test)
        return since & self.universe.days(start, _ordinal(anchor.end))

    def total(self, test: Total) -> Bounds:
        low: dict[int, Decimal] = defaultdict(Decimal)
        high: dict[int, Decimal] = defaultdict(Decimal)
        for record, surely in self.events(test.pattern):
            if test.measure == "count":
                least = most = Decimal(1)
            elif record.quantity is None:
                least, most = Decimal(0), Decimal("Infinity")
            else:
                least = most = Decimal(repr(record.quantity))  # as it was written
            for day in self.counting_days(record, test.window):
                low[day] += least if surely else 0
                high[day] += most
        everything = self.universe.all
        sure, may = everything, everything
        nothing = Decimal(0)
        if test.at_least is not None:
            bound = Decimal(repr(test.at_least))
            sure &= {d for d in everything if low.get(d, nothing) >= bound}
            if not self.is_open(test.pattern):
                may &= {d for d in everything if high.get(d, nothing) >= bound}
        if test.at_most is not None:
            bound = Decimal(repr(test.at_most))
            may &= {d for d in everything if low.get(d, nothing) <= bound}
            sure &= {d for d in everything if high.get(d, nothing) <= bound}
            if self.is_open(test.pattern):
                sure = frozenset()
        return Bounds(sure, may)

    def counting_days(self, record: Fact, window: Window) -> Days:
        """The days on which a record counts in the window."""
        start, year = record.start.toordinal(), record.start.year
        match window.kind:
            case WindowKind.LIFE:
                return self.universe.days(start, None)
            case WindowKind.ROLLING:
                assert window.length is not None
                return self.universe.days(start, later(start, window.length))
            case WindowKind.CALENDAR_YEARS:
                return self.universe.days(start, new_year(year + window.years))
            case WindowKind.FULL_YEARS:
                return self.universe.days(new_year(year + 1), new_year(year + window.years + 1))

    def within(self, test: Within) -> Bounds:
        sure: Days = frozenset()
        may: Days = frozenset()
        for record, surely in self.events(test.pattern):
            start = record.start.toordinal()
            days = self.own_days(record) & self.universe.days(start, later(start, test.within) + 1)
            sure |= days if surely else frozenset()
            may |= days
        return Bounds(sure, self.universe.all if self.is_open(test.pattern) else may)

    # a rule

    def life(self) -> Days:
        first = self.first_record()
        if first is None:
            return frozenset()
        return self.universe.days(first.start.toordinal(), _ordinal(first.end))

    def amount(self, amount: Amount | None, day: int) -> float | None:
        """The money on a day: the first case that surely holds, the additions, the cap."""
        if amount is None:
            return None
        for test, value in amount.cases:
            if test is None or day in self.days(test).sure:
                percent = sum(a.percent for a in amount.additions if day in self.days(a.when).sure)
                total = value + value * percent / 100
                return total if amount.cap is None else min(total, amount.cap)
        return None


def _in_bounds(value: float | None, at_least: float | None, at_most: float | None) -> bool | None:
    """Whether a value lies in bounds; None where a bound is asked of a missing value."""
    if at_least is None and at_most is None:
        return True
    if value is None:
        return None
    return (at_least is None or value >= at_least) and (at_most is None or value <= at_most)


def _on(bounds: Bounds, day: int) -> bool | None:
    """True if it surely holds on the day, None if it may, else False."""
    if day in bounds.sure:
        return True
    return None if day in bounds.may else False


# --- versions --------------------------------------------------------------------------------


def _meet(a: Interval | None, b: Interval) -> Interval:
    if a is None:
        return b
    starts = [s for s in (a.start, b.start) if s is not None]
    ends = [e for e in (a.end, b.end) if e is not None]
    return Interval(max(starts, default=None), min(ends, default=None))


def _bound_to(test: Test, kind: str, in_force: Interval) -> Test:
    """The test with every pattern of `kind` matching only records that began in `in_force`."""
    match test:
        case Holds() | HeldFor() | Accumulated() | Total() | Within():
            if test.pattern.kind != kind:
                return test
            started = _meet(test.pattern.started, in_force)
            return replace(test, pattern=replace(test.pattern, started=started))
        case AllOf() | AnyOf() | NoneOf():
            return replace(test, tests=tuple(_bound_to(t, kind, in_force) for t in test.tests))
        case _:
            return test


def _amount_bound_to(amount: Amount | None, kind: str, in_force: Interval) -> Amount | None:
    if amount is None:
        return None
    return replace(
        amount,
        cases=tuple(
            (None if test is None else _bound_to(test, kind, in_force), value)
            for test, value in amount.cases
        ),
        additions=tuple(
            replace(a, when=_bound_to(a.when, kind, in_force)) for a in amount.additions
        ),
    )


def as_dated(rule: Rule, version: Version) -> Version:
    """The version as it is to be read: bound to its records where the rule has a version day."""
    kind = rule.version_day
    if kind is None:
        return version
    in_force = version.in_force

    def conditions(given: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return tuple(replace(c, test=_bound_to(c.test, kind, in_force)) for c in given)

    return replace(
        version,
        conditions=conditions(version.conditions),
        amount=_amount_bound_to(version.amount, kind, in_force),
        routes=tuple(
            replace(
                r,
                conditions=conditions(r.conditions),
                amount=_amount_bound_to(r.amount, kind, in_force),
            )
            for r in version.routes
        ),
    )


# --- deciding --------------------------------------------------------------------------------


@dataclass(frozen=True)
class RouteDays:
    """One route of one version: its own days, and the days of each of its conditions by id.

    `conditions` has the version's common conditions first, then the route's, as written.
    """

    version: Version
    route: Route
    own: Bounds
    conditions: tuple[tuple[str, Bounds], ...]

    def lacking(self, day: int) -> tuple[str, ...]:
        """The conditions that do not surely hold on the day."""
        return tuple(id for id, bounds in self.conditions if day not in bounds.sure)


def route_days(asked: Asked) -> list[RouteDays]:
    """Every route of the rule with its days, in written order."""
    life = Bounds(asked.life(), asked.life())
    found = []
    for version in (as_dated(asked.rule, v) for v in asked.rule.versions):
        in_force = asked.universe.of(version.in_force)
        if asked.rule.version_day is not None:
            in_force = asked.universe.all
        common = [(c.id, asked.days(c.test)) for c in version.conditions]
        for route in version.routes:
            conditions = common + [(c.id, asked.days(c.test)) for c in route.conditions]
            own = asked.all_of(
                [Bounds(in_force, in_force), life, *(bounds for _, bounds in conditions)]
            )
            found.append(RouteDays(version, route, own, tuple(conditions)))
    return found


def _verdict(asked: Asked, routes: Sequence[RouteDays], as_of: dt.date) -> Row:
    """What the days of a rule's routes come to on the day asked."""
    today = as_of.toordinal()
    whole = asked.any_of(r.own for r in routes)
    sure = asked.universe.stretch(whole.sure, today)
    may = asked.universe.stretch(whole.may, today)

    def row(verdict: str, day: int, nearest: Sequence[RouteDays], paid: bool) -> Row:
        def amount(r: RouteDays) -> float | None:
            return asked.amount(r.route.amount or r.version.amount, day) if paid else None

        def in_force(r: RouteDays) -> bool:
            return today in asked.universe.of(r.version.in_force)

        def rank(r: RouteDays) -> tuple[float, ...]:
            if paid:
                money = amount(r)
                return (math.inf if money is None else -money,)
            return (not in_force(r), len(r.lacking(today)))

        stretch = {"qualifies": sure, "later": sure, "unknown": may}.get(verdict)
        start, end = stretch or (None, None)
        if verdict == "never" and asked.rule.version_day is None:
            nearest = [r for r in nearest if in_force(r)]  # no text, no reason
        best = min(nearest, key=rank, default=None)  # the first of equals: written order
        return Row(
            party=asked.party,
            focus=asked.focus,
            rule=asked.rule.id,
            verdict=verdict,
            route=None if best is None else best.route.id,
            from_=start,
            until=end,
            amount=None if best is None else amount(best),
            missing=() if best is None else best.lacking(today),
        )

    if sure is not None and today in whole.sure:
        return row("qualifies", today, [r for r in routes if today in r.own.sure], paid=True)
    if may is not None and today in whole.may:
        return row("unknown", today, [r for r in routes if today in r.own.may], paid=False)
    if sure is not None:
        day = sure[0].toordinal()
        return row("later", day, [r for r in routes if day in r.own.sure], paid=True)
    if may is not None:
        day = may[0].toordinal()
        return row("unknown", day, [r for r in routes if day in r.own.may], paid=False)
    return row("never", today, routes, paid=False)


def _visible(facts: Iterable[Fact], known_on: dt.date) -> dict[int, list[Fact]]:
    """The records known by `known_on` and not yet superseded or voided on that day, by party."""
    records: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        known = fact.start if fact.known is None else fact.known
        if known <= known_on and (fact.known_until is None or known_on < fact.known_until):
            records[fact.party].append(fact)
    return records


def focuses(asked: Asked) -> list[str | None]:
    """The codes a rule is decided for, in the order of their list; [None] for a rule without."""
    if asked.rule.about.focus is None:
        return [None]
    code_list = asked.vocabulary.lists[asked.rule.about.focus]
    seen = {
        asked.subject(record)
        for record in asked.records.get(asked.party, [])
        if asked.vocabulary.kinds[record.kind].codes == asked.rule.about.focus
    }
    return [code for code in code_list.codes if code in seen]


def _place(vocabulary: Vocabulary, rule: Rule, focus: str) -> tuple[int, int]:
    """Where a code stands: the number of its list, its number in the list."""
    assert rule.about.focus is not None
    codes = vocabulary.lists[rule.about.focus].codes
    return list(vocabulary.lists).index(rule.about.focus), list(codes).index(focus)


def settings(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    facts: Sequence[Fact],
    days: Sequence[dt.date],
    known_on: dt.date,
) -> Iterator[Asked]:
    """Every (party, focus, rule) to be decided, in the order of the decisions table."""
    universe = Universe.around(list(rules), list(facts), list(days))
    records = _visible(facts, known_on)
    organisations = frozenset(
        party for party, seen in records.items() if any(f.kind == "founded" for f in seen)
    )
    for party in sorted({f.party for f in facts}):
        found: list[tuple[tuple[int, int], int, Asked]] = []
        for position, rule in enumerate(rules):
            asked = Asked(universe, vocabulary, records, organisations, party, None, rule)
            if asked.first_record() is None:
                continue
            for focus in focuses(asked):
                place = (-1, -1) if focus is None else _place(vocabulary, rule, focus)
                found.append((place, position, replace(asked, focus=focus)))
        yield from (asked for _, _, asked in sorted(found, key=lambda f: f[:2]))


def decide(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    facts: Sequence[Fact],
    as_of: dt.date,
    known_on: dt.date | None = None,
) -> list[Row]:
    """Every decision, `never` included, as of a day and as known on a day (default: the same)."""
    return decide_each(rules, vocabulary, facts, [as_of], known_on or as_of)[0]


def decide_each(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    facts: Sequence[Fact],
    days: Sequence[dt.date],
    known_on: dt.date,
) -> list[list[Row]]:
    """The decisions as of each of several days, all as known on one day."""
    found = [
        (asked, route_days(asked)) for asked in settings(rules, vocabulary, facts, days, known_on)
    ]
    return [[_verdict(asked, routes, day) for asked, routes in found] for day in days]


def condition_days(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    facts: Sequence[Fact],
    known_on: dt.date,
) -> dict[tuple[int, str | None, str], tuple[Universe, list[RouteDays]]]:
    """For every (party, focus, rule id): the universe, and each route with its conditions' days."""
    return {
        (asked.party, asked.focus, asked.rule.id): (asked.universe, route_days(asked))
        for asked in settings(rules, vocabulary, facts, [known_on], known_on)
    }
