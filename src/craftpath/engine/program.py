"""Rules compiled to arrays: what the kernels run.

`compile_rules` numbers every test once, however many rules and routes ask for it, so that a
party's "ten years of related work" is worked out a single time. Nothing is generated and nothing
is compiled by numba here: a new pack runs on the same kernels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

import numpy as np

from craftpath.engine.columns import Coder
from craftpath.engine.days import BEGINNING, FOREVER, Duration, Interval
from craftpath.engine.kernels import layout as at
from craftpath.engine.kernels.layout import Tables
from craftpath.engine.patterns import patterns_in
from craftpath.engine.rules import (
    Accumulated,
    Age,
    AllOf,
    Amount,
    AnyOf,
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
    WindowKind,
    Within,
)
from craftpath.engine.vocabulary import Vocabulary

__all__ = ["CompileError", "Lexicon", "Program", "compile_rules", "dated"]

MOST_KINDS = 128
Needs = frozenset[int]
PERSON, ORGANISATION = "birth", "founded"
_WINDOWS = {
    WindowKind.LIFE: at.W_LIFE,
    WindowKind.ROLLING: at.W_ROLLING,
    WindowKind.CALENDAR_YEARS: at.W_CALENDAR_YEARS,
    WindowKind.FULL_YEARS: at.W_FULL_YEARS,
}


class CompileError(ValueError):
    """A rule asks for what its vocabulary does not have; `pack check` says so, file and line."""


class Lexicon:
    """A vocabulary made ready for compiling: codes numbered, relations as bit matrices."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        if len(vocabulary.kinds) > MOST_KINDS:
            raise CompileError(f"{len(vocabulary.kinds)} kinds of record; at most {MOST_KINDS}")
        self.vocabulary = vocabulary
        self.coder = Coder(vocabulary)

    @cached_property
    def relations(self) -> tuple[np.ndarray, dict[tuple[str, str], tuple[int, int]]]:
        """All relations as one array of words, and for each (first word, words to a row)."""
        blocks, places, first = [], {}, 0
        for relation in self.vocabulary.relations:
            rows = self.coder.code_index[self.coder.list_index[relation.focus]]
            columns = self.coder.code_index[self.coder.list_index[relation.subject]]
            words = len(columns) // 64 + 1
            block = np.zeros((len(rows), words), np.uint64)
            for focus, related in relation.pairs.items():
                row = rows[focus]
                for code in related:
                    column = columns[code]
                    block[row, column >> 6] |= np.uint64(1 << (column & 63))
            if relation.focus == relation.subject:
                for row in range(len(rows)):
                    block[row, row >> 6] |= np.uint64(1 << (row & 63))
            blocks.append(block.ravel())
            places[relation.focus, relation.subject] = (first, words)
            first += block.size
        empty = np.zeros(0, np.uint64)
        return (np.concatenate(blocks) if blocks else empty), places

    @cached_property
    def kinds(self) -> np.ndarray:
        """[kind, 3]: code list or -1, has a scale, has a unit."""
        return np.array(
            [
                (
                    self.coder.list_index.get(kind.codes or "", -1),
                    kind.scale is not None,
                    kind.unit is not None,
                )
                for kind in self.vocabulary.kinds.values()
            ],
            np.int32,
        ).reshape(-1, 3)


class Layout(NamedTuple):
    """Tables of a program as lists; columns as in `kernels.layout`."""

    rules: list[list[int]]
    versions: list[list[int]]
    routes: list[list[int]]
    conditions: list[list[int]]


@dataclass(frozen=True)
class Program:
    """Compiled rules, and the names that turn numbers in decisions back into words."""

    rules: tuple[Rule, ...]
    lexicon: Lexicon
    tables: Tables
    route_names: tuple[str, ...]
    condition_names: tuple[str, ...]
    conditions: tuple[Condition, ...]
    groups: tuple[str | None, ...]
    group_rules: tuple[tuple[int, ...], ...]

    @property
    def vocabulary(self) -> Vocabulary:
        return self.lexicon.vocabulary

    @property
    def coder(self) -> Coder:
        return self.lexicon.coder

    @cached_property
    def layout(self) -> Layout:
        """Rules, versions, routes and conditions as plain lists, for reading in Python."""
        tables = self.tables
        kept = (tables.rules, tables.versions, tables.routes, tables.conditions)
        return Layout._make(table.tolist() for table in kept)

    @cached_property
    def reads_others(self) -> bool:
        """Whether any rule looks at another party's records."""
        return bool((self.tables.patterns[:, at.P_OTHER] >= 0).any())


