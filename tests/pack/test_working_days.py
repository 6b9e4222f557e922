"""Working days of the pack: the days of the State Council's notices, and periods of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache

import chinese_calendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from craftpath.pack.load import build_pack, find_pack, read_files
from craftpath.pack.nodes import read_yaml
from craftpath.pack.nouns import Pack
from craftpath.pack.problems import Notes
from craftpath.pack.working_day_files import read_working_days
from craftpath.pack.working_days import WorkingDays

DAY = dt.date.fromisoformat

#: What the notices say: days of each holiday, first and last, and days worked instead.
NOTICES = {
    2020: ("0101-0101 0124-0202 0404-0406 0501-0505 0625-0627 1001-1008",
           "0119 0426 0509 0628 0927 1010"),
    2021: ("0101-0103 0211-0217 0403-0405 0501-0505 0612-0614 0919-0921 1001-1007",
           "0207 0220 0425 0508 0918 0926 1009"),
    2022: ("0101-0103 0131-0206 0403-0405 0430-0504 0603-0605 0910-0912 1001-1007",
           "0129 0130 0402 0424 0507 1008 1009"),
    2023: ("0101-0102 0121-0127 0405-0405 0429-0503 0622-0624 0929-1006",
           "0128 0129 0423 0506 0625 1007 1008"),
    2024: ("0101-0101 0210-0217 0404-0406 0501-0505 0610-0610 0915-0917 1001-1007",
           "0204 0218 0407 0428 0511 0914 0929 1012"),
    2025: ("0101-0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008",
           "0126 0208 0427 0928 1011"),
    2026: ("0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
           "0104 0214 0228 0509 0920 1010"),
}  # fmt: skip
YEARS = st.dates(DAY("2019-11-01"), DAY("2027-02-28"))


@pytest.fixture(scope="module")
def china(guangdong: Pack) -> WorkingDays:
    return guangdong.working_days


def days_of(year: int) -> Iterator[dt.date]:
    first = dt.date(year, 1, 1)
    return (first + dt.timedelta(at) for at in range((dt.date(year + 1, 1, 1) - first).days))


@cache
def noticed(year: int) -> set[dt.date]:
    """The working days of a year as its notice has them."""
    spans, instead = NOTICES[year]
    off = {
        day
        for span in spans.split()
        for first, last in [span.split("-")]
        for day in days_of(year)
        if first <= f"{day:%m%d}" <= last
    }
    worked = {day for day in days_of(year) if f"{day:%m%d}" in instead.split()}
    return {day for day in days_of(year) if day.weekday() < 5 and day not in off} | worked


@pytest.mark.parametrize("year", NOTICES)
def test_has_the_days_of_the_notices(china: WorkingDays, year: int) -> None:
    assert {day for day in days_of(year) if day in china} == noticed(year)


def test_has_the_days_that_others_have(china: WorkingDays) -> None:
    days = [day for year in china.years for day in days_of(year)]
    assert [day for day in days if (day in china) != chinese_calendar.is_workday(day)] == []


def test_cites_a_notice_for_each_year(guangdong: Pack, china: WorkingDays) -> None:
    assert china.years == tuple(NOTICES)
    for year, keys in china.sources:
        assert [f"{year}年" in guangdong.sources[key].title for key in keys] == [True] * len(keys)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-09-29", 5, "2026-10-12"),  # Monday to Friday: 6 October, in the holiday
        ("2026-02-12", 10, "2026-03-04"),  # with two Saturdays that are worked
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday
        ("2026-02-14", 0, "2026-02-14"),
    ],
)
def test_counts_from_the_day_after(china: WorkingDays, day: str, count: int, expected: str) -> None:
    assert china.after(DAY(day), count) == DAY(expected)


@example(DAY("2026-09-29"), 5)
@given(YEARS, st.integers(1, 15))
def test_agrees_with_counting_on_a_wall_calendar(guangdong: Pack, day: dt.date, count: int) -> None:
    """Every day is crossed out one by one, as a clerk would; weekends decide where no notice is."""
    china = guangdong.working_days
    crossed, found = day, 0
    while found < count:
        crossed += dt.timedelta(1)
        known = crossed.year in NOTICES
        found += crossed in noticed(crossed.year) if known else crossed.weekday() < 5
    assert china.after(day, count) == crossed
    assert china.end(day + dt.timedelta(1), count) == crossed + dt.timedelta(1)


def test_knows_the_years_that_were_published(china: WorkingDays) -> None:
    assert china.knows(DAY("2020-01-01")) and china.knows(DAY("2026-12-31"))
    assert not china.knows(DAY("2019-12-31")) and not china.knows(DAY("2027-01-01"))


def test_takes_monday_to_friday_where_a_pack_says_nothing() -> None:
    nothing = WorkingDays()
    assert nothing.after(DAY("2026-09-29"), 5) == DAY("2026-10-06")
    assert not nothing.knows(DAY("2026-09-29"))


# --- reading it --------------------------------------------------------------------------------

GOOD = """\
working_days:
  2026:
    sources: [holidays]
    off: [2026-01-01, 2026-01-02]
    worked: [2026-01-04]
"""


def read(text: str) -> tuple[WorkingDays, list[tuple[int | None, str]]]:
    notes = Notes("working-days.yaml")
    tree = read_yaml(text, notes)
    assert tree is not None
    found = read_working_days(tree, {"holidays"}, notes)
    return found, [(one.line, one.id) for one in notes.problems]


def test_reads_what_is_right() -> None:
    found, problems = read(GOOD)
    assert problems == []
    assert found.off == {DAY("2026-01-01"), DAY("2026-01-02")}
    assert found.worked == {DAY("2026-01-04")}


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("2026-01-02]", "2026-01-03]", 4, "out-of-place"),  # a Saturday is off anyway
        ("[2026-01-04]", "[2026-01-05]", 5, "out-of-place"),  # a Monday is worked anyway
        ("2026-01-02]", "2027-01-01]", 4, "out-of-place"),
        ("2026-01-02]", "2026-01-01]", 4, "out-of-place"),  # twice
        ("2026-01-02]", "2026-02-30]", 4, "not-a-day"),
        ("2026-01-02]", "~]", 4, "not-a-day"),
        ("  2026:", "  twenty:", 2, "not-a-year"),
        ("[holidays]", "[notice]", 3, "unknown-source"),
        ("    worked: [2026-01-04]\n", "", 3, "missing-key"),
        ("worked", "works", 5, "unknown-key"),
    ],
)
def test_names_the_line_of_what_is_wrong(old: str, new: str, line: int, code: str) -> None:
    _, problems = read(GOOD.replace(old, new, 1))
    assert (line, code) in problems


def test_asks_for_a_year_that_is_missing() -> None:
    again = GOOD.removeprefix("working_days:\n").replace("2026", "2028")
    _, problems = read(GOOD + again.replace("[2028-01-01, 2028-01-02]", "[2028-01-03]"))
    assert (6, "year-missing") in problems


def test_is_checked_with_the_pack() -> None:
    files = dict(read_files(find_pack("guangdong")))
    name = "working-days.yaml"
    files[name] = files[name].replace(b"2026-01-04", b"2026-01-05")
    _, problems = build_pack(files)
    assert [(one.file, one.id) for one in problems] == [(name, "out-of-place")]
