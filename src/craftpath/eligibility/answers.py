"""Answers ready for a page: one for each rule and focus, in both languages.

Everything is read off the engine's explanation. The verdict and its days are there at once;
sentences, conditions and sources are made when a page first asks for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from craftpath.eligibility.kept import once_a_pack
from craftpath.engine.columns import Columns
from craftpath.engine.days import as_date, as_day
from craftpath.engine.explain import (
    ConditionReason,
    Explanation,
    Reason,
    VersionReason,
)
from craftpath.engine.receipt import Receipt
from craftpath.engine.rules import Accumulated, Age, HeldFor, Label, Route, Total
from craftpath.evidence.reasons import Reason as Fault
from craftpath.pack.nouns import CERTAINTIES, Pack
from craftpath.pack.sentences import VERDICTS, Resting, Sentences, speaks

__all__ = [
    "Answer",
    "AnsweredCondition",
    "AnsweredRoute",
    "AnsweredVersion",
    "Answers",
    "CitedSource",
    "HowFar",
    "LeftOut",
    "answers_of",
    "cited",
]

#: What is the same for everybody: by rule, the identity of its condition or route, and the focus.
_Key: TypeAlias = tuple[str, int, str | None]
_SAID_KEPT = 20_000  # so many, then all are said anew
#: What is nearly there is not there: a bar that is full says "met".
_NEARLY = 0.99


@dataclass(frozen=True)
class CitedSource:
    """A source as a page names it. `certainty` is A, B, C or RECALL; `how_sure` says it in words.

    number, day  None where the text has none, or it was not found
    """

    id: str
    title: str
    number: str | None
    issuer: Label
    day: dt.date | None
    certainty: str
    how_sure: Label
    note: Label | None = None


@once_a_pack
def cited(pack: Pack) -> dict[str, CitedSource]:
    """The sources of a pack by their ids."""
    return {
        id: CitedSource(
            id,
            source.title,
            source.number,
            source.issuer,
            source.day,
            source.certainty,
            CERTAINTIES[source.certainty],
            source.note,
        )
        for id, source in pack.sources.items()
    }


@dataclass(frozen=True)
class HowFar:
    """How far a condition has surely come on the day asked.

    sentence  已有6年9个月，须满10年 / 6 years 9 months of 10 years
    fraction  0…1 of what is asked; None where nothing is asked that could be shared out. A full 1
              means that the length (or number) is there, also where the condition has closed again
    """

    sentence: Label
    fraction: float | None


@dataclass(frozen=True)
class AnsweredCondition:
    """One condition of a route on the day asked.

    holds     True surely, None perhaps, False no
    so_far    None where it measures nothing
    met_from  first day of the sure stretch that holds, else of the next one; None: not in sight
    met_until first day on which that stretch no longer holds; None: no end in sight
    note      what else there is to say: 2026年3月1日起满足, until when, what would settle it
    """

    id: str
    clause: str | None
    sentence: Label
    holds: bool | None
    so_far: HowFar | None
    met_from: dt.date | None
    met_until: dt.date | None
    note: Label | None
    source: CitedSource | None


@dataclass(frozen=True)
class AnsweredRoute:
    """One way to qualify, with its conditions. `decides`: the verdict rests on it."""

    id: str
    label: Label
    clause: str | None
    source: CitedSource
    decides: bool
    conditions: tuple[AnsweredCondition, ...]


@dataclass(frozen=True)
class AnsweredVersion:
    """A text of the rule with every route; days are [start, end), None: open on that side.

    in_force    on the day asked
    conditions  asked of every route
    """

    start: dt.date | None
    end: dt.date | None
    in_force: bool
    source: CitedSource
    note: Label | None
    conditions: tuple[AnsweredCondition, ...]
    routes: tuple[AnsweredRoute, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """The decision on one rule (and focus), with all that a page shows of it.

    verdict   "qualifies", "later", "unknown" or "never"; `verdict_label` says it in a word
    since     first day of the stretch that holds on the day asked, else of the next one (for
              "unknown": of the one that may hold); None for "never"
    until     first day on which it no longer holds; None: no end in sight
    amount    in `unit` ("yuan", "percent" of a set standard, …); None: the rule pays nothing
    route     id of the route that the verdict rests on, or the nearest one; None: no text
    missing   ids of the conditions of that route that do not surely hold
    """

    rule: str
    label: Label
    focus: str | None
    focus_label: Label | None
    verdict: str
    since: dt.date | None
    until: dt.date | None
    amount: float | None
    route: str | None
    missing: tuple[str, ...]
    _reason: Reason = field(repr=False)
    _speech: _Speech = field(repr=False)

    @property
    def verdict_label(self) -> Label:
        return VERDICTS[self.verdict]

    @cached_property
    def sentence(self) -> Label:
        """The verdict with its days: 符合：自…起… / Qualifies since …"""
        return self._speech.say(lambda in_words: in_words.verdict(self._reason))

    @cached_property
    def in_force(self) -> bool:
        """Whether any text of the rule speaks on the day asked. A `never` without one is no
        judgement on the person."""
        return self._speech.zh.in_force(self._reason)

    @cached_property
    def amount_sentence(self) -> Label | None:
        if self.amount is None:
            return None
        return self._speech.say(lambda in_words: in_words.amount(self._reason))

    @cached_property
    def unit(self) -> str | None:
        return None if self.amount is None else self._speech.zh.amount_unit(self._reason)

    @cached_property
    def route_label(self) -> Label | None:
        """What the route is called: 途径（1）累计从事本职业或相关职业工作10年."""
        resting = self._resting
        if resting is None:
            return None
        return self._speech.route_label(resting.route)

    @cached_property
    def clause(self) -> str | None:
        """Where the route stands in its source: （1）."""
        return None if self._resting is None else self._resting.route.clause

    @cached_property
    def conditions(self) -> tuple[AnsweredCondition, ...]:
        """All that the route asks, what every route is asked first."""
        if self._reason.nearest is None:
            return ()
        _, found = self._reason.nearest
        return tuple(self._speech.condition(self._reason, one) for one in found)

    @cached_property
    def lacking(self) -> tuple[AnsweredCondition, ...]:
        """The conditions that `missing` names."""
        return tuple(one for one in self.conditions if one.id in self.missing)

    @cached_property
    def sources(self) -> tuple[CitedSource, ...]:
        """The texts that the answer rests on: the version's, the route's, its conditions'."""
        known = self._speech.cited
        if self._resting is None:
            told = self._speech.zh.told_versions(self._reason)
            return tuple(known[found.version.source] for found in told)
        version, route = self._resting
        amount = route.amount or version.amount
        ids = [version.source, route.source]
        ids += [condition.source for condition in (*version.conditions, *route.conditions)]
        ids += [] if amount is None or self.amount is None else [amount.source]
        return tuple(known[id] for id in dict.fromkeys(ids) if id)

    @cached_property
    def versions(self) -> tuple[AnsweredVersion, ...]:
        """Every route of the texts that matter on the day asked, for who wants to see them all."""
        told = self._speech.zh.told_versions(self._reason)
        return tuple(self._speech.version(self._reason, version, self._resting) for version in told)

    @cached_property
    def _resting(self) -> Resting | None:
        return self._speech.zh.resting(self._reason)


