"""What both grammars share: which words of the vocabulary a pattern needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from craftpath.engine.days import Interval
from craftpath.engine.rules import (
    Accumulated,
    Age,
    AllOf,
    Amount,
    AnyOf,
    AnySubject,
    Calendar,
    FocusIn,
    HeldFor,
    Holds,
    Label,
    NoneOf,
    OneOf,
    Pattern,
    Pending,
    SameAsFocus,
    Test,
    Total,
    Within,
)
from craftpath.engine.vocabulary import Kind, Step, Vocabulary
from craftpath.pack.reach import intersection
from craftpath.pack.tables import COMMON_UNITS

__all__ = ["Speech", "dated"]

_MOST_NAMES = 6


@dataclass(frozen=True)
class Speech(ABC):
    """A grammar with the vocabulary it speaks from. Subclasses say the sentences.

    focus  the code to be named in place of "this occupation"; None: say "this"
    party  whom the rule is about, "person" or "organisation"
    """

    vocabulary: Vocabulary
    focus: str | None = None
    party: str = "person"

    lang: ClassVar[str]

    def test(self, test: Test) -> str:
        """A condition in words."""
        match test:
            case Age():
                return self.age(test)
            case Holds(pattern):
                return self.holds(pattern)
            case HeldFor():
                return self.held_for(test)
            case Accumulated():
                return self.accumulated(test)
            case Total():
                return self.total(test)
            case Within():
                return self.within(test)
            case Calendar():
                return self.calendar(test)
            case FocusIn():
                return self.focus_in(test)
            case AllOf(tests):
                return self.all_of(tests)
            case AnyOf(tests):
                return self.any_of(tests)
            case NoneOf(tests):
                return self.none_of(tests)
            case Pending(why):
                return self.pending(why)

    @abstractmethod
    def noun(self, pattern: Pattern) -> str: ...
    @abstractmethod
    def age(self, test: Age) -> str: ...
    @abstractmethod
    def holds(self, pattern: Pattern) -> str: ...
    @abstractmethod
    def held_for(self, test: HeldFor) -> str: ...
    @abstractmethod
    def accumulated(self, test: Accumulated) -> str: ...
    @abstractmethod
    def total(self, test: Total) -> str: ...
    @abstractmethod
    def within(self, test: Within) -> str: ...
    @abstractmethod
    def calendar(self, test: Calendar) -> str: ...
    @abstractmethod
    def focus_in(self, test: FocusIn) -> str: ...
    @abstractmethod
    def all_of(self, tests: tuple[Test, ...]) -> str: ...
    @abstractmethod
    def any_of(self, tests: tuple[Test, ...]) -> str: ...
    @abstractmethod
    def none_of(self, tests: tuple[Test, ...]) -> str: ...
    @abstractmethod
    def pending(self, why: Label) -> str: ...
    @abstractmethod
    def amount(self, amount: Amount, within: Interval) -> str: ...
    @abstractmethod
    def money(self, value: float, unit: str) -> str: ...

    # --- words of the vocabulary ---

    def kind(self, id: str) -> Kind:
        """A kind, or a stand-in of its id where the vocabulary is not the pattern's own."""
        return self.vocabulary.kinds.get(id) or Kind(id, Label(id, id))

    def label(self, id: str) -> str:
        return self.kind(id).label[self.lang]

    def said(self, id: str) -> str | None:
        """What having such a record is called, with `{subject}`."""
        label: Label | None = getattr(self.kind(id), "said", None)
        return label[self.lang] if label else None

    def role(self, id: str) -> str:
        kind = self.kind(id)
        label: Label | None = getattr(kind, "role", None)
        return label[self.lang] if label else kind.other or ""

    def units(self, id: str) -> str:
        """The unit of a kind's quantity."""
        kind = self.kind(id)
        label: Label | None = getattr(kind, "units", None)
        return label[self.lang] if label else self.unit(kind.unit or "")

    def unit(self, unit: str) -> str:
        label = COMMON_UNITS.get(unit)
        return label[self.lang] if label else unit

    def list_label(self, id: str | None) -> str:
        found = self.vocabulary.lists.get(id or "")
        return found.label[self.lang] if found else ""

    def step(self, kind: str, rank: int | None) -> str | None:
        """What a level is called."""
        if rank is None:
            return None
        scale = self.vocabulary.scales.get(self.kind(kind).scale or "")
        step: Step | None = scale.by_rank(rank) if scale else None
        return step.label[self.lang] if step else str(rank)

    def top_of(self, kind: str, rank: int | None) -> bool:
        """Whether a rank is the highest of its scale, so that "or above" would say nothing."""
        scale = self.vocabulary.scales.get(self.kind(kind).scale or "")
        return scale is not None and bool(scale.steps) and scale.steps[-1].rank == rank

    def focus_name(self) -> str | None:
        """The focus by its name, where it is known."""
        if self.focus is None:
            return None
        for codes in self.vocabulary.lists.values():
            if self.focus in codes.codes:
                return codes.codes[self.focus].label[self.lang]
        return self.focus

    def names(self, codes: Iterable[str], list_id: str | None) -> list[str]:
        """The names of codes in list order, the first few; then how many there are in all."""
        found = self.vocabulary.lists.get(list_id or "")
        wanted = set(codes)
        order = [c for c in found.codes if c in wanted] if found else sorted(wanted)
        shown = order if len(order) <= _MOST_NAMES else order[: _MOST_NAMES - 1]
        return [found.codes[c].label[self.lang] if found else c for c in shown]

    def list_of(self, codes: Iterable[str]) -> str | None:
        """The list that holds all of these codes."""
        wanted = frozenset(codes)
        return next(
            (id for id, codes in self.vocabulary.lists.items() if wanted <= codes.codes.keys()),
            None,
        )

    def is_named(self, pattern: Pattern) -> bool:
        """Whether the subject is a thing of its own (a place, an honour), not the trade asked."""
        return isinstance(pattern.subject, OneOf) and self.kind(pattern.kind).scale is None

    def asks_any(self, pattern: Pattern) -> bool:
        return isinstance(pattern.subject, AnySubject)

    def asks_focus(self, pattern: Pattern) -> bool:
        return isinstance(pattern.subject, SameAsFocus)


def dated(amount: Amount, within: Interval) -> list[tuple[Interval, float]] | None:
    """The amount's values by days, cut to `within`; None where other tests decide."""
    found: list[tuple[Interval, float]] = []
    for test, value in amount.cases:
        spans: tuple[Interval, ...] = (Interval(),)
        if isinstance(test, Calendar):
            spans = test.intervals
        elif test is not None:
            return None
        found.extend((days, value) for days in intersection(spans, (within,)))
    if len({value for _, value in found}) == 1:
        return [(Interval(), found[0][1])]
    return found
