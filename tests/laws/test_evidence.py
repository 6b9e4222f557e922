"""More verified evidence never takes a day away, where the policy promises so.

The promise holds for rules that ask for something to be there: without `none`, `at_most`, and the
like, and for kinds whose absence means no. It does not hold for broken time that is joined: see
the example at the foot, which `docs/decisions` speaks of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import assume, given

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import (
    About,
    Accumulated,
    Condition,
    Pattern,
    Route,
    Rule,
    Test,
    Version,
)
from craftpath.pack.cases import Fact, Row, by_engine
from tests.laws.reference import parts
from tests.laws.strategies import (
    EARLY,
    KIND,
    NOTHING,
    PERSON_KINDS,
    Chooser,
    World,
    a_fact,
    a_policy,
    a_world,
    choosers,
    kinds_asked,
)

D = dt.date.fromisoformat


def decide(world: World) -> Sequence[Row]:
    return by_engine(world.rules, world.vocabulary)(world.lives, world.as_of, world.known_on)


def one_more(choose: Chooser) -> tuple[World, Fact]:
    """A world of promising rules, and one verified record more for one of its people."""
    world = a_world(choose, lambda: a_policy(choose, monotone=True, most_rules=2))
    asked = [k for k in kinds_asked(world.rules) if k in PERSON_KINDS and k not in world.open_kinds]
    more = a_fact(choose, 1, KIND[choose.pick(asked or ["residence"])])
    return world, replace(more, status="verified", known=EARLY, known_until=None)


def breaks_off(world: World, more: Fact) -> bool:
    """Whether the record lies apart from all time of its kind, or after or before it."""
    own = [f for f in world.facts if f.party == more.party and f.kind == more.kind]
    first = min((f.start for f in own), default=dt.date.max)
    last = max((f.end or dt.date.max for f in own), default=dt.date.min)
    return more.start >= last or (more.end or dt.date.max) <= first


@given(choosers.map(one_more))
def test_more_evidence_takes_no_day_away(given_: tuple[World, Fact]) -> None:
    world, more = given_
    accumulated = [p for p in parts(world.rules) if isinstance(p, Accumulated)]
    if accumulated:
        assume(breaks_off(world, more))
        assume(all(a.at_least.days <= 30 for a in accumulated))
    after = {
        (row.party, row.focus, row.rule): row
        for row in decide(replace(world, facts=(*world.facts, more)))
    }
    for before in decide(world):
        row = after[before.party, before.focus, before.rule]
        if before.verdict == "qualifies":
            assert row.verdict == "qualifies"
        if before.verdict in ("qualifies", "later"):
            assert row.verdict in ("qualifies", "later")
            assert row.from_ <= before.from_
            if before.verdict == row.verdict:
                assert (row.until or dt.date.max) >= (before.until or dt.date.max)


# --- where it fails, and why -----------------------------------------------------------------


def first_day(test: Test, *spells: tuple[str, str | None]) -> dt.date | None:
    """The first day on which a test about the spells surely holds."""
    rule = Rule(
        "rule",
        About("person"),
        NOTHING,
        (Version(Interval(), "source", (Route("way", (Condition("c", test),)),)),),
    )
    facts = [Fact(1, "birth", D("1990-01-01"))]
    facts += [Fact(1, "insured", D(s), None if e is None else D(e)) for s, e in spells]
    asked = World((rule,), tuple(facts), D("1990-01-01"), D("2030-01-01"))
    (row,) = decide(asked)
    return row.from_


def test_filling_a_gap_in_broken_time_can_cost_a_day() -> None:
    """29 days and a month (31 January to 27 February) are 59 days at 30 to a month; with the 30th
    of January worked as well it is one stretch of a month and 27 days, not yet 59 days."""
    asked = Accumulated(Pattern("insured"), Duration(months=1, days=29))
    broken = first_day(asked, ("2023-01-01", "2023-01-30"), ("2023-01-31", None))
    whole = first_day(asked, ("2023-01-01", None))
    assert (broken, whole) == (D("2023-02-28"), D("2023-03-02"))


def test_one_stretch_is_measured_by_the_calendar_and_two_by_thirty_days_to_a_month() -> None:
    """62 days of July and August are two months by the calendar: 60 days, once time is broken."""
    asked = Accumulated(Pattern("insured"), Duration(days=62))
    assert first_day(asked, ("2023-07-01", None)) == D("2023-09-01")
    assert first_day(asked, ("2023-05-01", "2023-05-02"), ("2023-07-01", None)) == D("2023-09-02")
