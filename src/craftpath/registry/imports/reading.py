"""A file as uploaded → sheets of plain cells; what is hostile or broken is refused, with the mend.

Before anything parses a workbook, every part of it is unpacked under a count: what it declares of
its own size is not believed, and no cell may lie beyond the limits (a reader would make room for
all that lies between). Formulas are never run: the values last saved are read, as text and numbers.

Unreadable    the file as a whole cannot be used; its `label` says why and how to mend it
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

import python_calamine as calamine

from craftpath.engine.rules import Label
from craftpath.registry.imports.nouns import Cell
from craftpath.registry.imports.sorts import Heading, Sort, find_heading

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "Opened", "Sheet", "Unreadable", "open_file"]

MAX_BYTES = 50 << 20
MAX_ROWS = 200_000
MAX_COLUMNS = 60
MAX_PARTS = 2_000
#: All parts of a workbook unpacked. A full sheet of the rows allowed takes about half of it.
MAX_UNPACKED = 400 << 20
#: Sheets as people fill them pack to a tenth, uniform ones to a fiftieth; a bomb to a thousandth.
MAX_RATIO = 200
#: Rows at the top in which the headings are looked for: titles often stand above them.
_TOP = 10


class Unreadable(Exception):
    def __init__(self, zh: str, en: str) -> None:
        self.label = Label(zh, en)
        super().__init__(en)


@dataclass(frozen=True)
class Sheet:
    """A sheet whose headings were found. `rows()` gives (row number in the spreadsheet, cells)."""

    name: str
    heading: Heading
    heading_row: int
    _rows: Iterator[tuple[int, list[Cell]]]

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Once. Empty rows are left out."""
        for number, row in self._rows:
            if any(cell is not None and cell != "" for cell in row):
                yield number, row


@dataclass
class Opened:
    """The sheets to read, in order; `notes`: what its reader should know of the file."""

    sheets: Iterator[Sheet]
    notes: list[Label] = field(default_factory=list)


def open_file(name: str, content: bytes, sort: Sort) -> Opened:
    """The sheets of an uploaded file that have the sort's headings. Unreadable where there is
    nothing to be read, or what there is must not be."""
    if not content:
        raise Unreadable("文件是空的。", "The file is empty.")
    if len(content) > MAX_BYTES:
        raise Unreadable(
            f"文件超过 {MAX_BYTES >> 20} MB，请分成几个。",
            f"The file is larger than {MAX_BYTES >> 20} MB; split it.",
        )
    ending = name.rpartition(".")[2].casefold()
    if ending in ("xlsm", "xlsb", "xltm", "xlam"):
        raise Unreadable(*_MACROS)
    if ending == "xlsx":
        return _open_workbook(content, sort)
    if ending in ("csv", "txt"):
        return _open_csv(content, sort)
    raise Unreadable(
        "只收 .xlsx 和 .csv 文件；请另存为其中一种。",
        "Only .xlsx and .csv are taken; save it as one.",
    )


_MACROS = (
    "文件含有宏，不收；请另存为不含宏的 .xlsx。",
    "The file has macros and is not taken; save it as .xlsx without them.",
)
_DAMAGED = (
    "文件已损坏或不完整，打不开；请重新保存后再上传。",
    "The file is damaged or cut short; save it anew and upload it again.",
)
_NOT_XLSX = (
    "内容不是 .xlsx 工作簿（只是改了扩展名）；请用表格软件另存为 .xlsx。",
    "This is no .xlsx workbook inside, whatever its name; save it as .xlsx in a spreadsheet.",
)


# --- workbooks -------------------------------------------------------------------------------


def _open_workbook(content: bytes, sort: Sort) -> Opened:
    _inspect(content)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))  # type: ignore[arg-type]
    except calamine.PasswordError:
        raise Unreadable(*_LOCKED) from None
    except Exception:
        raise Unreadable(*_DAMAGED) from None
    names = [
        found.name
        for found in book.sheets_metadata
        if found.typ == calamine.SheetTypeEnum.WorkSheet
        and found.visible == calamine.SheetVisibleEnum.Visible
    ]
    return _with_headings(sort, ((name, _sheet_rows(book, name)) for name in names))


def _sheet_rows(book: calamine.CalamineWorkbook, name: str) -> Iterator[tuple[int, list[Cell]]]:
    """Numbered as in the spreadsheet. The reader gives the empty rows above the data, but drops
    the empty columns before it: they are put back, so that every sheet counts alike."""
    try:
        sheet = book.get_sheet_by_name(name)
        start = sheet.start
        if start is None:
            return
        left = start[1]
        for at, row in enumerate(sheet.iter_rows(), 1):
            yield at, list(row) if left == 0 else [None] * left + list(row)
    except calamine.CalamineError:
        raise Unreadable(*_DAMAGED) from None


