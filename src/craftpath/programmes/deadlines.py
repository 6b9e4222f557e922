"""Until when a review step has to be decided, and how long a public notice stands."""

from __future__ import annotations

import datetime as dt

from craftpath.engine.rules import Label
from craftpath.programmes.models import Application, Programme, Step
from craftpath.registry.kinds import site_pack

__all__ = ["RECKONED", "due_on", "is_reckoned", "notice_end"]

#: What stands behind such a day.
RECKONED = Label(
    "（该年放假安排尚未公布，按周一至周五推算）",
    " (reckoned by Monday to Friday: that year's public holidays are not published yet)",
)


def due_on(step: Step, day: dt.date) -> dt.date | None:
    """The last day for a step that begins on `day`, which is not counted; None: no deadline.

    Working days are those of the pack; in a year that it does not have, Monday to Friday.
    """
    if step.days is None:
        return None
    if step.working:
        return site_pack().working_days.after(day, step.days)
    return day + dt.timedelta(days=step.days)


def notice_end(programme: Programme, day: dt.date) -> dt.date:
    """The first day on which a notice that is published on `day` no longer stands; `day` counts."""
    if programme.notice_working:
        return site_pack().working_days.end(day, programme.notice_days)
    return day + dt.timedelta(days=programme.notice_days)


def is_reckoned(application: Application) -> bool:
    """Whether its deadline was counted by Monday to Friday, since the working days of that year
    were not published."""
    if application.due is None or site_pack().working_days.knows(application.due):
        return False
    steps = application.programme.steps.all()
    return any(step.working for step in steps if step.number == application.step)
