"""One question for everybody at once: the first day on which time adds up.

The loop for `rules.Accumulated` alone, over a chunk of whole parties, without rules, reasons or
the may-be sets around it: what a reform tries on ten million people.
"""

from __future__ import annotations

from craftpath.engine.columns import NO_DAY
from craftpath.engine.days import BEGINNING, FOREVER
from craftpath.engine.kernels.calendar import first_day_reaching, months_and_days
from craftpath.engine.kernels.compiled import entry, inlined

__all__ = ["first_days_of_time"]

_BEGINNING = BEGINNING
_FOREVER = FOREVER
_NO_DAY = NO_DAY


@inlined
def insert(pairs, count, start, end):  # type: ignore[no-untyped-def]
    """Put [start, end) among `count` pairs sorted by start."""
    at = count
    while at > 0 and pairs[at - 1, 0] > start:
        pairs[at, 0] = pairs[at - 1, 0]
        pairs[at, 1] = pairs[at - 1, 1]
        at -= 1
    pairs[at, 0] = start
    pairs[at, 1] = end


@inlined
def first_day(pairs, count, since, months, days):  # type: ignore[no-untyped-def]
    """First day on which time in sorted, possibly overlapping pairs suffices, from `since` on."""
    carried = 0
    i = 0
    while i < count:
        start = max(pairs[i, 0], since)
        end = pairs[i, 1]
        i += 1
        while i < count and pairs[i, 0] <= end:
            end = max(end, pairs[i, 1])
            i += 1
        if end <= start:
            continue
        day = first_day_reaching(start, carried, months, days)
        if day <= end:
            return day
        if i < count:
            m, d = months_and_days(start, end)
            carried += 30 * m + d
    return _FOREVER


@entry
def first_days_of_time(  # type: ignore[no-untyped-def]
    columns, wanted, anchor, level_low, level_high, birth, known_on, months, days,
    spells, anchors, party_out, day_out,
):  # fmt: skip
    """Write (party, first day) of all who ever get there; returns how many.

    wanted     index of the kind whose time counts
    anchor     index of the kind since whose start it counts, of a rank in bounds; -1: all of it
    spells, anchors   int32 [n, 2] room for one party's records (n: rows in the chunk will do)
    party_out, day_out   room for a row for each party
    """
    rows = columns.party.shape[0]
    written = 0
    row = 0
    while row < rows:
        party = columns.party[row]
        born = _NO_DAY
        died = _FOREVER
        n = 0
        a = 0
        while row < rows and columns.party[row] == party:
            kind = columns.kind[row]
            if (kind == wanted or kind == anchor or kind == birth) and columns.known[
                row
            ] <= known_on < columns.known_until[row]:
                start = columns.start[row]
                end = columns.end[row]
                if kind == birth:
                    if born == _NO_DAY or start < born:
                        born = start
                        died = end
                elif columns.status[row] == 1 and start < end:
                    if kind == wanted:
                        insert(spells, n, start, end)
                        n += 1
                    if kind == anchor and level_low <= columns.level[row] <= level_high:
                        anchors[a, 0] = start
                        anchors[a, 1] = end
                        a += 1
            row += 1
        if n == 0 or born == _NO_DAY:
            continue
        day = _FOREVER
        if anchor < 0:
            day = first_day(spells, n, _BEGINNING, months, days)
        else:
            for k in range(a):
                reached = first_day(spells, n, anchors[k, 0], months, days)
                reached = max(reached, anchors[k, 0], born)
                if reached < anchors[k, 1] and reached < day:
                    day = reached
        day = max(day, born)
        if day < died and day < _FOREVER:
            party_out[written] = party
            day_out[written] = day
            written += 1
    return written
