"""A workbook as uploaded → one that its reader may have, or why it may not. Standard library only.

A reader makes room for the whole rectangle between the first cell and the last, wherever in the
archive the sheet lies, so every part is looked at, whatever it is called:

- every part is unpacked under a count; what it declares of its own size is not believed;
- whatever has a `sheetData` in it is a sheet to somebody. It has to be plain XML in UTF-8, and
  no cell of it may lie beyond the limits, by the number it bears or by those before it;
- what the reader gets is an archive written anew from the parts looked at, so that there is
  nothing that it could find elsewhere, twice, or under another name.

A reader hands over nothing for a cell that shows an error, and for a formula whose value was never
saved: a certificate would have no end. Such a cell is rewritten as text (`NO_VALUE`, or the error
as it is shown), for whoever reads the row to refuse. What a person sees of a sheet, and its reader
does not tell, is told beside it (`Odd`).

Unfit    `code` says what is wrong; `numbers` say where. The words are `reading`'s
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

__all__ = ["MAX_COLUMNS", "MAX_PARTS", "MAX_RATIO", "MAX_ROWS", "MAX_UNPACKED", "TOP"]
__all__ += ["NO_VALUE", "Odd", "Unfit", "rewritten"]

MAX_ROWS = 200_000
MAX_COLUMNS = 60
MAX_PARTS = 2_000
#: All parts of a workbook unpacked. A full sheet of the rows allowed takes about half of it.
MAX_UNPACKED = 400 << 20
#: Sheets as people fill them pack to a tenth, uniform ones to a fiftieth; a bomb to a thousandth.
MAX_RATIO = 200
#: Rows at the top in which the headings are looked for: titles often stand above them.
TOP = 10

#: What a formula without its value is read as.
NO_VALUE = "#NO-VALUE!"

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


@dataclass
class Odd:
    """Rows, as the spreadsheet counts them, that a person sees otherwise than they are read."""

    hidden: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    merged: set[int] = field(default_factory=set)


class _Part(NamedTuple):
    """One part, looked at: how it is packed, its checksum, and its size unpacked."""

    name: str
    how: int
    crc: int
    size: int
    packed: memoryview | bytes

    def pieces(self) -> Iterator[bytes]:
        return _unpacked(memoryview(self.packed), self.how)


def rewritten(content: bytes) -> tuple[bytes, Odd]:
    """The workbook, for its reader, and what is odd about it. Unfit: it is none, or not safe to
    read."""
    left = min(MAX_UNPACKED, max(len(content) * MAX_RATIO, 1 << 20))
    looked_at, sheets, styles = [], set[int](), None
    for at, found in enumerate(_parts(content)):
        packed = _packed(content, found)
        seen = _look(_unpacked(packed, found.compress_type), left)
        left -= seen.size
        if seen.crc != found.CRC:
            raise Unfit("damaged")
        part = _Part(found.filename, found.compress_type, seen.crc, seen.size, packed)
        looked_at.append(part)
        if seen.is_sheet:
            sheets.add(at)
        elif found.filename.casefold().endswith("styles.xml"):
            styles = part
    struck, odd = _struck_styles(styles) if styles else frozenset[str](), Odd()
    for at in sheets:
        looked_at[at] = _told(looked_at[at], struck, odd)
    return _archive(looked_at), odd


def _told(part: _Part, struck: frozenset[str], odd: Odd) -> _Part:
    """A sheet, measured, whose cells without a value say so. Unfit: what calls itself a sheet is
    not to be vouched for, or reaches too far."""
    sheet = _Sheet(struck, odd)
    for piece in part.pieces():
        sheet.feed(piece)
    sheet.feed(b"", last=True)
    if not sheet.errors and not sheet.formulas:
        return part
    whole = b"".join(part.pieces())
    content = _with_values(whole, sheet.errors, sheet.formulas)
    if content is whole:
        return part
    packed = zlib.compressobj(1, wbits=-15)
    compressed = packed.compress(content) + packed.flush()
    return _Part(part.name, zipfile.ZIP_DEFLATED, zlib.crc32(content), len(content), compressed)


def _with_values(sheet: bytes, errors: list[int], formulas: list[int]) -> bytes:
    """The sheet with text where a cell shows an error (`errors`: where its tag begins), or is a
    formula (`formulas`) without a value."""
    out, done = [], 0
    for at in sorted({*errors, *formulas}):
        end = sheet.index(b">", at) + 1
        tag = sheet[at:end]
        close = _CLOSED.search(sheet, end)
        if tag.endswith(b"/>") or close is None:
            continue
        inside = sheet[end : close.start()]
        if _TYPE_ERROR.search(tag):
            inside = inside if _VALUE.search(inside) else _put(inside)
        elif _VALUE.search(inside) or b"<is" in inside:
            continue
        else:
            inside = _put(inside)
        out += [sheet[done:at], _TYPE.sub(b"", tag)[:-1] + b' t="str">', inside]
        done = close.start()
    return b"".join([*out, sheet[done:]]) if out else sheet


def _put(inside: bytes) -> bytes:
    return _EMPTY_VALUE.sub(b"", inside) + f"<v>{NO_VALUE}</v>".encode()


_CLOSED = re.compile(rb"</(?:[\w.-]+:)?c\s*>")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v[^>/]*>[^<]")
_EMPTY_VALUE = re.compile(rb"<(?:[\w.-]+:)?v\b[^>]*(?:/>|>\s*</(?:[\w.-]+:)?v\s*>)")
_TYPE = re.compile(rb"""\st\s*=\s*(?:"[^"]*"|'[^']*')""")
_TYPE_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")