def compile_rules(rules: Sequence[Rule], vocabulary: Vocabulary | Lexicon) -> Program:
    """Number rules, routes, conditions and tests. Raises CompileError naming the rule."""
    lexicon = vocabulary if isinstance(vocabulary, Lexicon) else Lexicon(vocabulary)
    build = _Build(lexicon)
    for rule in rules:
        try:
            build.add_rule(rule)
        except CompileError as problem:
            raise CompileError(f"{rule.id}: {problem}") from None
    return build.finish(tuple(rules))


def dated(test: Test, kind: str, in_force: Interval) -> Test:
    """The test with its patterns of `kind` bound to records that began while `in_force`."""

    def bind(pattern: Pattern) -> Pattern:
        if pattern.kind != kind:
            return pattern
        return replace(pattern, started=_overlap(pattern.started, in_force))

    match test:
        case AllOf() | AnyOf() | NoneOf():
            return replace(test, tests=tuple(dated(t, kind, in_force) for t in test.tests))
        case Holds() | HeldFor() | Accumulated() | Total() | Within():
            return replace(test, pattern=bind(test.pattern))
    return test


def _overlap(a: Interval | None, b: Interval) -> Interval:
    if a is None:
        return b
    starts = [d for d in (a.start, b.start) if d is not None]
    ends = [d for d in (a.end, b.end) if d is not None]
    return Interval(max(starts, default=None), min(ends, default=None))


def _asks_focus(pattern: Pattern | None) -> bool:
    if pattern is None:
        return False
    return (
        isinstance(pattern.subject, SameAsFocus | RelatedToFocus)
        or _asks_focus(pattern.other)
        or _asks_focus(pattern.already)
    )


def _by_focus(test: Test) -> bool:
    match test:
        case FocusIn():
            return True
        case AllOf() | AnyOf() | NoneOf():
            return any(_by_focus(child) for child in test.tests)
    return any(_asks_focus(pattern) for pattern in patterns_in(test))


