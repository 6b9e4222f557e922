"""Calendar arithmetic on day numbers (days since 1970-01-01), proleptic Gregorian.

The conversions are Howard Hinnant's `civil_from_days` and `days_from_civil`, in integers only.
"""

from __future__ import annotations

from craftpath.engine.days import BEGINNING, FOREVER
from craftpath.engine.kernels.compiled import kernel

__all__ = ["add_span", "days_of_civil", "first_day_reaching", "months_and_days", "year_of"]

_BEGINNING = BEGINNING
_FOREVER = FOREVER


@kernel
def civil_of_days(day):  # type: ignore[no-untyped-def]
    """(year, month 1–12, day 1–31) of a day number."""
    z = day + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    d = doy - (153 * mp + 2) // 5 + 1
    m = mp + 3 if mp < 10 else mp - 9
    y = yoe + era * 400 + (1 if m <= 2 else 0)
    return y, m, d


@kernel
def days_of_civil(y, m, d):  # type: ignore[no-untyped-def]
    """The day number of a date."""
    if m <= 2:
        y -= 1
    era = y // 400
    yoe = y - era * 400
    mp = m - 3 if m > 2 else m + 9
    doy = (153 * mp + 2) // 5 + d - 1
    doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
    return era * 146097 + doe - 719468


@kernel
def _last_day(y, m):  # type: ignore[no-untyped-def]
    if m == 2:
        return 29 if (y % 4 == 0 and y % 100 != 0) or y % 400 == 0 else 28
    return 30 if m == 4 or m == 6 or m == 9 or m == 11 else 31


@kernel
def add_span(day, months, days):  # type: ignore[no-untyped-def]
    """`months` on by the calendar (clamped to the month's last day), then `days` on.

    BEGINNING and FOREVER stay what they are.
    """
    if day <= _BEGINNING or day >= _FOREVER:
        return day
    if months == 0:
        return day + days
    y, m, d = civil_of_days(day)
    index = y * 12 + m - 1 + months
    y = index // 12
    m = index - y * 12 + 1
    last = _last_day(y, m)
    return days_of_civil(y, m, d if d < last else last) + days


@kernel
def year_of(day):  # type: ignore[no-untyped-def]
    y, _, _ = civil_of_days(day)
    return y


@kernel
def months_and_days(start, end):  # type: ignore[no-untyped-def]
    """Whole calendar months from `start` to `end`, and the days left over."""
    ys, ms, ds = civil_of_days(start)
    ye, me, de = civil_of_days(end)
    months = (ye - ys) * 12 + me - ms
    last = _last_day(ye, me)
    turn = ds if ds < last else last  # the day of the last month on which it is whole
    if de >= turn:
        return months, de - turn
    return months - 1, end - add_span(start, months - 1, 0)


@kernel
def first_day_reaching(start, carried, months, days):  # type: ignore[no-untyped-def]
    """First day on which time from `start`, added to what was carried over, suffices.

    carried  time of earlier stretches, in days at 30 to a month; 0: this stretch is unbroken,
             and the calendar alone decides
    months, days  what is asked
    """
    if carried == 0:
        return add_span(start, months, days)
    rest = 30 * months + days - carried
    if rest <= 0:
        # Enough at 30 days to a month, yet not by the calendar while the first stretch stood
        # alone; there are two stretches from the second's first day worked.
        return start + 1
    m = rest // 30
    r = rest - 30 * m
    if r == 0:
        # In a month of 31 days the 30th left-over day already makes up the month.
        before = add_span(start, m - 1, 0)
        after = add_span(start, m, 0)
        return after if after - before <= 30 else before + 30
    exact = add_span(start, m, r)
    # A short month has fewer days than are asked: its end is the next whole month.
    following = add_span(start, m + 1, 0)
    return exact if exact < following else following
