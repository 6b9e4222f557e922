"""Records from anything that speaks Arrow: Polars, pandas, DuckDB, a table, a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from craftpath.engine.rules import Label
from craftpath.evidence.digest import content_hash
from craftpath.evidence.records import CHUNK_ROWS, Chunk, Records, RecordsError
from craftpath.evidence.tidy import columns_asked_for, match_columns, tidy

__all__ = ["records_from"]


def records_from(
    source: Any,
    name: str = "records",
    columns: Sequence[str] | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Records:
    """Records from any object with the Arrow PyCapsule interface.

    The data is held (not copied, where the other side shares its memory), since deciding reads it
    more than once and a stream can be read only once.
    """
    if hasattr(source, "__arrow_c_stream__"):
        reader = pa.RecordBatchReader.from_stream(source)
        schema, batches = reader.schema, list(reader)
    elif hasattr(source, "__arrow_c_array__"):
        batches = [pa.record_batch(source)]
        schema = batches[0].schema
    else:
        raise RecordsError(
            name,
            f"{type(source).__name__} 不能按 Arrow 读取（没有 __arrow_c_stream__）",
            f"a {type(source).__name__} cannot be read as Arrow (no __arrow_c_stream__)",
        )
    notes: list[Label] = []
    match = match_columns(name, schema.names, notes)
    read = partial(_read, name, batches, match, columns_asked_for(columns), chunk_rows)
    rows = sum(batch.num_rows for batch in batches)
    return Records(name, "arrow", read, lambda: content_hash(read()), rows, notes=notes)


def _read(
    name: str,
    batches: Sequence[pa.RecordBatch],
    match: dict[str, str],
    wanted: Sequence[str],
    chunk_rows: int,
) -> Iterator[Chunk]:
    present = [c for c in wanted if c in match]
    first = 1
    for batch in _of_size(batches, chunk_rows):
        arrays = {c: batch.column(match[c]) for c in present}
        yield tidy(name, wanted, arrays, first, batch.num_rows)
        first += batch.num_rows


def _of_size(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Small batches joined, large ones cut, so that each has about `rows`."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        for at in range(0, batch.num_rows, rows):
            piece = batch.slice(at, rows)
            if size and size + piece.num_rows > rows:
                yield pa.concat_batches(held)
                held, size = [], 0
            held.append(piece)
            size += piece.num_rows
    if held:
        yield held[0] if len(held) == 1 else pa.concat_batches(held)
