"""A small sheet that is read within a request: marks that somebody filled in.

LARGEST                            bytes
rows_in_a_page(name, content, sort) -> Filled
too_large() -> TooMuch             to be raised before a larger file is read into memory
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from craftpath.access.errors import Conflict, Invalid, TooMuch
from craftpath.engine.rules import Label
from craftpath.registry.imports.apart import IN_A_PAGE, Failed
from craftpath.registry.imports.nouns import Cell
from craftpath.registry.imports.reading import Sheet, Unreadable, open_file
from craftpath.registry.imports.sorts import Sort

__all__ = ["LARGEST", "Filled", "rows_in_a_page", "too_large"]

LARGEST = 2 << 20
_MOST = 5000


@dataclass(frozen=True)
class Filled:
    """rows   (sheet, number as the spreadsheet counts, cells), in order
    notes  what whoever filled it in should know of it: rows that are hidden, struck through …
    """

    rows: list[tuple[Sheet, int, list[Cell]]]
    notes: list[Label]


def rows_in_a_page(name: str, content: bytes, sort: Sort) -> Filled:
    """What an uploaded .xlsx or .csv has in it. Nothing in it is run; formulas are taken by their
    last values.

    Invalid: the file as a whole is none. TooMuch: over 2 MB or 5,000 rows. Conflict: it cannot be
    read at this moment, which is no fault of the file.
    """
    if len(content) > LARGEST:
        raise too_large()
    rows: list[tuple[Sheet, int, list[Cell]]] = []
    try:
        opened = open_file(PurePath(name).name, content, sort, IN_A_PAGE)
        for sheet in opened.sheets:
            for number, cells in sheet.rows():
                if len(rows) == _MOST:
                    raise TooMuch("最多 5,000 行，请分成几个。", "At most 5,000 rows; split it.")
                rows.append((sheet, number, cells))
    except Unreadable as wrong:
        raise Invalid({"file": wrong.label}) from wrong
    except Failed as trouble:
        raise Conflict(
            "现在读不了文件，请过一会儿再试；仍不行请联系管理员。",
            "The file cannot be read just now; try again in a while, else ask the operator.",
        ) from trouble
    return Filled(rows, opened.notes)


def too_large() -> TooMuch:
    return TooMuch("文件超过 2 MB，请分成几个。", "The file is over 2 MB; split it.")
