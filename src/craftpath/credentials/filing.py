"""Whether a body was filed for what a certificate proves, on the day on which it was awarded."""

from __future__ import annotations

from collections.abc import Sequence

from craftpath.access.regions import contains
from craftpath.programmes.models import Programme
from craftpath.registry.filings import Filing
from craftpath.registry.models import Record

__all__ = ["filing_of", "programme_of", "region_of"]


def filing_of(record: Record, region: str, filings: Sequence[Filing]) -> Filing | None:
    """Of a body's filings, the one by which it could award this record in a region; "": anywhere.

    A filing for a town serves a programme of its city, and one for the city a programme of the
    town: where in the region the rooms were, the sitting has seen to.
    """
    for one in filings:
        if one.covers(record.subject or "", record.level or 0, None, record.start) and (
            not region or contains(one.region, region) or contains(region, one.region)
        ):
            return one
    return None


def region_of(record: Record) -> str:
    """Of the programme that the record came of; "": it came of none. One column of one row."""
    found = Programme.objects.filter(applications__outcome=record.pk)
    return found.values_list("region", flat=True).first() or ""


def programme_of(record: Record) -> Programme | None:
    """The programme that the record came of."""
    found = getattr(record, "came_of", None)
    return None if found is None else found.programme
