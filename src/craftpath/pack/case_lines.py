"""Reading the cases of a pack: the lines of a life, and what is expected of it.

A case speaks about party 1. Its life is written one record a line,

    KIND [SUBJECT] [level=3] START[..[END]] [qty=200] [other=9] [claimed] [known=DAY]
    [known_until=DAY]

and what is expected one day a line,

    DAY [known DAY]: VERDICT [ROUTE] [FROM][..[UNTIL]] [amount=1500] [missing=ID,ID]

`START..END` ends before END; START alone goes on. A record is known from its start unless it says
otherwise; the day of knowledge is the day asked unless it says otherwise. The verdict is always
compared, all else where it is stated (`FROM..` states that there is no end, `missing=none` and
`amount=none` that there is none).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from craftpath.engine.rules import Label, Rule
from craftpath.engine.vocabulary import Kind, Vocabulary
from craftpath.pack.cases import ASKED_ABOUT, VERDICTS, Case, Expected, Fact
from craftpath.pack.nodes import Mapping, Node, Scalar
from craftpath.pack.nodes import Sequence as Items
from craftpath.pack.nouns import PlainCase
from craftpath.pack.problems import Notes, Problem, nearest
from craftpath.pack.values import Fields, fields_of, read_day, read_items, read_label, read_text

__all__ = ["read_cases"]


def read_cases(
    plain: Iterable[PlainCase], rules: Iterable[Rule], vocabulary: Vocabulary
) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    """The cases that can be run, and what is off with the others."""
    known = {rule.id: rule for rule in rules}
    cases: list[Case] = []
    problems: list[Problem] = []
    for written in plain:
        notes = Notes(written.file)
        case = _Reader(known, vocabulary, notes).case(_tree(written.data, (), written))
        problems += notes.problems
        if case is not None:
            cases.append(case)
    return tuple(cases), tuple(problems)


def _tree(data: Any, path: tuple[str | int, ...], written: PlainCase) -> Node:
    """A plain case with its lines put back."""
    line = next(
        (
            written.lines[path[:length]]
            for length in range(len(path), 0, -1)
            if path[:length] in written.lines
        ),
        written.line,
    )
    if isinstance(data, dict):
        entries = ((key, _tree(value, (*path, key), written)) for key, value in data.items())
        return Mapping(tuple((Scalar(key, node.line), node) for key, node in entries), line)
    if isinstance(data, list):
        return Items(tuple(_tree(d, (*path, i), written) for i, d in enumerate(data)), line)
    return Scalar("" if data is None else str(data), line)


@dataclass(frozen=True)
class _Reader:
    rules: dict[str, Rule]
    vocabulary: Vocabulary
    notes: Notes

    def case(self, node: Node) -> Case | None:
        before = len(self.notes)
        fields = fields_of(node, self.notes, "a case")
        if fields is None:
            return None
        it = self._sentence(fields)
        rule = self._rule(fields)
        focus_node = fields.take("focus")
        facts = self._life(fields)
        facts += self._others(fields)
        on = self._days(fields, rule)
        fields.close()
        if rule is None or it is None or len(self.notes) > before:
            return None  # what follows would only say the same again
        focus = self._focus(focus_node, rule, facts, fields.line)
        self._check_first_record(rule, facts, fields.line)
        if len(self.notes) > before:
            return None
        return Case(it, rule.id, focus, facts, on, self.notes.file, fields.line)

    def _sentence(self, fields: Fields) -> Label | None:
        node = fields.need("it", "Say in a sentence what this case shows: `it: …`")
        if node is None:
            return None
        if isinstance(node, Mapping):
            return read_label(node, self.notes, "`it` of a case")
        text = read_text(node, self.notes, "`it` of a case")
        if text is None:
            return None
        zh, _, en = (part.strip() for part in text.partition(" / "))
        return Label(zh, en or zh)

    def _rule(self, fields: Fields) -> Rule | None:
        node = fields.need("rule", "Name the rule that is asked: `rule: skill-level.senior`")
        id = None if node is None else read_text(node, self.notes, "`rule` of a case")
        if node is None or id is None:
            return None
        if id not in self.rules:
            near = nearest(id, self.rules)
            self.notes.add(
                node.line,
                "unknown-rule",
                f"there is no rule `{id}`",
                f"Did you mean `{near}`?" if near else "Name a rule of this pack",
            )
        return self.rules.get(id)

    def _focus(self, node: Node | None, rule: Rule, facts: Iterable[Fact], line: int) -> str | None:
        """The code the rule is decided for: as given, or the only one that the life has."""
        list_id = rule.about.focus
        if list_id is None:
            if node is not None:
                self.notes.add(
                    node.line,
                    "no-focus",
                    f"rule `{rule.id}` is decided without a focus",
                    "Leave `focus` out",
                )
            return None
        code_list = self.vocabulary.lists[list_id]
        if node is not None:
            code = read_text(node, self.notes, "`focus` of a case")
            code = None if code is None else code_list.aliases.get(code, code)
            if code is not None and code not in code_list.codes:
                self._unknown_code(code, list_id, node.line)
            return code
        seen = {
            code_list.aliases.get(f.subject, f.subject)
            for f in facts
            if f.party == ASKED_ABOUT
            and f.subject is not None
            and self.vocabulary.kinds[f.kind].codes == list_id
        }
        if len(seen) != 1:
            self.notes.add(
                line,
                "which-focus",
                f"rule `{rule.id}` is decided for each {list_id}, and this life has {len(seen)}",
                "Add `focus:` with the code that the verdict is about",
            )
        return min(seen, default=None)

    def _check_first_record(self, rule: Rule, facts: Iterable[Fact], line: int) -> None:
        wanted = "birth" if rule.about.party == "person" else "founded"
        if not any(f.kind == wanted and f.party == ASKED_ABOUT for f in facts):
            self.notes.add(
                line,
                "no-first-record",
                f"this life has no `{wanted}`, so nothing is decided for it",
                f"Begin it with `- {wanted} 1985-05-01`",
            )

    # records

    def _life(self, fields: Fields) -> tuple[Fact, ...]:
        node = fields.need("life", "List its records, beginning with `- birth 1985-05-01`")
        return () if node is None else self._records(node, ASKED_ABOUT, "`life`")

    def _others(self, fields: Fields) -> tuple[Fact, ...]:
        node = fields.take("others")
        entries = None if node is None else fields_of(node, self.notes, "`others`")
        if entries is None:
            return ()
        facts: tuple[Fact, ...] = ()
        for key, value in entries.node.entries:
            if not re.fullmatch(r"\d{1,9}", key.text) or int(key.text) <= ASKED_ABOUT:
                self.notes.add(
                    key.line,
                    "party-number",
                    f"`{key.text}` is not the number of another party",
                    "Number other parties from 2; party 1 is the one asked about",
                )
                continue
            facts += self._records(value, int(key.text), f"the records of party {key.text}")
        return facts

    def _records(self, node: Node, party: int, name: str) -> tuple[Fact, ...]:
        found = (self._record(item, party) for item in read_items(node, self.notes, name))
        return tuple(fact for fact in found if fact is not None)

    def _record(self, node: Node, party: int) -> Fact | None:
        """One line of a life."""
        text = read_text(node, self.notes, "a record of a life")
        if text is None:
            return None
        before = len(self.notes)
        line = node.line
        word, *words = text.split()
        kind = self.vocabulary.kinds.get(word)
        if kind is None:
            near = nearest(word, self.vocabulary.kinds)
            mend = f"Did you mean `{near}`?" if near else "Name a kind of kinds.yaml"
            self.notes.add(line, "unknown-kind", f"there is no kind `{word}`", mend)
            return None
        fact = Fact(party, kind.id, dt.date.min)
        for word in words:
            fact = self._with_word(fact, kind, word, line)
        if len(self.notes) == before:
            self._check_record(fact, text, line)
        return fact if len(self.notes) == before else None

    def _with_word(self, fact: Fact, kind: Kind, word: str, line: int) -> Fact:
        """The fact with one more word of its line taken in."""
        key, equals, value = word.partition("=")
        if word == "claimed":
            return replace(fact, status="claimed")
        if not equals:
            if fact.start == dt.date.min and re.match(r"\d{4}-\d{1,2}-\d{1,2}(\.\.|$)", word):
                start, end = self._span(word, line)
                return replace(fact, start=start or dt.date.min, end=end)
            return replace(fact, subject=self._subject(fact, kind, word, line))
        match key:
            case "level":
                return replace(fact, level=self._level(kind, value, line))
            case "qty":
                return replace(fact, quantity=self._quantity(kind, value, line))
            case "other":
                return replace(fact, other=self._other(kind, value, line))
            case "known":
                return replace(fact, known=self._day(value, line, "`known`"))
            case "known_until":
                return replace(fact, known_until=self._day(value, line, "`known_until`"))
        self.notes.add(
            line,
            "unknown-key",
            f"a record has no `{key}=`",
            "Known here: level, qty, other, known, known_until",
        )
        return fact

    def _day(self, text: str, line: int, name: str) -> dt.date | None:
        return read_day(Scalar(text, line), self.notes, name)

    def _span(self, word: str, line: int) -> tuple[dt.date | None, dt.date | None]:
        start, dots, end = word.partition("..")
        return (
            self._day(start, line, "the first day of a record"),
            self._day(end, line, "the end of a record") if dots and end else None,
        )

    def _subject(self, fact: Fact, kind: Kind, word: str, line: int) -> str | None:
        if kind.codes is None:
            self.notes.add(
                line,
                "no-subject",
                f"`{word}` is given, but a `{kind.id}` has no subject",
                f"Write `{kind.id} START..END`",
            )
        elif fact.subject is not None:
            self.notes.add(
                line,
                "unknown-word",
                f"`{fact.subject}` and `{word}` are both given as subject",
                "Keep one; write days as 2024-03-01",
            )
        else:
            code_list = self.vocabulary.lists[kind.codes]
            if word not in code_list.codes and word not in code_list.aliases:
                self._unknown_code(word, kind.codes, line)
        return word

    def _unknown_code(self, code: str, list_id: str, line: int) -> None:
        near = nearest(code, self.vocabulary.lists[list_id].codes)
        self.notes.add(
            line,
            "unknown-code",
            f"the list `{list_id}` has no code `{code}`",
            f"Did you mean `{near}`?" if near else f"Look it up in the codes of `{list_id}`",
        )

    def _level(self, kind: Kind, value: str, line: int) -> int | None:
        scale = None if kind.scale is None else self.vocabulary.scales[kind.scale]
        step = None if scale is None else scale.by_code(value)
        if scale is None:
            self.notes.add(line, "no-level", f"a `{kind.id}` has no level", "Leave `level=` out")
        elif step is None:
            codes = ", ".join(s.code for s in scale.steps)
            self.notes.add(
                line,
                "unknown-level",
                f"the scale `{scale.id}` has no level `{value}`",
                f"Write one of its codes: {codes}",
            )
        return None if step is None else step.rank

    def _quantity(self, kind: Kind, value: str, line: int) -> float | None:
        if kind.unit is None:
            self.notes.add(
                line, "no-quantity", f"a `{kind.id}` has no quantity", "Leave `qty=` out"
            )
        elif not re.fullmatch(r"\d+(\.\d+)?", value):
            self.notes.add(
                line,
                "not-a-number",
                f"`qty={value}` is not a number",
                f"Write the number of {kind.unit} alone, as `qty=200`",
            )
        else:
            return float(value)
        return None

    def _other(self, kind: Kind, value: str, line: int) -> int | None:
        if kind.other is None:
            self.notes.add(
                line, "no-other", f"a `{kind.id}` names no other party", "Leave `other=` out"
            )
        elif not re.fullmatch(r"\d{1,9}", value):
            self.notes.add(
                line,
                "party-number",
                f"`other={value}` is not the number of a party",
                "Write `other=9`, and its records under `others: {9: [...]}`",
            )
        else:
            return int(value)
        return None

    def _check_record(self, fact: Fact, text: str, line: int) -> None:
        if fact.start == dt.date.min:
            self.notes.add(
                line, "no-day", f"`{text}` has no day", "Add its first day: `2014-03-01..`"
            )
        elif fact.end is not None and fact.end <= fact.start:
            self.notes.add(
                line,
                "empty-interval",
                f"`{text}` ends on its first day or before",
                "Write START..END, the end being the first day on which it no longer holds",
            )
        known = fact.known or fact.start
        if fact.known_until is not None and fact.known_until <= known:
            self.notes.add(
                line,
                "empty-interval",
                f"`{text}` is superseded before it is known",
                "`known_until` is the first day on which it no longer stands; move one of the two",
            )

    # days

    def _days(self, fields: Fields, rule: Rule | None) -> tuple[Expected, ...]:
        node = fields.need("on", "Say what is expected, as `2024-03-01: qualifies`")
        entries = None if node is None else fields_of(node, self.notes, "`on`")
        if entries is None:
            return ()
        found = (self._expected(key, value, rule) for key, value in entries.node.entries)
        return tuple(e for e in found if e is not None)

    def _expected(self, key: Scalar, value: Node, rule: Rule | None) -> Expected | None:
        before = len(self.notes)
        day, _, known = (part.strip() for part in key.text.partition(" known "))
        as_of = self._day(day, key.line, "the day asked")
        known_on = self._day(known, key.line, "the day of knowledge") if known else as_of
        text = read_text(value, self.notes, f"what is expected on {day}")
        if as_of is None or known_on is None or text is None:
            return None
        verdict, *words = text.split()
        if verdict not in VERDICTS:
            near = nearest(verdict, VERDICTS)
            mend = f"Did you mean `{near}`?" if near else f"Write one of: {', '.join(VERDICTS)}"
            self.notes.add(value.line, "unknown-word", f"`{verdict}` is not a verdict", mend)
        expected = Expected(as_of, known_on, verdict, text=text, line=value.line)
        for word in words:
            expected = self._with_expectation(expected, word, rule, value.line)
        return expected if len(self.notes) == before else None

    def _with_expectation(
        self, expected: Expected, word: str, rule: Rule | None, line: int
    ) -> Expected:
        key, equals, value = word.partition("=")
        if equals and key == "amount":
            return replace(expected, amount=(self._amount(value, line),))
        if equals and key == "missing":
            ids = () if value == "none" else tuple(value.split(","))
            self._check_ids(ids, _condition_ids(rule), "condition", line)
            return replace(expected, missing=ids)
        if equals:
            self.notes.add(
                line, "unknown-key", f"`{key}=` is not known here", "Write `amount=` or `missing=`"
            )
            return expected
        if re.match(r"\d{4}-\d{1,2}-\d{1,2}(\.\.|$)", word) or word.startswith(".."):
            start, dots, end = word.partition("..")
            if start:
                expected = replace(expected, from_=self._day(start, line, "the first day"))
            if dots:
                until = self._day(end, line, "the end") if end else None
                expected = replace(expected, until=(until,))
            return expected
        self._check_ids((word,), [] if rule is None else _route_ids(rule), "route", line)
        return replace(expected, route=word)

    def _amount(self, value: str, line: int) -> float | None:
        if value == "none":
            return None
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value)
        self.notes.add(
            line, "not-a-number", f"`amount={value}` is not a number", "Write `amount=1500`"
        )
        return None

    def _check_ids(self, ids: Iterable[str], known: Sequence[str], name: str, line: int) -> None:
        for id in ids:
            if known and id not in known:
                near = nearest(id, known)
                mend = f"Did you mean `{near}`?" if near else f"Known: {', '.join(known)}"
                self.notes.add(line, f"unknown-{name}", f"the rule has no {name} `{id}`", mend)


def _route_ids(rule: Rule) -> list[str]:
    return list(dict.fromkeys(r.id for v in rule.versions for r in v.routes))


def _condition_ids(rule: Rule | None) -> list[str]:
    versions = () if rule is None else rule.versions
    common = (c.id for v in versions for c in v.conditions)
    own = (c.id for v in versions for r in v.routes for c in r.conditions)
    return list(dict.fromkeys([*common, *own]))
