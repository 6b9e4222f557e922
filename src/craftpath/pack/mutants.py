"""Mutants: the pack with one number, day or comparison moved by one, and those no case notices.

A case that fails on a mutant has noticed it. A mutant that nobody notices marks a boundary that
the cases leave untried. What moves, one at a time:

    numbers      lengths of time by one unit, counts, sums, quantities, windows, amounts,
                 percentages and caps by one, levels by one rung
    days         the first and last day of a text, of a window, of records to look at, by one day
    comparisons  "at least" to "more than", "under" to "at most", "within" to "before the end of",
                 this level to "at least" and "at most" this level, and back

Where two texts (or two values of an amount) meet on a day, that day moves for both. What cannot
make a difference to anybody is left out: a day outside the time a text is in force, a cap that
is never reached, a level above the highest.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from craftpath.engine.days import BEGINNING, FOREVER, DaySet, Duration, Interval
from craftpath.engine.rules import (
    Accumulated,
    Age,
    AllOf,
    Amount,
    AnyOf,
    Calendar,
    Condition,
    HeldFor,
    Holds,
    NoneOf,
    Pattern,
    Route,
    Rule,
    Test,
    Total,
    Version,
    Window,
    WindowKind,
    Within,
)
from craftpath.engine.vocabulary import Scale, Vocabulary
from craftpath.pack.cases import Case, Road, Sitting, by_engine, failures, sittings
from craftpath.pack.nouns import Place

__all__ = ["Mutant", "Report", "find_survivors", "mutants"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Places = Mapping[tuple[str | int, ...], Place]


@dataclass(frozen=True)
class Mutant:
    """A rule with one thing moved.

    where   the way to it: version, route, condition, parts of the test
    change  "at_least 10 years → 11 years"
    place   the key of `Pack.places` that comes nearest
    """

    rule: Rule
    where: tuple[str, ...]
    change: str
    place: tuple[str | int, ...]

    def __str__(self) -> str:
        where = [word for word, _ in itertools.groupby(self.where)]
        return " / ".join([self.rule.id, *where, self.change])


@dataclass(frozen=True)
class Report:
    """How many mutants there were, and those that no case notices, each with its place if known."""

    total: int
    survivors: tuple[tuple[Mutant, Place | None], ...]

    @property
    def killed(self) -> int:
        return self.total - len(self.survivors)

    def __str__(self) -> str:
        lines = [
            f"{place.file}:{place.line} – {mutant}" if place else str(mutant)
            for mutant, place in self.survivors
        ]
        lines.append(
            f"{self.total} 处改动，{self.killed} 处有案例察觉，{len(self.survivors)} 处没有 / "
            f"mutants, noticed, not noticed"
        )
        return "\n".join(lines)


def find_survivors(
    rules: Iterable[Rule],
    vocabulary: Vocabulary,
    cases: Iterable[Case],
    places: Places | None = None,
    road: Road = by_engine,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Run the cases of every rule on each of its mutants. `progress` is told (done, total)."""
    asked = sittings(cases)
    found = [mutant for rule in rules for mutant in mutants(rule, vocabulary)]
    survivors = []
    for done, mutant in enumerate(found, 1):
        order = list(asked.get(mutant.rule.id, ()))
        noticed = _first_to_notice(mutant, order, vocabulary, road)
        if noticed is None:
            survivors.append((mutant, _place(mutant, places or {})))
        else:  # who notices one mutant of a text is likely to notice the next
            order.remove(noticed)
            asked[mutant.rule.id] = (noticed, *order)
        if progress is not None:
            progress(done, len(found))
    return Report(len(found), tuple(survivors))


def _first_to_notice(
    mutant: Mutant, order: Iterable[Sitting], vocabulary: Vocabulary, road: Road
) -> Sitting | None:
    decide = road([mutant.rule], vocabulary)
    return next((s for s in order if any(failures(s, decide))), None)


def _place(mutant: Mutant, places: Places) -> Place | None:
    key = mutant.place
    return next((places[key[:n]] for n in range(len(key), 0, -1) if key[:n] in places), None)


# --- moving one thing in a noun --------------------------------------------------------------


@dataclass(frozen=True)
class Move(Generic[T_co]):
    """A noun with one thing moved: where inside it, and what was done."""

    noun: T_co
    where: tuple[str, ...]
    change: str
    place: tuple[str | int, ...] = ()


