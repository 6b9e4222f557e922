"""Marks as a sheet: the roll to fill in, and what was filled in."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import xlsxwriter

from craftpath.access.roles import Role
from craftpath.access.words import told
from craftpath.engine.rules import Label
from craftpath.programmes.models import Application
from craftpath.registry.imports.cells import told_without_value
from craftpath.registry.imports.in_a_page import rows_in_a_page
from craftpath.registry.imports.nouns import Cell
from craftpath.registry.imports.reading import Sheet
from craftpath.registry.imports.sorts import Column, Sort

__all__ = ["MarkRow", "mark_sheet", "read_marks"]

_SERIAL = Column(
    "serial",
    Label("申请编号", "serial"),
    Label("名单上的编号", "as on the roll"),
    "HSGJ7-2025-000012",
    names=("编号", "application", "serial number"),
    asked=True,
)
_MARK = Column(
    "mark",
    Label("成绩", "mark"),
    Label(
        "0 到满分，最多一位小数；缺席留空",
        "0 to the full mark, at most one decimal; empty if absent",
    ),
    "86.5",
    names=("分数", "score"),
)
_ATTENDED = Column(
    "attended",
    Label("出勤", "attended"),
    Label("是或否；有成绩的可不填", "yes or no; may be empty where there is a mark"),
    "是",
    names=("到场", "出席", "attendance", "present"),
)
MARKS = Sort(
    "marks",
    Label("成绩", "marks"),
    Label("每份申请一行。", "A row for each application."),
    frozenset({Role.INSTITUTION}),
    (_SERIAL, _MARK, _ATTENDED),
)
_YES = {"是", "到", "出勤", "出席", "到场", "yes", "y", "true", "1", "√"}
_NO = {"否", "缺", "缺席", "缺考", "缺勤", "no", "n", "false", "0", "×", "absent"}


@dataclass(frozen=True)
class MarkRow:
    """One row of a sheet, `row` as the spreadsheet counts. `problem`: not understood, set aside."""

    row: int
    serial: str
    mark: str | None
    attended: bool | None
    problem: Label | None = None


def read_marks(name: str, content: bytes) -> tuple[list[MarkRow], list[Label]]:
    """The rows of an uploaded .xlsx or .csv, in order, and what is odd about it. Invalid, TooMuch,
    Conflict: see `rows_in_a_page`."""
    filled = rows_in_a_page(name, content, MARKS)
    return [_read(*row) for row in filled.rows], filled.notes


def mark_sheet(applications: Iterable[Application]) -> bytes:
    """The roll as .xlsx, with what has been entered so far; names are for reading and are not read
    back. Every cell is text or a number."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("成绩 marks")
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    heads = (
        told(_SERIAL.label),
        told(Label("姓名", "name")),
        told(_MARK.label),
        told(_ATTENDED.label),
    )
    for at, head in enumerate(heads):
        sheet.write_string(0, at, head, bold)
    sheet.set_column(0, 0, 26, text)
    sheet.set_column(1, 3, 14)
    sheet.freeze_panes(1, 0)
    for row, one in enumerate(applications, 1):
        sheet.write_string(row, 0, one.serial, text)
        sheet.write_string(row, 1, one.party.name, text)
        if one.mark is not None:
            sheet.write_number(row, 2, float(one.mark))
        if one.attended is not None:
            sheet.write_string(
                row, 3, told(Label("是", "yes") if one.attended else Label("否", "no"))
            )
    book.close()
    return out.getvalue()


def _read(sheet: Sheet, number: int, cells: list[Cell]) -> MarkRow:
    serial = _text(sheet, cells, "serial")
    mark = _text(sheet, cells, "mark") or None
    said = _text(sheet, cells, "attended").casefold()
    attended = True if said in _YES else False if said in _NO else None
    problem = _without_value(sheet, cells)
    if problem is not None:
        mark = None
    elif not serial:
        problem = Label("没有申请编号。", "There is no serial.")
    elif said and attended is None:
        problem = Label(
            f"出勤“{said[:20]}”看不懂，请填是或否。",
            f"Attendance “{said[:20]}” is not understood; write yes or no.",
        )
    return MarkRow(number, serial, mark, attended, problem)


def _without_value(sheet: Sheet, cells: list[Cell]) -> Label | None:
    """A cell that shows an error is no empty one."""
    return told_without_value(cells[at] for at in sheet.heading.at.values() if at < len(cells))


def _text(sheet: Sheet, cells: list[Cell], column: str) -> str:
    at = sheet.heading.at.get(column)
    cell = None if at is None or at >= len(cells) else cells[at]
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().removeprefix("'")
