"""When sessions meet: two that have a moment in common."""

from __future__ import annotations

import datetime as dt

from craftpath.assessment.models import Examiner, Session
from craftpath.registry.queries import selves

__all__ = ["meets", "overlapping", "span"]


def span(day: dt.date, starts: dt.time, minutes: int) -> tuple[dt.datetime, dt.datetime]:
    """From its first moment to the first one after it."""
    first = dt.datetime.combine(day, starts)
    return first, first + dt.timedelta(minutes=minutes)


def meets(one: Session, other: Session) -> bool:
    first, last = span(one.day, one.starts, one.minutes)
    begins, ends = span(other.day, other.starts, other.minutes)
    return first < ends and begins < last


def overlapping(session: Session, person: int) -> Examiner | None:
    """Where else, of whichever sitting, somebody looks on at that time."""
    elsewhere = (
        Examiner.objects.filter(person__in=selves([person]), session__day=session.day)
        .exclude(session=session.pk)
        .select_related("session__room", "person")
    )
    return next((one for one in elsewhere if meets(one.session, session)), None)
