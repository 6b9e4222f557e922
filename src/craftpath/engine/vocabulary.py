"""The words a pack gives the engine: kinds of records, scales, code lists, relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from craftpath.engine.rules import Label

__all__ = ["Code", "CodeList", "Kind", "Relation", "Scale", "Step", "Vocabulary"]


@dataclass(frozen=True)
class Step:
    """One rung: `rank` stands in records (low to high); `code` is what the law writes ("3")."""

    rank: int
    code: str
    label: Label


@dataclass(frozen=True)
class Scale:
    id: str
    steps: tuple[Step, ...]

    def by_rank(self, rank: int) -> Step | None:
        return next((s for s in self.steps if s.rank == rank), None)

    def by_code(self, code: str) -> Step | None:
        return next((s for s in self.steps if s.code == code), None)


@dataclass(frozen=True)
class Code:
    code: str
    label: Label
    parent: str | None = None
    edition: str | None = None


_UNNAMED = Label("", "")


@dataclass(frozen=True)
class CodeList:
    """Codes in a fixed order. `aliases` maps a code of another edition to the code used here."""

    id: str
    codes: Mapping[str, Code]
    aliases: Mapping[str, str] = field(default_factory=dict)
    label: Label = _UNNAMED


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    about    "person", "organisation" or "any": whose fact it is
    codes    the code list of `subject`; None: no subject
    scale    the scale of `level`; None: no level
    unit     the unit of `quantity`; None: no quantity
    other    the role of the other party (label id, "employer"); None: no other party
    open     we may not have been told, so absence settles nothing; else absence means no
    once     a party has one such record (birth, sex): two that say different things contradict
    """

    id: str
    label: Label
    about: str = "person"
    codes: str | None = None
    scale: str | None = None
    unit: str | None = None
    other: str | None = None
    open: bool = False
    once: bool = False


@dataclass(frozen=True)
class Relation:
    """For a focus code of list `focus`, the related codes of list `subject` (itself included)."""

    focus: str
    subject: str
    pairs: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Vocabulary:
    kinds: Mapping[str, Kind]
    scales: Mapping[str, Scale]
    lists: Mapping[str, CodeList]
    relations: tuple[Relation, ...] = ()

    def relation(self, focus: str, subject: str) -> Relation | None:
        return next((r for r in self.relations if r.focus == focus and r.subject == subject), None)
