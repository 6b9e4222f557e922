"""Secrets that are told once and never kept: a token's, a shared link's."""

from __future__ import annotations

import hashlib

__all__ = ["digest_of"]


def digest_of(secret: str) -> str:
    """Under which a secret is looked up: who reads the database cannot use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
