"""Small worlds for the laws: a vocabulary, rules of every test family, and lives full of nonsense.

A world draws a handful of days first (month ends, 29 February, New Year's eve) and takes nearly
every date in it from that handful, moved by a day, a month or a year. So spells touch, nest,
overlap and have no length, rules change on the day a record begins, and the day asked is the day
before, the day or the day after something.

Hypothesis draws a string of bytes, and everything is chosen by it out of short lists, simplest
first. A strategy for each part would cost a hundred times the evaluation, and its examples are
so much alike that slips put into the reference stayed unseen for longer (tried).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from hypothesis import strategies as st

from craftpath.engine.days import Duration, Interval, add_months
from craftpath.engine.rules import (
    About,
    Accumulated,
    Addition,
    Age,
    AllOf,
    Amount,
    AnyOf,
    AnySubject,
    Calendar,
    Condition,
    FocusIn,
    HeldFor,
    Holds,
    Label,
    NoneOf,
    OneOf,
    Pattern,
    Pending,
    RelatedToFocus,
    Route,
    Rule,
    SameAsFocus,
    Subject,
    Test,
    Total,
    Version,
    Window,
    WindowKind,
    Within,
)
from craftpath.engine.vocabulary import (
    Code,
    CodeList,
    Kind,
    Relation,
    Scale,
    Step,
    Vocabulary,
)
from craftpath.pack.cases import Fact, Lives
from tests.laws.reference import parts

T = TypeVar("T")
NOTHING = Label("", "")

LISTS = {
    "occupation": ("a", "b", "c"),
    "major": ("m", "n"),
    "region": ("east", "west"),
}
ALIASES = {"occupation": {"old-a": "a"}}

KINDS = (
    Kind("birth", NOTHING),
    Kind("founded", NOTHING, about="organisation"),
    Kind("employment", NOTHING, codes="occupation", other="employer"),
    Kind("certificate", NOTHING, codes="occupation", scale="skill", unit="marks", other="issuer"),
    Kind("study", NOTHING, codes="major", scale="skill", other="school"),
    Kind("insured", NOTHING, unit="months"),
    Kind("residence", NOTHING, codes="region"),
    Kind("designated", NOTHING, about="organisation", codes="region", scale="skill"),
    Kind("size", NOTHING, about="organisation", unit="people"),
)
KIND = {kind.id: kind for kind in KINDS}
PERSON_KINDS = ("employment", "certificate", "study", "insured", "residence")
ORGANISATION_KINDS = ("designated", "size")
LEVELS = range(1, 5)
AMOUNTS = (1.0, 2.0, 0.0, 0.5, 0.3, 0.9, 3.0)
FAMILIES = (
    "holds", "held for", "accumulated", "total", "within", "age", "focus", "pending", "calendar",
)  # fmt: skip
EARLY = dt.date(2019, 1, 1)
ORGANISATIONS = (8, 9)
STRANGER = 77  # a party that has no records


@dataclass(frozen=True)
class World:
    """Everything a decision needs. `lives` has the facts sorted by party, as Arrow too.

    open_kinds  kinds whose absence settles nothing
    related     occupation → related (occupations, majors)
    """

    rules: tuple[Rule, ...]
    facts: tuple[Fact, ...]
    as_of: dt.date
    known_on: dt.date
    open_kinds: frozenset[str] = frozenset()
    related: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return vocabulary(self.open_kinds, self.related)

    @cached_property
    def lives(self) -> Lives:
        return Lives(tuple(sorted(self.facts, key=lambda f: f.party)))


def vocabulary(
    open_kinds: frozenset[str] = frozenset(),
    related: dict[str, tuple[frozenset[str], frozenset[str]]] | None = None,
) -> Vocabulary:
    """The vocabulary of every world. An occupation not in `related` is related to itself."""
    pairs: dict[str, tuple[frozenset[str], frozenset[str]]] = {
        o: (frozenset({o}), frozenset()) for o in LISTS["occupation"]
    } | (related or {})
    return Vocabulary(
        kinds={
            k.id: Kind(k.id, k.label, k.about, k.codes, k.scale, k.unit, k.other, True)
            if k.id in open_kinds
            else k
            for k in KINDS
        },
        scales={"skill": Scale("skill", tuple(Step(n, str(9 - n), NOTHING) for n in LEVELS))},
        lists={
            id: CodeList(id, {c: Code(c, NOTHING) for c in codes}, ALIASES.get(id, {}))
            for id, codes in LISTS.items()
        },
        relations=(
            Relation("occupation", "occupation", {o: found[0] for o, found in pairs.items()}),
            Relation("occupation", "major", {o: found[1] for o, found in pairs.items()}),
        ),
    )


# --- choosing --------------------------------------------------------------------------------


class Chooser:
    """Reads choices off a string of bytes, and makes the handful of days that a world is about.

    Past the end of the string every choice is the first, so that a string that shrinks towards
    zeros is a world that shrinks towards nothing.
    """

    def __init__(self, entropy: bytes) -> None:
        self._left = iter(entropy)
        self.days = tuple(self._any_day() for _ in range(self.number(2, 5)))

    def number(self, least: int, most: int) -> int:
        span = most - least + 1
        value = next(self._left, 0)
        if span > 256:
            value = 256 * value + next(self._left, 0)
        return least + value % span

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def once_in(self, n: int) -> bool:
        """True once in `n`; shrinks to False."""
        return self.number(1, n) == n

    def rarely(self, make: Callable[[], T], once_in: int = 5) -> T | None:
        return make() if self.once_in(once_in) else None

    def some(self, options: Sequence[T], least: int = 0) -> frozenset[T]:
        """A few of a list, at least `least` of them."""
        found = [option for option in options if self.once_in(2)]
        missing = [option for option in options if option not in found]
        return frozenset(found + missing[: max(0, least - len(found))])

    def _any_day(self) -> dt.date:
        if self.once_in(2):
            return dt.date(2019, 11, 1) + dt.timedelta(self.number(0, 600))
        return self.pick(NOTABLE_DAYS)

    def day(self) -> dt.date:
        """One of the world's days, or near one of them."""
        day = self.pick(self.days)
        if self.once_in(2):
            day = add_months(day, self.pick([0, 0, 1, -1, 2, 12]))
            day += dt.timedelta(self.pick([0, -1, 1]))
        return day

    def interval(self) -> Interval:
        """Any interval, open sides and empty ones included."""
        return Interval(self.rarely(self.day, 2), self.rarely(self.day, 2))

    def duration(self) -> Duration:
        months = self.pick([1, 1, 2, 0, 0, 3, 6, 12, 24])
        days = self.pick([0, 0, 0, 1, 2, 28, 29, 30, 31, 60])
        return Duration(months, days) if months or days else Duration(days=1)


