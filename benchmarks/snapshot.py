"""A snapshot benefit: who qualifies on one day. craftpath, OpenFisca, Polars and DuckDB.

What it stands for: the question that micro-simulation engines are made for, three routes of three
or four conditions (`rules.benefit`). The other three start from ready columns: one row a person,
ages, flags and counts worked out beforehand as on that day. craftpath starts from the dated
records themselves and finds out not only who, but since when and until when. All four have to name
the same persons.

OpenFisca's time is: a new simulation, inputs set, the benefit calculated. Polars and DuckDB: from
columns in memory to the list of persons. craftpath: from an Arrow table of records in memory.

    python -m benchmarks.snapshot craftpath|openfisca|polars|duckdb FILE COLUMNS ROUNDS OUT
    python -m benchmarks.snapshot columns FILE COLUMNS
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measure import THREADS, best_of, report

DAY = dt.date(2025, 8, 27)
COLUMNS = [
    "party", "kind", "subject", "level", "start", "end", "status", "known", "known_until",
]  # fmt: skip


def make_columns(file: str, columns: str) -> None:
    import duckdb

    query = (Path(__file__).parent / "snapshot_columns.sql").read_text("utf-8")
    with duckdb.connect() as connection:
        made = connection.sql(query.format(file=file, day=DAY)).to_arrow_table()
    pq.write_table(made, columns)


def craftpath(file: str, columns: str, rounds: int) -> tuple[list[float], np.ndarray]:
    from benchmarks import rules
    from benchmarks.engine_side import Office, read
    from benchmarks.pack import vocabulary
    from craftpath.engine.program import compile_rules

    office = Office(compile_rules([rules.benefit()], vocabulary()), DAY, DAY)
    chunks = list(read(file, COLUMNS))
    office.table(chunk.slice(0, 1000) for chunk in chunks[:1])

    def once() -> np.ndarray:
        made = office.table(chunks)
        qualifies = pc.equal(pc.cast(made.column("verdict"), pa.string()), "qualifies")
        return made.column("party").filter(qualifies).to_numpy()

    return best_of(rounds, once)


def openfisca(file: str, columns: str, rounds: int) -> tuple[list[float], np.ndarray]:
    from benchmarks import snapshot_openfisca as side

    ready = pq.read_table(columns)
    party = ready.column("party").to_numpy()
    inputs = side.inputs(ready)
    system = side.system()
    side.run(system, inputs)  # once, to warm up

    return best_of(rounds, lambda: party[side.run(system, inputs)])


def polars(file: str, columns: str, rounds: int) -> tuple[list[float], np.ndarray]:
    import polars as pl

    people = pl.read_parquet(columns).rechunk()
    age = {n: years_before(n) for n in (16, 35, 45, 60)}
    col = pl.col
    recent = (
        (col("birth") <= age[16])
        & (col("birth") >= age[60])
        & col("insured")
        & (col("recent_level") >= 4)
    )
    young = (
        (col("birth") > age[35])
        & col("employed")
        & (col("best_level") >= 3)
        & (col("certificates") >= 2)
    )
    senior = (
        (col("birth") <= age[45])
        & (col("working_since") <= years_before(5))
        & (col("best_level") >= 5)
        & ~col("titled")
    )
    query = people.lazy().filter(recent | young | senior).select("party")
    return best_of(rounds, lambda: query.collect()["party"].to_numpy())


def duckdb(file: str, columns: str, rounds: int) -> tuple[list[float], np.ndarray]:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    connection.execute(f"CREATE TABLE people AS SELECT * FROM '{columns}'")
    query = f"""SELECT party FROM people WHERE
        (birth <= '{years_before(16)}' AND birth >= '{years_before(60)}' AND insured
            AND recent_level >= 4)
        OR (birth > '{years_before(35)}' AND employed AND best_level >= 3 AND certificates >= 2)
        OR (birth <= '{years_before(45)}' AND working_since <= '{years_before(5)}'
            AND best_level >= 5 AND NOT titled)"""
    return best_of(rounds, lambda: connection.execute(query).fetchnumpy()["party"])


def years_before(n: int) -> dt.date:
    """Born on or before this day: n years old on the day asked (which is not a 29 February)."""
    return DAY.replace(year=DAY.year - n)


SIDES: dict[str, Callable[[str, str, int], tuple[list[float], Any]]] = {
    "craftpath": craftpath,
    "openfisca": openfisca,
    "polars": polars,
    "duckdb": duckdb,
}


def main(side: str, file: str, columns: str, rounds: str = "1", out: str = "") -> None:
    if side == "columns":
        make_columns(file, columns)
        report([0.0])
        return
    seconds, party = SIDES[side](file, columns, int(rounds))
    pq.write_table(pa.table({"party": np.sort(np.asarray(party, np.int64))}), out)
    report(seconds, persons=len(party))


if __name__ == "__main__":
    main(*sys.argv[1:])
