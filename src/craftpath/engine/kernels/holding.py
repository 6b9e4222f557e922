"""From records to the days on which a test holds: one small loop per kind of test.

Each test yields two sets of days, what surely holds and what may hold, written into the pool at
`top`; `place[t]` then says where: (sure offset, sure pairs, may offset, may pairs). Functions
return the number of pairs written or the new top, or FULL when the pool has no room (the caller
gives a larger one and starts the party again).

A party's visible records stand sorted by kind, then start; `focus` is the code decided for, or -1.
"""

from __future__ import annotations

import numpy as np

from craftpath.engine.days import BEGINNING, FOREVER
from craftpath.engine.kernels import daysets
from craftpath.engine.kernels.calendar import (
    add_span,
    days_of_civil,
    first_day_reaching,
    months_and_days,
    year_of,
)
from craftpath.engine.kernels.compiled import inlined_part, part
from craftpath.engine.kernels.layout import (
    MAY,
    NO,
    OP_ACCUMULATED,
    OP_AGE,
    OP_ALL,
    OP_ANY,
    OP_CALENDAR,
    OP_FOCUS_IN,
    OP_HELD_FOR,
    OP_HOLDS,
    OP_NONE,
    OP_TOTAL,
    OP_WITHIN,
    P_ALREADY,
    P_KIND,
    P_OPEN,
    P_OTHER,
    P_OTHER_ON_START,
    R_END,
    R_START,
    SURE,
    T_A,
    T_B,
    T_C,
    T_D,
    T_E,
    T_F,
    T_G,
    T_H,
    T_OP,
    W_CALENDAR_YEARS,
    W_LIFE,
    W_ROLLING,
)
from craftpath.engine.kernels.matching import (
    bit,
    find_other,
    has_kind,
    match_alone,
    match_records,
)

__all__ = ["FULL", "evaluate", "has_kind", "measure"]

FULL = -1
_BEGINNING = BEGINNING
_FOREVER = FOREVER


#: Totals are added up in whole millionths: sums of tenths and cents are not exact in binary, whole
#: numbers are, up to 9 thousand million units, and amounts in cents up to 144 thousand million.
_MILLION = 1_000_000.0


@inlined_part
def spells(records, found, lo, hi, least, pool, top):  # type: ignore[no-untyped-def]
    """Days on which a record holds that was found at least as sure as `least`."""
    written = 0
    for i in range(lo, hi):
        if found[i] >= least:
            written = daysets.push(pool, top, written, records[i, R_START], records[i, R_END])
    return written


@part
def spells_with_other(  # type: ignore[no-untyped-def]
    patterns, bounds, bits, p, records, found, others, lo, hi,
    ids, offsets, other_records, other_quantities, focus, least, pool, top,
):  # fmt: skip
    """The same, cut day by day to when the other party has such a record; or FULL."""
    room = (pool.shape[0] - top) // 2 - 2
    hop = patterns[p, P_OTHER]
    written = 0
    for i in range(lo, hi):
        if found[i] < least:
            continue
        start = records[i, R_START]
        end = records[i, R_END]
        at = find_other(ids, others[i])
        if at < 0 or patterns[hop, P_OPEN]:
            if least == MAY:
                if written >= room:
                    return FULL
                pool[top + 2 * written] = start
                pool[top + 2 * written + 1] = end
                written += 1
                continue
            if at < 0:
                continue
        for j in range(offsets[at], offsets[at + 1]):
            how = match_alone(
                patterns, bounds, bits, hop, other_records, other_quantities, j, focus
            )
            if how < least:
                continue
            if written >= room:
                return FULL
            pool[top + 2 * written] = max(start, other_records[j, R_START])
            pool[top + 2 * written + 1] = min(end, other_records[j, R_END])
            written += 1
    return daysets.sort_and_join(pool, top, written)


@inlined_part
def held_for(pool, a, na, months, days, top):  # type: ignore[no-untyped-def]
    """The part of each stretch that comes after it has lasted."""
    written = 0
    for i in range(na):
        start = add_span(pool[a + 2 * i], months, days)
        written = daysets.push(pool, top, written, start, pool[a + 2 * i + 1])
    return written


@part
def first_day_accumulated(pool, a, na, since, months, days):  # type: ignore[no-untyped-def]
    """First day on which time in the stretches, counted from `since`, suffices; FOREVER if none.

    This is the whole of "ten years of work, broken or not"; see `rules.Accumulated`.
    """
    if months == 0 and days == 0:
        return since
    carried = 0
    for i in range(na):
        end = pool[a + 2 * i + 1]
        if end <= since:
            continue
        start = max(pool[a + 2 * i], since)
        day = first_day_reaching(start, carried, months, days)
        if day <= end:
            return day
        m, d = months_and_days(start, end)
        carried += 30 * m + d
    return _FOREVER


