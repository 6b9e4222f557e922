"""Columns as they were found → columns as they should be; rows that cannot be are set apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from craftpath.engine.rules import Label
from craftpath.evidence.parse import Bad, CannotConvert, Converted, convert
from craftpath.evidence.reasons import Reason
from craftpath.evidence.records import Chunk, RecordsError
from craftpath.evidence.rejects import Reject, rejects_table
from craftpath.evidence.schema import OPTIONAL, RECORDS, REQUIRED

__all__ = ["columns_asked_for", "match_columns", "tidy"]


def match_columns(name: str, found: Sequence[str], notes: list[Label]) -> dict[str, str]:
    """Canonical column → column of the file. Order is free; blanks and capitals do not matter."""
    match: dict[str, str] = {}
    extra: list[str] = []
    for column in found:
        tidy = column.strip().lower()
        if tidy not in RECORDS.names:
            extra.append(column)
        elif tidy in match:
            raise RecordsError(
                name, f"有两列 {tidy}，请只留一列", f"has two columns `{tidy}`; keep one of them"
            )
        else:
            match[tidy] = column
    missing = [c for c in REQUIRED if c not in match]
    if missing:
        words = "、".join(missing), ", ".join(f"`{c}`" for c in missing)
        seen = ", ".join(found[:12]) + (" …" if len(found) > 12 else "")
        raise RecordsError(
            name,
            f"缺少必需的列 {words[0]}（现有：{seen}），请补上",
            f"lacks {words[1]} (it has: {seen}); add what is missing to the file",
        )
    absent = [c for c in OPTIONAL if c not in match]
    if absent:
        listed = "、".join(absent), ", ".join(absent)
        notes.append(
            Label(
                f"缺少的列按空值处理：{listed[0]}", f"columns not there, read as empty: {listed[1]}"
            )
        )
    if extra:
        listed = "、".join(extra), ", ".join(extra)
        notes.append(Label(f"忽略多余的列：{listed[0]}", f"other columns, ignored: {listed[1]}"))
    return match


def columns_asked_for(columns: Sequence[str] | None) -> tuple[str, ...]:
    if columns is None:
        return tuple(RECORDS.names)
    unknown = [c for c in columns if c not in RECORDS.names]
    if unknown:
        raise ValueError(f"no such column of a record: {unknown}")
    return tuple(c for c in RECORDS.names if c in columns or c == "party")


def tidy(
    name: str,
    wanted: Sequence[str],
    arrays: Mapping[str, pa.Array],
    first: int,
    count: int,
    rows: npt.NDArray[np.int64] | None = None,
    early: Sequence[Reject] = (),
) -> Chunk:
    """Arrays as found → a chunk in the canonical schema, its unreadable rows set apart.

    arrays  by canonical column; a column that is not among them is read as empty
    early   rejects of rows that are not among `arrays` at all (a CSV row of another width)
    """
    made = {column: _converted(name, column, arrays.get(column), count) for column in wanted}
    batch = pa.RecordBatch.from_arrays(
        [converted.array for converted in made.values()],
        schema=pa.schema([RECORDS.field(column) for column in wanted]),
    )
    bad = _bad_rows(made)
    if not bad and not early:
        return Chunk(batch, first, rows)
    numbers = np.arange(first, first + count, dtype=np.int64) if rows is None else rows
    rejects = [*early, *_rejects(batch, arrays, bad, numbers)]
    rejects.sort(key=lambda reject: reject.row)
    keep = np.ones(count, np.bool_)
    keep[list(bad)] = False
    return Chunk(batch.filter(pa.array(keep)), first, numbers[keep], rejects_table(rejects))


def _converted(name: str, column: str, array: pa.Array | None, count: int) -> Converted:
    wanted = RECORDS.field(column).type
    if array is None:
        return Converted(pa.nulls(count, wanted))
    try:
        return convert(column, array)
    except CannotConvert as found:
        raise RecordsError(
            name,
            f"{column} 列的类型是 {found}，不能读作 {wanted}，请改正该列类型",
            f"column `{column}` is {found}, which cannot be read as {wanted}; change its type",
        ) from None


def _bad_rows(made: Mapping[str, Converted]) -> dict[int, tuple[str, Bad]]:
    """Position → (column, what is wrong there): the first trouble of each row."""
    bad: dict[int, tuple[str, Bad]] = {}
    for column, converted in made.items():
        for at, why in zip(converted.bad.tolist(), converted.reasons, strict=True):
            bad.setdefault(at, (column, why))
    party = made["party"].array
    if party.null_count:
        for at in np.flatnonzero(party.is_null().to_numpy(zero_copy_only=False)).tolist():
            bad.setdefault(at, ("party", Bad(Reason.NO_PARTY)))
    return bad


def _rejects(
    batch: pa.RecordBatch,
    arrays: Mapping[str, pa.Array],
    bad: Mapping[int, tuple[str, Bad]],
    numbers: npt.NDArray[np.int64],
) -> list[Reject]:
    kinds = batch.column("kind") if "kind" in batch.schema.names else None
    return [
        Reject(
            row=int(numbers[at]),
            party=batch.column("party")[at].as_py(),
            kind=_said(kinds, at),
            column=column,
            value=_said(arrays.get(column), at),
            reason=why.reason,
            better=why.better,
        )
        for at, (column, why) in bad.items()
    ]


def _said(array: pa.Array | None, at: int) -> str | None:
    value = None if array is None else array[at].as_py()
    return None if value is None else str(value)
