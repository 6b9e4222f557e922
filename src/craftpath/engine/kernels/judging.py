"""Rules over day sets: for each party, focus and rule the verdict, read off the very same sets.

A chunk holds whole parties. The loop copies one party's visible records into a small workspace,
evaluates only the tests that can still matter (all of them when a trace is wanted), and appends
decisions to the output. When the output or the workspace is full it stops at a party's first row
and says so; the caller makes room and calls again from there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from craftpath.engine.columns import NO_DAY, NO_LEVEL
from craftpath.engine.kernels import daysets
from craftpath.engine.kernels.compiled import entry, inlined_part, part
from craftpath.engine.kernels.holding import FULL, evaluate, has_kind, measure
from craftpath.engine.kernels.layout import (
    A_ADDITION_COUNT,
    A_ADDITIONS,
    A_CASE_COUNT,
    A_CASES,
    C_NAME,
    C_PLAN,
    C_PLAN_COUNT,
    C_TEST,
    D_FOCUS,
    D_FROM,
    D_GROUP,
    D_MISSING,
    D_ROUTE,
    D_RULE,
    D_UNTIL,
    D_VERDICT,
    G_COUNT,
    G_LIST,
    G_ORGANISATION,
    G_RULES,
    LATER,
    MAY,
    NEVER,
    OP_ACCUMULATED,
    OP_AGE,
    OP_HELD_FOR,
    OP_TOTAL,
    QUALIFIES,
    R_END,
    R_KIND,
    R_LEVEL,
    R_START,
    R_SUBJECT,
    R_SURE,
    RT_AMOUNT,
    RT_CONDITIONS,
    RT_COUNT,
    RT_NAME,
    RT_NEEDS,
    RU_ASCENDS,
    RU_BY_RECORD,
    RU_CONDITION_COUNT,
    RU_CONDITIONS,
    RU_COUNT,
    RU_NEEDS,
    RU_PAYS,
    RU_VERSIONS,
    SURE,
    T_BY_FOCUS,
    T_OP,
    UNKNOWN,
    V_CLOSES,
    V_CONDITIONS,
    V_COUNT,
    V_FROM,
    V_NEEDS,
    V_OPENS,
    V_ROUTE_COUNT,
    V_ROUTES,
    V_UNTIL,
)

__all__ = [
    "DONE",
    "EVERY_FOCUS",
    "OUTPUT_FULL",
    "POOL_FULL",
    "RECORDS_FULL",
    "Output",
    "Workspace",
    "decide_rows",
    "measure_all",
]

DONE, OUTPUT_FULL, POOL_FULL, RECORDS_FULL = range(4)
EVERY_FOCUS = -2  # in place of one focus: all that the party has records in
_NO_DAY = NO_DAY
_NO_LEVEL = NO_LEVEL


class Workspace(NamedTuple):
    """One party's room; rows as in `layout`. Owned by the caller, who may read it afterwards."""

    records: npt.NDArray[np.int32]
    quantities: npt.NDArray[np.float64]
    others: npt.NDArray[np.int64]
    stretch: npt.NDArray[np.int32]
    worth: npt.NDArray[np.float64]
    days: npt.NDArray[np.int32]
    ranges: npt.NDArray[np.int32]  # [kind, 2]: its first record, and the first after it
    found: npt.NDArray[np.int8]  # [record]: how surely it matches the pattern being looked at
    foci: npt.NDArray[np.int32]
    pool: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]  # [test, 4]: sure offset, pairs, may offset, pairs
    stamp: npt.NDArray[np.int64]  # [test]: evaluated at this tick
    routes: npt.NDArray[np.int32]  # [route, 4] like place
    ticks: npt.NDArray[np.int64]  # [now, tick of the party, tick of the focus]
    top: npt.NDArray[np.int64]  # [top of the pool]
    party: npt.NDArray[np.int64]  # [visible records, birth] of the last party decided


class Output(NamedTuple):
    """Decisions so far: columns as in `layout`, with the missing conditions in one list."""

    party: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int32]  # [field, row]
    amount: npt.NDArray[np.float64]
    missing: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]  # [rows, missing]


