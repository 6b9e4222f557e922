"""Places as they are taken, one by one, under the programme's lock."""

from __future__ import annotations

from collections import Counter

from craftpath.programmes.choices import Place
from craftpath.programmes.models import Application, Group, Programme

__all__ = ["has_place_for"]


def has_place_for(programme: Programme, group: Group | None, besides: int | None = None) -> bool:
    """Whether a first-come programme has a place left: one of the group's own, else an open one.

    Call it under `locking.hold`. `besides` leaves out one application, whose place moves.
    Places that a group leaves over are not given to others while the window is open: its own may
    still come.
    """
    placed = Application.objects.filter(programme=programme, place=Place.PLACED)
    others = placed if besides is None else placed.exclude(pk=besides)
    taken = Counter(others.values_list("group", flat=True))
    kept = dict(Group.objects.filter(programme=programme).values_list("pk", "places"))
    if group is not None and taken[group.pk] < kept[group.pk]:
        return True
    in_open = sum(max(count - kept.get(key, 0), 0) for key, count in taken.items())
    return in_open < (programme.places or 0) - sum(kept.values())
