"""The nouns of sharing out: who takes part, how many places there are, who gets one and why."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from craftpath.engine.rules import Label

__all__ = ["Allotment", "Entrant", "LeftOver", "Quota", "Reason", "Why", "is_word", "keyed_once"]

_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


def is_word(text: object) -> bool:
    """Whether a text may be a key or a group: 1 to 64 ASCII letters, digits, `.`, `_`, `-`.

    The first is a letter or a digit. So narrow that every reader of a list sees the same bytes.
    """
    return isinstance(text, str) and _WORD.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who takes part. ValueError: a key or group is no word, points are no number.

    id      ours; never published
    key     the public serial, such as an application's; never a name
    group   the group whose places are asked for; None: none
    points  what `ranked` goes by; None: there are none, which is not zero
    order   position in time, low first; breaks what is still tied
    ties    further points, compared one by one, high first, where `points` agree: the marks of the
            modules from the heaviest down, say
    """

    id: int
    key: str
    group: str | None = None
    points: float | None = None
    order: int = 0
    ties: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not is_word(self.key):
            raise ValueError(f"{self.key!r} cannot be a public key")
        if self.group is not None and not is_word(self.group):
            raise ValueError(f"{self.group!r} cannot be a group")
        if not all(math.isfinite(n) for n in (*self.ties, self.points or 0.0)):
            raise ValueError(f"the points of {self.key} are not a number")


class LeftOver(Enum):
    """What becomes of a group's places that nobody of the group takes."""

    STAY = "stay"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Quota:
    """How many places there are.

    places     in all; None: as many as the groups have together, or, without groups, no limit
    by_group   places kept for each group, taken out of `places`; whoever is in no group here, or in
               one that is full, competes for the rest
    left_over  what becomes of places that a group does not fill

    ValueError: a negative number, a group that is no word, groups with more places than there are.
    """

    places: int | None = None
    by_group: Mapping[str, int] = field(default_factory=dict)
    left_over: LeftOver = LeftOver.STAY

    def __post_init__(self) -> None:
        kept = dict(sorted(self.by_group.items()))
        object.__setattr__(self, "by_group", kept)
        if min((0, self.places or 0, *kept.values())) < 0:
            raise ValueError("a number of places is negative")
        if not all(is_word(group) for group in kept):
            raise ValueError("a group of the quota is no word")
        if self.places is not None and sum(kept.values()) > self.places:
            raise ValueError("the groups have more places than there are")

    @property
    def limit(self) -> int | None:
        """The most that can be placed; None: no limit."""
        if self.places is not None or not self.by_group:
            return self.places
        return sum(self.by_group.values())

    @property
    def open_places(self) -> int | None:
        """Places kept for no group; None: no limit."""
        return None if self.limit is None else self.limit - sum(self.by_group.values())


class Why(Enum):
    """Why somebody was placed, waits or is out."""

    GROUP_PLACE = "group-place"
    OPEN_PLACE = "open-place"
    WAITING = "waiting"
    NO_POINTS = "no-points"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one entrant came out as they did.

    position  place in the whole line, or, for who waits, in the waiting list; from 1
    group     the entrant's group
    """

    why: Why
    position: int
    group: str | None = None

    @property
    def label(self) -> Label:
        n, group = self.position, self.group
        if self.why is Why.GROUP_PLACE:
            return Label(
                f"排第{n}位，占“{group}”组名额", f"number {n} in line, a place of the group {group}"
            )
        if self.why is Why.OPEN_PLACE:
            return Label(f"排第{n}位，占不分组的名额", f"number {n} in line, a place open to all")
        if self.why is Why.WAITING:
            return Label(f"名额已满，候补第{n}位", f"no place left: number {n} on the waiting list")
        return Label("没有分数，不参加排名", "no points, and so not ranked")


@dataclass(frozen=True)
class Allotment:
    """Who got a place. Every entrant is in exactly one of the three.

    line      entrants in the order in which places were offered
    placed    ids, in that order
    waiting   ids, in that order: the waiting list
    left_out  ids of those who could not be put in order (`ranked` without points)
    reasons   for each id
    """

    line: tuple[Entrant, ...]
    placed: tuple[int, ...]
    waiting: tuple[int, ...]
    left_out: tuple[int, ...]
    reasons: Mapping[int, Reason]


def keyed_once(entrants: Iterable[Entrant]) -> tuple[Entrant, ...]:
    """The entrants. ValueError: two have the same id or key, which is our own mistake."""
    found = tuple(entrants)
    for what in (Counter(e.id for e in found), Counter(e.key for e in found)):
        twice = [word for word, count in what.items() if count > 1]
        if twice:
            raise ValueError(f"{twice[0]} takes part twice")
    return found
