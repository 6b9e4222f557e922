"""What a document may look like before anything is computed from it.

Narrower than JSON-LD on purpose. All that we sign, and all that we read, is plain: terms of pinned
contexts, texts, whole numbers, yes or no. Without keywords, contexts of a document's own and
prefixes, nothing can be said that the signature does not cover, and the size bounds the work.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container
from typing import Any, NoReturn

from craftpath.proof.contexts import pinned
from craftpath.proof.faults import Fault, Refused

__all__ = ["LARGEST_FILE", "check_shape", "read_json"]

#: Bytes of a file. A status list of a million entries, half of them set at random, fits.
LARGEST_FILE = 512 * 1024
_DEEPEST = 16
#: Five times what a credential of ours holds. Some of the work grows by its square.
_MOST_VALUES = 500

#: A term as contexts define it: no keyword, no prefix, no address.
_TERM = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}")
#: Control characters (libraries write them differently) and halves of surrogate pairs.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: Whole numbers that every JSON library reads alike.
_LARGEST_NUMBER = 2**53


def read_json(content: bytes) -> Any:
    """One JSON value. `Refused`: too large or too deep, or not JSON that all readers read alike.

    Keys that come twice, NaN and infinities are not: one reader would see what another does not.
    """
    if len(content) > LARGEST_FILE:
        raise Refused(Fault.TOO_LARGE)
    try:
        return json.loads(
            content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except RecursionError:
        raise Refused(Fault.TOO_LARGE) from None
    except ValueError:  # no UTF-8, no JSON, a number of thousands of digits
        raise Refused(Fault.MALFORMED) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(Fault.MALFORMED, "a key that comes twice")
    return found


def _no_constant(_: str) -> NoReturn:
    raise Refused(Fault.MALFORMED, "a number that JSON does not have")


def check_shape(document: object, contexts: Container[str] | None = None) -> dict[str, Any]:
    """The document, when it is one that may be canonicalised; `Refused` otherwise.

    contexts   the addresses of the contexts that it may refer to; None: the pinned ones
    """
    if not isinstance(document, dict):
        raise Refused(Fault.MALFORMED)
    known = pinned() if contexts is None else contexts
    named = document.get("@context")
    if not isinstance(named, list) or not 1 <= len(named) <= 8:
        raise Refused(Fault.MALFORMED, "@context")
    if not all(isinstance(one, str) and one in known for one in named):
        raise Refused(Fault.UNKNOWN_CONTEXT)
    _Walk().terms({key: value for key, value in document.items() if key != "@context"}, 1)
    return document


class _Walk:
    """One pass over a document, counting."""

    def __init__(self) -> None:
        self.values = 0
        self.characters = 0

    def terms(self, some: dict[str, Any], depth: int) -> None:
        for key, value in some.items():
            if not _TERM.fullmatch(key):
                raise Refused(Fault.UNKNOWN_TERM, "a key that is no term")
            if isinstance(value, list):
                self.several(value, depth + 1, key)
            else:
                self.value(value, depth, key)

    def several(self, some: list[Any], depth: int, key: str) -> None:
        if not some:  # says nothing, so no signature would cover it
            raise Refused(Fault.MALFORMED, key)
        for one in some:
            self.value(one, depth, key)

    def value(self, one: object, depth: int, key: str) -> None:
        self.values += 1
        if self.values > _MOST_VALUES or depth > _DEEPEST:
            raise Refused(Fault.TOO_LARGE)
        if isinstance(one, str):
            self.characters += len(one)
            if self.characters > LARGEST_FILE:
                raise Refused(Fault.TOO_LARGE)
            if _NO_TEXT.search(one):
                raise Refused(Fault.MALFORMED, key)
        elif isinstance(one, dict):
            self.terms(one, depth + 1)
        elif isinstance(one, bool):
            return
        elif not isinstance(one, int) or abs(one) > _LARGEST_NUMBER:
            raise Refused(Fault.MALFORMED, key)  # null, a fraction, a list in a list, no JSON
