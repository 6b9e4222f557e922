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
as it is shown), for whoever reads the row to refuse; so is one whose value it would cut, by a
comment or a CDATA section within. What a person sees of a sheet, and its reader does not tell, is
told beside it (`Odd`).

Unfit    `code` says what is wrong; `numbers` say where. The words are `reading`'s
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
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
_OTHER_SORTS = {"xl/workbook.bin": "xlsb", "content.xml": "document", "mimetype": "document"}
#: What the list of parts calls those of a workbook, wherever they lie.
_WORKBOOK = b"spreadsheetml"
_LIST = "[content_types].xml"


class Unfit(Exception):
    def __init__(self, code: str, *numbers: int) -> None:
        self.code, self.numbers = code, numbers
        super().__init__(code)


@dataclass
class Odd:
    """Rows, as the spreadsheet counts them, that a person sees otherwise than they are read.

    sheet   the name on its tab; "" where that is not told plainly
    struck  in whole, or a part of the text of a cell
    """

    sheet: str = ""
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


def rewritten(content: bytes) -> tuple[bytes, list[Odd]]:
    """The workbook, for its reader, and what is odd about each sheet. Unfit: it is none, or not
    safe to read."""
    left = min(MAX_UNPACKED, max(len(content) * MAX_RATIO, 1 << 20))
    looked_at, sheets = [], set[int]()
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
    named = {_plain_name(part.name): part for part in looked_at}
    struck, names = _struck(named), _sheet_names(named)
    odd = []
    for at in sorted(sheets):
        part = looked_at[at]
        found_odd = Odd(names.get(_plain_name(part.name), ""))
        looked_at[at] = _told(part, struck, found_odd)
        odd.append(found_odd)
    return _archive(looked_at), odd


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _told(part: _Part, struck: _Struck, odd: Odd) -> _Part:
    """A sheet, measured, whose cells without a value say so. Unfit: what calls itself a sheet is
    not to be vouched for, or reaches too far."""
    sheet = _Sheet(struck, odd)
    for piece in part.pieces():
        sheet.feed(piece)
    sheet.feed(b"", last=True)
    if not sheet.to_rewrite:
        return part
    whole = b"".join(part.pieces())
    content = _Cells(whole).written()
    if content is whole:
        return part
    packed = zlib.compressobj(1, wbits=-15)
    compressed = packed.compress(content) + packed.flush()
    return _Part(part.name, zipfile.ZIP_DEFLATED, zlib.crc32(content), len(content), compressed)


