"""assessments.yaml: what a level is assessed by, for how long, and under whose eyes.

    assessments:
      gives: certificate
      full: {value: 100, source: …}
      passes: {value: 60, source: …}
      parts:
        - part: theory
          label: {zh: …, en: …}
          levels: ["5", "4", "3", "2", "1"]
          source: …
          minutes: {least: 90, of: session, source: …}
          staff: {role: invigilator, least: 2, each: 15, source: …}
          standards:
            6-18-02-04: {staff: {role: …}}

Levels are codes of the scale of the kind that it gives, occupations those of its code list. What
was not found is `null`, with a word on it under `pending`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import CodeList, Kind, Scale
from craftpath.pack.assessments import (
    EXAMINERS,
    PARTS,
    Assessments,
    Minutes,
    Number,
    PartRules,
    Staffing,
)
from craftpath.pack.nodes import Node, Scalar
from craftpath.pack.nouns import Context
from craftpath.pack.problems import Notes
from craftpath.pack.programmes import Citation
from craftpath.pack.tables import read_code, read_source_key
from craftpath.pack.values import (
    Fields,
    fields_of,
    read_bool,
    read_items,
    read_label,
    read_number,
    read_one_of,
)

__all__ = ["read_assessments"]


def read_assessments(tree: Node, context: Context, notes: Notes) -> Assessments | None:
    """What the tree lays down; None, and notes, where it cannot be used."""
    before = len(notes)
    top = fields_of(tree, notes, "the file")
    body = top.need("assessments", "Begin the file with `assessments:`") if top else None
    if top is not None:
        top.close()
    fields = fields_of(body, notes, "`assessments`") if body is not None else None
    if body is None or fields is None:
        return None
    gives = fields.need("gives", "Name the kind of record that comes of it, as `gives: KIND`")
    full, passes = (
        _number(fields, "full", context, notes),
        _number(fields, "passes", context, notes),
    )
    parts = fields.need("parts", "List the parts, as `- {part: theory, …}`")
    fields.close()
    kinds = {id: kind for id, kind in context.vocabulary.kinds.items() if kind.scale and kind.codes}
    kind = read_one_of(gives, kinds, notes, "`gives`") if gives is not None else None
    if kind is None or parts is None or full is None or passes is None:
        return None
    if passes.value > full.value:
        notes.add(
            body.line,
            "out-of-reach",
            f"{passes.value} of {full.value} marks can never be reached",
            "Correct `passes` or `full`",
        )
    reader = _Reader(context, notes, kinds[kind])
    found: dict[str, PartRules] = {}
    levels: dict[str, frozenset[int]] = {}
    standards: dict[tuple[str, str], PartRules] = {}
    for item in read_items(parts, notes, "`parts`"):
        read = reader.part(item)
        if read is None:
            continue
        rules, ranks, others = read
        if rules.id in found:
            notes.add(
                item.line,
                "duplicate-id",
                f"the part `{rules.id}` is there twice",
                "Make one of the two",
            )
        found[rules.id], levels[rules.id] = rules, ranks
        standards.update(others)
    if len(notes) > before:
        return None
    return Assessments(kind, full, passes, tuple(found.values()), levels, standards)


def _number(fields: Fields, key: str, context: Context, notes: Notes) -> Number | None:
    node = fields.need(key, f"Add `{key}: {{value: …, source: …}}`")
    inner = fields_of(node, notes, f"`{key}`") if node is not None else None
    if inner is None:
        return None
    value = _whole(inner, "value", notes)
    cited = _cited(inner, context, notes, f"`{key}`")
    inner.close()
    return None if value is None or cited is None else Number(value, cited)


def _cited(fields: Fields, context: Context, notes: Notes, name: str) -> Citation | None:
    source = fields.need("source", f"Say where {name} comes from: `source: …`")
    clause = fields.take("clause")
    key = read_source_key(source, context.sources, notes) if source is not None else None
    text = clause.text if isinstance(clause, Scalar) else None
    return None if key is None else Citation(key, text)


def _whole(fields: Fields, key: str, notes: Notes) -> int | None:
    node = fields.need(key, f"Add `{key}: …`, a whole number")
    number = read_number(node, notes, f"`{key}`") if node is not None else None
    if number is None or node is None:
        return None
    if number < 1 or not number.is_integer():
        notes.add(
            node.line,
            "not-a-count",
            f"`{key}` is {number:g}, which nothing can be counted by",
            "Write a whole number from 1 on",
        )
        return None
    return int(number)


@dataclass(frozen=True)
class _Reader:
    context: Context
    notes: Notes
    kind: Kind

    @property
    def scale(self) -> Scale:
        return self.context.vocabulary.scales[self.kind.scale or ""]

    @property
    def codes(self) -> CodeList:
        return self.context.vocabulary.lists[self.kind.codes or ""]

    def part(
        self, node: Node
    ) -> tuple[PartRules, frozenset[int], dict[tuple[str, str], PartRules]] | None:
        fields = fields_of(node, self.notes, "a part")
        if fields is None:
            return None
        word = fields.need("part", f"Name one of: {', '.join(PARTS)}")
        id = read_one_of(word, PARTS, self.notes, "`part`") if word is not None else None
        label_node = fields.need("label", "Add `label: {zh: …, en: …}`")
        label = read_label(label_node, self.notes, "a part's label") if label_node else None
        ranks = self.levels(fields)
        cited = _cited(fields, self.context, self.notes, "a part")
        minutes, pending = self.minutes(fields, needed=True)
        staffing = self.staffing(fields, needed=True)
        standards = fields.take("standards")
        fields.close()
        if id is None or label is None or cited is None or staffing is None:
            return None
        rules = PartRules(id, label, cited, minutes, staffing, pending)
        return rules, ranks, self.standards(standards, rules) if standards is not None else {}

    def levels(self, fields: Fields) -> frozenset[int]:
        node = fields.need("levels", 'List the levels that ask for it: `levels: ["2", "1"]`')
        steps = {step.code: step.rank for step in self.scale.steps}
        found = (
            read_one_of(item, steps, self.notes, "a level")
            for item in (read_items(node, self.notes, "`levels`") if node is not None else ())
        )
        return frozenset(steps[code] for code in found if code is not None)

    def minutes(
        self, fields: Fields, *, needed: bool = False
    ) -> tuple[Minutes | None, Mapping[str, Label]]:
        mend = "Add `minutes: {least: …, of: session, source: …}`, or null as not found"
        node = fields.need("minutes", mend) if needed else fields.take("minutes")
        pending = self.pending(fields)
        if node is None:
            return None, pending
        if isinstance(node, Scalar) and node.is_null:
            if "minutes" not in pending:
                self.notes.add(
                    node.line,
                    "null-unsaid",
                    "`minutes` is null and nothing says why",
                    "Give it a value, or add `pending: {minutes: {zh: …, en: …}}`",
                )
            return None, pending
        if pending:
            self.notes.add(
                node.line,
                "pending-but-given",
                "`pending` speaks of `minutes`, which is not null here",
                "Delete one of the two",
            )
        inner = fields_of(node, self.notes, "`minutes`")
        if inner is None:
            return None, pending
        least = _whole(inner, "least", self.notes)
        of = inner.need("of", "Add `of: session`, or `of: candidate` for one after another")
        word = read_one_of(of, ("session", "candidate"), self.notes, "`of`") if of else None
        cited = _cited(inner, self.context, self.notes, "`minutes`")
        inner.close()
        if least is None or word is None or cited is None:
            return None, pending
        return Minutes(least, word == "candidate", cited), pending

    def pending(self, fields: Fields) -> dict[str, Label]:
        node = fields.take("pending")
        inner = fields_of(node, self.notes, "`pending`") if node is not None else None
        if inner is None:
            return {}
        word = inner.take("minutes")
        inner.close()
        label = read_label(word, self.notes, "what is pending of `minutes`") if word else None
        return {} if label is None else {"minutes": label}

    def staffing(self, fields: Fields, *, needed: bool = False) -> Staffing | None:
        mend = "Add `staff: {role: invigilator, least: 2, each: 15, source: …}`"
        node = fields.need("staff", mend) if needed else fields.take("staff")
        inner = fields_of(node, self.notes, "`staff`") if node is not None else None
        if inner is None:
            return None
        role = inner.need("role", f"Name one of: {', '.join(EXAMINERS)}")
        word = read_one_of(role, EXAMINERS, self.notes, "`role`") if role is not None else None
        least = _whole(inner, "least", self.notes)
        each = _whole(inner, "each", self.notes) if inner.has("each") else None
        odd_node = inner.take("odd")
        odd = read_bool(odd_node, self.notes, "`odd`") if odd_node is not None else False
        cited = _cited(inner, self.context, self.notes, "`staff`")
        inner.close()
        if odd and least is not None and least % 2 == 0:
            self.notes.add(
                inner.line,
                "even-panel",
                f"the panel is odd, and its least number {least} is even",
                f"Write `least: {least + 1}`, or leave out `odd`",
            )
        return (
            None
            if word is None or least is None or not cited
            else Staffing(word, least, each, odd, cited)
        )

    def standards(self, node: Node, usual: PartRules) -> dict[tuple[str, str], PartRules]:
        """What the standards of single occupations say otherwise."""
        fields = fields_of(node, self.notes, "`standards`")
        found: dict[tuple[str, str], PartRules] = {}
        for key, value in fields.node.entries if fields is not None else ():
            code = read_code(key, self.codes, self.notes)
            inner = fields_of(value, self.notes, f"the standard of `{key.text}`")
            if inner is None:
                continue
            minutes, pending = self.minutes(inner)
            staffing = self.staffing(inner)
            inner.close()
            if code is not None:
                found[usual.id, code] = replace(
                    usual,
                    minutes=minutes or usual.minutes,
                    staffing=staffing or usual.staffing,
                    pending={} if minutes else pending or usual.pending,
                )
        return found
