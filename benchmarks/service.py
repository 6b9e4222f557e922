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

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import rules, service_sql
from benchmarks.engine_side import Office, read
from benchmarks.measure import THREADS, best_of, report
from benchmarks.pack import vocabulary
from craftpath.engine.program import compile_rules

EARLY = dt.date(1900, 1, 1)  # asked on a day before everything: each first day is still to come
KNOWN = dt.date(2100, 1, 1)
COLUMNS = ["party", "kind", "level", "start", "end", "status", "known", "known_until"]


def craftpath(kind: str, file: str, rounds: int, ready: bool) -> tuple[list[float], pa.Table]:
    program = compile_rules([rules.service(since=kind == "since")], vocabulary())
    office = Office(program, EARLY, KNOWN)
    office.table(table.slice(0, 1000) for table in first_of(file))
    if ready:
        columns = [program.coder.encode(table) for table in read(file, COLUMNS)]
        return best_of(rounds, lambda: first_days(office.table(columns)))
    return best_of(rounds, lambda: first_days(office.table(read(file, COLUMNS))))


def first_of(file: str) -> list[pa.Table]:
    """A first chunk to warm up with: kernels loaded, threads started."""
    return [next(iter(read(file, COLUMNS)))]


def first_days(decisions: pa.Table) -> pa.Table:
    later = pc.equal(pc.cast(decisions.column("verdict"), pa.string()), "later")
    return decisions.filter(later).select(["party", "from"]).rename_columns(["party", "day"])


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
