"""Which rules of the ladder have nothing more to give to whom."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Record
from craftpath.registry.queries import all_ids

__all__ = ["has_reached"]


def has_reached(party: int, rule: str, focus: str, day: dt.date) -> bool:
    """Whether a verified record puts the party on the rung that the rule opens, or a higher one,
    in that occupation on that day."""
    ladder = site_pack().ladder
    levels = [] if ladder is None else [r.level for r in ladder.rungs if rule in r.rules]
    if ladder is None or not levels or not focus:
        return False
    return Record.objects.filter(
        Q(end=None) | Q(end__gt=day),
        party__in=all_ids(party),
        kind__in=ladder.held,
        subject=focus,
        level__gte=min(levels),
        start__lte=day,
        status=Record.Status.VERIFIED,
        known_until=None,
    ).exists()
