"""On which day has, or will have, each person worked long enough? For a whole population.

    first_days(coder, chunks, "employment", Duration(120), known_on=date(2025, 6, 30))

Verified records only, whatever their subject. The days are those of a rule with this one
condition (`rules.Accumulated`); a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from craftpath.engine.columns import NO_LEVEL, Coder, Columns
from craftpath.engine.days import Duration, as_day
from craftpath.engine.kernels.service import first_days_of_time
from craftpath.engine.program import PERSON

__all__ = ["FIRST_DAYS", "Since", "first_days", "in_order"]

Chunk = TypeVar("Chunk")
Made = TypeVar("Made")

FIRST_DAYS = pa.schema([pa.field("party", pa.int64()), pa.field("day", pa.date32())])


@dataclass(frozen=True)
class Since:
    """Time counts from the start of such a record, and only while it holds (ranks inclusive)."""

    kind: str
    level_at_least: int | None = None
    level_at_most: int | None = None

    @property
    def ranks(self) -> tuple[int, int]:
        """Inclusive bounds; with none asked, a record without a level is an anchor too."""
        if self.level_at_least is None and self.level_at_most is None:
            return NO_LEVEL, 32767
        low, high = self.level_at_least, self.level_at_most
        return (NO_LEVEL + 1 if low is None else low), (32767 if high is None else high)


def first_days(
    coder: Coder,
    chunks: Iterable[pa.Table | Columns],
    kind: str,
    at_least: Duration,
    known_on: dt.date,
    since: Since | None = None,
    threads: int = 2,
) -> pa.Table:
    """(party, day) of every person who gets there, in the order of the chunks.

    chunks  records of whole parties, encoded or not
    """
    if not at_least.months and not at_least.days:
        raise ValueError("no time is asked for")

    def one(chunk: pa.Table | Columns) -> pa.RecordBatch:
        columns = chunk if isinstance(chunk, Columns) else coder.encode(chunk)
        return _of_chunk(coder, columns, kind, at_least, as_day(known_on), since)

    with ThreadPoolExecutor(threads) as pool:
        return pa.Table.from_batches(in_order(pool, one, chunks, threads), FIRST_DAYS)


def in_order(
    pool: ThreadPoolExecutor, work: Callable[[Chunk], Made], chunks: Iterable[Chunk], ahead: int
) -> Iterator[Made]:
    """`work` over chunks on a pool, results in the chunks' order, only a few under way at once."""
    waiting: deque[Future[Made]] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.submit(work, chunk))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _of_chunk(
    coder: Coder, columns: Columns, kind: str, at_least: Duration, known: int, since: Since | None
) -> pa.RecordBatch:
    rows = columns.party.size
    largest = _largest_party(columns.party)
    party, day = np.empty(rows, np.int64), np.empty(rows, np.int32)
    room = (np.empty((largest, 2), np.int32), np.empty((largest, 2), np.int32))
    found = first_days_of_time(
        columns,
        coder.kind_index[kind],
        -1 if since is None else coder.kind_index[since.kind],
        *(since or Since("")).ranks,
        coder.kind_index[PERSON],
        known,
        at_least.months,
        at_least.days,
        *room,
        party,
        day,
    )
    days = pa.array(day[:found]).view(pa.date32())
    return pa.RecordBatch.from_arrays([pa.array(party[:found]), days], schema=FIRST_DAYS)


def _largest_party(party: np.ndarray) -> int:
    """Rows of the party with the most rows."""
    cuts = np.flatnonzero(np.diff(party)) + 1
    return int(np.diff(np.concatenate([[0], cuts, [party.size]])).max(initial=1))
