"""Files whose reading would take all the memory there is, whatever they call the part that does it;
and what a reading may take at all. Each is refused for its own reason; the same file without the
harm is read."""

from __future__ import annotations

import datetime as dt
import io
import os
import resource
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from craftpath.access.errors import Invalid
from craftpath.assessment.sheets import read_part_sheet
from craftpath.programmes.mark_sheet import read_marks
from craftpath.registry.imports import apart, reader, reading
from craftpath.registry.imports.apart import IN_A_PAGE, Bounds, Failed, TooMuch, pieces, read_apart
from craftpath.registry.imports.inspecting import Unfit, rewritten
from craftpath.registry.imports.reading import Unreadable, open_file
from craftpath.registry.imports.sorts import SORTS
from tests.apps.registry.sheets import STAFF, csv_bytes, staff_rows, xlsx

pytestmark = pytest.mark.slow  # a process for each file

_SORT = SORTS["staff"]
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def text(place: str, said: str) -> str:
    return f'<c {place} t="inlineStr"><is><t>{said}</t></is></c>'


HEADINGS = "".join(
    text(f'r="{letter}1"', head) for letter, head in zip("ABCDEF", STAFF, strict=True)
)
FAR = text('r="XFD1048576"', "x")


def sheet(rows: str, before: str = "", root: str = "worksheet") -> str:
    return f"{before}<{root} {_MAIN}><sheetData><row>{HEADINGS}</row>{rows}</sheetData></{root}>"


