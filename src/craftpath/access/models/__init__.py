from __future__ import annotations

from craftpath.access.models.duty import Duty
from craftpath.access.models.user import User

__all__ = ["Duty", "User"]
