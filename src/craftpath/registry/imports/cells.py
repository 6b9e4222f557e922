"""One cell → a value, or what is wrong with it.

What is certain is mended in silence: full-width letters and digits, blanks at either end and
marks that cannot be seen, blanks within a Chinese name (张 三) or a number, the apostrophe by which
spreadsheets keep a number as text, "44.0" for 44. Nothing is guessed: a two-digit year, a day
written month first, or a number that lost its last digits is a problem with a mend.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from craftpath.access.numbers import read_decimal
from craftpath.engine.rules import Label
from craftpath.registry.imports.inspecting import NO_VALUE
from craftpath.registry.imports.nouns import Cell, Wrong

__all__ = [
    "as_day",
    "as_name",
    "as_number_of",
    "as_quantity",
    "goes_on",
    "no_value",
    "plain",
    "shown",
    "told_without_value",
]

# Blanks and marks that nobody sees: no-break, ideographic and zero-width ones, byte-order mark.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_BLANKS = re.compile(r"\s+")


def plain(cell: Cell) -> str:
    """The cell's text, full width made half and blanks dropped at either end; "" where empty."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _plain_text(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _plain_text(text: str) -> str:
    if text.isascii():
        return text.strip().removeprefix("'").lstrip()
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).strip().removeprefix("'").lstrip()


def shown(cell: Cell) -> str:
    """The cell as its reader would have it shown, at most 60 characters."""
    if isinstance(cell, dt.datetime):
        text = cell.isoformat(" ")
        text = text.removesuffix(" 00:00:00")
    else:
        text = plain(cell) if not isinstance(cell, str) else cell.strip()
    return text if len(text) <= 60 else text[:59] + "…"


def as_name(cell: Cell) -> str:
    """A name as it was typed (decision 0032), but for blanks and what nobody sees: 张　三 → 张三;
    blanks between Latin words are one."""
    typed = _UNSEEN.sub("", cell) if isinstance(cell, str) else plain(cell)
    text = _BLANKS.sub(" ", typed).strip().removeprefix("'").lstrip()
    return text.replace(" ", "") if " " in text and not re.search("[A-Za-z]", text) else text


#: What spreadsheets show in the place of a value; the last one is ours (`inspecting`).
_ERRORS = frozenset(
    [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#BUSY!",
        "#UNKNOWN!",
    ]
) | {NO_VALUE}
_NO_RESULT = Wrong(
    Label("公式没有存下结果", "a formula whose value was not saved"),
    Label(
        "用表格软件打开并保存一次，或粘贴为数值",
        "open the file in a spreadsheet and save it, or paste the values",
    ),
)
_ERROR = Wrong(
    Label("单元格显示的是错误", "the cell shows an error"),
    Label("改正公式，或直接填写内容", "mend the formula, or enter the value itself"),
)


def no_value(cell: Cell) -> Wrong | None:
    """What is wrong with a cell that has no value to be read; it is never an empty one."""
    if not isinstance(cell, str) or "#" not in cell:
        return None
    text = cell.strip().upper()
    if text == NO_VALUE:
        return _NO_RESULT
    return _ERROR if text in _ERRORS or (len(text) > 2 and not text.strip("#")) else None


def told_without_value(cells: Iterable[Cell]) -> Label | None:
    """The same of the first of several cells that has none, in one sentence."""
    for cell in cells:
        wrong = no_value(cell)
        if wrong is not None:
            return Label(
                f"{wrong.text.zh}：{wrong.mend.zh}。", f"{wrong.text.en}: {wrong.mend.en}."
            )
    return None


# --- days ------------------------------------------------------------------------------------

_WRITTEN = re.compile(
    r"(?P<y>\d{4})(?:-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})"
    r"|年(?P<m3>\d{1,2})月(?P<d3>\d{1,2})日"
    r"|(?P<m4>\d{2})(?P<d4>\d{2}))"
    r"(?: 0{1,2}:00(?::00)?)?"
)
_MEND = Label(
    "写成 2025-06-30（也可 2025/6/30、2025年6月30日、20250630），或把单元格设为日期",
    "write 2025-06-30 (or 2025/6/30, 2025年6月30日, 20250630), or make the cell a date",
)
_NO_DAY = Wrong(Label("不是可以确定的日期", "not a date that can be told for sure"), _MEND)
_TIMED = Wrong(
    Label("带有钟点", "it has a time of day"),
    Label("只写日期，去掉钟点", "write the day alone, without a time"),
)
#: What people write where nothing has ended yet, and the days that programs write for it.
_RUNNING = frozenset(
    [
        "至今",
        "今",
        "现在",
        "目前",
        "在职",
        "在岗",
        "在读",
        "在聘",
        "长期",
        "长期有效",
        "永久",
        "永久有效",
        "无",
        "无期限",
        "无固定期限",
        "未定",
        "-",
        "--",
        "—",
        "——",
        "―",
        "/",
        "\\",
        "n/a",
        "na",
        "none",
        "now",
        "present",
        "current",
        "ongoing",
        "permanent",
    ]
)
_NO_END = dt.date(2099, 1, 1)
_GOES_ON = Wrong(
    Label("说的是还没有结束", "it says that it has not ended"),
    Label("还在继续的，截止日期留空", "still running: leave it empty"),
)


