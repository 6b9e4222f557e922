"""The whole pack over a whole population, and the floor under it.

pack    what `craftpath decide` does: every row checked, every rule decided for every person and
        occupation, decisions written with their receipt. The clock runs from opening the records
        to the closed file; the pack is loaded and the kernels are compiled before.
floor   reading the same records and writing as many of the same decisions, with nothing in
        between: the same columns, the same dictionaries, the same chunks, the same writer. The
        decisions come from memory (some real ones, over and over), since reading them would
        count twice. `plain` reads and writes in turn; `overlapped` reads on one thread while
        another writes. The faster of the two is the floor.

    python -m benchmarks.population pack FILE OUT THREADS ROUNDS
    python -m benchmarks.population plain|overlapped FILE OUT DECISIONS ROUNDS
"""

from __future__ import annotations

import datetime as dt
import itertools
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import best_of, report
from benchmarks.pack import pack
from craftpath.engine.decide import DECISIONS
from craftpath.engine.program import compile_rules
from craftpath.evidence.decisions import DecisionsWriter, parquet_writer
from craftpath.evidence.population import Asked, decide_records
from craftpath.evidence.read import open_records

DAY = dt.date(2025, 8, 27)
IN_MEMORY = 8  # row groups of decisions that the floor keeps to write from


def whole_pack(file: str, out: str, threads: str, rounds: str) -> None:
    loaded = pack()
    program = compile_rules(loaded.rules, loaded.vocabulary)
    asked = Asked(DAY, DAY)
    warm_up(file, program, asked)

    def once() -> tuple[int, int, int]:
        rows = parties = decisions = 0
        with DecisionsWriter(out) as writer:
            for decided in decide_records(program, open_records(file), asked, int(threads)):
                writer.add(decided.decisions)
                rows += decided.tally.rows
                parties += decided.tally.parties
                decisions += decided.tally.decisions
        return rows, parties, decisions

    seconds, (rows, parties, decisions) = best_of(int(rounds), once)
    report(
        seconds,
        rows=rows,
        parties=parties,
        decisions=decisions,
        rules=len(loaded.rules),
        bytes_in=Path(file).stat().st_size,
        bytes_out=Path(out).stat().st_size,
    )


def warm_up(file: str, program: object, asked: Asked) -> None:
    """Compile, or load from the cache, what the run will use: a first small piece of it."""
    from craftpath.evidence.read import records_from

    with pq.ParquetFile(file) as source:
        piece = next(source.iter_batches(2000))
    for _ in decide_records(program, records_from(pa.Table.from_batches([piece])), asked, 1):
        pass


# --- the floor -------------------------------------------------------------------------------


def some_decisions(file: str) -> tuple[list[pa.Table], int]:
    """Some row groups of a decisions file, in memory as the engine gives them; and all its rows."""
    words = ["focus", "rule", "verdict", "route", "missing.list.element"]
    with pq.ParquetFile(file, read_dictionary=words) as source:
        groups = range(min(IN_MEMORY, source.num_row_groups))
        kept = [source.read_row_group(group) for group in groups]
        return [pa.table(t.columns, schema=DECISIONS) for t in kept], source.metadata.num_rows


def floor(way: str, file: str, out: str, decisions: str, rounds: str) -> None:
    ready, rows = some_decisions(decisions)
    run = plain if way == "plain" else overlapped
    seconds, _ = best_of(int(rounds), lambda: run(file, out, ready, rows))
    report(seconds, decisions=rows, bytes_out=Path(out).stat().st_size)


def plain(file: str, out: str, ready: list[pa.Table], rows: int) -> None:
    with parquet_writer(out) as writer:
        share = shares(file, rows)
        source = itertools.cycle(ready)
        left = pa.Table.from_batches([], DECISIONS)
        for chunk in open_records(file).chunks():
            left = write(writer, source, left, share(chunk.num_rows))


def overlapped(file: str, out: str, ready: list[pa.Table], rows: int) -> None:
    with parquet_writer(out) as writer, ThreadPoolExecutor(1) as pool:
        share = shares(file, rows)
        source = itertools.cycle(ready)
        left = pa.Table.from_batches([], DECISIONS)
        waiting = None
        for chunk in open_records(file).chunks():
            if waiting is not None:
                left = waiting.result()
            waiting = pool.submit(write, writer, source, left, share(chunk.num_rows))
        if waiting is not None:
            waiting.result()


def shares(file: str, rows: int):
    """How many of the decisions go with so many records: in proportion, to the last row."""
    records = pq.read_metadata(file).num_rows
    seen = given = 0

    def share(chunk: int) -> int:
        nonlocal seen, given
        seen += chunk
        due = rows * seen // records - given
        given += due
        return due

    return share


def write(
    writer: pq.ParquetWriter, source: Iterator[pa.Table], left: pa.Table, rows: int
) -> pa.Table:
    """Write `rows` decisions as one row group, taken from `left` and then from `source`."""
    parts, have = [left], left.num_rows
    while have < rows:
        parts.append(next(source))
        have += parts[-1].num_rows
    table = pa.concat_tables(parts)
    writer.write_table(table.slice(0, rows), row_group_size=max(rows, 1))
    return table.slice(rows)


if __name__ == "__main__":
    which, *rest = sys.argv[1:]
    whole_pack(*rest) if which == "pack" else floor(which, *rest)
