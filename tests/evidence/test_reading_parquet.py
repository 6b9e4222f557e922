"""Parquet and Arrow: the schema as it is, other types row by row, damage in one sentence."""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from craftpath.evidence.read import RecordsError, open_records, records_from
from craftpath.evidence.schema import RECORDS
from tests.evidence.cast import birth, csv_text, founded, row, table

LIFE = [birth(), row(), row(kind="certificate", level=3, start="2019-06-01"), founded()]


def read(records) -> pa.Table:
    return pa.Table.from_batches([c.batch for c in records.chunks()], RECORDS)


def rejects_of(records) -> list[tuple]:
    return [
        (r["row"], r["column"], r["value"], r["reason"])
        for chunk in records.chunks()
        for r in chunk.rejects.to_pylist()
    ]


def save(folder, data: pa.Table, **options):
    path = folder / "records.parquet"
    pq.write_table(data, path, **options)
    return path


def with_column(data: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return data.set_column(data.schema.get_field_index(name), name, values)


def test_reads_what_was_written(tmp_path):
    records = open_records(save(tmp_path, table(LIFE)))
    assert records.num_rows == 4
    assert records.sorted is True
    assert read(records).to_pylist() == table(LIFE).to_pylist()
    assert read(records).to_pylist() == table(LIFE).to_pylist(), "a file may be read again"


def test_the_suffix_does_not_matter(tmp_path):
    path = save(tmp_path, table(LIFE)).rename(tmp_path / "records.csv")
    assert open_records(path).form == "parquet"
    (tmp_path / "records.parquet").write_text(csv_text(LIFE))
    assert open_records(tmp_path / "records.parquet").form == "csv"


def test_small_row_groups_are_read_together_and_large_ones_in_pieces(tmp_path):
    data = table([birth(party) for party in range(1, 101)])
    small = open_records(save(tmp_path, data, row_group_size=10), chunk_rows=40)
    assert [(c.first, c.num_rows) for c in small.chunks()] == [(1, 40), (41, 40), (81, 20)]
    large = open_records(save(tmp_path, data, row_group_size=100), chunk_rows=40)
    assert [(c.first, c.num_rows) for c in large.chunks()] == [(1, 40), (41, 40), (81, 20)]


def test_the_hash_is_of_the_bytes(tmp_path):
    path = save(tmp_path, table(LIFE))
    assert open_records(path).sha256() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_reads_only_the_columns_asked_for(tmp_path):
    records = open_records(save(tmp_path, table(LIFE)), columns=["start", "kind"])
    assert [c.batch.schema.names for c in records.chunks()] == [["party", "kind", "start"]]


def test_notices_from_the_statistics_that_parties_go_down(tmp_path):
    data = table([birth(party) for party in (5, 6, 1, 2)])
    assert open_records(save(tmp_path, data, row_group_size=2)).sorted is False
    assert open_records(save(tmp_path, data, write_statistics=False)).sorted is None


def spread(folder):
    """Party 2 reaches from the first row group into the third; 9 is founded in the fourth."""
    parties = [1, 2, 2, 2, 2, 3, 9, 9]
    rows = [r | {"party": p} for r, p in zip(LIFE * 2, parties, strict=True)]
    kinds = ["birth", "birth", *["employment"] * 3, "birth", "founded", "insured-staff"]
    rows = [r | {"kind": k, "level": None} for r, k in zip(rows, kinds, strict=True)]
    return open_records(save(folder, table(rows), row_group_size=2), chunk_rows=2)


def places(chunks) -> list[tuple[int, list[int]]]:
    return [(c.first, c.batch.column("party").to_pylist()) for c in chunks]


def test_reads_no_more_than_the_parties_asked_for(tmp_path):
    records = spread(tmp_path)
    assert places(records.chunks_of([3])) == [(5, [2, 3])]
    assert places(records.chunks_of([1, 9])) == [(1, [1, 2]), (7, [9, 9])]
    assert places(records.chunks_of([77])) == []


def test_reads_no_more_than_the_parties_with_a_kind(tmp_path):
    records = spread(tmp_path)
    assert places(records.chunks_with("founded")) == [(7, [9, 9])]
    assert places(records.chunks_with("employment")) == [(1, [1, 2]), (3, [2, 2]), (5, [2, 3])]
    assert places(records.chunks_with("nothing")) == []


DAYS = [dt.date(1990, 1, 1), dt.date(2015, 3, 1), dt.date(2019, 6, 1), dt.date(2001, 5, 1)]
MIDNIGHTS = [dt.datetime.combine(day, dt.time()) for day in DAYS]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("party", pa.array(["1", "1", " 1", "9"])),
        ("party", pa.array([1, 1, 1, 9], pa.uint64())),
        ("party", pa.array([1, 1, 1, 9], pa.int16())),
        ("party", pa.array([1.0, 1.0, 1.0, 9.0])),
        ("party", pa.array([decimal.Decimal(n) for n in (1, 1, 1, 9)], pa.decimal128(18, 0))),
        ("level", pa.array([None, None, 3, None], pa.int64())),
        ("level", pa.array([float("nan"), None, 3.0, None])),
        ("level", pa.array([None, "", "3", None])),
        ("level", pa.array([None, None, "3", None]).dictionary_encode()),
        ("other", pa.array([None, 9.0, 9.0, None])),
        ("start", pa.array(MIDNIGHTS, pa.timestamp("us"))),
        ("start", pa.array(MIDNIGHTS, pa.timestamp("ns"))),
        ("start", pa.array(DAYS, pa.date64())),
        ("start", pa.array([str(day) for day in DAYS])),
        ("start", pa.array([str(day) for day in DAYS], pa.large_string())),
        ("kind", pa.array(["birth", "employment", "certificate", "founded"], pa.large_string())),
        ("kind", pa.array(["birth", "employment", "certificate ", "founded"])),
        ("subject", pa.array([None, "welder", "welder", ""])),
        ("quantity", pa.nulls(4)),
        ("quantity", pa.nulls(4, pa.int32())),
    ],
)
def test_reads_columns_of_another_type(tmp_path, column, values):
    path = save(tmp_path, with_column(table(LIFE), column, values))
    assert read(open_records(path)).to_pylist() == table(LIFE).to_pylist()
    assert rejects_of(open_records(path)) == []


