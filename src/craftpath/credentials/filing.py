"""Whether a body was filed for what a certificate proves, on the day on which it was awarded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from craftpath.access.regions import contains
from craftpath.registry.models import Record
from craftpath.registry.queries import is_running, selves

__all__ = ["Filed", "filed_for", "filings_on"]

_KIND = "assessment-filing"


@dataclass(frozen=True)
class Filed:
    """A filing that held on the day. `site` None: at the body's own place, in `region`."""

    occupation: str
    level: int
    site: int | None
    region: str


def filings_on(body: int, day: dt.date) -> list[Filed]:
    """What a body was filed for on a day, as far as that stands today."""
    found = Record.objects.filter(
        is_running(day), party__in=selves([body]), kind=_KIND, status=Record.Status.VERIFIED
    ).select_related("other", "party")
    return [
        Filed(
            one.subject or "",
            one.level or 0,
            one.other_id,
            (one.other or one.party).region,
        )
        for one in found
    ]


def filed_for(filings: Sequence[Filed], occupation: str, level: int, region: str) -> Filed | None:
    """The filing that covers an occupation and a level in a region; "": wherever it is.

    A filing for a town serves a programme of its city, and one for the city a programme of the
    town: where in the region the rooms were, the sitting has seen to.
    """
    for one in filings:
        if (one.occupation, one.level) == (occupation, level) and (
            not region or contains(one.region, region) or contains(region, one.region)
        ):
            return one
    return None
