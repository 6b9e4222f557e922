"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from craftpath.engine.rules import Label

__all__ = ["Finding", "Severity", "danger", "fine", "mend"]


class Severity(StrEnum):
    """DANGER: nobody should be let in. MEND: it goes well until it does not. FINE."""

    DANGER = "danger"
    MEND = "mend"
    FINE = "fine"


@dataclass(frozen=True)
class Finding:
    """why: what comes of it; mend: what to do. Of what is fine there is neither."""

    severity: Severity
    found: Label
    why: Label | None = None
    mend: Label | None = None


def danger(found: Label, why: Label, mend: Label) -> Finding:
    return Finding(Severity.DANGER, found, why, mend)


def mend(found: Label, why: Label, mend: Label) -> Finding:
    return Finding(Severity.MEND, found, why, mend)


def fine(zh: str, en: str) -> Finding:
    return Finding(Severity.FINE, Label(zh, en))
