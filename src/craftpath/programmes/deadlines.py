"""Until when a review step has to be decided."""

from __future__ import annotations

import datetime as dt

from craftpath.programmes.models import Step

__all__ = ["due_on"]

_FRIDAY = 4


def due_on(step: Step, day: dt.date) -> dt.date | None:
    """The last day for a step that begins on `day`, which is not counted; None: no deadline.

    Working days are Monday to Friday: public holidays are not known here.
    """
    if step.days is None:
        return None
    if not step.working:
        return day + dt.timedelta(days=step.days)
    left = step.days
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() <= _FRIDAY
    return day
