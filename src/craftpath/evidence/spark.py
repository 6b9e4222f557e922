"""The road past one machine: the same chunks, decided by Spark's workers (`craftpath[spark]`).

    for decided in decide_on_spark("yarn", program, records, asked, staging):
        ...  # as with `population.decide_records`, in the same order

People are independent, so nothing is scheduled here. Spark cuts the records into ranges of parties
and sorts each by party and row; `mapInArrow` gives a worker its range as a stream of batches, and
the worker does with it what the local run does with a file: whole parties (a batch may end in the
middle of a life), check, decide. Organisations are collected first and sent to every worker.

Ranges rather than hashes, so that the results, read back range by range, come in the order of the
local run: row for row the same decisions.

What every machine needs: craftpath of the same version, and a path to the records and to the
staging folder that means the same everywhere.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from craftpath.engine.columns import Columns
from craftpath.engine.decide import DECISIONS, collect_others
from craftpath.engine.program import ORGANISATION, Program
from craftpath.evidence.check import check_tables
from craftpath.evidence.decisions import DECISIONS_FILE
from craftpath.evidence.parties import whole_parties
from craftpath.evidence.population import Asked, Decided, Tally, organisations_in
from craftpath.evidence.population import Clerk as Clerk
from craftpath.evidence.read import Chunk, Records, RecordsError
from craftpath.evidence.schema import RECORDS, REJECTS
from craftpath.evidence.tidy import tidy

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkMissing", "decide_on_spark", "why_no_spark"]

ROW = "craftpath_row"  # the row's number in the file, the first is 1
CHUNK_ROWS = 100_000  # to an Arrow batch, unless the session says otherwise
PARTIES_SORT_KEY = "craftpath_party"


class SparkMissing(Exception):
    """PySpark or Java is not there; the message says which and how to get it."""


def why_no_spark() -> str | None:
    """What is missing on this machine, in one line; None where Spark can start."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "PySpark is not installed: pip install 'craftpath[spark]'"
    if _java() is None:
        return "Java is not installed: apt-get install default-jre-headless"
    return None


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin/java").exists():
        return str(Path(home) / "bin/java")
    return shutil.which("java")


def decide_on_spark(
    master: str,
    program: Program,
    records: Records,
    asked: Asked,
    staging: Path,
    config: dict[str, str] | None = None,
) -> Iterator[Decided]:
    """Decide all parties of a Parquet file on Spark; results in the order of the local run.

    master   as Spark names it: local[2], yarn, spark://HOST:PORT, k8s://…
    staging  a folder that does not exist yet, on the same path everywhere; removed at the end
    config   further settings of the session

    SparkMissing where PySpark or Java is not there, RecordsError where the records are not Parquet.
    """
    missing = why_no_spark()
    if missing is not None:
        raise SparkMissing(missing)
    if records.form != "parquet":
        raise RecordsError(
            records.name,
            "Spark 只读 Parquet，请先另存为 Parquet",
            "is not Parquet, and Spark reads no other; save it as Parquet",
        )
    with _session(master, config or {}) as spark:
        rows = _rows(spark, records)
        clerk = clerk_of(program, asked, _organisations(program, rows))
        try:
            _run(spark, rows, clerk, staging)
            yield from _results(staging, program)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _session(master: str, config: dict[str, str]) -> Iterator[SparkSession]:
    """A session of our own, or the one that the caller has running, which is then left running."""
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    settings = SETTINGS | config
    if master.startswith("local"):  # this machine alone, and this environment
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings = ON_THIS_MACHINE | settings
    builder = SparkSession.builder.master(master).appName("craftpath")
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


SETTINGS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(CHUNK_ROWS),
    # Days as they stand, before 1582 too.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}

ON_THIS_MACHINE = {"spark.driver.host": "localhost", "spark.driver.bindAddress": "127.0.0.1"}


# --- records ---------------------------------------------------------------------------------


def _rows(spark: SparkSession, records: Records) -> DataFrame:
    """The columns of the records table by their right names, and each row's number in the file."""
    from pyspark.sql import functions as f

    found = spark.read.parquet(str(Path(records.name).resolve()))
    names = {name.strip().lower(): name for name in found.columns}
    wanted = [f.col(f"`{names[c]}`").alias(c) for c in RECORDS.names if c in names]
    return found.select(*wanted, (f.col("_metadata.row_index") + 1).alias(ROW)).withColumn(
        PARTIES_SORT_KEY, f.expr("try_cast(party AS bigint)")
    )


def _organisations(program: Program, rows: DataFrame) -> Columns:
    """The good records of organisations, where a rule looks across; else none."""
    if not program.reads_others:
        return no_organisations(program)
    from pyspark.sql import functions as f

    founded = rows.where(f.col("kind") == ORGANISATION).select(PARTIES_SORT_KEY).distinct()
    theirs = rows.join(f.broadcast(founded), PARTIES_SORT_KEY, "left_semi")
    table = theirs.sort(PARTIES_SORT_KEY, ROW).toArrow()
    return organisations_in(program, whole_parties(_chunks(table.to_batches())))