class _Build:
    """Rows under construction. One row a noun; identical tests and patterns share theirs."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.coder = lexicon.coder
        self.patterns: list[list[int]] = []
        self.quantities: list[tuple[float, float]] = []
        self.tests: list[list[int]] = []
        self.bounds: list[tuple[float, float]] = []
        self.ints: list[int] = []
        self.sets: list[np.ndarray] = []
        self.words = lexicon.relations[0].size
        self.conditions: list[tuple[int, ...]] = []
        self.condition_nouns: list[Condition] = []
        self.routes: list[tuple[int, ...]] = []
        self.versions: list[tuple[int, ...]] = []
        self.rules: list[tuple[int, ...]] = []
        self.amounts: list[tuple[int, ...]] = []
        self.cases: list[tuple[float, float]] = []
        self.additions: list[tuple[float, float]] = []
        self.caps: list[float] = []
        self.needs: list[int] = []
        self.names: dict[str, int] = {}
        self.route_names: dict[str, int] = {}
        self.seen_tests: dict[tuple[Test, str | None], int] = {}
        self.seen_patterns: dict[tuple[Pattern, str | None], int] = {}
        self.seen_sets: dict[tuple[str, frozenset[str]], int] = {}
        self.seen_needs: dict[Needs, int] = {}

    # --- patterns ------------------------------------------------------------------------

    def pattern(self, pattern: Pattern, focus: str | None) -> int:
        key = (pattern, focus if _asks_focus(pattern) else None)
        if key not in self.seen_patterns:
            row = self._pattern_row(pattern, focus)
            self.seen_patterns[key] = len(self.patterns)
            self.patterns.append(row)
            low, high = pattern.quantity_at_least, pattern.quantity_at_most
            self.quantities.append(
                (-np.inf if low is None else low, np.inf if high is None else high)
            )
        return self.seen_patterns[key]

    def _pattern_row(self, pattern: Pattern, focus: str | None) -> list[int]:
        kind = self.lexicon.vocabulary.kinds.get(pattern.kind)
        if kind is None:
            raise CompileError(f"no kind of record is called {pattern.kind!r}")
        row = [0] * at.PATTERN_FIELDS
        row[at.P_KIND] = self.coder.kind_index[pattern.kind]
        row[at.P_SUBJECT], row[at.P_BITS], row[at.P_WORDS] = self._subject(
            pattern, kind.codes, focus
        )
        low, high = pattern.level_at_least, pattern.level_at_most
        row[at.P_LEVEL_ASKED] = int(low is not None or high is not None)
        row[at.P_LEVEL_LOW] = -32767 if low is None else low
        row[at.P_LEVEL_HIGH] = 32767 if high is None else high
        row[at.P_QUANTITY_ASKED] = int(
            pattern.quantity_at_least is not None or pattern.quantity_at_most is not None
        )
        row[at.P_STARTED_FROM], row[at.P_STARTED_UNTIL] = (
            (BEGINNING, FOREVER) if pattern.started is None else pattern.started.bounds
        )
        row[at.P_TERM_MONTHS], row[at.P_TERM_DAYS] = _span(pattern.term_at_least)
        row[at.P_OPEN] = int(kind.open)
        row[at.P_OTHER_ON_START] = int(pattern.other_on_start)
        row[at.P_OTHER] = row[at.P_ALREADY] = -1
        if pattern.other is not None:
            self._no_further(pattern.other, "other")
            row[at.P_OTHER] = self.pattern(pattern.other, focus)
        if pattern.already is not None:
            self._no_further(pattern.already, "already")
            row[at.P_ALREADY] = self.pattern(pattern.already, focus)
        return row

    @staticmethod
    def _no_further(pattern: Pattern, where: str) -> None:
        if pattern.other is not None or pattern.already is not None:
            raise CompileError(f"a record asked for under {where!r} cannot ask for a further one")

    def _subject(
        self, pattern: Pattern, codes: str | None, focus: str | None
    ) -> tuple[int, int, int]:
        match pattern.subject:
            case SameAsFocus():
                if codes is None or codes != focus:
                    raise CompileError(f"{pattern.kind} has no subject in the focus list {focus!r}")
                return at.S_FOCUS, 0, 0
            case RelatedToFocus():
                place = self.lexicon.relations[1].get((focus or "", codes or ""))
                if place is None:
                    raise CompileError(f"no relation joins {focus!r} to {codes!r}")
                return at.S_RELATED, *place
            case OneOf(codes=chosen):
                if codes is None:
                    raise CompileError(f"{pattern.kind} has no subject")
                return at.S_ONE_OF, self._set(codes, chosen), 0
        return at.S_ANY, 0, 0

    def _set(self, list_id: str, chosen: frozenset[str]) -> int:
        """The first word of a bit set over a code list."""
        if (list_id, chosen) not in self.seen_sets:
            index = self.coder.code_index[self.coder.list_index[list_id]]
            bits = np.zeros(len(index) // 64 + 1, np.uint64)
            for code in chosen:
                if code not in index:
                    raise CompileError(f"{code!r} is not in the code list {list_id!r}")
                bits[index[code] >> 6] |= np.uint64(1 << (index[code] & 63))
            self.seen_sets[list_id, chosen] = self.words
            self.sets.append(bits)
            self.words += bits.size
        return self.seen_sets[list_id, chosen]

    # --- tests ---------------------------------------------------------------------------

    def test(self, test: Test, focus: str | None) -> int:
        key = (test, focus if _by_focus(test) else None)
        if key not in self.seen_tests:
            row = self._test_row(test, focus)
            row[at.T_BY_FOCUS] = int(_by_focus(test))
            self.seen_tests[key] = len(self.tests)
            self.tests.append(row)
            low, high = (test.at_least, test.at_most) if isinstance(test, Total) else (None, None)
            self.bounds.append((-np.inf if low is None else low, np.inf if high is None else high))
        return self.seen_tests[key]

    def _test_row(self, test: Test, focus: str | None) -> list[int]:
        match test:
            case Holds():
                fields = [at.OP_HOLDS, 0, self.pattern(test.pattern, focus)]
            case HeldFor():
                pattern = self.pattern(test.pattern, focus)
                holds = self.test(Holds(test.pattern), focus)
                fields = [at.OP_HELD_FOR, 0, pattern, *_span(test.at_least), -1, holds]
            case Accumulated():
                pattern = self.pattern(test.pattern, focus)
                since = -1 if test.since is None else self.pattern(test.since, focus)
                holds = self.test(Holds(test.pattern), focus)
                fields = [at.OP_ACCUMULATED, 0, pattern, *_span(test.at_least), since, holds]
            case Total():
                fields = [
                    at.OP_TOTAL,
                    0,
                    self.pattern(test.pattern, focus),
                    int(test.measure == "sum"),
                    _WINDOWS[test.window.kind],
                    *_span(test.window.length or Duration()),
                    test.window.years,
                    int(test.at_least is not None),
                    int(test.at_most is not None),
                ]
            case Within():
                pattern = self.pattern(test.pattern, focus)
                fields = [at.OP_WITHIN, 0, pattern, *_span(test.within)]
            case Age():
                ages = (test.at_least, test.under, test.at_most)
                fields = [at.OP_AGE, 0, *(n for age in ages for n in _span(age))]
            case Calendar():
                days = [day for interval in test.intervals for day in interval.bounds]
                fields = [at.OP_CALENDAR, 0, self._ints(_joined(days)), len(_joined(days)) // 2]
            case FocusIn():
                if focus is None:
                    raise CompileError("a condition on the focus, in a rule without one")
                fields = [at.OP_FOCUS_IN, 0, self._set(focus, test.codes), int(test.negate)]
            case AllOf() | AnyOf() | NoneOf():
                if not test.tests:
                    raise CompileError("nothing stands under all, any or none")
                children = [self.test(child, focus) for child in test.tests]
                ops = {AllOf: at.OP_ALL, AnyOf: at.OP_ANY, NoneOf: at.OP_NONE}
                fields = [ops[type(test)], 0, self._ints(children), len(children)]
            case Pending():
                fields = [at.OP_PENDING]
        return fields + [0] * (at.TEST_FIELDS - len(fields))

    def _ints(self, numbers: Iterable[int]) -> int:
        first = len(self.ints)
        self.ints.extend(numbers)
        return first

    def _plan(self, test: int, plan: list[int]) -> list[int]:
        """The test after all that it reads, each once."""
        row = self.tests[test]
        if row[at.T_OP] in (at.OP_HELD_FOR, at.OP_ACCUMULATED):
            self._plan(row[at.T_E], plan)
        if row[at.T_OP] in (at.OP_ALL, at.OP_ANY, at.OP_NONE):
            for child in self.ints[row[at.T_A] : row[at.T_A] + row[at.T_B]]:
                self._plan(child, plan)
        if test not in plan:
            plan.append(test)
        return plan

    def condition(self, condition: Condition, focus: str | None) -> int:
        test = self.test(condition.test, focus)
        plan = self._plan(test, [])
        name = self.names.setdefault(condition.id, len(self.names))
        self.conditions.append((test, self._ints(plan), len(plan), name))
        self.condition_nouns.append(condition)
        return len(self.conditions) - 1

    # --- rules ---------------------------------------------------------------------------

    def add_rule(self, rule: Rule) -> None:
        focus = rule.about.focus
        if focus is not None and focus not in self.coder.list_index:
            raise CompileError(f"the focus {focus!r} is not a code list")
        # Amounts come first: their conditions must not stand between those of a route.
        begin, paid = len(self.conditions), len(self.amounts)
        rows = [self._version(version, rule) for version in rule.versions]
        first = len(self.versions)
        self.versions.extend(row for row, _ in rows)
        needs = _either([need for _, need in rows])
        self.rules.append(
            (
                first,
                len(rows),
                int(rule.about.party == "organisation"),
                int(rule.version_day is not None),
                self._needs(needs),
                begin,
                len(self.conditions) - begin,
                int(len(self.amounts) > paid),
                int(rule.version_day is None and _ascend(rule.versions)),
            )
        )

    def _version(self, version: Version, rule: Rule) -> tuple[tuple[int, ...], Needs]:
        focus, kind = rule.about.focus, rule.version_day

        def bound(condition: Condition) -> Condition:
            if kind is None:
                return condition
            return replace(condition, test=dated(condition.test, kind, version.in_force))

        shared = None if version.amount is None else self._amount(version.amount, rule, version)
        routes = []
        for route in version.routes:
            amount = shared
            if route.amount is not None:
                amount = self._amount(route.amount, rule, version)
            routes.append(self._route(route, [bound(c) for c in route.conditions], amount, focus))
        first_route = len(self.routes)
        self.routes.extend(row for row, _ in routes)
        asked = [bound(c) for c in version.conditions]
        first = len(self.conditions)
        for condition in asked:
            self.condition(condition, focus)
        needs = self._needs_of(c.test for c in asked) | _either([need for _, need in routes])
        row = (
            *version.in_force.bounds,
            first,
            len(asked),
            first_route,
            len(routes),
            self._needs(needs),
            *(version.in_force.bounds if kind is not None else _hull(version.in_force, asked)),
        )
        return row, needs

    def _route(
        self, route: Route, conditions: list[Condition], amount: int | None, focus: str | None
    ) -> tuple[tuple[int, ...], Needs]:
        first = len(self.conditions)
        for condition in conditions:
            self.condition(condition, focus)
        name = self.route_names.setdefault(route.id, len(self.route_names))
        needs = self._needs_of(c.test for c in conditions)
        row = (
            first,
            len(conditions),
            -1 if amount is None else amount,
            name,
            self._needs(needs),
        )
        return row, needs

    def _amount(self, amount: Amount, rule: Rule, version: Version) -> int:
        focus = rule.about.focus

        def guard(test: Test) -> int:
            if rule.version_day is not None:
                test = dated(test, rule.version_day, version.in_force)
            return self.condition(Condition("amount", test), focus)

        cases = [(-1 if t is None else guard(t), value) for t, value in amount.cases]
        additions = [(guard(a.when), a.percent) for a in amount.additions]
        self.amounts.append((len(self.cases), len(cases), len(self.additions), len(additions)))
        self.cases.extend(cases)
        self.additions.extend(additions)
        self.caps.append(np.inf if amount.cap is None else amount.cap)
        return len(self.amounts) - 1

    # --- kinds without which nothing can hold ----------------------------------------------
    #
    # A need is a set of clauses; each clause is a set of closed kinds (bits), of which the party
    # must have a record of at least one. No clause: nothing is known to be needed.

    def _needs_of(self, tests: Iterable[Test]) -> Needs:
        """What must be there for all of the tests to hold on some day."""
        return frozenset().union(*(self._needs_of_one(test) for test in tests))

    def _needs_of_one(self, test: Test) -> Needs:
        match test:
            case AllOf():
                return self._needs_of(test.tests)
            case AnyOf():
                return _either([self._needs_of_one(child) for child in test.tests])
            case Accumulated():
                needs = self._need(test.since) if test.since is not None else frozenset()
                if test.at_least.months or test.at_least.days:
                    needs |= self._need(test.pattern)
                return needs
            case Holds() | HeldFor() | Within():
                return self._need(test.pattern)
            case Total() if test.at_least is not None and test.at_least > 0:
                return self._need(test.pattern)
        return frozenset()

    def _need(self, pattern: Pattern) -> Needs:
        if self.lexicon.vocabulary.kinds[pattern.kind].open:
            return frozenset()
        needs = frozenset() if pattern.already is None else self._need(pattern.already)
        return needs | {1 << self.coder.kind_index[pattern.kind]}

    def _needs(self, needs: Needs) -> int:
        """Where the clauses stand: their number, then a pair of words each."""
        if needs not in self.seen_needs:
            self.seen_needs[needs] = len(self.needs)
            self.needs.append(len(needs))
            for clause in sorted(needs):
                self.needs.extend((clause & (1 << 64) - 1, clause >> 64))
        return self.seen_needs[needs]

    # --- the whole -------------------------------------------------------------------------

    def _groups(self, rules: tuple[Rule, ...]) -> list[tuple[str | None, str, list[int]]]:
        """Rules by focus list and party: without focus first, then by the order of the lists."""
        foci: list[str | None] = [None, *self.coder.lists]
        groups = []
        for focus in foci:
            for party in ("person", "organisation"):
                chosen = [
                    i
                    for i, rule in enumerate(rules)
                    if rule.about.focus == focus and rule.about.party == party
                ]
                if chosen:
                    groups.append((focus, party, chosen))
        return groups

    def finish(self, rules: tuple[Rule, ...]) -> Program:
        groups = self._groups(rules)
        rows: list[tuple[int, ...]] = []
        order: list[int] = []
        for focus, party, chosen in groups:
            place = -1 if focus is None else self.coder.list_index[focus]
            rows.append((place, len(order), len(chosen), int(party == "organisation")))
            order.extend(chosen)
        tables = Tables(
            patterns=_table(self.patterns, at.PATTERN_FIELDS, np.int64),
            quantities=_table(self.quantities, 2, np.float64),
            tests=_table(self.tests, at.TEST_FIELDS, np.int64),
            bounds=_table(self.bounds, 2, np.float64),
            ints=np.array(self.ints, np.int32),
            bits=np.concatenate([self.lexicon.relations[0], *self.sets]),
            conditions=_table(self.conditions, at.CONDITION_FIELDS, np.int32),
            routes=_table(self.routes, at.ROUTE_FIELDS, np.int32),
            versions=_table(self.versions, at.VERSION_FIELDS, np.int32),
            rules=_table(self.rules, at.RULE_FIELDS, np.int32),
            rule_order=np.array(order, np.int32),
            groups=_table(rows, at.GROUP_FIELDS, np.int32),
            amounts=_table(self.amounts, at.AMOUNT_FIELDS, np.int32),
            amount_cases=_table(self.cases, 2, np.float64),
            additions=_table(self.additions, 2, np.float64),
            caps=np.array(self.caps, np.float64),
            needs=np.array(self.needs, np.uint64),
            kinds=self.lexicon.kinds,
        )
        return Program(
            rules=rules,
            lexicon=self.lexicon,
            tables=tables,
            route_names=tuple(self.route_names),
            condition_names=tuple(self.names),
            conditions=tuple(self.condition_nouns),
            groups=tuple(focus for focus, _, _ in groups),
            group_rules=tuple(tuple(chosen) for _, _, chosen in groups),
        )


def _table(rows: Sequence[Sequence[float]], fields: int, kind: type[np.generic]) -> np.ndarray:
    return np.array(rows, kind).reshape(-1, fields)


def _span(duration: Duration | None) -> tuple[int, int]:
    return (-1, 0) if duration is None else (duration.months, duration.days)


def _either(needs: Sequence[Needs]) -> Needs:
    """What is needed whichever of several ways is taken: one clause out of each, joined."""
    if not needs or not all(needs):
        return frozenset()
    if len(needs) == 1:
        return needs[0]
    return frozenset({reduce(or_, (min(way, key=int.bit_count) for way in needs))})


def _hull(interval: Interval, conditions: Iterable[Condition]) -> tuple[int, int]:
    """The bounds of an interval, narrowed to the days that calendar conditions leave open."""
    start, end = interval.bounds
    for condition in conditions:
        if isinstance(condition.test, Calendar):
            days = _joined([d for i in condition.test.intervals for d in i.bounds])
            start = max(start, days[0] if days else FOREVER)
            end = min(end, days[-1] if days else BEGINNING)
    return start, max(start, end)


def _ascend(versions: Sequence[Version]) -> bool:
    """Whether versions follow one another in time without overlap."""
    bounds = [version.in_force.bounds for version in versions]
    return all(before[1] <= after[0] for before, after in pairwise(bounds))


def _joined(days: list[int]) -> list[int]:
    """Pairs of days sorted, empty ones dropped, joined where they touch."""
    joined: list[int] = []
    for start, end in sorted(zip(days[::2], days[1::2], strict=True)):
        if start >= end:
            continue
        if joined and start <= joined[-1]:
            joined[-1] = max(joined[-1], end)
        else:
            joined += [start, end]
    return joined