def _struck_styles(part: _Part) -> frozenset[str]:
    """The numbers of the cell styles whose font is struck through; none where it is not told."""
    fonts: list[bool] = []
    styles: set[str] = set()
    inside: list[str] = []
    count = 0

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        name = name.rpartition(":")[2]
        above = inside[-1] if inside else ""
        inside.append(name)
        if (above, name) == ("fonts", "font"):
            fonts.append(False)
        elif (above, name) == ("font", "strike") and "fonts" in inside and fonts:
            fonts[-1] = attributes.get("val", "1") not in ("0", "false")
        elif (above, name) == ("cellXfs", "xf"):
            font = attributes.get("fontId", "")
            if font.isdecimal() and int(font) < len(fonts) and fonts[int(font)]:
                styles.add(str(count))
            count += 1

    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    parser.EndElementHandler = lambda _: inside.pop()
    try:
        for piece in part.pieces():
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        return frozenset()
    return frozenset(styles)


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


class _Sheet:
    """How far the cells of a sheet reach, as far as it was fed. Unfit: too far; not well-formed,
    not in UTF-8, or with a declaration of its own.

    row, column   of the last cell, counted from 1: the number that a cell bears, and never less
            than one more than that before it, since a reader counts where there is none
    errors, formulas   where in its bytes such a cell begins
    """

    def __init__(self, struck: frozenset[str], odd: Odd) -> None:
        self.row = self.column = 0
        self.errors: list[int] = []
        self.formulas: list[int] = []
        self._struck, self._odd = struck, odd
        self._cell, self._hidden = 0, False
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
            self._cell = self._parser.CurrentByteIndex
            if self._hidden:
                self._odd.hidden.add(self.row)
            if len(attributes) > 2:
                self._look_at_cell(attributes)
        elif name == "row":
            row, _ = _place(attributes)
            self.row = max(self.row + 1, row)
            self.column = 0
            self._hidden = "hidden" in attributes and _is_true(attributes, "hidden")
        elif name == "f":
            self.formulas.append(self._cell)
            return
        elif name == "mergeCell":
            self._look_at_merged(attributes)
            return
        else:
            return
        if self.column > MAX_COLUMNS or self.row > MAX_ROWS + TOP:
            raise Unfit("far")

    def _look_at_cell(self, attributes: list[str]) -> None:
        for at in range(0, len(attributes), 2):
            if attributes[at] == "t":
                if attributes[at + 1] == "e":
                    self.errors.append(self._cell)
            elif attributes[at] == "s" and attributes[at + 1] in self._struck:
                self._odd.struck.add(self.row)

    def _look_at_merged(self, attributes: list[str]) -> None:
        """A title over several columns is no matter; a name over several rows is."""
        for at in range(0, len(attributes), 2):
            first, _, last = attributes[at + 1].partition(":")
            if attributes[at] == "ref" and (of := _PLACE.fullmatch(first)):
                to = _PLACE.fullmatch(last)
                rows = range(int(of[2]) + 1, int(to[2]) + 1) if to else ()
                self._odd.merged.update(rows[: MAX_ROWS + TOP])


def _is_true(attributes: list[str], name: str) -> bool:
    return attributes[attributes.index(name) + 1] in ("1", "true")


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


def _archive(parts: list[_Part]) -> bytes:
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
