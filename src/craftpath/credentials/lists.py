"""Places in status lists. Each issuer has lists in pairs, one for what is revoked and one for what
is suspended; a credential has the same place in both.

A list has 131,072 places, taken in steps of its stride, an odd number drawn by chance: since that
has no factor in common with the length, every place is taken once, and a place tells nothing of
when it was.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.utils import timezone

from craftpath.credentials.choices import Purpose
from craftpath.credentials.models import Issuer, StatusList
from craftpath.programmes.locking import hold_rows
from craftpath.proof.status import FEWEST

__all__ = ["Seat", "place_of", "take_seats", "touch"]

Pair = tuple[StatusList, StatusList]


@dataclass(frozen=True)
class Seat:
    """Where a credential stands: `revocation` and `suspension` are its lists."""

    revocation: StatusList
    suspension: StatusList
    place: int


def place_of(nth: int, stride: int) -> int:
    """The place of the nth credential of a list, from 0."""
    return (nth + 1) * stride % FEWEST


def take_seats(issuer: Issuer, count: int) -> list[Seat]:
    """The next `count` places, in one transaction with what stands in them. A list that is full
    opens the next."""
    seats: list[Seat] = []
    while len(seats) < count:
        pair = _held(issuer)
        here = min(count - len(seats), FEWEST - pair[0].taken)
        first = pair[0].taken
        seats += [Seat(*pair, place_of(nth, pair[0].stride)) for nth in range(first, first + here)]
        for one in pair:
            one.taken += here
            one.save(update_fields=["taken"])
    return seats


def _held(issuer: Issuer) -> Pair:
    """The pair that has room, locked; opened where there is none."""
    wanted = StatusList.objects.filter(issuer=issuer)
    while True:
        last = wanted.order_by("-number").values_list("number", flat=True).first()
        if last is not None:
            found = {
                one.purpose: one
                for one in hold_rows(wanted.filter(number=last).order_by("purpose"))
            }
            pair = found[Purpose.REVOCATION], found[Purpose.SUSPENSION]
            if pair[0].taken < FEWEST:
                return pair
        _open(issuer, (last or 0) + 1)


def _open(issuer: Issuer, number: int) -> None:
    """Two at once: the rows of one of them stay, and both go on with those."""
    stride = secrets.randbelow(FEWEST // 2) * 2 + 1
    StatusList.objects.bulk_create(
        [
            StatusList(
                issuer=issuer,
                purpose=purpose,
                number=number,
                stride=stride,
                changed_at=timezone.now(),
            )
            for purpose in Purpose
        ],
        ignore_conflicts=True,
    )


def touch(lists: set[int]) -> None:
    """A bit has changed, or may have: what was published last is made anew when it is asked for."""
    StatusList.objects.filter(pk__in=lists).update(changed_at=timezone.now())
