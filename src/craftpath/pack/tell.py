"""An explanation told to a person, in Chinese or English, and as plain data.

Everything said here is read off `engine.explain.Explanation`; nothing is worked out again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from craftpath.engine.days import DaySet, as_date, as_day
from craftpath.engine.explain import ConditionReason, Explanation, Reason, VersionReason
from craftpath.engine.receipt import Receipt
from craftpath.engine.rules import (
    Accumulated,
    AllOf,
    AnyOf,
    HeldFor,
    Holds,
    Label,
    NoneOf,
    Pattern,
    Pending,
    Test,
    Total,
    Within,
)
from craftpath.pack.nouns import CERTAINTIES, Pack
from craftpath.pack.words import say_day, say_duration, say_money, say_test

__all__ = ["Told"]

_HEADINGS = {
    "qualifies": Label("现在符合", "Qualifies now"),
    "later": Label("以后符合", "Qualifies later"),
    "unknown": Label("还说不准", "Cannot tell yet"),
    "never": Label("按现有记录不符合", "Does not qualify on the records there are"),
}
_SIGNS = {True: "✔", None: "?", False: "✘"}


@dataclass(frozen=True)
class Told:
    """An explanation with the pack whose words it is told in, and its receipt."""

    explanation: Explanation
    pack: Pack
    receipt: Receipt

    def text(self, lang: str = "zh", every_route: bool = False) -> str:
        """As a person reads it. `every_route` shows all routes, not only the nearest one."""
        return "\n".join(_Teller(self, lang, every_route).lines())

    def as_dict(self) -> dict[str, Any]:
        """Plain data: decisions as in a decisions file, and every condition with its days."""
        found = self.explanation
        return {
            "party": found.party,
            "as_of": found.as_of.isoformat(),
            "known_on": found.known_on.isoformat(),
            "receipt": asdict(self.receipt),
            "decisions": [_reason_data(reason, self.pack) for reason in found.reasons],
        }

    def json(self) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2)


# --- in words ------------------------------------------------------------------------------


class _Teller:
    def __init__(self, told: Told, lang: str, every_route: bool) -> None:
        self.told, self.pack, self.lang = told, told.pack, lang
        self.every_route = every_route
        self.as_of = as_day(told.explanation.as_of)

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def day(self, day: dt.date) -> str:
        return say_day(day, self.lang)

    def lines(self) -> Iterator[str]:
        found = self.told.explanation
        yield self.say(
            f"{found.party} 号，{self.day(found.as_of)}的情况"
            f"（按{self.day(found.known_on)}所知的记录）",
            f"Party {found.party} on {self.day(found.as_of)} "
            f"(as the records were known on {self.day(found.known_on)})",
        )
        if not found.reasons:
            yield self.say(
                "没有可说的：此人或单位没有记录，或所问的规定与其无关。",
                "Nothing to say: there are no records of this party, or the rules asked do not concern it.",
            )
        for verdict, heading in _HEADINGS.items():
            chosen = [r for r in found.reasons if r.verdict == verdict]
            if not chosen:
                continue
            yield ""
            yield f"【{heading.zh}】" if self.lang == "zh" else f"{heading.en.upper()}"
            for reason in chosen:
                if verdict == "never" and not self.every_route:
                    yield f"  · {self.title(reason)}"
                else:
                    yield from self.reason(reason)
        yield ""
        yield from self.receipt_lines()

    def title(self, reason: Reason) -> str:
        name = reason.rule.label[self.lang] or reason.rule.label.zh
        if reason.focus is None:
            return name
        return f"{name} · {self.focus(reason)}"

    def focus(self, reason: Reason) -> str:
        codes = self.pack.vocabulary.lists[reason.rule.about.focus or ""].codes
        code = codes[reason.focus or ""]
        return f"{code.label[self.lang] or code.label.zh} {reason.focus}"

    def reason(self, reason: Reason) -> Iterator[str]:
        yield f"  ■ {self.title(reason)}"
        yield f"    {self.verdict(reason)}"
        if reason.amount is not None:
            unit = self.unit(reason)
            money = say_money(reason.amount, unit, self.lang, self.pack.vocabulary)
            yield "    " + self.say(f"金额 {money}", f"amount {money}")
        chosen = list(self.chosen(reason))
        if not chosen and reason.verdict == "never":
            yield "    " + self.say("这一天没有施行的条文。", "No text is in force on that day.")
        for version, route in chosen:
            yield from self.route(reason, version, route)

    def unit(self, reason: Reason) -> str:
        for version in reason.rule.versions:
            for route in version.routes:
                amount = route.amount or version.amount
                if amount is not None and route.id == reason.route:
                    return amount.unit
        return "yuan"

    def verdict(self, reason: Reason) -> str:
        start = "" if reason.start is None else self.day(reason.start)
        until = self.until(reason.end)
        match reason.verdict:
            case "qualifies":
                return self.say(f"符合，自{start}起{until}。", f"Qualifies since {start}{until}.")
            case "later":
                return self.say(f"自{start}起符合{until}。", f"Qualifies from {start}{until}.")
            case "unknown":
                return self.say(
                    f"还说不准：{start}起{until}可能符合，缺的事实见下。",
                    f"Cannot tell yet: may qualify from {start}{until}; what would settle it is below.",
                )
        return self.say("按现有记录不符合。", "Does not qualify on the records there are.")

    def until(self, end: dt.date | None) -> str:
        if end is None:
            return ""
        last = self.day(end - dt.timedelta(days=1))
        return self.say(f"，至{last}止（含当日）", f", until {last} (that day included)")

    def chosen(self, reason: Reason) -> Iterator[tuple[VersionReason, int]]:
        """The versions and routes to be told: the one the verdict rests on, or all."""
        if self.every_route:
            for version in reason.versions:
                if version.version.in_force.bounds[0] <= self.as_of < version.version.in_force.bounds[1]:
                    yield from ((version, k) for k in range(len(version.routes)))
            return
        day = self.as_of
        if reason.start is not None and reason.verdict != "qualifies":
            day = max(day, as_day(reason.start))
        matching = [
            (version, k)
            for version in reason.versions
            for k, route in enumerate(version.routes)
            if route.route.id == reason.route
        ]
        # The same route may stand in several versions: the one in force is told.
        in_force = [m for m in matching if day in DaySet((m[0].version.in_force.bounds,))]
        yield from (in_force or matching)[:1]

    def route(self, reason: Reason, version: VersionReason, at: int) -> Iterator[str]:
        route = version.routes[at]
        label = route.route.label
        clause = route.route.clause or ""
        name = "" if label is None else label[self.lang]
        head = self.say("途径", "Route")
        yield f"    {head} {clause}{name or route.route.id}"
        for condition in (*version.conditions, *route.conditions):
            yield f"      {_SIGNS[condition.holds]} {self.condition(reason, condition)}"
        yield f"      {self.source(route.route.source or version.version.source)}"

    def condition(self, reason: Reason, found: ConditionReason) -> str:
        condition = found.condition
        text = (
            condition.label[self.lang]
            if condition.label is not None
            else say_test(
                condition.test,
                self.pack.vocabulary,
                self.lang,
                reason.focus,
                party=reason.rule.about.party,
            )
        )
        said = [s for s in (self.progress(found), self.opening(found), self.settling(found)) if s]
        if not said:
            return text
        return text + self.say(f"（{'；'.join(said)}）", f" ({'; '.join(said)})")

    def progress(self, found: ConditionReason) -> str:
        if found.progress is None or isinstance(found.condition.test, NoneOf):
            return ""
        time, total = found.progress
        if time is not None:
            length = say_duration(time, self.lang)
            return self.say(f"已有{length}", f"{length} so far")
        test = found.condition.test
        if isinstance(test, Total) and test.measure == "sum":
            kind = self.pack.vocabulary.kinds[test.pattern.kind]
            money = say_money(total or 0, kind.unit or "", self.lang, self.pack.vocabulary)
            return self.say(f"现为{money}", f"{money} now")
        return self.say(f"现为{total or 0:g}", f"{total or 0:g} now")

    def opening(self, found: ConditionReason) -> str:
        """From which day a condition that does not hold yet surely will."""
        if found.holds is True:
            return ""
        stretch = found.sure.stretch_at_or_after(self.as_of)
        start = None if stretch is None else as_date(stretch[0])
        if start is None:
            return ""
        return self.say(f"{self.day(start)}起满足", f"met from {self.day(start)}")

    def settling(self, found: ConditionReason) -> str:
        """What would settle a condition that only may hold."""
        if found.holds is not None:
            return ""
        pending = next(_pending_in(found.condition.test), None)
        if pending is not None:
            return self.say("条文未找到", "the text was not found")
        kinds = self.pack.vocabulary.kinds
        unheard = [kinds[p.kind] for p in _patterns_in(found.condition.test) if kinds[p.kind].open]
        if unheard:
            names = "、".join(k.label.zh for k in unheard), ", ".join(k.label.en for k in unheard)
            return self.say(
                f"没有登记可查，请提供：{names[0]}", f"no register holds this; please show: {names[1]}"
            )
        return self.say("记录尚待核实", "the record is claimed, not verified, or incomplete")

    def source(self, key: str) -> str:
        source = self.pack.sources[key]
        number = f" {source.number}" if source.number else ""
        mark = CERTAINTIES[source.certainty][self.lang]
        return self.say(f"依据 《{source.title}》{number}（{mark}）", f"Source: 《{source.title}》{number} ({mark})")

    def receipt_lines(self) -> Iterator[str]:
        r = self.told.receipt
        yield self.say(
            f"凭据 规则包 {r.pack} {r.pack_version}（{r.pack_hash[:12]}）· 记录 {r.records[:12]} · 引擎 {r.engine}",
            f"Receipt: pack {r.pack} {r.pack_version} ({r.pack_hash[:12]}) · records {r.records[:12]} · engine {r.engine}",
        )
        yield self.say(
            "以上据公开规定推算，以主管部门的原文和审核为准。",
            "Worked out from published rules; the issuing authority's text and review decide.",
        )


def _patterns_in(test: Test) -> Iterator[Pattern]:
    match test:
        case AllOf() | AnyOf() | NoneOf():
            for child in test.tests:
                yield from _patterns_in(child)
        case Accumulated():
            yield test.pattern
            if test.since is not None:
                yield test.since
        case Holds() | HeldFor() | Total() | Within():
            yield test.pattern


def _pending_in(test: Test) -> Iterator[Pending]:
    match test:
        case AllOf() | AnyOf() | NoneOf():
            for child in test.tests:
                yield from _pending_in(child)
        case Pending():
            yield test


# --- as data ---------------------------------------------------------------------------------


def _reason_data(reason: Reason, pack: Pack) -> dict[str, Any]:
    return {
        "rule": reason.rule.id,
        "label": _label_data(reason.rule.label),
        "focus": reason.focus,
        "focus_label": _focus_data(reason, pack),
        "verdict": reason.verdict,
        "route": reason.route,
        "from": _iso(reason.start),
        "until": _iso(reason.end),
        "amount": reason.amount,
        "missing": list(reason.missing),
        "versions": [
            {
                "from": _iso(version.version.in_force.start),
                "until": _iso(version.version.in_force.end),
                "source": version.version.source,
                "conditions": _conditions_data(version.conditions, reason, pack),
                "routes": [
                    {
                        "id": route.route.id,
                        "clause": route.route.clause,
                        "conditions": _conditions_data(route.conditions, reason, pack),
                    }
                    for route in version.routes
                ],
            }
            for version in reason.versions
        ],
    }


def _conditions_data(
    conditions: tuple[ConditionReason, ...], reason: Reason, pack: Pack
) -> list[dict[str, Any]]:
    return [
        {
            "id": found.condition.id,
            "holds": found.holds,
            "text": {
                lang: say_test(
                    found.condition.test,
                    pack.vocabulary,
                    lang,
                    reason.focus,
                    party=reason.rule.about.party,
                )
                for lang in ("zh", "en")
            },
            "sure": _days_data(found.sure),
            "may": _days_data(found.may),
            "so_far": _progress_data(found),
        }
        for found in conditions
    ]


def _progress_data(found: ConditionReason) -> dict[str, Any] | None:
    if found.progress is None:
        return None
    time, total = found.progress
    if time is None:
        return {"total": total}
    return {"months": time.months, "days": time.days}


def _days_data(days: DaySet) -> list[list[str | None]]:
    return [[_iso(as_date(start)), _iso(as_date(end))] for start, end in days]


def _focus_data(reason: Reason, pack: Pack) -> dict[str, str] | None:
    if reason.focus is None or reason.rule.about.focus is None:
        return None
    return _label_data(pack.vocabulary.lists[reason.rule.about.focus].codes[reason.focus].label)


def _label_data(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()

