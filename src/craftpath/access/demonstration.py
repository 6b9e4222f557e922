"""A demonstration says what it is: by a file in its data folder, with the address it stands at.

`craftpath demo` writes it, and nothing else does; no setting can make a demonstration of a site by
a slip. What a demonstration issues carries the address of its own machine (decision 0027).
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["FILE", "MARK", "NAMES", "PASSWORD", "declare", "declared"]

FILE = "demonstration"
#: The audit's word for the records of a sample city, and what tells it from a real site.
MARK = "demo.lives"
#: Of every login of a sample city; it is printed, so it keeps nothing safe.
PASSWORD = "jiangtu-demo-2026"
NAMES = (
    "worker", "worker2", "hr", "school", "assessor", "assessor2", "assessor3", "expert", "town",
    "city", "city2", "othercity", "province", "auditor", "operator",
)  # fmt: skip


def declare(home: Path, address: str) -> None:
    """What is in this folder is a demonstration from now on."""
    (home / FILE).write_text(f"{address}\n", encoding="utf-8")


def declared(home: Path) -> str:
    """Where the demonstration in this folder stands; "": it is none."""
    try:
        return (home / FILE).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
