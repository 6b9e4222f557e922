"""What every source of records gives: `Chunk`s in the one schema; and what it says if it cannot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from craftpath.engine.rules import Label
from craftpath.evidence.schema import empty_rejects

__all__ = ["CHUNK_ROWS", "Chunk", "Records", "RecordsError"]

CHUNK_ROWS = 1 << 20


class RecordsError(Exception):
    """The file as a whole cannot be read: says which, what is wrong and how to mend it."""

    def __init__(self, name: str, zh: str, en: str) -> None:
        self.label = Label(f"{name}：{zh}", f"{name}: {en}")
        super().__init__(self.label.en)


@dataclass(frozen=True)
class Chunk:
    """Some rows of a records file, in the schema `RECORDS` (or the columns asked for).

    first    data row of the file (the first is 1) that row 0 is, where `rows` is None
    rows     data row of each row, where they do not follow on from `first`
    rejects  rows of this stretch that could not be read, in the schema `REJECTS`
    """

    batch: pa.RecordBatch
    first: int = 1
    rows: npt.NDArray[np.int64] | None = None
    rejects: pa.RecordBatch = field(default_factory=empty_rejects)

    @property
    def num_rows(self) -> int:
        return int(self.batch.num_rows)

    def row_numbers(self, at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Data rows of the file for positions in the batch."""
        return self.first + at if self.rows is None else self.rows[at]


@dataclass
class Records:
    """An opened source of records. `chunks()` may be called again, except on an Arrow stream.

    num_rows  None where it is only known after reading
    sorted    whether parties ascend, as far as the file's own statistics say; None: not known
    notes     what the reader should be told: encoding, ignored and absent columns
    """

    name: str
    form: str  # "parquet", "csv" or "arrow"
    read: Callable[[], Iterator[Chunk]]
    hash: Callable[[], str]
    num_rows: int | None = None
    sorted: bool | None = None
    notes: list[Label] = field(default_factory=list)
    read_with: Callable[[str], Iterator[Chunk]] | None = None
    read_of: Callable[[Collection[int]], Iterator[Chunk]] | None = None
    _hash: str | None = None

    def chunks(self) -> Iterator[Chunk]:
        """About a million rows each. `RecordsError` where the file turns out damaged."""
        return self.read()

    def chunks_with(self, kind: str) -> Iterator[Chunk]:
        """At least the chunks that have a record of `kind`, and all rows of those parties."""
        return self.read() if self.read_with is None else self.read_with(kind)

    def chunks_of(self, parties: Collection[int]) -> Iterator[Chunk]:
        """At least the chunks that have a record of one of the parties."""
        return self.read() if self.read_of is None else self.read_of(parties)

    def sha256(self) -> str:
        """Of the file's bytes. Of an Arrow stream: of its contents, once it has been read."""
        if self._hash is None:
            self._hash = self.hash()
        return self._hash
