"""The nouns of an import. All are frozen and need no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from craftpath.engine.rules import Label

__all__ = ["Cell", "FactSaid", "Line", "PartySaid", "Problem", "Wrong"]

#: What a spreadsheet's reader gives: text, numbers, days, truth values; "" or None where empty.
Cell: TypeAlias = Any


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a value, and how to mend it."""

    text: Label
    mend: Label


@dataclass(frozen=True)
class Problem:
    """A bad cell by its place. `row` is the spreadsheet's own number; `column` the heading as it
    stands in the file, "" where the whole row is meant; `value` is masked where it is a number of
    somebody's."""

    sheet: str
    row: int
    column: str
    value: str
    wrong: Wrong

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        text, mend = self.wrong.text, self.wrong.mend
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "text": [text.zh, text.en],
            "mend": [mend.zh, mend.en],
        }


@dataclass(frozen=True)
class PartySaid:
    """Whom a row is about, as said. `born`: birth date, or day of founding; None: not said.

    new    it may be added where its number is not registered
    sure   the number says `born`, or whoever brings the sheet may vouch for it; else it is claimed
    """

    scheme: str
    number: str
    digest: str
    name: str = ""
    name_en: str = ""
    born: dt.date | None = None
    region: str = ""
    new: bool = False
    sure: bool = False


@dataclass(frozen=True)
class FactSaid:
    """One record that a row says. `other` is the number of a party that is registered."""

    kind: str
    start: dt.date
    subject: str | None = None
    level: int | None = None
    end: dt.date | None = None
    quantity: float | None = None
    other: int | None = None
    verified: bool = False

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for the same fact of a party, whoever vouches for it."""
        return (
            self.kind,
            self.subject,
            self.level,
            self.start,
            self.end,
            self.quantity,
            self.other,
        )

    @property
    def same_start(self) -> tuple[Any, ...]:
        """Equal for facts that differ in their end alone: one of them is to be corrected."""
        return (self.kind, self.subject, self.level, self.start, self.quantity, self.other)


@dataclass(frozen=True)
class Line:
    """A row that passed: whom it is about and what it says of them. `row` as in the spreadsheet."""

    row: int
    party: PartySaid
    facts: tuple[FactSaid, ...] = field(default=())
