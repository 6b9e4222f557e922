"""The loop that looks at every row: see `craftpath.evidence.check` for what it is given.

Arrays are handed to helpers once a party at most, never once a row: counting references to eleven
arrays on every call costs more than the check itself.
"""

from __future__ import annotations

import datetime as dt

import numba as nb
import numpy as np

from craftpath.engine.columns import NO_DAY, NO_LEVEL, NO_SUBJECT, UNKNOWN_SUBJECT
from craftpath.engine.days import FOREVER, as_day
from craftpath.engine.kernels.cache import keep
from craftpath.evidence.reasons import FIRST_DAY, LAST_DAY, Reason

__all__ = ["ABOUT_ANY", "ABOUT_ORGANISATION", "ABOUT_PERSON", "EARLIEST", "LATEST", "check"]

EARLIEST = as_day(dt.date.fromisoformat(FIRST_DAY))
LATEST = as_day(dt.date.fromisoformat(LAST_DAY))
_MANY = 64  # rows of one party beyond which comparing each with each costs too much

# What `about` is in the tables.
ABOUT_PERSON, ABOUT_ORGANISATION, ABOUT_ANY = 0, 1, 2

_NO_KIND = Reason.NO_KIND.code
_UNKNOWN_KIND = Reason.UNKNOWN_KIND.code
_UNKNOWN_CODE = Reason.UNKNOWN_CODE.code
_CODE_WITHOUT_LIST = Reason.CODE_WITHOUT_LIST.code
_LEVEL_OFF_SCALE = Reason.LEVEL_OFF_SCALE.code
_LEVEL_WITHOUT_SCALE = Reason.LEVEL_WITHOUT_SCALE.code
_NO_START = Reason.NO_START.code
_DAY_OUT_OF_RANGE = Reason.DAY_OUT_OF_RANGE.code
_END_BEFORE_START = Reason.END_BEFORE_START.code
_BAD_QUANTITY = Reason.BAD_QUANTITY.code
_BAD_STATUS = Reason.BAD_STATUS.code
_NO_KNOWN = Reason.NO_KNOWN.code
_UNKNOWN_BEFORE_KNOWN = Reason.UNKNOWN_BEFORE_KNOWN.code
_DUPLICATE = Reason.DUPLICATE.code
_NEITHER = Reason.NEITHER_BORN_NOR_FOUNDED.code
_BOTH = Reason.BORN_AND_FOUNDED.code
_NOT_A_PERSON = Reason.NOT_A_PERSON.code
_NOT_AN_ORGANISATION = Reason.NOT_AN_ORGANISATION.code


@keep
@nb.njit(nogil=True)
def check(c, t):  # type: ignore[no-untyped-def]
    found = _rows_alone(c, t)
    _duplicates(c, found)
    _parties(c.party, c.kind, t.about, t.birth, t.founded, found)
    return found


@nb.njit(nogil=True)
def _rows_alone(c, t):  # type: ignore[no-untyped-def]
    """What can be said of each row by itself."""
    rows = c.party.shape[0]
    found = np.zeros(rows, np.uint8)
    for i in range(rows):
        k = c.kind[i]
        if k < 0:
            found[i] = _NO_KIND if k == -2 else _UNKNOWN_KIND
            continue
        level = c.level[i]
        reason = _words(
            c.subject[i],
            t.listed[k],
            level,
            t.scaled[k],
            level == NO_LEVEL or t.levels[k, level + 128],
        )
        if reason == 0:
            reason = _days(c.start[i], c.end[i], c.known[i], c.known_until[i])
        if reason == 0 and t.measured[k]:
            quantity = c.quantity[i]
            if quantity < 0 or quantity == np.inf:  # not a number stands for null
                reason = _BAD_QUANTITY
        if reason == 0 and c.status[i] < 0:
            reason = _BAD_STATUS
        found[i] = reason
    return found


@nb.njit(nogil=True)
def _words(subject, listed, level, scaled, on_scale):  # type: ignore[no-untyped-def]
    if subject != NO_SUBJECT:
        if not listed:
            return _CODE_WITHOUT_LIST
        if subject == UNKNOWN_SUBJECT:
            return _UNKNOWN_CODE
    if level != NO_LEVEL:
        if not scaled:
            return _LEVEL_WITHOUT_SCALE
        if not on_scale:
            return _LEVEL_OFF_SCALE
    return 0


