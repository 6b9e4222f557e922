"""Numbers as people write them. Python reads more than that: 6_0, 1e1, NaN, -0."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

__all__ = ["read_decimal"]

_WRITTEN = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?", re.ASCII)


def read_decimal(text: str) -> Decimal | None:
    """The number that a text says, full width or half; None: nobody writes a number so."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not _WRITTEN.fullmatch(text):
        return None
    number = Decimal(text)
    return None if text.startswith("-") and not number else number
