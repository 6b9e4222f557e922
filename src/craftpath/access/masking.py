"""Identity numbers and names as they may be shown or logged."""

from __future__ import annotations

import logging
import re

__all__ = ["MaskFilter", "mask_name", "mask_number", "mask_text"]

# Identity numbers (18 characters, old ones 15), mainland mobile numbers. Long runs of digits that
# are neither (a serial, an amount) stay readable.
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(\d{17}[0-9Xx]|\d{15}|1[3-9]\d{9})(?![0-9A-Za-z])")
# The address of a shared link is a key to what it shows.
_LINKS = re.compile(r"(/s/)[\w-]{8,}")


def mask_number(number: str) -> str:
    """First four and last two characters of an identity number; short ones only the last two."""
    kept = 4 if len(number) >= 12 else 0
    hidden = max(len(number) - kept - 2, 0)
    return number[:kept] + "*" * hidden + number[len(number) - min(2, len(number)) :]


def mask_name(name: str) -> str:
    """王小明 → 王*明, 王芳 → 王*, Mary Smith → M*** S****."""
    if name.isascii():
        return " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split())
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_text(text: str) -> str:
    """A text with every identity and phone number and the secret of every shared link masked."""
    return _LINKS.sub(r"\1***", _NUMBERS.sub(lambda found: mask_number(found[0]), text))


class MaskFilter(logging.Filter):
    """Masks numbers and links in whatever is logged, exceptions' texts included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = mask_text(logging.Formatter().formatException(record.exc_info))
        return True
