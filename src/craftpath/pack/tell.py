"""An explanation told to a person, in Chinese or English, or given as plain data.

Everything said here is read off `engine.explain.Explanation`; nothing is worked out again, so that
the words cannot disagree with the verdict.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from craftpath.engine.days import as_day
from craftpath.engine.explain import (
    ConditionReason,
    Explanation,
    Reason,
    RouteReason,
    VersionReason,
)
from craftpath.engine.receipt import Receipt
from craftpath.pack.nouns import Pack
from craftpath.pack.sentences import VERDICTS, Sentences
from craftpath.pack.tell_data import told_data
from craftpath.pack.words import say_days

__all__ = ["Told"]

_SIGNS = {True: "✔", None: "?", False: "✘"}


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


class _Teller(Sentences):
    def __init__(self, told: Told, lang: str, every_route: bool) -> None:
        super().__init__(told.pack, lang, as_day(told.explanation.as_of))
        self.told, self.every_route = told, every_route
        self.cited: dict[str, None] = {}  # sources in the order in which they were named

    def lines(self) -> Iterator[str]:
        yield from self.heading()
        for verdict in VERDICTS:
            chosen = [r for r in self.told.explanation.reasons if r.verdict == verdict]
            if not chosen:
                continue
            yield ""
            yield self.say(f"【{VERDICTS[verdict].zh}】", VERDICTS[verdict].en.upper())
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
            for v, label in VERDICTS.items()
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

    # --- which versions and routes ---

    def shown(self, reason: Reason) -> list[_Shown]:
        """The route that the verdict rests on; or every route of the versions that matter."""
        if self.every_route:
            return [_Shown(version, version.routes) for version in self.told_versions(reason)]
        resting = self.resting(reason)
        if resting is None:
            return []
        return [
            _Shown(version, tuple(r for r in version.routes if r.route is resting.route))
            for version in reason.versions
            if version.version is resting.version
        ]

    # --- versions, routes, conditions ---

    def version(self, reason: Reason, shown: _Shown) -> Iterator[str]:
        version = shown.version
        if not self.every_route:
            (route,) = shown.routes
            yield f"    {self.route_name(route.route)}"
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
            yield f"    {self.route_name(route.route)}{self.deciding(reason, route)}"
            yield from self.conditions(reason, route.conditions)
            if route.route.source not in (None, version.version.source):
                yield f"      {self.cite(route.route.source or '')}"

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
        progress = self.progress(reason, found)
        said = [*([progress] if progress else []), *self.remarks(found, text)]
        if not said:
            return text
        return text + self.say(f"（{'；'.join(said)}）", f" ({'; '.join(said)})")

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
        mark = self.certainty(key)
        return (
            "  "
            + self.say("，", ", ").join(parts)
            + self.say(
                f"。可信度 {source.certainty}：{mark}", f". Certainty {source.certainty}: {mark}"
            )
        )
