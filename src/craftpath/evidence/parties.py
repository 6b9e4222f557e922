"""Whole parties: a batch boundary may cut a life in two, and half a life decides wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from craftpath.engine.rules import Label
from craftpath.evidence.records import CHUNK_ROWS, Chunk, Records

__all__ = ["Unsorted", "sorted_records", "whole_parties"]


class Unsorted(Exception):
    """The file is not sorted by party: `party` in data row `row` comes after `previous`."""

    def __init__(self, row: int, party: int, previous: int) -> None:
        self.row, self.party, self.previous = row, party, previous
        self.label = Label(
            f"第 {row} 行：当事人 {party} 排在 {previous} 之后，文件没有按当事人排序",
            f"row {row}: party {party} comes after {previous}; the file is not sorted by party",
        )
        super().__init__(self.label.en)


def whole_parties(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The same rows, cut only between parties. `Unsorted` where a party id goes down.

    One chunk is held back, so that a chunk which happens to end with its party goes on as it is,
    uncopied; else its last party is put in front of the next chunk.
    """
    held: Chunk | None = None
    for chunk in chunks:
        if held is None:
            _ascends(chunk, None)
            held = chunk
            continue
        _ascends(chunk, held)
        if held.num_rows == 0 or chunk.num_rows == 0:
            held = _join(held, chunk)
            continue
        cut = _last_party(held)
        if _party(chunk)[0] != _party(held)[-1]:
            yield held
            held = chunk
        elif cut == 0:  # a party larger than a chunk
            held = _join(held, chunk)
        else:
            yield _part(held, 0, cut)
            held = _join(_part(held, cut, held.num_rows, with_rejects=False), chunk)
    if held is not None:
        yield held


def _party(chunk: Chunk) -> npt.NDArray[np.int64]:
    parties: npt.NDArray[np.int64] = chunk.batch.column("party").to_numpy()
    return parties


def _last_party(chunk: Chunk) -> int:
    """Where the last party begins."""
    parties = _party(chunk)
    return int(np.searchsorted(parties, parties[-1]))


def _ascends(chunk: Chunk, before: Chunk | None) -> None:
    parties = _party(chunk)
    if len(parties) == 0:
        return
    if before is not None and before.num_rows and parties[0] < _party(before)[-1]:
        raise Unsorted(_row(chunk, 0), int(parties[0]), int(_party(before)[-1]))
    down = parties[1:] < parties[:-1]
    if down.any():
        at = int(np.argmax(down)) + 1
        raise Unsorted(_row(chunk, at), int(parties[at]), int(parties[at - 1]))


def _row(chunk: Chunk, at: int) -> int:
    return int(chunk.row_numbers(np.array([at]))[0])


def _numbers(chunk: Chunk) -> npt.NDArray[np.int64]:
    if chunk.rows is not None:
        return chunk.rows
    return np.arange(chunk.first, chunk.first + chunk.num_rows, dtype=np.int64)


def _part(chunk: Chunk, start: int, stop: int, with_rejects: bool = True) -> Chunk:
    return Chunk(
        chunk.batch.slice(start, stop - start),
        chunk.first + start,
        None if chunk.rows is None else chunk.rows[start:stop],
        chunk.rejects if with_rejects else chunk.rejects.slice(0, 0),
    )


def _join(one: Chunk, two: Chunk) -> Chunk:
    follows = one.rows is None and two.rows is None and one.first + one.num_rows == two.first
    return Chunk(
        pa.concat_batches([one.batch, two.batch]),
        one.first,
        None if follows else np.concatenate([_numbers(one), _numbers(two)]),
        pa.concat_batches([one.rejects, two.rejects]),
    )


def sorted_records(records: Records, chunk_rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """An unsorted file, sorted by party in memory; rows of one party keep their order.

    Takes some 100 bytes of memory a row. A note is added to `records.notes`.
    """
    chunks = list(records.chunks())
    records.notes.append(
        Label(
            "文件没有按当事人排序，已在内存中排序",
            "the file is not sorted by party; it was sorted in memory",
        )
    )
    if not chunks:
        return
    whole = chunks[0] if len(chunks) == 1 else _join_all(chunks)
    chunks.clear()
    order = np.argsort(_party(whole), kind="stable")
    numbers = _numbers(whole)[order]
    parties = _party(whole)[order]
    rejects = whole.rejects
    for start, stop in _cuts(parties, chunk_rows):
        picked = whole.batch.take(pa.array(order[start:stop]))
        yield Chunk(picked, int(numbers[start]), numbers[start:stop], rejects)
        rejects = rejects.slice(0, 0)
    if len(order) == 0:
        yield whole


def _join_all(chunks: list[Chunk]) -> Chunk:
    return Chunk(
        pa.concat_batches([c.batch for c in chunks]),
        chunks[0].first,
        np.concatenate([_numbers(c) for c in chunks]),
        pa.concat_batches([c.rejects for c in chunks]),
    )


def _cuts(parties: npt.NDArray[np.int64], rows: int) -> Iterator[tuple[int, int]]:
    """[start, stop) of about `rows` each, cut where one party ends."""
    start = 0
    while start < len(parties):
        stop = min(start + rows, len(parties))
        stop = int(np.searchsorted(parties, parties[stop - 1], side="right"))
        yield start, stop
        start = stop
