"""The canonical form that is signed: N-Quads by RDF Dataset Canonicalization (RDFC-1.0, W3C).

PyLD as it comes would sign less than a document says, and more than it says: terms that no context
defines vanish, relative addresses are put under a made-up base. Here both are refused. Addresses
are written into N-Quads as they stand, so one that could end the quad it stands in is refused too.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn

from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from craftpath.proof.contexts import pinned
from craftpath.proof.faults import Fault, Refused
from craftpath.proof.shape import check_shape

__all__ = ["Canonicaliser", "canonicaliser"]

#: An absolute IRI, without the characters that N-Quads does not allow between < and >.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")

#: Nodes without an address that look alike are told apart by trying orders: n! of them. What we
#: sign has none; a file from elsewhere may have some, and one made to hang us has many.
_MOST_ALIKE = 4
_MOST_TRIES = 100

#: What the context of a type makes of an active one, by the name of this and the identity of that,
#: which is held along so that it stays its own.
_Scoped = dict[tuple[str, int], tuple[Any, Any]]
_MOST_SCOPED = 1000


class Canonicaliser:
    """Canonical N-Quads of documents over some contexts, which are processed once and kept.

    PyLD's caches are not made for threads, and it is all computation: one document at a time.
    """

    def __init__(self, contexts: Mapping[str, Mapping[str, Any]]) -> None:
        self._contexts = contexts
        self._lock = threading.Lock()
        self._resolver = ContextResolver({}, self._load)
        self._scoped: _Scoped = {}

    def nquads(self, document: object) -> bytes:
        """In UTF-8, sorted, one quad to a line. `Refused`: the document has no such form."""
        checked = check_shape(document, self._contexts)
        options = {
            "base": None,
            "contextResolver": self._resolver,
            "documentLoader": self._load,
        }
        try:
            with self._lock:
                dataset = _Strict(self._scoped).to_rdf(checked, options)
                text: str = _Bounded().main(dataset, {"format": "application/n-quads"})
        except JsonLdError:
            raise Refused(Fault.MALFORMED, "no JSON-LD") from None
        return text.encode("utf-8")

    def _load(self, address: str, options: object = None) -> dict[str, Any]:
        if address not in self._contexts:
            raise Refused(Fault.UNKNOWN_CONTEXT)
        return {
            "document": self._contexts[address],
            "documentUrl": address,
            "contextUrl": None,
            "contentType": "application/ld+json",
            "tag": "static",
        }


@cache
def canonicaliser() -> Canonicaliser:
    """The one over the pinned contexts."""
    return Canonicaliser(pinned())


class _Strict(JsonLdProcessor):  # type: ignore[misc]
    """Expands without leaving anything out."""

    def __init__(self, scoped: _Scoped) -> None:
        super().__init__(on_property_dropped=_dropped)
        self._scoped = scoped

    def _process_context(
        self, active_ctx: Any, local_ctx: Any, options: Any, *rest: Any, **named: Any
    ) -> Any:
        """PyLD keeps what it made of contexts, but not of those that belong to a type: half of the
        time, with twenty typed objects in a document. Without this method all is the same, later.
        """
        if rest or named != {"propagate": False} or "_uuid" not in active_ctx:
            return super()._process_context(active_ctx, local_ctx, options, *rest, **named)
        key = active_ctx["_uuid"], id(local_ctx)
        if key not in self._scoped:
            if len(self._scoped) >= _MOST_SCOPED:
                self._scoped.clear()
            made = super()._process_context(active_ctx, local_ctx, options, **named)
            self._scoped[key] = local_ctx, made
        return self._scoped[key][1]

    def expand(self, input_: Any, options: Any) -> Any:
        expanded = super().expand(input_, options)
        _check_addresses(expanded)
        return expanded


def _dropped(_: object) -> NoReturn:
    raise Refused(Fault.UNKNOWN_TERM)


def _check_addresses(value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _check_addresses(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key in ("@id", "@type"):
                _check_absolute(one)
            elif key != "@value":
                _check_addresses(one)


def _check_absolute(value: Any) -> None:
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str) or not _IRI.fullmatch(one):
            raise Refused(Fault.UNKNOWN_TERM, "an address or a type that is not absolute")


class _Bounded(URDNA2015):  # type: ignore[misc]
    """Gives up on graphs that would take long."""

    def __init__(self) -> None:
        super().__init__()
        self._tries = 0

    def create_hash_to_related(self, id_: str, issuer: Any) -> dict[str, list[str]]:
        self._tries += 1
        related: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        if self._tries > _MOST_TRIES or any(len(some) > _MOST_ALIKE for some in related.values()):
            raise Refused(Fault.TOO_LARGE, "too many nodes that look alike")
        return related