NOTABLE_DAYS = tuple(
    dt.date.fromisoformat(day)
    for day in (
        "2020-01-01", "2020-02-29", "2019-12-31", "2020-01-30", "2020-01-31", "2020-02-28",
        "2020-03-01", "2020-03-31", "2020-12-31", "2021-01-31", "2021-02-28", "2021-03-01",
    )
)  # fmt: skip


# --- facts -----------------------------------------------------------------------------------


def a_fact(choose: Chooser, party: int, kind: Kind) -> Fact:
    """One record of a kind: perhaps of no length, claimed, late, superseded or half filled in."""
    start = choose.day()
    end = choose.pick([None, choose.day(), start])
    if choose.once_in(2):
        end = start + dt.timedelta(choose.pick([1, 27, 28, 29, 30, 31, 32, 59, 60, 366]))
    words = [*LISTS.get(kind.codes or "", ()), *ALIASES.get(kind.codes or "", ())]
    empty = 8  # one in so many fields is left empty
    return Fact(
        party,
        kind.id,
        start,
        None if end is None or end <= start else end,
        subject=choose.pick(words) if words and not choose.once_in(empty) else None,
        level=choose.pick(LEVELS) if kind.scale and not choose.once_in(empty) else None,
        quantity=choose.pick([1.0, 0.0, 0.5, 0.1, 0.2, 0.7, 2.0, 3.0])
        if kind.unit and not choose.once_in(empty)
        else None,
        other=choose.pick([*ORGANISATIONS, *ORGANISATIONS, STRANGER, None]) if kind.other else None,
        status="claimed" if choose.once_in(6) else "verified",
        known=choose.day() if choose.once_in(4) else choose.pick([EARLY, EARLY, None]),
        known_until=choose.rarely(choose.day, 8),
    )


def a_life(choose: Chooser, party: int, first: str, kinds: Sequence[str]) -> list[Fact]:
    """One party's records; its birth (founding) is mostly there, before all else, and the only."""
    facts = [a_fact(choose, party, KIND[choose.pick(kinds)]) for _ in range(choose.number(0, 5))]
    births = [Fact(party, first, dt.date(2019, 10, 31))]
    if choose.once_in(4):
        births = [a_fact(choose, party, KIND[first]) for _ in range(choose.pick([2, 1, 3, 0]))]
    return births + facts


