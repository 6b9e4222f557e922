"""The fixed columns of a records file, and of the rejects that checking it leaves over.

`RECORDS` is the evidence file of the whole project: one row is one dated fact about a party,
sorted by party (see `docs/records.md`). Days are date32, [start, end).
"""

from __future__ import annotations

import pyarrow as pa

__all__ = ["OPTIONAL", "RECORDS", "REJECTS", "REQUIRED", "STATUSES", "empty_rejects"]

WORDS = pa.dictionary(pa.int32(), pa.string())

RECORDS = pa.schema(
    [
        pa.field("party", pa.int64(), nullable=False),
        pa.field("kind", WORDS),
        pa.field("subject", WORDS),
        pa.field("level", pa.int8()),
        pa.field("start", pa.date32()),
        pa.field("end", pa.date32()),
        pa.field("quantity", pa.float64()),
        pa.field("other", pa.int64()),
        pa.field("status", WORDS),
        pa.field("known", pa.date32()),
        pa.field("known_until", pa.date32()),
    ]
)

REQUIRED = ("party", "kind", "start", "status", "known")
OPTIONAL = ("subject", "level", "end", "quantity", "other", "known_until")

STATUSES = ("claimed", "verified")

REJECTS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),  # data row of the file, the first is 1
        pa.field("party", pa.int64()),  # null where it could not be read
        pa.field("kind", pa.string()),
        pa.field("column", pa.string()),  # where the trouble shows; null: the whole row
        pa.field("value", pa.string()),  # what stood there
        pa.field("reason", pa.string(), nullable=False),
        pa.field("text_zh", pa.string(), nullable=False),
        pa.field("text_en", pa.string(), nullable=False),
        pa.field("mend_zh", pa.string(), nullable=False),
        pa.field("mend_en", pa.string(), nullable=False),
    ]
)


def empty_rejects() -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], f.type) for f in REJECTS], schema=REJECTS)
