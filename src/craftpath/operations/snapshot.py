"""The records file that the engine reads, written from the database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import F
from django.db.models.functions import Coalesce

from craftpath.evidence.schema import RECORDS
from craftpath.evidence.write import atomic_path
from craftpath.registry.models import Record

__all__ = ["write_snapshot"]

#: Rows to a row group. It may cut a life in two: whoever reads carries the last party over.
GROUP = 1 << 18
_FETCH = 20_000


def write_snapshot(path: str | os.PathLike[str]) -> int:
    """Every record ever written, sorted by party; returns how many. The file is whole or not there.

    Superseded and voided rows are in it with the day until which they were known, so that an
    earlier day of knowledge can be asked. A merged party's records stand under whom it went into.
    """
    rows = 0
    with (
        atomic_path(path) as temporary,
        pq.ParquetWriter(
            temporary,
            RECORDS,
            compression="zstd",
            compression_level=1,
            write_page_checksum=True,
            use_dictionary=[name for name in RECORDS.names if name not in ("party", "other")],
        ) as writer,
    ):
        for batch in _batches():
            writer.write_batch(batch, row_group_size=GROUP)
            rows += batch.num_rows
    return rows


def _batches() -> Iterator[pa.RecordBatch]:
    found = (
        Record.objects.annotate(
            holder=Coalesce(F("party__merged_into"), F("party")),
            toward=Coalesce(F("other__merged_into"), F("other")),
        )
        .order_by("holder", "pk")
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
        .iterator(chunk_size=_FETCH)
    )
    while rows := list(islice(found, GROUP)):
        columns = zip(*rows, strict=True)
        yield pa.RecordBatch.from_arrays(
            [_column(values, field) for values, field in zip(columns, RECORDS, strict=True)],
            schema=RECORDS,
        )


def _column(values: tuple[object, ...], field: pa.Field) -> pa.Array:
    if pa.types.is_dictionary(field.type):
        return pa.array(values, pa.string()).dictionary_encode().cast(field.type)
    return pa.array(values, field.type)
