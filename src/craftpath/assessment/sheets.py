"""Marks as a sheet: the candidates to fill in, and what was filled in.

A row for each candidate, by the number of the ticket or the serial; a column for each part. An
empty cell says nothing, 缺考 or "absent" that they were absent.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter

from craftpath.access.roles import Role
from craftpath.access.words import told
from craftpath.assessment.choices import PARTS, Part
from craftpath.engine.rules import Label
from craftpath.registry.imports.cells import told_without_value
from craftpath.registry.imports.in_a_page import rows_in_a_page
from craftpath.registry.imports.nouns import Cell
from craftpath.registry.imports.reading import Sheet
from craftpath.registry.imports.sorts import Column, Sort

__all__ = ["SheetMark", "part_sheet", "read_part_sheet"]

_KEY = Column(
    "ticket",
    Label("准考证号", "ticket"),
    Label("准考证号或申请编号", "number of the ticket, or serial of the application"),
    "254810936274",
    names=("准考证", "申请编号", "编号", "serial", "ticket number"),
    asked=True,
)
_NAMES = {
    Part.THEORY: ("理论成绩", "理论", "理论知识"),
    Part.SKILL: ("技能成绩", "技能", "实操", "实操成绩"),
    Part.REVIEW: ("评审成绩", "评审", "综合评审成绩"),
}
_PARTS = tuple(
    Column(
        part.value,
        PARTS[part],
        Label("0 到 100，最多一位小数；缺考写“缺考”", "0 to 100, at most one decimal; or “absent”"),
        "72.5",
        names=_NAMES[part],
    )
    for part in Part
)
_SORT = Sort(
    "part-marks",
    Label("各部分成绩", "marks by part"),
    Label("每名考生一行。", "A row for each candidate."),
    frozenset({Role.INSTITUTION}),
    (_KEY, *_PARTS),
)
_ABSENT = {"缺考", "缺席", "缺", "absent"}


@dataclass(frozen=True)
class SheetMark:
    """One filled-in cell.

    cell   as the spreadsheet calls it: "C5"
    said   the mark as written; None: absent
    problem  the row cannot be told to be anybody's
    """

    cell: str
    key: str
    part: str
    said: str | None
    problem: Label | None = None


def read_part_sheet(name: str, content: bytes) -> tuple[list[SheetMark], list[Label]]:
    """Every filled-in cell of an uploaded .xlsx or .csv, row by row, and what is odd about it.
    Formulas are not run.

    Invalid, TooMuch, Conflict: see `rows_in_a_page`.
    """
    filled = rows_in_a_page(name, content, _SORT)
    return [mark for row in filled.rows for mark in _read(*row)], filled.notes


def part_sheet(lines: Iterable[tuple[str, str, Sequence[str]]], parts: Sequence[str]) -> bytes:
    """The candidates as .xlsx to fill in: (ticket, name, parts to sit) each; a cell that is not to
    be filled in says so. Names are for reading and are not read back."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("成绩 marks")
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    heads = [_KEY.label, Label("姓名", "name"), *(PARTS[Part(part)] for part in parts)]
    for at, head in enumerate(heads):
        sheet.write_string(0, at, told(head), bold)
    sheet.set_column(0, 0, 18, text)
    sheet.set_column(1, len(heads), 16)
    sheet.freeze_panes(1, 0)
    for row, (ticket, name, sits) in enumerate(lines, 1):
        sheet.write_string(row, 0, ticket, text)
        sheet.write_string(row, 1, name, text)
        for at, part in enumerate(parts, 2):
            if part not in sits:
                sheet.write_string(row, at, "—")
    book.close()
    return out.getvalue()


def _read(sheet: Sheet, number: int, cells: list[Cell]) -> list[SheetMark]:
    at = sheet.heading.at
    key = _text(cells, at.get("ticket"))
    found = []
    for part in Part:
        column = at.get(part.value)
        said = _text(cells, column)
        if column is None or said in ("", "—"):
            continue
        place = f"{_letters(column)}{number}"
        problem = told_without_value([cells[column]] if column < len(cells) else [])
        problem = problem or (
            None if key else Label("没有准考证号。", "There is no number of a ticket.")
        )
        absent = said.casefold() in _ABSENT
        found.append(SheetMark(place, key, part.value, None if absent else said, problem))
    return found


def _text(cells: list[Cell], column: int | None) -> str:
    cell = None if column is None or column >= len(cells) else cells[column]
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().removeprefix("'")


def _letters(column: int) -> str:
    """0 → A, 26 → AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
