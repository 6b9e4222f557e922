"""Finding a code by its name in either language or by its first digits."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from craftpath.eligibility.kept import once_a_pack
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Code, CodeList
from craftpath.pack.nouns import Pack

__all__ = ["FoundCode", "search_codes"]


@dataclass(frozen=True)
class FoundCode:
    """A code of a list; `within` is what the code above it is called, to tell namesakes apart.

    heading  it has codes below it: a group, not one to choose
    alias    the code of another edition by which it was found; None: by its own code or name
    """

    code: str
    label: Label
    within: Label | None
    heading: bool
    alias: str | None = None


#: A province, a city and a town; a longer text is a sentence.
_LONGEST_PARTED = 24


@dataclass(frozen=True)
class _Entry:
    """One code (or alias) with the texts by which it is found, folded."""

    found: FoundCode
    code: str
    names: tuple[str, ...]


def search_codes(
    pack: Pack, list_id: str, text: str, limit: int = 20, headings: bool = True
) -> tuple[FoundCode, ...]:
    """The codes of a list that `text` may mean, the likeliest first, each once.

    Exact codes and names come first, then those that begin with the text, then names that hold it
    (or all its words, in English); each in the list's order. Where there is none, those below a
    code by whose name the text begins: 东莞南城 means 南城街道 of 东莞市. Width and case do not
    matter. An empty text finds the first codes of the list. Without `headings` only codes that
    have none below them. KeyError: the pack has no such list.
    """
    entries = _index(pack)[list_id]
    asked = _folded(text)
    words = asked.split()
    ranks: tuple[list[FoundCode], ...] = ([], [], [])
    for entry in entries:
        if entry.found.heading and not headings:
            continue
        rank = _rank(entry, asked, words)
        if rank is not None:
            ranks[rank].append(entry.found)
            if rank == 0 and len(ranks[0]) >= limit:
                break
    if not any(ranks):
        parted = _parted(pack.vocabulary.lists[list_id], entries, asked)
        ranks[2].extend(one for one in parted if headings or not one.heading)
    found: dict[str, FoundCode] = {}
    for one in (one for rank in ranks for one in rank):
        found.setdefault(one.code, one)
        if len(found) >= limit:
            break
    return tuple(found.values())


def _rank(entry: _Entry, asked: str, words: list[str]) -> int | None:
    if asked == entry.code or asked in entry.names:
        return 0
    if entry.code.startswith(asked):
        return 1
    for name in entry.names:
        if asked in name:
            return 1 if name.startswith(asked) else 2
    if len(words) > 1 and any(all(word in name for word in words) for name in entry.names):
        return 2
    return None


def _parted(
    codes: CodeList, entries: tuple[_Entry, ...], asked: str, parts: int = 3
) -> list[FoundCode]:
    """Codes whose name begins with the end of the text, below codes whose name begins with the
    rest, or which the rest means in the same way, in at most so many parts of two letters."""
    if parts < 2 or len(asked) > _LONGEST_PARTED:
        return []
    for size in range(len(asked) - 2, 1, -1):
        below = _beginning(entries, asked[size:])
        if not below:
            continue
        above = _beginning(entries, asked[:size]) or _parted(
            codes, entries, asked[:size], parts - 1
        )
        meant = {one.code for one in above}
        found = [one for one in below if meant & _above(codes, one.code)]
        if found:
            return found
    return []


def _beginning(entries: tuple[_Entry, ...], text: str) -> list[FoundCode]:
    text = text.strip()
    return [one.found for one in entries if any(name.startswith(text) for name in one.names)]


def _above(codes: CodeList, code: str) -> set[str]:
    found: set[str] = set()
    above = codes.codes.get(codes.codes[code].parent or "")
    while above is not None and above.code not in found:
        found.add(above.code)
        above = codes.codes.get(above.parent or "")
    return found


@once_a_pack
def _index(pack: Pack) -> dict[str, tuple[_Entry, ...]]:
    return {id: tuple(_entries(codes)) for id, codes in pack.vocabulary.lists.items()}


def _entries(codes: CodeList) -> list[_Entry]:
    headings = {code.parent for code in codes.codes.values()}

    def found(code: Code, alias: str | None = None) -> FoundCode:
        above = codes.codes.get(code.parent or "")
        within = above.label if above else None
        return FoundCode(code.code, code.label, within, code.code in headings, alias)

    entries = []
    for code in codes.codes.values():
        names = dict.fromkeys((_folded(code.label.zh), _folded(code.label.en)))
        entries.append(_Entry(found(code), _folded(code.code), tuple(names)))
    for alias, meant in codes.aliases.items():
        entries.append(_Entry(found(codes.codes[meant], alias), _folded(alias), ()))
    return entries


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
