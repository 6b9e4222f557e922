"""Rejected rows as a table: where, what stood there, why, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from craftpath.engine.rules import Label
from craftpath.evidence.reasons import Reason
from craftpath.evidence.schema import REJECTS

__all__ = ["Reject", "better_mend", "rejects_table"]


@dataclass(frozen=True)
class Reject:
    """`better`: the value as it should have been written, where that is clear."""

    row: int
    party: int | None
    kind: str | None
    column: str | None
    value: str | None
    reason: Reason
    better: str | None = None


def better_mend(reason: Reason, better: str | None) -> Label:
    return reason.mend if better is None else Label(f"改写为 {better}", f"write {better}")


def rejects_table(rejects: Sequence[Reject]) -> pa.RecordBatch:
    """In the schema `REJECTS`, in the order given."""
    mends = [better_mend(r.reason, r.better) for r in rejects]
    columns = [
        [r.row for r in rejects],
        [r.party for r in rejects],
        [r.kind for r in rejects],
        [r.column for r in rejects],
        [r.value for r in rejects],
        [r.reason.id for r in rejects],
        [r.reason.text.zh for r in rejects],
        [r.reason.text.en for r in rejects],
        [m.zh for m in mends],
        [m.en for m in mends],
    ]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, REJECTS, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=REJECTS)
