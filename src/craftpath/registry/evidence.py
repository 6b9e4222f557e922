"""What the registry offers the engine: lives as columns of the records table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from craftpath.registry.models import Record
from craftpath.registry.queries import selves

__all__ = ["COLUMNS", "columns_of", "life_rows", "rows_of", "rows_where"]

#: In the order of the records table; `party` and `other` are whom a merged party went into.
COLUMNS = (
    "party",
    "kind",
    "subject",
    "level",
    "start",
    "end",
    "quantity",
    "other",
    "status",
    "known",
    "known_until",
)

Row = tuple[Any, ...]


def columns_of(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Rows turned round, as the engine takes them; empty columns where there is no row."""
    return {name: [row[at] for row in rows] for at, name in enumerate(COLUMNS)}


def rows_of(parties: Iterable[int]) -> list[Row]:
    """The records of parties (and of those merged into them), sorted by party, as tuples."""
    return rows_where(Q(party__in=selves(parties)))


def life_rows(party: int) -> tuple[list[Row], list[Row]]:
    """(the party's own records, those of the organisations that they point to)"""
    own = rows_of([party])
    others = {row[7] for row in own if row[7] is not None} - {party}
    return own, rows_of(sorted(others)) if others else []


def rows_where(chosen: Q) -> list[Row]:
    """Chosen records as tuples, sorted by party."""
    found = (
        Record.objects.filter(chosen)
        .annotate(
            holder=Coalesce(F("party__merged_into"), F("party")),
            toward=Coalesce(F("other__merged_into"), F("other")),
        )
        .order_by("holder", "start", "pk")
        .values_list(
            "holder",
            "kind",
            "subject",
            "level",
            "start",
            "end",
            "quantity",
            "toward",
            "status",
            "known",
            "known_until",
        )
    )
    return list(found)