_LOCKED = (
    "文件有打开密码，读不了；请去掉密码后再上传。",
    "The file is locked by a password; take it off and upload it again.",
)


def _inspect(content: bytes) -> None:
    """Unreadable unless it is a workbook that is safe to parse."""
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(*_LOCKED)
        raise Unreadable(
            "这是旧式 .xls 文件；请另存为 .xlsx。", "This is an old .xls file; save it as .xlsx."
        )
    if not content.startswith(b"PK\x03\x04"):
        raise Unreadable(*_NOT_XLSX)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        raise Unreadable(*_DAMAGED) from None
    names = {part.filename.casefold() for part in parts}
    if "[content_types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise Unreadable(*_NOT_XLSX)
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Unreadable(*_MACROS)
    if len(parts) > MAX_PARTS:
        raise Unreadable(*_BOMB)
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable(*_LOCKED)
    left = min(MAX_UNPACKED, max(len(content) * MAX_RATIO, 1 << 20))
    for part in parts:
        left -= _unpacked(content, part, left)


_BOMB = (
    "文件解开后大得不合常理，不收；请把数据复制到新表，另存后再上传。",
    "Unpacked, the file would be unreasonably large; copy the data into a new sheet and save it.",
)
_FAR = (
    f"表格太大（最多 {MAX_ROWS:,} 行、{MAX_COLUMNS} 列）；请删去数据以外的行列，或分成几个文件。",
    f"Too large (at most {MAX_ROWS:,} rows, {MAX_COLUMNS} columns): split it, or delete the rest.",
)
# References of cells and rows that may lie beyond the limits: two letters, or six digits.
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*(?:([A-Z]{2,})(\d+)|[A-Z]?(\d{6,}))\s*["']""", re.I)
_SHEET = re.compile(r"xl/.*sheet.*\.xml", re.I)


def _unpacked(content: bytes, part: zipfile.ZipInfo, limit: int) -> int:
    """The true size of a part, unpacked piece by piece and thrown away."""
    # Its own header says where its bytes begin; the directory's word is not enough.
    at = part.header_offset
    if content[at : at + 4] != b"PK\x03\x04" or at + 30 > len(content):
        raise Unreadable(*_DAMAGED)
    name_size, extra_size = struct.unpack("<HH", content[at + 26 : at + 30])
    begin = at + 30 + name_size + extra_size
    packed = memoryview(content)[begin : begin + part.compress_size]
    if len(packed) != part.compress_size:
        raise Unreadable(*_DAMAGED)
    looked_at = _SHEET.fullmatch(part.filename) is not None
    if part.compress_type == zipfile.ZIP_STORED:
        if len(packed) > limit:
            raise Unreadable(*_BOMB)
        if looked_at:
            _look(bytes(packed))
        return len(packed)
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise Unreadable(*_DAMAGED)
    size, tail, waiting = 0, b"", bytes(packed)
    unpack = zlib.decompressobj(-15)
    try:
        while waiting:
            piece = unpack.decompress(waiting, 1 << 20)
            waiting = unpack.unconsumed_tail
            size += len(piece)
            if size > limit:
                raise Unreadable(*_BOMB)
            if looked_at:
                _look(tail + piece)
                tail = piece[-64:]
            if not piece and not waiting:
                break
    except zlib.error:
        raise Unreadable(*_DAMAGED) from None
    if not unpack.eof:
        raise Unreadable(*_DAMAGED)
    return size


def _look(xml: bytes) -> None:
    for letters, number, row in _REFERENCE.findall(xml):
        far_right = len(letters) > 2 or (letters and _column(letters) > MAX_COLUMNS)
        if far_right or int(number or row) > MAX_ROWS + _TOP:
            raise Unreadable(*_FAR)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


# --- CSV -------------------------------------------------------------------------------------


def _open_csv(content: bytes, sort: Sort) -> Opened:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(
            "内容是 Excel 工作簿，扩展名却是 .csv；请改为 .xlsx，或另存为 CSV。",
            "This is a workbook named .csv; name it .xlsx, or save it as CSV.",
        )
    if content.lstrip()[:1] == b"<":
        raise Unreadable(
            "内容是网页，不是 CSV；请用表格软件打开后另存为 .xlsx。",
            "This is a web page, not CSV; open it in a spreadsheet and save it as .xlsx.",
        )
    text, notes = _decoded(content)
    first = text[:20_000].splitlines()[:_TOP]
    best = max(",\t;", key=lambda mark: _most_headings(sort, first, mark))
    opened = _with_headings(sort, [("CSV", _csv_rows(text, best))])
    opened.notes.extend(notes)
    return opened