def workbook(
    content: str | bytes,
    part: str = "xl/worksheets/sheet1.xml",
    target: str = "worksheets/sheet1.xml",
    more: dict[str, str | bytes] | None = None,
) -> bytes:
    """A workbook of one sheet, that lies in `part` and is called `target`."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
        f'Target="{target}"/></Relationships>',
        part: content,
    } | (more or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, said in parts.items():
            archive.writestr(name, said)
    return out.getvalue()


def read(content: bytes, name: str = "a.xlsx", bounds: Bounds = apart.IN_A_PAGE) -> list[list]:
    sheets = open_file(name, content, _SORT, bounds).sheets
    return [cells for sheet in sheets for _, cells in sheet.rows()]


def refusal(content: bytes, name: str = "a.xlsx", bounds: Bounds = apart.IN_A_PAGE) -> str:
    with pytest.raises(Unreadable) as caught:
        read(content, name, bounds)
    assert caught.value.label.zh
    return caught.value.label.en


def test_reads_the_workbook_that_the_others_are_made_of():
    assert read(workbook(sheet(f"<row>{text('', '甲')}</row>")))[0][0] == "甲"


# --- wherever the sheet lies -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "target"),
    [
        ("xl/d1.xml", "d1.xml"),
        ("xl/d1.xml", "/xl/d1.xml"),
        ("d1.xml", "../d1.xml"),
        ("d1.xml", "/d1.xml"),
        ("xl/worksheets/d1.bin", "worksheets/d1.bin"),
        ("xl/media/picture.png", "media/picture.png"),
        ("xl/sharedStrings.xml", "sharedStrings.xml"),
        ("xl/SHEETS/D1.XML", "sheets/d1.xml"),
        ("xl\\worksheets\\sheet1.xml", "worksheets/sheet1.xml"),
        ("xl/worksheets/sheet1.xml", "worksheets\\sheet1.xml"),
        ("xl/worksheets/sheet1.xml", "worksheets/./../worksheets/sheet1.xml"),
        ("xl/worksheets/", "worksheets/"),
    ],
)
def test_refuses_a_far_cell_wherever_its_sheet_lies(part: str, target: str):
    assert "Too large" in refusal(workbook(sheet(FAR), part, target))


def test_refuses_a_part_that_is_there_twice_or_by_two_names():
    for twin in (
        "xl/Worksheets/Sheet1.xml",
        "xl\\worksheets\\sheet1.xml",
        "/xl/worksheets/sheet1.xml",
    ):
        assert "damaged" in refusal(workbook(sheet(""), more={twin: sheet("")}))


def test_the_reader_gets_the_parts_looked_at_and_nothing_else():
    """Which of two directories a reader believes is its own affair: there is one."""
    far = workbook(sheet(FAR))
    with zipfile.ZipFile(out := io.BytesIO(workbook(sheet(""))), "a") as archive:
        names = archive.namelist()
        archive.comment = FAR.encode()
    given, _ = rewritten(out.getvalue())

    assert zipfile.ZipFile(io.BytesIO(given)).namelist() == names
    assert (given.count(FAR.encode()), zipfile.ZipFile(io.BytesIO(given)).testzip()) == (0, None)
    assert rewritten(far + workbook(sheet("")))[0] == rewritten(workbook(sheet("")))[0]
    with pytest.raises(Unfit):
        rewritten(workbook(sheet("")) + far)


# --- however it is written -------------------------------------------------------------------

ROW = f"<row r='2'>{text('', 'x')}</row>"


@pytest.mark.parametrize(
    "rows",
    [
        FAR,
        text("t2='' r = 'XFD1048576'", "x").replace(' t="inlineStr"', "", 1),
        text('\n\tr\n=\n"XFD1048576"', "x"),
        text('r="&#88;FD1048576"', "x"),
        text('r="A&#49;048576"', "x"),
        f'<row r="1048576">{text("", "x")}</row>',
        f"<row r='1048&#53;76'>{text('', 'x')}</row>",
        "<row>" + "<c/>" * 16_000 + text("", "x") + "</row>",
        "<row/>" * 200_100 + f"<row>{text('', 'x')}</row>",
        "<x:row xmlns:x='a'><x:c r='XFD9'><is><t>x</t></is></x:c></x:row>",
        "<row><!-- > --><c r='BI9'><v>1</v></c></row>",
    ],
)
def test_refuses_a_far_cell_however_it_is_written(rows: str):
    # Something that does not pack, so that it is not the ratio that is refused.
    noise = {"xl/media/a.png": os.urandom(20_000)}
    assert "Too large" in refusal(workbook(sheet(rows), more=noise))


@pytest.mark.parametrize(
    "content",
    [
        sheet(FAR).encode("utf-16"),
        sheet(FAR, '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16-be"),
        sheet("", '<?xml version="1.0" encoding="UTF-16"?>'),
        sheet("", '<?xml version="1.0" encoding="GB18030"?>'),
        sheet("", "<!DOCTYPE worksheet [<!ENTITY a 'x'>]>"),
        "no XML " + sheet(FAR),
        sheet("") + sheet(FAR),
        sheet("").replace("</worksheet>", ""),
        sheet("<c r='A1048576999'/>"),
        sheet("<c r='$A$1'/>"),
    ],
)
def test_refuses_a_sheet_that_it_cannot_vouch_for(content: str | bytes):
    assert "damaged" in refusal(workbook(content))


def test_what_a_sheet_says_of_its_size_takes_no_room():
    said = sheet("").replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    merged = said.replace(
        "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )
    assert read(workbook(merged)) == []


def test_drawings_need_not_be_well_formed():
    drawn = {"xl/drawings/vmlDrawing1.vml": "<xml><div>a<br>b</div></xml>"}
    assert read(workbook(sheet(ROW), more=drawn))


@pytest.mark.parametrize("part", ["content.xml", "mimetype", "xl/workbook.bin", "Content.XML"])
def test_refuses_what_would_be_read_as_another_sort_of_file(part: str):
    """The reader tries one sort after the other; theirs repeat a cell a billion times."""
    content = workbook(sheet(ROW), more={part: "x"})
    said = "binary workbook" if part.endswith(".bin") else "another kind of document"
    assert said in refusal(content)


# --- what gets through all the same ----------------------------------------------------------


def test_one_text_used_by_every_cell_is_counted_each_time():
    strings = {"xl/sharedStrings.xml": f"<sst {_MAIN}><si><t>{'x' * 1000}</t></si></sst>"}
    rows = "".join('<row><c t="s"><v>0</v></c></row>' for _ in range(200))
    reader.answer("workbook", "", workbook(sheet(rows), more=strings), 100_000, out := io.BytesIO())

    assert out.getvalue().endswith(b'["wrong","bomb"]')
    assert len(out.getvalue()) < 110_000


def test_refuses_a_cell_longer_than_spreadsheets_take():
    long = sheet(f"<row>{text('', 'x' * 32_768)}</row>")
    assert "row 2" in refusal(workbook(long))
    assert read(workbook(long.replace("x" * 32_768, "x" * 32_767)))


SMALL = Bounds(200 << 20, 20, 9 << 20)


@pytest.mark.parametrize("kind", ["workbook", "csv"])
def test_a_reading_that_takes_too_much_memory_is_refused_and_this_process_is_as_before(kind: str):
    """Within the limits of rows and columns, and still more than one reading may take."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if kind == "workbook":
        wide = text('r="BH200000"', "x")
        said = refusal(workbook(sheet(f"<row r='200000'>{wide}</row>")), bounds=SMALL)
    else:
        said = refusal(csv_bytes([STAFF]) + b"," * (40 << 20), "a.csv", bounds=SMALL)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert "more memory or time" in said
    assert grown < 150 << 10  # the file itself, in KiB


def test_a_reading_that_takes_too_long_is_refused():
    far = text('r="BH200000"', "x")
    many = workbook(sheet(f"<row r='200000'>{far}</row>"))
    assert "more memory or time" in refusal(many, bounds=Bounds(1 << 30, 1, 9 << 20))


# --- the process -----------------------------------------------------------------------------


def _children() -> set[int]:
    found = Path("/proc/self/task").glob("*/children")
    return {int(pid) for file in found for pid in file.read_text().split()}


#: More than a pipe holds.
LONG = xlsx([STAFF] + [["某" * 20] * 6] * 5000)


