"""What assessment bodies are filed for, 技能等级评价备案: occupation × level × place × days.

    filings_of(body, day=None, *, occupation=None, level=None) -> list[Filing]
    filing_for(body, *, occupation, level, region, day) -> Filing | None

A filing is a verified record of the body, entered by an official, of the kind that the pack's
`registry.filing` names: its subject is the occupation, its level exactly the one filed, its other
party the place of assessment. Occupations are not derived from one another: what is not named is
not filed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from craftpath.access.regions import contains
from craftpath.registry.kinds import own_kinds
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import holder, selves

__all__ = ["Filing", "filing_for", "filings_of"]


@dataclass(frozen=True)
class Filing:
    """One filing that stands, on the days [start, end); `end` None: until further notice.

    record      the record that says so
    site, region  the place of assessment, None: the body's own; and the region in which it lies
    """

    record: int
    occupation: str
    level: int
    site: int | None
    region: str
    start: dt.date
    end: dt.date | None

    def holds(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def covers(self, occupation: str, level: int, region: str | None, day: dt.date) -> bool:
        """Whether it lets the body assess there on that day; region None: wherever it is."""
        here = region is None or contains(self.region, region)
        return here and (self.occupation, self.level) == (occupation, level) and self.holds(day)


def filings_of(
    body: int,
    day: dt.date | None = None,
    *,
    occupation: str | None = None,
    level: int | None = None,
) -> list[Filing]:
    """Every filing of a body, or those that hold on a day, for an occupation, at a level; by
    occupation, level and first day."""
    party = Party.objects.select_related("merged_into").filter(pk=body).first()
    kind = own_kinds().filing
    if party is None or kind is None:
        return []
    own = (party.merged_into or party).region
    said = {"subject": occupation, "level": level}
    found = (
        Record.objects.filter(
            party__in=selves([holder(party)]),
            kind=kind,
            status=Record.Status.VERIFIED,
            known_until=None,
            subject__isnull=False,
            level__isnull=False,
            **{name: value for name, value in said.items() if value is not None},
        )
        .annotate(
            site=Coalesce(F("other__merged_into"), F("other")),
            place=Coalesce(NullIf(F("other__merged_into__region"), Value("")), F("other__region")),
        )
        .order_by("subject", "level", "start", "pk")
        .values_list("pk", "subject", "level", "site", "place", "start", "end")
    )
    filings = [
        Filing(pk, subject or "", level or 0, site, own if site is None else place, start, end)
        for pk, subject, level, site, place, start, end in found
    ]
    return [one for one in filings if day is None or one.holds(day)]


def filing_for(
    body: int, *, occupation: str, level: int, region: str | None, day: dt.date
) -> Filing | None:
    """The filing by which a body may assess an occupation at a level there on that day."""
    found = (one for one in filings_of(body, day) if one.covers(occupation, level, region, day))
    return next(found, None)
