"""Dozens of answers as a page that is read in two minutes: a card for each rule and verdict.

The occupations that somebody has worked in come first; levels that they have passed are left out;
what they do not qualify for is only named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from craftpath.eligibility import Answer, AnsweredCondition, Answers, Climb, reached
from craftpath.eligibility.settling import kinds_read_by
from craftpath.engine.vocabulary import Kind
from craftpath.pack.nouns import Pack
from craftpath.programmes.offers import Offer

__all__ = ["Card", "Digest", "Lacking", "digest"]


@dataclass(frozen=True)
class Lacking:
    """A condition that holds somebody back, with the kinds of record that would settle it."""

    condition: AnsweredCondition
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, eq=False)
class Card:
    """One rule with one verdict. `answers`: the focus that matters most first, others behind."""

    pack: Pack
    answers: tuple[Answer, ...]
    offers: tuple[Offer, ...] = ()

    @property
    def answer(self) -> Answer:
        return self.answers[0]

    @property
    def more(self) -> tuple[Answer, ...]:
        return self.answers[1:]

    @cached_property
    def lacking(self) -> tuple[Lacking, ...]:
        return tuple(
            Lacking(one, kinds_read_by(self.pack, self.answer.rule, one.id))
            for one in self.answer.lacking
        )

    @cached_property
    def settled_by(self) -> tuple[Kind, ...]:
        """Kinds of record that would settle what is not known, each once."""
        open_ = [one for one in self.lacking if one.condition.holds is None]
        return tuple({kind.id: kind for one in open_ for kind in one.kinds}.values())


@dataclass(frozen=True)
class Digest:
    """now, soon (the first day first), unsure; never: named only; silent: rules of which no text
    is in force; passed: how many answers about levels reached already were left out."""

    now: tuple[Card, ...]
    soon: tuple[Card, ...]
    unsure: tuple[Card, ...]
    never: tuple[Card, ...]
    silent: tuple[Card, ...]
    passed: int

    @property
    def refused(self) -> int:
        return len(self.never) + len(self.silent)

    def __bool__(self) -> bool:
        return bool(self.now or self.soon or self.unsure or self.never or self.silent)


def digest(
    pack: Pack,
    answers: Answers,
    climbs: Sequence[Climb] = (),
    worked: Iterable[str | None] = (),
    offers: Sequence[Offer] = (),
) -> Digest:
    """Condense answers.

    worked  the occupations somebody has worked in, the latest first
    offers  programmes that are open to them, for the cards to name
    """
    order = list(dict.fromkeys([*worked, *(climb.focus for climb in climbs)]))
    passed = reached(pack, climbs)
    kept = [answer for answer in answers if (answer.rule, answer.focus) not in passed]
    by_verdict: dict[tuple[str, str], list[Answer]] = {}
    for answer in kept:
        by_verdict.setdefault((answer.verdict, answer.rule), []).append(answer)
    cards: dict[str, list[Card]] = {"qualifies": [], "later": [], "unknown": [], "never": []}
    for (verdict, rule), found in by_verdict.items():
        found.sort(key=lambda a: a.since or dt.date.max if verdict == "later" else dt.date.min)
        if verdict != "later":
            found.sort(key=lambda a: _place(order, a.focus))
        here = () if verdict == "never" else _offers(rule, found, offers)
        cards[verdict].append(Card(pack, tuple(found), here))
    return Digest(
        now=tuple(sorted(cards["qualifies"], key=_now_first)),
        soon=tuple(sorted(cards["later"], key=lambda c: c.answer.since or dt.date.max)),
        unsure=tuple(sorted(cards["unknown"], key=lambda c: not c.offers)),
        never=tuple(card for card in cards["never"] if card.answer.in_force),
        silent=tuple(card for card in cards["never"] if not card.answer.in_force),
        passed=len(answers) - len(kept),
    )


def _place(order: list[str | None], focus: str | None) -> int:
    return order.index(focus) if focus in order else len(order)


def _offers(rule: str, found: list[Answer], offers: Sequence[Offer]) -> tuple[Offer, ...]:
    foci = {answer.focus for answer in found}
    return tuple(
        offer
        for offer in offers
        if offer.programme.rule == rule
        and (not offer.programme.focus or offer.programme.focus in foci)
    )


def _now_first(card: Card) -> tuple[bool, dt.date]:
    """What can be applied for today, then what ends soonest."""
    return not card.offers, card.answer.until or dt.date.max
