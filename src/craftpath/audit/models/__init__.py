from __future__ import annotations

from craftpath.audit.models.entry import Entry, Head

__all__ = ["Entry", "Head"]