@inlined_part
def gather(tables, columns, row, known_on, work):  # type: ignore[no-untyped-def]
    """Copy the visible records of the party at `row`, sorted by kind and start.

    `work.ranges` then says where the records of each kind stand. Returns (first row of the next
    party, visible records or -1 where there is no room, kinds with a doubtful record, all kinds),
    kinds as bits in two words. Doubtful: claimed, or a field of the kind is not known.
    """
    party = columns.party[row]
    rows = columns.party.shape[0]
    capacity = work.records.shape[0]
    count = 0
    doubts_low = np.uint64(0)
    doubts_high = np.uint64(0)
    kinds_low = np.uint64(0)
    kinds_high = np.uint64(0)
    i = row
    while i < rows and columns.party[i] == party:
        if columns.kind[i] >= 0 and columns.known[i] <= known_on < columns.known_until[i]:
            if count >= capacity:
                return i, -1, doubts_low, doubts_high, kinds_low, kinds_high
            kind = columns.kind[i]
            start = columns.start[i]
            at = count
            while at > 0 and (
                work.records[at - 1, R_KIND] > kind
                or (work.records[at - 1, R_KIND] == kind and work.records[at - 1, R_START] > start)
            ):
                for f in range(6):
                    work.records[at, f] = work.records[at - 1, f]
                work.quantities[at] = work.quantities[at - 1]
                work.others[at] = work.others[at - 1]
                at -= 1
            work.records[at, R_KIND] = kind
            work.records[at, R_SUBJECT] = columns.subject[i]
            work.records[at, R_LEVEL] = columns.level[i]
            work.records[at, R_START] = start
            work.records[at, R_END] = columns.end[i]
            work.records[at, R_SURE] = SURE if columns.status[i] == 1 else MAY
            work.quantities[at] = columns.quantity[i]
            work.others[at] = columns.other[i]
            doubtful = (
                columns.status[i] != 1
                or (columns.subject[i] < 0 and tables.kinds[kind, 0] >= 0)
                or (columns.level[i] == _NO_LEVEL and tables.kinds[kind, 1] != 0)
                or (tables.kinds[kind, 2] != 0 and np.isnan(columns.quantity[i]))
            )
            if kind < 64:
                bit = np.uint64(1) << np.uint64(kind)
                kinds_low |= bit
                if doubtful:
                    doubts_low |= bit
            else:
                bit = np.uint64(1) << np.uint64(kind - 64)
                kinds_high |= bit
                if doubtful:
                    doubts_high |= bit
            count += 1
        i += 1
    for k in range(count):
        kind = work.records[k, R_KIND]
        if k == 0 or work.records[k - 1, R_KIND] != kind:
            work.ranges[kind, 0] = k
        work.ranges[kind, 1] = k + 1
    return i, count, doubts_low, doubts_high, kinds_low, kinds_high


@inlined_part
def life(records, ranges, kinds_low, kinds_high, kind):  # type: ignore[no-untyped-def]
    """(start, end, how surely) by the visible records of the kind; start NO_DAY if there is none.

    What is verified counts before what is claimed. Of several the life begins with the first day
    and goes on to the last; how surely: 0 claimed, 1 verified, 2 they name different first days.
    """
    start = _NO_DAY
    end = _NO_DAY
    sure = 0
    seen = 0
    if kind < 0 or not has_kind(kinds_low, kinds_high, kind):
        return start, end, sure
    for i in range(ranges[kind, 0], ranges[kind, 1]):
        this = 1 if records[i, R_SURE] == SURE else 0
        if start == _NO_DAY or this > seen:
            start = records[i, R_START]
            end = records[i, R_END]
            seen = this
            sure = this
        elif this == seen:
            if records[i, R_START] != start:
                sure = 2
            end = max(end, records[i, R_END])
    return start, end, sure


@inlined_part
def find_foci(tables, records, count, wanted, foci):  # type: ignore[no-untyped-def]
    """The distinct subjects, in order, of visible records whose kind's code list is `wanted`."""
    found = 0
    for i in range(count):
        subject = records[i, R_SUBJECT]
        if subject < 0 or tables.kinds[records[i, R_KIND], 0] != wanted:
            continue
        at = found
        while at > 0 and foci[at - 1] > subject:
            at -= 1
        if at > 0 and foci[at - 1] == subject:
            continue
        for k in range(found, at, -1):
            foci[k] = foci[k - 1]
        foci[at] = subject
        found += 1
    return found


