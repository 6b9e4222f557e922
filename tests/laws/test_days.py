"""Days and sets of days against Python's own dates and sets."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numba as nb
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from craftpath.engine.days import (
    BEGINNING,
    FOREVER,
    DaySet,
    Duration,
    Interval,
    add_months,
    as_date,
    as_day,
)
from craftpath.engine.kernels import calendar, daysets
from tests.laws import reference


def from_python(kernel):
    """A kernel that only kernels may call, made fit to be called from here."""

    @nb.njit
    def call(*arguments):
        return kernel(*arguments)

    return call


add_span = from_python(calendar.add_span)
months_and_days = from_python(calendar.months_and_days)
first_day_reaching = from_python(calendar.first_day_reaching)
year_of = from_python(calendar.year_of)
unite = from_python(daysets.unite)
intersect = from_python(daysets.intersect)
complement = from_python(daysets.complement)
contains = from_python(daysets.contains)
sort_and_join = from_python(daysets.sort_and_join)

DAY = dt.date.fromisoformat
days = st.integers(0, 60)
pairs = st.lists(st.tuples(days, days), max_size=6)
dates = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
months = st.integers(0, 720)


def as_set(found) -> set[int]:
    return {day for start, end in found for day in range(start, end)}


VECTORS = Path(__file__).parent / "vectors" / "dates-calc"


def of_others() -> list[tuple[str, int, int, str]]:
    """Day, months, days, and the day after both, as the authors of dates-calc have them."""
    found = []
    for file in ("exact_computations.csv", "ambiguous_computations.csv"):
        for line in (VECTORS / file).read_text("utf-8").splitlines()[1:]:
            day, length, *results = line.split(";")
            years, months, rest = (int(number) for number in re.findall(r"\d+", length))
            found.append((day, years * 12 + months, rest, results[-1]))
    return found


@pytest.mark.parametrize(("day", "month_count", "day_count", "expected"), of_others())
def test_adds_as_others_do(day: str, month_count: int, day_count: int, expected: str) -> None:
    then = add_months(DAY(day), month_count) + dt.timedelta(days=day_count)
    assert then == DAY(expected)
    assert add_span(as_day(DAY(day)), month_count, day_count) == as_day(DAY(expected))


# --- sets of days ----------------------------------------------------------------------------


@given(pairs)
@example([(0, 5), (5, 9)])  # adjacent
@example([(0, 9), (2, 3)])  # nested
@example([(4, 4), (7, 2)])  # of no length, and the wrong way round
def test_a_day_set_has_the_days_of_its_pairs_and_is_told_in_order(found) -> None:
    joined = DaySet.of(found)
    assert as_set(joined) == as_set(found)
    for (_, end), (start, _) in zip(joined.pairs, joined.pairs[1:], strict=False):
        assert end < start  # apart: neither overlapping nor touching
    assert bool(joined) == bool(as_set(found))


@given(pairs, days)
def test_the_stretch_at_or_after_a_day_is_the_first_that_is_not_over(found, day: int) -> None:
    stretch = DaySet.of(found).stretch_at_or_after(day)
    left = {d for d in as_set(found) if d >= day}
    assert (stretch is None) == (not left)
    if stretch is not None:
        assert max(day, stretch[0]) == min(left)
        assert stretch[1] - 1 in left and stretch[1] not in left
    assert (day in DaySet.of(found)) == (day in as_set(found))


def in_pool(found) -> tuple[np.ndarray, int]:
    """Pairs at the foot of a pool with plenty of room: (pool, how many)."""
    pool = np.zeros(256, np.int32)
    flat = [day for pair in DaySet.of(found) for day in pair]
    pool[: len(flat)] = flat
    return pool, len(flat) // 2


def out_of_pool(pool: np.ndarray, top: int, count: int) -> list[tuple[int, int]]:
    flat = pool[top : top + 2 * count].tolist()
    return list(zip(flat[::2], flat[1::2], strict=True))


@given(pairs, pairs)
def test_the_kernels_unite_and_intersect_as_sets_do(a, b) -> None:
    pool, na = in_pool(a)
    other, nb = in_pool(b)
    pool[64 : 64 + 2 * nb] = other[: 2 * nb]
    united = out_of_pool(pool, 128, unite(pool, 0, na, 64, nb, 128))
    assert united == list(DaySet.of([*a, *b]))
    common = out_of_pool(pool, 128, intersect(pool, 0, na, 64, nb, 128))
    assert as_set(common) == as_set(a) & as_set(b)
    assert common == list(DaySet.of(common))


@given(pairs, days)
def test_the_kernels_complement_and_look_up_as_sets_do(a, day: int) -> None:
    pool, na = in_pool(a)
    rest = out_of_pool(pool, 128, complement(pool, 0, na, 128))
    assert rest[0][0] == BEGINNING or 0 in as_set(a) or not rest
    assert as_set((max(s, 0), min(e, 100)) for s, e in rest) == set(range(100)) - as_set(a)
    assert contains(pool, 0, na, day) == (day in as_set(a))


@given(pairs)
def test_the_kernels_sort_and_join_as_day_sets_do(a) -> None:
    pool = np.zeros(256, np.int32)
    flat = [day for pair in a for day in pair]
    pool[: len(flat)] = flat
    assert out_of_pool(pool, 0, sort_and_join(pool, 0, len(a))) == list(DaySet.of(a))


# --- the calendar ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "there"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2014-03-01", 120, "2024-03-01"),
        ("2024-10-31", 1, "2024-11-30"),
        ("1999-12-31", 0, "1999-12-31"),
    ],
)
def test_a_period_ends_on_the_same_day_of_the_month_or_on_its_last(
    start: str, months: int, there: str
) -> None:
    assert add_months(DAY(start), months) == DAY(there)


@given(dates, months, st.integers(0, 400))
@example(dt.date(2024, 2, 29), 12, 0)
@example(dt.date(2000, 2, 29), 1200, 0)  # 2100 is no leap year
def test_three_ways_to_add_a_length_of_time_agree(date: dt.date, months: int, days: int) -> None:
    there = add_months(date, months)
    assert (there.year - date.year) * 12 + there.month - date.month == months
    assert there.day == date.day or (there + dt.timedelta(1)).day == 1
    plus = there + dt.timedelta(days)
    assert reference.later(date.toordinal(), Duration(months, days)) == plus.toordinal()
    assert add_span(as_day(date), months, days) == as_day(plus)


@given(dates, dates, months)
def test_a_later_start_never_ends_earlier(a: dt.date, b: dt.date, months: int) -> None:
    assert add_months(min(a, b), months) <= add_months(max(a, b), months)


@given(dates, st.integers(0, 9000))
def test_whole_months_and_days_make_up_the_time(date: dt.date, length: int) -> None:
    start, end = as_day(date), as_day(date) + length
    whole, days = months_and_days(start, end)
    assert add_span(start, whole, 0) + days == end
    assert add_span(start, whole + 1, 0) > end
    assert days <= 30
    assert 30 * whole + days == reference.service(date.toordinal(), date.toordinal() + length)


@given(
    st.dates(dt.date(2019, 1, 1), dt.date(2025, 12, 31)),
    st.integers(1, 800),
    st.integers(0, 24),
    st.integers(0, 70),
)
@example(dt.date(2023, 3, 1), 30, 1, 0)  # carried over already enough at 30 days to a month
@example(dt.date(2023, 1, 31), 1, 1, 29)  # February is over before its 29th day
@example(dt.date(2023, 1, 1), 1, 1, 29)  # the 30th left-over day of a month of 31
def test_broken_time_suffices_on_the_first_day_that_it_does(
    date: dt.date, carried: int, months: int, days: int
) -> None:
    asked, start = 30 * months + days, date.toordinal()
    first = next(
        day
        for day in range(start + 1, start + 2000)
        if carried + reference.service(start, day) >= asked
    )
    found = first_day_reaching(as_day(date), carried, months, days)
    assert found == as_day(dt.date.fromordinal(first))


@given(dates)
def test_a_day_is_a_number_and_back(date: dt.date) -> None:
    assert as_date(as_day(date)) == date
    assert as_day(dt.date(1970, 1, 1)) == 0
    assert year_of(as_day(date)) == date.year


def test_no_end_in_sight_is_no_date() -> None:
    assert as_date(FOREVER) is None and as_date(BEGINNING) is None
    assert Interval().bounds == (BEGINNING, FOREVER)


# --- lengths of time -------------------------------------------------------------------------


@given(months, st.integers(0, 400))
def test_a_length_of_time_is_read_as_it_is_written(months: int, days: int) -> None:
    assert Duration.parse(str(Duration(months, days))) == Duration(months, days)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("4 years", Duration(48)),
        ("1 year 6 months", Duration(18)),
        ("2 weeks", Duration(days=14)),
        ("60 days", Duration(days=60)),
    ],
)
def test_years_are_months_and_weeks_are_days(text: str, read: Duration) -> None:
    assert Duration.parse(text) == read


@pytest.mark.parametrize("text", ["", "  ", "4", "four years", "4 yrs", "4 years!", "-1 day"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="length of time"):
        Duration.parse(text)