def goes_on(cell: Cell) -> Wrong | None:
    """What a last day says that means there is none; None: it is one, or empty."""
    if plain(cell).casefold() in _RUNNING:
        return _GOES_ON
    day = as_day(cell)
    return _GOES_ON if isinstance(day, dt.date) and day >= _NO_END else None


#: Serial numbers of days from 1950 to 2100, as a spreadsheet counts: a date that lost its format.
_SERIALS = range(18264, 73416)


def as_day(cell: Cell) -> dt.date | Wrong | None:
    """The day that a cell says; None where it is empty."""
    if isinstance(cell, dt.datetime):
        return cell.date() if cell.time() == dt.time() else _TIMED
    if isinstance(cell, dt.date):
        return cell
    text = plain(cell)
    return _day_of(text) if text else None


@lru_cache(maxsize=1 << 16)
def _day_of(text: str) -> dt.date | Wrong:
    # "2025 年 6 月 30 日": blanks beside the characters, never between digits.
    text = re.sub(r"\s*([年月日/-])\s*", r"\1", text).strip()
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return _serial(text) or _better(text) or _NO_DAY
    year = int(found["y"])
    month = int(found["m1"] or found["m2"] or found["m3"] or found["m4"])
    day = int(found["d1"] or found["d2"] or found["d3"] or found["d4"])
    try:
        return dt.date(year, month, day)
    except ValueError:
        return Wrong(
            Label("日历上没有这一天", "the calendar has no such day"),
            Label("核对年月日", "check the year, the month and the day"),
        )


def _serial(text: str) -> Wrong | None:
    if not text.isascii() or not text.isdigit() or int(text) not in _SERIALS:
        return None
    day = dt.date(1899, 12, 30) + dt.timedelta(int(text))
    return Wrong(
        Label("是表格软件的日期序号，不是日期", "a spreadsheet's serial number, not a date"),
        Label(
            f"把该列设为日期格式；若指 {day}，写成 {day}",
            f"make the column a date; if {day} is meant, write {day}",
        ),
    )


def _better(text: str) -> Wrong | None:
    """Dots instead of strokes: all but certain, so the mend says it; the reader decides."""
    found = re.fullmatch(r"(\d{4})\.(\d{1,2})\.(\d{1,2})", text)
    if found is None:
        return None
    try:
        day = dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return Wrong(_NO_DAY.text, Label(f"若指 {day}，写成 {day}", f"if {day} is meant, write {day}"))


# --- numbers ---------------------------------------------------------------------------------


def as_number_of(cell: Cell) -> str | Wrong:
    """A number by which somebody is known, still unchecked; "" where empty.

    A spreadsheet that took it for a number keeps fifteen digits of it, and the rest is lost.
    """
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= 1e15:
        return _LOST
    text = plain(cell).replace(" ", "").upper()
    return _LOST if re.fullmatch(r"\d(\.\d+)?E\+?\d+", text) else text


_LOST = Wrong(
    Label("被表格软件当作数字，末几位已经丢失", "taken for a number, its last digits are lost"),
    Label(
        "先把该列设为文本，再照证件重填", "make the column text, then enter it again from the card"
    ),
)


def as_quantity(cell: Cell) -> float | Wrong | None:
    """A number of hours, marks, yuan …; None where empty. "1,234.5" is read; "-", "+5" are not."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        found = float(cell) + 0.0  # a cell's own -0 is shown as 0
        return found if math.isfinite(found) else _NO_NUMBER
    text = plain(cell)
    if not text:
        return None
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    read = read_decimal(text)
    return _NO_NUMBER if read is None else float(read)


_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_NO_NUMBER = Wrong(
    Label("不是数", "not a number"),
    Label("只写数，不带单位", "write the number alone, without unit"),
)
