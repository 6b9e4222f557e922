"""Reading the audit log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from craftpath.audit.models import Entry

__all__ = ["Sought", "entries_of", "find_entries"]


@dataclass(frozen=True)
class Sought:
    """What an auditor looks for, from `since` up to `until`. What is empty asks nothing."""

    action: str = ""
    object: str = ""
    party: int | None = None
    who: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def find_entries(sought: Sought) -> QuerySet[Entry]:
    """Entries that match, newest first."""
    wanted = Q()
    if sought.action:
        wanted &= Q(action__startswith=sought.action)
    if sought.object:
        wanted &= Q(object=sought.object)
    if sought.party is not None:
        wanted &= Q(party=sought.party)
    if sought.who:
        wanted &= Q(actor__icontains=sought.who)
    if sought.since is not None:
        wanted &= Q(at__gte=sought.since)
    if sought.until is not None:
        wanted &= Q(at__lt=sought.until)
    return Entry.objects.filter(wanted).order_by("-number")


def entries_of(object: str) -> QuerySet[Entry]:
    """What was done to one thing ("application:17"), in order."""
    return Entry.objects.filter(object=object).order_by("number")
