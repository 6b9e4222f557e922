"""Code lists (`codes/*.csv`), their aliases, and the relations between codes (`relations/`)."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping

from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Code, CodeList, Relation
from craftpath.pack.nouns import CodeTree
from craftpath.pack.problems import Notes, nearest

__all__ = ["RELATION_DEFAULTS", "read_aliases", "read_codes", "read_relation"]

#: What a relation says of a focus code that its file does not list.
RELATION_DEFAULTS = {
    "same-parent": "the codes with the same parent, itself included",
    "same-parent-parent": "the codes whose parents share a parent, itself included",
    "parent": "as its nearest listed ancestor",
    "none": "nothing but itself",
}

_MAX_SAID = 20  # a wrong column makes every row wrong; say it a few times, not 3,000


def read_codes(id: str, text: str, label: Label, notes: Notes) -> CodeTree:
    """A list from `code,name_zh,name_en,parent,edition`; columns after these are left alone."""
    codes: dict[str, Code] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(text, ("code",), notes):
        code = row["code"]
        if code in codes:
            notes.add(
                line,
                "duplicate-code",
                f"the code `{code}` is listed twice",
                "Keep one of the two rows",
            )
            continue
        zh = row.get("name_zh") or row.get("name_en") or code
        codes[code] = Code(
            code,
            Label(zh, row.get("name_en") or zh),
            row.get("parent") or None,
            row.get("edition") or None,
        )
        lines[code] = line
    for code, line in lines.items():
        _note_parent(codes, code, line, notes)
    return CodeTree(id, codes, {}, label)


def _note_parent(codes: Mapping[str, Code], code: str, line: int, notes: Notes) -> None:
    """A parent is a code of the list, and going up ends at one without."""
    parent = codes[code].parent
    if parent is None:
        return
    if parent == code:
        what, mend = f"the code `{code}` is its own parent", "Leave `parent` empty at the top"
    elif parent not in codes:
        near = nearest(parent, codes)
        what = f"the parent `{parent}` of `{code}` is no code of the list"
        mend = f"Did you mean `{near}`?" if near else "Add a row for it, or leave `parent` empty"
    elif code in _ancestors(codes, code):
        what = f"going up from `{code}` comes back to it, by `{parent}`"
        mend = "Correct one of the parents"
    else:
        return
    notes.add(line, "unknown-code", what, mend)


def _ancestors(codes: Mapping[str, Code], code: str) -> set[str]:
    found: set[str] = set()
    up = codes[code].parent
    while up is not None and up in codes and up not in found:
        found.add(up)
        up = codes[up].parent
    return found


def read_aliases(text: str, codes: Mapping[str, Code], notes: Notes) -> dict[str, str]:
    """Codes of other editions and the code used here, from `alias,code,edition,note`."""
    aliases: dict[str, str] = {}
    for line, row in _rows(text, ("alias", "code"), notes):
        alias, code = row["alias"], row["code"]
        if code not in codes:
            _unknown(code, codes, line, notes)
        elif alias in codes:
            notes.add(
                line,
                "duplicate-code",
                f"the alias `{alias}` is a code of the list itself",
                "Delete the row, or the code",
            )
        elif alias in aliases:
            notes.add(
                line,
                "duplicate-code",
                f"the alias `{alias}` is given twice",
                "Keep one of the two rows",
            )
        else:
            aliases[alias] = code
    return aliases


def read_relation(
    focus: CodeList, subject: CodeList, text: str, default: str, notes: Notes
) -> Relation:
    """Related codes from `focus,subject` rows; codes without a row follow `default`."""
    listed: dict[str, set[str]] = defaultdict(set)
    said = 0
    for line, row in _rows(text, ("focus", "subject"), notes):
        for column, codes in (("focus", focus), ("subject", subject)):
            if row[column] not in codes.codes:
                said += 1
                if said <= _MAX_SAID:
                    _unknown(row[column], codes.codes, line, notes)
        listed[row["focus"]].add(row["subject"])
    same = focus.id == subject.id
    groups = _groups(subject, default)
    pairs = {}
    for code in focus.codes:
        found = listed.get(code)
        if found is None and default == "parent":
            found = _of_ancestor(code, focus, listed)
        if found is not None:
            pairs[code] = frozenset(found | {code} if same else found)
        elif groups is not None and same:
            pairs[code] = groups[_group_of(code, focus, default)] | {code}
        else:
            pairs[code] = frozenset({code} if same else ())
    return Relation(focus.id, subject.id, pairs)


def _groups(codes: CodeList, default: str) -> dict[str, frozenset[str]] | None:
    if default not in {"same-parent", "same-parent-parent"}:
        return None
    groups: dict[str, set[str]] = defaultdict(set)
    for code in codes.codes:
        groups[_group_of(code, codes, default)].add(code)
    return {group: frozenset(members) for group, members in groups.items()}


def _group_of(code: str, codes: CodeList, default: str) -> str:
    """What a code shares with its siblings; a code without a parent is alone."""
    up = codes.codes[code].parent
    if up and default == "same-parent-parent":
        parent = codes.codes.get(up)
        up = parent.parent if parent else None
    return up or f"={code}"


def _of_ancestor(code: str, codes: CodeList, listed: Mapping[str, set[str]]) -> set[str] | None:
    seen = {code}
    up = codes.codes[code].parent
    while up and up not in seen:
        if up in listed:
            return listed[up]
        seen.add(up)
        parent = codes.codes.get(up)
        up = parent.parent if parent else None
    return None


def _rows(text: str, needed: tuple[str, ...], notes: Notes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV with their lines; rows that lack a needed value are noted and left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        missing = [name for name in needed if name not in header]
        if missing:
            notes.add(
                1,
                "csv-header",
                f"the header has no column `{missing[0]}`",
                f"Begin the file with {','.join(needed)}",
            )
            return []
        said = 0
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            row = dict(zip(header, (field.strip() for field in fields), strict=False))
            empty = [name for name in needed if not row.get(name)]
            if len(fields) != len(header) or empty:
                said += 1
                if said <= _MAX_SAID:
                    _note_row(reader.line_num, len(fields), len(header), empty, notes)
                continue
            rows.append((reader.line_num, row))
    except csv.Error as error:
        notes.add(
            max(reader.line_num, 1),
            "broken-csv",
            f"this row cannot be read: {error}",
            "Look for a quote that is never closed",
        )
    return rows


def _note_row(line: int, fields: int, columns: int, empty: list[str], notes: Notes) -> None:
    if empty:
        notes.add(line, "csv-row", f"the row has no `{empty[0]}`", "Fill it in, or delete the row")
    else:
        notes.add(
            line,
            "csv-row",
            f"the row has {fields} fields for {columns} columns",
            "Put a text that holds a comma in double quotes"
            if fields > columns
            else "Write a comma for each column, also where nothing stands",
        )


def _unknown(code: str, codes: Mapping[str, Code], line: int, notes: Notes) -> None:
    near = nearest(code, codes)
    notes.add(
        line,
        "unknown-code",
        f"the list has no code `{code}`",
        f"Did you mean `{near}`?" if near else "Add it to the list, or correct it",
    )
