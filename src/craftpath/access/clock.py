"""The one place of the site that reads a clock. The engine reads none."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

__all__ = ["day_of", "now", "today"]


def today() -> dt.date:
    """The day in the site's time zone, or the day that the settings take for today."""
    fixed: dt.date | None = settings.CRAFTPATH_TODAY
    return fixed or timezone.localdate()


def now() -> dt.datetime:
    """This moment, on `today()`: under a fixed day, the true time of that day."""
    moment = timezone.localtime()
    fixed: dt.date | None = settings.CRAFTPATH_TODAY
    if fixed is None:
        return moment
    return moment.replace(year=fixed.year, month=fixed.month, day=fixed.day)


def day_of(moment: dt.datetime) -> dt.date:
    """The day of a moment in the site's time zone."""
    return timezone.localtime(moment).date()