def test_reads_a_moment_as_the_day_where_it_was_written(tmp_path):
    shanghai = pa.array(MIDNIGHTS, pa.timestamp("us")).cast(pa.timestamp("us"))
    local = pa.compute.assume_timezone(shanghai, "Asia/Shanghai")
    path = save(tmp_path, with_column(table(LIFE), "start", local))
    assert read(open_records(path)).column("start").to_pylist() == DAYS


@pytest.mark.parametrize(
    ("column", "values", "reject"),
    [
        ("party", pa.array(["1", "x", "1", "9"]), (2, "party", "x", "not-a-number")),
        ("party", pa.array([1, None, 1, 9]), (2, "party", None, "no-party")),
        ("party", pa.array([1, 1.5, 1, 9]), (2, "party", "1.5", "not-whole")),
        ("party", pa.array([1, 2**63, 1, 9], pa.uint64()), (2, "party", str(2**63), "too-big")),
        ("level", pa.array([None, 300, 3, None]), (2, "level", "300", "too-big")),
        ("level", pa.array([None, float("inf"), 3, None]), (2, "level", "inf", "not-a-number")),
        (
            "start",
            pa.array([str(DAYS[0]), "2023-02-30", str(DAYS[2]), str(DAYS[3])]),
            (2, "start", "2023-02-30", "impossible-date"),
        ),
        (
            "start",
            pa.array([MIDNIGHTS[0], MIDNIGHTS[1] + dt.timedelta(hours=8.5), *MIDNIGHTS[2:]]),
            (2, "start", "2015-03-01 08:30:00", "time-of-day"),
        ),
    ],
)
def test_turns_away_a_value_that_does_not_fit(tmp_path, column, values, reject):
    path = save(tmp_path, with_column(table(LIFE), column, values))
    assert rejects_of(open_records(path)) == [reject]
    kept = table([LIFE[0], *LIFE[2:]]).to_pylist()
    assert read(open_records(path)).to_pylist() == kept


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        (
            "kind",
            pa.array([1.5] * 4),
            "column `kind` is double, which cannot be read as dictionary",
        ),
        (
            "start",
            pa.array([1, 2, 3, 4]),
            "column `start` is int64, which cannot be read as date32",
        ),
        (
            "quantity",
            pa.array([True] * 4),
            "column `quantity` is bool, which cannot be read as double",
        ),
        ("party", pa.array(DAYS), "column `party` is date32[day], which cannot be read as int64"),
        ("other", pa.array([[1]] * 4), "column `other` is list<"),
    ],
)
def test_a_column_of_a_type_that_makes_no_sense_stops_the_file(tmp_path, column, values, sentence):
    path = save(tmp_path, with_column(table(LIFE), column, values))
    with pytest.raises(RecordsError) as caught:
        read(open_records(path))
    assert sentence in str(caught.value)