@inlined_part
def work_out(  # type: ignore[no-untyped-def]
    tables,
    others,
    work,
    c,
    doubts_low,
    doubts_high,
    birth,
    birth_sure,
    kinds_low,
    kinds_high,
    focus,
):
    """Evaluate condition `c` unless that has been done; False when the pool is full."""
    first = tables.conditions[c, C_PLAN]
    for k in range(tables.conditions[c, C_PLAN_COUNT]):
        t = tables.ints[first + k]
        tick = work.ticks[2] if tables.tests[t, T_BY_FOCUS] else work.ticks[1]
        if work.stamp[t] == tick:
            continue
        top = evaluate(
            tables.patterns, tables.quantities, tables.tests, tables.bounds, tables.ints,
            tables.bits, t, work.records, work.quantities, work.others, work.ranges, doubts_low,
            doubts_high,
            birth, birth_sure, kinds_low, kinds_high, others.ids, others.offsets, others.records,
            others.quantities, focus, work.found, work.stretch, work.worth, work.days, work.pool,
            work.top[0], work.place,
        )  # fmt: skip
        if top == FULL:
            return False
        work.top[0] = top
        work.stamp[t] = tick
    return True


@part
def ensure_rule(  # type: ignore[no-untyped-def]
    tables,
    others,
    work,
    rule,
    doubts_low,
    doubts_high,
    birth,
    birth_sure,
    kinds_low,
    kinds_high,
    focus,
):
    """Evaluate every condition of a rule, its amounts' too; False when the pool is full."""
    first = tables.rules[rule, RU_CONDITIONS]
    for c in range(first, first + tables.rules[rule, RU_CONDITION_COUNT]):
        if not work_out(
            tables,
            others,
            work,
            c,
            doubts_low,
            doubts_high,
            birth,
            birth_sure,
            kinds_low,
            kinds_high,
            focus,
        ):
            return False
    return True


@inlined_part
def holds_on(tables, work, c, day):  # type: ignore[no-untyped-def]
    """Whether condition `c`, already evaluated, surely holds on a day."""
    t = tables.conditions[c, C_TEST]
    return daysets.contains(work.pool, work.place[t, 0], work.place[t, 1], day)


@inlined_part
def narrow(work, at, t):  # type: ignore[no-untyped-def]
    """Intersect the set at row `at` of `work.routes` with test `t`; False when the pool is full."""
    pool = work.pool
    top = work.top[0]
    shared = work.routes[at, 0] == work.routes[at, 2] and work.routes[at, 1] == work.routes[at, 3]
    same = work.place[t, 0] == work.place[t, 2] and work.place[t, 1] == work.place[t, 3]
    for side in (0, 2):
        if side == 2 and shared and same:
            work.routes[at, 2] = work.routes[at, 0]
            work.routes[at, 3] = work.routes[at, 1]
            break
        pairs = work.routes[at, side + 1] + work.place[t, side + 1]
        if (pool.shape[0] - top) // 2 - 2 < pairs:
            return False
        written = daysets.intersect(
            pool, work.routes[at, side], work.routes[at, side + 1],
            work.place[t, side], work.place[t, side + 1], top,
        )  # fmt: skip
        work.routes[at, side] = top
        work.routes[at, side + 1] = written
        top += 2 * written
    work.top[0] = top
    return True


@inlined_part
def widen(work, into, at):  # type: ignore[no-untyped-def]
    """Unite the set at row `into` of `work.routes` with that at row `at`; False when full."""
    pool = work.pool
    top = work.top[0]
    for side in (0, 2):
        if work.routes[at, side + 1] == 0:
            continue
        if work.routes[into, side + 1] == 0:
            work.routes[into, side] = work.routes[at, side]
            work.routes[into, side + 1] = work.routes[at, side + 1]
            continue
        pairs = work.routes[into, side + 1] + work.routes[at, side + 1]
        if (pool.shape[0] - top) // 2 - 2 < pairs:
            return False
        written = daysets.unite(
            pool, work.routes[into, side], work.routes[into, side + 1],
            work.routes[at, side], work.routes[at, side + 1], top,
        )  # fmt: skip
        work.routes[into, side] = top
        work.routes[into, side + 1] = written
        top += 2 * written
    work.top[0] = top
    return True


