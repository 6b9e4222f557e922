"""What people type into forms: days, numbers and codes, read without losing what was entered."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from craftpath.access.numbers import read_decimal
from craftpath.eligibility import FoundCode, search_codes
from craftpath.engine.rules import Label
from craftpath.pack.nouns import Pack

__all__ = ["CodeTyped", "read_code", "read_day", "read_number", "suggestions"]

_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})"
)
_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)


def read_day(text: str) -> dt.date | Label | None:
    """A day, None where nothing was entered, or what is wrong with it and how to mend it."""
    text = text.strip()
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        return Label(
            f"“{text[:20]}”不是日期，请写成 2016-03-01 的样子。",
            f"“{text[:20]}” is no date; write it like 2016-03-01.",
        )
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        read = dt.date(year, month, day)
    except ValueError:
        return Label(
            f"没有“{text}”这一天，请核对月份和日子。",
            f"There is no such day as {text}; check the month and the day.",
        )
    if not _FIRST <= read <= _LAST:
        return Label(
            f"年份 {year} 不在 {_FIRST.year} 到 {_LAST.year} 之间，请核对。",
            f"The year {year} is not within {_FIRST.year} and {_LAST.year}; check it.",
        )
    return read


def read_number(text: str) -> float | Label | None:
    text = text.strip().replace(",", "").replace("，", "")
    if not text:
        return None
    read = read_decimal(text)
    if read is None or read < 0:
        return Label(
            f"“{text[:20]}”不是数，请只写数字。", f"“{text[:20]}” is no number; write digits only."
        )
    return float(read)


@dataclass(frozen=True)
class CodeTyped:
    """A code field as entered: the text, the code it came to, and what it may have meant.

    problem  None where it is settled, or empty
    """

    text: str
    code: str | None
    choices: tuple[FoundCode, ...] = ()
    problem: Label | None = None


def suggestions(pack: Pack, list_id: str, text: str) -> tuple[FoundCode, ...]:
    """Codes that a text may mean. Groups of occupations are none: somebody works in one of them."""
    if not text.strip():
        return ()
    groups = pack.ladder is None or list_id != pack.ladder.codes
    return search_codes(pack, list_id, text[:80], limit=12, headings=groups)


def read_code(pack: Pack, list_id: str, text: str, chosen: str) -> CodeTyped:
    """What a name, part of one or a code comes to; `chosen` is the one ticked among suggestions."""
    text = text.strip()
    codes = pack.vocabulary.lists[list_id]
    if not text:
        return CodeTyped("", chosen if chosen in codes.codes else None)
    found = suggestions(pack, list_id, text)
    if chosen and any(one.code == chosen for one in found):
        return CodeTyped(text, chosen, found)
    exact = [one for one in found if text in (one.code, one.alias, *_names(one.label))]
    only = exact if len(exact) == 1 else found if len(found) == 1 else ()
    if only:
        return CodeTyped(text, only[0].code, found)
    if not found:
        return CodeTyped(
            text,
            None,
            (),
            Label(
                f"{codes.label.zh}里没有“{text[:20]}”，换个说法或只写一部分再找。",
                f"No {codes.label.en} is called “{text[:20]}”; try other words, or part of them.",
            ),
        )
    return CodeTyped(text, None, found, Label("请在下面选一个。", "Choose one of those below."))


def _names(label: Label) -> tuple[str, str]:
    return label.zh, label.en