class _Cells:
    """A sheet, already found well-formed, with those cells written anew that its reader would hand
    over otherwise than they are shown: errors, formulas without a value, and values that are cut
    up by comments, CDATA or processing instructions."""

    def __init__(self, sheet: bytes) -> None:
        self._sheet = sheet
        self._out: list[bytes] = []
        self._done = 0
        self._cell: tuple[str, list[str], int] | None = None
        self._value: list[str] = []
        self._within: set[str] = set()
        parser = self._parser = expat.ParserCreate("UTF-8")
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._begins
        parser.EndElementHandler = self._ends
        parser.CommentHandler = parser.StartCdataSectionHandler = self._cut
        parser.ProcessingInstructionHandler = self._cut

    def written(self) -> bytes:
        """The sheet itself where nothing had to be written anew."""
        self._parser.Parse(self._sheet, True)
        return b"".join([*self._out, self._sheet[self._done :]]) if self._out else self._sheet

    def _begins(self, name: str, attributes: list[str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell = name, attributes, self._parser.CurrentByteIndex
            self._value, self._within = [], set()
        elif self._cell is not None:
            self._within.add(local)
            if local == "v":
                self._parser.CharacterDataHandler = self._value.append

    def _cut(self, *_: object) -> None:
        if self._parser.CharacterDataHandler is not None:
            self._within.add("cut")

    def _ends(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "v":
            self._parser.CharacterDataHandler = None
        elif local == "c" and self._cell is not None:
            self._write(*self._cell)
            self._cell = None

    def _write(self, name: str, attributes: list[str], at: int) -> None:
        said = dict(zip(attributes[::2], attributes[1::2], strict=True))
        text = "".join(self._value)
        is_error = said.get("t") == "e"
        has_none = not text.strip() and (
            is_error or ("f" in self._within and "is" not in self._within)
        )
        if not (is_error or has_none or "cut" in self._within):
            return
        if is_error or has_none:
            said["t"] = "str"
        tag = "".join(f' {key}="{_escaped(value)}"' for key, value in said.items())
        value = name[: -len("c")] + "v"
        inside = f"<{value}>{_escaped(NO_VALUE if has_none else text)}</{value}>"
        self._out += [self._sheet[self._done : at], f"<{name}{tag}>{inside}</{name}>".encode()]
        self._done = self._end_of(name)

    def _end_of(self, name: str) -> int:
        """After the cell's last byte: a closing tag begins here, or an empty one has just ended."""
        here = self._parser.CurrentByteIndex
        closing = b"</" + name.encode()
        if self._sheet.startswith(closing, here):
            return self._sheet.index(b">", here) + 1
        return here


def _escaped(text: str) -> str:
    for mark, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(mark, written)
    return text


class _Struck(NamedTuple):
    """What is struck through, by number: styles of cells, and texts that cells share."""

    styles: frozenset[str]
    texts: frozenset[str]


def _struck(named: dict[str, _Part]) -> _Struck:
    styles = texts = frozenset[str]()
    for name, part in named.items():
        if name.endswith("styles.xml"):
            styles = _struck_styles(part)
        elif name.endswith("sharedstrings.xml"):
            texts = _struck_texts(part)
    return _Struck(styles, texts)


def _struck_texts(part: _Part) -> frozenset[str]:
    """The numbers of the shared texts of which something is struck through."""
    texts: set[str] = set()
    count = -1

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        local = name.rpartition(":")[2]
        if local == "si":
            count += 1
        elif local == "strike" and _is_on(attributes):
            texts.add(str(count))

    return frozenset(texts) if _parsed(part, begins) else frozenset()


def _is_on(attributes: dict[str, str]) -> bool:
    return attributes.get("val", "1") not in ("0", "false")


def _sheet_names(named: dict[str, _Part]) -> dict[str, str]:
    """The names on the tabs by the part where each lies, as far as the workbook says it plainly;
    for telling alone, since where a sheet is found is its reader's affair."""
    book, links = named.get("xl/workbook.xml"), named.get("xl/_rels/workbook.xml.rels")
    called: dict[str, str] = {}
    lies: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            id = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            called[id] = attributes.get("name", "")

    def link(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            target = attributes.get("Target", "")
            lies[attributes.get("Id", "")] = target if target[:1] in "/\\" else f"xl/{target}"

    if book is None or links is None or not (_parsed(book, sheet) and _parsed(links, link)):
        return {}
    return {_plain_name(lies[id]): name for id, name in called.items() if id in lies}


def _parsed(
    part: _Part,
    begins: Callable[[str, dict[str, str]], None],
    ends: Callable[[str], object] | None = None,
) -> bool:
    """Whether a part could be gone through, element by element."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    if ends is not None:
        parser.EndElementHandler = ends
    try:
        for piece in part.pieces():
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        return False
    return True


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
            fonts[-1] = _is_on(attributes)
        elif (above, name) == ("cellXfs", "xf"):
            font = attributes.get("fontId", "")
            if font.isdecimal() and int(font) < len(fonts) and fonts[int(font)]:
                styles.add(str(count))
            count += 1

    read = _parsed(part, begins, lambda _: inside.pop())
    return frozenset(styles) if read else frozenset()


def _parts(content: bytes) -> list[zipfile.ZipInfo]:
    """What the archive says it holds. Unfit where no workbook does."""
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise Unfit("locked" if locked else "old")
    if not content.startswith(_LOCAL):
        start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
        raise Unfit("page" if start[:1] == b"<" else "no-workbook")
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        raise Unfit("damaged") from None
    if len(parts) > MAX_PARTS:
        raise Unfit("bomb")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unfit("locked")
    names = [_plain_name(part.filename) for part in parts]
    for name in names:
        if name in _OTHER_SORTS:
            raise Unfit(_OTHER_SORTS[name])
    if _LIST not in names:
        raise Unfit("no-workbook")
    if not any(name.startswith("xl/") for name in names):
        listed = _unpacked(
            _packed(content, parts[names.index(_LIST)]), parts[names.index(_LIST)].compress_type
        )
        raise Unfit("elsewhere" if _WORKBOOK in next(listed, b"") else "document")
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
    to_rewrite    `_Cells` has to look at it: there is an error, a formula, or what may cut a value
    """

    def __init__(self, struck: _Struck, odd: Odd) -> None:
        self.row = self.column = 0
        self.to_rewrite = False
        self._struck, self._odd = struck, odd
        self._hidden, self._shares, self._said = False, False, ""
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
            parser = self._parser
            parser.StartElementHandler = self._inside
            parser.CommentHandler = parser.StartCdataSectionHandler = self._cuts
            parser.ProcessingInstructionHandler = self._cuts
            if self._struck.texts:
                parser.CharacterDataHandler = self._says
                parser.EndElementHandler = self._ends

    def _cuts(self, *_: object) -> None:
        self.to_rewrite = True

    def _says(self, text: str) -> None:
        self._said += text

    def _ends(self, name: str) -> None:
        if self._shares and name.rpartition(":")[2] == "v":
            if self._said.strip() in self._struck.texts:
                self._odd.struck.add(self.row)
            self._shares = False

    def _inside(self, name: str, attributes: list[str]) -> None:
        self._said = ""
        if name == "v":  # half of all
            return
        name = name.rpartition(":")[2]
        if name == "c":
            row, column = _place(attributes)
            self.row = max(self.row, row)
            self.column = max(self.column + 1, column)
            self._shares = False
            if self._hidden:
                self._odd.hidden.add(self.row)
            if len(attributes) != 2 or attributes[0] != "r":
                self._look_at_cell(attributes)
        elif name == "row":
            row, _ = _place(attributes)
            self.row = max(self.row + 1, row)
            self.column = 0
            self._hidden = "hidden" in attributes and _is_true(attributes, "hidden")
        elif name == "f":
            self.to_rewrite = True
            return
        elif name == "strike":  # of a part of a text that stands in the cell itself
            if _is_on(dict(zip(attributes[::2], attributes[1::2], strict=True))):
                self._odd.struck.add(self.row)
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
                    self.to_rewrite = True
                self._shares = attributes[at + 1] == "s"
            elif attributes[at] == "s" and attributes[at + 1] in self._struck.styles:
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
