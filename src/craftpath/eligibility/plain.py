"""Answers, checks and pages of the rule book as plain data, for JSON.

Days are YYYY-MM-DD, texts `{"zh": …, "en": …}`; names are those of the nouns.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import Any

__all__ = ["plain"]

#: Made only when asked for: every route of an answer.
_LARGE = "versions"


def plain(noun: Any, routes: bool = False) -> Any:
    """A noun of this package (or a tuple of them) as dicts, lists, texts, numbers and None.

    What is made when it is first asked for is made here, but for an answer's `versions` (every
    route of every text that matters), which come with `routes`. TypeError: no noun of ours.
    """
    if noun is None or isinstance(noun, str | int | float | bool):
        return noun
    if isinstance(noun, dt.date):
        return noun.isoformat()
    if isinstance(noun, tuple | list):
        return [plain(one, routes) for one in noun]
    if isinstance(noun, dict):
        return {key: plain(value, routes) for key, value in noun.items()}
    if is_dataclass(noun) and not isinstance(noun, type):
        return {name: plain(getattr(noun, name), routes) for name in _names(noun, routes)}
    if isinstance(noun, enum.Enum):
        return noun.name
    raise TypeError(f"{noun!r} is not plain data, nor a noun that has any")


def _names(noun: Any, routes: bool) -> list[str]:
    """Fields, and what is worked out from them; nothing private."""
    found = [field.name for field in fields(noun)]
    for name, member in vars(type(noun)).items():
        if isinstance(member, property | cached_property):
            found.append(name)
    lazy = isinstance(vars(type(noun)).get(_LARGE), cached_property)
    return [n for n in found if n[0] != "_" and (n != _LARGE or routes or not lazy)]
