"""What the laws found, as small examples: each was once decided otherwise by one of the roads."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import reduce
from operator import add

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import (
    About,
    Accumulated,
    Age,
    Condition,
    Holds,
    Pattern,
    Route,
    Rule,
    Test,
    Total,
    Version,
    Window,
    WindowKind,
)
from craftpath.pack.cases import Fact, Row, by_engine
from tests.laws import reference
from tests.laws.strategies import NOTHING, World

D = dt.date.fromisoformat
BORN = Fact(1, "birth", D("1990-01-01"))


def decided(
    *tests: Test,
    facts: tuple[Fact, ...] = (),
    on: str = "2024-01-01",
    opened: frozenset[str] = frozenset(),
    in_force: Interval | None = None,
) -> Row:
    """Decide a rule with a route for each test (w0, w1, …), by both roads, which must agree."""
    routes = tuple(Route(f"w{n}", (Condition(f"c{n}", test),)) for n, test in enumerate(tests))
    text = Version(in_force or Interval(), "source", routes)
    rule = Rule("rule", About("person"), NOTHING, (text,))
    world = World((rule,), (BORN, *facts), D(on), D("2030-01-01"), opened)
    (ours,) = by_engine(world.rules, world.vocabulary)(world.lives, world.as_of, world.known_on)
    (theirs,) = reference.decide(
        world.rules, world.vocabulary, world.facts, world.as_of, world.known_on
    )
    assert ours == theirs
    return ours


def test_a_stretch_short_of_a_month_is_not_yet_enough_as_the_next_begins() -> None:
    """30 days of January are a month only once time is broken; on 1 March nothing of it is yet."""
    row = decided(
        Accumulated(Pattern("insured"), Duration(1)),
        facts=(
            Fact(1, "insured", D("2023-01-01"), D("2023-01-31")),
            Fact(1, "insured", D("2023-03-01")),
        ),
    )
    assert row.from_ == D("2023-03-02")


def test_without_a_text_in_force_nothing_is_said_to_be_missing() -> None:
    row = decided(Holds(Pattern("insured")), in_force=Interval(D("2024-02-01"), None))
    assert (row.verdict, row.route, row.missing) == ("never", None, ())


def test_untold_work_since_a_certificate_that_is_not_there_is_no_work_at_all() -> None:
    test = Accumulated(Pattern("employment"), Duration(12), since=Pattern("certificate"))
    opened = frozenset({"employment"})
    assert decided(test, opened=opened).verdict == "never"
    held = Fact(1, "certificate", D("2020-01-01"), D("2025-01-01"))
    row = decided(test, facts=(held,), opened=opened)
    assert (row.verdict, row.from_, row.until) == ("unknown", held.start, held.end)


def test_an_open_kind_may_hold_whatever_it_asks_for_beforehand() -> None:
    """The routes lack one condition each; the first written is the nearest."""
    after = Holds(Pattern("employment", already=Pattern("certificate")))
    row = decided(after, Holds(Pattern("employment")), opened=frozenset({"employment"}))
    assert (row.verdict, row.route) == ("unknown", "w0")


CENTS = [17557.77] * 11 + [6864.53]  # 200,000.00 to the cent, and less in binary


def test_a_sum_of_cents_is_what_they_add_up_to() -> None:
    facts = tuple(
        Fact(1, "insured", D("2023-01-01") + dt.timedelta(days=at), quantity=amount)
        for at, amount in enumerate(CENTS)
    )
    assert reduce(add, CENTS) < 200_000  # `sum` of a newer Python makes up for what is lost
    row = decided(
        Total(Pattern("insured"), "sum", Window(WindowKind.LIFE), at_least=200_000.0), facts=facts
    )
    assert row.verdict == "qualifies"
    row = decided(
        Total(Pattern("insured"), "sum", Window(WindowKind.LIFE), at_least=200_000.01), facts=facts
    )
    assert row.verdict == "never"


TWICE = Fact(1, "birth", D("1992-05-20"))


def test_says_nothing_of_an_age_where_two_births_contradict() -> None:
    """The earlier once won: whoever had it qualified by it."""
    for asked in (
        Age(at_least=Duration(12 * 33)),  # met by the earlier day alone
        Age(under=Duration(12 * 33)),  # met by the later alone
        Age(at_least=Duration(12 * 60)),  # met by neither
        Age(at_least=Duration(12 * 16)),  # met by both
    ):
        assert decided(asked, facts=(TWICE,)).verdict == "unknown"
    assert decided(Holds(Pattern("insured")), facts=(TWICE,)).verdict == "never"


def test_takes_the_verified_birth_before_a_claimed_one() -> None:
    claimed = replace(TWICE, start=D("1980-01-01"), status="claimed")
    assert decided(Age(under=Duration(12 * 40)), facts=(claimed,)).verdict == "qualifies"


def test_takes_two_births_of_one_day_as_one() -> None:
    again = replace(BORN, end=D("2099-01-01"))
    assert decided(Age(at_least=Duration(12 * 16)), facts=(again,)).verdict == "qualifies"
