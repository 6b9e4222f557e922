"""Where parties are now, kept beside them so that scope is one look at an index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import F
from django.db.models.functions import Coalesce

from craftpath.registry.kinds import own_kinds
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import is_running, selves

__all__ = ["is_place", "refresh_regions"]

_SLICE = 400


def is_place(kind: str) -> bool:
    """Whether such records say where a party is."""
    return kind in _order()


def _order() -> dict[str, int]:
    own = own_kinds()
    return {kind: at for at, kind in enumerate((*own.person_places, *own.organisation_places))}


def refresh_regions(parties: Iterable[int], day: dt.date) -> None:
    """Set `region` of each party anew from its records: the first kind in order that runs, of
    that kind the record that started last. A party with none keeps the region that it has."""
    wanted = sorted(set(parties))
    for at in range(0, len(wanted), _SLICE):
        _refresh(wanted[at : at + _SLICE], day)


def _refresh(parties: list[int], day: dt.date) -> None:
    order = _order()
    running = (
        Record.objects.filter(is_running(day), kind__in=order, subject__isnull=False)
        .filter(party__in=selves(parties))
        .annotate(holder=Coalesce(F("party__merged_into"), F("party")))
        .values_list("holder", "kind", "start", "subject")
    )
    best: dict[int, tuple[int, int, str]] = {}
    for holder, kind, start, subject in running:
        # Towns are finer than cities, but a workplace says more than a residence whatever its size.
        found = (order[kind], -start.toordinal(), subject or "")
        if holder not in best or found < best[holder]:
            best[holder] = found
    changed = [
        Party(pk=party.pk, region=best[party.pk][2])
        for party in Party.objects.filter(pk__in=best).only("pk", "region")
        if party.region != best[party.pk][2]
    ]
    Party.objects.bulk_update(changed, ["region"])
