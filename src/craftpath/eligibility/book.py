"""The rule book: every rule with its versions side by side, its sources and its cases, as data.

All words are those of `craftpath pack show`; nothing here is about a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from craftpath.eligibility.answers import CitedSource, cited
from craftpath.eligibility.kept import once_a_pack
from craftpath.engine.days import Interval
from craftpath.engine.program import ORGANISATION, PERSON
from craftpath.engine.rules import Amount, Condition, Label, Route, Rule, Version
from craftpath.engine.vocabulary import Kind
from craftpath.pack.case_lines import read_cases
from craftpath.pack.cases import Case, Expected, Fact
from craftpath.pack.nouns import Pack
from craftpath.pack.sentences import VERDICTS, pending_in
from craftpath.pack.show import patterns_of, source_ids
from craftpath.pack.words import say_amount, say_day, say_days, say_money, say_test

__all__ = [
    "BookCase",
    "BookChapter",
    "BookCondition",
    "BookDay",
    "BookRoute",
    "BookRule",
    "BookVersion",
    "Change",
    "RuleBook",
    "VersionChange",
    "compare",
    "rule_book",
    "say_fact",
]


@dataclass(frozen=True)
class BookCondition:
    """One condition. `test`: what is looked at, where that is more than the sentence says.

    pending  why parts of it wait for a text that was not found
    """

    id: str
    clause: str | None
    sentence: Label
    test: Label | None
    source: CitedSource | None
    pending: tuple[Label, ...]


@dataclass(frozen=True)
class BookRoute:
    """One way to qualify; without conditions of its own it asks nothing more."""

    id: str
    label: Label
    clause: str | None
    source: CitedSource
    conditions: tuple[BookCondition, ...]
    amount: Label | None


@dataclass(frozen=True)
class BookVersion:
    """One text of a rule, in force on [start, end); None: open on that side.

    days        the same in words, its last day included
    pending     why parts of it wait for a text that was not found
    conditions  asked of every route
    """

    start: dt.date | None
    end: dt.date | None
    days: Label
    source: CitedSource
    note: Label | None
    pending: tuple[Label, ...]
    conditions: tuple[BookCondition, ...]
    routes: tuple[BookRoute, ...]
    amount: Label | None


@dataclass(frozen=True)
class BookDay:
    """What a case expects of one day; `sentence`: 2024年3月1日：符合，自2024年3月1日起."""

    as_of: dt.date
    known_on: dt.date
    verdict: str
    sentence: Label
    expected: Expected


@dataclass(frozen=True)
class BookCase:
    """A sentence, the records that it is about, and what comes out on which days."""

    it: Label
    focus: str | None
    focus_label: Label | None
    life: tuple[Label, ...]
    days: tuple[BookDay, ...]
    case: Case


@dataclass(frozen=True)
class BookRule:
    """A rule with all its texts, oldest first.

    about        "person" or "organisation"
    focus        what the code list is called that it is decided for, code by code; None: once
    version_day  the kind of record whose first day picks the text; None: the day asked does
    kinds        records that it looks at; an open kind's absence settles nothing
    """

    id: str
    label: Label
    about: str
    focus: Label | None
    version_day: Kind | None
    note: Label | None
    versions: tuple[BookVersion, ...]
    kinds: tuple[Kind, ...]
    sources: tuple[CitedSource, ...]
    cases: tuple[BookCase, ...]

    @property
    def pending(self) -> bool:
        """Whether any of its texts waits for something that was not found."""
        return any(version.pending for version in self.versions)


@dataclass(frozen=True)
class BookChapter:
    """The rules of one file of the pack."""

    id: str
    label: Label
    rules: tuple[BookRule, ...]


@dataclass(frozen=True)
class RuleBook:
    """Chapters in the pack's order; `sources`: every source of the pack, cited or not."""

    chapters: tuple[BookChapter, ...]
    sources: tuple[CitedSource, ...]

    def rules(self) -> Iterator[BookRule]:
        for chapter in self.chapters:
            yield from chapter.rules

    def rule(self, id: str) -> BookRule | None:
        return next((rule for rule in self.rules() if rule.id == id), None)


# --- the book ------------------------------------------------------------------------------


@once_a_pack
def rule_book(pack: Pack) -> RuleBook:
    """The whole book, written once for a pack.

    Chapters as pack.yaml names them; a rule file without a name is a chapter by its file's name,
    behind the others.
    """
    writer = _Writer(pack)
    by_file: dict[str, list[BookRule]] = {id: [] for id in pack.chapters}
    for rule in pack.rules:
        place = pack.places.get((rule.id,))
        file = "rules" if place is None else place.file
        id = file.removeprefix("rules/").removesuffix(".yaml")
        by_file.setdefault(id, []).append(writer.rule(rule))
    chapters = (
        BookChapter(id, pack.chapters.get(id, Label(id, id)), tuple(rules))
        for id, rules in by_file.items()
        if rules
    )
    return RuleBook(tuple(chapters), tuple(cited(pack).values()))