@inlined_part
def accumulated_since(records, anchors, lo, hi, least, is_open, pool, a, na, months, days, top):  # type: ignore[no-untyped-def]
    """Union over the anchors of: enough time since it began, and it still holds.

    Of an open kind, an anchor of which we were not told may have been there from the first.
    """
    written = 0
    if least == MAY and is_open:
        pool[top] = first_day_accumulated(pool, a, na, _BEGINNING, months, days)
        pool[top + 1] = _FOREVER
        written = 1
    for i in range(lo, hi):
        if anchors[i] >= least:
            start = records[i, R_START]
            first = first_day_accumulated(pool, a, na, start, months, days)
            pool[top + 2 * written] = max(start, first)
            pool[top + 2 * written + 1] = records[i, R_END]
            written += 1
    if written <= 1:
        return 1 if written == 1 and pool[top] < pool[top + 1] else 0
    return daysets.sort_and_join(pool, top, written)


@inlined_part
def within(records, found, lo, hi, least, months, days, pool, top):  # type: ignore[no-untyped-def]
    """From each matching record's start through the corresponding day, while it holds."""
    written = 0
    for i in range(lo, hi):
        if found[i] >= least:
            start = records[i, R_START]
            last = add_span(start, months, days)
            written = daysets.push(pool, top, written, start, min(records[i, R_END], last + 1))
    return written


@part
def counted_days(window, months, days, years, start):  # type: ignore[no-untyped-def]
    """[from, until): the days on which a record that began on `start` counts."""
    if window == W_LIFE:
        return start, _FOREVER
    if window == W_ROLLING:
        return start, add_span(start, months, days)
    year = year_of(start)
    if window == W_CALENDAR_YEARS:
        return start, days_of_civil(year + years, 1, 1)
    return days_of_civil(year + 1, 1, 1), days_of_civil(year + 1 + years, 1, 1)


@part
def collect(
    records, quantities, found, lo, hi, summed, window, months, days, years, stretch, worth
):  # type: ignore[no-untyped-def]
    """What each matching record counts for, and when; returns how many were collected.

    stretch  int32 [n, 2] out: first day, first day no longer
    worth    float64 [n, 2] out: what it surely and what it may count for, in millionths
    """
    collected = 0
    for i in range(lo, hi):
        if found[i] == NO or records[i, R_START] >= records[i, R_END]:
            continue
        start, until = counted_days(window, months, days, years, records[i, R_START])
        stretch[collected, 0] = start
        stretch[collected, 1] = until
        low = 1.0
        high = 1.0
        if summed:
            low = quantities[i]
            high = low
            if np.isnan(low):
                low = 0.0
                high = np.inf
        worth[collected, 0] = np.rint(low * _MILLION) if found[i] == SURE else 0.0
        worth[collected, 1] = np.rint(high * _MILLION)
        collected += 1
    return collected


@part
def breakpoints(stretch, count, days):  # type: ignore[no-untyped-def]
    """The days on which a total can change, sorted, each once; returns how many."""
    kept = 0
    for i in range(count):
        for side in range(2):
            day = stretch[i, side]
            j = kept - 1
            while j >= 0 and days[j] > day:
                j -= 1
            if j >= 0 and days[j] == day:
                continue
            for k in range(kept, j + 1, -1):
                days[k] = days[k - 1]
            days[j + 1] = day
            kept += 1
    return kept


@part
def total_days(  # type: ignore[no-untyped-def]
    stretch, worth, count, days, low, high, has_low, has_high, is_open, least, pool, top
):
    """Days on which the total surely (or, for MAY, possibly) lies in [low, high]; or FULL."""
    low = np.rint(low * _MILLION)
    high = np.rint(high * _MILLION)
    changes = breakpoints(stretch, count, days)
    if (pool.shape[0] - top) // 2 - 2 < changes + 1:
        return FULL
    written = 0
    for k in range(changes + 1):
        start = days[k - 1] if k > 0 else _BEGINNING
        end = days[k] if k < changes else _FOREVER
        least_sum = 0.0
        most_sum = 0.0
        for i in range(count):
            if stretch[i, 0] <= start < stretch[i, 1]:
                least_sum += worth[i, 0]
                most_sum += worth[i, 1]
        if is_open:
            most_sum = np.inf
        if least == SURE:
            holds = (not has_low or least_sum >= low) and (not has_high or most_sum <= high)
        else:
            holds = (not has_low or most_sum >= low) and (not has_high or least_sum <= high)
        if holds:
            written = daysets.push(pool, top, written, start, end)
    return written


