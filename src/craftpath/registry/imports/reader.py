"""Reads one file of somebody's, in a process of its own: `python -m …imports.reader`.

A file is asked for on standard input, a line of JSON and then its bytes; its rows go out on
standard output, in frames: four bytes of length, then JSON. Before a byte of the file is read the
process binds itself: so much memory and time, no core dump, no file written, and its end with
its starter's. Whatever is then wrong with a file ends this process at the worst.

    ["note", code]                      something to be known of the file
    ["odd", what, sheet, count, number, …]  its rows that are hidden, struck through or merged,
                                        the first of them
    ["sheet", name]                     the rows that follow are this sheet's
    ["rows", [[number, [cell, …]], …]]  as the spreadsheet numbers them; empty ones are left out
    ["end"]                             of the sheet
    ["wrong", code, number, …]          it is not read, or no further
    ["failed", what]                    we made a mistake
    ["done"]

Text, numbers and truth values are cells as they are; days and times are objects of one key. No
Django here, nor anything that takes time to import: every reading starts anew.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import ctypes
import datetime as dt
import io
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterator
from typing import IO, Any, TypeAlias

from craftpath.registry.imports.inspecting import (
    MAX_COLUMNS,
    MAX_ROWS,
    TOP,
    Unfit,
    rewritten,
)

__all__ = ["MAX_CELL", "MAX_FRAME", "NAMED", "answer"]

#: Rows that are told of those that are odd.
NAMED = 8

#: Characters in a cell: as many as spreadsheets take.
MAX_CELL = 32_767
#: One row may have so much in it, all of it escaped; frames of several rows stay small.
MAX_FRAME = MAX_COLUMNS * MAX_CELL * 6 + (1 << 20)
_FRAME = 256 << 10

_Rows: TypeAlias = Iterator[tuple[int, list[Any]]]


def main() -> None:
    # Whoever stops a service, or a command by its keyboard, means its starter, who ends this one.
    for told in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)
    asked = json.loads(sys.stdin.buffer.readline())
    _bind(asked["memory"], asked["seconds"])
    content = sys.stdin.buffer.read(asked["size"])
    if len(content) != asked["size"]:
        return  # its starter is gone
    answer(asked["sort"], asked["mark"], content, asked["text"], sys.stdout.buffer)


def answer(sort: str, mark: str, content: bytes, text: int, to: IO[bytes]) -> None:
    """The frames of a file, of so many characters at most. MemoryError: it had better end."""
    out = _Out(text, to)
    try:
        if sort == "workbook":
            book, odd = rewritten(content)
            for found in odd:
                for what in ("hidden", "struck", "merged"):
                    if rows := getattr(found, what):
                        out.piece("odd", what, found.sheet, len(rows), *sorted(rows)[:NAMED])
            _workbook(book, out)
        else:
            _csv(content, mark, out)
        out.piece("done")
    except Unfit as why:
        out.piece("wrong", why.code, *why.numbers)
    except (MemoryError, BrokenPipeError):
        raise
    except Exception as mistake:
        out.piece("failed", _told(mistake))


def _bind(memory: int, seconds: int) -> None:
    """From here on nothing that this process does is another one's trouble."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as first_to_go:  # noqa: PTH123
        first_to_go.write("1000")
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    for what, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, memory),
    ):
        resource.setrlimit(what, (limit, limit))
    # At the first it is told by SIGXCPU, which says whose fault it was; at the second, killed.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


def _told(mistake: Exception) -> str:
    """What went wrong and where, without a word of what was read."""
    trace = mistake.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
    return f"{type(mistake).__name__} in {where}"


# --- what goes out ---------------------------------------------------------------------------


