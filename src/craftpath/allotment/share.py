"""Putting entrants in order and giving out the places from the front of the line.

Ties are broken, never shared: a place is money or a seat, and there are as many as there are. Who
is still tied after the declared `ties` goes by `order`, then by key.

Places are offered in two passes over the line. First each takes a place of their own group while
it has one; then the places that belong to no group, with those that groups left over where the
quota gives them to everybody, go to whoever is still without, in the same order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from craftpath.allotment.nouns import (
    Allotment,
    Entrant,
    LeftOver,
    Quota,
    Reason,
    Why,
    keyed_once,
)

__all__ = ["fill", "first_come", "freed", "ranked"]


def first_come(entrants: Iterable[Entrant], quota: Quota) -> Allotment:
    """Places in the order of `order`."""
    return fill(sorted(keyed_once(entrants), key=lambda e: (e.order, e.key)), quota)


def ranked(entrants: Iterable[Entrant], quota: Quota) -> Allotment:
    """Places by points, high to low; ties as the module says. Without points nobody is ranked."""
    everybody = keyed_once(entrants)
    marked = [e for e in everybody if e.points is not None]
    line = sorted(marked, key=lambda e: (_high_first(e), e.order, e.key))
    bare = sorted((e for e in everybody if e.points is None), key=lambda e: (e.order, e.key))
    return fill(line, quota, left_out=bare)


def _high_first(entrant: Entrant) -> tuple[float, ...]:
    """Points, then ties, each high to low. Where one of two lacks a tie-break, the other wins."""
    return (-(entrant.points or 0.0), *(-more for more in entrant.ties), float("inf"))


def fill(line: Sequence[Entrant], quota: Quota, left_out: Sequence[Entrant] = ()) -> Allotment:
    """Give out the places along a line that is already in order."""
    left = dict(quota.by_group)
    reasons: dict[int, Reason] = {}
    for position, entrant in enumerate(line, 1):
        group = entrant.group
        if group is not None and left.get(group, 0) > 0:
            left[group] -= 1
            reasons[entrant.id] = Reason(Why.GROUP_PLACE, position, group)
    rest = quota.open_places
    if rest is not None and quota.left_over is LeftOver.EVERYBODY:
        rest += sum(left.values())
    waiting: list[int] = []
    for position, entrant in enumerate(line, 1):
        if entrant.id in reasons:
            continue
        if rest is None or rest > 0:
            rest = None if rest is None else rest - 1
            reasons[entrant.id] = Reason(Why.OPEN_PLACE, position, entrant.group)
        else:
            waiting.append(entrant.id)
            reasons[entrant.id] = Reason(Why.WAITING, len(waiting), entrant.group)
    out = set(waiting)
    for entrant in left_out:
        reasons[entrant.id] = Reason(Why.NO_POINTS, 0, entrant.group)
    return Allotment(
        tuple(line),
        tuple(e.id for e in line if e.id not in out),
        tuple(waiting),
        tuple(e.id for e in left_out),
        reasons,
    )


def freed(
    line: Sequence[Entrant], quota: Quota, gone: Collection[int]
) -> tuple[Allotment, tuple[int, ...]]:
    """The allotment once the ids in `gone` have left the line, and who moved up by it, in order.

    The places are those that would have been, had the gone never stood in line. So nobody placed
    loses a place, at most one moves up for each who goes, it does not matter in which order people
    go, and a place kept for a group goes to the next of that group.
    """
    before = fill(line, quota)
    after = fill([e for e in line if e.id not in gone], quota)
    had = set(before.placed)
    return after, tuple(id for id in after.placed if id not in had)