@pytest.fixture
def under_way() -> Iterator[tuple[Iterator[list], int]]:
    """A reading that is under way, and its process."""
    before = _children()
    going = read_apart(LONG, "workbook", apart.IN_THE_BACKGROUND)
    next(going)
    (pid,) = _children() - before
    yield going, pid
    going.close()


def test_is_bound_before_it_reads(under_way: tuple[Iterator[list], int]):
    _, pid = under_way
    limits = {
        line[:25].strip(): line[26:].split()[0]
        for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
    }

    assert limits["Max address space"] == str(apart.IN_THE_BACKGROUND.memory)
    assert limits["Max cpu time"] == str(apart.IN_THE_BACKGROUND.seconds)
    assert limits["Max core file size"] == limits["Max file size"] == "0"
    assert Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == "1000"
    assert b"KEY" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_killed_it_is_to_be_tried_again(under_way: tuple[Iterator[list], int]):
    """A machine without memory ends it so, and the file may be good."""
    going, pid = under_way
    os.kill(pid, signal.SIGKILL)

    with pytest.raises(Failed, match="from outside"):
        list(going)
    assert not Path(f"/proc/{pid}").exists()


def test_what_takes_too_long_is_the_file(under_way: tuple[Iterator[list], int]):
    going, pid = under_way
    os.kill(pid, signal.SIGXCPU)

    with pytest.raises(TooMuch):
        list(going)


def test_within_requests_so_many_are_read_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart, "_PATIENCE", 0.05)
    sheet = b"serial,mark\nHSGJ7,80\n"
    going = [read_apart(sheet, "csv", IN_A_PAGE, mark=",") for _ in range(3)]
    assert [next(one)[0] for one in going[:2]] == ["sheet", "sheet"]

    with pytest.raises(Failed, match="at once"):
        next(going[2])
    going[0].close()
    assert list(read_apart(sheet, "csv", IN_A_PAGE, mark=","))[-1] == ["end"]
    going[1].close()


def test_a_service_that_is_stopped_has_not_found_the_file_too_large(
    under_way: tuple[Iterator[list], int],
):
    """SIGTERM goes to every process of a service, SIGINT to all that a keyboard reaches."""
    going, pid = under_way
    for told in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(pid, told)

    assert list(going)[-1] == ["end"]


def test_nobody_is_left_where_the_reading_was_given_up(under_way: tuple[Iterator[list], int]):
    going, pid = under_way
    going.close()  # type: ignore[attr-defined]

    assert not Path(f"/proc/{pid}").exists()


def test_ends_with_whoever_started_it():
    code = (
        "import os; from craftpath.registry.imports import apart\n"
        "process = apart._started()\n"
        'process.stdin.write(b\'{"memory": 999999999, "seconds": 9, "size": 9, "text": 9}\\n\')\n'
        "process.stdin.flush()\n"
        "print(process.pid, flush=True); input()\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    time.sleep(0.3)
    starter.kill()
    starter.communicate()

    until = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize(
    "frames",
    [
        b"",
        b'\x00\x00\x00\x09["sheet"',
        b"\xff\xff\xff\xff[",
        b"\x00\x00\x00\x06[1, 2]",
        b'\x00\x00\x00\x11["rows",[[1,[[]]]]]',
        b'\x00\x00\x00\x15["rows",[[1,[{"x":1}]]]]',
        b"\x00\x00\x07\xd0" + b"[" * 2000,
    ],
)
def test_believes_nothing_that_is_not_of_the_right_shape(frames: bytes):
    with pytest.raises(TooMuch):
        list(pieces(io.BytesIO(frames), 9))


def test_our_own_mistakes_are_no_fault_of_the_file():
    said = b'["failed","ValueError in x:1"]'
    with pytest.raises(Failed):
        list(pieces(io.BytesIO(len(said).to_bytes(4) + said), 99))


def test_keeps_days_times_and_numbers_as_they_are():
    moment = dt.datetime(2020, 1, 1, 9, 30)  # noqa: DTZ001
    rows = [
        *staff_rows(0),
        ["甲", 12.5, True, dt.date(2020, 2, 29), moment, -3],
    ]
    (cells,) = read(xlsx(rows))

    assert cells == ["甲", 12.5, True, dt.date(2020, 2, 29), moment, -3.0]
    assert [type(cell) for cell in cells][1:3] == [float, bool]


def test_reading_is_where_every_sheet_that_somebody_brings_is_read():
    """No other module of ours has a reader of workbooks."""
    source = Path(reading.__file__).parents[2]
    users = {
        file.relative_to(source).as_posix()
        for file in source.rglob("*.py")
        if "import python_calamine" in file.read_text("utf-8")
    }
    assert users == {"registry/imports/reader.py"}


@pytest.mark.parametrize("reader_of_marks", [read_marks, read_part_sheet])
def test_sheets_of_marks_come_by_the_same_door(reader_of_marks: Callable[[str, bytes], object]):
    with pytest.raises(Invalid) as caught:
        reader_of_marks("a.xlsx", workbook(sheet(FAR), "d1.xml", "/d1.xml"))
    assert "Too large" in caught.value.label.en
