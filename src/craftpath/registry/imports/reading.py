"""A file as uploaded → sheets of plain cells; what is hostile or broken is refused, with the mend.

The reading itself goes on in a process of its own (`apart`, `reader`), after every part of the
file was looked at (`inspecting`). Here are the headings of its sheets, and the words for what is
wrong. Formulas are never run: the values last saved are read, as text and numbers.

Unreadable    the file as a whole cannot be used; its `label` says why and how to mend it
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeAlias

from craftpath.engine.rules import Label
from craftpath.registry.imports.apart import IN_THE_BACKGROUND, Bounds, TooMuch, read_apart
from craftpath.registry.imports.inspecting import MAX_COLUMNS, MAX_ROWS, TOP
from craftpath.registry.imports.nouns import Cell
from craftpath.registry.imports.reader import MAX_CELL
from craftpath.registry.imports.sorts import Heading, Sort, find_heading

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "Opened", "Sheet", "Unreadable", "open_file"]

MAX_BYTES = 50 << 20


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
        """Once, before the next sheet is asked for. Empty rows are left out."""
        for number, row in self._rows:
            if any(cell is not None and cell != "" for cell in row):
                yield number, row


@dataclass
class Opened:
    """The sheets to read, in order; `notes`: what its reader should know of the file."""

    sheets: Iterator[Sheet]
    notes: list[Label] = field(default_factory=list)


def open_file(name: str, content: bytes, sort: Sort, bounds: Bounds = IN_THE_BACKGROUND) -> Opened:
    """The sheets of an uploaded file that have the sort's headings. Unreadable, at once or while
    they are gone through, where there is nothing to be read, or what there is must not be.

    bounds  what reading it may take: less within a request
    """
    if not content:
        raise Unreadable("文件是空的。", "The file is empty.")
    if len(content) > MAX_BYTES:
        raise Unreadable(
            f"文件超过 {MAX_BYTES >> 20} MB，请分成几个。",
            f"The file is larger than {MAX_BYTES >> 20} MB; split it.",
        )
    ending = name.rpartition(".")[2].casefold()
    if ending == "xlsb":
        raise _wrong("xlsb")
    if ending in ("xlsm", "xltm", "xlam"):
        raise _wrong("macros")
    if ending == "xlsx":
        return _with_headings(sort, read_apart(content, "workbook", bounds))
    if ending in ("csv", "txt"):
        mark = _mark(content, sort)
        return _with_headings(sort, read_apart(content, "csv", bounds, mark=mark))
    raise Unreadable(
        "只收 .xlsx 和 .csv 文件；请另存为其中一种。",
        "Only .xlsx and .csv are taken; save it as one.",
    )


def _mark(content: bytes, sort: Sort) -> str:
    """What stands between the cells of a CSV file: with it, most headings are found."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(
            "内容是 Excel 工作簿，扩展名却是 .csv；请改为 .xlsx，或另存为 CSV。",
            "This is a workbook named .csv; name it .xlsx, or save it as CSV.",
        )
    if content[:1000].lstrip()[:1] == b"<":
        raise Unreadable(
            "内容是网页，不是 CSV；请用表格软件打开后另存为 .xlsx。",
            "This is a web page, not CSV; open it in a spreadsheet and save it as .xlsx.",
        )
    start = content[:80_000]
    texts = [start.decode(encoding, "ignore") for encoding in ("utf-8-sig", "gb18030")]
    lines = [text[:20_000].splitlines()[:TOP] for text in texts]
    return max(",\t;", key=lambda mark: max(_most_headings(sort, some, mark) for some in lines))


def _most_headings(sort: Sort, lines: list[str], mark: str) -> int:
    rows = csv.reader(lines, delimiter=mark)
    try:
        return max((len(find_heading(sort, row).at) for row in rows), default=0)
    except csv.Error:
        return 0


# --- what is wrong ---------------------------------------------------------------------------

