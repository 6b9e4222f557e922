"""Files that would do harm, or only look like what they are named. Each is refused for its own
reason: the same file without the harm is read."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from craftpath.registry.imports import inspecting, reader, reading
from craftpath.registry.imports.apart import Bounds, pieces
from craftpath.registry.imports.reading import Unreadable, open_file
from craftpath.registry.imports.sorts import SORTS
from tests.apps.registry.sheets import csv_bytes, staff_rows, xlsx

STAFF = SORTS["staff"]


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> Iterator[None]:
    """Hundreds of files are looked at: their reader runs here, as it would by itself."""

    def read_here(content: bytes, sort: str, bounds: Bounds, *, mark: str = "") -> Iterator[list]:
        reader.answer(sort, mark, content, bounds.text, out := io.BytesIO())
        out.seek(0)
        yield from pieces(out, bounds.text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_apart", read_here)
        yield


SHEET = "xl/worksheets/sheet1.xml"


def read(name: str, content: bytes) -> list[tuple[int, list]]:
    return [row for sheet in open_file(name, content, STAFF).sheets for row in sheet.rows()]


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(name, content)
    assert caught.value.label.zh and caught.value.label.en
    return caught.value.label.en


def repacked(change: dict[str, bytes], **more: bytes) -> bytes:
    """The good workbook with some parts replaced, or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
        for name, content in (change | more).items():
            if name not in old.namelist():
                new.writestr(name, content)
    return out.getvalue()


GOOD = xlsx(staff_rows(3))
XML = zipfile.ZipFile(io.BytesIO(GOOD)).read(SHEET)


def test_reads_the_good_file_with_the_spreadsheets_row_numbers():
    assert [number for number, _ in read("a.xlsx", GOOD)] == [2, 3, 4]
    assert [number for number, _ in read("a.xlsx", repacked({}))] == [2, 3, 4]


def test_counts_empty_rows_and_titles_above_the_headings():
    rows = [[], ["某公司员工花名册"], [], *staff_rows(2)]

    assert [number for number, _ in read("a.xlsx", xlsx(rows))] == [5, 6]
    assert [number for number, _ in read("a.csv", csv_bytes(rows))] == [5, 6]
    moved = xlsx([[None, *row] for row in staff_rows(2)])
    assert [cells[1] for _, cells in read("a.xlsx", moved)] == ["员工0", "员工1"]


def test_refuses_a_zip_bomb_without_unpacking_it_into_memory():
    bomb = repacked({"xl/media/bomb.bin": bytes(100 << 20)})
    assert len(bomb) < 1 << 20

    tracemalloc.start()
    assert "unreasonably large" in refusal("a.xlsx", bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20


def test_believes_no_size_that_a_part_declares():
    """The directory says 100 bytes; what unpacks is 100 MB."""
    bomb = repacked({"xl/media/bomb.bin": bytes(100 << 20)})
    size = struct.pack("<I", 100 << 20)
    assert bomb.count(size) >= 1

    assert "unreasonably large" in refusal("a.xlsx", bomb.replace(size, struct.pack("<I", 100)))


def test_refuses_too_many_parts():
    many = repacked({f"xl/media/{at}.txt": b"x" for at in range(inspecting.MAX_PARTS)})

    assert "unreasonably large" in refusal("a.xlsx", many)


@pytest.mark.parametrize("place", ["XFD4", "BI4", "A1048576", "XFD1048576"])
def test_refuses_a_cell_far_beyond_the_data(place: str):
    """A reader makes room for all between: one such cell would take a terabyte."""
    far = XML.replace(b'r="A4"', f'r="{place}"'.encode())
    assert far != XML

    assert "Too large" in refusal("a.xlsx", repacked({SHEET: far}))


def test_refuses_macros():
    assert "macros" in refusal("a.xlsm", GOOD)
    assert "macros" in refusal("a.xlsx", repacked({"xl/vbaProject.bin": b"x"}))


def test_refuses_a_locked_file_and_an_old_one():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

    assert "password" in refusal("a.xlsx", ole + "EncryptedPackage".encode("utf-16-le"))
    assert "old .xls" in refusal("a.xlsx", ole)


def test_refuses_what_only_has_the_name():
    page = "<html><table><tr><td>姓名</td></tr></table></html>".encode()

    assert "by the name of .xlsx" in refusal("a.xlsx", page)
    assert "web page" in refusal("a.csv", page)
    assert "xlsx" in refusal("a.xlsx", csv_bytes(staff_rows(2)))
    assert "workbook named .csv" in refusal("a.csv", GOOD)
    assert "Only .xlsx and .csv" in refusal("a.pdf", b"%PDF-1.7")
    assert "empty" in refusal("a.xlsx", b"")

    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "x")
    assert "no .xlsx workbook" in refusal("a.xlsx", other.getvalue())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1))
def test_a_file_cut_short_anywhere_is_refused(length: int):
    refusal("a.xlsx", GOOD[:length])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, damage: bytes):
    try:
        read("a.xlsx", GOOD[:at] + damage + GOOD[at + len(damage) :])
    except Unreadable as why:
        assert why.label.zh and why.label.en


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(content: bytes):
    for name in ("a.csv", "a.xlsx"):
        with pytest.raises(Unreadable):
            read(name, content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_reads_csv_in_the_encodings_that_there_are(encoding: str):
    rows = read("a.csv", csv_bytes(staff_rows(2), encoding))

    assert [cells[0] for _, cells in rows] == ["员工0", "员工1"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_refuses_other_encodings(encoding: str):
    assert "UTF-8" in refusal("a.csv", csv_bytes(staff_rows(2), encoding))


def test_names_the_line_that_is_in_no_encoding():
    content = csv_bytes(staff_rows(2)) + b"\xe5\xbc\xa0\xff\xff,1\n"

    assert "Line 4" in refusal("a.csv", content)


def test_reads_tabs_and_semicolons():
    text = csv_bytes(staff_rows(2)).decode()

    assert len(read("a.csv", text.replace(",", "\t").encode())) == 2
    assert len(read("a.csv", text.replace(",", ";").encode())) == 2


def test_refuses_an_endless_cell_and_too_many_columns():
    heading = csv_bytes(staff_rows(0))

    assert "cannot be read at line" in refusal("a.csv", heading + b'"' + b"x" * 200_000)
    assert "Too large" in refusal("a.csv", heading + b"," * 100 + b"\n")


def test_refuses_more_rows_than_are_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "MAX_ROWS", 5)

    assert len(read("a.csv", csv_bytes(staff_rows(5)))) == 5
    assert "Too large" in refusal("a.csv", csv_bytes(staff_rows(30)))


def test_names_the_columns_that_are_missing():
    rows = [row[:2] for row in staff_rows(2)]

    assert "occupation, first day" in refusal("a.xlsx", xlsx(rows))
    assert "name, number, occupation" in refusal("a.xlsx", xlsx([["甲", "乙"]]))


def test_refuses_the_same_column_twice():
    rows = [[*row, row[0]] for row in staff_rows(1)]

    assert "twice" in refusal("a.xlsx", xlsx(rows))


def test_reads_the_value_of_a_formula_and_does_not_run_it():
    cell = re.search(rb'<c r="A2"[^>]*>.*?</c>', XML)
    assert cell is not None
    formula = XML.replace(cell[0], b'<c r="A2" t="str"><f>1+1</f><v>kept</v></c>')

    assert read("a.xlsx", repacked({SHEET: formula}))[0][1][0] == "kept"