def _with(noun: T, **changes: Any) -> T:
    return cast(T, replace(cast(Any, noun), **changes))


def _in(moves: Iterable[Move[Any]], noun: T, name: str, *words: str) -> Iterator[Move[T]]:
    """The same moves, seen from the noun whose field `name` they move."""
    for m in moves:
        moved = _with(noun, **{name: m.noun})
        yield Move(moved, (*words, *m.where), m.change, m.place)


def _in_each(
    items: tuple[T, ...],
    moves: Callable[[T], Iterator[Move[T]]],
    word: Callable[[int, T], str],
    place: Callable[[int, T], str | int] | None = None,
) -> Iterator[Move[tuple[T, ...]]]:
    """One item of several moved."""
    for index, item in enumerate(items):
        for m in moves(item):
            moved = (*items[:index], m.noun, *items[index + 1 :])
            said = word(index, item)
            at = () if place is None else (place(index, item),)
            yield Move(moved, (said, *m.where) if said else m.where, m.change, at + m.place)


def mutants(rule: Rule, vocabulary: Vocabulary) -> list[Mutant]:
    """Every mutant of a rule, each once."""
    found = {}
    for m in _rule(rule, _Mover(vocabulary, Interval())):
        if m.noun != rule and m.noun not in found:
            found[m.noun] = Mutant(m.noun, m.where, m.change, (rule.id, *m.place))
    return list(found.values())


def _rule(rule: Rule, mover: _Mover) -> Iterator[Move[Rule]]:
    def version(v: Version) -> Iterator[Move[Version]]:
        by_day = rule.version_day is None
        return replace(mover, in_force=v.in_force if by_day else Interval()).version(v)

    yield from _in(_texts(rule.versions), rule, "versions")
    yield from _in(
        _in_each(rule.versions, version, lambda _, v: _text(v), lambda i, _: i), rule, "versions"
    )


def _text(version: Version) -> str:
    return str(version.in_force.start or "first text")


def _texts(versions: tuple[Version, ...]) -> Iterator[Move[tuple[Version, ...]]]:
    """The days on which texts come into force and go out of it."""
    days = {d for v in versions for d in (v.in_force.start, v.in_force.end) if d is not None}
    for day in sorted(days):
        first = next(i for i, v in enumerate(versions) if day in (v.in_force.start, v.in_force.end))
        for to in _near_days(day):
            moved = tuple(replace(v, in_force=_moved(v.in_force, day, to)) for v in versions)
            yield Move(moved, (_text(versions[first]),), f"in force {day} → {to}", (first,))


def _near_days(day: dt.date) -> tuple[dt.date, dt.date]:
    return day - dt.timedelta(1), day + dt.timedelta(1)


def _moved(interval: Interval, day: dt.date | None, to: dt.date) -> Interval:
    """The interval with `day` moved, if it is one of its ends."""
    return Interval(
        to if interval.start == day else interval.start, to if interval.end == day else interval.end
    )


def _unit(duration: Duration) -> tuple[Duration, Duration]:
    """A length of time shorter and longer by one of the unit that it is counted in."""
    months, days = duration.months, duration.days
    if days:
        return Duration(months, days - 1), Duration(months, days + 1)
    # "2 years", but "12 months": a year is most often written so, and it is the closer look.
    step = 12 if months % 12 == 0 and months > 12 else 1
    return Duration(months - step), Duration(months + step)


def _a_day_more(duration: Duration, days: int = 1) -> Duration:
    return Duration(duration.months, duration.days + days)


