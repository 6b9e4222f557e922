"""A workbook as uploaded → one that its reader may have, or why it may not. Standard library only.

A reader makes room for the whole rectangle between the first cell and the last, wherever in the
archive the sheet lies, so every part is looked at, whatever it is called:

- every part is unpacked under a count; what it declares of its own size is not believed;
- whatever has a `sheetData` in it is a sheet to somebody. It has to be plain XML in UTF-8, and
  no cell of it may lie beyond the limits, by the number it bears or by those before it;
- what the reader gets is an archive written anew from the parts looked at, so that there is
  nothing that it could find elsewhere, twice, or under another name.

Unfit    `code` says what is wrong; `numbers` say where. The words are `reading`'s
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

__all__ = ["MAX_COLUMNS", "MAX_PARTS", "MAX_RATIO", "MAX_ROWS", "MAX_UNPACKED", "TOP"]
__all__ += ["Unfit", "rewritten"]

MAX_ROWS = 200_000
MAX_COLUMNS = 60
MAX_PARTS = 2_000
#: All parts of a workbook unpacked. A full sheet of the rows allowed takes about half of it.
MAX_UNPACKED = 400 << 20
#: Sheets as people fill them pack to a tenth, uniform ones to a fiftieth; a bomb to a thousandth.
MAX_RATIO = 200
#: Rows at the top in which the headings are looked for: titles often stand above them.
TOP = 10

_PIECE = 1 << 20
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_SHEET = b"sheetData"
#: The same in UTF-16, whichever end comes first.
_SHEET_WIDE = "sheetData".encode("utf-16-le")[:-1]
_PLACE = re.compile(r"([A-Za-z]{0,3})([0-9]{1,7})")
#: Parts by which a reader that looks for the sort of a file takes it for another one.
_OTHER_SORTS = ("content.xml", "mimetype", "xl/workbook.bin")


class Unfit(Exception):
    def __init__(self, code: str, *numbers: int) -> None:
        self.code, self.numbers = code, numbers
        super().__init__(code)


def rewritten(content: bytes) -> bytes:
    """The workbook, for its reader. Unfit: it is none, or not safe to read."""
    parts = _parts(content)
    left = min(MAX_UNPACKED, max(len(content) * MAX_RATIO, 1 << 20))
    looked_at = []
    for part in parts:
        packed = _packed(content, part)
        seen = _look(_unpacked(packed, part.compress_type), left)
        left -= seen.size
        if seen.crc != part.CRC:
            raise Unfit("damaged")
        if seen.is_sheet:
            _measure(_unpacked(packed, part.compress_type))
        looked_at.append((part.filename, part.compress_type, seen.crc, seen.size, packed))
    return _archive(looked_at)


def _parts(content: bytes) -> list[zipfile.ZipInfo]:
    """What the archive says it holds. Unfit where no workbook does."""
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise Unfit("locked" if locked else "old")
    if not content.startswith(_LOCAL):
        raise Unfit("no-workbook")
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        raise Unfit("damaged") from None
    if len(parts) > MAX_PARTS:
        raise Unfit("bomb")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unfit("locked")
    names = [part.filename.replace("\\", "/").lstrip("/").casefold() for part in parts]
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unfit("no-workbook")
    if any(name in _OTHER_SORTS for name in names):
        raise Unfit("no-workbook")
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Unfit("macros")
    if len(set(names)) < len(names):  # which of the two a reader takes is its own affair
        raise Unfit("damaged")
    return parts


def _packed(content: bytes, part: zipfile.ZipInfo) -> memoryview:
    """Its own header says where its bytes begin; the directory's word is not enough."""
    at = part.header_offset
    if content[at : at + 4] != _LOCAL or at + 30 > len(content):
        raise Unfit("damaged")
    name_size, extra_size = struct.unpack("<HH", content[at + 26 : at + 30])
    begin = at + 30 + name_size + extra_size
    packed = memoryview(content)[begin : begin + part.compress_size]
    if len(packed) != part.compress_size:
        raise Unfit("damaged")
    return packed