@part
def age(birth, low_m, low_d, under_m, under_d, most_m, most_d):  # type: ignore[no-untyped-def]
    """[from, until): the days on which the age lies in bounds; months -1: not asked."""
    start = _BEGINNING
    end = _FOREVER
    if low_m >= 0:
        start = add_span(birth, low_m, low_d)
    if under_m >= 0:
        end = add_span(birth, under_m, under_d)
    if most_m >= 0:
        end = min(end, add_span(birth, most_m, most_d) + 1)
    return start, end


@part
def combine(op, ints, first, count, place, pool, top, side):  # type: ignore[no-untyped-def]
    """AND or OR over children already evaluated; `side` 0: sure sets, 2: may sets.

    Returns (offset, pairs, new top); offset FULL when there is no room.
    """
    child = ints[first]
    at = np.int64(place[child, side])
    pairs = np.int64(place[child, side + 1])
    for k in range(1, count):
        child = ints[first + k]
        b = place[child, side]
        pairs_b = place[child, side + 1]
        if (pool.shape[0] - top) // 2 - 2 < pairs + pairs_b:
            return FULL, 0, top
        if op == OP_ALL:
            written = daysets.intersect(pool, at, pairs, b, pairs_b, top)
        else:
            written = daysets.unite(pool, at, pairs, b, pairs_b, top)
        at = top
        pairs = written
        top += 2 * written
    return at, pairs, top


@part
def evaluate_combined(tests, ints, t, pool, top, place):  # type: ignore[no-untyped-def]
    """all, any or none of children already evaluated."""
    op = tests[t, T_OP]
    for side in (0, 2):
        at, pairs, top = combine(op, ints, tests[t, T_A], tests[t, T_B], place, pool, top, side)
        if at == FULL:
            return FULL
        if op == OP_NONE:
            if (pool.shape[0] - top) // 2 - 2 < pairs + 1:
                return FULL
            pairs = daysets.complement(pool, at, pairs, top)
            at = top
            top += 2 * pairs
            # What may hold leaves the complement unsure, and the other way round.
            place[t, 2 - side] = at
            place[t, 3 - side] = pairs
        else:
            place[t, side] = at
            place[t, side + 1] = pairs
    return top


@part
def evaluate_simple(tests, ints, bits, t, birth, birth_sure, focus, pool, top, place):  # type: ignore[no-untyped-def]
    """Tests that look at no record but the birth: age, calendar, focus, pending."""
    op = tests[t, T_OP]
    pairs = 0
    if op == OP_AGE:
        start, end = age(
            birth, tests[t, T_A], tests[t, T_B], tests[t, T_C], tests[t, T_D], tests[t, T_E],
            tests[t, T_F],
        )  # fmt: skip
        if birth_sure == 2:  # two days of birth: of neither can anything be said
            pairs = daysets.everything(pool, top)
        else:
            pairs = daysets.push(pool, top, 0, start, end)
    elif op == OP_CALENDAR:
        if (pool.shape[0] - top) // 2 - 2 < tests[t, T_B]:
            return FULL
        for k in range(tests[t, T_B]):
            first = tests[t, T_A] + 2 * k
            pairs = daysets.push(pool, top, pairs, ints[first], ints[first + 1])
    elif op == OP_FOCUS_IN:
        inside = focus >= 0 and bit(bits, tests[t, T_A], focus)
        if inside != (tests[t, T_B] != 0):
            pairs = daysets.everything(pool, top)
    else:  # OP_PENDING
        pairs = daysets.everything(pool, top)
    surely = op == OP_CALENDAR or op == OP_FOCUS_IN or (op == OP_AGE and birth_sure == 1)
    place[t, 0] = top
    place[t, 1] = pairs if surely else 0
    place[t, 2] = top
    place[t, 3] = pairs
    return top + 2 * pairs


@inlined_part
def can_differ(patterns, p, doubts_low, doubts_high):  # type: ignore[no-untyped-def]
    """Whether more records may match a pattern than surely do."""
    return (
        patterns[p, P_OPEN] != 0
        or patterns[p, P_OTHER] >= 0
        or patterns[p, P_ALREADY] >= 0
        or has_kind(doubts_low, doubts_high, patterns[p, P_KIND])
    )


