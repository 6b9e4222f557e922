"""What somebody hands in as a document: told by its content, never by its name.

A paper is a PDF, JPEG or PNG file and nothing else beside it: no archive behind a picture, nothing
that runs, nothing that unpacks to more than a reader can hold. What follows the end of a picture
(phones put films there) is cut off.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from craftpath.engine.rules import Label

__all__ = ["LARGEST", "Paper", "clean_name", "read_paper"]

#: Bytes of one document.
LARGEST = 10 * 1024 * 1024
_PIXELS = 100_000_000
_UNPACKED = 256 * 1024 * 1024
_FED, _PIECE = 1 << 14, 1 << 20  # bytes taken in, and given out, at a time
_RUNS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
_STREAM = re.compile(rb"\bstream\r?\n")

_UNKNOWN = Label(
    "只收 PDF、JPEG、PNG 文件；请另存为其中一种再上传。",
    "Only PDF, JPEG and PNG files are taken; save it as one of these.",
)
_BROKEN = Label(
    "文件不完整或已损坏，请重新导出或拍照后上传。",
    "The file is incomplete or damaged; export or photograph it anew.",
)
_TWO_IN_ONE = Label(
    "文件里夹带了别的文件，不能接收；请重新导出后上传。",
    "The file carries another file within it; export it anew.",
)
_RUNNING = Label(
    "PDF 里有脚本、附件或可执行内容，不能接收；请打印成新的 PDF 后上传。",
    "The PDF holds scripts, attachments or things that run; print it to a new PDF.",
)
_BOMB = Label(
    "文件展开后过大，不能接收；请降低清晰度后上传。",
    "The file unpacks to more than is taken; lower its resolution.",
)


@dataclass(frozen=True)
class Paper:
    """A document that may be kept: `content` is what is stored, `ending` without the dot."""

    media_type: str
    ending: str
    content: bytes


def read_paper(content: bytes) -> Paper | Label:
    """What a file is, or why it is not taken."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _picture("image/jpeg", "jpg", content, _end_of_jpeg(content))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture("image/png", "png", content, _end_of_png(content))
    return _UNKNOWN


def clean_name(name: str, ending: str) -> str:
    """A name to show and to save under: no folders, no control or direction characters, and the
    ending that its content has."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    stem = re.sub(r'[<>:"|?*]', "", re.sub(r"\.[0-9A-Za-z]{1,5}$", "", shown)).strip(" .")
    return f"{stem[:100] or 'document'}.{ending}"


def _picture(media_type: str, ending: str, content: bytes, end: int | Label) -> Paper | Label:
    if isinstance(end, Label):
        return end
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _TWO_IN_ONE
    return Paper(media_type, ending, content[:end])


# --- PDF -------------------------------------------------------------------------------------


def _pdf(content: bytes) -> Paper | Label:
    end = content.rfind(b"%%EOF")
    if end < 0:
        return _BROKEN
    if content[end + 5 :].strip(b"\0\r\n\t ") or zipfile.is_zipfile(io.BytesIO(content)):
        return _TWO_IN_ONE
    plain = _plain_names(content)
    if _RUNS.search(plain):
        return _RUNNING
    left = _UNPACKED
    for fed, unpacked in _unpacked(content):
        left -= fed + len(unpacked)
        if left < 0:
            return _BOMB
        if _RUNS.search(_plain_names(unpacked)):
            return _RUNNING
    return Paper("application/pdf", "pdf", content)


def _plain_names(content: bytes) -> bytes:
    """Names may be written in hexadecimal: /J#61vaScript."""
    if b"#" not in content:
        return content
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _unpacked(content: bytes) -> Iterator[tuple[int, bytes]]:
    """What the deflated streams hold, in pieces that overlap by a name, each with how much was
    read for it: streams may begin within each other, and hold next to nothing."""
    for found in _STREAM.finditer(content):
        before = b""
        for fed, piece in _inflated(content, found.end()):
            yield fed, before + piece
            before = piece[-32:]


def _inflated(content: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """What is deflated from a place on, a piece at a time, with the bytes that were taken in for
    it; nothing where nothing is."""
    unpack, view = zlib.decompressobj(), memoryview(content)
    for at in range(start, len(content), _FED):
        rest = bytes(view[at : at + _FED])
        fed = len(rest)
        while rest:
            try:
                piece = unpack.decompress(rest, _PIECE)
            except zlib.error:
                return
            yield fed, piece
            rest, fed = unpack.unconsumed_tail, 0
        if unpack.eof:
            return


# --- pictures: the first byte after each, or why it is none -------------------------------------


def _end_of_jpeg(content: bytes) -> int | Label:
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return _BROKEN
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        (size,) = struct.unpack(">H", content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and at + 9 <= len(content):
            high, wide = struct.unpack(">HH", content[at + 5 : at + 9])
            if high * wide > _PIXELS:
                return _BOMB
        at += 2 + size
        if marker == 0xDA:
            found = _after_scan(content, at)
            if content[found : found + 2] == b"\xff\xd9":
                return found + 2
            at = found
    return _BROKEN


def _after_scan(content: bytes, at: int) -> int:
    """The next marker that is neither a stuffed 0xFF nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        following = content[at + 1]
        if following not in (0x00, 0xFF) and not 0xD0 <= following <= 0xD7:
            return at
        at += 1 if following == 0xFF else 2


def _end_of_png(content: bytes) -> int | Label:
    at, left = 8, _UNPACKED
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4])
        kind = content[at + 4 : at + 8]
        data = content[at + 8 : at + 8 + size]
        check = content[at + 8 + size : at + 12 + size]
        if len(check) < 4 or struct.unpack(">I", check)[0] != zlib.crc32(kind + data):
            return _BROKEN
        if at == 8:
            if kind != b"IHDR" or size != 13:
                return _BROKEN
            wide, high = struct.unpack(">II", data[:8])
            if wide * high > _PIXELS:
                return _BOMB
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            left -= _size_of(data)
            if left < 0:
                return _BOMB
        at += 12 + size
        if kind == b"IEND":
            return at
    return _BROKEN


def _size_of(data: bytes) -> int:
    """How much the deflated part of a text chunk unpacks to, counted up to the limit."""
    found = re.search(rb"\x78[\x01\x5e\x9c\xda]", data)
    size = len(data)
    for _, piece in () if found is None else _inflated(data, found.start()):
        size += len(piece)
        if size > _UNPACKED:
            break
    return size