def no_organisations(program: Program) -> Columns:
    return organisations_in(program, ())


def _chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[Chunk]:
    """Spark's batches, with their row numbers, as chunks in the schema `RECORDS`."""
    for batch in batches:
        arrays = {c: batch.column(c) for c in RECORDS.names if c in batch.schema.names}
        rows = batch.column(ROW).to_numpy()
        yield tidy("records", RECORDS.names, arrays, 0, batch.num_rows, rows)


def clerk_of(program: Program, asked: Asked, organisations: Columns) -> Clerk:
    others = collect_others(program, organisations, asked.days[1])
    return Clerk(program, check_tables(program.vocabulary), others, asked)


# --- on the workers --------------------------------------------------------------------------


# A worker gives back decisions, and after each chunk one row that carries its rejects (as an Arrow
# stream) and its tally (as JSON): `mapInArrow` knows one schema only.
GIVEN = pa.schema(
    [field.with_nullable(True) for field in DECISIONS_FILE]
    + [pa.field("rejects", pa.binary()), pa.field("tally", pa.string())]
)


def _run(spark: SparkSession, rows: DataFrame, clerk: Clerk, staging: Path) -> None:
    from pyspark.sql.pandas.types import from_arrow_schema

    ranges = max(spark.sparkContext.defaultParallelism, _ranges(rows))
    shared = spark.sparkContext.broadcast(Sent.of(clerk))
    (
        rows.repartitionByRange(ranges, PARTIES_SORT_KEY)
        .sortWithinPartitions(PARTIES_SORT_KEY, ROW)
        .drop(PARTIES_SORT_KEY)
        .mapInArrow(worker(shared), from_arrow_schema(GIVEN))
        .write.parquet(str(staging.resolve()))
    )
    shared.unpersist()


def _ranges(rows: DataFrame) -> int:
    """One range for each split of the input: what Spark thinks one task can hold."""
    return int(rows.rdd.getNumPartitions())


def worker(shared: Any) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        clerk = shared.value.clerk()
        for chunk in whole_parties(_chunks(batches)):
            yield from _given(clerk.decide(chunk))

    return work


class Sent:
    """A clerk's parts without its desks, which hold threads' room; a worker makes its own."""

    def __init__(self, parts: tuple[Any, ...]) -> None:
        self.parts = parts

    @classmethod
    def of(cls, clerk: Clerk) -> Sent:
        return cls((clerk.program, clerk.tables, clerk.others, clerk.asked))

    def clerk(self) -> Clerk:
        return Clerk(*self.parts)


def _given(decided: Decided) -> Iterator[pa.RecordBatch]:
    plain = decided.decisions.cast(DECISIONS_FILE)
    nothing = [pa.nulls(plain.num_rows, GIVEN.field(c).type) for c in ("rejects", "tally")]
    whole = pa.Table.from_arrays([*plain.columns, *nothing], schema=GIVEN)
    yield from whole.combine_chunks().to_batches()
    tally = {
        key: value.tolist() if isinstance(value, np.ndarray) else value
        for key, value in asdict(decided.tally).items()
    }
    empty = [pa.nulls(1, field.type) for field in DECISIONS_FILE]
    last = [pa.array([_stream_of(decided.rejects)], pa.binary()), pa.array([json.dumps(tally)])]
    yield pa.RecordBatch.from_arrays([*empty, *last], schema=GIVEN)


def _stream_of(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


# --- back on the driver ----------------------------------------------------------------------


def _results(staging: Path, program: Program) -> Iterator[Decided]:
    """What the workers wrote, range by range; part files are numbered in the order of ranges."""
    for part in sorted(staging.glob("part-*.parquet")):
        with pq.ParquetFile(part) as file:
            for group in range(file.num_row_groups):
                yield _decided(file.read_row_group(group), len(program.rules))


def _decided(given: pa.Table, rules: int) -> Decided:
    says = given.column("tally").is_valid()
    tally, rejects = Tally.empty(rules), [pa.RecordBatch.from_pylist([], schema=REJECTS)]
    for said in given.filter(says).select(["rejects", "tally"]).to_pylist():
        parts = json.loads(said["tally"])
        parts["verdicts"] = np.array(parts["verdicts"], np.int64).reshape(rules, 4)
        parts["amounts"] = np.array(parts["amounts"], np.float64)
        tally.add(Tally(**parts))
        rejects.extend(pa.ipc.open_stream(said["rejects"]))
    plain = given.filter(pc.invert(says)).select(DECISIONS.names)
    return Decided(_encoded(plain), pa.concat_batches(rejects), tally)


def _encoded(plain: pa.Table) -> pa.Table:
    """Plain strings → the dictionaries of DECISIONS."""
    arrays = []
    for field in DECISIONS:
        column = plain.column(field.name).combine_chunks()
        if pa.types.is_dictionary(field.type):
            column = column.dictionary_encode()
        elif pa.types.is_list(field.type):
            column = pa.ListArray.from_arrays(column.offsets, column.values.dictionary_encode())
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=DECISIONS)