#: By what `inspecting` and `reader` call it; `{}` is a row or a line of the file.
_WRONG: Mapping[str, Label] = MappingProxyType(
    {
        "macros": Label(
            "文件含有宏，不收；请另存为不含宏的 .xlsx。",
            "The file has macros and is not taken; save it as .xlsx without them.",
        ),
        "damaged": Label(
            "文件已损坏或不完整，打不开；请重新保存后再上传。",
            "The file is damaged or cut short; save it anew and upload it again.",
        ),
        "no-workbook": Label(
            "内容不是 .xlsx 工作簿（只是改了扩展名）；请用表格软件另存为 .xlsx。",
            "This is no .xlsx workbook inside, whatever its name; save it as .xlsx in a "
            "spreadsheet.",
        ),
        "xlsb": Label(
            "这是 Excel 二进制工作簿（.xlsb）；请另存为 .xlsx 再上传。",
            "This is a binary workbook (.xlsb); save it as .xlsx and upload that.",
        ),
        "document": Label(
            "这是另一种文档（如 .ods、.docx、.pptx），不是 .xlsx 工作簿；"
            "请用表格软件另存为 .xlsx。",
            "This is another kind of document (such as .ods, .docx or .pptx), no .xlsx workbook; "
            "save it as .xlsx in a spreadsheet.",
        ),
        "elsewhere": Label(
            "这是工作簿，但它的各部分不在通常的位置，读不了；请用表格软件打开，另存为 .xlsx。",
            "This is a workbook, but its parts do not lie where spreadsheets put them, so it "
            "cannot be read; open it in a spreadsheet and save it as .xlsx.",
        ),
        "page": Label(
            "内容是网页或 XML，只是扩展名为 .xlsx；请用表格软件打开后另存为 .xlsx。",
            "This is a web page or XML by the name of .xlsx; open it in a spreadsheet and save it "
            "as .xlsx.",
        ),
        "locked": Label(
            "文件有打开密码，读不了；请去掉密码后再上传。",
            "The file is locked by a password; take it off and upload it again.",
        ),
        "old": Label(
            "这是旧式 .xls 文件；请另存为 .xlsx。",
            "This is an old .xls file; save it as .xlsx.",
        ),
        "bomb": Label(
            "文件解开后大得不合常理，不收；请把数据复制到新表，另存后再上传。",
            "Unpacked, the file would be unreasonably large; copy the data into a new sheet and "
            "save it.",
        ),
        "far": Label(
            f"表格太大（最多 {MAX_ROWS:,} 行、{MAX_COLUMNS} 列）；请删去数据以外的行列，"
            "或分成几个文件。",
            f"Too large (at most {MAX_ROWS:,} rows, {MAX_COLUMNS} columns): split it, or delete "
            "the rest.",
        ),
        "long": Label(
            f"第 {{}} 行有一格超过 {MAX_CELL:,} 个字符；请删短后再上传。",
            f"A cell of row {{}} has more than {MAX_CELL:,} characters; shorten it and upload it "
            "again.",
        ),
        "wide": Label(
            "不是 UTF-8 或 GB18030 编码的文本；请另存为“CSV UTF-8”。",
            "Not text in UTF-8 or GB18030; save it as “CSV UTF-8”.",
        ),
        "encoding": Label(
            "第 {} 行有既不是 UTF-8 也不是 GB18030 的字符；请另存为“CSV UTF-8”。",
            "Line {} is neither UTF-8 nor GB18030; save it as “CSV UTF-8”.",
        ),
        "csv": Label(
            f"CSV 第 {{}} 行读不下去：引号没有配对，或一格超过 {MAX_CELL:,} 个字符。",
            "The CSV cannot be read at line {}: a quotation mark without its other, or a cell of "
            f"more than {MAX_CELL:,} characters.",
        ),
        "too-much": Label(
            "读这个文件要用的内存或时间超过一个文件的限度，没有读；"
            "请把数据复制到新表另存，或分成几个文件，再上传。",
            "Reading this file takes more memory or time than one file may; copy the data into a "
            "new sheet, or split it into several files, and upload again.",
        ),
    }
)
_NOTES: Mapping[str, Label] = MappingProxyType(
    {"gb18030": Label("按 GB18030 编码读取。", "Read as GB18030.")}
)


_ODD: Mapping[str, Label] = MappingProxyType(
    {
        "hidden": Label(
            "第 {rows} 行在表里是隐藏的（或被筛选掉），照样读入；请核对，不对的改好后重新上传。",
            "rows {rows} are hidden or filtered out in the sheet, and are read all the same; look "
            "them over, mend what is not meant, and upload it again.",
        ),
        "struck": Label(
            "第 {rows} 行画了删除线（整格或部分文字），照样读入；请核对，不对的改好后重新上传。",
            "rows {rows} are struck through, in whole or in part, and are read all the same; look "
            "them over, mend what is not meant, and upload it again.",
        ),
        "merged": Label(
            "第 {rows} 行有与上面的行合并的单元格；合并的内容只属于第一行。请取消合并，逐行填写。",
            "rows {rows} have cells merged with those above; what is merged belongs to the first "
            "row alone. Unmerge them, and fill in each row.",
        ),
    }
)


