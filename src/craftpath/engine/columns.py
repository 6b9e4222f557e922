"""Records as arrays: what the kernels read, encoded once from Arrow.

Dictionary strings become small integers by the pack's vocabulary; nulls become sentinels, so that
a kernel reads plain arrays without validity bitmaps.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from craftpath.engine.days import FOREVER
from craftpath.engine.kernels.encoding import encode_words
from craftpath.engine.vocabulary import Vocabulary

__all__ = [
    "NO_DAY",
    "NO_LEVEL",
    "NO_PARTY",
    "NO_SUBJECT",
    "UNKNOWN_SUBJECT",
    "Coder",
    "Columns",
]

NO_LEVEL = -32768
NO_DAY = -(1 << 31)
NO_PARTY = -(1 << 63)
NO_SUBJECT = -1
UNKNOWN_SUBJECT = -2

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Int16 = npt.NDArray[np.int16]
Int8 = npt.NDArray[np.int8]
Float64 = npt.NDArray[np.float64]


class Columns(NamedTuple):
    """Equal-length arrays in file order, sorted by party.

    kind         index in the vocabulary's order; -1 unknown, -2 null
    subject      index within the kind's code list; NO_SUBJECT null, UNKNOWN_SUBJECT no such code
    level        rank; NO_LEVEL null
    start, end   day numbers; start NO_DAY where null, end FOREVER where null
    quantity     NaN where null
    other        party id; NO_PARTY where null
    status       0 claimed, 1 verified, -1 anything else
    known, known_until   day numbers; NO_DAY and FOREVER where null
    """

    party: Int64
    kind: Int16
    subject: Int32
    level: Int16
    start: Int32
    end: Int32
    quantity: Float64
    other: Int64
    status: Int8
    known: Int32
    known_until: Int32

    def take(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Columns:
        """The rows where a mask is true, or at the given places."""
        return Columns._make(column[rows] for column in self).locked()

    def slice(self, start: int, stop: int) -> Columns:
        return Columns._make(column[start:stop] for column in self)

    def locked(self) -> Columns:
        """The same arrays, all read-only: to a kernel a writable array is another type."""
        for column in self:
            column.setflags(write=False)
        return self


class Coder:
    """Turns Arrow record tables into `Columns`, and codes back into strings."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.kinds = tuple(vocabulary.kinds)
        self.kind_index = {kind: i for i, kind in enumerate(self.kinds)}
        self.lists = tuple(vocabulary.lists)
        self.list_index = {name: i for i, name in enumerate(self.lists)}
        self.list_of_kind = np.array(
            [self.list_index.get(k.codes or "", -1) for k in vocabulary.kinds.values()], np.int32
        )

    @cached_property
    def codes(self) -> tuple[tuple[str, ...], ...]:
        """For each list, its codes in order: index → code."""
        return tuple(tuple(self.vocabulary.lists[name].codes) for name in self.lists)

    @cached_property
    def code_index(self) -> tuple[dict[str, int], ...]:
        """For each list, code or alias → index."""
        found = []
        for name, codes in zip(self.lists, self.codes, strict=True):
            index = {code: i for i, code in enumerate(codes)}
            aliases = self.vocabulary.lists[name].aliases
            found.append(index | {a: index[c] for a, c in aliases.items() if a not in index})
        return tuple(found)

    def encode(self, table: pa.Table | pa.RecordBatch) -> Columns:
        """Encode a table in the records schema (missing nullable columns read as null)."""
        rows = table.num_rows
        kind_words, kind_at = _dictionary(table, "kind", rows)
        subject_words, subject_at = _dictionary(table, "subject", rows)
        status_words, status_at = _dictionary(table, "status", rows)
        kind_table = np.array(
            [self.kind_index.get(w or "", -1) for w in kind_words] + [-2], np.int16
        )
        status_of = {"claimed": 0, "verified": 1}
        status_table = np.array([status_of.get(w or "", -1) for w in status_words] + [-1], np.int8)
        kind, subject = np.empty(rows, np.int16), np.empty(rows, np.int32)
        status = np.empty(rows, np.int8)
        encode_words(
            kind_at,
            subject_at,
            status_at,
            kind_table,
            status_table,
            self.list_of_kind,
            self._subjects(tuple(subject_words)),
            kind,
            subject,
            status,
        )
        return Columns(
            party=_plain(table, "party", pa.int64(), rows, NO_PARTY),
            kind=kind,
            subject=subject,
            level=_plain(table, "level", pa.int16(), rows, NO_LEVEL),
            start=_plain(table, "start", pa.int32(), rows, NO_DAY),
            end=_plain(table, "end", pa.int32(), rows, FOREVER),
            quantity=_plain(table, "quantity", pa.float64(), rows, float("nan")),
            other=_plain(table, "other", pa.int64(), rows, NO_PARTY),
            status=status,
            known=_plain(table, "known", pa.int32(), rows, NO_DAY),
            known_until=_plain(table, "known_until", pa.int32(), rows, FOREVER),
        ).locked()

    def _subjects(self, words: tuple[str | None, ...]) -> Int32:
        """[list + 1, word + 1] → index in the list; row 0: no list; last column: null."""
        last = self._last  # one attribute, read once: threads share a coder
        if last is not None and last[0] == words:
            return last[1]
        table = np.full((len(self.lists) + 1, len(words) + 1), UNKNOWN_SUBJECT, np.int32)
        for row, index in enumerate(self.code_index):
            for column, word in enumerate(words):
                found = index.get(word or "")
                if found is not None:
                    table[row + 1, column] = found
        table[:, -1] = NO_SUBJECT
        self._last = (words, table)
        return table

    # The dictionary is nearly always the same from one batch to the next.
    _last: tuple[tuple[str | None, ...], Int32] | None = None


def _column(table: pa.Table | pa.RecordBatch, name: str) -> pa.Array | None:
    index = table.schema.get_field_index(name)
    if index < 0:
        return None
    column = table.column(index)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if isinstance(column, pa.ChunkedArray):  # no chunks at all
            column = pa.array([], column.type)
    return column


def _dictionary(
    table: pa.Table | pa.RecordBatch, name: str, rows: int
) -> tuple[list[str | None], Int32]:
    """The words of a string column and each row's place among them; -1 for null."""
    column = _column(table, name)
    if column is None or pa.types.is_null(column.type):
        return [], np.full(rows, -1, np.int32)
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    indices = column.indices
    if indices.type != pa.int32():
        indices = indices.cast(pa.int32())
    if indices.null_count:
        indices = pc.fill_null(indices, -1)
    places: Int32 = indices.to_numpy(zero_copy_only=False)
    return column.dictionary.to_pylist(), places


def _plain(
    table: pa.Table | pa.RecordBatch, name: str, kind: pa.DataType, rows: int, null: float
) -> Any:
    """A numeric or date column as a NumPy array, nulls replaced by `null`."""
    column = _column(table, name)
    if column is None or pa.types.is_null(column.type):
        return np.full(rows, null, kind.to_pandas_dtype())
    if column.type != kind:
        column = column.view(kind) if pa.types.is_date32(column.type) else column.cast(kind)
    if column.null_count:
        column = pc.fill_null(column, pa.scalar(null, kind))
    return column.to_numpy(zero_copy_only=False)
