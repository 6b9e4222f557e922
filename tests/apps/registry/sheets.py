"""Files to bring in, and numbers that pass their checks. Nobody has them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from stdnum.cn import ric, uscc

STAFF = ["姓名", "证件号码", "职业", "入职日期", "离职日期", "地区"]
PEOPLE = ["姓名", "证件号码", "地区"]
RECORDS = [
    "证件号码",
    "姓名",
    "记录类型",
    "对象",
    "等级",
    "开始日期",
    "截止日期",
    "相对方信用代码",
    "状态",
]


def person_number(serial: int, born: str = "19900307", place: str = "441900") -> str:
    body = f"{place}{born}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def organisation_number(serial: int) -> str:
    body = f"91441900MB{serial:07d}"
    return body + uscc.calc_check_digit(body)


def xlsx(rows: Sequence[Sequence[Any]], name: str = "表") -> bytes:
    """A workbook of one sheet; days become cells formatted as dates."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(name)
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return out.getvalue()


def csv_bytes(rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def staff_rows(count: int, first: int = 0) -> list[list[Any]]:
    """Rows of people whom nobody knows, with their headings."""
    rows: list[list[Any]] = [list(STAFF)]
    for at in range(first, first + count):
        born = f"{1960 + at % 40}{1 + at // 40 % 12:02d}{1 + at // 480 % 28:02d}"
        number = person_number(at // 13440 + 100, born)
        rows.append([f"员工{at}", number, "焊工", "2019-07-01", "", "长安镇"])
    return rows
