"""One column as found in a file → the column as it should be, and what could not be read.

A column that already has the right type passes through untouched. Otherwise values are cast all
at once; only when that fails are the distinct values looked at one by one, so that a bad value
costs little and is named exactly.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from craftpath.evidence.reasons import Reason
from craftpath.evidence.schema import RECORDS, WORDS

__all__ = [
    "Bad",
    "CannotConvert",
    "Converted",
    "convert",
    "parse_day",
    "parse_number",
    "parse_whole",
]

Value = int | float | dt.date


class CannotConvert(Exception):
    """The column as a whole has a type that cannot stand for what is asked."""


@dataclass(frozen=True)
class Bad:
    """A text that could not be read; `better` is how it should have been written, if known."""

    reason: Reason
    better: str | None = None


@dataclass(frozen=True)
class Converted:
    """`array` in the canonical type, null where bad; `bad` the bad positions, with reasons."""

    array: pa.Array
    bad: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    reasons: tuple[Bad, ...] = ()


def convert(name: str, array: pa.Array) -> Converted:
    """Column `name` of the records table in its canonical type."""
    wanted = RECORDS.field(name).type
    found = array.type
    if pa.types.is_null(found):
        return Converted(pa.nulls(len(array), wanted))
    if wanted == WORDS:
        return Converted(_words(array))
    if found == wanted:
        return Converted(array)
    if _is_text(found):
        return _from_text(array, wanted)
    if pa.types.is_date32(wanted):
        return _day(array)
    if pa.types.is_floating(wanted):
        return Converted(_number(array))
    return _whole(array, wanted)


# --- words -----------------------------------------------------------------------------------


def _is_text(found: pa.DataType) -> bool:
    if pa.types.is_dictionary(found):
        return _is_text(found.value_type)
    return bool(
        pa.types.is_string(found)
        or pa.types.is_large_string(found)
        or pa.types.is_string_view(found)
    )


def _text(array: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        words = array.dictionary.cast(pa.string())
        array = pa.DictionaryArray.from_arrays(array.indices, words).dictionary_decode()
    return array.cast(pa.string())


def _words(array: pa.Array) -> pa.Array:
    """Dictionary of words; blanks at either end are dropped, and an empty word is null."""
    if pa.types.is_integer(array.type):  # region codes are often written as numbers
        array = array.cast(pa.string())
    elif not _is_text(array.type):
        raise CannotConvert(str(array.type))
    encoded = array if array.type == WORDS else _text(array).dictionary_encode()
    if not _untidy(encoded.dictionary):
        return encoded
    plain = _trimmed(encoded.dictionary_decode())
    return plain.dictionary_encode()


def _trimmed(text: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _untidy(words: pa.Array) -> bool:
    if words.null_count:
        return True
    return bool(
        pc.any(
            pc.or_(pc.equal(words, ""), pc.not_equal(words, pc.utf8_trim_whitespace(words)))
        ).as_py()
    )


# --- numbers and days that come as such --------------------------------------------------------


def _number(array: pa.Array) -> pa.Array:
    if pa.types.is_integer(array.type) or _is_fractional(array.type):
        return array.cast(pa.float64(), safe=False)
    raise CannotConvert(str(array.type))


def _is_fractional(found: pa.DataType) -> bool:
    return bool(pa.types.is_floating(found) or pa.types.is_decimal(found))


def _whole(array: pa.Array, wanted: pa.DataType) -> Converted:
    if not (pa.types.is_integer(array.type) or _is_fractional(array.type)):
        raise CannotConvert(str(array.type))
    if pa.types.is_floating(array.type):  # pandas writes whole numbers with gaps as floats
        nan = pc.is_nan(array)
        array = pc.if_else(nan, pa.scalar(None, array.type), array)
    try:
        return Converted(array.cast(wanted))
    except pa.ArrowInvalid:
        return _one_by_one(array, wanted, lambda value: _fit_whole(value, wanted))


def _fit_whole(value: Any, wanted: pa.DataType) -> Value | Bad:
    if isinstance(value, float) and not math.isfinite(value):
        return Bad(Reason.NOT_A_NUMBER)
    if value != int(value):
        return Bad(Reason.NOT_WHOLE)
    bits = wanted.bit_width - 1
    return int(value) if -(1 << bits) <= value < (1 << bits) else Bad(Reason.TOO_BIG)


def _day(array: pa.Array) -> Converted:
    if pa.types.is_date64(array.type):
        return Converted(array.cast(pa.date32()))
    if not pa.types.is_timestamp(array.type):
        raise CannotConvert(str(array.type))
    if array.type.tz is not None:
        array = pc.local_timestamp(array)
    days = array.cast(pa.date32(), safe=False)
    off = pc.not_equal(days.cast(array.type, safe=False), array)
    at = np.flatnonzero(off.fill_null(False).to_numpy(zero_copy_only=False))
    if len(at) == 0:
        return Converted(days)
    days = pc.if_else(off, pa.scalar(None, pa.date32()), days)
    return Converted(days, at, (Bad(Reason.TIME_OF_DAY),) * len(at))


# --- from text ---------------------------------------------------------------------------------


def _from_text(array: pa.Array, wanted: pa.DataType) -> Converted:
    text = _text(array)
    try:
        return Converted(text.cast(wanted))
    except pa.ArrowInvalid:
        pass
    text = _trimmed(text)
    try:
        return Converted(text.cast(wanted))
    except pa.ArrowInvalid:
        pass
    if pa.types.is_date32(wanted):
        return _one_by_one(text, wanted, parse_day)
    if pa.types.is_floating(wanted):
        return _one_by_one(text, wanted, parse_number)
    return _one_by_one(text, wanted, lambda value: parse_whole(value, wanted.bit_width))


def _one_by_one(
    array: pa.Array, wanted: pa.DataType, read: Callable[[Any], Value | Bad]
) -> Converted:
    """Read each distinct value once; spread values and troubles over the rows."""
    encoded = array.dictionary_encode()
    read_words = [read(word) for word in encoded.dictionary.to_pylist()]
    values = pa.array([None if isinstance(v, Bad) else v for v in read_words], wanted)
    result = values.take(encoded.indices)
    is_bad = np.array([isinstance(v, Bad) for v in read_words] + [False], np.bool_)
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    at = np.flatnonzero(is_bad[indices])
    troubles = tuple(v for i in indices[at] if isinstance(v := read_words[i], Bad))
    return Converted(result, at, troubles)


_WHOLE = re.compile(r"([+-]?\d+)(?:\.0*)?", re.ASCII)
_SEPARATORS = re.compile(r"[\s,，、'_]")


def parse_whole(text: str, bits: int = 64) -> int | Bad:
    """A whole number of `bits` bits. "3.0" is three, since spreadsheets write it so."""
    found = _WHOLE.fullmatch(text)
    if found:
        number = int(found[1])
        fits = -(1 << (bits - 1)) <= number < (1 << (bits - 1))
        return number if fits else Bad(Reason.TOO_BIG)
    other = parse_number(text)
    if isinstance(other, Bad):
        return other
    return Bad(Reason.NOT_WHOLE if math.isfinite(other) else Reason.NOT_A_NUMBER)


def parse_number(text: str) -> float | Bad:
    """A decimal number; one with spaces, thousands commas or full-width digits is named as such."""
    try:
        if text.isascii() and "_" not in text:  # float("1_000") would pass
            return float(text)
    except ValueError:
        pass
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    try:
        number = float(plain)
    except ValueError:
        return Bad(Reason.NOT_A_NUMBER)
    return Bad(Reason.NUMBER_SHAPE, plain) if math.isfinite(number) else Bad(Reason.NOT_A_NUMBER)


_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_LOOSE_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+\d{1,2}:\d{2}.*)?"
)
_PACKED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EXCEL_DAY = re.compile(r"(\d{5})(?:\.0+)?")
_DAY_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}[-/.年]\d{1,2}月?|\d{4}年?")
_EXCEL_ZERO = dt.date(1899, 12, 30)


def parse_day(text: str) -> dt.date | Bad:
    """A day written 2023-07-01. Other shapes are named, with the day that was probably meant."""
    iso = _ISO_DAY.fullmatch(text)
    if iso:
        day = _date(*iso.groups())
        return day if day is not None else Bad(Reason.IMPOSSIBLE_DATE)
    plain = unicodedata.normalize("NFKC", text)
    found = _LOOSE_DAY.fullmatch(plain) or _PACKED_DAY.fullmatch(plain)
    if found:
        day = _date(*found.groups())
        return Bad(Reason.DATE_SHAPE, str(day)) if day else Bad(Reason.IMPOSSIBLE_DATE)
    serial = _EXCEL_DAY.fullmatch(plain)
    if serial:  # a spreadsheet's day number
        return Bad(Reason.DATE_SHAPE, str(_EXCEL_ZERO + dt.timedelta(days=int(serial[1]))))
    # Day first or month first cannot be told apart, so nothing is guessed.
    return Bad(Reason.DATE_SHAPE if _DAY_LAST.fullmatch(plain) else Reason.NOT_A_DATE)


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
