"""Reading the words of a pack: days, lengths of time, numbers with units, labels, mappings.

Each reader notes what is off and hands back None (or a harmless stand-in), so that one pass finds
every problem of a file. A caller that needs to know whether all went well compares the number of
notes before and after.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Collection, Iterable
from decimal import Decimal

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import Label
from craftpath.pack.nodes import Mapping, Node, Scalar, Sequence
from craftpath.pack.problems import Notes, nearest

__all__ = [
    "Fields",
    "fields_of",
    "in_our_units",
    "read_bool",
    "read_day",
    "read_duration",
    "read_id",
    "read_interval",
    "read_items",
    "read_label",
    "read_number",
    "read_one_of",
    "read_quantity",
    "read_text",
    "same_unit",
]

_TIME_UNITS = ("day", "days", "week", "weeks", "month", "months", "year", "years")
_CHINESE_TIME = {
    "年": "years",
    "周年": "years",
    "周岁": "years",
    "岁": "years",
    "个月": "months",
    "月": "months",
    "周": "weeks",
    "天": "days",
    "日": "days",
    "个工作日": "days",
}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
_LONGEST_YEARS = 200
#: Units as texts in Chinese write them, in the pack's own: so many of which.
_CHINESE_UNITS = {
    "元": (1, "yuan"),
    "万": (10_000, "yuan"),
    "万元": (10_000, "yuan"),
    "亿元": (100_000_000, "yuan"),
    "分": (1, "marks"),
    "小时": (1, "hours"),
    "个月": (1, "months"),
    "月": (1, "months"),
    "人": (1, "people"),
    "名": (1, "people"),
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


# --- mappings ------------------------------------------------------------------------------


class Fields:
    """The entries of one mapping, each taken once; `close` notes the keys nobody asked for."""

    def __init__(self, node: Mapping, notes: Notes, name: str) -> None:
        self.node = node
        self.notes = notes
        self.name = name
        self._left = {key.text: (key, value) for key, value in node.entries}
        self._known: list[str] = []

    @property
    def line(self) -> int:
        return self.node.line

    def has(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str) -> Node | None:
        """The value of a key; None where it is not given."""
        self._known.append(key)
        found = self._left.pop(key, None)
        return found[1] if found else None

    def need(self, key: str, mend: str) -> Node | None:
        """The value of a key that must be there."""
        value = self.take(key)
        if value is None:
            self.notes.add(self.line, "missing-key", f"{self.name} has no `{key}`", mend)
        return value

    def close(self, also: Iterable[str] = ()) -> None:
        known = [*self._known, *also]
        for word, (key, _) in self._left.items():
            near = nearest(word, known)
            mend = (
                f"Did you mean `{near}`?"
                if near
                else f"Known here: {', '.join(dict.fromkeys(known))}"
            )
            self.notes.add(key.line, "unknown-key", f"{self.name} has no key `{word}`", mend)


def fields_of(node: Node, notes: Notes, name: str) -> Fields | None:
    """The entries of a node that must be a mapping."""
    if isinstance(node, Mapping):
        return Fields(node, notes, name)
    notes.add(
        node.line, "not-a-mapping", f"{name} is {_shape(node)}", "Write it as `key: value` lines"
    )
    return None


def read_items(node: Node, notes: Notes, name: str) -> tuple[Node, ...]:
    """The items of a node that must be a list."""
    if isinstance(node, Sequence):
        return node.items
    notes.add(
        node.line,
        "not-a-list",
        f"{name} is {_shape(node)}",
        "Write it as a list, one `- ` item a line",
    )
    return ()


def _shape(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return "empty" if node.is_null else f"the word `{node.text}`"


# --- words ---------------------------------------------------------------------------------


def read_text(node: Node, notes: Notes, name: str) -> str | None:
    """A word or a sentence; never empty."""
    if isinstance(node, Scalar) and not node.is_null and node.text.strip():
        return node.text
    notes.add(node.line, "not-a-word", f"{name} is {_shape(node)}", "Write one word or sentence")
    return None


def read_id(node: Node, notes: Notes, name: str, *, within: str | None = None) -> str | None:
    """A word by which other files, addresses and commands name a thing.

    within  the route whose conditions may be called ROUTE/WORD
    """
    text = read_text(node, notes, name)
    if text is None:
        return None
    own = text.removeprefix(f"{within}/") if within else text
    if _ID.fullmatch(own):
        return text
    shape = re.sub(r"[^A-Za-z0-9._]+", "-", own.strip()).strip("-._")
    notes.add(
        node.line,
        "bad-id",
        f"{name} is `{text}`",
        "Write an id of letters, digits, `-`, `.` and `_`"
        + (f", such as `{shape}`" if shape and shape.isascii() else ""),
    )
    return None


def read_bool(node: Node, notes: Notes, name: str) -> bool:
    if isinstance(node, Scalar) and node.text in {"true", "false"}:
        return node.text == "true"
    notes.add(node.line, "not-a-yes-or-no", f"{name} is {_shape(node)}", "Write `true` or `false`")
    return False


def read_label(node: Node, notes: Notes, name: str) -> Label | None:
    """A text in both languages: `{zh: …, en: …}`."""
    if isinstance(node, Scalar):
        notes.add(
            node.line,
            "label-language",
            f"{name} is in one language only",
            f"Write {{zh: {node.text or '…'}, en: …}}",
        )
        return None
    fields = fields_of(node, notes, name)
    if fields is None:
        return None
    texts = {}
    for lang in ("zh", "en"):
        value = fields.take(lang)
        if isinstance(value, Scalar) and not value.is_null and value.text.strip():
            texts[lang] = value.text.strip()
        else:
            notes.add(
                value.line if value else node.line,
                "label-language",
                f"{name} has no `{lang}`",
                f"Add the text as `{lang}: …`",
            )
    fields.close()
    return Label(texts["zh"], texts["en"]) if len(texts) == 2 else None


# --- days ----------------------------------------------------------------------------------


def read_day(node: Node, notes: Notes, name: str) -> dt.date | None:
    """A day as 2024-03-01. None for `null` as well: whoever allows that asks first."""
    if not isinstance(node, Scalar) or node.is_null:
        if not isinstance(node, Scalar):
            notes.add(
                node.line, "not-a-day", f"{name} is {_shape(node)}", "Write a day as 2024-03-01"
            )
        return None
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", node.text)
    if found:
        day = _day(int(found[1]), int(found[2]), int(found[3]))
        if day and 1800 <= day.year <= 2200:
            return day
    what, mend = _explain_day(node.text)
    notes.add(node.line, "not-a-day", f"{name} is `{node.text}`, {what}", mend)
    return None


def _explain_day(text: str) -> tuple[str, str]:
    numbers = [int(n) for n in re.findall(r"\d+", text)[:4] if len(n) < 9]
    if re.fullmatch(r"\d{8}", text):
        numbers = [int(text[:4]), int(text[4:6]), int(text[6:])]
    if len(numbers) != 3:
        return "which is not a day", "Write a day as 2024-03-01"
    first, second, third = numbers
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        if _day(first, second, third):
            return "outside the years 1800 to 2200", "Check the year"
        swapped = _day(first, third, second)
        if second > 12 and swapped:
            return (
                f"and there is no month {second}: the day exists only in another month order",
                f"Did you mean {swapped}?",
            )
        if 1 <= second <= 12 and first >= 1 and third >= 1:
            last = calendar.monthrange(first, second)[1]
            return (
                f"but that month has {last} days",
                f"Write {first:04}-{second:02}-{last:02}, or the day that the source names",
            )
        return "which no calendar has", "Write a day as 2024-03-01"
    year_last = first < 1000 <= third
    day = _day(third, second, first) if year_last else _day(first, second, third)
    if day is None:
        return "which is not a day", "Write a day as 2024-03-01"
    if year_last and first <= 12 and second <= 12 and first != second:
        return "which can be read in two ways", f"Write {day} or {_day(third, first, second)}"
    return "which is not the shape of a day here", f"Write {day}"


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def read_interval(fields: Fields, *, name: str) -> Interval:
    """Takes `from` and `until` (exclusive; either may be null) and sees that days lie between."""
    start = _read_side(fields, "from", name)
    until = fields.node.get("until")
    end = _read_side(fields, "until", name)
    if start and end and start >= end:
        fields.notes.add(
            until.line if until else fields.line,
            "empty-interval",
            f"{name} begins on {start} and is over on {end}: no day lies between",
            "`until` is the first day after; move one of the two",
        )
    return Interval(start, end)


def _read_side(fields: Fields, key: str, name: str) -> dt.date | None:
    node = fields.take(key)
    return None if node is None else read_day(node, fields.notes, f"`{key}` of {name}")


# --- lengths, numbers, units ---------------------------------------------------------------


def read_duration(node: Node, notes: Notes, name: str) -> Duration:
    """A length of time as "4 years", "18 months", "60 days"; longer than nothing."""
    if not isinstance(node, Scalar) or node.is_null:
        notes.add(
            node.line,
            "not-a-length",
            f"{name} is {_shape(node)}",
            "Write a length of time as `4 years`, `18 months` or `60 days`",
        )
        return Duration()
    text = node.text.strip()
    if re.fullmatch(r"\d+", text):
        notes.add(
            node.line,
            "no-unit",
            f"{name} is {text} with no unit",
            f"Write `{text} years`, `{text} months` or `{text} days`, as the source counts it",
        )
        return Duration()
    try:
        found = Duration.parse(text) if len(text) < 60 else None
    except ValueError:
        found = None
    if found is None:
        notes.add(
            node.line,
            "unknown-unit",
            f"{name} is `{text}`, not a length of time",
            _mend_duration(text),
        )
        return Duration()
    if found == Duration():
        notes.add(
            node.line,
            "not-a-length",
            f"{name} is `{text}`, no time at all",
            "Write the length that the source names, or leave it out",
        )
        return Duration()
    if found.months > 12 * _LONGEST_YEARS or found.days > 366 * _LONGEST_YEARS:
        notes.add(
            node.line,
            "too-long",
            f"{name} is `{text}`, longer than any life",
            "Check the number and its unit",
        )
        return Duration()
    return found


def _mend_duration(text: str) -> str:
    parts = re.findall(r"(\d+)\s*([^\W\d_]+)", text)
    units = [_CHINESE_TIME.get(unit) or nearest(unit.lower(), _TIME_UNITS) for _, unit in parts]
    if parts and all(units):
        said = " ".join(f"{number} {unit}" for (number, _), unit in zip(parts, units, strict=True))
        return f"Did you mean `{said}`?"
    return "Write a length of time as `4 years`, `18 months` or `60 days`"


def read_number(
    node: Node, notes: Notes, name: str, *, more_than: float | None = None
) -> float | None:
    """A bare number, such as a count; of a thing that can only be more than something, that."""
    if isinstance(node, Scalar) and _NUMBER.fullmatch(node.text.strip()):
        number = float(node.text)
        if more_than is None or number > more_than:
            return number
        what, mend = f"{name} is {number:g}", f"Write a number above {more_than:g}"
        notes.add(node.line, "out-of-bounds", what, mend)
        return None
    shown = node.text if isinstance(node, Scalar) else ""
    digits = re.match(r"\s*([\d,]*\d(\.\d+)?)", shown)
    mend = f"Write `{digits[1].replace(',', '')}`" if digits else "Write a number, such as `3`"
    notes.add(node.line, "not-a-number", f"{name} is {_shape(node)}, not a bare number", mend)
    return None


def read_quantity(
    node: Node, unit: str | None, notes: Notes, name: str, *, least: float | None = None
) -> float | None:
    """A number with the unit that its kind (or table) counts in: "200000 yuan".

    least  what it cannot be below: money that is paid is not less than nothing
    """
    if unit is None:
        notes.add(
            node.line,
            "no-quantity",
            f"{name} asks for a quantity, but there is none here",
            "Give the kind a `unit` in kinds.yaml, or leave this out",
        )
        return None
    if not isinstance(node, Scalar) or node.is_null:
        notes.add(
            node.line,
            "not-a-number",
            f"{name} is {_shape(node)}",
            f"Write a number of {unit}, such as `1000 {unit}`",
        )
        return None
    found = re.fullmatch(rf"({_NUMBER.pattern})\s*([^\d\s,.].*)?", node.text.strip())
    if found is None:
        bare = re.match(r"\d[\d,]*", node.text.strip())
        notes.add(
            node.line,
            "not-a-number",
            f"{name} is `{node.text}`, not a number of {unit}",
            f"Write `{bare[0].replace(',', '') if bare else '1000'} {unit}`",
        )
        return None
    number, written = found[1], found[3]
    if not written:
        notes.add(
            node.line, "no-unit", f"{name} is {number} with no unit", f"Write `{number} {unit}`"
        )
        return None
    if not same_unit(written, unit):
        meant = in_our_units(number, written)
        if meant is not None and meant.endswith(f" {unit}"):
            what = f"{name} is in `{written}`, but this counts {unit}"
            notes.add(node.line, "unknown-unit", what, f"Write `{meant}`")
            return None
        notes.add(
            node.line,
            "unknown-unit",
            f"{name} is in `{written}`, but this counts {unit}",
            f"Write `{number} {unit}`, or convert the number if the source counts otherwise",
        )
        return None
    if least is not None and float(number) < least:
        what = f"{name} is `{node.text}`, less than {least:g} {unit}"
        notes.add(node.line, "out-of-bounds", what, "Correct the sign or the number")
        return None
    return float(number)


def in_our_units(number: str, written: str) -> str | None:
    """`0.1`, `万元` → `1000 yuan`; None: no unit that is known here."""
    times, unit = _CHINESE_UNITS.get(written.strip(), (0, ""))
    return f"{(Decimal(number) * times).normalize():f} {unit}" if times else None


def same_unit(written: str, unit: str) -> bool:
    """Whether two units are the same word, be it one month or twelve months."""
    return written == unit or written.removesuffix("s") == unit.removesuffix("s")


def read_one_of(node: Node, known: Collection[str], notes: Notes, name: str) -> str | None:
    """One word out of a few."""
    text = read_text(node, notes, name)
    if text is None or text in known:
        return text
    near = nearest(text, known)
    notes.add(
        node.line,
        "unknown-word",
        f"{name} is `{text}`",
        f"Did you mean `{near}`?" if near else f"Write one of: {', '.join(known)}",
    )
    return None
