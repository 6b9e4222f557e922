"""Doing what a form asks for, and telling what it is refused for beside what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from craftpath.access.errors import Conflict, Invalid, NotAllowed, TooMuch
from craftpath.assessment.refusals import NotReady
from craftpath.engine.rules import Label

__all__ = ["Attempt", "attempt"]


@dataclass(frozen=True)
class Attempt:
    """What became of it. `problems` by field, "" the whole form; `reasons`, each to be mended."""

    problems: dict[str, Label] = field(default_factory=dict)
    reasons: Sequence[Label] = ()
    status: int = 200

    @property
    def refused(self) -> bool:
        return self.status != 200


def attempt(do: Callable[[], object]) -> Attempt:
    """Do it; what is refused because of how things stand comes back to be told."""
    try:
        do()
    except Invalid as refusal:
        return Attempt(refusal.problems, status=refusal.status)
    except NotReady as refusal:
        return Attempt(reasons=refusal.reasons, status=refusal.status)
    except (Conflict, NotAllowed, TooMuch) as refusal:
        return Attempt({"": refusal.label}, status=refusal.status)
    return Attempt()