@dataclass(frozen=True)
class LeftOut:
    """A record that cannot be used, by its place among the facts given (the first is 0)."""

    row: int
    fault: Fault

    @property
    def text(self) -> Label:
        return self.fault.text

    @property
    def mend(self) -> Label:
        return self.fault.mend


@dataclass(frozen=True, eq=False)
class Answers:
    """All answers for one party on one day, in the pack's order of rules; empty where no record of
    birth (founding) is known by the day of knowledge.

    left_out  records of the party that cannot be used, with the reasons
    """

    party: int
    as_of: dt.date
    known_on: dt.date
    answers: tuple[Answer, ...]
    left_out: tuple[LeftOut, ...]
    _receipt: Callable[[], Receipt] = field(repr=False)
    #: The party's good records as the whole pack's program reads them; None: some rules were asked.
    _own: Columns | None = field(default=None, repr=False)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)

    def qualifies(self) -> tuple[Answer, ...]:
        return self._with("qualifies")

    def later(self) -> tuple[Answer, ...]:
        """Those to come, the first day first."""
        return tuple(sorted(self._with("later"), key=lambda a: (a.since or dt.date.max, a.rule)))

    def unknown(self) -> tuple[Answer, ...]:
        return self._with("unknown")

    def never(self) -> tuple[Answer, ...]:
        """Those that do not hold on that day or later; see `Answer.in_force`."""
        return self._with("never")

    def of(self, rule: str, focus: str | None = None) -> Answer | None:
        """The answer for one rule, of the first focus where none is named; None: not decided.

        A rule is decided for the codes in which the party has a record, and only for parties that
        it is about.
        """
        for answer in self.answers:
            if answer.rule == rule and focus in (None, answer.focus):
                return answer
        return None

    @cached_property
    def receipt(self) -> Receipt:
        """What the answers rest on: the same receipt, the same answers."""
        return self._receipt()

    def _with(self, verdict: str) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.verdict == verdict)


# --- from the explanation ------------------------------------------------------------------


@once_a_pack
def _said(pack: Pack) -> dict[_Key, Label]:
    """Filled as things are said; a pack keeps its conditions and routes, so ids stay theirs."""
    return {}


def answers_of(pack: Pack, found: Explanation) -> tuple[Answer, ...]:
    """The answers that an explanation holds, in its order."""
    speech = _Speech(pack, found.as_of)
    return tuple(speech.answer(reason) for reason in found.reasons)