@inlined_part
def has_kinds(tables, needs, kinds_low, kinds_high):  # type: ignore[no-untyped-def]
    """Whether the party has records of the kinds without which nothing can hold."""
    for k in range(int(tables.needs[needs])):
        low = tables.needs[needs + 1 + 2 * k]
        high = tables.needs[needs + 2 + 2 * k]
        if (kinds_low & low) | (kinds_high & high) == np.uint64(0):
            return False
    return True


@inlined_part
def opens_on(work, at, day):  # type: ignore[no-untyped-def]
    """Whether a stretch of row `at` of `work.routes`, sure or possible, begins on a day."""
    for side in (0, 2):
        first = work.routes[at, side]
        for k in range(work.routes[at, side + 1]):
            if work.pool[first + 2 * k] == day:
                return True
    return False


@inlined_part
def find_days(  # type: ignore[no-untyped-def]
    tables, others, work, rule, doubts_low, doubts_high, birth, death, birth_sure, focus,
    kinds_low, kinds_high, as_of, everything,
):  # fmt: skip
    """Fill `work.routes` for every route of a rule, and the rule's own sets in the last row.

    Unless `everything` is asked, what can no longer hold is not looked at: kinds of which there
    is no record, and versions that were over by the day asked, unless what follows begins on the
    very day they end (then it holds since they did). False: pool full.
    """
    total = work.routes.shape[0] - 1  # the rule's own row
    common = total - 1  # what a version asks of every route
    work.routes[total, 1] = 0
    work.routes[total, 3] = 0
    first_version = tables.rules[rule, RU_VERSIONS]
    last_version = first_version + tables.rules[rule, RU_COUNT] - 1
    for v in range(last_version, first_version - 1, -1):
        first_route = tables.versions[v, V_ROUTES]
        last_route = first_route + tables.versions[v, V_ROUTE_COUNT]
        for r in range(first_route, last_route):
            work.routes[r, 1] = 0
            work.routes[r, 3] = 0
        if not everything and not has_kinds(
            tables, tables.versions[v, V_NEEDS], kinds_low, kinds_high
        ):
            continue
        closes = tables.versions[v, V_CLOSES]
        if (
            closes <= as_of
            and tables.rules[rule, RU_ASCENDS]
            and not everything
            and not opens_on(work, total, closes)
        ):
            continue
        start = birth
        end = death
        if not tables.rules[rule, RU_BY_RECORD]:
            start = max(start, tables.versions[v, V_OPENS])
            end = min(end, closes)
        top = work.top[0]
        if (work.pool.shape[0] - top) // 2 < 8:
            return False
        pairs = daysets.push(work.pool, top, 0, start, end)
        if pairs == 0 and not everything:
            continue
        work.top[0] = top + 2 * pairs
        work.routes[common, 0] = top
        work.routes[common, 1] = pairs
        work.routes[common, 2] = top
        work.routes[common, 3] = pairs
        # First what is asked of every route, then the routes, each narrowed from that.
        for r in range(first_route - 1, last_route):
            if r < first_route:
                at = common
                first = tables.versions[v, V_CONDITIONS]
                asked = tables.versions[v, V_COUNT]
            else:
                if not everything and not has_kinds(
                    tables, tables.routes[r, RT_NEEDS], kinds_low, kinds_high
                ):
                    continue
                at = r
                first = tables.routes[r, RT_CONDITIONS]
                asked = tables.routes[r, RT_COUNT]
                for side in range(4):
                    work.routes[r, side] = work.routes[common, side]
            for c in range(first, first + asked):
                if not work_out(
                    tables, others, work, c, doubts_low, doubts_high, birth, birth_sure, kinds_low,
                    kinds_high, focus,
                ):  # fmt: skip
                    return False
                if not narrow(work, at, tables.conditions[c, C_TEST]):
                    return False
                if work.routes[at, 3] == 0 and not everything:
                    break
            if at == common:
                if work.routes[common, 3] == 0 and not everything:
                    break
            elif not widen(work, total, r):
                return False
    return True


