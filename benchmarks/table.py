"""The page that a run writes: sections of lines, each target met or missed, notes kept."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measured

NOTES = "## Notes"


@dataclass(frozen=True)
class Line:
    """`target`: (≤ or ≥, bound, in what); `ratio` is what is held against it."""

    what: str
    measured: Measured | None
    ratio: float | None = None
    target: tuple[str, float, str] | None = None
    note: str = ""

    @property
    def met(self) -> bool:
        if self.target is None or self.ratio is None:
            return True
        sign, bound, _ = self.target
        return self.ratio <= bound if sign == "≤" else self.ratio >= bound

    def cells(self) -> list[str]:
        seconds = memory = ratio = target = ""
        if self.measured is not None:
            seconds = f"{self.measured.seconds:.3g} s"
            memory = f"{self.measured.peak_mb:,.0f} MB"
        if self.ratio is not None and self.target is not None:
            sign, bound, unit = self.target
            ratio, target = f"{self.ratio:.3g} {unit}", f"{sign} {bound:g}"
            target += ", met" if self.met else ", **missed**"
        return [self.what, seconds, memory, ratio, target, self.note]


@dataclass(frozen=True)
class Section:
    """`module` is the benchmark whose docstring says what the numbers stand for."""

    title: str
    module: str
    lines: list[Line]

    def text(self) -> str:
        rows = [["", "time", "memory", "result", "target", ""], ["---"] * 6]
        rows += [line.cells() for line in self.lines]
        return "\n".join([f"## {self.title}", "", *(f"| {' | '.join(row)} |" for row in rows)])

    def meaning(self) -> str:
        """The docstring's text, without its usage lines."""
        said = inspect.getdoc(importlib.import_module(f"benchmarks.{self.module}")) or ""
        kept = [line for line in said.splitlines() if not line.startswith("    python")]
        return "\n".join(kept).strip()


def page(head: list[str], sections: list[Section], notes: str) -> str:
    missed = [line.what for section in sections for line in section.lines if not line.met]
    verdict = "Every target is met." if not missed else "Missed: " + "; ".join(missed) + "."
    parts = ["\n".join(head), verdict]
    parts += [f"{section.text()}\n\n```text\n{section.meaning()}\n```" for section in sections]
    if missed or notes:
        parts.append(f"{NOTES}\n\n{notes or 'Why what was missed was missed: not yet said.'}")
    return "\n\n".join(parts) + "\n"


def notes_of(file: Path) -> str:
    """What somebody wrote under "Notes" on the same day's page, to be kept when it is renewed."""
    if not file.exists():
        return ""
    return file.read_text("utf-8").partition(NOTES)[2].strip()
