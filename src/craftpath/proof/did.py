"""Who an issuer is: did:web identifiers and the document that lists an issuer's keys.

A did:web is a web address written as an identifier; whoever controls the address publishes the
keys. Keys are replaced, and what was signed by a retired one stays true: it stays listed
(docs/decisions/0019). Only a key that may have been stolen is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from craftpath.proof.contexts import DID, MULTIKEY
from craftpath.proof.keys import PublicKey

__all__ = ["Listed", "did_document", "did_web", "keys_of", "web_address"]

_BASE = re.compile(
    r"https://(?P<host>[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:/[A-Za-z0-9._-]+)*)/?"
)
_FRAGMENT = re.compile(r"[A-Za-z0-9._-]{1,64}")


def did_web(base: str) -> str:
    """The identifier of an issuer at a base URL: https://host:8443/a/b → did:web:host%3A8443:a:b.

    ValueError: the URL is not https, or holds anything but host, port and plain segments.
    """
    parts = _BASE.fullmatch(base)
    if parts is None or {".", ".."} & set(parts["path"].split("/")):
        raise ValueError(f"no base URL of an issuer: {base!r}")
    host = parts["host"] + (f"%3A{parts['port']}" if parts["port"] else "")
    return "did:web:" + host + parts["path"].replace("/", ":")


def web_address(did: str) -> str:
    """Where the document of a did:web is published. ValueError: it is none that `did_web` gives."""
    host, _, path = did.removeprefix("did:web:").partition(":")
    base = "https://" + host.replace("%3A", ":") + (f"/{path.replace(':', '/')}" if path else "")
    if did_web(base) != did:
        raise ValueError(f"no did:web: {did!r}")
    return base + ("/did.json" if path else "/.well-known/did.json")


@dataclass(frozen=True)
class Listed:
    """A key that signs, or has signed, for an issuer, under the fragment that names it for ever."""

    fragment: str
    key: PublicKey

    def __post_init__(self) -> None:
        if not _FRAGMENT.fullmatch(self.fragment):
            raise ValueError(f"no fragment: {self.fragment!r}")


def did_document(did: str, keys: Sequence[Listed]) -> dict[str, Any]:
    """The document to publish: every key in use or retired, each good for what it has signed.

    ValueError: two keys under one fragment.
    """
    if len({one.fragment for one in keys}) != len(keys):
        raise ValueError("two keys under one fragment")
    return {
        "@context": [DID, MULTIKEY],
        "id": did,
        "verificationMethod": [
            {
                "id": f"{did}#{one.fragment}",
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": one.key.multikey,
            }
            for one in keys
        ],
        "assertionMethod": [f"{did}#{one.fragment}" for one in keys],
    }


def keys_of(document: object, did: str) -> dict[str, PublicKey]:
    """The keys that a document of this identifier gives for signing credentials, by their URL.

    What is not understood is left out. ValueError: it is no document of this identifier.
    """
    if not isinstance(document, dict) or document.get("id") != did:
        raise ValueError(f"no document of {did}")
    named, methods = document.get("assertionMethod"), document.get("verificationMethod")
    if not isinstance(named, list) or not isinstance(methods, list):
        raise ValueError("a document without keys for assertions")
    found = {}
    for one in methods:
        if not isinstance(one, dict) or one.get("id") not in named:
            continue
        if one.get("type") == "Multikey" and one.get("controller") == did:
            try:
                found[one["id"]] = PublicKey.of_multikey(str(one.get("publicKeyMultibase")))
            except ValueError:
                continue
    return found
