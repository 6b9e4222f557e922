"""What is worked out once for a pack and kept: packs by name, search indexes, the rule book."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cache, wraps
from typing import TypeVar

from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack

__all__ = ["once_a_pack", "pack_of"]

_T = TypeVar("_T")
_KEPT = 8  # packs, as many as `craftpath.library` keeps compiled


def once_a_pack(make: Callable[[Pack], _T]) -> Callable[[Pack], _T]:
    """`make(pack)`, made once for each of the latest few packs."""
    kept: OrderedDict[int, tuple[Pack, _T]] = OrderedDict()
    making = threading.RLock()

    @wraps(make)
    def made(pack: Pack) -> _T:
        with making:
            found = kept.get(id(pack))
            if found is None or found[0] is not pack:  # the number was another pack's
                found = kept[id(pack)] = (pack, make(pack))
            kept.move_to_end(id(pack))
            while len(kept) > _KEPT:
                kept.popitem(last=False)
            return found[1]

    return made


@cache
def pack_of(name: str) -> Pack:
    """The pack of that name (or folder), read once in the life of the process. PackError: no such.

    A pack that is edited meanwhile is read again by a new process only.
    """
    return load_pack(name)
