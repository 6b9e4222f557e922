"""One party's decisions with their reasons: the kernels' own day sets, condition by condition.

The verdicts are those of the same run that left the day sets behind, so an explanation and a
decisions file cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from craftpath.engine.columns import NO_DAY, Columns
from craftpath.engine.days import DaySet, Duration, as_date, as_day
from craftpath.engine.decide import Desk, collect_others
from craftpath.engine.kernels import layout as at
from craftpath.engine.kernels.layout import Others
from craftpath.engine.program import Program
from craftpath.engine.rules import (
    Age,
    AllOf,
    AnyOf,
    Condition,
    NoneOf,
    Route,
    Rule,
    Test,
    Version,
)

__all__ = [
    "ConditionReason",
    "Explanation",
    "Progress",
    "Reason",
    "RouteReason",
    "VersionReason",
    "explain",
    "explain_columns",
]


class Progress(NamedTuple):
    """How far a condition has surely come on the day asked: time, or a total."""

    time: Duration | None
    total: float | None


class ConditionReason(NamedTuple):
    """A condition and its days. `holds`: True surely, None perhaps, False no, on the day asked.

    births  where it asks for an age: the days of birth (founding) that contradict each other
    """

    condition: Condition
    sure: DaySet
    may: DaySet
    holds: bool | None
    progress: Progress | None
    births: tuple[dt.date, ...] = ()


class RouteReason(NamedTuple):
    route: Route
    conditions: tuple[ConditionReason, ...]


class VersionReason(NamedTuple):
    version: Version
    conditions: tuple[ConditionReason, ...]
    routes: tuple[RouteReason, ...]


@dataclass(frozen=True, eq=False)
class Reason:
    """The decision on one rule (and focus), and every condition that went into it.

    start, end  the stretch that the verdict speaks of, as in a decisions file (`from`, `until`)
    route       the id of the route that the verdict rests on, or the nearest one
    """

    rule: Rule
    focus: str | None
    verdict: str
    route: str | None
    start: dt.date | None
    end: dt.date | None
    amount: float | None
    missing: tuple[str, ...]
    _days: _Days = field(repr=False)
    _row: int = field(repr=False)

    @cached_property
    def versions(self) -> tuple[VersionReason, ...]:
        """Every version of the rule, with every route and condition."""
        return tuple(self._days.versions(self._row, self.rule))

    @cached_property
    def nearest(self) -> tuple[Version, tuple[ConditionReason, ...]] | None:
        """The version and the conditions of the route that the verdict rests on."""
        return self._days.route(self._row, self.rule, self.route, self._day)

    @property
    def _day(self) -> int:
        """The day that the verdict speaks of: the day asked, or the first one to come."""
        asked = self._days.as_of
        return asked if self.start is None else max(asked, as_day(self.start))


@dataclass(frozen=True)
class Explanation:
    party: int
    as_of: dt.date
    known_on: dt.date
    reasons: tuple[Reason, ...]

    def of(self, rule: str, focus: str | None = None) -> Reason:
        """The reason for one rule; KeyError where the rule was not decided for the party."""
        for reason in self.reasons:
            if reason.rule.id == rule and focus in (None, reason.focus):
                return reason
        raise KeyError(f"{rule} was not decided for party {self.party}")


def explain(
    program: Program,
    records: Any,
    party: int,
    as_of: dt.date,
    known_on: dt.date | None = None,
    others: Others | None = None,
    desk: Desk | None = None,
) -> Explanation:
    """Decide every rule of the program for one party, with reasons.

    records  the party's own records (more may be there: they are left out), as Arrow
    others   the organisations that rules look at; taken from `records` where not given
    desk     room to work in, kept by a caller who explains many
    """
    table = records if isinstance(records, pa.Table) else pa.table(records)
    columns = program.coder.encode(table)
    if others is None:
        others = collect_others(program, columns, as_day(known_on or as_of))
    if columns.party.size and (columns.party[0] != party or columns.party[-1] != party):
        columns = columns.take(columns.party == party)
    return explain_columns(desk or Desk(program), columns, others, party, as_of, known_on or as_of)


def explain_columns(
    desk: Desk, columns: Columns, others: Others, party: int, as_of: dt.date, known_on: dt.date
) -> Explanation:
    """The same from encoded records, which are all of this party."""
    order = {id(rule): place for place, rule in enumerate(desk.program.rules)}
    found = _trace_all(desk, columns, others, as_day(as_of), as_day(known_on))
    reasons = sorted(found, key=lambda reason: order[id(reason.rule)])
    return Explanation(party, as_of, known_on, tuple(reasons))


def _trace_all(
    desk: Desk, columns: Columns, others: Others, as_of: int, known_on: int
) -> Iterator[Reason]:
    births = _births(desk, columns, known_on)
    for group, focus_list in enumerate(desk.program.groups):
        foci: Sequence[int] = (-1,)
        if focus_list is not None:
            foci = _foci(desk, columns, known_on, focus_list)
        for focus in foci:
            desk.trace(columns, others, as_of, known_on, group, focus)
            if desk.output.counts[0]:
                days = _Days(desk, others, as_of, focus, births)
                yield from _reasons(desk, focus_list, focus, days)


def _reasons(desk: Desk, focus_list: str | None, focus: int, days: _Days) -> Iterator[Reason]:
    """The rows that a trace left behind."""
    program = desk.program
    rows, last = desk.output.counts.tolist()
    fields = desk.output.fields[:, :rows].T.tolist()
    amounts = desk.output.amount[:rows].tolist()
    ends = [*(row[at.D_MISSING] for row in fields), last][1:]
    missing = desk.output.missing[:last].tolist()
    names, routes = program.condition_names, program.route_names
    code = None
    if focus_list is not None:
        code = program.coder.codes[program.coder.list_index[focus_list]][focus]
    for row, amount, end in zip(fields, amounts, ends, strict=True):
        start, until, route = row[at.D_FROM], row[at.D_UNTIL], row[at.D_ROUTE]
        yield Reason(
            rule=program.rules[row[at.D_RULE]],
            focus=code,
            verdict=at.VERDICTS[row[at.D_VERDICT]],
            route=None if route < 0 else routes[route],
            start=None if start == NO_DAY else as_date(start),
            end=None if until == NO_DAY else as_date(until),
            amount=None if amount != amount else amount,
            missing=tuple([names[m] for m in missing[row[at.D_MISSING] : end]]),
            _days=days,
            _row=row[at.D_RULE],
        )


def _births(desk: Desk, columns: Columns, known_on: int) -> tuple[dt.date, ...]:
    """The days of birth (founding) that are known and contradict each other: what is verified
    counts before what is claimed; () where there is one at most."""
    seen = (columns.known <= known_on) & (known_on < columns.known_until)
    for kind in ("birth", "founded"):
        at_kind = desk.program.coder.kind_index.get(kind, -2)
        these = seen & (columns.kind == at_kind)
        if these.any():
            sure = these & (columns.status == 1)
            days = np.unique(columns.start[sure if sure.any() else these]).tolist()
            told = tuple(day for day in map(as_date, days) if day is not None)
            return told if len(told) > 1 else ()
    return ()


def _asks_age(test: Test) -> bool:
    match test:
        case AllOf() | AnyOf() | NoneOf():
            return any(_asks_age(part) for part in test.tests)
    return isinstance(test, Age)


def _foci(desk: Desk, columns: Columns, known_on: int, focus_list: str) -> list[int]:
    coder = desk.program.coder
    wanted = coder.list_index[focus_list]
    seen = (columns.kind >= 0) & (columns.known <= known_on) & (known_on < columns.known_until)
    subjects = columns.subject[seen & (columns.subject >= 0)]
    lists = coder.list_of_kind[columns.kind[seen & (columns.subject >= 0)]]
    return sorted(set(subjects[lists == wanted].tolist()))


class _State(NamedTuple):
    """What a test came to; conditions of several rules often share one."""

    sure: DaySet
    may: DaySet
    holds: bool | None
    progress: Progress | None


class _Days:
    """The day sets of one trace, copied before the next one overwrites them."""

    def __init__(
        self, desk: Desk, others: Others, as_of: int, focus: int, births: tuple[dt.date, ...]
    ) -> None:
        self.program, self.as_of, self.births = desk.program, as_of, births
        self.pool: list[int] = desk.work.pool[: desk.work.top[0]].tolist()
        self.place: list[list[int]] = desk.work.place.tolist()
        self.progress: list[list[float]] = desk.measure(others, as_of, focus).tolist()
        self.states: dict[int, _State] = {}

    def versions(self, index: int, rule: Rule) -> Iterator[VersionReason]:
        layout = self.program.layout
        for at_version, version in enumerate(rule.versions, layout.rules[index][at.RU_VERSIONS]):
            row = layout.versions[at_version]
            yield VersionReason(
                version,
                self._conditions(row[at.V_CONDITIONS], version.conditions),
                tuple(
                    [
                        RouteReason(
                            route,
                            self._conditions(layout.routes[k][at.RT_CONDITIONS], route.conditions),
                        )
                        for k, route in enumerate(version.routes, row[at.V_ROUTES])
                    ]
                ),
            )

    def route(
        self, index: int, rule: Rule, name: str | None, day: int
    ) -> tuple[Version, tuple[ConditionReason, ...]] | None:
        """The route of that name in the version in force on a day, else in the first with it."""
        layout = self.program.layout
        found = None
        for at_version, version in enumerate(rule.versions, layout.rules[index][at.RU_VERSIONS]):
            row = layout.versions[at_version]
            for k, route in enumerate(version.routes, row[at.V_ROUTES]):
                if route.id == name:
                    in_force = row[at.V_FROM] <= day < row[at.V_UNTIL]
                    if in_force or found is None:
                        found = (version, row, layout.routes[k], route)
        if found is None:
            return None
        version, row, route_row, route = found
        return version, (
            *self._conditions(row[at.V_CONDITIONS], version.conditions),
            *self._conditions(route_row[at.RT_CONDITIONS], route.conditions),
        )

    def _conditions(
        self, first: int, conditions: tuple[Condition, ...]
    ) -> tuple[ConditionReason, ...]:
        tests, states = self.program.layout.conditions, self.states
        found = []
        for k, condition in enumerate(conditions, first):
            test = tests[k][at.C_TEST]
            state = states.get(test) or self._state(test)
            births = self.births if _asks_age(condition.test) else ()
            progress = None if births else state.progress
            found.append(
                ConditionReason(condition, state.sure, state.may, state.holds, progress, births)
            )
        return tuple(found)

    def _state(self, test: int) -> _State:
        at_sure, sures, at_may, mays = self.place[test]
        sure = self._days(at_sure, sures)
        may = sure if (at_sure, sures) == (at_may, mays) else self._days(at_may, mays)
        holds = True if self.as_of in sure else None if self.as_of in may else False
        state = self.states[test] = _State(sure, may, holds, self._progress(test))
        return state

    def _days(self, first: int, pairs: int) -> DaySet:
        if pairs == 0:
            return _NO_DAYS
        days = self.pool[first : first + 2 * pairs]
        if pairs == 1:
            return DaySet(((days[0], days[1]),))
        return DaySet(tuple(zip(days[::2], days[1::2], strict=True)))

    def _progress(self, test: int) -> Progress | None:
        months, days, total = self.progress[test]
        if months != months:
            return None
        if total == total:
            return Progress(None, total)
        return Progress(Duration(int(months), int(days)), None)


_NO_DAYS = DaySet()