def _odd(what: str, sheet: str, count: int, rows: Sequence[int]) -> Label:
    more = count - len(rows)
    zh = "、".join(map(str, rows)) + (f"……共 {count}" if more else "")
    en = ", ".join(map(str, rows)) + (f" … ({count} in all)" if more else "")
    said = _ODD[what]
    zh, en = said.zh.format(rows=zh), said.en.format(rows=en)
    if not sheet:
        return Label(zh, en[0].upper() + en[1:])
    return Label(f"工作表“{sheet}”{zh}", f"Sheet “{sheet}”: {en}")


def _wrong(code: str, *numbers: int) -> Unreadable:
    told = _WRONG[code]
    return Unreadable(told.zh.format(*numbers), told.en.format(*numbers))


# --- sheets ----------------------------------------------------------------------------------

_Rows: TypeAlias = Iterator[tuple[int, list[Cell]]]
_Pieces: TypeAlias = Generator[list[Any], None, None]


def _sheets(pieces: _Pieces, notes: list[Label]) -> Iterator[tuple[str, _Rows, list[Label]]]:
    """Each with its rows, and what is odd about them; those that nobody read are passed over."""
    odd: defaultdict[str, list[Label]] = defaultdict(list)
    try:
        for piece in _told(pieces, notes):
            if piece[0] == "odd" and piece[1] in _ODD:
                _, what, sheet, count, *numbers = piece
                odd[sheet].append(_odd(what, sheet, count, numbers))
            elif piece[0] == "sheet":
                rows = _rows(_told(pieces, notes))
                yield piece[1], rows, odd.pop(piece[1], []) + odd.pop("", [])
                for _ in rows:
                    pass
    finally:
        pieces.close()


def _rows(pieces: Iterator[list[Any]]) -> _Rows:
    for piece in pieces:
        if piece[0] == "end":
            return
        if piece[0] == "rows":
            yield from piece[1]


def _told(pieces: _Pieces, notes: list[Label]) -> Iterator[list[Any]]:
    """Sheets and rows; notes are noted, and what is wrong is said."""
    try:
        for piece in pieces:
            match piece:
                case ["note", code]:
                    notes.append(_NOTES[code])
                case ["wrong", code, *numbers]:
                    raise _wrong(code, *numbers)
                case _:
                    yield piece
    except TooMuch:
        raise _wrong("too-much") from None


# --- headings --------------------------------------------------------------------------------


def _with_headings(sort: Sort, pieces: _Pieces) -> Opened:
    notes: list[Label] = []
    return Opened(_found(sort, _sheets(pieces, notes), notes), notes)


def _found(
    sort: Sort, sheets: Iterable[tuple[str, _Rows, list[Label]]], notes: list[Label]
) -> Iterator[Sheet]:
    """The sheets that have the headings asked for, one at a time; Unreadable where none has."""
    nearest: Heading | None = None
    some = False
    for name, rows, odd in sheets:
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
        notes += odd
        yield Sheet(name, heading, number, rows)
    if not some:
        raise _no_headings(sort, nearest)


def _heading(sort: Sort, rows: _Rows) -> tuple[Heading, int]:
    """The row near the top with the most headings, at least two; what follows is left to read."""
    for number, row in islice(rows, TOP):
        heading = find_heading(sort, row)
        if len(heading.at) >= 2:
            return heading, number
    return find_heading(sort, ()), 0


def _no_headings(sort: Sort, nearest: Heading | None) -> Unreadable:
    have = set() if nearest is None else set(nearest.at)
    missing = [column.label for column in sort.columns if column.asked and column.id not in have]
    zh, en = "、".join(m.zh for m in missing), ", ".join(m.en for m in missing)
    return Unreadable(
        f"找不到必需的列：{zh}。表头应在前 {TOP} 行内；请对照“{sort.label.zh}”模板。",
        f"Columns that there must be were not found: {en}. The headings belong into the first "
        f"{TOP} rows; compare with the template “{sort.label.en}”.",
    )