class _Out:
    """Frames, counted: one text may be used by every cell, so a small file can say a lot."""

    def __init__(self, most: int, to: IO[bytes]) -> None:
        self._to = to
        self._left = most
        self._waiting: list[str] = []
        self._size = 0

    def piece(self, *said: Any) -> None:
        self._flush()
        self._frame(_json(said))

    def row(self, number: int, cells: list[Any]) -> None:
        for cell in cells:
            if isinstance(cell, str) and len(cell) > MAX_CELL:
                raise Unfit("long", number)
        text = _json((number, cells))
        self._waiting.append(text)
        self._size += len(text)
        self._left -= len(text)
        if self._left < 0:
            raise Unfit("bomb")
        if self._size > _FRAME:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._frame('["rows",[' + ",".join(self._waiting) + "]]")
            self._waiting, self._size = [], 0

    def _frame(self, text: str) -> None:
        content = text.encode()
        self._to.write(struct.pack(">I", len(content)) + content)
        self._to.flush()


def _json(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=_moment)


def _moment(cell: Any) -> dict[str, Any]:
    if isinstance(cell, dt.datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, dt.date):
        return {"day": cell.isoformat()}
    if isinstance(cell, dt.time):
        return {"time": cell.isoformat()}
    if isinstance(cell, dt.timedelta):
        return {"span": [cell.days, cell.seconds, cell.microseconds]}
    raise TypeError(type(cell).__name__)


def _send(name: str, rows: _Rows, out: _Out) -> None:
    out.piece("sheet", name)
    for number, cells in rows:
        if number > MAX_ROWS + TOP:
            raise Unfit("far")
        if number <= TOP or any(cell is not None and cell != "" for cell in cells):
            out.row(number, cells)
    out.piece("end")


# --- workbooks -------------------------------------------------------------------------------


def _workbook(content: bytes, out: _Out) -> None:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            found.name
            for found in book.sheets_metadata
            if found.typ == calamine.SheetTypeEnum.WorkSheet
            and found.visible == calamine.SheetVisibleEnum.Visible
        ]
    except calamine.PasswordError:
        raise Unfit("locked") from None
    except BaseException as wrong:
        raise _of_the_reader(wrong) from None
    for name in names:
        _send(name, _sheet_rows(book, name), out)


def _sheet_rows(book: Any, name: str) -> _Rows:
    """Numbered as in the spreadsheet. The reader gives the empty rows above the data, but drops
    the empty columns before it: they are put back, so that every sheet counts alike."""
    try:
        sheet = book.get_sheet_by_name(name)
        start, rows = sheet.start, sheet.iter_rows()
    except BaseException as wrong:
        raise _of_the_reader(wrong) from None
    if start is None:
        return
    left = [None] * start[1]
    for at, row in enumerate(rows, 1):
        yield at, left + list(row) if left else list(row)


def _of_the_reader(wrong: BaseException) -> BaseException:
    """A file that its reader cannot make out; it panics at some, which is no Exception."""
    return wrong if isinstance(wrong, MemoryError) else Unfit("damaged")


# --- CSV -------------------------------------------------------------------------------------


def _csv(content: bytes, mark: str, out: _Out) -> None:
    encoding = _encoding(content)
    if encoding == "gb18030":
        out.piece("note", encoding)
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    _send("CSV", _csv_rows(text, mark), out)


def _encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in content:
        raise Unfit("wide")
    try:
        content.decode("utf-8-sig")
        return "utf-8-sig"
    except UnicodeDecodeError as wrong:
        place = wrong.start
    try:
        content.decode("gb18030")
        return "gb18030"
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, max(place, wrong.start)) + 1
        raise Unfit("encoding", line) from None


def _csv_rows(text: io.TextIOWrapper, mark: str) -> _Rows:
    """Numbered as a spreadsheet would: by rows, whatever line breaks stand within cells."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(text, delimiter=mark)
    try:
        for at, row in enumerate(reader, 1):
            if len(row) > MAX_COLUMNS:
                raise Unfit("far")
            yield at, list(row)
    except csv.Error:
        raise Unfit("csv", reader.line_num) from None


if __name__ == "__main__":
    try:
        main()
    except (MemoryError, BrokenPipeError):  # no room for more words; nobody who reads them
        os._exit(1)