class _Writer:
    def __init__(self, pack: Pack) -> None:
        self.pack, self.cited = pack, cited(pack)
        self.cases: dict[str, list[Case]] = {}
        for case in read_cases(pack.case_nodes, pack.rules, pack.vocabulary)[0]:
            self.cases.setdefault(case.rule, []).append(case)

    def rule(self, rule: Rule) -> BookRule:
        words = self.pack.vocabulary
        return BookRule(
            id=rule.id,
            label=rule.label,
            about=rule.about.party,
            focus=None if rule.about.focus is None else words.lists[rule.about.focus].label,
            version_day=words.kinds.get(rule.version_day or ""),
            note=rule.note,
            versions=tuple(self.version(rule, version) for version in rule.versions),
            kinds=tuple(words.kinds[id] for id in dict.fromkeys(p.kind for p in patterns_of(rule))),
            sources=tuple(self.cited[id] for id in dict.fromkeys(source_ids(rule))),
            cases=tuple(self.case(rule, case) for case in self.cases.get(rule.id, ())),
        )

    def version(self, rule: Rule, version: Version) -> BookVersion:
        conditions = (*version.conditions, *(c for r in version.routes for c in r.conditions))
        whys = (pending.why for c in conditions for pending in pending_in(c.test))
        return BookVersion(
            start=version.in_force.start,
            end=version.in_force.end,
            days=_said(lambda lang: say_days(version.in_force, lang)),
            source=self.cited[version.source],
            note=version.note,
            pending=tuple(dict.fromkeys(whys)),
            conditions=tuple(self.condition(rule, one) for one in version.conditions),
            routes=tuple(self.route(rule, version, route) for route in version.routes),
            amount=self.amount(version.amount, version),
        )

    def route(self, rule: Rule, version: Version, route: Route) -> BookRoute:
        return BookRoute(
            id=route.id,
            label=route.label or Label(route.id, route.id),
            clause=route.clause,
            source=self.cited[route.source or version.source],
            conditions=tuple(self.condition(rule, one) for one in route.conditions),
            amount=self.amount(route.amount, version),
        )

    def condition(self, rule: Rule, condition: Condition) -> BookCondition:
        said = _said(
            lambda lang: say_test(
                condition.test, self.pack.vocabulary, lang, party=rule.about.party
            )
        )
        return BookCondition(
            id=condition.id,
            clause=condition.clause,
            sentence=condition.label or said,
            test=None if condition.label in (None, said) else said,
            source=self.cited[condition.source] if condition.source else None,
            pending=tuple(dict.fromkeys(p.why for p in pending_in(condition.test))),
        )

    def amount(self, amount: Amount | None, version: Version) -> Label | None:
        if amount is None:
            return None
        words = self.pack.vocabulary
        return _said(lambda lang: say_amount(amount, words, lang, within=version.in_force))

    def case(self, rule: Rule, case: Case) -> BookCase:
        codes = self.pack.vocabulary.lists.get(rule.about.focus or "")
        code = None if codes is None else codes.codes.get(case.focus or "")
        return BookCase(
            it=case.it,
            focus=case.focus,
            focus_label=None if code is None else code.label,
            life=tuple(say_fact(self.pack, fact) for fact in case.facts),
            days=tuple(_day(expected) for expected in case.on),
            case=case,
        )


def _said(say: Callable[[str], str]) -> Label:
    return Label(say("zh"), say("en"))


def _day(expected: Expected) -> BookDay:
    verdict, since = VERDICTS[expected.verdict], expected.from_
    zh = f"{say_day(expected.as_of, 'zh')}：{verdict.zh}"
    en = f"{say_day(expected.as_of, 'en')}: {verdict.en.lower()}"
    if since is not None:
        zh += f"，自{say_day(since, 'zh')}起"
        en += f" from {say_day(since, 'en')}"
    return BookDay(expected.as_of, expected.known_on, expected.verdict, Label(zh, en), expected)


# --- a record in words ---------------------------------------------------------------------


def say_fact(pack: Pack, fact: Fact) -> Label:
    """A record as a line: 从业：焊工，2014年3月1日起 / employment: Welder, from 1 March 2014.

    Codes and levels that the pack does not know stand as they are.
    """
    return Label(_fact(pack, fact, "zh"), _fact(pack, fact, "en"))


