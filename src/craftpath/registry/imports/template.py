"""The file to fill in: Chinese headings, and a second sheet that explains them, with codes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from craftpath.pack.nouns import Pack
from craftpath.registry.imports.reading import MAX_ROWS
from craftpath.registry.imports.sorts import Sort

__all__ = ["template_file"]

#: Spreadsheets take no more than this in a list of choices; longer lists are a sheet of their own.
_LIST = 255
_WIDE = {"name", "number", "other", "kind"}


def template_file(pack: Pack, sort: Sort) -> bytes:
    """An .xlsx: a first sheet to fill in, the explanations, and a sheet for each code list."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E3EDF2"})
    asked = book.add_format({"bold": True, "bottom": 1, "bg_color": "#FBF0DA"})
    text = book.add_format({"num_format": "@"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(sort.label.zh)
    for at, column in enumerate(sort.columns):
        sheet.set_column(at, at, 24 if column.id in _WIDE else 15, text)
        sheet.write_string(0, at, column.label.zh, asked if column.asked else bold)
        _offer(sheet, at, column.choices)
    sheet.freeze_panes(1, 0)
    _explain(book.add_worksheet("说明 Help"), sort, bold, wrap)
    if sort.id == "records":
        _kinds(book.add_worksheet("记录类型 Kinds"), pack, bold, wrap)
    for list_id in _lists(pack, sort):
        _codes(book.add_worksheet(_sheet_name(pack, list_id)), pack, list_id, bold)
    book.close()
    return out.getvalue()


def _offer(sheet: Any, at: int, choices: tuple[str, ...]) -> None:
    if choices and len(",".join(choices)) <= _LIST:
        sheet.data_validation(
            1,
            at,
            MAX_ROWS,
            at,
            {"validate": "list", "source": list(choices), "error_type": "warning"},
        )


def _explain(sheet: Any, sort: Sort, bold: Any, wrap: Any) -> None:
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 3, 52)
    sheet.set_column(4, 4, 28)
    sheet.write_string(0, 0, f"{sort.help.zh} {sort.help.en}")
    titles = ("列 column", "必填 asked", "怎么填", "what goes into it", "例 example")
    for at, title in enumerate(titles):
        sheet.write_string(2, at, title, bold)
    for row, column in enumerate(sort.columns, 3):
        cells = (
            f"{column.label.zh}\n{column.label.en}",
            "是 yes" if column.asked else "",
            column.help.zh,
            column.help.en,
            column.example,
        )
        for at, cell in enumerate(cells):
            sheet.write_string(row, at, cell, wrap)


def _kinds(sheet: Any, pack: Pack, bold: Any, wrap: Any) -> None:
    """Each kind with what its other columns take."""
    words = pack.vocabulary
    sheet.set_column(0, 5, 30)
    titles = (
        "代码 id",
        "记录类型 kind",
        "关于 about",
        "对象 subject",
        "等级 level",
        "数量 quantity",
    )
    for at, title in enumerate(titles):
        sheet.write_string(0, at, title, bold)
    for row, kind in enumerate(words.kinds.values(), 1):
        scale = None if kind.scale is None else words.scales[kind.scale]
        cells = (
            kind.id,
            f"{kind.label.zh}\n{kind.label.en}",
            {"person": "个人 person", "organisation": "单位 organisation"}.get(kind.about, ""),
            "" if kind.codes is None else words.lists[kind.codes].label.zh,
            "" if scale is None else "、".join(f"{s.label.zh}（{s.code}）" for s in scale.steps),
            kind.unit or "",
        )
        for at, cell in enumerate(cells):
            sheet.write_string(row, at, cell, wrap)


def _lists(pack: Pack, sort: Sort) -> Iterable[str]:
    if sort.id == "records":
        return dict.fromkeys(k.codes for k in pack.vocabulary.kinds.values() if k.codes)
    return dict.fromkeys(column.codes for column in sort.columns if column.codes)


def _sheet_name(pack: Pack, list_id: str) -> str:
    return f"{pack.vocabulary.lists[list_id].label.zh} {list_id}"[:31]


def _codes(sheet: Any, pack: Pack, list_id: str, bold: Any) -> None:
    """Codes that have none below them may be chosen; groups stand among them, to find one's way."""
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 2, 40)
    for at, title in enumerate(("代码 code", "名称", "name")):
        sheet.write_string(0, at, title, bold)
    for row, code in enumerate(pack.vocabulary.lists[list_id].codes.values(), 1):
        for at, cell in enumerate((code.code, code.label.zh, code.label.en)):
            sheet.write_string(row, at, cell)
    sheet.freeze_panes(1, 0)
