"""The file of rows set aside: each as it stood, with what is wrong beside it.

Corrected, it is uploaded again as it is: the two columns at the end are not read. Every cell is
written as text, so that nothing in it runs when somebody opens the file; spreadsheets keep text
that begins with "=" as text, and the check reads it so.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import xlsxwriter

from craftpath.access.words import told
from craftpath.registry.imports.nouns import Cell, Problem
from craftpath.registry.imports.sorts import REASONS, WHERE, Heading

__all__ = ["Rejects", "harmless", "written"]


class Rejects:
    """Writes the file row by row; memory stays small whatever the number of rows."""

    def __init__(self, path: Path | io.BytesIO) -> None:
        self._book = xlsxwriter.Workbook(
            path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._sheet = self._book.add_worksheet("退回行 rejects")
        self._text = self._book.add_format({"num_format": "@"})
        self._bad = self._book.add_format({"num_format": "@", "bg_color": "#FBE9E7"})
        self._why = self._book.add_format({"font_color": "#962419", "text_wrap": True})
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._heading: Heading | None = None
        self.rows = 0

    def add(self, heading: Heading, cells: Sequence[Cell], problems: Sequence[Problem]) -> None:
        if self._heading is None:
            self._begin(heading)
        first = self._heading
        assert first is not None
        self.rows += 1
        wrong = {problem.column for problem in problems}
        for at, text in enumerate(first.texts):
            cell = _same_column(first, heading, at, cells)
            style = self._bad if text and text in wrong else self._text
            value = written(cell)
            if value or style is self._bad:
                self._sheet.write_string(self.rows, at, value, style)
        width = len(first.texts)
        self._sheet.write_string(self.rows, width, _told(problems), self._why)
        places = {(problem.sheet, problem.row) for problem in problems}
        where = "、".join(f"{sheet}!{row}" for sheet, row in sorted(places))
        self._sheet.write_string(self.rows, width + 1, harmless(where), self._text)

    def _begin(self, heading: Heading) -> None:
        self._heading = heading
        for at, text in enumerate(heading.texts):
            self._sheet.set_column(at, at, 20)
            self._sheet.write_string(0, at, text, self._bold)
        width = len(heading.texts)
        self._sheet.set_column(width, width, 60)
        self._sheet.write_string(0, width, told(REASONS), self._bold)
        self._sheet.write_string(0, width + 1, told(WHERE), self._bold)
        self._sheet.freeze_panes(1, 0)

    def __enter__(self) -> Rejects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: Any, trace: TracebackType | None
    ) -> None:
        self._book.close()


def _same_column(first: Heading, heading: Heading, at: int, cells: Sequence[Cell]) -> Cell:
    """The cell that belongs under the first sheet's heading `at`: sheets may differ in order."""
    if heading is not first and heading.texts != first.texts:
        column = next((id for id, place in first.at.items() if place == at), None)
        found = None if column is None else heading.at.get(column)
        if found is None:
            return None
        at = found
    return cells[at] if at < len(cells) else None


def _told(problems: Iterable[Problem]) -> str:
    lines = []
    for problem in problems:
        text, mend = told(problem.wrong.text), told(problem.wrong.mend)
        lines.append(f"{problem.column}: {text} → {mend}" if problem.column else f"{text} → {mend}")
    return "\n".join(lines)


def written(cell: Cell) -> str:
    """A cell as text that the next upload reads as the same."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


_RUNS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """For CSV and other places where a spreadsheet may take text for a formula: an apostrophe
    before what would run. The check takes it off again."""
    return "'" + text if text.startswith(_RUNS) else text
