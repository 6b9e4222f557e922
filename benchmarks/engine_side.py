"""Our side of the single measurements: one rule over a records file or over ready columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import THREADS
from craftpath.engine.columns import Columns
from craftpath.engine.days import as_day
from craftpath.engine.decide import Desk, collect_others, whole_parties
from craftpath.engine.program import Program

WORDS = ["kind", "subject", "status"]
CHUNK_ROWS = 1 << 19


def read(file: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """The file's rows in chunks of whole parties; pyarrow decodes columns on its own threads."""
    with pq.ParquetFile(file, read_dictionary=WORDS) as source:
        yield from whole_parties(source.iter_batches(CHUNK_ROWS, columns=list(columns)))


class Office:
    """As many desks as threads; chunks are decided as they come, results keep their order."""

    def __init__(self, program: Program, as_of: dt.date, known_on: dt.date) -> None:
        self.program = program
        self.as_of, self.known_on = as_day(as_of), as_day(known_on)
        self.desks = [Desk(program) for _ in range(THREADS)]

    def decide(self, chunks: Iterable[pa.Table | Columns]) -> Iterator[list[pa.RecordBatch]]:
        with ThreadPoolExecutor(THREADS) as pool:
            waiting = []
            for chunk in chunks:
                if len(waiting) == THREADS:
                    yield waiting.pop(0).result()
                waiting.append(pool.submit(self._one, chunk))
            for one in waiting:
                yield one.result()

    def _one(self, chunk: pa.Table | Columns) -> list[pa.RecordBatch]:
        desk = self.desks.pop()
        try:
            columns = chunk if isinstance(chunk, Columns) else self.program.coder.encode(chunk)
            others = collect_others(self.program, columns, self.known_on)
            return list(desk.decide(columns, others, self.as_of, self.known_on))
        finally:
            self.desks.append(desk)

    def table(self, chunks: Iterable[pa.Table | Columns]) -> pa.Table:
        return pa.Table.from_batches([batch for made in self.decide(chunks) for batch in made])
