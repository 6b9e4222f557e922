"""One party's decisions with their reasons: the kernels' own day sets, condition by condition.

The verdicts are those of the same run that left the day sets behind, so an explanation and a
decisions file cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from craftpath.engine.columns import NO_DAY, Columns
from craftpath.engine.days import DaySet, Duration, as_date, as_day
from craftpath.engine.decide import Desk, collect_others
from craftpath.engine.kernels import layout as at
from craftpath.engine.kernels.layout import Others
from craftpath.engine.program import Program
from craftpath.engine.rules import Condition, Route, Rule, Version

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
    """A condition and its days. `holds`: True surely, None perhaps, False no, on the day asked."""

    condition: Condition
    sure: DaySet
    may: DaySet
    holds: bool | None
    progress: Progress | None


class RouteReason(NamedTuple):
    route: Route
    conditions: tuple[ConditionReason, ...]


class VersionReason(NamedTuple):
    version: Version
    conditions: tuple[ConditionReason, ...]
    routes: tuple[RouteReason, ...]


class Reason(NamedTuple):
    """The decision on one rule (and focus), and every condition that went into it.

    start, end  the stretch that the verdict speaks of, as in a decisions file (`from`, `until`)
    """

    rule: Rule
    focus: str | None
    verdict: str
    route: str | None
    start: dt.date | None
    end: dt.date | None
    amount: float | None
    missing: tuple[str, ...]
    versions: tuple[VersionReason, ...]


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
    program = desk.program
    for group, focus_list in enumerate(program.groups):
        foci: Sequence[int] = (-1,)
        if focus_list is not None:
            foci = _foci(desk, columns, known_on, focus_list)
        for focus in foci:
            desk.trace(columns, others, as_of, known_on, group, focus)
            yield from _Reader(desk, columns, others, as_of, focus).reasons()


def _foci(desk: Desk, columns: Columns, known_on: int, focus_list: str) -> list[int]:
    coder = desk.program.coder
    wanted = coder.list_index[focus_list]
    seen = (columns.kind >= 0) & (columns.known <= known_on) & (known_on < columns.known_until)
    subjects = columns.subject[seen & (columns.subject >= 0)]
    lists = coder.list_of_kind[columns.kind[seen & (columns.subject >= 0)]]
    return sorted(set(subjects[lists == wanted].tolist()))


class _Reader:
    """Reads a desk's workspace after a trace, before the next one overwrites it."""

    def __init__(
        self, desk: Desk, columns: Columns, others: Others, as_of: int, focus: int
    ) -> None:
        self.desk, self.program = desk, desk.program
        self.columns, self.others = columns, others
        self.as_of, self.focus = as_of, focus
        self.pool: list[int] = desk.work.pool[: desk.work.top[0]].tolist()
        self.place: list[list[int]] = desk.work.place.tolist()
        self.sets: dict[tuple[int, int], DaySet] = {}
        self.progress: list[list[float]] = desk.measure(others, as_of, focus).tolist()

    def reasons(self) -> Iterator[Reason]:
        rows, _ = self.desk.output.counts.tolist()
        fields = self.desk.output.fields[:, :rows].T.tolist()
        amounts = self.desk.output.amount[:rows].tolist()
        last = int(self.desk.output.counts[1])
        ends = [*(field[at.D_MISSING] for field in fields), last][1:]
        missing = self.desk.output.missing[:last].tolist()
        for field, amount, end in zip(fields, amounts, ends, strict=True):
            yield self._reason(field, amount, missing[field[at.D_MISSING] : end])

    def _reason(self, field: list[int], amount: float, missing: list[int]) -> Reason:
        program = self.program
        rule = program.rules[field[at.D_RULE]]
        route, names = field[at.D_ROUTE], program.condition_names
        focus_list = program.groups[field[at.D_GROUP]]
        codes = program.coder.codes[program.coder.list_index[focus_list]] if focus_list else ()
        return Reason(
            rule=rule,
            focus=codes[self.focus] if focus_list else None,
            verdict=at.VERDICTS[field[at.D_VERDICT]],
            route=None if route < 0 else program.route_names[route],
            start=None if field[at.D_FROM] == NO_DAY else as_date(field[at.D_FROM]),
            end=None if field[at.D_UNTIL] == NO_DAY else as_date(field[at.D_UNTIL]),
            amount=None if amount != amount else amount,
            missing=tuple(names[m] for m in missing),
            versions=self._versions(field[at.D_RULE], rule),
        )

    def _versions(self, index: int, rule: Rule) -> tuple[VersionReason, ...]:
        layout = self.program.layout
        first = layout.rules[index][at.RU_VERSIONS]
        return tuple(
            self._version(layout.versions[first + k], version)
            for k, version in enumerate(rule.versions)
        )

    def _version(self, row: list[int], version: Version) -> VersionReason:
        routes = self.program.layout.routes
        return VersionReason(
            version,
            self._conditions(row[at.V_CONDITIONS], version.conditions),
            tuple(
                RouteReason(
                    route,
                    self._conditions(
                        routes[row[at.V_ROUTES] + k][at.RT_CONDITIONS], route.conditions
                    ),
                )
                for k, route in enumerate(version.routes)
            ),
        )

    def _conditions(
        self, first: int, conditions: tuple[Condition, ...]
    ) -> tuple[ConditionReason, ...]:
        return tuple(
            self._condition(self.program.layout.conditions[first + k][at.C_TEST], condition)
            for k, condition in enumerate(conditions)
        )

    def _condition(self, test: int, condition: Condition) -> ConditionReason:
        at_sure, sures, at_may, mays = self.place[test]
        sure, may = self._days(at_sure, sures), self._days(at_may, mays)
        holds = True if self.as_of in sure else None if self.as_of in may else False
        return ConditionReason(condition, sure, may, holds, self._progress(test))

    def _days(self, first: int, pairs: int) -> DaySet:
        key = (first, pairs)
        found = self.sets.get(key)
        if found is None:
            days = self.pool[first : first + 2 * pairs]
            found = self.sets[key] = DaySet(tuple(zip(days[::2], days[1::2], strict=True)))
        return found

    def _progress(self, test: int) -> Progress | None:
        months, days, total = self.progress[test]
        if months != months:
            return None
        if total == total:
            return Progress(None, total)
        return Progress(Duration(int(months), int(days)), None)