@dataclass(frozen=True)
class _Mover:
    """Moves things in the nouns of one text, which is in force on `in_force`."""

    vocabulary: Vocabulary
    in_force: Interval

    # texts

    def version(self, version: Version) -> Iterator[Move[Version]]:
        yield from _in(self._conditions(version.conditions), version, "conditions")
        yield from _in(
            _in_each(version.routes, self.route, lambda _, r: r.id, lambda _, r: r.id),
            version,
            "routes",
        )
        if version.amount is not None:
            yield from _in(self.amount(version.amount), version, "amount", "amount")

    def route(self, route: Route) -> Iterator[Move[Route]]:
        yield from _in(self._conditions(route.conditions), route, "conditions")
        if route.amount is not None:
            yield from _in(self.amount(route.amount), route, "amount", "amount")

    def _conditions(
        self, conditions: tuple[Condition, ...]
    ) -> Iterator[Move[tuple[Condition, ...]]]:
        return _in_each(
            conditions,
            lambda c: _in(self.test(c.test), c, "test"),
            lambda _, c: c.id.rsplit("/", 1)[-1],
            lambda _, c: c.id,
        )

    # tests

    def test(self, test: Test) -> Iterator[Move[Test]]:
        match test:
            case Age():
                yield from self._age(test)
            case Holds():
                yield from self._pattern_of(test)
            case HeldFor():
                yield from self._at_least(test, test.at_least)
                yield from self._pattern_of(test)
            case Accumulated():
                yield from self._at_least(test, test.at_least)
                yield from self._pattern_of(test)
                if test.since is not None:
                    yield from _in(self.pattern(test.since), test, "since", "since")
            case Total():
                yield from self._total(test)
                yield from self._pattern_of(test)
            case Within():
                yield from self._within(test)
                yield from self._pattern_of(test)
            case Calendar():
                yield from self._calendar(test)
            case AllOf() | AnyOf() | NoneOf():
                word = {AllOf: "all", AnyOf: "any", NoneOf: "none"}[type(test)]
                many = len(test.tests) > 1
                moves = _in_each(
                    test.tests, self.test, lambda i, _: f"{word} {i + 1}" if many else word
                )
                yield from _in(moves, test, "tests")

    def _pattern_of(self, test: Holds | HeldFor | Accumulated | Total | Within) -> Iterator[Any]:
        yield from _in(self.pattern(test.pattern), test, "pattern", test.pattern.kind)

    def _durations(
        self, test: T, name: str, duration: Duration, more_than: int = 1
    ) -> Iterator[Move[T]]:
        """By one unit each way, and the comparison made strict by `more_than` days."""
        for to in _unit(duration):
            yield Move(_with(test, **{name: to}), (), f"{name} {duration} → {to}")
        if more_than:
            strict = _with(test, **{name: _a_day_more(duration, more_than)})
            word = "more than" if more_than > 0 else "before the end of"
            yield Move(strict, (), f"{name} {duration} → {word} {duration}")

    def _at_least(self, test: T, duration: Duration) -> Iterator[Move[T]]:
        return self._durations(test, "at_least", duration)

    def _within(self, test: Within) -> Iterator[Move[Within]]:
        return self._durations(test, "within", test.within, more_than=-1)

    def _age(self, test: Age) -> Iterator[Move[Age]]:
        if test.at_least is not None:
            yield from self._durations(test, "at_least", test.at_least)
        if test.under is not None:
            yield from self._durations(test, "under", test.under, more_than=0)
            loose = replace(test, under=_a_day_more(test.under))
            yield Move(loose, (), f"under {test.under} → at_most {test.under}")
        if test.at_most is not None:
            yield from self._durations(test, "at_most", test.at_most, more_than=0)
            strict = replace(test, at_most=_a_day_more(test.at_most, -1))
            yield Move(strict, (), f"at_most {test.at_most} → under {test.at_most}")

    def _total(self, test: Total) -> Iterator[Move[Total]]:
        """Counts and sums by one; more than two is at least three, so that is not moved again."""
        for name in ("at_least", "at_most"):
            bound = getattr(test, name)
            for to in _by_one(bound):
                moved = _with(test, **{name: to})
                yield Move(moved, (), f"{test.measure} {name} {bound:.15g} → {to:.15g}")
        yield from _in(self._window(test.window), test, "window", "in")

    def _window(self, window: Window) -> Iterator[Move[Window]]:
        if window.kind is WindowKind.ROLLING and window.length is not None:
            yield from self._durations(window, "length", window.length, more_than=0)
        elif window.kind is not WindowKind.LIFE:
            for years in (window.years - 1, window.years + 1):
                if years > 0:
                    change = f"{window.years} → {years} {window.kind.value}"
                    yield Move(replace(window, years=years), (), change)

    def _calendar(self, test: Calendar) -> Iterator[Move[Test]]:
        for day in _days_of([test]):
            for to in _near_days(day):
                moved = _with_day(test, day, to)
                if self._open_days(moved) != self._open_days(test):
                    yield Move(moved, (), f"{day} → {to}")

    def _open_days(self, test: Test) -> DaySet:
        """The days in force that the fixed days of a test leave open."""
        low, high = self.in_force.bounds
        match test:
            case Calendar():
                return DaySet.of(
                    (max(low, i.bounds[0]), min(high, i.bounds[1])) for i in test.intervals
                )
            case AllOf():
                found = DaySet.of([(low, high)])
                for part in test.tests:
                    found = _common(found, self._open_days(part))
                return found
        return DaySet.of([(BEGINNING, FOREVER)]) if low >= high else DaySet.of([(low, high)])

    # which records

    def pattern(self, pattern: Pattern) -> Iterator[Move[Pattern]]:
        yield from self._levels(pattern)
        for name in ("quantity_at_least", "quantity_at_most"):
            bound = getattr(pattern, name)
            for to in _by_one(bound):
                yield Move(_with(pattern, **{name: to}), (), f"{name} {bound:.15g} → {to:.15g}")
        if pattern.started is not None:
            for day in (pattern.started.start, pattern.started.end):
                for other in () if day is None else _near_days(day):
                    started = _moved(pattern.started, day, other)
                    yield Move(replace(pattern, started=started), (), f"started {day} → {other}")
        if pattern.term_at_least is not None:
            yield from self._durations(pattern, "term_at_least", pattern.term_at_least)
        for name in ("other", "already"):
            inner = getattr(pattern, name)
            if inner is not None:
                yield from _in(self.pattern(inner), pattern, name, name, inner.kind)

    def _levels(self, pattern: Pattern) -> Iterator[Move[Pattern]]:
        scale = self.vocabulary.scales.get(self.vocabulary.kinds[pattern.kind].scale or "")
        if scale is None:
            return
        ladder = sorted(scale.steps, key=lambda step: step.rank)
        ranks = [step.rank for step in ladder]
        low, high = pattern.level_at_least, pattern.level_at_most
        for low_to, high_to in _level_moves(low, high, ranks):
            moved = replace(pattern, level_at_least=low_to, level_at_most=high_to)
            change = f"{_levels_said(low, high, scale)} → {_levels_said(low_to, high_to, scale)}"
            yield Move(moved, (), change)

    # money

    def amount(self, amount: Amount) -> Iterator[Move[Amount]]:
        """Values, percentages, the cap, and the days and tests that choose among them."""
        yield from self._money(amount)
        tests = [test for test, _ in amount.cases if test is not None]
        for day in _days_of(tests):
            for to in _near_days(day):
                cases = tuple(
                    (None if test is None else _with_day(test, day, to), value)
                    for test, value in amount.cases
                )
                moved = replace(amount, cases=cases)
                if self._reach(moved) != self._reach(amount):
                    yield Move(moved, (), f"{day} → {to}")
        for index, (test, _) in enumerate(amount.cases):
            if test is None:
                continue
            for m in self.test(test):
                if _days_of([m.noun]) != _days_of([test]):
                    continue  # a day: moved for all cases above
                case = (m.noun, amount.cases[index][1])
                cases = (*amount.cases[:index], case, *amount.cases[index + 1 :])
                where = (f"case {index + 1}", *m.where)
                yield Move(replace(amount, cases=cases), where, m.change)
        moves = _in_each(
            amount.additions,
            lambda a: _in(self.test(a.when), a, "when"),
            lambda i, _: f"addition {i + 1}",
        )
        yield from _in(moves, amount, "additions")

    def _money(self, amount: Amount) -> Iterator[Move[Amount]]:
        reached = [value for value, days in self._reach(amount) if days]
        percents = [a.percent for a in amount.additions]
        before = _totals(reached, percents, amount.cap)
        for index, (test, value) in enumerate(amount.cases):
            for to in _by_one(value):
                cases = (*amount.cases[:index], (test, to), *amount.cases[index + 1 :])
                moved = replace(amount, cases=cases)
                after = [v for v, days in self._reach(moved) if days]
                if _totals(after, percents, amount.cap) != before:
                    yield Move(moved, (), f"{value:.15g} → {to:.15g} {amount.unit}")
        for index, addition in enumerate(amount.additions):
            for to in _by_one(addition.percent):
                changed = replace(addition, percent=to)
                rest = (*amount.additions[:index], changed, *amount.additions[index + 1 :])
                if _totals(reached, [a.percent for a in rest], amount.cap) != before:
                    change = f"{addition.percent:.15g} → {to:.15g} percent"
                    yield Move(replace(amount, additions=rest), (), change)
        for to in _by_one(amount.cap):
            if _totals(reached, percents, to) != before:
                yield Move(replace(amount, cap=to), (), f"cap {amount.cap:.15g} → {to:.15g}")

    def _reach(self, amount: Amount) -> list[tuple[float, DaySet]]:
        """Each case's value with the days in force on which its fixed days let it be reached.

        Days that an earlier case takes for certain (it asks for nothing but days) are gone.
        """
        low, high = self.in_force.bounds
        left = DaySet.of([(low, high)])
        found = []
        for test, value in amount.cases:
            days = left if test is None else _common(left, self._open_days(test))
            found.append((value, days))
            if test is None or isinstance(test, Calendar):
                left = _without(left, days)
        return found


