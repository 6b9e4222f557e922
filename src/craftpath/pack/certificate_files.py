"""certificates.yaml: the form of numbers, what is printed, cards and where to ask elsewhere.

elsewhere: {label: {zh: …, en: …}, site: zscx.osta.org.cn, source: …}
papers:
  certificate:
    kind: certificate
    title: {zh: …, en: …}
    source: …
    number:
      label: {zh: …, en: …}
      source: …
      parts:
        - {id: body-type, label: {…}, from: body, length: 1, characters: YS,
           also: {characters: J, source: …, note: {…}}}
    printed:
      - {key: name, label: {zh: 姓名, en: Name}}
benefits:
  - {id: schooling, label: {…}, source: …}
cards:
  - card: chang-an-talent
    benefits: [schooling]
    pending: {benefits: {zh: …, en: …}}
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf

from craftpath.engine.rules import Label
from craftpath.pack.certificates import (
    ORIGINS,
    PRINTED,
    Benefit,
    Card,
    Certificates,
    Elsewhere,
    NumberForm,
    NumberPart,
    Paper,
    PrintedFact,
)
from craftpath.pack.nodes import Node
from craftpath.pack.nouns import Context
from craftpath.pack.problems import Notes
from craftpath.pack.tables import read_code, read_source_key
from craftpath.pack.values import (
    Fields,
    fields_of,
    read_id,
    read_items,
    read_label,
    read_number,
    read_one_of,
    read_text,
)

__all__ = ["read_certificates"]

_SORTS = ("certificate", "card")
_LONGEST = 40


def read_certificates(tree: Node, context: Context, notes: Notes) -> Certificates | None:
    """None where the file has problems: half a form would make wrong numbers."""
    before = len(notes)
    fields = fields_of(tree, notes, "the file")
    if fields is None:
        return None
    elsewhere = fields.take("elsewhere")
    papers_node = fields.need("papers", "Add `papers: {certificate: {…}}`")
    benefits_node, cards_node = fields.take("benefits"), fields.take("cards")
    fields.close()
    reader = _Reader(context, notes)
    papers: dict[str, Paper] = {}
    body = fields_of(papers_node, notes, "`papers`") if papers_node is not None else None
    for key, node in body.node.entries if body else ():
        if read_one_of(key, _SORTS, notes, "a paper") is None:
            continue
        paper = reader.paper(node, key.text)
        if paper is not None:
            papers[key.text] = paper
    benefits = reader.benefits(benefits_node) if benefits_node is not None else {}
    cards = reader.cards(cards_node, benefits) if cards_node is not None else {}
    asked = reader.elsewhere(elsewhere) if elsewhere is not None else None
    return None if len(notes) > before else Certificates(papers, cards, asked)


class _Reader:
    def __init__(self, context: Context, notes: Notes) -> None:
        self.context = context
        self.notes = notes

    def source(self, fields: Fields) -> str:
        node = fields.need("source", "Name a key of sources.yaml as `source: …`")
        if node is None:
            return ""
        return read_source_key(node, self.context.sources, self.notes) or ""

    def label(self, fields: Fields, key: str = "label") -> Node | None:
        return fields.need(key, f"Add `{key}: {{zh: …, en: …}}`")

    def elsewhere(self, node: Node) -> Elsewhere | None:
        fields = fields_of(node, self.notes, "`elsewhere`")
        if fields is None:
            return None
        label_node = self.label(fields)
        site_node = fields.need("site", "Add the host name as `site: …`")
        source = self.source(fields)
        fields.close()
        label = read_label(label_node, self.notes, "its label") if label_node else None
        site = read_text(site_node, self.notes, "`site`") if site_node else None
        return Elsewhere(label, site, source) if label and site else None

    # --- papers ------------------------------------------------------------------------------

    def paper(self, node: Node, sort: str) -> Paper | None:
        fields = fields_of(node, self.notes, f"the paper `{sort}`")
        if fields is None:
            return None
        kind_node = fields.need("kind", "Name a kind of kinds.yaml as `kind: certificate`")
        title_node = self.label(fields, "title")
        number_node = fields.need("number", "Add `number: {label, source, parts}`")
        printed_node = fields.need("printed", "List what is printed, as `- {key: name, label: …}`")
        source = self.source(fields)
        fields.close()
        kinds = self.context.vocabulary.kinds
        kind = read_one_of(kind_node, kinds, self.notes, "`kind`") if kind_node else None
        title = read_label(title_node, self.notes, "the title") if title_node else None
        number = self.form(number_node) if number_node is not None else None
        printed = self.printed(printed_node) if printed_node is not None else ()
        return Paper(kind, title, number, printed, source) if kind and title and number else None

    def form(self, node: Node) -> NumberForm | None:
        fields = fields_of(node, self.notes, "`number`")
        if fields is None:
            return None
        label_node, source = self.label(fields), self.source(fields)
        parts_node = fields.need("parts", "List its parts in the order in which they stand")
        fields.close()
        label = read_label(label_node, self.notes, "the number's label") if label_node else None
        items = read_items(parts_node, self.notes, "`parts`") if parts_node is not None else ()
        parts = tuple(part for item in items if (part := self.part(item)) is not None)
        self._check_order(node.line, parts)
        return NumberForm(label, source, parts) if label and parts else None

    def part(self, node: Node) -> NumberPart | None:
        fields = fields_of(node, self.notes, "a part of the number")
        if fields is None:
            return None
        id_node = fields.need("id", "Give the part an id as `id: year`")
        label_node = self.label(fields)
        origin_node = fields.need("from", f"Add `from: …`, one of: {', '.join(ORIGINS)}")
        length_node = fields.need("length", "Add how many characters it has, as `length: 2`")
        characters_node = fields.need("characters", "Add which ones, as `characters: 0-9`")
        also = fields.take("also")
        fields.close()
        nodes = (id_node, label_node, origin_node, length_node, characters_node)
        if any(one is None for one in nodes):
            return None
        assert id_node and label_node and origin_node and length_node and characters_node
        id = read_id(id_node, self.notes, "a part's id")
        label = read_label(label_node, self.notes, "a part's label")
        origin = read_one_of(origin_node, ORIGINS, self.notes, "`from`")
        length = read_number(length_node, self.notes, "`length`")
        characters = self.characters(characters_node)
        more, source, note = self.also(also) if also is not None else ("", None, None)
        if not (id and label and origin and characters) or length is None:
            return None
        if not 1 <= length <= _LONGEST or length != int(length):
            self.notes.add(
                length_node.line,
                "bad-length",
                f"a part of {length:g} characters",
                f"Write a whole number from 1 to {_LONGEST}",
            )
            return None
        return NumberPart(id, label, origin, int(length), characters, more, source, note)

    def also(self, node: Node) -> tuple[str, str | None, Label | None]:
        fields = fields_of(node, self.notes, "`also`")
        if fields is None:
            return "", None, None
        characters = fields.need("characters", "Add which ones, as `characters: A-Z`")
        source = self.source(fields)
        note_node = self.label(fields, "note")
        fields.close()
        note = read_label(note_node, self.notes, "the note") if note_node else None
        return self.characters(characters) if characters else "", source, note

    def characters(self, node: Node) -> str:
        """ "0-9" or "1-5A-Z" or "YS", each character spelt out."""
        text = read_text(node, self.notes, "`characters`") or ""
        if re.fullmatch(r"([0-9A-Z](-[0-9A-Z])?)+", text):
            runs = re.findall(r"([0-9A-Z])(?:-([0-9A-Z]))?", text)
            spelt = "".join("".join(map(chr, range(ord(a), ord(b or a) + 1))) for a, b in runs)
            if len(set(spelt)) == len(spelt) and spelt.isalnum():
                return spelt
        if text:
            self.notes.add(
                node.line,
                "bad-characters",
                f"the characters `{text}` cannot be read",
                "Write capital letters and digits, runs of them as `0-9` or `1-5A-Z`, each once",
            )
        return ""

    def _check_order(self, line: int, parts: tuple[NumberPart, ...]) -> None:
        """One serial; nothing but a check after it, or numbers would not be consecutive."""
        origins = [part.origin for part in parts]
        tail = origins[origins.index("serial") :] if "serial" in origins else []
        if tail not in (["serial"], ["serial", "check"]):
            self.notes.add(
                line,
                "bad-parts",
                "a number ends with its serial, or with its serial and a check digit",
                "Put one part `from: serial` last, or before one part `from: check`",
            )
        ids = [part.id for part in parts]
        if len(set(ids)) != len(ids):
            self.notes.add(line, "duplicate-id", "two parts have one id", "Give each its own id")

    def printed(self, node: Node) -> tuple[PrintedFact, ...]:
        found: dict[str, PrintedFact] = {}
        for item in read_items(node, self.notes, "`printed`"):
            fields = fields_of(item, self.notes, "a printed fact")
            if fields is None:
                continue
            key_node = fields.need("key", f"Add `key: …`, one of: {', '.join(PRINTED)}")
            label_node = self.label(fields)
            fields.close()
            key = read_one_of(key_node, PRINTED, self.notes, "`key`") if key_node else None
            label = read_label(label_node, self.notes, "its label") if label_node else None
            if key and key in found:
                self.notes.add(
                    item.line, "duplicate-id", f"`{key}` is printed twice", "Delete one of the two"
                )
            elif key and label:
                found[key] = PrintedFact(key, label)
        for needed in ("name", "number"):
            if needed not in found:
                self.notes.add(
                    node.line,
                    "missing-key",
                    f"`{needed}` is not printed",
                    f"Add `- {{key: {needed}, label: {{zh: …, en: …}}}}`",
                )
        return tuple(found.values())

    # --- cards -------------------------------------------------------------------------------

    def benefits(self, node: Node) -> dict[str, Benefit]:
        found: dict[str, Benefit] = {}
        for item in read_items(node, self.notes, "`benefits`"):
            fields = fields_of(item, self.notes, "a benefit")
            if fields is None:
                continue
            id_node = fields.need("id", "Give it an id as `id: schooling`")
            label_node, source = self.label(fields), self.source(fields)
            fields.close()
            id = read_id(id_node, self.notes, "a benefit's id") if id_node else None
            label = read_label(label_node, self.notes, "a benefit's label") if label_node else None
            if id and label:
                found[id] = Benefit(id, label, source)
        return found

    def cards(self, node: Node, known: MappingOf[str, Benefit]) -> dict[str, Card]:
        found: dict[str, Card] = {}
        codes = self.context.vocabulary.lists.get("card")
        for item in read_items(node, self.notes, "`cards`"):
            fields = fields_of(item, self.notes, "a card")
            if fields is None:
                continue
            code_node = fields.need("card", "Name a code of the list `card` as `card: …`")
            some_node = fields.need("benefits", "List ids of `benefits`, or write `[]`")
            pending_node = fields.take("pending")
            fields.close()
            code = (
                read_code(code_node, codes, self.notes)
                if code_node is not None and codes is not None
                else None
            )
            items = read_items(some_node, self.notes, "`benefits`") if some_node else ()
            ids = [read_one_of(one, known, self.notes, "a benefit") for one in items]
            pending = self.pending(pending_node) if pending_node is not None else {}
            if code:
                some = tuple(known[id] for id in ids if id is not None and id in known)
                found[code] = Card(code, some, pending)
        return found

    def pending(self, node: Node) -> dict[str, Label]:
        fields = fields_of(node, self.notes, "`pending`")
        found = {}
        for key, value in fields.node.entries if fields else ():
            label = read_label(value, self.notes, f"what is pending of `{key.text}`")
            if label is not None:
                found[key.text] = label
        return found
