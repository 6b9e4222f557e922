"""The ladder of levels that a person climbs, occupation by occupation.

Which levels there are, what puts somebody on a rung and which rules open it is the pack's to say
(`ladder:` in pack.yaml); what is open and when is read off the answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from craftpath import library
from craftpath.eligibility.answers import Answer, Answers
from craftpath.eligibility.asking import ask, usable
from craftpath.eligibility.facts import Facts, facts_to_table
from craftpath.engine.columns import Columns
from craftpath.engine.days import as_date, as_day
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Kind
from craftpath.pack.nouns import Ladder, LadderRung, Pack

__all__ = ["Climb", "Rung", "ladder", "reached"]

_BEST_FIRST = ("qualifies", "later", "unknown", "never")


@dataclass(frozen=True, eq=False)
class Rung:
    """One level of the ladder on the day asked.

    held       True: a verified record puts the person on it; None: only a claimed one; else False
    held_from  first day of the earliest such record that holds; None where none does
    held_by    its kind, such as the certificate
    answers    of the rules that open the rung; empty where none does
    """

    level: int
    code: str
    label: Label
    held: bool | None
    held_from: dt.date | None
    held_by: Kind | None
    answers: tuple[Answer, ...]

    @property
    def answer(self) -> Answer | None:
        """The best of the answers: one that qualifies, else the first to come, and so on."""
        return min(
            self.answers,
            key=lambda a: (_BEST_FIRST.index(a.verdict), a.since or dt.date.max),
            default=None,
        )


@dataclass(frozen=True, eq=False)
class Climb:
    """One occupation's ladder, lowest rung first."""

    focus: str
    label: Label
    rungs: tuple[Rung, ...]

    @property
    def highest(self) -> Rung | None:
        """The highest rung that is surely held."""
        return next((rung for rung in reversed(self.rungs) if rung.held is True), None)

    @property
    def next(self) -> Rung | None:
        """The best rung above: the highest that is open, else the first to open, else the lowest
        that a rule could open; None at the top."""
        level = -1 if self.highest is None else self.highest.level
        above = [(rung, rung.answer) for rung in self.rungs if rung.level > level]
        told = [(rung, answer) for rung, answer in above if answer is not None]
        return min(told, key=_nearest, default=(None, None))[0]


def _nearest(one: tuple[Rung, Answer]) -> tuple[int, dt.date, int]:
    rung, answer = one
    verdict = _BEST_FIRST.index(answer.verdict)
    if answer.verdict == "qualifies":
        return verdict, dt.date.min, -rung.level
    if answer.verdict == "later":
        return verdict, answer.since or dt.date.max, -rung.level
    return _BEST_FIRST.index("unknown"), dt.date.max, rung.level


def reached(pack: Pack, climbs: Iterable[Climb]) -> frozenset[tuple[str, str | None]]:
    """(rule, focus) of the rungs that somebody stands on or above: nothing more is to be had."""
    if pack.ladder is None:
        return frozenset()
    return frozenset(
        (rule, climb.focus)
        for climb in climbs
        if climb.highest is not None
        for rule in pack.ladder.rules_up_to(climb.highest.level)
    )


def ladder(
    pack: Pack,
    facts: Facts,
    party: int,
    as_of: dt.date,
    known_on: dt.date | None = None,
    others: Facts = (),
    answers: Answers | None = None,
) -> tuple[Climb, ...]:
    """A person's ladders, the highest climbed first, then by code; none where the pack has none.

    An occupation is there if any record of the person names it. The arguments and errors of
    `ask`; `answers` where they have been asked already for the same facts and days.
    """
    if pack.ladder is None:
        return ()
    if answers is None:
        rules = [rule for rung in pack.ladder.rungs for rule in rung.rules]
        answers = ask(pack, facts, party, as_of, known_on, rules, others)
    own = answers._own  # what `ask` has read and checked already
    if own is None:
        own, _, _ = usable(pack, library.program_of(pack), facts_to_table(facts), party)
    held = _Held(pack, pack.ladder, own, as_day(answers.as_of), as_day(answers.known_on))
    by_focus: dict[str, dict[str, Answer]] = {}
    opening = {rule for rung in pack.ladder.rungs for rule in rung.rules}
    for answer in answers:
        if answer.rule in opening and answer.focus is not None:
            by_focus.setdefault(answer.focus, {})[answer.rule] = answer
    climbs = [held.climb(focus, found) for focus, found in by_focus.items()]
    return tuple(sorted(climbs, key=lambda c: (-(c.highest.level if c.highest else -1), c.focus)))


class _Held:
    """The records that hold on the day asked, of the kinds that put somebody on a rung."""

    def __init__(self, pack: Pack, ladder: Ladder, own: Columns, as_of: int, known_on: int) -> None:
        self.pack, self.ladder, self.own = pack, ladder, own
        coder = library.program_of(pack).coder
        self.kinds = [coder.kind_index[kind] for kind in ladder.held]
        self.codes = coder.code_index[coder.list_index[ladder.codes]]
        self.now: npt.NDArray[np.bool_] = (
            np.isin(own.kind, self.kinds)
            & (own.known <= known_on)
            & (known_on < own.known_until)
            & (own.start <= as_of)
            & (as_of < own.end)
        )

    def climb(self, focus: str, answers: dict[str, Answer]) -> Climb:
        label = self.pack.vocabulary.lists[self.ladder.codes].codes[focus].label
        return Climb(
            focus, label, tuple(self.rung(rung, focus, answers) for rung in self.ladder.rungs)
        )

    def rung(self, rung: LadderRung, focus: str, answers: dict[str, Answer]) -> Rung:
        on_it = self.now & (self.own.level == rung.level) & (self.own.subject == self.codes[focus])
        sure = on_it & (self.own.status == 1)
        rows = np.flatnonzero(sure if sure.any() else on_it)
        first = min(rows.tolist(), key=lambda row: int(self.own.start[row]), default=None)
        step = self.pack.vocabulary.scales[self.ladder.scale].by_rank(rung.level)
        if step is None:
            raise LookupError(f"the ladder of {self.pack.id} has a rung off its scale: {rung}")
        kind = None if first is None else self.ladder.held[self.kinds.index(self.own.kind[first])]
        return Rung(
            level=rung.level,
            code=step.code,
            label=step.label,
            held=True if sure.any() else None if on_it.any() else False,
            held_from=None if first is None else as_date(int(self.own.start[first])),
            held_by=None if kind is None else self.pack.vocabulary.kinds[kind],
            answers=tuple(answers[rule] for rule in rung.rules if rule in answers),
        )