# --- numbers, levels, days -------------------------------------------------------------------


def _by_one(number: float | None) -> tuple[float, ...]:
    """The number less one, unless that is below nothing, and plus one."""
    if number is None:
        return ()
    return (number - 1, number + 1) if number >= 1 else (number + 1,)


def _totals(values: Sequence[float], percents: Sequence[float], cap: float | None) -> list[float]:
    """All that may come out, with any of the additions."""
    sums = [
        sum(chosen)
        for n in range(len(percents) + 1)
        for chosen in itertools.combinations(percents, n)
    ]
    return [
        min(value + value * percent / 100, value * 1e9 if cap is None else cap)
        for value in values
        for percent in sums
    ]


def _level_moves(
    low: int | None, high: int | None, ranks: Sequence[int]
) -> Iterator[tuple[int | None, int | None]]:
    """Bounds one rung up and down, and the comparison changed; nothing past either end."""
    up = dict(itertools.pairwise(ranks))
    down = {b: a for a, b in up.items()}
    if low is None and high is None:
        return
    if low == high and low is not None:
        for there in (down, up):
            if low in there:
                yield there[low], there[low]
        if low in up:
            yield low, None
        if low in down:
            yield None, low
        return
    if low is not None:
        yield from ((there[low], high) for there in (down, up) if low in there)
        if high is None and low in up:
            yield low, low
    if high is not None:
        yield from ((low, there[high]) for there in (down, up) if high in there)
        if low is None and high in down:
            yield high, high