@inlined_part
def evaluate_leaf(  # type: ignore[no-untyped-def]
    patterns, bounds, tests, limits, bits, t, records, quantities, others, ranges,
    doubts_low, doubts_high, kinds_low, kinds_high, ids, offsets, other_records, other_quantities,
    focus,
    found, stretch, worth, days, pool, top, place,
):  # fmt: skip
    """A test that looks at records, at both certainties. Returns the new top, or FULL."""
    op = tests[t, T_OP]
    p = tests[t, T_A]
    is_open = patterns[p, P_OPEN] != 0
    if not is_open and op != OP_TOTAL and not has_kind(kinds_low, kinds_high, patterns[p, P_KIND]):
        if op != OP_ACCUMULATED or tests[t, T_B] > 0 or tests[t, T_C] > 0:
            place[t, 0] = top
            place[t, 1] = 0
            place[t, 2] = top
            place[t, 3] = 0
            return top
    # Of the three that look at time in the pattern, the second and third read the first's days,
    # and of the anchors' pattern the days themselves count.
    holds = tests[t, T_E]
    since = tests[t, T_D] if op == OP_ACCUMULATED else -1
    looked_at = since if since >= 0 else p
    day_by_day = op == OP_HOLDS and not patterns[p, P_OTHER_ON_START]
    lo = 0
    hi = 0
    if since >= 0 or (op != OP_HELD_FOR and op != OP_ACCUMULATED):
        lo, hi = match_records(
            patterns, bounds, bits, looked_at, records, quantities, others, ranges, kinds_low,
            kinds_high, ids, offsets, other_records, other_quantities, focus, not day_by_day,
            found,
        )  # fmt: skip
    since_open = since >= 0 and patterns[since, P_OPEN] != 0
    unsure = can_differ(patterns, p, doubts_low, doubts_high)
    if since >= 0:
        unsure = unsure or can_differ(patterns, since, doubts_low, doubts_high)
    collected = 0
    if op == OP_TOTAL:
        collected = collect(
            records, quantities, found, lo, hi, tests[t, T_B], tests[t, T_C], tests[t, T_D],
            tests[t, T_E], tests[t, T_F], stretch, worth,
        )  # fmt: skip
    at = top
    written = 0
    for side in range(2):
        least = SURE if side == 0 else MAY
        if side == 1 and not unsure:
            break
        held = 0
        spell = 0
        if op == OP_HELD_FOR or op == OP_ACCUMULATED:
            spell = place[holds, 2 * side]
            held = place[holds, 2 * side + 1]
        if (pool.shape[0] - top) // 2 - 2 < hi - lo + held + 8:
            return FULL
        at = top
        if op == OP_TOTAL:
            written = total_days(
                stretch, worth, collected, days, limits[t, 0], limits[t, 1],
                tests[t, T_G] != 0, tests[t, T_H] != 0, is_open, least, pool, top,
            )  # fmt: skip
        elif side == 1 and is_open and since >= 0 and not since_open:
            # Time of which we were not told may fill all the days of an anchor.
            written = spells(records, found, lo, hi, MAY, pool, top)
        elif side == 1 and is_open:
            written = daysets.everything(pool, top)
        elif op == OP_WITHIN:
            written = within(records, found, lo, hi, least, tests[t, T_B], tests[t, T_C], pool, top)
        elif op == OP_HELD_FOR:
            written = held_for(pool, spell, held, tests[t, T_B], tests[t, T_C], top)
        elif since >= 0:
            written = accumulated_since(
                records, found, lo, hi, least, since_open, pool, spell, held,
                tests[t, T_B], tests[t, T_C], top,
            )  # fmt: skip
        elif op == OP_ACCUMULATED:
            first = first_day_accumulated(
                pool, spell, held, _BEGINNING, tests[t, T_B], tests[t, T_C]
            )
            written = daysets.push(pool, top, 0, first, _FOREVER)
        elif day_by_day and patterns[p, P_OTHER] >= 0:
            written = spells_with_other(
                patterns, bounds, bits, p, records, found, others, lo, hi, ids, offsets,
                other_records, other_quantities, focus, least, pool, top,
            )  # fmt: skip
        else:
            written = spells(records, found, lo, hi, least, pool, top)
        if written == FULL:
            return FULL
        top = at + 2 * written
        if side == 0:
            place[t, 0] = at
            place[t, 1] = written
        elif op == OP_ACCUMULATED:
            # A doubtful spell that joins two sure ones can make their time shorter, counted by
            # the calendar; what surely holds may hold all the same.
            if (pool.shape[0] - top) // 2 - 2 < written + place[t, 1]:
                return FULL
            written = daysets.unite(pool, at, written, place[t, 0], place[t, 1], top)
            at = top
            top += 2 * written
    place[t, 2] = at
    place[t, 3] = written
    return top


