"""Is each row one that the pack can read? One pass over encoded rows, a code of `Reason` for each.

A row is looked at by itself first, then beside the earlier rows of its party (duplicates), then
in the light of what the party is: born, founded, both or neither. So the columns given have to
hold whole parties (`craftpath.evidence.parties`), and all of the columns: two insurance records
that differ only in their quantity are not duplicates.
"""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from craftpath.engine.columns import Columns
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Vocabulary
from craftpath.evidence.check_kernel import (
    ABOUT_ANY,
    ABOUT_ORGANISATION,
    ABOUT_PERSON,
    EARLIEST,
    LATEST,
    check,
)
from craftpath.evidence.reasons import Reason
from craftpath.evidence.records import Chunk
from craftpath.evidence.rejects import better_mend
from craftpath.evidence.schema import REJECTS, STATUSES

__all__ = ["CheckTables", "check_rows", "check_tables", "rejects_of"]

UInt8 = npt.NDArray[np.uint8]
Int64 = npt.NDArray[np.int64]


class CheckTables(NamedTuple):
    """The vocabulary as the kernel reads it; kinds in the vocabulary's order.

    listed   [kind] whether a subject belongs to it
    levels   [kind, rank + 128] whether the rank is on its scale
    scaled   [kind] whether it has levels at all
    measured [kind] whether it has a quantity; else what stands there is not looked at
    about    [kind] 0 person, 1 organisation, 2 any
    birth, founded  index of those kinds; -2 where the vocabulary has none
    """

    listed: npt.NDArray[np.bool_]
    levels: npt.NDArray[np.bool_]
    scaled: npt.NDArray[np.bool_]
    measured: npt.NDArray[np.bool_]
    about: npt.NDArray[np.int8]
    birth: int
    founded: int


def check_tables(vocabulary: Vocabulary) -> CheckTables:
    kinds = list(vocabulary.kinds.values())
    names = list(vocabulary.kinds)
    levels = np.zeros((len(kinds), 256), np.bool_)
    for at, kind in enumerate(kinds):
        if kind.scale is not None:
            for step in vocabulary.scales[kind.scale].steps:
                levels[at, step.rank + 128] = True
    abouts = {
        "person": ABOUT_PERSON,
        "organisation": ABOUT_ORGANISATION,
        "any": ABOUT_ANY,
    }
    return CheckTables(
        listed=np.array([k.codes is not None for k in kinds], np.bool_),
        levels=levels,
        scaled=np.array([k.scale is not None for k in kinds], np.bool_),
        measured=np.array([k.unit is not None for k in kinds], np.bool_),
        about=np.array([abouts[k.about] for k in kinds], np.int8),
        birth=names.index("birth") if "birth" in names else -2,
        founded=names.index("founded") if "founded" in names else -2,
    )


def check_rows(columns: Columns, tables: CheckTables) -> UInt8:
    """For each row 0, or the code of the `Reason` to turn it away. Whole parties only."""
    # One type for the compiler, whether or not an array is a view of Arrow's memory.
    frozen = Columns(*(_read_only(column) for column in columns))
    reasons: UInt8 = check(frozen, tables)
    return reasons


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


# --- the rejects ------------------------------------------------------------------------------


def rejects_of(chunk: Chunk, reasons: UInt8, vocabulary: Vocabulary) -> pa.RecordBatch:
    """All of the chunk's rejects, from reading and from checking, in the order of their rows.

    `reasons` is what `check_rows` found for `chunk.batch`. Schema `REJECTS`.
    """
    tables = [chunk.rejects]
    for code in np.unique(reasons[reasons != 0]):
        at = np.flatnonzero(reasons == code)
        tables.append(_of_one_reason(chunk, at, Reason.of(int(code)), vocabulary))
    if len(tables) == 1:
        return chunk.rejects
    table = pa.Table.from_batches(tables, REJECTS).sort_by("row")
    return table.combine_chunks().to_batches()[0]


def _of_one_reason(
    chunk: Chunk, at: Int64, reason: Reason, vocabulary: Vocabulary
) -> pa.RecordBatch:
    rows = chunk.batch.take(pa.array(at))
    kinds = rows.column("kind").cast(pa.string())
    if reason is Reason.DAY_OUT_OF_RANGE:
        columns, values = _days_out_of_range(rows)
    else:
        columns = pa.array([reason.column] * len(at), pa.string())
        values = (
            rows.column(reason.column).cast(pa.string())
            if reason.column is not None
            else pa.nulls(len(at), pa.string())
        )
    mends = _mends(reason, kinds, values, vocabulary)
    return pa.RecordBatch.from_arrays(
        [
            pa.array(chunk.row_numbers(at)),
            rows.column("party"),
            kinds,
            columns,
            values,
            pa.array([reason.id] * len(at)),
            pa.array([reason.text.zh] * len(at)),
            pa.array([reason.text.en] * len(at)),
            pa.array([m.zh for m in mends]),
            pa.array([m.en for m in mends]),
        ],
        schema=REJECTS,
    )


def _days_out_of_range(rows: pa.RecordBatch) -> tuple[pa.Array, pa.Array]:
    """The first column of each row whose day lies outside, and that day."""
    columns: list[str | None] = [None] * rows.num_rows
    values: list[str | None] = [None] * rows.num_rows
    for name in ("known_until", "known", "end", "start"):  # the first in the file's order wins
        days = rows.column(name).view(pa.int32()).fill_null(EARLIEST).to_numpy()
        for i in np.flatnonzero((days < EARLIEST) | (days > LATEST)).tolist():
            columns[i], values[i] = name, _iso(int(days[i]))
    return pa.array(columns, pa.string()), pa.array(values, pa.string())


def _iso(day: int) -> str:
    """A day as text, also beyond the years that Python counts."""
    return str(np.datetime64(day, "D"))


def _mends(
    reason: Reason, kinds: pa.Array, values: pa.Array, vocabulary: Vocabulary
) -> list[Label]:
    known: dict[tuple[str | None, str | None], Label] = {}
    mends: list[Label] = []
    for pair in zip(kinds.to_pylist(), values.to_pylist(), strict=True):
        if pair not in known:
            known[pair] = _mend(reason, *pair, vocabulary)
        mends.append(known[pair])
    return mends


def _mend(reason: Reason, kind: str | None, value: str | None, vocabulary: Vocabulary) -> Label:
    """How to mend it, with what the vocabulary has to say about this kind."""
    if reason is Reason.UNKNOWN_KIND:
        close = difflib.get_close_matches(value or "", list(vocabulary.kinds), n=1)
        return better_mend(reason, close[0] if close else None)
    if reason is Reason.BAD_STATUS:
        close = difflib.get_close_matches((value or "").lower(), STATUSES, n=1)
        return better_mend(reason, close[0] if close else None)
    meant = vocabulary.kinds.get(kind or "")
    if reason is Reason.UNKNOWN_CODE and meant is not None:
        return Label(
            f"核对代码和版本：{kind} 的代码表是 {meant.codes}",
            f"check the code and its edition: {kind} takes codes of the list {meant.codes}",
        )
    if reason is Reason.LEVEL_OFF_SCALE and meant is not None and meant.scale is not None:
        ranks = ", ".join(str(step.rank) for step in vocabulary.scales[meant.scale].steps)
        return Label(
            f"{kind} 的等级序位是 {ranks}（由低到高）", f"ranks of {kind}: {ranks} (low to high)"
        )
    return reason.mend
