"""Files of an import in the private uploads folder: sealed, since they are full of numbers."""

from __future__ import annotations

import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from craftpath.registry.identity import open_bytes, seal_bytes

__all__ = ["keep", "keep_plain", "kept"]

_USE = "import file"


def keep(folder: str, content: bytes) -> str:
    """Seal and store; the name to find it by."""
    return keep_plain(folder, seal_bytes(content, _USE))


def keep_plain(folder: str, content: bytes) -> str:
    """Store what is sealed already."""
    name = f"{folder}/{secrets.token_hex(16)}.sealed"
    return default_storage.save(name, ContentFile(content))


def kept(name: str) -> bytes:
    with default_storage.open(name, "rb") as source:
        return open_bytes(source.read(), _USE)