def _fact(pack: Pack, fact: Fact, lang: str) -> str:
    words = pack.vocabulary
    kind = words.kinds.get(fact.kind)
    parts: list[str] = []
    if fact.subject is not None:
        codes = words.lists.get(kind.codes or "") if kind else None
        code = codes.codes.get(codes.aliases.get(fact.subject, fact.subject)) if codes else None
        parts.append(code.label[lang] if code else fact.subject)
    if fact.level is not None:
        scale = words.scales.get(kind.scale or "") if kind else None
        step = scale.by_rank(fact.level) if scale else None
        parts.append(step.label[lang] if step else str(fact.level))
    if fact.quantity is not None:
        parts.append(say_money(fact.quantity, (kind.unit if kind else None) or "", lang, words))
    born = fact.kind in (PERSON, ORGANISATION) and fact.end is None
    days = Interval(fact.start, fact.end)
    parts.append(say_day(fact.start, lang) if born else say_days(days, lang))
    if fact.status == "claimed":
        parts.append(Label("自述", "claimed")[lang])
    name = kind.label[lang] if kind else fact.kind
    return f"{name}：{'，'.join(parts)}" if lang == "zh" else f"{name}: {', '.join(parts)}"


# --- versions side by side -----------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One thing that a later text has otherwise.

    what    "route", "condition" or "amount"
    how     "new", "gone" or "changed"
    route   id of the route that it belongs to; None: asked of every route
    id      of the route or condition; of a route (or None) for an amount
    before, after  in words; None where it is new, or gone
    """

    what: str
    how: str
    route: str | None
    id: str | None
    before: Label | None
    after: Label | None


@dataclass(frozen=True)
class VersionChange:
    before: BookVersion
    after: BookVersion
    changes: tuple[Change, ...]


def compare(rule: BookRule) -> tuple[VersionChange, ...]:
    """What each text of a rule has otherwise than the one before it.

    Routes and conditions are the same if their ids are; one that has changed its id alone, and
    says the same, has not changed.
    """
    return tuple(
        VersionChange(before, after, tuple(_changes(before, after)))
        for before, after in pairwise(rule.versions)
    )


def _changes(before: BookVersion, after: BookVersion) -> Iterator[Change]:
    yield from _conditions(None, before.conditions, after.conditions)
    old, new = list(before.routes), list(after.routes)
    pairs = [(a, b) for a in old for b in new if a.id == b.id]
    for a, b in pairs:
        old.remove(a)
        new.remove(b)
        if (a.label, a.clause) != (b.label, b.clause):
            yield Change("route", "changed", a.id, a.id, _route(a), _route(b))
        yield from _conditions(a.id, a.conditions, b.conditions)
        yield from _amounts(a.id, a.amount, b.amount)
    for a, b in [(a, b) for a in old for b in new if _says(a) == _says(b)]:
        if a in old and b in new:
            old.remove(a)
            new.remove(b)
    yield from (Change("route", "gone", a.id, a.id, _route(a), None) for a in old)
    yield from (Change("route", "new", b.id, b.id, None, _route(b)) for b in new)
    yield from _amounts(None, before.amount, after.amount)


def _conditions(
    route: str | None, before: tuple[BookCondition, ...], after: tuple[BookCondition, ...]
) -> Iterator[Change]:
    said_before, said_after = {_told(c) for c in before}, {_told(c) for c in after}
    old, new = {c.id: c for c in before}, {c.id: c for c in after}
    for id, a in old.items():
        b = new.get(id)
        if b is not None and _told(a) != _told(b):
            yield Change("condition", "changed", route, id, _whole(a), _whole(b))
        elif b is None and _told(a) not in said_after:
            yield Change("condition", "gone", route, id, _whole(a), None)
    for id, b in new.items():
        if id not in old and _told(b) not in said_before:
            yield Change("condition", "new", route, id, None, _whole(b))


def _amounts(route: str | None, before: Label | None, after: Label | None) -> Iterator[Change]:
    if before != after:
        how = "new" if before is None else "gone" if after is None else "changed"
        yield Change("amount", how, route, route, before, after)


def _told(condition: BookCondition) -> tuple[Label, Label]:
    return condition.sentence, condition.test or condition.sentence


def _says(route: BookRoute) -> tuple[object, ...]:
    return route.label, route.amount, tuple(_told(c) for c in route.conditions)


def _route(route: BookRoute) -> Label:
    """A route by its clause and name."""
    clause = route.clause or ""
    return Label(f"{clause}{route.label.zh}", f"{clause} {route.label.en}".strip())


def _whole(condition: BookCondition) -> Label:
    """A condition with what is looked at, where that says more: two texts may differ there only."""
    if condition.test is None:
        return condition.sentence
    return Label(
        f"{condition.sentence.zh}（{condition.test.zh}）",
        f"{condition.sentence.en} ({condition.test.en})",
    )
