"""An explanation told to a person, in Chinese or English, or given as plain data.

Everything said here is read off `engine.explain.Explanation`; nothing is worked out again, so that
the words cannot disagree with the verdict.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from craftpath.engine.days import FOREVER, DaySet, Duration, as_date, as_day
from craftpath.engine.explain import (
    ConditionReason,
    Explanation,
    Reason,
    RouteReason,
    VersionReason,
)
from craftpath.engine.patterns import patterns_in
from craftpath.engine.receipt import Receipt
from craftpath.engine.rules import (
    Age,
    AllOf,
    AnyOf,
    Label,
    NoneOf,
    Pending,
    Test,
    Total,
)
from craftpath.pack.nouns import CERTAINTIES, Pack
from craftpath.pack.tell_data import told_data
from craftpath.pack.words import say_day, say_days, say_duration, say_money, say_test

__all__ = ["Told"]

_VERDICTS = {
    "qualifies": Label("符合", "Qualifies"),
    "later": Label("将符合", "Qualifies later"),
    "unknown": Label("尚不能定", "Cannot tell yet"),
    "never": Label("不符合", "Does not qualify"),
}
_SIGNS = {True: "✔", None: "?", False: "✘"}
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """An explanation with the pack whose words it is told in, and its receipt."""

    explanation: Explanation
    pack: Pack
    receipt: Receipt

    def text(self, lang: str = "zh", every_route: bool = False) -> str:
        """As a person reads it, in "zh" or "en".

        What holds comes first, then what is to come, what cannot be told, and what does not hold,
        which is only listed. With `every_route` each rule is told with all its routes.
        """
        return "\n".join(_Teller(self, lang, every_route).lines())

    def as_dict(self) -> dict[str, Any]:
        """Plain data: decisions as in a decisions file, every condition with its days, receipt."""
        return told_data(self.explanation, self.pack, self.receipt)

    def json(self) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2)


@dataclass(frozen=True)
class _Shown:
    """A version and those of its routes that are told."""

    version: VersionReason
    routes: tuple[RouteReason, ...]


class _Teller:
    def __init__(self, told: Told, lang: str, every_route: bool) -> None:
        if lang not in {"zh", "en"}:
            raise ValueError(f"{lang!r} is not a language here: zh or en")
        self.told, self.pack, self.lang = told, told.pack, lang
        self.every_route = every_route
        self.as_of = as_day(told.explanation.as_of)
        self.cited: dict[str, None] = {}  # sources in the order in which they were named

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def day(self, day: dt.date) -> str:
        return say_day(day, self.lang)

    def lines(self) -> Iterator[str]:
        yield from self.heading()
        for verdict in _VERDICTS:
            chosen = [r for r in self.told.explanation.reasons if r.verdict == verdict]
            if not chosen:
                continue
            yield ""
            yield self.say(f"【{_VERDICTS[verdict].zh}】", _VERDICTS[verdict].en.upper())
            if verdict == "never" and not self.every_route:
                yield from self.listed(chosen)
            else:
                for reason in chosen:
                    yield from self.reason(reason)
        if self.cited:
            yield ""
            yield self.say("依据", "Sources")
            for key in self.cited:
                yield self.source(key)
        yield ""
        yield from self.receipt()

    # --- the frame ---

    def heading(self) -> Iterator[str]:
        found = self.told.explanation
        head = self.say(f"主体 {found.party}", f"Party {found.party}") + self.party()
        head += self.say(f" · {self.day(found.as_of)}", f" · {self.day(found.as_of)}")
        if found.known_on != found.as_of:
            known = self.day(found.known_on)
            head += self.say(f"（按{known}所知的记录）", f" (records as known on {known})")
        yield head
        if not found.reasons:
            yield self.say(
                "没有可判定的：到所知日为止，还没有其出生（成立）记录，或所问的规则不适用于该主体。",
                "Nothing to decide: no record of birth (founding) is known by that day, "
                "or the rules asked are not about this party.",
            )
            return
        counts = Counter(reason.verdict for reason in found.reasons)
        yield self.say("，", ", ").join(
            self.say(f"{label.zh} {counts[v]} 项", f"{label.en.lower()}: {counts[v]}")
            for v, label in _VERDICTS.items()
            if counts[v]
        )

    def party(self) -> str:
        """A person or an organisation, as far as the rules that were decided tell."""
        reasons = self.told.explanation.reasons
        if not reasons:
            return ""
        if reasons[0].rule.about.party == "organisation":
            return self.say("（单位）", " (organisation)")
        return self.say("（个人）", " (person)")

    def listed(self, reasons: list[Reason]) -> Iterator[str]:
        """Rules that do not hold, a line each, with what to type to see why."""
        foci: dict[str, list[Reason]] = {}
        for reason in reasons:
            foci.setdefault(reason.rule.id, []).append(reason)
        for id, same in foci.items():
            names = [self.focus_name(r) for r in same if r.focus is not None]
            said = self.say("、", ", ").join(names[:4])
            if len(names) > 4:
                said += self.say(f"等{len(names)}项", f" and {len(names) - 4} more")
            colon = self.say("：", ": ") if names else ""
            asleep = "" if any(self.in_force(r) for r in same) else self.no_text()
            yield f"  · {same[0].rule.label[self.lang]} [{id}]{colon}{said}{asleep}"
        yield self.say(
            "  （缺什么：加 --rule 和方括号里的规则编号）",
            "  (what is lacking: add --rule and an id in brackets)",
        )

    def no_text(self) -> str:
        return self.say("（当日无施行中的条文）", " (no text in force on that day)")

    def receipt(self) -> Iterator[str]:
        r = self.told.receipt
        yield self.say(
            f"回执：规则包 {r.pack} {r.pack_version}（{r.pack_hash[:12]}），记录 {r.records[:12]}，"
            f"所问日 {r.as_of}，所知日 {r.known_on}，引擎 {r.engine}",
            f"Receipt: pack {r.pack} {r.pack_version} ({r.pack_hash[:12]}), records "
            f"{r.records[:12]}, day asked {r.as_of}, day of knowledge {r.known_on}, "
            f"engine {r.engine}",
        )
        yield self.say(
            "以上据已收集的规定和记录推算；以主管部门的原文和审核为准。",
            "Worked out from the texts collected and the records given; "
            "the authority's own text and review decide.",
        )

    # --- one decision ---

    def reason(self, reason: Reason) -> Iterator[str]:
        yield f"  ■ {self.title(reason)}"
        yield f"    {self.verdict(reason)}"
        if reason.amount is not None:
            yield f"    {self.amount(reason)}"
        for shown in self.shown(reason):
            yield from self.version(reason, shown)

    def title(self, reason: Reason) -> str:
        name = reason.rule.label[self.lang]
        if reason.focus is not None:
            name += f" · {self.focus_name(reason)} {reason.focus}"
        return f"{name} [{reason.rule.id}]" if self.every_route else name

    def focus_name(self, reason: Reason) -> str:
        codes = self.pack.vocabulary.lists[reason.rule.about.focus or ""].codes
        return codes[reason.focus or ""].label[self.lang]

    def verdict(self, reason: Reason) -> str:
        start = "" if reason.start is None else self.day(reason.start)
        until = self.until(reason)
        match reason.verdict:
            case "qualifies":
                return self.say(f"符合：自{start}起{until}。", f"Qualifies since {start}{until}.")
            case "later":
                return self.say(
                    f"将符合：自{start}起{until}；前提是现有记录延续不变。",
                    f"Qualifies from {start}{until}, if the records go on as they are.",
                )
            case "unknown":
                return self.say(
                    f"尚不能定：自{start}起可能符合{until}，取决于标“?”的条件。",
                    f"Cannot tell yet: may qualify from {start}{until}; "
                    "the conditions marked “?” decide.",
                )
        if not self.in_force(reason):
            return self.say(f"不符合{self.no_text()}。", f"Does not qualify{self.no_text()}.")
        return self.say(
            "不符合：按现有记录，这一天和以后都不符合。",
            "Does not qualify on that day or later, on the records there are.",
        )

    def until(self, reason: Reason) -> str:
        """The last day, and whether it is the text that ends."""
        if reason.end is None:
            return self.say("，未见终止日", ", no end in sight")
        last = self.day(reason.end - _DAY)
        ends = {v.version.in_force.end for v in reason.versions}
        if reason.end in ends and reason.rule.version_day is None:
            return self.say(
                f"，至{last}（条文施行的末日）", f" until {last}, the last day of the text"
            )
        return self.say(f"，至{last}（含当日）", f" until {last}, that day included")

    def amount(self, reason: Reason) -> str:
        value, unit = reason.amount or 0.0, "yuan"
        for version in reason.versions:
            for route in version.routes:
                amount = route.route.amount or version.version.amount
                if amount is not None and route.route.id == reason.route:
                    unit = amount.unit
        money = say_money(value, unit, self.lang, self.pack.vocabulary)
        if unit == "percent":  # of a standard that the pack does not know
            return self.say(f"金额：规定标准的{money}", f"Amount: {money} of the set standard")
        return self.say(f"金额：{money}", f"Amount: {money}")

    # --- which versions and routes ---

    def in_force(self, reason: Reason) -> bool:
        """Whether any version speaks on the day asked."""
        if reason.rule.version_day is not None:
            return True
        return any(_speaks(version, self.as_of) for version in reason.versions)

    def shown(self, reason: Reason) -> list[_Shown]:
        """The route that the verdict rests on; or every route of the versions that matter."""
        resting = self.resting(reason)
        if not self.every_route:
            return [] if resting is None else [resting]
        if reason.rule.version_day is not None:
            chosen = list(reason.versions)
        else:
            chosen = [v for v in reason.versions if _speaks(v, self.as_of)]
        if resting is not None and resting.version not in chosen:
            chosen.append(resting.version)
        if not chosen:
            chosen = [self.nearest(reason.versions)]
        return [_Shown(version, version.routes) for version in chosen]

    def resting(self, reason: Reason) -> _Shown | None:
        day = self.as_of
        if reason.start is not None and reason.verdict != "qualifies":
            day = max(day, as_day(reason.start))
        having = [
            _Shown(version, (route,))
            for version in reason.versions
            for route in version.routes
            if route.route.id == reason.route
        ]
        # The same route may stand in several versions: the one in force is told.
        return next((s for s in having if _speaks(s.version, day)), having[0] if having else None)

    def nearest(self, versions: tuple[VersionReason, ...]) -> VersionReason:
        """The next version to come into force, else the last that was."""
        to_come = (v for v in versions if v.version.in_force.bounds[0] > self.as_of)
        return next(to_come, versions[-1])

    # --- versions, routes, conditions ---

    def version(self, reason: Reason, shown: _Shown) -> Iterator[str]:
        version = shown.version
        if not self.every_route:
            (route,) = shown.routes
            yield f"    {self.route_name(route)}"
            yield from self.conditions(reason, (*version.conditions, *route.conditions))
            yield f"      {self.cite(route.route.source or version.version.source)}"
            return
        days = say_days(version.version.in_force, self.lang)
        yield f"    {self.say(f'【{days}施行】', f'[in force {days}]')}"
        yield f"    {self.cite(version.version.source)}"
        if version.conditions:
            yield self.say("    都须符合", "    Asked of everybody")
            yield from self.conditions(reason, version.conditions)
        for route in shown.routes:
            yield f"    {self.route_name(route)}{self.deciding(reason, route)}"
            yield from self.conditions(reason, route.conditions)
            if route.route.source not in (None, version.version.source):
                yield f"      {self.cite(route.route.source or '')}"

    def route_name(self, found: RouteReason) -> str:
        route, clause = found.route, found.route.clause or ""
        name = route.id if route.label is None else route.label[self.lang]
        if self.lang == "en":
            return " ".join(part for part in ("Route", clause, name) if part)
        return f"途径{clause}{name}" if clause.startswith("（") else f"途径：{clause}{name}"

    def deciding(self, reason: Reason, route: RouteReason) -> str:
        """Marks the route that `route` of the decision names."""
        if route.route.id != reason.route:
            return ""
        if reason.verdict == "never":
            return self.say("（最接近的一条）", " (the nearest)")
        return self.say("（判定所据）", " (the one that decides)")

    def conditions(self, reason: Reason, found: tuple[ConditionReason, ...]) -> Iterator[str]:
        for condition in found:
            yield f"      {_SIGNS[condition.holds]} {self.condition(reason, condition)}"

    def condition(self, reason: Reason, found: ConditionReason) -> str:
        text = self.text(reason, found)
        said = [
            self.progress(reason, found),
            self.opening(found),
            self.closing(found),
            self.settling(found, text),
        ]
        said = [part for part in said if part]
        if not said:
            return text
        return text + self.say(f"（{'；'.join(said)}）", f" ({'; '.join(said)})")

    def text(self, reason: Reason, found: ConditionReason) -> str:
        condition = found.condition
        if condition.label is not None:
            return condition.label[self.lang]
        return say_test(
            condition.test,
            self.pack.vocabulary,
            self.lang,
            reason.focus,
            party=reason.rule.about.party,
        )

    def progress(self, reason: Reason, found: ConditionReason) -> str:
        """How far it has come: 已有4年2个月."""
        if found.progress is None:
            return ""
        time, total = found.progress
        test = found.condition.test
        if found.holds is True and not total and time is None:
            return ""  # of what is not to be there, there is none
        if time is not None:
            return self.time_so_far(time, test, reason.rule.about.party)
        if isinstance(test, Total) and test.measure == "sum":
            kind = self.pack.vocabulary.kinds[test.pattern.kind]
            money = say_money(total or 0, kind.unit or "", self.lang, self.pack.vocabulary)
            return self.say(f"现为{money}", f"{money} so far")
        return self.say(f"现有{total or 0:g}次", f"{total or 0:g} so far")

    def time_so_far(self, time: Duration, test: Test, party: str) -> str:
        if isinstance(test, Age) and party == "person":
            years = time.months // 12
            return self.say(f"现年{years}周岁", f"aged {years} now")
        if time == Duration():
            return self.say("尚无", "none so far")
        length = say_duration(time, self.lang)
        if isinstance(test, Age):
            return self.say(f"成立已{length}", f"founded {length} ago")
        return self.say(f"已有{length}", f"{length} so far")

    def opening(self, found: ConditionReason) -> str:
        """From which day a condition that does not surely hold yet will."""
        if found.holds is True:
            return ""
        stretch = found.sure.stretch_at_or_after(self.as_of)
        start = None if stretch is None else as_date(stretch[0])
        if start is None:
            return ""
        return self.say(f"{self.day(start)}起满足", f"met from {self.day(start)}")

    def closing(self, found: ConditionReason) -> str:
        """The last day of a condition that holds; or the day on which it stopped for good."""
        if found.holds is True:
            last = self.last_day(found.sure)
            return "" if last is None else self.say(f"至{last}止", f"until {last}")
        if found.holds is None or found.may.stretch_at_or_after(self.as_of) is not None:
            return ""
        ends = [as_date(end - 1) for _, end in found.sure]
        if not ends or ends[-1] is None:
            return ""
        last = self.day(ends[-1])
        return self.say(f"已于{last}止", f"ended on {last}")

    def last_day(self, days: DaySet) -> str | None:
        stretch = days.stretch_at_or_after(self.as_of)
        last = None if stretch is None or stretch[1] >= FOREVER else as_date(stretch[1] - 1)
        return None if last is None else self.day(last)

    def settling(self, found: ConditionReason, text: str) -> str:
        """What would settle a condition that only may hold."""
        if found.holds is not None:
            return ""
        whys = [pending.why[self.lang] for pending in _pending_in(found.condition.test)]
        if whys:
            untold = self.say("；", "; ").join(why for why in whys if why not in text)
            return self.say("待查：", "not settled: ") + untold if untold else ""
        kinds = self.pack.vocabulary.kinds
        unheard = {p.kind for p in patterns_in(found.condition.test) if kinds[p.kind].open}
        if unheard:
            names = self.say("、", ", ").join(
                kind.label[self.lang] for id, kind in kinds.items() if id in unheard
            )
            return self.say(
                f"无登记可查，须本人或单位提供：{names}",
                f"no register to look it up in; to be shown: {names}",
            )
        return self.say(
            "有关记录是自述的，或没有写明等级、经办单位等，待核实",
            "a record is only claimed, or does not say its level, body or the like: to be verified",
        )

    # --- sources ---

    def cite(self, key: str) -> str:
        self.cited.setdefault(key)
        source = self.pack.sources[key]
        number = (
            "" if source.number is None else self.say(f"（{source.number}）", f" ({source.number})")
        )
        return self.say(f"依据：《{source.title}》{number}", f"Source: 《{source.title}》{number}")

    def source(self, key: str) -> str:
        source = self.pack.sources[key]
        parts = [f"《{source.title}》"]
        if source.number is not None:
            parts.append(source.number)
        parts.append(source.issuer[self.lang])
        parts.append(
            self.say("日期未查得", "day not found") if source.day is None else self.day(source.day)
        )
        mark = CERTAINTIES[source.certainty][self.lang]
        return (
            "  "
            + self.say("，", ", ").join(parts)
            + self.say(
                f"。可信度 {source.certainty}：{mark}", f". Certainty {source.certainty}: {mark}"
            )
        )


def _speaks(found: VersionReason, day: int) -> bool:
    first, end = found.version.in_force.bounds
    return first <= day < end


def _pending_in(test: Test) -> Iterator[Pending]:
    match test:
        case AllOf() | AnyOf() | NoneOf():
            for child in test.tests:
                yield from _pending_in(child)
        case Pending():
            yield test
