"""Sets of days in one pool: a set is (offset, count) of [start, end) pairs, sorted and apart.

`pool` is an int32 array of starts and ends in turn; `pool[0]`… are handed out from a moving top,
which the caller owns. Every function writes its result at `top` and returns the number of pairs;
the caller has made sure that there is room.
"""

from __future__ import annotations

from craftpath.engine.days import BEGINNING, FOREVER
from craftpath.engine.kernels.compiled import inlined, kernel

__all__ = ["complement", "contains", "everything", "intersect", "stretch_at_or_after", "unite"]

_BEGINNING = BEGINNING
_FOREVER = FOREVER


@inlined
def everything(pool, top):  # type: ignore[no-untyped-def]
    pool[top] = _BEGINNING
    pool[top + 1] = _FOREVER
    return 1


@inlined
def push(pool, top, count, start, end):  # type: ignore[no-untyped-def]
    """Append [start, end) to the set being built at `top`; starts must come in order."""
    if start >= end:
        return count
    last = top + 2 * count - 1
    if count > 0 and start <= pool[last]:
        if end > pool[last]:
            pool[last] = end
        return count
    pool[last + 1] = start
    pool[last + 2] = end
    return count + 1


@kernel
def sort_and_join(pool, top, count):  # type: ignore[no-untyped-def]
    """Sort raw pairs at `top` by start and join what overlaps or touches, in place."""
    for i in range(1, count):
        s = pool[top + 2 * i]
        e = pool[top + 2 * i + 1]
        j = i - 1
        while j >= 0 and pool[top + 2 * j] > s:
            pool[top + 2 * j + 2] = pool[top + 2 * j]
            pool[top + 2 * j + 3] = pool[top + 2 * j + 1]
            j -= 1
        pool[top + 2 * j + 2] = s
        pool[top + 2 * j + 3] = e
    kept = 0
    for i in range(count):
        kept = push(pool, top, kept, pool[top + 2 * i], pool[top + 2 * i + 1])
    return kept


@inlined
def intersect(pool, a, na, b, nb_, top):  # type: ignore[no-untyped-def]
    i = 0
    j = 0
    count = 0
    while i < na and j < nb_:
        s = max(pool[a + 2 * i], pool[b + 2 * j])
        ea = pool[a + 2 * i + 1]
        eb = pool[b + 2 * j + 1]
        count = push(pool, top, count, s, min(ea, eb))
        if ea < eb:
            i += 1
        else:
            j += 1
    return count


@inlined
def unite(pool, a, na, b, nb_, top):  # type: ignore[no-untyped-def]
    i = 0
    j = 0
    count = 0
    while i < na or j < nb_:
        if j >= nb_ or (i < na and pool[a + 2 * i] <= pool[b + 2 * j]):
            count = push(pool, top, count, pool[a + 2 * i], pool[a + 2 * i + 1])
            i += 1
        else:
            count = push(pool, top, count, pool[b + 2 * j], pool[b + 2 * j + 1])
            j += 1
    return count


@inlined
def complement(pool, a, na, top):  # type: ignore[no-untyped-def]
    count = 0
    at = _BEGINNING
    for i in range(na):
        count = push(pool, top, count, at, pool[a + 2 * i])
        at = pool[a + 2 * i + 1]
    return push(pool, top, count, at, _FOREVER)


@inlined
def contains(pool, a, na, day):  # type: ignore[no-untyped-def]
    for i in range(na):
        if day < pool[a + 2 * i + 1]:
            return day >= pool[a + 2 * i]
    return False


@inlined
def stretch_at_or_after(pool, a, na, day):  # type: ignore[no-untyped-def]
    """Index of the stretch that holds on `day`, else of the next one; -1 if none."""
    for i in range(na):
        if day < pool[a + 2 * i + 1]:
            return i
    return -1
