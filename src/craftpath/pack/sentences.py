"""The sentences of an explanation, one language at a time: verdicts, amounts, conditions, sources.

Everything is read off `engine.explain`; nothing is worked out again. `pack.tell` strings the
sentences together for a terminal, `craftpath.eligibility` hands them to pages one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from craftpath.engine.days import FOREVER, DaySet, Duration, as_date, as_day
from craftpath.engine.explain import ConditionReason, Reason, VersionReason
from craftpath.engine.patterns import patterns_in
from craftpath.engine.rules import (
    Accumulated,
    Age,
    AllOf,
    AnyOf,
    HeldFor,
    Label,
    NoneOf,
    Pending,
    Route,
    Test,
    Total,
    Version,
)
from craftpath.pack.nouns import CERTAINTIES, Pack
from craftpath.pack.words import say_day, say_duration, say_money, say_test

__all__ = ["VERDICTS", "Resting", "Sentences", "pending_in", "speaks"]

VERDICTS = {
    "qualifies": Label("符合", "Qualifies"),
    "later": Label("将符合", "Qualifies later"),
    "unknown": Label("尚不能定", "Cannot tell yet"),
    "never": Label("不符合", "Does not qualify"),
}
_DAY = dt.timedelta(days=1)


class Resting(NamedTuple):
    """The version and the route in it that a verdict rests on, or the nearest one."""

    version: Version
    route: Route


class Sentences:
    """What can be said in one language of the reasons that one day's explanation gives.

    as_of  the day asked, as a day number
    """

    def __init__(self, pack: Pack, lang: str, as_of: int) -> None:
        if lang not in {"zh", "en"}:
            raise ValueError(f"{lang!r} is not a language here: zh or en")
        self.pack, self.lang, self.as_of = pack, lang, as_of

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def day(self, day: dt.date) -> str:
        return say_day(day, self.lang)

    def no_text(self) -> str:
        return self.say("（当日无施行中的条文）", " (no text in force on that day)")

    def focus_name(self, reason: Reason) -> str:
        codes = self.pack.vocabulary.lists[reason.rule.about.focus or ""].codes
        return codes[reason.focus or ""].label[self.lang]

    # --- decisions ---

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
        ends = {version.in_force.end for version in reason.rule.versions}
        if reason.end in ends and reason.rule.version_day is None:
            return self.say(
                f"，至{last}（条文施行的末日）", f" until {last}, the last day of the text"
            )
        return self.say(f"，至{last}（含当日）", f" until {last}, that day included")

    def amount(self, reason: Reason) -> str:
        value, unit = reason.amount or 0.0, self.amount_unit(reason)
        money = say_money(value, unit, self.lang, self.pack.vocabulary)
        if unit == "percent":  # of a standard that the pack does not know
            return self.say(f"金额：规定标准的{money}", f"Amount: {money} of the set standard")
        return self.say(f"金额：{money}", f"Amount: {money}")

    def amount_unit(self, reason: Reason) -> str:
        unit = "yuan"
        for version in reason.rule.versions:
            for route in version.routes:
                amount = route.amount or version.amount
                if amount is not None and route.id == reason.route:
                    unit = amount.unit
        return unit

    def in_force(self, reason: Reason) -> bool:
        """Whether any version speaks on the day asked."""
        if reason.rule.version_day is not None:
            return True
        return any(speaks(version, self.as_of) for version in reason.rule.versions)

    def resting(self, reason: Reason) -> Resting | None:
        day = self.as_of
        if reason.start is not None and reason.verdict != "qualifies":
            day = max(day, as_day(reason.start))
        having = [
            Resting(version, route)
            for version in reason.rule.versions
            for route in version.routes
            if route.id == reason.route
        ]
        # The same route may stand in several versions: the one in force is told.
        return next((s for s in having if speaks(s.version, day)), having[0] if having else None)

    # --- routes and conditions ---

    def told_versions(self, reason: Reason) -> list[VersionReason]:
        """The versions that matter on the day asked, and the one that the verdict rests on."""
        resting = self.resting(reason)
        chosen = [
            found
            for found in reason.versions
            if reason.rule.version_day is not None
            or speaks(found.version, self.as_of)
            or (resting is not None and resting.version is found.version)
        ]
        return chosen or [self.nearest(reason.versions)]

    def nearest(self, versions: tuple[VersionReason, ...]) -> VersionReason:
        """The next version to come into force, else the last that was."""
        to_come = (v for v in versions if v.version.in_force.bounds[0] > self.as_of)
        return next(to_come, versions[-1])

    def route_name(self, route: Route) -> str:
        clause = route.clause or ""
        name = route.id if route.label is None else route.label[self.lang]
        if self.lang == "en":
            return " ".join(part for part in ("Route", clause, name) if part)
        return f"途径{clause}{name}" if clause.startswith("（") else f"途径：{clause}{name}"

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

    def measured(self, reason: Reason, found: ConditionReason) -> str:
        """How far it has come of how far it has to: 已有6年9个月，须满10年; else as `progress`."""
        said, test = self.progress(reason, found), found.condition.test
        if not said or found.progress is None:
            return said
        match test:
            case Accumulated(at_least=asked) | HeldFor(at_least=asked):
                time, whole = found.progress.time, say_duration(asked, self.lang)
                if not time or time == Duration() or found.holds is True:
                    return self.say(f"{said}，须满{whole}", f"{said}, {whole} asked")
                length = say_duration(time, self.lang)
                return self.say(f"{said}，须满{whole}", f"{length} of {whole}")
            case Age(at_least=Duration() as asked) if found.holds is not True:
                whole = say_duration(asked, self.lang)
                return self.say(f"{said}，须满{whole}", f"{said}, {whole} asked")
            case Total(measure="sum", at_least=float() | int() as number):
                kind = self.pack.vocabulary.kinds[test.pattern.kind]
                whole = say_money(number, kind.unit or "", self.lang, self.pack.vocabulary)
                return self.say(f"{said}，须{whole}", f"{said}, {whole} asked")
            case Total(measure="count", at_least=float() | int() as number):
                return self.say(f"{said}，须{number:g}次", f"{said}, {number:g} asked")
        return said

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

    def remarks(self, found: ConditionReason, text: str) -> list[str]:
        """From when, until when, and what would settle it; `text` is the condition itself."""
        said = [self.opening(found), self.closing(found), self.settling(found, text)]
        return [part for part in said if part]

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
        whys = [pending.why[self.lang] for pending in pending_in(found.condition.test)]
        if whys:
            untold = self.say("；", "; ").join(why for why in whys if why not in text)
            return self.say("待查：", "not settled: ") + untold if untold else ""
        if found.births:
            days = self.say("、", " and ").join(map(self.day, found.births))
            return self.say(
                f"出生（成立）日的记录互相矛盾（{days}），须先订正",
                f"the records of birth (founding) contradict each other ({days}): one has to be "
                "corrected first",
            )
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

    def certainty(self, key: str) -> str:
        return CERTAINTIES[self.pack.sources[key].certainty][self.lang]


def speaks(version: Version, day: int) -> bool:
    """Whether a version is in force on a day."""
    first, end = version.in_force.bounds
    return first <= day < end


def pending_in(test: Test) -> Iterator[Pending]:
    """What in a test waits for a text that was not found."""
    match test:
        case AllOf() | AnyOf() | NoneOf():
            for child in test.tests:
                yield from pending_in(child)
        case Pending():
            yield test