def _levels_said(low: int | None, high: int | None, scale: Scale) -> str:
    def code(rank: int) -> str:
        step = scale.by_rank(rank)
        return str(rank) if step is None else step.code

    if low == high and low is not None:
        return f"level {code(low)}"
    parts = [f"level_at_least {code(low)}"] if low is not None else []
    parts += [f"level_at_most {code(high)}"] if high is not None else []
    return " ".join(parts)


def _days_of(tests: Iterable[Test]) -> list[dt.date]:
    """The days named by the calendars among the tests and their parts."""
    found: set[dt.date] = set()
    for test in tests:
        if isinstance(test, Calendar):
            found |= {d for i in test.intervals for d in (i.start, i.end) if d is not None}
        elif isinstance(test, AllOf | AnyOf | NoneOf):
            found |= set(_days_of(test.tests))
    return sorted(found)


def _with_day(test: Test, day: dt.date, to: dt.date) -> Test:
    """The test with a day moved wherever a calendar in it names the day."""
    if isinstance(test, Calendar):
        return Calendar(tuple(_moved(i, day, to) for i in test.intervals))
    if isinstance(test, AllOf | AnyOf | NoneOf):
        return replace(test, tests=tuple(_with_day(t, day, to) for t in test.tests))
    return test


def _common(a: DaySet, b: DaySet) -> DaySet:
    return DaySet.of((max(s, t), min(e, f)) for s, e in a for t, f in b)


def _without(a: DaySet, b: DaySet) -> DaySet:
    sides = [BEGINNING, *(day for pair in b for day in pair), FOREVER]
    gaps = DaySet.of(zip(sides[::2], sides[1::2], strict=True))
    return _common(a, gaps)
