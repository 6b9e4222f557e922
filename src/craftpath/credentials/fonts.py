"""The two fonts of the papers, read as far as is asked of them: which characters they have, and how
wide a text is. OpenType 1.9: tables `head`, `hhea`, `hmtx` and `cmap` of format 12.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn as package

__all__ = ["BOX", "FOLDER", "covers", "fitting", "missing_characters", "shown", "width"]

FOLDER = package.sans_path().parent
#: What is printed for a character that neither font has.
BOX = "□"
_POINTS_PER_MM = 72 / 25.4
#: Latin letters are kerned, which the widths do not say.
_SPARE = 1.02


@dataclass(frozen=True)
class _Font:
    """Widths of its characters, in em."""

    widths: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> _Font:
        data = path.read_bytes()
        count = struct.unpack_from(">H", data, 4)[0]
        at = {
            data[entry : entry + 4]: struct.unpack_from(">L", data, entry + 8)[0]
            for entry in range(12, 12 + 16 * count, 16)
        }
        em = struct.unpack_from(">H", data, at[b"head"] + 18)[0]
        measured = struct.unpack_from(">H", data, at[b"hhea"] + 34)[0]
        metrics = struct.unpack_from(f">{measured * 2}H", data, at[b"hmtx"])
        return cls(
            {
                chr(code): metrics[2 * min(glyph, measured - 1)] / em
                for code, glyph in _glyphs(data, at[b"cmap"])
            }
        )


def _glyphs(data: bytes, cmap: int) -> list[tuple[int, int]]:
    """(character, glyph) of the whole font."""
    for nth in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">L", data, cmap + 8 + 8 * nth)[0]
        if struct.unpack_from(">H", data, table)[0] == 12:
            groups = struct.unpack_from(">L", data, table + 12)[0]
            triples = struct.iter_unpack(">LLL", data[table + 16 : table + 16 + 12 * groups])
            return [
                (code, glyph + code - first)
                for first, last, glyph in triples
                for code in range(first, last + 1)
            ]
    raise ValueError("a font without a table of all its characters")


@cache
def _fonts() -> tuple[_Font, _Font]:
    """Serif, sans: a character that one lacks is taken from the other."""
    return _Font.read(package.serif_path()), _Font.read(package.sans_path())


def covers(character: str) -> bool:
    """Whether one of the fonts has it."""
    return any(character in font.widths for font in _fonts())


def missing_characters(text: str) -> list[str]:
    return sorted({one for one in text if not covers(one)})


def shown(text: str) -> str:
    """The text as it can be printed: a box for what neither font has."""
    return "".join(one if covers(one) else BOX for one in text)


def width(text: str, *, sans: bool = False) -> float:
    """Of a text in em."""
    serif, plain = _fonts()
    first, second = (plain, serif) if sans else (serif, plain)
    return sum(first.widths.get(one, second.widths.get(one, 1.0)) for one in text)


def fitting(text: str, room: float, most: float, least: float, *, sans: bool = False) -> float:
    """The size in points, at most `most`, at which a text stands on one line of `room` mm; never
    below `least`: a text that is still too long goes on to another line."""
    wide = width(text, sans=sans) * _SPARE
    if not wide:
        return most
    return max(least, min(most, room * _POINTS_PER_MM / wide // 0.25 * 0.25))
