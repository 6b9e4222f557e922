"""When the site was last backed up, proved and looked through: a small file in the data folder.

It is no record of anything, only what `craftpath check` goes by; lost, it says that nothing is
known.
"""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from craftpath.evidence.write import atomic_path

__all__ = ["Noted", "note", "noted"]


@dataclass(frozen=True)
class Noted:
    """at: a moment, in ISO; good: how it ended; of: the name of the file that it was about."""

    at: str
    good: bool
    of: str = ""

    @property
    def age(self) -> dt.timedelta:
        return timezone.now() - dt.datetime.fromisoformat(self.at)


def note(what: str, good: bool, of: str = "") -> None:
    """`what`: "backup", "proof" or "audit". A note that cannot be written is none, and no reason
    for a backup to fail."""
    kept = _read() | {what: Noted(timezone.now().isoformat(timespec="seconds"), good, of)}
    with suppress(OSError), atomic_path(_file()) as draft:
        draft.write_text(json.dumps({name: asdict(one) for name, one in kept.items()}, indent=1))


def noted(what: str) -> Noted | None:
    return _read().get(what)


def _read() -> dict[str, Noted]:
    try:
        said = json.loads(_file().read_text(encoding="utf-8"))
        return {name: Noted(**one) for name, one in said.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _file() -> Path:
    return Path(settings.CRAFTPATH_HOME) / "noted.json"
