"""What apps above this one keep about people, for those who take along all that is kept about them.

The programmes know nobody above them. Whoever keeps something enrols when its app is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["kept_elsewhere", "take_along_too"]

#: From the numbers of a party and of those merged into it to what else is kept about them, plain.
Kept = Callable[[Sequence[int]], Any]

_also: dict[str, Kept] = {}


def take_along_too(name: str, kept: Kept) -> None:
    """What an app above this one keeps about people goes along under `name`."""
    _also[name] = kept


def kept_elsewhere(parties: Sequence[int]) -> dict[str, Any]:
    """By the names under which it was enrolled."""
    return {name: kept(parties) for name, kept in _also.items()}
