"""Does a record match a pattern: NO, MAY (claimed, or a field is not known) or SURE."""

from __future__ import annotations

import numpy as np

from craftpath.engine.columns import NO_LEVEL, NO_PARTY
from craftpath.engine.days import FOREVER
from craftpath.engine.kernels.calendar import add_span
from craftpath.engine.kernels.compiled import inlined_part, part
from craftpath.engine.kernels.layout import (
    MAY,
    NO,
    P_ALREADY,
    P_BITS,
    P_KIND,
    P_LEVEL_ASKED,
    P_LEVEL_HIGH,
    P_LEVEL_LOW,
    P_OPEN,
    P_OTHER,
    P_QUANTITY_ASKED,
    P_STARTED_FROM,
    P_STARTED_UNTIL,
    P_SUBJECT,
    P_TERM_DAYS,
    P_TERM_MONTHS,
    P_WORDS,
    R_END,
    R_KIND,
    R_LEVEL,
    R_START,
    R_SUBJECT,
    R_SURE,
    S_ANY,
    S_FOCUS,
    S_RELATED,
)

__all__ = ["bit", "find_other", "has_kind", "match_alone", "match_other", "match_records"]

_FOREVER = FOREVER
_NO_LEVEL = NO_LEVEL
_NO_PARTY = NO_PARTY


@inlined_part
def bit(bits, first, index):  # type: ignore[no-untyped-def]
    """Whether bit `index` is set in the bit set that begins at word `first`."""
    word = bits[first + (index >> 6)]
    return (word >> np.uint64(index & 63)) & np.uint64(1) != np.uint64(0)


@inlined_part
def match_alone(patterns, bounds, bits, p, records, quantities, i, focus):  # type: ignore[no-untyped-def]
    """Match record `i` by its own fields: all of a pattern but `other` and `already`."""
    if records[i, R_KIND] != patterns[p, P_KIND]:
        return NO
    found = records[i, R_SURE]  # SURE, or MAY for a claimed record
    how = patterns[p, P_SUBJECT]
    if how != S_ANY:
        subject = records[i, R_SUBJECT]
        if subject < 0:
            found = MAY
        elif how == S_FOCUS:
            if subject != focus:
                return NO
        else:
            first = patterns[p, P_BITS]
            if how == S_RELATED:
                first += focus * patterns[p, P_WORDS]
            if not bit(bits, first, subject):
                return NO
    if patterns[p, P_LEVEL_ASKED]:
        level = records[i, R_LEVEL]
        if level == _NO_LEVEL:
            found = MAY
        elif level < patterns[p, P_LEVEL_LOW] or level > patterns[p, P_LEVEL_HIGH]:
            return NO
    start = records[i, R_START]
    if start < patterns[p, P_STARTED_FROM] or start >= patterns[p, P_STARTED_UNTIL]:
        return NO
    months = patterns[p, P_TERM_MONTHS]
    if months >= 0:
        end = records[i, R_END]
        if end < _FOREVER and end < add_span(start, months, patterns[p, P_TERM_DAYS]):
            return NO
    if patterns[p, P_QUANTITY_ASKED]:
        quantity = quantities[i]
        if np.isnan(quantity):
            found = MAY
        elif quantity < bounds[p, 0] or quantity > bounds[p, 1]:
            return NO
    return found


@part
def find_other(ids, party):  # type: ignore[no-untyped-def]
    """Index of a party among the others, or -1 where it is null or nothing is known of it."""
    if party == _NO_PARTY:
        return -1
    low = 0
    high = ids.shape[0]
    while low < high:
        middle = (low + high) // 2
        if ids[middle] < party:
            low = middle + 1
        else:
            high = middle
    if low < ids.shape[0] and ids[low] == party:
        return low
    return -1


@part
def held_before(patterns, bounds, bits, p, records, quantities, first, last, start, focus):  # type: ignore[no-untyped-def]
    """How surely one of the records `first` to `last` matching `p` held the day before `start`."""
    best = MAY if patterns[p, P_OPEN] else NO
    for j in range(first, last):
        if records[j, R_START] < start <= records[j, R_END]:
            best = max(best, match_alone(patterns, bounds, bits, p, records, quantities, j, focus))
    return best


@part
def match_other(  # type: ignore[no-untyped-def]
    patterns, bounds, bits, p, other, ids, offsets, other_records, other_quantities, day, focus
):
    """How surely the other party has a record matching `p` on one day."""
    at = find_other(ids, other)
    if at < 0:
        return MAY
    best = MAY if patterns[p, P_OPEN] else NO
    for j in range(offsets[at], offsets[at + 1]):
        if other_records[j, R_START] <= day < other_records[j, R_END]:
            best = max(
                best,
                match_alone(patterns, bounds, bits, p, other_records, other_quantities, j, focus),
            )
    return best


@inlined_part
def has_kind(kinds_low, kinds_high, kind):  # type: ignore[no-untyped-def]
    """Whether a kind is among those of which the party has a record."""
    if kind < 64:
        return (kinds_low >> np.uint64(kind)) & np.uint64(1) != np.uint64(0)
    return (kinds_high >> np.uint64(kind - 64)) & np.uint64(1) != np.uint64(0)


@inlined_part
def match_records(  # type: ignore[no-untyped-def]
    patterns, bounds, bits, p, records, quantities, others, ranges, kinds_low, kinds_high,
    ids, offsets, other_records, other_quantities, focus, other_on_start, found,
):  # fmt: skip
    """How surely each of a party's records of the kind of pattern `p` matches, into `found`.

    Returns (first, after the last) of those records; nothing is said of the others.

    other_on_start  judge the other party on the record's first day; else leave it out here
    """
    kind = patterns[p, P_KIND]
    if not has_kind(kinds_low, kinds_high, kind):
        return 0, 0
    held = patterns[p, P_ALREADY]
    hop = patterns[p, P_OTHER]
    first = ranges[kind, 0]
    last = ranges[kind, 1]
    for i in range(first, last):
        how = match_alone(patterns, bounds, bits, p, records, quantities, i, focus)
        if how != NO and held >= 0:
            held_first = 0
            held_last = 0
            if has_kind(kinds_low, kinds_high, patterns[held, P_KIND]):
                held_first = ranges[patterns[held, P_KIND], 0]
                held_last = ranges[patterns[held, P_KIND], 1]
            how = min(
                how,
                held_before(
                    patterns, bounds, bits, held, records, quantities, held_first, held_last,
                    records[i, R_START], focus,
                ),
            )  # fmt: skip
        if how != NO and hop >= 0 and other_on_start:
            how = min(
                how,
                match_other(
                    patterns, bounds, bits, hop, others[i], ids, offsets, other_records,
                    other_quantities, records[i, R_START], focus,
                ),
            )  # fmt: skip
        found[i] = how
    return first, last