def a_population(choose: Chooser, asked: Sequence[str], people: int = 2) -> tuple[Fact, ...]:
    """One or two people and up to two organisations, mostly with records of the kinds `asked`."""

    def kinds(of: Sequence[str]) -> list[str]:
        return [id for id in asked if id in of] * 3 + list(of)

    facts = []
    for party in range(1, choose.number(2, people + 1)):
        facts += a_life(choose, party, "birth", kinds(PERSON_KINDS))
    for party in ORGANISATIONS[: choose.number(0, 2)]:
        facts += a_life(choose, party, "founded", kinds(ORGANISATION_KINDS))
    return tuple(facts)


def kinds_asked(rules: Sequence[Rule]) -> list[str]:
    """The kinds of record that rules look at, each as often as they do."""
    return [p.kind for rule in rules for p in parts(rule) if isinstance(p, Pattern)]


# --- rules -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grammar:
    """Makes tests for a rule about `about`. `monotone`: none that more evidence could undo."""

    choose: Chooser
    about: About
    monotone: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        return PERSON_KINDS if self.about.party == "person" else ORGANISATION_KINDS

    def subject(self, kind: Kind) -> Subject:
        options: list[Subject] = [AnySubject(), AnySubject()]
        if kind.codes is None:
            return options[0]
        if kind.codes == self.about.focus:
            options.append(SameAsFocus())
        if self.about.focus == "occupation" and kind.codes in ("occupation", "major"):
            options.append(RelatedToFocus())
        options.append(OneOf(self.choose.some(LISTS[kind.codes], least=1)))
        return self.choose.pick(options)

    def pattern(self, kinds: Sequence[str] = (), inner: bool = False) -> Pattern:
        """Which records. `inner` patterns stand in `other` or `already` and have neither."""
        choose = self.choose
        kind = KIND[choose.pick(kinds or self.kinds)]

        def level() -> int | None:
            return choose.rarely(lambda: choose.pick(LEVELS), 6) if kind.scale else None

        def quantity() -> float | None:
            return choose.rarely(lambda: choose.pick([1.0, 0.5, 2.0]), 8) if kind.unit else None

        hop = kind.other is not None and not inner
        return Pattern(
            kind.id,
            self.subject(kind),
            level(),
            level(),
            quantity(),
            quantity(),
            started=choose.rarely(choose.interval, 8),
            term_at_least=choose.rarely(choose.duration, 8),
            other=choose.rarely(lambda: self.pattern(ORGANISATION_KINDS, True), 2) if hop else None,
            other_on_start=choose.once_in(2) if hop else False,
            already=None if inner else choose.rarely(lambda: self.pattern(inner=True), 8),
        )

    def window(self) -> Window:
        kind = self.choose.pick(list(WindowKind))
        length = self.choose.duration() if kind is WindowKind.ROLLING else None
        by_year = kind in (WindowKind.CALENDAR_YEARS, WindowKind.FULL_YEARS)
        return Window(kind, length, self.choose.number(1, 2) if by_year else 0)

    def total(self) -> Total:
        choose = self.choose
        summable = [id for id in self.kinds if KIND[id].unit]
        measure = choose.pick(["count", "sum"])
        at_most = None if self.monotone else choose.rarely(lambda: choose.pick(AMOUNTS), 2)
        at_least = choose.pick(AMOUNTS)
        return Total(
            self.pattern(summable if measure == "sum" else ()),
            measure,
            self.window(),
            None if at_most is not None and choose.once_in(2) else at_least,
            at_most,
        )

    def age(self) -> Age:
        choose = self.choose
        return Age(
            choose.rarely(choose.duration, 2),
            choose.rarely(choose.duration, 4),
            choose.rarely(choose.duration, 4),
        )

    def leaf(self) -> Test:
        choose = self.choose
        family = choose.pick(FAMILIES)
        match family:
            case "holds":
                return Holds(self.pattern())
            case "held for":
                return HeldFor(self.pattern(), choose.duration())
            case "accumulated":
                since = choose.rarely(self.pattern, 2)
                return Accumulated(self.pattern(), choose.duration(), since)
            case "total":
                return self.total()
            case "within":
                return Within(self.pattern(), choose.duration())
            case "age":
                return self.age()
            case "focus" if self.about.focus is not None:
                return FocusIn(choose.some(LISTS[self.about.focus]), choose.once_in(3))
            case "pending" if not self.monotone and choose.once_in(3):
                return Pending(NOTHING)
        return Calendar(tuple(choose.interval() for _ in range(choose.number(1, 2))))

    def test(self, depth: int = 2) -> Test:
        choose = self.choose
        if depth == 0 or not choose.once_in(4):
            return self.leaf()
        parts = tuple(self.test(depth - 1) for _ in range(choose.number(1, 3)))
        how = choose.number(0, 1 if self.monotone else 2)
        return AnyOf(parts) if how == 0 else AllOf(parts) if how == 1 else NoneOf(parts)

    def amount(self) -> Amount:
        choose = self.choose
        return Amount(
            "yuan",
            tuple(
                (choose.rarely(lambda: self.test(1), 2), choose.pick([1000.0, 500.0, 1500.0]))
                for _ in range(choose.number(1, 3))
            ),
            tuple(
                Addition(choose.pick([10.0, 30.0]), self.test(1))
                for _ in range(choose.number(0, 2))
            ),
            choose.pick([None, 900.0, 1600.0]),
        )


