from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from craftpath import library
from craftpath.cli.main import main
from craftpath.eligibility.kept import pack_of
from craftpath.operations import snapshot
from craftpath.operations.snapshot import write_snapshot
from craftpath.registry.models import Party, Record
from craftpath.sample import sample_batches
from tests.apps.city import City

PEOPLE = 40


def sample() -> pa.Table:
    return pa.Table.from_batches(list(sample_batches(PEOPLE, 3, pack_of("guangdong").vocabulary)))


def bring_in(table: pa.Table) -> None:
    rows: list[dict[str, Any]] = table.to_pylist()
    Party.objects.bulk_create(
        Party(pk=at, nature="person" if at <= PEOPLE else "organisation", name=str(at))
        for at in sorted({row["party"] for row in rows})
    )
    Record.objects.bulk_create(
        Record(party_id=row.pop("party"), other_id=row.pop("other"), origin="import", **row)
        for row in rows
    )


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_equals_the_sample_that_was_brought_in(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = sample()
    bring_in(table)
    monkeypatch.setattr(snapshot, "GROUP", 100)  # several groups, lives cut in two among them

    count = write_snapshot(tmp_path / "out.parquet")

    read = pq.ParquetFile(tmp_path / "out.parquet")
    assert read.metadata.num_row_groups > 2
    assert count == table.num_rows
    assert rows_of(read.read()) == rows_of(table)


def test_is_decided_as_the_sample_is(db: None, tmp_path: Path) -> None:
    table, pack, day = sample(), pack_of("guangdong"), dt.date(2025, 8, 27)
    bring_in(table)
    write_snapshot(tmp_path / "out.parquet")

    told = library.decide(pq.read_table(tmp_path / "out.parquet"), pack, day)

    expected = library.decide(table, pack, day)
    assert expected.num_rows > 0
    assert rows_of(told) == rows_of(expected)


def test_keeps_what_was_superseded_with_the_days_it_was_known(city: City, tmp_path: Path) -> None:
    old = Record.objects.get(party=city.worker, kind="certificate", level=3)
    Record.objects.filter(pk=old.pk).update(known_until=dt.date(2024, 2, 1), why="登记有误")

    write_snapshot(tmp_path / "out.parquet")

    row = next(
        row
        for row in rows_of(pq.read_table(tmp_path / "out.parquet"))
        if row["party"] == city.worker.pk and row["kind"] == "certificate" and row["level"] == 3
    )
    assert (row["known"], row["known_until"]) == (dt.date(2020, 6, 15), dt.date(2024, 2, 1))


def test_puts_a_merged_life_under_whom_it_went_into(city: City, tmp_path: Path) -> None:
    Party.objects.filter(pk=city.colleague.pk).update(merged_into=city.worker)
    Party.objects.filter(pk=city.rival.pk).update(merged_into=city.works)

    write_snapshot(tmp_path / "out.parquet")

    rows = rows_of(pq.read_table(tmp_path / "out.parquet"))
    assert [row["party"] for row in rows] == sorted(row["party"] for row in rows)
    assert {row["party"] for row in rows} & {city.colleague.pk, city.rival.pk} == set()
    assert city.rival.pk not in {row["other"] for row in rows}


def test_refuses_a_name_that_is_no_parquet(city: City, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["snapshot", str(tmp_path / "out.csv")])

    assert done.exit_code == 1
    assert ".parquet" in done.output