@inlined_part
def read_verdict(work, as_of):  # type: ignore[no-untyped-def]
    """(verdict, from, until) off the rule's own sets, which stand in the last row."""
    total = work.routes.shape[0] - 1
    pool = work.pool
    sure = work.routes[total, 0]
    may = work.routes[total, 2]
    i = daysets.stretch_at_or_after(pool, sure, work.routes[total, 1], as_of)
    if i >= 0 and pool[sure + 2 * i] <= as_of:
        return QUALIFIES, pool[sure + 2 * i], pool[sure + 2 * i + 1]
    j = daysets.stretch_at_or_after(pool, may, work.routes[total, 3], as_of)
    if j >= 0 and pool[may + 2 * j] <= as_of:
        return UNKNOWN, pool[may + 2 * j], pool[may + 2 * j + 1]
    if i >= 0:
        return LATER, pool[sure + 2 * i], pool[sure + 2 * i + 1]
    if j >= 0:
        return UNKNOWN, pool[may + 2 * j], pool[may + 2 * j + 1]
    return NEVER, _NO_DAY, _NO_DAY


@part
def amount_on(tables, work, a, day):  # type: ignore[no-untyped-def]
    """The amount `a` on a day, its conditions being done; NaN where no case applies."""
    base = np.nan
    first = tables.amounts[a, A_CASES]
    for k in range(first, first + tables.amounts[a, A_CASE_COUNT]):
        c = int(tables.amount_cases[k, 0])
        if c < 0 or holds_on(tables, work, c, day):
            base = tables.amount_cases[k, 1]
            break
    percent = 0.0
    first = tables.amounts[a, A_ADDITIONS]
    for k in range(first, first + tables.amounts[a, A_ADDITION_COUNT]):
        if holds_on(tables, work, int(tables.additions[k, 0]), day):
            percent += tables.additions[k, 1]
    return min(base + base * percent / 100.0, tables.caps[a])


@inlined_part
def count_lacking(tables, work, first, n, day):  # type: ignore[no-untyped-def]
    """How many of `n` conditions, all done, do not surely hold on a day."""
    lacking = 0
    for c in range(first, first + n):
        if not holds_on(tables, work, c, day):
            lacking += 1
    return lacking


@inlined_part
def choose_route(tables, work, rule, verdict, day, as_of):  # type: ignore[no-untyped-def]
    """(version, route, amount) that a verdict is reported by; route -1 where there is none.

    qualifies, later: open on the day; the largest amount, then the first written.
    unknown: may be open on the day; never: any of a version in force on the day asked. Versions
    in force come first, then the route that lacks the fewest conditions, then the first written.
    """
    best_version = -1
    best_route = -1
    best_amount = np.nan
    fewest = 1 << 30
    unsettled = verdict == UNKNOWN or verdict == NEVER
    side = 2 if unsettled else 0
    first_version = tables.rules[rule, RU_VERSIONS]
    for v in range(first_version, first_version + tables.rules[rule, RU_COUNT]):
        common = 0
        if unsettled:
            common = count_lacking(
                tables, work, tables.versions[v, V_CONDITIONS], tables.versions[v, V_COUNT], as_of
            )
            if not tables.versions[v, V_FROM] <= as_of < tables.versions[v, V_UNTIL]:
                if verdict == NEVER and not tables.rules[rule, RU_BY_RECORD]:
                    continue
                common += 1 << 20
        first_route = tables.versions[v, V_ROUTES]
        for r in range(first_route, first_route + tables.versions[v, V_ROUTE_COUNT]):
            if verdict != NEVER and not daysets.contains(
                work.pool, work.routes[r, side], work.routes[r, side + 1], day
            ):
                continue
            if unsettled:
                lacking = common + count_lacking(
                    tables, work, tables.routes[r, RT_CONDITIONS], tables.routes[r, RT_COUNT], as_of
                )
                if lacking < fewest:
                    fewest = lacking
                    best_version = v
                    best_route = r
                continue
            amount = np.nan
            if tables.routes[r, RT_AMOUNT] >= 0:
                amount = amount_on(tables, work, tables.routes[r, RT_AMOUNT], day)
            if best_route < 0 or amount > best_amount or (
                np.isnan(best_amount) and not np.isnan(amount)
            ):  # fmt: skip
                best_version = v
                best_route = r
                best_amount = amount
    return best_version, best_route, best_amount


