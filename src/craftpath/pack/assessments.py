"""The nouns of how a level is assessed, as a pack lays it down: parts, time, and who looks on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from craftpath.engine.rules import Label
from craftpath.pack.programmes import Citation

__all__ = ["EXAMINERS", "PARTS", "Assessments", "Minutes", "Number", "PartRules", "Staffing"]

#: The parts that there can be, and what somebody does in one.
PARTS = ("theory", "skill", "review")
EXAMINERS = ("invigilator", "assessor", "reviewer")


@dataclass(frozen=True)
class Number:
    """A number, and the text that it comes from."""

    value: int
    cited: Citation


@dataclass(frozen=True)
class Minutes:
    """The least that a part takes.

    each  of each candidate, one after another; else of the session, all together
    """

    least: int
    each: bool
    cited: Citation


@dataclass(frozen=True)
class Staffing:
    """How many look on or judge in a session of a part.

    least  how few there may be, however few the candidates
    each   candidates to one of them at the most; None: their number does not depend on it
    odd    a panel that cannot be of two equal halves
    """

    role: str
    least: int
    each: int | None
    odd: bool
    cited: Citation

    def needed(self, candidates: int) -> int:
        """How many are needed for so many candidates; nobody where there are none."""
        if candidates <= 0:
            return 0
        ratio = -(-candidates // self.each) if self.each else 0
        many = max(self.least, ratio)
        return many + 1 if self.odd and many % 2 == 0 else many

    def most(self, there: int) -> int | None:
        """How many candidates so many of them are enough for; None: any number."""
        if there < self.least or (self.odd and there % 2 == 0):
            return 0
        return None if self.each is None else self.each * there


@dataclass(frozen=True)
class PartRules:
    """One part of the assessment of one occupation at one level.

    minutes  None: not found for this occupation; `pending` has the word on it
    """

    id: str
    label: Label
    cited: Citation
    minutes: Minutes | None
    staffing: Staffing
    pending: Mapping[str, Label] = field(default_factory=dict)

    def seats(self, room: int, minutes: int) -> int:
        """How many can be there in a session of so many minutes in a room of so many seats."""
        if self.minutes is not None and self.minutes.each:
            return minutes // self.minutes.least
        return room


@dataclass(frozen=True)
class Assessments:
    """How levels are assessed.

    gives     the kind of record that comes of it; its scale and code list are the levels and
              occupations spoken of here
    full, passes   the mark that there is to be had in each part, and the one that passes it
    parts     in the order in which they are sat; `levels`: by part, the ranks that ask for it
    standards what single occupations lay down otherwise: by part and occupation
    """

    gives: str
    full: Number
    passes: Number
    parts: tuple[PartRules, ...]
    levels: Mapping[str, frozenset[int]]
    standards: Mapping[tuple[str, str], PartRules] = field(default_factory=dict)

    def parts_for(self, occupation: str, level: int) -> tuple[PartRules, ...]:
        """What an occupation is assessed by at a level; none: such a level is not assessed, those
        who hold it are appointed."""
        return tuple(
            self.standards.get((part.id, occupation), part)
            for part in self.parts
            if level in self.levels[part.id]
        )