def a_rule(choose: Chooser, id: str, monotone: bool = False) -> Rule:
    """A rule of one to three versions, each of one to three routes."""
    about = choose.pick(
        [
            About("person"),
            About("person", "occupation"),
            About("person", "occupation"),
            About("person", "occupation"),
            About("person", "region"),
            About("organisation"),
            About("organisation", "region"),
        ]
    )
    grammar = Grammar(choose, about, monotone)
    number = iter(range(100))

    def conditions(least: int) -> tuple[Condition, ...]:
        how_many = choose.pick([least, least, 1, 2])
        return tuple(Condition(f"c{next(number)}", grammar.test()) for _ in range(how_many))

    def route() -> Route:
        return Route(f"r{next(number)}", conditions(1), amount=choose.rarely(grammar.amount, 3))

    def version(in_force: Interval) -> Version:
        amount = choose.rarely(grammar.amount, 3)
        routes = tuple(route() for _ in range(choose.number(1, 3)))
        return Version(in_force, "source", routes, conditions(0), amount)

    return Rule(
        id,
        about,
        NOTHING,
        tuple(version(i) for i in texts_in_force(choose)),
        version_day=choose.rarely(lambda: choose.pick(grammar.kinds), 4),
    )


def texts_in_force(choose: Chooser) -> list[Interval]:
    """One to three intervals in order, with or without gaps and open sides; none overlap."""
    marks = sorted({choose.day() for _ in range(choose.number(0, 2))})
    sides = [*([None] if choose.once_in(2) or not marks else []), *marks, choose.rarely(choose.day)]
    found = [
        Interval(start, end)
        for start, end in pairwise(sides)
        if start is None or end is None or start < end
    ]
    kept = [interval for interval in found if not choose.once_in(6)]
    return kept or [Interval()]


def a_world(choose: Chooser, make_rules: Callable[[], tuple[Rule, ...]], people: int = 2) -> World:
    rules = make_rules()
    asked = kinds_asked(rules)
    openable = sorted(set(asked)) or [k.id for k in KINDS[2:]]
    as_of = choose.day()
    return World(
        rules,
        a_population(choose, asked, people),
        as_of,
        known_on=choose.pick([as_of, as_of, dt.date(2030, 1, 1), choose.day()]),
        open_kinds=frozenset(id for id in openable if choose.once_in(5)),
        related={
            code: (choose.some(LISTS["occupation"]) | {code}, choose.some(LISTS["major"]))
            for code in LISTS["occupation"]
        },
    )


def a_policy(choose: Chooser, monotone: bool, most_rules: int) -> tuple[Rule, ...]:
    how_many = choose.number(1, most_rules)
    return tuple(a_rule(choose, f"rule-{n}", monotone) for n in range(how_many))


def a_dozen_tests(choose: Chooser) -> tuple[Rule, ...]:
    """One rule that asks up to a dozen things, always."""
    about = choose.pick([About("person", "occupation"), About("person")])
    grammar = Grammar(choose, about)
    asked = tuple(Condition(f"c{n}", grammar.test(depth=1)) for n in range(choose.number(1, 12)))
    text = Version(Interval(), "source", (Route("way", asked),))
    return (Rule("rule", about, NOTHING, (text,)),)


choosers = st.binary(min_size=1_500, max_size=1_500).map(Chooser)


def worlds(monotone: bool = False, most_rules: int = 3) -> st.SearchStrategy[World]:
    """Whole worlds. `monotone`: with rules in which more evidence should never hurt."""
    return choosers.map(
        lambda choose: a_world(choose, lambda: a_policy(choose, monotone, most_rules))
    )


def worlds_of_tests() -> st.SearchStrategy[World]:
    """Worlds in which one person is asked a dozen things."""
    return choosers.map(lambda choose: a_world(choose, lambda: a_dozen_tests(choose), people=1))
