"""A rule as a person reads it: whom it is about, its versions, ways and sources, in zh or en."""

from __future__ import annotations

from collections.abc import Iterator

from craftpath.engine.patterns import patterns_in
from craftpath.engine.rules import (
    Amount,
    Condition,
    Label,
    Pattern,
    Route,
    Rule,
    Test,
    Version,
)
from craftpath.pack.nouns import CERTAINTIES, Pack, Source
from craftpath.pack.problems import PackError, Problem, nearest
from craftpath.pack.programmes import ALLOTMENTS, SORTS
from craftpath.pack.sentences import pending_in
from craftpath.pack.words import say_amount, say_day, say_days, say_test

__all__ = ["patterns_of", "show_programmes", "show_rule", "show_rules", "source_ids"]

_WORDS = {
    "about": Label("适用对象：", "About: "),
    "person": Label("个人", "a person"),
    "organisation": Label("单位", "an organisation"),
    "each": Label("，按其有记录的每个{list}分别判定", ", decided for each {list} on record"),
    "asked": Label("适用版本：问到的那一天有效的", "Version: the one in force on the day asked"),
    "version_day": Label(
        "适用版本：“{kind}”起始之日有效的",
        'Version: the one in force on the day that "{kind}" began',
    ),
    "in_force": Label("【{days}】", "[{days}]"),
    "source": Label("依据：", "Rests on: "),
    "note": Label("说明：", "Note: "),
    "common": Label("都须符合：", "Asked of everybody:"),
    "any": Label("并符合下列途径之一：", "and one of these ways:"),
    "only": Label("符合下列途径之一：", "One of these ways:"),
    "test": Label("判定：", "decided by: "),
    "amount": Label("金额：", "Amount: "),
    "pending": Label(
        "有待查的内容：只凭这些内容的，答复为“尚不能定”",
        "Parts are not settled: where all hangs on them, the answer is “cannot tell yet”",
    ),
    "records": Label("看哪些记录", "Records that it looks at"),
    "open": Label("未录入不等于没有", "absence settles nothing"),
    "closed": Label("未录入即没有", "absence means no"),
    "sources": Label("出处", "Sources"),
    "no-number": Label("无文号", "no number"),
    "no-day": Label("日期未查得", "day not found"),
    "certainty": Label("可信度", "certainty"),
    "not-settled": Label("名额分配待定", "sharing out not settled"),
    "nothing": Label("（不另设条件）", "(nothing more is asked)"),
}


def show_rules(pack: Pack, lang: str) -> str:
    """One line for each rule: its id and its name."""
    width = max((len(rule.id) for rule in pack.rules), default=0)
    return "\n".join(f"{rule.id:<{width}}  {rule.label[lang]}" for rule in pack.rules)


def show_programmes(pack: Pack, lang: str) -> str:
    """One line for each programme: its id, its name, its sort and how places are shared out."""
    width = max((len(one.id) for one in pack.programmes), default=0)
    lines = []
    for one in pack.programmes:
        how = ALLOTMENTS[one.allotment] if one.allotment else _WORDS["not-settled"]
        inside = (SORTS[one.sort][lang], how[lang])
        said = f"（{'，'.join(inside)}）" if lang == "zh" else f" ({', '.join(inside)})"
        lines.append(f"{one.id:<{width}}  {one.label[lang]}{said}")
    return "\n".join(lines)


def show_rule(pack: Pack, rule_id: str, lang: str) -> str:
    """A rule in words, with its sources. PackError: the pack has no such rule."""
    rule = pack.rule(rule_id)
    if rule is None:
        near = nearest(rule_id, [rule.id for rule in pack.rules])
        mend = f"Did you mean `{near}`?" if near else "`craftpath pack show` lists them"
        what = f"the pack `{pack.id}` has no rule `{rule_id}`"
        raise PackError([Problem(pack.id, 0, what, mend, "unknown-rule")])
    return "\n".join(_Page(pack, rule, lang).lines()) + "\n"


