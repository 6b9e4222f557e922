"""On Spark as on one machine: the same decisions, row for row.

Spark hands a worker its parties as Arrow batches of a given number of rows, and a batch may end in
the middle of a life. Half a life decides wrongly, without an error and for one person in very many,
so the batches here are tiny and the lives are many.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pytest import MonkeyPatch

from craftpath.engine.program import Program
from craftpath.evidence import spark as lane
from craftpath.evidence.decisions import DECISIONS_FILE
from craftpath.evidence.population import Asked, Decided, Tally, decide_records
from craftpath.evidence.read import RecordsError, open_records
from craftpath.evidence.spark import SparkMissing, decide_on_spark

pytestmark = pytest.mark.spark

BATCH = 1000


def joined(results: list[Decided]) -> tuple[pa.Table, pa.Table, Tally]:
    decisions = pa.concat_tables([done.decisions.cast(DECISIONS_FILE) for done in results])
    rejects = pa.Table.from_batches([done.rejects for done in results])
    tally = Tally.empty(len(results[0].tally.verdicts))
    for done in results:
        tally.add(done.tally)
    return decisions.combine_chunks(), rejects.sort_by("row").combine_chunks(), tally


@pytest.fixture(scope="session")
def local(records: Path, program: Program, asked: Asked) -> tuple[pa.Table, pa.Table, Tally]:
    return joined(list(decide_records(program, open_records(records), asked)))


@pytest.mark.slow
def test_it_decides_row_for_row_as_one_machine_does(
    spark: None,
    records: Path,
    program: Program,
    asked: Asked,
    local: tuple[pa.Table, pa.Table, Tally],
    tmp_path: Path,
):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark's own
        results = decide_on_spark(
            "local[2]",
            program,
            open_records(records),
            asked,
            tmp_path / "staging",
            {"spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH)},
        )
        decisions, rejects, tally = joined(list(results))

    assert decisions.num_rows > 100_000
    assert decisions.equals(local[0])
    assert rejects.equals(local[1])
    assert (tally.verdicts == local[2].verdicts).all()
    assert (tally.rows, tally.parties) == (local[2].rows, local[2].parties)
    assert not (tmp_path / "staging").exists()


# --- the worker alone, without Java ------------------------------------------------------------


class Shared:
    """Stands in for Spark's broadcast."""

    def __init__(self, value: object) -> None:
        self.value = value


def batches(records: Path, parties: int, size: int) -> Iterator[pa.RecordBatch]:
    """The first parties' rows as Spark gives them: plain strings, numbered, `size` rows a batch."""
    table = pq.read_table(records)
    table = table.append_column(lane.ROW, pa.array(np.arange(1, table.num_rows + 1)))
    table = table.filter(pc.less_equal(table.column("party"), parties))
    plain = [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    order = [("party", "ascending"), (lane.ROW, "ascending")]
    yield from table.cast(pa.schema(plain)).sort_by(order).combine_chunks().to_batches(size)


@pytest.fixture
def work(program: Program, asked: Asked, records: Path):
    """What Spark runs on a worker, as a function of batches to a table of decisions."""
    clerk = lane.clerk_of(program, asked, lane.no_organisations(program))
    worker = lane.worker(Shared(lane.Sent.of(clerk)))

    def decide(size: int) -> pa.Table:
        given = pa.Table.from_batches(list(worker(batches(records, 500, size))), lane.GIVEN)
        return given.filter(pc.is_null(given.column("tally"))).drop(["rejects", "tally"])

    return decide


@pytest.mark.parametrize("size", [1, 7, 64])
def test_it_carries_a_life_over_the_boundary_of_a_batch(work, size: int):
    assert work(size).equals(work(1 << 20))


def test_it_would_decide_half_lives_without_carrying_over(work, monkeypatch: MonkeyPatch):
    """The test above has been seen to fail: this is what it fails on."""
    whole = work(1 << 20)
    monkeypatch.setattr(lane, "whole_parties", iter)

    assert not work(7).equals(whole)


def test_it_says_in_one_line_what_is_missing(
    records: Path, program: Program, asked: Asked, tmp_path: Path, monkeypatch: MonkeyPatch
):
    monkeypatch.setattr(lane, "why_no_spark", lambda: "Java is not installed: …")

    with pytest.raises(SparkMissing, match=r"^Java is not installed"):
        next(decide_on_spark("local[1]", program, open_records(records), asked, tmp_path / "s"))


def test_it_reads_parquet_only(
    program: Program, asked: Asked, tmp_path: Path, monkeypatch: MonkeyPatch
):
    monkeypatch.setattr(lane, "why_no_spark", lambda: None)
    file = tmp_path / "records.csv"
    file.write_text("party,kind,start,status,known\n1,birth,1990-01-01,verified,1990-01-01\n")

    with pytest.raises(RecordsError, match="is not Parquet"):
        next(decide_on_spark("local[1]", program, open_records(file), asked, tmp_path / "s"))
