"""Who sits where, worked out from what there is; no database, no chance of its own.

Candidates come in an order shuffled by the seed. Each part is a matching of candidates to halls
(one session in one room): whoever finds every fitting hall full makes room by moving others, so
that nobody of one part is left out who could have been seated. Parts are matched one after
another around the hours already taken, in every order of the parts until one seats everybody.
Where hours of several parts overlap in a tangle, a seating may exist that is not found.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

__all__ = ["Hall", "Seating", "Sitter", "allot"]

Key = tuple[int, str]
"""(candidate, part)"""


@dataclass(frozen=True)
class Hall:
    """A session in a room, from `starts` until `ends`, the last moment out. `seats`: how many can
    sit there, by the room and by who looks on."""

    id: int
    part: str
    starts: dt.datetime
    ends: dt.datetime
    seats: int

    def meets(self, other: Hall) -> bool:
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True)
class Sitter:
    """A candidate, the parts still to sit, where they work (None: nowhere), and the halls in which
    somebody looks on who must not."""

    id: int
    parts: tuple[str, ...]
    employer: int | None = None
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Seating:
    """Hall and number of each candidate's part, and those for whom there is none."""

    seats: Mapping[Key, tuple[int, int]]
    left: tuple[Key, ...]


def allot(
    sitters: Sequence[Sitter],
    halls: Sequence[Hall],
    seed: str,
    kept: Mapping[Key, tuple[int, int]] | None = None,
) -> Seating:
    """Seat everybody, once for each part.

    kept  seats that stay as they are: hall and number; they have to fit one another
    """
    parts = list(dict.fromkeys(part for one in sitters for part in one.parts))
    line = sorted(sitters, key=lambda one: _turn(seed, one.id))
    best: _Try | None = None
    for order in permutations(sorted(parts)):
        found = _Try(line, halls, kept or {})
        for part in order:
            found.match(part)
        if best is None or len(found.left) < len(best.left):
            best = found
        if not best.left:
            break
    if best is None:
        return Seating({}, ())
    return Seating(_numbered(best.at, line, kept or {}), tuple(sorted(best.left)))


def _turn(seed: str, id: int) -> str:
    return hashlib.sha256(f"{seed} {id}".encode()).hexdigest()


@dataclass
class _Try:
    line: Sequence[Sitter]
    halls: Sequence[Hall]
    kept: Mapping[Key, tuple[int, int]]
    at: dict[Key, int] = field(default_factory=dict)
    left: list[Key] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_id = {hall.id: hall for hall in self.halls}
        self.order = sorted(self.halls, key=lambda hall: (hall.starts, hall.id))
        self.in_hall: dict[int, set[int]] = defaultdict(set)
        self.sitters = {one.id: one for one in self.line}
        for (id, part), (hall, _) in self.kept.items():
            self.at[id, part] = hall
            self.in_hall[hall].add(id)

    def match(self, part: str) -> None:
        halls = [hall for hall in self.order if hall.part == part]
        for one in self.line:
            if part not in one.parts or (one.id, part) in self.at:
                continue
            if not self._seat(one, part, halls):
                self.left.append((one.id, part))

    def _seat(self, one: Sitter, part: str, halls: Sequence[Hall]) -> bool:
        """Breadth first over halls: `came[hall]` is who would move there, and from which hall. The
        first that is found with a free seat ends it."""
        came: dict[int, tuple[Sitter, int | None]] = {}
        waiting: deque[int] = deque()
        for hall in halls:
            if self._fits(one, part, hall):
                came[hall.id] = (one, None)
                if self._is_free(hall):
                    self._shift(part, hall.id, came)
                    return True
                waiting.append(hall.id)
        while waiting:
            id = waiting.popleft()
            for other in sorted(self.in_hall[id]):
                if (other, part) in self.kept:
                    continue
                for hall in halls:
                    if hall.id not in came and self._fits(self.sitters[other], part, hall):
                        came[hall.id] = (self.sitters[other], id)
                        if self._is_free(hall):
                            self._shift(part, hall.id, came)
                            return True
                        waiting.append(hall.id)
        return False

    def _is_free(self, hall: Hall) -> bool:
        return len(self.in_hall[hall.id]) < hall.seats

    def _shift(self, part: str, id: int, came: Mapping[int, tuple[Sitter, int | None]]) -> None:
        to: int | None = id
        while to is not None:
            who, was = came[to]
            if was is not None:
                self.in_hall[was].discard(who.id)
            self.in_hall[to].add(who.id)
            self.at[who.id, part] = to
            to = was

    def _fits(self, one: Sitter, part: str, hall: Hall) -> bool:
        if hall.seats <= 0 or hall.id in one.barred:
            return False
        return not any(
            hall.meets(self.by_id[self.at[one.id, other]])
            for other in one.parts
            if other != part and (one.id, other) in self.at
        )


# --- numbers -------------------------------------------------------------------------------


def _numbered(
    at: Mapping[Key, int], line: Sequence[Sitter], kept: Mapping[Key, tuple[int, int]]
) -> dict[Key, tuple[int, int]]:
    """Seats numbered from 1 in each hall; kept ones keep theirs, others take the free numbers."""
    people: dict[tuple[int, str], list[Sitter]] = defaultdict(list)
    for one in line:
        for part in one.parts:
            if (one.id, part) in at and (one.id, part) not in kept:
                people[at[one.id, part], part].append(one)
    taken: dict[int, set[int]] = defaultdict(set)
    for hall, number in kept.values():
        taken[hall].add(number)
    found = dict(kept)
    for (hall, part), new in people.items():
        free = _free(taken[hall], len(new))
        for one, number in zip(_apart(new), free, strict=True):
            found[one.id, part] = (hall, number)
    return found


def _free(taken: set[int], many: int) -> list[int]:
    numbers: list[int] = []
    at = 1
    while len(numbers) < many:
        if at not in taken:
            numbers.append(at)
        at += 1
    return numbers


def _apart(people: Iterable[Sitter]) -> list[Sitter]:
    """The same people, so that no two neighbours work for the same employer, as far as there are
    others to sit between them; otherwise in the order given."""
    left, order = list(people), []
    counts = Counter(one.employer for one in left if one.employer is not None)
    last: int | None = None
    while left:
        # An employer with more than half of those who are left has to go now, or never apart.
        most = max(counts.values(), default=0)
        pressing = {key for key, many in counts.items() if 2 * many > len(left) and key != last}
        fitting = [one for one in left if one.employer is None or one.employer != last]
        first = [one for one in fitting if one.employer in pressing] if most else []
        chosen = (first or fitting or left)[0]
        left.remove(chosen)
        order.append(chosen)
        if chosen.employer is not None:
            counts[chosen.employer] -= 1
        last = chosen.employer
    return order
