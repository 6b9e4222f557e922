"""YAML as a tree of text: every scalar keeps its line and its letters, nothing is guessed.

YAML's own readings (`no` is false, `1:30` is 90, a bare date is a date, `on` is true) never
happen here: a scalar is text until the language that reads it says what it is. Anchors, tags and
several documents in a file are refused, so that what stands on a line is what is meant.

A place in a tree is a path of numbers: an item of a sequence by its index; in a mapping, entry i
has its key at 2*i and its value at 2*i + 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml

from craftpath.pack.problems import Notes

__all__ = [
    "Mapping",
    "Node",
    "Path",
    "Scalar",
    "Sequence",
    "at_path",
    "plain",
    "read_yaml",
    "replaced",
    "scalars",
]

Path = tuple[int, ...]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_DEEPEST = 40
_CJK = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u201c-\u201d\u3000-\u303f]"
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word as it was written. `plain`: without quotes. Lines and columns count from 1."""

    text: str
    line: int
    column: int = 1
    plain: bool = True

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys are unique scalars, in written order."""

    entries: tuple[tuple[Scalar, Node], ...]
    line: int

    def get(self, key: str) -> Node | None:
        return next((value for word, value in self.entries if word.text == key), None)


Node = Scalar | Sequence | Mapping


# --- reading -------------------------------------------------------------------------------


def read_yaml(text: str, notes: Notes) -> Node | None:
    """The tree of one YAML document; None (with the problem noted) where there is none to read."""
    builder = _Builder(notes)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        _note_broken(error, text, notes)
        return None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, max(0, int(error.position))) + 1
        notes.add(
            line,
            "broken-yaml",
            "a character that YAML cannot hold stands here",
            "Delete it; look for control characters and pasted symbols",
        )
        return None
    except yaml.YAMLError as error:
        notes.add(1, "broken-yaml", f"this is not YAML: {error}", "Write it anew from here")
        return None
    if builder.root is None and not notes.problems:
        notes.add(1, "empty-file", "the file is empty", "Write its content, or delete the file")
    return None if builder.spoiled else builder.root


class _Builder:
    """Turns the parser's events into a tree, without recursion: depth is bounded, input is not."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.root: Node | None = None
        self.spoiled = False
        self._documents = 0
        self._open: list[tuple[str, int, list[Node]]] = []

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:
                self._refuse(
                    line,
                    "several-documents",
                    "a second document begins here (`---`)",
                    "Keep one document in a file; list the rules under `rules:`",
                )
        elif self._documents > 1:
            return
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(
                line,
                "anchor",
                f"`*{event.anchor}` refers to an anchor",
                "Write the text out; packs are read line by line",
            )
            self._put(Scalar("", line))
        elif isinstance(event, yaml.ScalarEvent):
            self._check_marks(event, line)
            is_plain = not event.style  # libyaml says "", pure Python None
            text = _joined(event)
            column = event.start_mark.column + 1 if event.start_mark else 1
            self._put(Scalar(text, line, column, is_plain))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._check_marks(event, line)
            self._begin("map" if isinstance(event, yaml.MappingStartEvent) else "list", line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._end()

    def _begin(self, kind: str, line: int) -> None:
        if len(self._open) == _DEEPEST:
            self._refuse(
                line,
                "too-deep",
                f"this is nested more than {_DEEPEST} deep",
                "Close some brackets, or split the rule",
            )
        self._open.append((kind, line, []))

    def _end(self) -> None:
        kind, line, children = self._open.pop()
        too_deep = len(self._open) >= _DEEPEST
        if too_deep:
            self._put(Scalar("", line))
        elif kind == "list":
            self._put(Sequence(tuple(children), line))
        else:
            self._put(Mapping(self._entries(children), line))

    def _put(self, node: Node) -> None:
        if self._open:
            self._open[-1][2].append(node)
        else:
            self.root = node

    def _entries(self, children: list[Node]) -> tuple[tuple[Scalar, Node], ...]:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._refuse(
                    key.line,
                    "strange-key",
                    "a key here is not a word",
                    "Write `key: value` with a plain word before the colon",
                )
            elif key.text in entries:
                first = entries[key.text][0].line
                self._refuse(
                    key.line,
                    "duplicate-key",
                    f"`{key.text}` was already given on line {first}",
                    "Keep one of the two",
                )
            else:
                entries[key.text] = (key, value)
        return tuple(entries.values())

    def _check_marks(self, event: Any, line: int) -> None:
        if event.anchor:
            self._refuse(
                line,
                "anchor",
                f"`&{event.anchor}` names an anchor",
                "Write the text out; packs are read line by line",
            )
        if event.tag is not None:
            self._refuse(
                line,
                "tag",
                f"`{event.tag}` is a YAML tag",
                "Delete the tag; put the text in quotes where it begins with `!`",
            )

    def _refuse(self, line: int, id: str, what: str, mend: str) -> None:
        # A tree with a refused part is not read any further, except for duplicate keys, which
        # leave a tree that still makes sense.
        self.spoiled = self.spoiled or id not in {"duplicate-key", "strange-key"}
        self.notes.add(line, id, what, mend)


def _joined(event: Any) -> str:
    """A scalar's text. YAML folds a line break into a space, which Chinese does not want."""
    if event.style == "|" or event.end_mark.line == event.start_mark.line:
        return str(event.value)
    return re.sub(rf"(?<={_CJK}) (?={_CJK})", "", event.value)


def _note_broken(error: yaml.MarkedYAMLError, text: str, notes: Notes) -> None:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        notes.add(
            line,
            "tab",
            "a tab stands where spaces are wanted",
            "Indent with spaces, two for each step",
        )
        return
    said = error.problem or error.context or "it cannot be read"
    notes.add(
        min(line, len(lines)),
        "broken-yaml",
        f"this is not YAML: {said}",
        "Look here and on the line before for a missing colon, quote or bracket, "
        "and for uneven indentation",
    )


# --- walking and changing ------------------------------------------------------------------


def scalars(tree: Node, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Every scalar of a tree with its path, keys included, in written order."""
    if isinstance(tree, Scalar):
        yield path, tree
    elif isinstance(tree, Sequence):
        for index, item in enumerate(tree.items):
            yield from scalars(item, (*path, index))
    else:
        for index, (key, value) in enumerate(tree.entries):
            yield (*path, 2 * index), key
            yield from scalars(value, (*path, 2 * index + 1))


def at_path(tree: Node, path: Path) -> Node:
    """The node at a path. IndexError, where there is none."""
    for step in path:
        if isinstance(tree, Sequence):
            tree = tree.items[step]
        elif isinstance(tree, Mapping):
            tree = tree.entries[step // 2][step % 2]
        else:
            raise IndexError("a scalar has no parts")
    return tree


def replaced(tree: Node, path: Path, text: str) -> Node:
    """The same tree with the scalar at `path` saying `text`; shares all else with the old one."""
    if not path:
        if not isinstance(tree, Scalar):
            raise TypeError("only a scalar can be replaced")
        return replace(tree, text=text)
    step, rest = path[0], path[1:]
    if isinstance(tree, Sequence):
        items = list(tree.items)
        items[step] = replaced(items[step], rest, text)
        return Sequence(tuple(items), tree.line)
    if isinstance(tree, Mapping):
        entries = list(tree.entries)
        key, value = entries[step // 2]
        if step % 2:
            entries[step // 2] = (key, replaced(value, rest, text))
        else:
            entries[step // 2] = (replace(key, text=text), value)
        return Mapping(tuple(entries), tree.line)
    raise IndexError("a scalar has no parts")


def plain(node: Node) -> Any:
    """The tree as dicts, lists, texts and None."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return None if node.is_null else node.text
