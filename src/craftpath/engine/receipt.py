"""What an answer rests on: the same receipt gives the same answer again, bit for bit."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from craftpath.engine.rules import Rule
from craftpath.version import __version__

__all__ = ["RECEIPT_KEY", "Receipt", "rule_versions"]

RECEIPT_KEY = "craftpath.receipt"
"""Where a decisions table or file carries its receipt, as JSON, in its metadata."""


@dataclass(frozen=True)
class Receipt:
    """Carried by every decisions file and every explanation.

    pack_hash sha256 over the names and bytes of the pack's files
    rules     "rule@first day" of every version that could speak, in pack order
    records   sha256 of the records file's bytes (of an Arrow stream: of its contents)
    as_of, known_on   the day asked and the day of knowledge, YYYY-MM-DD
    all_rows  whether rows with the verdict "never" were written
    engine    the version of craftpath
    """

    pack: str
    pack_version: str
    pack_hash: str
    rules: tuple[str, ...]
    records: str
    as_of: str
    known_on: str
    all_rows: bool = False
    engine: str = __version__

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """The receipt that `to_json` wrote. ValueError or TypeError: that is no receipt."""
        found = json.loads(text)
        return cls(**found | {"rules": tuple(found["rules"])})


def rule_versions(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Every version of the rules as "rule@first day"; "rule@" where a version has no first day."""

    def first(day: dt.date | None) -> str:
        return "" if day is None else day.isoformat()

    return tuple(f"{r.id}@{first(v.in_force.start)}" for r in rules for v in r.versions)
