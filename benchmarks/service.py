"""First day of accumulated service: craftpath, its kernel alone, and DuckDB, on the same file.

What it stands for: the heaviest thing that single rules ask of every person. *Ten years of work*,
overlaps counted once, broken spells added up by the pack's convention; and *four years of work
since a certificate of level 4*. The answer is a day for each person who ever gets there, and it has
to be the same day on all sides.

file      from opening the Parquet file to an Arrow table (party, first day); on both sides
kernel    the columns are in memory, encoded: what the loop itself takes

    python -m benchmarks.service craftpath|kernel|'duckdb:VARIANT' work|since FILE ROUNDS OUT
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Iterable

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import rules, service_sql
from benchmarks.engine_side import read
from benchmarks.measure import THREADS, best_of, report
from benchmarks.pack import vocabulary
from craftpath.engine.columns import Coder, Columns
from craftpath.engine.days import Duration
from craftpath.engine.service import Since, first_days

KNOWN = dt.date(2100, 1, 1)
COLUMNS = ["party", "kind", "level", "start", "end", "status", "known", "known_until"]


def craftpath(kind: str, file: str, rounds: int, ready: bool) -> tuple[list[float], pa.Table]:
    coder = Coder(vocabulary())
    since = Since("certificate", rules.LEVEL_4, rules.LEVEL_4) if kind == "since" else None
    months = Duration(48 if since else 120)

    def days(chunks: Iterable[pa.Table | Columns]) -> pa.Table:
        return first_days(coder, chunks, "employment", months, KNOWN, since, THREADS)

    days([next(iter(read(file, COLUMNS))).slice(0, 1000)])  # kernels loaded
    if ready:
        columns = [coder.encode(table) for table in read(file, COLUMNS)]
        return best_of(rounds, lambda: days(columns))
    return best_of(rounds, lambda: days(read(file, COLUMNS)))


def sql(variant: str, kind: str, file: str, rounds: int) -> tuple[list[float], pa.Table]:
    months, level = (48, rules.LEVEL_4) if kind == "since" else (120, None)
    query = service_sql.first_day(variant, file, str(KNOWN), months, level)

    def once() -> pa.Table:
        with duckdb.connect() as connection:
            connection.execute(f"SET threads = {THREADS}")
            return connection.sql(query).to_arrow_table()

    seconds, table = best_of(rounds, once)
    return seconds, table.rename_columns(["party", "day"])


def main(side: str, kind: str, file: str, rounds: str, out: str) -> None:
    begun = time.perf_counter()
    if side.startswith("duckdb:"):
        seconds, table = sql(side.removeprefix("duckdb:"), kind, file, int(rounds))
    else:
        seconds, table = craftpath(kind, file, int(rounds), ready=side == "kernel")
    pq.write_table(table.sort_by("party").cast(SAME), out)
    report(seconds, persons=table.num_rows, all_told=time.perf_counter() - begun)


SAME = pa.schema([pa.field("party", pa.int64()), pa.field("day", pa.date32())])

if __name__ == "__main__":
    main(*sys.argv[1:])