class _Speech:
    """The sentences of both languages for one day asked."""

    def __init__(self, pack: Pack, as_of: dt.date) -> None:
        self.pack, self.as_of = pack, as_day(as_of)
        self.zh = Sentences(pack, "zh", self.as_of)
        self.en = Sentences(pack, "en", self.as_of)
        self.kept, self.cited = _said(pack), cited(pack)

    def say(self, what: Callable[[Sentences], str]) -> Label:
        return Label(what(self.zh), what(self.en))

    def answer(self, reason: Reason) -> Answer:
        return Answer(
            rule=reason.rule.id,
            label=reason.rule.label,
            focus=reason.focus,
            focus_label=self.focus_label(reason),
            verdict=reason.verdict,
            since=reason.start,
            until=reason.end,
            amount=reason.amount,
            route=reason.route,
            missing=reason.missing,
            _reason=reason,
            _speech=self,
        )

    def focus_label(self, reason: Reason) -> Label | None:
        if reason.focus is None or reason.rule.about.focus is None:
            return None
        return self.pack.vocabulary.lists[reason.rule.about.focus].codes[reason.focus].label

    def version(
        self, reason: Reason, found: VersionReason, resting: Resting | None
    ) -> AnsweredVersion:
        version = found.version
        return AnsweredVersion(
            start=version.in_force.start,
            end=version.in_force.end,
            in_force=speaks(version, self.as_of),
            source=self.cited[version.source],
            note=version.note,
            conditions=tuple(self.condition(reason, one) for one in found.conditions),
            routes=tuple(
                AnsweredRoute(
                    id=one.route.id,
                    label=self.route_label(one.route),
                    clause=one.route.clause,
                    source=self.cited[one.route.source or version.source],
                    decides=resting is not None and one.route is resting.route,
                    conditions=tuple(self.condition(reason, c) for c in one.conditions),
                )
                for one in found.routes
            ),
        )

    def route_label(self, route: Route) -> Label:
        return self.once(("", id(route), None), lambda in_words: in_words.route_name(route))

    def condition(self, reason: Reason, found: ConditionReason) -> AnsweredCondition:
        condition = found.condition
        start, end = self.stretch(found)
        sentence = condition.label or self.test(reason, found)
        return AnsweredCondition(
            id=condition.id,
            clause=condition.clause,
            sentence=sentence,
            holds=found.holds,
            so_far=self.how_far(reason, found),
            met_from=start,
            met_until=end,
            note=self.note(found, sentence, end),
            source=self.cited[condition.source] if condition.source else None,
        )

    def test(self, reason: Reason, found: ConditionReason) -> Label:
        """A condition's test in words, which are the same for everybody."""
        key = (reason.rule.id, id(found.condition), reason.focus)
        return self.once(key, lambda in_words: in_words.text(reason, found))

    def once(self, key: _Key, what: Callable[[Sentences], str]) -> Label:
        said = self.kept.get(key)
        if said is None:
            if len(self.kept) >= _SAID_KEPT:
                self.kept.clear()
            said = self.kept[key] = self.say(what)
        return said

    def stretch(self, found: ConditionReason) -> tuple[dt.date | None, dt.date | None]:
        stretch = found.sure.stretch_at_or_after(self.as_of)
        return (None, None) if stretch is None else (as_date(stretch[0]), as_date(stretch[1]))

    def note(self, found: ConditionReason, sentence: Label, end: dt.date | None) -> Label | None:
        # Nothing to come, to end or to settle: most conditions, so not worth two sentences.
        if (found.holds is True and end is None) or (found.holds is False and not found.sure):
            return None
        said = Label(
            *(
                in_words.say("；", "; ").join(in_words.remarks(found, sentence[in_words.lang]))
                for in_words in (self.zh, self.en)
            )
        )
        return said if said.zh else None

    def how_far(self, reason: Reason, found: ConditionReason) -> HowFar | None:
        if found.progress is None:
            return None
        said = self.say(lambda in_words: in_words.measured(reason, found))
        return HowFar(said, self.fraction(found)) if said.zh else None

    def fraction(self, found: ConditionReason) -> float | None:
        """The share of what is asked that has come; time at 30 days to a month."""
        if found.progress is None:
            return None
        time, total = found.progress
        match found.condition.test:
            case Accumulated(at_least=asked) | HeldFor(at_least=asked) if time is not None:
                share = _days(time.months, time.days) / _days(asked.months, asked.days)
            case Age(at_least=asked) if asked is not None and time is not None:
                share = _days(time.months, time.days) / _days(asked.months, asked.days)
            case Total(at_least=number) if number and total is not None:
                share = total / number
            case _:
                return None
        if found.holds is not True and found.sure.stretch_at_or_after(self.as_of) is not None:
            return min(share, _NEARLY)
        return min(share, 1.0)


def _days(months: int, days: int) -> int:
    return 30 * months + days