def _decoded(content: bytes) -> tuple[str, list[Label]]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in content:
        raise Unreadable(
            "不是 UTF-8 或 GB18030 编码的文本；请另存为“CSV UTF-8”。",
            "Not text in UTF-8 or GB18030; save it as “CSV UTF-8”.",
        )
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as wrong:
        place = wrong.start
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, max(place, wrong.start)) + 1
        raise Unreadable(
            f"第 {line} 行有既不是 UTF-8 也不是 GB18030 的字符；请另存为“CSV UTF-8”。",
            f"Line {line} is neither UTF-8 nor GB18030; save it as “CSV UTF-8”.",
        ) from None
    return text, [Label("按 GB18030 编码读取。", "Read as GB18030.")]


def _most_headings(sort: Sort, lines: list[str], mark: str) -> int:
    rows = csv.reader(lines, delimiter=mark)
    try:
        return max((len(find_heading(sort, row).at) for row in rows), default=0)
    except csv.Error:
        return 0


def _csv_rows(text: str, mark: str) -> Iterator[tuple[int, list[Cell]]]:
    """Numbered as a spreadsheet would: by rows, whatever line breaks stand within cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for at, row in enumerate(reader, 1):
            if len(row) > MAX_COLUMNS:
                raise Unreadable(*_FAR)
            yield at, list(row)
    except csv.Error as wrong:
        raise Unreadable(
            f"CSV 第 {reader.line_num} 行读不下去：引号没有配对，或一格太长。",
            f"The CSV cannot be read at line {reader.line_num}: {wrong}.",
        ) from None


# --- headings --------------------------------------------------------------------------------

_Rows: TypeAlias = Iterator[tuple[int, list[Cell]]]


def _with_headings(sort: Sort, sheets: Iterable[tuple[str, _Rows]]) -> Opened:
    notes: list[Label] = []
    return Opened(_found(sort, sheets, notes), notes)


def _found(sort: Sort, sheets: Iterable[tuple[str, _Rows]], notes: list[Label]) -> Iterator[Sheet]:
    """The sheets that have the headings asked for, one at a time; Unreadable where none has."""
    nearest: Heading | None = None
    some = False
    for name, rows in sheets:
        rows = _limited(rows)
        heading, number = _heading(sort, rows)
        missing = [c for c in sort.columns if c.asked and c.id not in heading.at]
        if missing:
            if nearest is None or len(heading.at) > len(nearest.at):
                nearest = heading
            continue
        if heading.twice:
            twice = "、".join(heading.twice)
            raise Unreadable(
                f"工作表“{name}”里有两列是同一项：{twice}；请删去一列。",
                f"Sheet “{name}” has the same column twice: {twice}; delete one of them.",
            )
        if heading.unread:
            unread = "、".join(heading.unread)
            notes.append(
                Label(f"“{name}”中未读的列：{unread}", f"columns of “{name}” not read: {unread}")
            )
        some = True
        yield Sheet(name, heading, number, rows)
    if not some:
        raise _no_headings(sort, nearest)


def _heading(sort: Sort, rows: _Rows) -> tuple[Heading, int]:
    """The row near the top with the most headings, at least two; what follows is left to read."""
    for number, row in islice(rows, _TOP):
        heading = find_heading(sort, row)
        if len(heading.at) >= 2:
            return heading, number
    return find_heading(sort, ()), 0


def _limited(rows: _Rows) -> _Rows:
    for number, row in rows:
        if number > MAX_ROWS + _TOP:
            raise Unreadable(*_FAR)
        yield number, row


def _no_headings(sort: Sort, nearest: Heading | None) -> Unreadable:
    have = set() if nearest is None else set(nearest.at)
    missing = [column.label for column in sort.columns if column.asked and column.id not in have]
    zh, en = "、".join(m.zh for m in missing), ", ".join(m.en for m in missing)
    return Unreadable(
        f"找不到必需的列：{zh}。表头应在前 {_TOP} 行内；请对照“{sort.label.zh}”模板。",
        f"Columns that there must be were not found: {en}. The headings belong into the first "
        f"{_TOP} rows; compare with the template “{sort.label.en}”.",
    )
