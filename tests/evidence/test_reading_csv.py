"""CSV as people really send it: reads what can be read, and says what cannot, row by row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from craftpath.evidence.read import Records, RecordsError, open_records
from craftpath.evidence.schema import RECORDS
from tests.evidence.cast import birth, csv_text, row


def rows_of(records: Records) -> list[dict]:
    return [r for chunk in records.chunks() for r in chunk.batch.to_pylist()]


def numbers_of(records: Records) -> list[int]:
    return [int(n) for c in records.chunks() for n in c.row_numbers(np.arange(c.num_rows))]


def rejects_of(records: Records) -> list[dict]:
    return [r for chunk in records.chunks() for r in chunk.rejects.to_pylist()]


def save(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "records.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_reads_every_column_in_its_type(tmp_path):
    full = row(level=3, end="2020-01-01", quantity=12.5, known_until="2021-01-01")
    records = open_records(save(tmp_path, csv_text([birth(), full])))
    (chunk,) = records.chunks()
    assert chunk.batch.schema == RECORDS
    assert chunk.batch.to_pylist()[1] == {
        "party": 1,
        "kind": "employment",
        "subject": "welder",
        "level": 3,
        "start": dt.date(2015, 3, 1),
        "end": dt.date(2020, 1, 1),
        "quantity": 12.5,
        "other": 9,
        "status": "verified",
        "known": dt.date(2015, 3, 10),
        "known_until": dt.date(2021, 1, 1),
    }
    assert rejects_of(records) == []
    assert records.notes == []


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", []),
        ("utf-8-sig", ["encoding: UTF-8 with a byte order mark"]),
        ("gb18030", ["encoding: GB18030"]),
    ],
)
def test_tells_the_encoding_from_the_bytes(tmp_path, encoding, note):
    text = csv_text([row(remark="龙门吊司机，夜班")], [*RECORDS.names, "remark"]).replace("，", ";")
    records = open_records(save(tmp_path, text, encoding))
    assert rows_of(records)[0]["kind"] == "employment"
    assert [n.en for n in records.notes if "encoding" in n.en] == note


def test_finds_gb18030_far_behind_the_first_bytes(tmp_path):
    """The ids and codes are plain ASCII; the first Chinese may stand megabytes into the file."""
    names = [*RECORDS.names, "remark"]
    text = csv_text(
        [row(party=n, remark="plain") for n in range(40_000)] + [row(remark="焊")], names
    )
    records = open_records(save(tmp_path, text, "gb18030"))
    assert [n.zh for n in records.notes] == ["编码：GB18030", "忽略多余的列：remark"]
    assert len(rows_of(records)) == 40_001


def test_takes_columns_in_any_order_and_ignores_others(tmp_path):
    names = ["姓名", "known", " Status ", "START", "kind", "party"]
    text = ",".join(names) + "\n某人,2015-03-10,verified,2015-03-01,employment,1\n"
    records = open_records(save(tmp_path, text))
    assert rows_of(records)[0] | {"party": 1, "kind": "employment"} == rows_of(records)[0]
    assert [n.en for n in records.notes] == [
        "columns not there, read as empty: subject, level, end, quantity, other, known_until",
        "other columns, ignored: 姓名",
    ]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_takes_tabs_and_semicolons_for_commas(tmp_path, delimiter):
    records = open_records(save(tmp_path, csv_text([row()]).replace(",", delimiter)))
    assert rows_of(records)[0]["subject"] == "welder"


def test_reads_blanks_as_blanks(tmp_path):
    text = csv_text([row(kind=" employment ", subject="   ", other="", start=" 2015-03-01 ")])
    (read,) = rows_of(open_records(save(tmp_path, text)))
    assert (read["kind"], read["subject"], read["other"]) == ("employment", None, None)
    assert read["start"] == dt.date(2015, 3, 1)


def test_reads_whole_numbers_that_a_spreadsheet_wrote_as_decimals(tmp_path):
    (read,) = rows_of(
        open_records(save(tmp_path, csv_text([row(party="1.0", other="9.0", level="3.")])))
    )
    assert (read["party"], read["other"], read["level"]) == (1, 9, 3)


# --- bad values: column, what stands there, reason, what the mend says ---------------------------

BAD_VALUES = [
    ("party", "", "no-party", "say whose record it is"),
    ("party", "甲", "not-a-number", "write digits only"),
    ("party", "1 000", "number-shape", "write 1000"),
    ("party", "１２", "number-shape", "write 12"),
    ("party", "1_000", "number-shape", "write 1000"),
    ("party", "1.5", "not-whole", "drop the fraction"),
    ("party", "nan", "not-a-number", "write digits only"),
    ("party", "9223372036854775808", "too-big", "check the number of digits"),
    ("other", '"12,000"', "number-shape", "write 12000"),
    ("other", "9a", "not-a-number", "write digits only"),
    ("level", "3.5", "not-whole", "drop the fraction"),
    ("level", "128", "too-big", "check the number of digits"),
    ("level", "三级", "not-a-number", "write digits only"),
    ("quantity", "many", "not-a-number", "write digits only"),
    ("quantity", '"1,234.5"', "number-shape", "write 1234.5"),
    ("quantity", "3 000", "number-shape", "write 3000"),
    ("start", "2023-02-30", "impossible-date", "check the month and the day"),
    ("start", "2023-02-29", "impossible-date", "check the month and the day"),
    ("start", "2023-13-01", "impossible-date", "check the month and the day"),
    ("start", "2023年2月30日", "impossible-date", "check the month and the day"),
    ("start", "2023/7/1", "date-shape", "write 2023-07-01"),
    ("start", "2023.07.01", "date-shape", "write 2023-07-01"),
    ("start", "2023-7-1", "date-shape", "write 2023-07-01"),
    ("start", "20230701", "date-shape", "write 2023-07-01"),
    ("start", "2023年7月1日", "date-shape", "write 2023-07-01"),
    ("start", "２０２３-０７-０１", "date-shape", "write 2023-07-01"),
    ("start", "2023-07-01 00:00:00", "date-shape", "write 2023-07-01"),
    ("start", "2023-07-01T08:30:00", "date-shape", "write 2023-07-01"),
    ("start", "45108", "date-shape", "write 2023-07-01"),
    ("start", "01/07/2023", "date-shape", "write year-month-day, such as 2023-07-01"),
    ("start", "2023-07", "date-shape", "write year-month-day, such as 2023-07-01"),
    ("start", "2023年", "date-shape", "write year-month-day, such as 2023-07-01"),
    ("start", "summer", "not-a-date", "write year-month-day, such as 2023-07-01"),
    ("end", "-", "not-a-date", "write year-month-day, such as 2023-07-01"),
    ("known", "2023-00-10", "impossible-date", "check the month and the day"),
    ("known_until", "never", "not-a-date", "write year-month-day, such as 2023-07-01"),
]


@pytest.mark.parametrize(("column", "value", "reason", "mend"), BAD_VALUES)
def test_turns_away_a_bad_value_and_keeps_its_neighbours(tmp_path, column, value, reason, mend):
    text = csv_text([birth(), row(**{column: value}), row(start="2016-01-01")])
    records = open_records(save(tmp_path, text))
    assert numbers_of(records) == [1, 3]
    (reject,) = rejects_of(records)
    assert (reject["row"], reject["column"], reject["reason"]) == (2, column, reason)
    assert reject["mend_en"] == mend
    assert reject["value"] == (value.strip('"') or None)
    assert reject["kind"] == "employment"
    assert reject["party"] == (None if column == "party" else 1)


def test_names_the_first_trouble_of_a_row(tmp_path):
    records = open_records(save(tmp_path, csv_text([row(start="soon", party="x", level="y")])))
    assert [r["column"] for r in rejects_of(records)] == ["party"]


def test_numbers_rows_past_blank_lines_and_rows_of_another_width(tmp_path):
    good = csv_text([birth()]).splitlines()[1]
    lines = [good, "", good + ",more", good, "1,employment", good, ",,,,,,,,,,", good]
    records = open_records(save(tmp_path, "\n".join([",".join(RECORDS.names), *lines]) + "\n"))
    assert numbers_of(records) == [1, 4, 6, 8]
    assert [(r["row"], r["reason"], r["value"]) for r in rejects_of(records)] == [
        (3, "row-shape", "12 ≠ 11"),
        (5, "row-shape", "2 ≠ 11"),
    ]


def test_keeps_count_when_only_bad_rows_are_left(tmp_path):
    text = ",".join(RECORDS.names) + "\n1,2\n3,4\n"
    records = open_records(save(tmp_path, text))
    assert rows_of(records) == []
    assert [r["row"] for r in rejects_of(records)] == [1, 2]


def test_a_header_alone_is_a_file_without_rows(tmp_path):
    assert rows_of(open_records(save(tmp_path, ",".join(RECORDS.names) + "\n"))) == []


def test_reads_only_the_columns_asked_for(tmp_path):
    records = open_records(save(tmp_path, csv_text([row()])), columns=["kind", "start"])
    assert rows_of(records) == [{"party": 1, "kind": "employment", "start": dt.date(2015, 3, 1)}]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty; export it again"),
        (b"PK\x03\x04rest", "is an Excel workbook or a ZIP archive; save it as CSV or Parquet"),
        (b"\x1f\x8brest", "is compressed with gzip; save it as CSV or Parquet"),
        ("party,kind\n".encode("utf-16"), "is UTF-16 text; save it as CSV or Parquet"),
        (b"{}", "looks like JSON; save it as CSV or Parquet"),
        (b"par\0ty", "is neither Parquet nor CSV text; save it as one of them"),
        (
            b"party,kind,start,status,known\n1,\xff\xff,",
            "is neither UTF-8 nor GB18030; save it as UTF-8",
        ),
        (
            b"party,kind,start,state\n",
            (
                "lacks `status`, `known` (it has: party, kind, start, state); "
                "add what is missing to the file"
            ),
        ),
        (b"party,Party,kind,start,status,known\n", "has two columns `party`; keep one of them"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_in_one_sentence(tmp_path, data, sentence):
    path = tmp_path / "records.csv"
    path.write_bytes(data)
    with pytest.raises(RecordsError) as caught:
        open_records(path)
    assert str(caught.value) == f"{path}: {sentence}"
    assert caught.value.label.zh.startswith(f"{path}：")


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(RecordsError, match="no such file; check the path"):
        open_records(tmp_path / "nothing.csv")
    with pytest.raises(RecordsError, match="is a folder; name the records file in it"):
        open_records(tmp_path)