@nb.njit(nogil=True)
def _days(start, end, known, known_until):  # type: ignore[no-untyped-def]
    if start == NO_DAY:
        return _NO_START
    if known == NO_DAY:
        return _NO_KNOWN
    if (
        start < EARLIEST
        or start > LATEST
        or known < EARLIEST
        or known > LATEST
        or (end != FOREVER and (end < EARLIEST or end > LATEST))
        or (known_until != FOREVER and (known_until < EARLIEST or known_until > LATEST))
    ):
        return _DAY_OUT_OF_RANGE
    if end <= start:
        return _END_BEFORE_START
    if known_until < known:
        return _UNKNOWN_BEFORE_KNOWN
    return 0


@nb.njit(nogil=True)
def _parties(party, kind, about, birth, founded, found):  # type: ignore[no-untyped-def]
    """Marks rows that their party, born or founded or neither, cannot have."""
    rows = party.shape[0]
    begin = 0
    while begin < rows:
        born = False
        established = False
        end = begin
        while end < rows and party[end] == party[begin]:
            if found[end] == 0:
                born |= kind[end] == birth
                established |= kind[end] == founded
            end += 1
        for i in range(begin, end):
            if found[i] == 0:
                found[i] = _as_a_party(kind[i] == founded, about[kind[i]], born, established)
        begin = end


@nb.njit(nogil=True)
def _as_a_party(is_founding, about, born, established):  # type: ignore[no-untyped-def]
    if born:
        if is_founding:
            return _BOTH
        return _NOT_AN_ORGANISATION if about == ABOUT_ORGANISATION else 0
    if established:
        return _NOT_A_PERSON if about == ABOUT_PERSON else 0
    return _NEITHER


@nb.njit(nogil=True)
def _duplicates(c, found):  # type: ignore[no-untyped-def]
    """Marks good rows that repeat an earlier good row of their party in every column."""
    party, kind, start = c.party, c.kind, c.start
    rows = party.shape[0]
    begin = 0
    while begin < rows:
        end = begin + 1
        while end < rows and party[end] == party[begin]:
            end += 1
        if end - begin > _MANY:
            _duplicates_of_many(c, found, begin, end)
            begin = end
            continue
        for i in range(begin + 1, end):
            for j in range(begin, i):
                if start[i] != start[j] or kind[i] != kind[j]:  # nearly always
                    continue
                if found[i] == 0 and found[j] == 0 and _same(c, i, j):
                    found[i] = _DUPLICATE
        begin = end


@nb.njit(nogil=True)
def _duplicates_of_many(c, found, begin, end):  # type: ignore[no-untyped-def]
    """By a hash table of open places, so that a party of 100,000 rows costs no more a row."""
    size = 1
    while size < 2 * (end - begin):
        size *= 2
    table = np.full(size, -1, np.int64)
    for i in range(begin, end):
        if found[i] != 0:
            continue
        place = _spread(c, i) & (size - 1)
        while table[place] >= 0:
            if _same(c, i, table[place]):
                found[i] = _DUPLICATE
                break
            place = (place + 1) & (size - 1)
        if found[i] == 0:
            table[place] = i


@nb.njit(nogil=True)
def _same(c, i, j):  # type: ignore[no-untyped-def]
    one, two = c.quantity[i], c.quantity[j]
    return (
        c.kind[i] == c.kind[j]
        and c.start[i] == c.start[j]
        and c.subject[i] == c.subject[j]
        and c.end[i] == c.end[j]
        and c.level[i] == c.level[j]
        and c.other[i] == c.other[j]
        and c.known[i] == c.known[j]
        and c.known_until[i] == c.known_until[j]
        and c.status[i] == c.status[j]
        and (one == two or (one != one and two != two))
    )


@nb.njit(nogil=True)
def _spread(c, i):  # type: ignore[no-untyped-def]
    """A place for the row; which rows are the same is for `_same` to say."""
    h = np.int64(c.start[i]) * np.int64(-7046029254386353131)
    h ^= np.int64(c.end[i]) + (h >> 29)
    h *= np.int64(-4658895280553007687)
    h ^= (np.int64(c.subject[i]) << 20) ^ (np.int64(c.kind[i]) << 8) ^ np.int64(c.level[i])
    h *= np.int64(-7723592293110705685)
    h ^= c.other[i] + (h >> 32)
    h *= np.int64(-7046029254386353131)
    quantity = c.quantity[i]
    if -1e15 < quantity < 1e15:
        h ^= np.int64(quantity * 64)
    h *= np.int64(-4658895280553007687)
    return h ^ (h >> 31)