@inlined_part
def list_missing(tables, work, first, n, at, missing, as_of):  # type: ignore[no-untyped-def]
    """Append the names of those of `n` conditions that do not surely hold; the new end."""
    for c in range(first, first + n):
        if not holds_on(tables, work, c, as_of):
            missing[at] = tables.conditions[c, C_NAME]
            at += 1
    return at


@part
def write_row(tables, work, out, party, group, focus, rule, verdict, start, end, as_of):  # type: ignore[no-untyped-def]
    """Append a decision, the rule's conditions being done; False when the output is full."""
    row = out.counts[0]
    at = out.counts[1]
    if row >= out.party.shape[0]:
        return False
    day = as_of
    if verdict == LATER or (verdict == UNKNOWN and start > as_of):
        day = start
    version, route, amount = choose_route(tables, work, rule, verdict, day, as_of)
    last = at
    if route >= 0 and verdict != QUALIFIES:
        if at + tables.rules[rule, RU_CONDITION_COUNT] > out.missing.shape[0]:
            return False
        for whose in range(2):  # what the version asks of every route, then the route's own
            if whose == 0:
                first = tables.versions[version, V_CONDITIONS]
                asked = tables.versions[version, V_COUNT]
            else:
                first = tables.routes[route, RT_CONDITIONS]
                asked = tables.routes[route, RT_COUNT]
            last = list_missing(tables, work, first, asked, last, out.missing, as_of)
    out.party[row] = party
    out.fields[D_GROUP, row] = group
    out.fields[D_FOCUS, row] = focus
    out.fields[D_RULE, row] = rule
    out.fields[D_VERDICT, row] = verdict
    out.fields[D_ROUTE, row] = tables.routes[route, RT_NAME] if route >= 0 else -1
    out.fields[D_FROM, row] = start
    out.fields[D_UNTIL, row] = end
    out.fields[D_MISSING, row] = at
    out.amount[row] = amount
    out.counts[0] = row + 1
    out.counts[1] = last
    return True


@inlined_part
def write_plain_row(tables, work, out, party, group, focus, rule, start, end, as_of):  # type: ignore[no-untyped-def]
    """The same for a party that qualifies under a rule that pays nothing: the commonest row."""
    row = out.counts[0]
    if row >= out.party.shape[0]:
        return False
    name = -1
    first = tables.rules[rule, RU_VERSIONS]
    last = first + tables.rules[rule, RU_COUNT] - 1
    begin = tables.versions[first, V_ROUTES]
    end_of_routes = tables.versions[last, V_ROUTES] + tables.versions[last, V_ROUTE_COUNT]
    for r in range(begin, end_of_routes):
        if daysets.contains(work.pool, work.routes[r, 0], work.routes[r, 1], as_of):
            name = tables.routes[r, RT_NAME]
            break
    out.party[row] = party
    out.fields[D_GROUP, row] = group
    out.fields[D_FOCUS, row] = focus
    out.fields[D_RULE, row] = rule
    out.fields[D_VERDICT, row] = QUALIFIES
    out.fields[D_ROUTE, row] = name
    out.fields[D_FROM, row] = start
    out.fields[D_UNTIL, row] = end
    out.fields[D_MISSING, row] = out.counts[1]
    out.amount[row] = np.nan
    out.counts[0] = row + 1
    return True


