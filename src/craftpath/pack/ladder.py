"""Reading the ladder of a pack: what a person holds on it, and which rules open each rung."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from craftpath.engine.rules import Rule
from craftpath.engine.vocabulary import Kind, Scale, Vocabulary
from craftpath.pack.nodes import Node, Scalar
from craftpath.pack.nouns import Ladder, LadderRung
from craftpath.pack.problems import Notes
from craftpath.pack.values import fields_of, read_items, read_one_of

__all__ = ["read_ladder"]


def read_ladder(
    node: Node,
    vocabulary: Vocabulary,
    rules: Mapping[str, Rule],
    notes: Notes,
    waiting: Collection[str] = (),
    *,
    whole: bool = True,
) -> Ladder | None:
    """`ladder: {scale, held: [KIND…], rungs: [{level, rules: [RULE…]}…]}`, lowest rung first.

    The kinds are of that scale and share one code list, which is also what the rules are decided
    for. None, and notes, where it cannot be used.

    waiting  rules that were written, and could not be read; whole: no file of rules is missing
    """
    before = len(notes)
    fields = fields_of(node, notes, "`ladder`")
    if fields is None:
        return None
    scale_node = fields.need("scale", "Name a scale of scales.yaml as `scale: skill`")
    held_node = fields.need("held", "List kinds that put somebody on a rung: `held: [certificate]`")
    rungs_node = fields.need("rungs", 'List the rungs, as `- {level: "5", rules: [RULE]}`')
    fields.close()
    if scale_node is None or held_node is None or rungs_node is None:
        return None
    scale_id = read_one_of(scale_node, vocabulary.scales, notes, "`scale` of the ladder")
    if scale_id is None:
        return None
    reader = _Reader(vocabulary.scales[scale_id], vocabulary.kinds, rules, notes, waiting, whole)
    held = reader.held(held_node)
    lists = {vocabulary.kinds[kind].codes for kind in held}
    codes = next(iter(lists)) if len(lists) == 1 else None
    if held and codes is None:
        notes.add(
            held_node.line,
            "mixed-ladder",
            "the kinds of the ladder have no code list in common",
            "Name kinds whose subject is the same list",
        )
    rungs = reader.rungs(rungs_node, codes)
    if len(notes) > before or codes is None:
        return None
    return Ladder(scale_id, codes, held, rungs)


@dataclass(frozen=True)
class _Reader:
    scale: Scale
    kinds: Mapping[str, Kind]
    rules: Mapping[str, Rule]
    notes: Notes
    waiting: Collection[str]
    whole: bool

    def held(self, node: Node) -> tuple[str, ...]:
        fitting = {id: kind for id, kind in self.kinds.items() if kind.scale == self.scale.id}
        found = (
            read_one_of(item, fitting, self.notes, "a kind of the ladder")
            for item in read_items(node, self.notes, "`held` of the ladder")
        )
        return tuple(kind for kind in found if kind is not None)

    def rungs(self, node: Node, codes: str | None) -> tuple[LadderRung, ...]:
        found: list[LadderRung] = []
        for item in read_items(node, self.notes, "`rungs` of the ladder"):
            rung = self.rung(item, codes)
            if rung is None:
                continue
            if found and rung.level <= found[-1].level:
                self.notes.add(
                    item.line,
                    "bad-rung",
                    "this rung is not above the one before it",
                    "Write the rungs from low to high, each level once",
                )
            found.append(rung)
        return tuple(found)

    def rung(self, node: Node, codes: str | None) -> LadderRung | None:
        fields = fields_of(node, self.notes, "a rung")
        if fields is None:
            return None
        level = fields.need("level", 'Name a step of the scale, as `level: "5"`')
        rules = fields.take("rules")
        fields.close()
        steps = {step.code: step.rank for step in self.scale.steps}
        code = read_one_of(level, steps, self.notes, "`level` of a rung") if level else None
        opening = self.opening(rules, codes) if rules is not None else ()
        return None if code is None else LadderRung(steps[code], opening)

    def opening(self, node: Node, codes: str | None) -> tuple[str, ...]:
        fitting = {id for id, rule in self.rules.items() if rule.about.focus == codes}
        found = (
            read_one_of(item, fitting, self.notes, "a rule of a rung")
            for item in read_items(node, self.notes, "`rules` of a rung")
            if not self._is_said_elsewhere(item)
        )
        return tuple(rule for rule in found if rule is not None)

    def _is_said_elsewhere(self, item: Node) -> bool:
        """What is off with a rule is said where it stands, and not once more of the rung."""
        if not isinstance(item, Scalar) or item.text in self.rules:
            return False
        return item.text in self.waiting or not self.whole