class _Page:
    def __init__(self, pack: Pack, rule: Rule, lang: str) -> None:
        self.pack = pack
        self.rule = rule
        self.lang = lang

    def lines(self) -> Iterator[str]:
        rule = self.rule
        yield f"{rule.label[self.lang]}  ({rule.id})"
        yield self._about()
        yield self._version_day()
        if rule.note:
            yield self._say("note") + rule.note[self.lang]
        for version in rule.versions:
            yield ""
            yield from self._version(version)
        yield ""
        yield self._say("records")
        yield from self._records()
        yield ""
        yield self._say("sources")
        yield from self._sources()

    def _say(self, word: str) -> str:
        return _WORDS[word][self.lang]

    # --- whom, and which version ---

    def _about(self) -> str:
        about = self.rule.about
        said = self._say("about") + self._say(about.party)
        if about.focus is None:
            return said
        codes = self.pack.vocabulary.lists[about.focus]
        return said + self._say("each").format(list=codes.label[self.lang])

    def _version_day(self) -> str:
        kind = self.pack.vocabulary.kinds.get(self.rule.version_day or "")
        if kind is None:
            return self._say("asked")
        return self._say("version_day").format(kind=kind.label[self.lang])

    # --- a version ---

    def _version(self, version: Version) -> Iterator[str]:
        yield self._say("in_force").format(days=say_days(version.in_force, self.lang))
        yield "  " + self._say("source") + self._short(version.source)
        if version.note:
            yield "  " + self._say("note") + version.note[self.lang]
        if _is_pending(version):
            yield "  " + self._say("pending")
        if version.conditions:
            yield "  " + self._say("common")
            for condition in version.conditions:
                yield from self._condition(condition, "    ")
        yield "  " + self._say("any" if version.conditions else "only")
        for route in version.routes:
            yield from self._route(route, version)
        if version.amount:
            yield "  " + self._amount(version.amount, version)

    def _route(self, route: Route, version: Version) -> Iterator[str]:
        name = route.label[self.lang] if route.label else ""
        head = " ".join(part for part in (route.clause, name, f"[{route.id}]") if part)
        source = self._also(route.source, version.source)
        yield f"    {head}{source}"
        for condition in route.conditions:
            yield from self._condition(condition, "      ")
        if not route.conditions:
            yield f"      {self._say('nothing')}"
        if route.amount:
            yield "      " + self._amount(route.amount, version)

    def _condition(self, condition: Condition, indent: str) -> Iterator[str]:
        said = say_test(
            condition.test, self.pack.vocabulary, self.lang, party=self.rule.about.party
        )
        clause = f"{condition.clause} " if condition.clause else ""
        source = self._also(condition.source, None)
        if condition.label is None:
            yield f"{indent}· {clause}{said}{source}"
            return
        yield f"{indent}· {clause}{condition.label[self.lang]}{source}"
        if condition.label[self.lang] != said:
            yield f"{indent}  {self._say('test')}{said}"

    def _amount(self, amount: Amount, version: Version) -> str:
        said = say_amount(amount, self.pack.vocabulary, self.lang, within=version.in_force)
        return self._say("amount") + said + self._also(amount.source, version.source)

    # --- sources ---

    def _short(self, id: str) -> str:
        source = self.pack.sources.get(id)
        if source is None:
            return id
        title = f"《{source.title}》" if self.lang == "zh" else source.title
        number = f"（{source.number}）" if source.number else ""
        return f"{title}{number}"

    def _also(self, id: str | None, said_before: str | None) -> str:
        if id is None or id == said_before:
            return ""
        return f"（{self._short(id)}）" if self.lang == "zh" else f" ({self._short(id)})"

    def _sources(self) -> Iterator[str]:
        for id in dict.fromkeys(source_ids(self.rule)):
            source = self.pack.sources.get(id)
            if source is not None:
                yield from self._source(source)

    def _source(self, source: Source) -> Iterator[str]:
        comma = "，" if self.lang == "zh" else ", "
        number = source.number or self._say("no-number")
        day = say_day(source.day, self.lang) if source.day else self._say("no-day")
        yield "  " + comma.join([source.title, number, source.issuer[self.lang], day])
        mark = CERTAINTIES[source.certainty][self.lang]
        colon = "：" if self.lang == "zh" else ": "
        yield f"    {self._say('certainty')} {source.certainty}{colon}{mark}"
        if source.note:
            yield f"    {self._say('note')}{source.note[self.lang]}"

    # --- records ---

    def _records(self) -> Iterator[str]:
        kinds = self.pack.vocabulary.kinds
        for id in dict.fromkeys(p.kind for p in patterns_of(self.rule)):
            kind = kinds[id]
            word = self._say("open" if kind.open else "closed")
            why = self.pack.why.get(id)
            because = ("：" if self.lang == "zh" else ": ") + why[self.lang] if why else ""
            dash = "——" if self.lang == "zh" else " – "
            yield f"  · {kind.label[self.lang]}{dash}{word}{because}"


def _tests(rule: Rule) -> Iterator[Test]:
    for version in rule.versions:
        for condition in version.conditions:
            yield condition.test
        for route in version.routes:
            for condition in route.conditions:
                yield condition.test
        for amount in (version.amount, *(route.amount for route in version.routes)):
            if amount is not None:
                yield from (test for test, _ in amount.cases if test is not None)
                yield from (addition.when for addition in amount.additions)


def patterns_of(rule: Rule) -> Iterator[Pattern]:
    """Every pattern that a rule looks for, those within others included."""
    for test in _tests(rule):
        yield from patterns_in(test)


def _is_pending(version: Version) -> bool:
    conditions = (*version.conditions, *(c for r in version.routes for c in r.conditions))
    return any(True for condition in conditions for _ in pending_in(condition.test))


def source_ids(rule: Rule) -> Iterator[str]:
    """The sources that a rule names, as written; some more than once."""
    for version in rule.versions:
        found: list[str | None] = [version.source]
        found += [condition.source for condition in version.conditions]
        for route in version.routes:
            found.append(route.source)
            found += [condition.source for condition in route.conditions]
        for amount in (version.amount, *(route.amount for route in version.routes)):
            if amount is not None:
                found.append(amount.source)
                found += [addition.source for addition in amount.additions]
        yield from (id for id in found if id)
