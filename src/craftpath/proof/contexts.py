"""The JSON-LD contexts that are known here, each pinned by its SHA-256. Nothing is ever fetched.

A context says what a signature covers: another text under the same address would change what was
signed. `pinned/README.md` says where each file comes from.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = [
    "CREDENTIALS",
    "DATA_INTEGRITY",
    "DID",
    "MULTIKEY",
    "OPEN_BADGES",
    "pinned",
]

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
MULTIKEY = "https://w3id.org/security/multikey/v1"
DID = "https://www.w3.org/ns/did/v1"

_FILES = {
    CREDENTIALS: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "open-badges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    DATA_INTEGRITY: (
        "data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    MULTIKEY: (
        "multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    DID: (
        "did-v1.json",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    ),
}


@cache
def pinned() -> dict[str, dict[str, Any]]:
    """Every known context by its address. RuntimeError: a file is not the one that was pinned."""
    return {address: _read(name, digest) for address, (name, digest) in _FILES.items()}


def _read(name: str, digest: str) -> dict[str, Any]:
    content = files("craftpath.proof").joinpath("pinned", name).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise RuntimeError(f"proof/pinned/{name} is not the file that was pinned by its SHA-256")
    document: dict[str, Any] = json.loads(content)
    return document
