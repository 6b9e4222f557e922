"""Records in Parquet: some row groups at a time, words as dictionaries, days as they are."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from craftpath.engine.rules import Label
from craftpath.evidence.digest import file_hash
from craftpath.evidence.records import Chunk, Records, RecordsError
from craftpath.evidence.tidy import columns_asked_for, match_columns, tidy

__all__ = ["open_parquet"]


def open_parquet(name: str, columns: Sequence[str] | None, chunk_rows: int) -> Records:
    """A file that begins like Parquet. `RecordsError` where it does not go on like it."""
    _ends_well(name)
    notes: list[Label] = []
    try:
        with pq.ParquetFile(name) as file:
            layout, schema = file.metadata, file.schema_arrow
            match = match_columns(name, schema.names, notes)
            source = _Source(
                name=name,
                match=match,
                wanted=columns_asked_for(columns),
                words=_word_columns(schema, match),
                pieces=_pieces(layout, chunk_rows),
                spans=_party_spans(layout, match["party"]),
                chunk_rows=chunk_rows,
            )
    except (pa.ArrowException, OSError) as trouble:
        raise _damaged(name, trouble) from None
    return Records(
        name=name,
        form="parquet",
        read=source.read,
        hash=partial(file_hash, name),
        num_rows=layout.num_rows,
        sorted=source.ascends(),
        notes=notes,
        read_with=source.read_with,
        read_of=source.read_of,
    )


def _ends_well(name: str) -> None:
    with Path(name).open("rb") as file:
        file.seek(-4, os.SEEK_END)
        tail = file.read()
    if tail == b"PARE":
        raise RecordsError(
            name, "是加密的 Parquet，请先解密", "is encrypted Parquet; decrypt it first"
        )
    if tail != b"PAR1":
        raise RecordsError(
            name,
            "Parquet 文件不完整，请重新导出或传输",
            "is Parquet cut off before its end; export or copy it again",
        )


def _damaged(name: str, trouble: Exception) -> RecordsError:
    said = (str(trouble).splitlines() or [type(trouble).__name__])[0].rstrip(".")
    return RecordsError(
        name,
        f"Parquet 文件已损坏，请重新导出或传输（{said}）",
        f"is damaged Parquet; export or copy it again ({said})",
    )


def _word_columns(schema: pa.Schema, match: Mapping[str, str]) -> list[str]:
    """Columns to read as dictionaries, which costs less than one text a row."""
    found = []
    for column in ("kind", "subject", "status"):
        if column in match:
            kind = schema.field(match[column]).type
            if pa.types.is_string(kind.value_type if pa.types.is_dictionary(kind) else kind):
                found.append(match[column])
    return found


@dataclass(frozen=True)
class _Piece:
    """Row groups to read at a time, and the data row of the file with which they begin."""

    groups: tuple[int, ...]
    rows: int
    first: int


def _pieces(layout: pq.FileMetaData, chunk_rows: int) -> tuple[_Piece, ...]:
    """Small row groups together, up to `chunk_rows`."""
    pieces: list[_Piece] = []
    first = 1
    for group in range(layout.num_row_groups):
        rows = layout.row_group(group).num_rows
        last = pieces[-1] if pieces else None
        if last is not None and last.rows + rows <= chunk_rows:
            pieces[-1] = _Piece((*last.groups, group), last.rows + rows, last.first)
        else:
            pieces.append(_Piece((group,), rows, first))
        first += rows
    return tuple(pieces)


def _party_spans(layout: pq.FileMetaData, party: str) -> tuple[tuple[int, int], ...] | None:
    """The smallest and largest party of each row group by its statistics; None without them."""
    spans = []
    for group in range(layout.num_row_groups):
        described = layout.row_group(group)
        columns = (described.column(i) for i in range(described.num_columns))
        found = next((c.statistics for c in columns if c.path_in_schema == party), None)
        if found is None or not found.has_min_max or not isinstance(found.min, int):
            return None
        spans.append((found.min, found.max))
    return tuple(spans)


@dataclass(frozen=True)
class _Source:
    """An opened file: where its columns are, how it is cut, which parties are where.

    match   canonical column → column of the file
    words   columns of the file to read as dictionaries
    spans   [row group] smallest and largest party; None: not known
    """

    name: str
    match: Mapping[str, str]
    wanted: tuple[str, ...]
    words: list[str]
    pieces: tuple[_Piece, ...]
    spans: tuple[tuple[int, int], ...] | None
    chunk_rows: int

    def ascends(self) -> bool | None:
        """False if a party goes down from one row group to the next."""
        if self.spans is None:
            return None
        return all(one[1] <= two[0] for one, two in pairwise(self.spans))

    def read(self) -> Iterator[Chunk]:
        return self._read(self.pieces)

    def read_of(self, parties: Collection[int]) -> Iterator[Chunk]:
        """The pieces whose row groups may hold one of the parties."""
        if self.spans is None:
            return self.read()
        low_high = enumerate(self.spans)
        return self._read_groups(
            {at for at, (low, high) in low_high if any(low <= party <= high for party in parties)}
        )

    def read_with(self, kind: str) -> Iterator[Chunk]:
        """The pieces with a record of `kind`, and those into which its parties reach."""
        if self.spans is None or not self.ascends() or self.match["kind"] not in self.words:
            return self.read()
        groups = self._groups_with(kind)
        for group in sorted(groups):
            after = group + 1
            while after < len(self.spans) and self.spans[after][0] == self.spans[group][1]:
                groups.add(after)
                after += 1
            before = group - 1
            while before >= 0 and self.spans[before][1] == self.spans[group][0]:
                groups.add(before)
                before -= 1
        return self._read_groups(groups)

    def _groups_with(self, kind: str) -> set[int]:
        column = self.match["kind"]
        found = set()
        try:
            with self._open() as file:
                for group in range(file.num_row_groups):
                    kinds = file.read_row_group(group, columns=[column]).column(0)
                    if any(kind in _words_used(chunk) for chunk in kinds.chunks):
                        found.add(group)
        except (pa.ArrowException, OSError) as trouble:
            raise _damaged(self.name, trouble) from None
        return found

    def _read_groups(self, groups: Collection[int]) -> Iterator[Chunk]:
        return self._read(piece for piece in self.pieces if set(piece.groups) & set(groups))

    def _read(self, pieces: Iterable[_Piece]) -> Iterator[Chunk]:
        present = [c for c in self.wanted if c in self.match]
        try:
            with self._open() as file:
                for piece in pieces:
                    first = piece.first
                    for batch in self._batches(file, piece, [self.match[c] for c in present]):
                        arrays = {c: batch.column(self.match[c]) for c in present}
                        yield tidy(self.name, self.wanted, arrays, first, batch.num_rows)
                        first += batch.num_rows
        except (pa.ArrowException, OSError) as trouble:
            raise _damaged(self.name, trouble) from None

    def _open(self) -> pq.ParquetFile:
        # No memory map: mapped pages would count as ours, and the file may be larger than memory.
        return pq.ParquetFile(
            self.name, read_dictionary=self.words, page_checksum_verification=True
        )

    def _batches(
        self, file: pq.ParquetFile, piece: _Piece, columns: list[str]
    ) -> Iterator[pa.RecordBatch]:
        groups = list(piece.groups)
        if piece.rows > 2 * self.chunk_rows:  # one group as large as the file: in pieces
            yield from file.iter_batches(self.chunk_rows, row_groups=groups, columns=columns)
        elif piece.rows:
            table = file.read_row_groups(groups, columns=columns)
            yield from table.combine_chunks().to_batches()


def _words_used(chunk: pa.Array) -> set[str]:
    """The words that stand in a chunk; its dictionary may list others too."""
    if pa.types.is_dictionary(chunk.type):
        chunk = chunk.dictionary.take(chunk.indices.unique().drop_null())
    return {word.strip() for word in chunk.unique().to_pylist() if word is not None}