@entry
def decide_rows(  # type: ignore[no-untyped-def]
    tables, columns, others, work, out, row, as_of, known_on, person_kind, organisation_kind,
    all_rows, everything, only_group, only_focus,
):  # fmt: skip
    """Decide the parties from `row` on. Returns (status, first row not yet decided).

    only_group   -1 for all, else just this group, for the one focus `only_focus`
    everything   evaluate every condition, so that the workspace can be read as a trace

    One long function on purpose: every function it is cut into hands over some forty arrays.
    """
    rows = columns.party.shape[0]
    while row < rows:
        rows_before = out.counts[0]
        missing_before = out.counts[1]
        work.ticks[0] += 1
        work.ticks[1] = work.ticks[0]
        work.top[0] = 0
        following, count, doubts_low, doubts_high, kinds_low, kinds_high = gather(
            tables, columns, row, known_on, work
        )
        if count < 0:
            return RECORDS_FULL, row
        birth, death, birth_sure = life(
            work.records, work.ranges, kinds_low, kinds_high, person_kind
        )
        is_organisation = birth == _NO_DAY
        if is_organisation:
            birth, death, birth_sure = life(
                work.records, work.ranges, kinds_low, kinds_high, organisation_kind
            )
        if birth == _NO_DAY:
            row = following
            continue
        work.party[0] = count
        work.party[1] = birth
        status = DONE
        for g in range(tables.groups.shape[0]):
            if only_group >= 0 and g != only_group:
                continue
            if (tables.groups[g, G_ORGANISATION] != 0) != is_organisation:
                continue
            if tables.groups[g, G_LIST] < 0:
                work.foci[0] = -1
                foci = 1
            elif only_focus != EVERY_FOCUS:
                work.foci[0] = only_focus
                foci = 1
            else:
                foci = find_foci(tables, work.records, count, tables.groups[g, G_LIST], work.foci)
            for f in range(foci):
                focus = work.foci[f]
                work.ticks[0] += 1
                work.ticks[2] = work.ticks[0]
                first = tables.groups[g, G_RULES]
                for k in range(first, first + tables.groups[g, G_COUNT]):
                    rule = tables.rule_order[k]
                    if not all_rows and not has_kinds(
                        tables, tables.rules[rule, RU_NEEDS], kinds_low, kinds_high
                    ):
                        continue
                    if not find_days(
                        tables, others, work, rule, doubts_low, doubts_high, birth, death,
                        birth_sure,
                        focus, kinds_low, kinds_high, as_of, everything,
                    ):  # fmt: skip
                        status = POOL_FULL
                        break
                    verdict, start, end = read_verdict(work, as_of)
                    if verdict == NEVER and not all_rows:
                        continue
                    if verdict == QUALIFIES and not tables.rules[rule, RU_PAYS]:
                        if not write_plain_row(
                            tables, work, out, columns.party[row], g, focus, rule, start, end,
                            as_of,
                        ):  # fmt: skip
                            status = OUTPUT_FULL
                            break
                        continue
                    if not ensure_rule(
                        tables, others, work, rule, doubts_low, doubts_high, birth, birth_sure,
                        kinds_low,
                        kinds_high, focus,
                    ):  # fmt: skip
                        status = POOL_FULL
                        break
                    if not write_row(
                        tables, work, out, columns.party[row], g, focus, rule, verdict, start,
                        end, as_of,
                    ):  # fmt: skip
                        status = OUTPUT_FULL
                        break
                if status != DONE:
                    break
            if status != DONE:
                break
        if status != DONE:
            out.counts[0] = rows_before
            out.counts[1] = missing_before
            return status, row
        row = following
    return DONE, row


@entry
def measure_all(tables, others, work, focus, as_of, found):  # type: ignore[no-untyped-def]
    """Fill `found` [test, 3]: months, days and total that each test has surely come to on a day.

    For the party that was decided last. Rows of tests that measure nothing stay as they are, and
    so does the total where time is measured.
    """
    kinds_low = np.uint64(0)
    kinds_high = np.uint64(0)
    for i in range(work.party[0]):
        kind = work.records[i, R_KIND]
        if kind < 64:
            kinds_low |= np.uint64(1) << np.uint64(kind)
        else:
            kinds_high |= np.uint64(1) << np.uint64(kind - 64)
    for t in range(tables.tests.shape[0]):
        op = tables.tests[t, T_OP]
        if not (op == OP_AGE or op == OP_TOTAL or op == OP_ACCUMULATED or op == OP_HELD_FOR):
            continue
        if tables.tests[t, T_BY_FOCUS] and focus < 0:
            continue
        months, days, total = measure(
            tables.patterns, tables.quantities, tables.tests, tables.bits, t, work.records,
            work.quantities, work.others, work.ranges, kinds_low, kinds_high, work.party[1],
            others.ids, others.offsets, others.records, others.quantities, focus, as_of, work.found,
            work.stretch, work.worth, work.pool, work.top[0],
        )  # fmt: skip
        found[t, 0] = months
        found[t, 1] = days
        if op == OP_TOTAL:
            found[t, 2] = total