def test_a_file_without_a_required_column_stops(tmp_path):
    path = save(tmp_path, table(LIFE).drop_columns(["known"]))
    with pytest.raises(RecordsError, match="lacks `known`"):
        open_records(path)


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_truncated_file_stops_with_one_sentence(tmp_path, keep):
    path = save(tmp_path, table(LIFE * 1000))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(RecordsError) as caught:
        open_records(path)
    assert (
        str(caught.value) == f"{path}: is Parquet cut off before its end; export or copy it again"
    )


def test_a_file_damaged_inside_stops_with_one_sentence(tmp_path):
    path = save(tmp_path, table([birth(n) for n in range(5000)]), write_page_checksum=True)
    data = bytearray(path.read_bytes())
    data[200:2000] = bytes(1800)
    path.write_bytes(data)
    with pytest.raises(RecordsError, match="is damaged Parquet; export or copy it again"):
        read(open_records(path))


# --- anything that speaks Arrow -------------------------------------------------------------------


def _polars(data: pa.Table):
    return pytest.importorskip("polars").from_arrow(data)


def _pandas(data: pa.Table):
    pytest.importorskip("pandas")
    return data.to_pandas()


def _duckdb(data: pa.Table):
    return pytest.importorskip("duckdb").sql("select * from data")


@pytest.mark.parametrize(
    "dress",
    [
        lambda data: data,
        lambda data: data.to_batches()[0],
        lambda data: data.to_reader(max_chunksize=3),
        _polars,
        _pandas,
        _duckdb,
    ],
    ids=["table", "batch", "stream", "polars", "pandas", "duckdb"],
)
def test_takes_whatever_speaks_arrow(dress):
    records = records_from(dress(table(LIFE)))
    assert read(records).to_pylist() == table(LIFE).to_pylist()


def test_a_stream_is_cut_to_size_and_its_hash_does_not_depend_on_the_cuts():
    data = table([birth(party) for party in range(100)] + [row(party=100)])
    hashes = set()
    for size in (1, 7, 1000):
        records = records_from(data.to_reader(max_chunksize=size), chunk_rows=40)
        assert [c.num_rows for c in records.chunks()] in ([40, 40, 21], [35, 35, 31], [40, 40, 21])
        hashes.add(records.sha256())
    assert len(hashes) == 1
    other = records_from(table([birth(party) for party in range(101)]))
    list(other.chunks())
    assert other.sha256() not in hashes


def test_what_does_not_speak_arrow_is_told_so():
    with pytest.raises(RecordsError, match="a list cannot be read as Arrow"):
        records_from([1, 2, 3])