def _unpacked(packed: memoryview, how: int) -> Iterator[bytes]:
    """Piece by piece, none larger than `_PIECE`."""
    if how == zipfile.ZIP_STORED:
        for at in range(0, len(packed), _PIECE):
            yield bytes(packed[at : at + _PIECE])
        return
    if how != zipfile.ZIP_DEFLATED:
        raise Unfit("damaged")
    unpack = zlib.decompressobj(-15)
    try:
        for at in range(0, len(packed), _PIECE):
            waiting = bytes(packed[at : at + _PIECE])
            while waiting and not unpack.eof:
                yield unpack.decompress(waiting, _PIECE)
                waiting = unpack.unconsumed_tail
        while not unpack.eof and (piece := unpack.decompress(b"", _PIECE)):
            yield piece
    except zlib.error:
        raise Unfit("damaged") from None
    if not unpack.eof:
        raise Unfit("damaged")


class _Seen(NamedTuple):
    size: int
    crc: int
    is_sheet: bool


def _look(pieces: Iterator[bytes], limit: int) -> _Seen:
    """What a part comes to, unpacked; it is thrown away. Unfit: larger than the limit."""
    size, crc, tail, is_sheet = 0, 0, b"", False
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise Unfit("bomb")
        crc = zlib.crc32(piece, crc)
        seam = tail + piece
        if _SHEET_WIDE in seam:
            raise Unfit("damaged")
        is_sheet = is_sheet or _SHEET in seam
        tail = seam[-len(_SHEET_WIDE) :]
    return _Seen(size, crc, is_sheet)


def _measure(pieces: Iterator[bytes]) -> None:
    """Unfit: what calls itself a sheet is not to be vouched for, or reaches too far."""
    sheet = _Sheet()
    for piece in pieces:
        sheet.feed(piece)
    sheet.feed(b"", last=True)


class _Sheet:
    """How far the cells of a sheet reach, as far as it was fed. Unfit: too far; not well-formed,
    not in UTF-8, or with a declaration of its own.

    row, column   of the last cell, counted from 1: the number that a cell bears, and never less
            than one more than that before it, since a reader counts where there is none
    """

    def __init__(self) -> None:
        self.row = self.column = 0
        parser = self._parser = expat.ParserCreate("UTF-8")
        parser.ordered_attributes = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._no_doctype
        parser.StartElementHandler = self._outside

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError:
            raise Unfit("damaged") from None

    def _declared(self, _version: str, encoding: str | None, _alone: int) -> None:
        if encoding is not None and encoding.casefold() not in ("utf-8", "us-ascii"):
            raise Unfit("damaged")

    def _no_doctype(self, *_: object) -> None:
        raise Unfit("damaged")

    def _outside(self, name: str, _attributes: list[str]) -> None:
        if name.endswith("sheetData"):
            self._parser.StartElementHandler = self._inside

    def _inside(self, name: str, attributes: list[str]) -> None:
        if name == "v":  # half of all
            return
        name = name.rpartition(":")[2]
        if name == "c":
            row, column = _place(attributes)
            self.row = max(self.row, row)
            self.column = max(self.column + 1, column)
        elif name == "row":
            row, _ = _place(attributes)
            self.row = max(self.row + 1, row)
            self.column = 0
        else:
            return
        if self.column > MAX_COLUMNS or self.row > MAX_ROWS + TOP:
            raise Unfit("far")


def _place(attributes: list[str]) -> tuple[int, int]:
    """(row, column) by the number that a row or a cell bears; 0 where it bears none."""
    for at in range(0, len(attributes), 2):
        if attributes[at] == "r":
            found = _PLACE.fullmatch(attributes[at + 1])
            if found is None:
                raise Unfit("damaged")
            return int(found[2]), _column(found[1])
    return 0, 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _archive(parts: list[tuple[str, int, int, int, memoryview]]) -> bytes:
    """The packed parts as an archive with nothing else in it."""
    out, directory = io.BytesIO(), io.BytesIO()
    for name, how, crc, size, packed in parts:
        called = name.encode()
        what = struct.pack("<4HIIIHH", 0x800, how, 0, 0x21, crc, len(packed), size, len(called), 0)
        place = struct.pack("<3HII", 0, 0, 0, 0, out.tell())
        out.write(_LOCAL + struct.pack("<H", 20) + what + called)
        out.write(packed)
        directory.write(_CENTRAL + struct.pack("<2H", 20, 20) + what + place + called)
    at, listed = out.tell(), directory.getvalue()
    count = len(parts)
    out.write(listed)
    out.write(_END + struct.pack("<4H2IH", 0, 0, count, count, len(listed), at, 0))
    return out.getvalue()
