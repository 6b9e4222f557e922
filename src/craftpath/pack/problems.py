"""Problems of a pack are values: where, what is off, and how to mend it, all listed at once.

PackError    a pack that cannot be used: holds every `Problem` found
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Notes", "PackError", "Problem", "nearest"]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend in a pack.

    file, line  where: a path inside the pack and a line counted from 1 (0: the file as a whole)
    what        what is off, as a sentence without its full stop
    mend        what to write or do instead, as a sentence without its full stop
    id          the family of the problem ("unknown-key"), for tests and tools
    """

    file: str
    line: int
    what: str
    mend: str
    id: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where} – {_sentence(self.what)} {_sentence(self.mend)}".rstrip()


class PackError(Exception):
    """A pack that cannot be used. The message is every problem, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class Notes:
    """Collects the problems of one file while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, line: int, id: str, what: str, mend: str) -> None:
        self.problems.append(Problem(self.file, line, what, mend, id))

    def __len__(self) -> int:
        return len(self.problems)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was most likely meant to be, if any is near."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!", "。")) else text + "."
