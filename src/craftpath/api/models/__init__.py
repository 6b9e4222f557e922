from __future__ import annotations

from craftpath.api.models.idempotency import Answered
from craftpath.api.models.token import Token

__all__ = ["Answered", "Token"]
