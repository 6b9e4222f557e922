"""A refusal that has several reasons, each to be mended.

NotReady    Conflict, 409: `reasons`, all that stands in the way
"""

from __future__ import annotations

from collections.abc import Sequence

from craftpath.access.errors import Conflict
from craftpath.engine.rules import Label

__all__ = ["NotReady"]


class NotReady(Conflict):
    """Something cannot be done for all the reasons listed."""

    def __init__(self, reasons: Sequence[Label]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("".join(one.zh for one in reasons), " ".join(one.en for one in reasons))