@inlined_part
def evaluate(  # type: ignore[no-untyped-def]
    patterns, bounds, tests, limits, ints, bits, t, records, quantities, others, ranges,
    doubts_low, doubts_high,
    birth, birth_sure, kinds_low, kinds_high, ids, offsets, other_records, other_quantities,
    focus, found, stretch, worth, days, pool, top, place,
):  # fmt: skip
    """Evaluate test `t` (its children are done) into `place[t]`; returns the new top or FULL.

    doubts  kinds of which the party has a record that is claimed or lacks a field: of others
            that are closed, what may hold is what surely holds
    """
    if (pool.shape[0] - top) // 2 < 8:
        return FULL
    op = tests[t, T_OP]
    if op <= OP_WITHIN:
        return evaluate_leaf(
            patterns, bounds, tests, limits, bits, t, records, quantities, others, ranges,
            doubts_low, doubts_high, kinds_low, kinds_high, ids, offsets, other_records,
            other_quantities, focus,
            found, stretch, worth, days, pool, top, place,
        )  # fmt: skip
    if op == OP_ALL or op == OP_ANY or op == OP_NONE:
        return evaluate_combined(tests, ints, t, pool, top, place)
    return evaluate_simple(tests, ints, bits, t, birth, birth_sure, focus, pool, top, place)


@part
def time_before(pool, a, na, since, day):  # type: ignore[no-untyped-def]
    """(months, days) of the stretches in [since, day): by the calendar if there is only one."""
    months = 0
    rest = 0
    stretches = 0
    for i in range(na):
        start = max(pool[a + 2 * i], since)
        end = min(pool[a + 2 * i + 1], day)
        if start < end:
            m, d = months_and_days(start, end)
            months += m
            rest += d
            stretches += 1
    if stretches > 1:
        months += rest // 30
        rest = rest % 30
    return months, rest


@part
def measure(  # type: ignore[no-untyped-def]
    patterns, bounds, tests, bits, t, records, quantities, others, ranges, kinds_low, kinds_high,
    birth, ids, offsets, other_records, other_quantities, focus, as_of, found, stretch, worth,
    pool, top,
):  # fmt: skip
    """How far test `t` has surely come by a day: (months, days, total).

    Time counts the days before `as_of`. A test that measures nothing gives zeros.
    """
    op = tests[t, T_OP]
    p = tests[t, T_A]
    if op == OP_AGE:
        months, rest = months_and_days(birth, max(as_of, birth))
        return months, rest, 0.0
    day_by_day = op <= OP_ACCUMULATED and not patterns[p, P_OTHER_ON_START]
    lo, hi = match_records(
        patterns, bounds, bits, p, records, quantities, others, ranges, kinds_low, kinds_high,
        ids, offsets, other_records, other_quantities, focus, not day_by_day, found,
    )  # fmt: skip
    if op == OP_TOTAL:
        total = 0.0
        n = collect(
            records, quantities, found, lo, hi, tests[t, T_B], tests[t, T_C], tests[t, T_D],
            tests[t, T_E], tests[t, T_F], stretch, worth,
        )  # fmt: skip
        for i in range(n):
            if stretch[i, 0] <= as_of < stretch[i, 1]:
                total += worth[i, 0]
        return 0, 0, total / _MILLION
    if day_by_day and patterns[p, P_OTHER] >= 0:
        held = spells_with_other(
            patterns, bounds, bits, p, records, found, others, lo, hi, ids, offsets,
            other_records, other_quantities, focus, SURE, pool, top,
        )  # fmt: skip
    else:
        held = spells(records, found, lo, hi, SURE, pool, top)
    if op == OP_HELD_FOR:
        for i in range(held):
            if pool[top + 2 * i] <= as_of < pool[top + 2 * i + 1]:
                months, rest = months_and_days(pool[top + 2 * i], as_of)
                return months, rest, 0.0
        return 0, 0, 0.0
    since = tests[t, T_D]
    if since < 0:
        months, rest = time_before(pool, top, held, _BEGINNING, as_of)
        return months, rest, 0.0
    best_months = 0
    best_rest = 0
    lo, hi = match_records(
        patterns, bounds, bits, since, records, quantities, others, ranges, kinds_low, kinds_high,
        ids, offsets, other_records, other_quantities, focus, True, found,
    )  # fmt: skip
    for i in range(lo, hi):
        if found[i] == SURE and records[i, R_START] <= as_of < records[i, R_END]:
            months, rest = time_before(pool, top, held, records[i, R_START], as_of)
            if 30 * months + rest > 30 * best_months + best_rest:
                best_months = months
                best_rest = rest
    return best_months, best_rest, 0.0
