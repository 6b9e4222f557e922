"""A reform that changes nothing changes no one; what certainly holds may hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from craftpath.engine.days import Interval
from craftpath.engine.explain import explain
from craftpath.engine.program import compile_rules
from craftpath.engine.rules import AllOf, AnyOf, NoneOf, Rule, Test, Version
from craftpath.pack.cases import Row, by_engine
from tests.laws.strategies import World, worlds


def decide(world: World) -> Sequence[Row]:
    return by_engine(world.rules, world.vocabulary)(world.lives, world.as_of, world.known_on)


def with_tests(rule: Rule, change) -> Rule:
    """The rule with every condition's test changed."""

    def conditions(given):
        return tuple(replace(c, test=change(c.test)) for c in given)

    return replace(
        rule,
        versions=tuple(
            replace(
                v,
                conditions=conditions(v.conditions),
                routes=tuple(replace(r, conditions=conditions(r.conditions)) for r in v.routes),
            )
            for v in rule.versions
        ),
    )


def cut(version: Version, day: dt.date) -> list[Version]:
    """One text as two that say the same, the second from `day` on."""
    start, end = version.in_force.start, version.in_force.end
    if (start is not None and day <= start) or (end is not None and day >= end):
        return [version]
    return [
        replace(version, in_force=Interval(start, day)),
        replace(version, in_force=Interval(day, end)),
    ]


@given(worlds(), st.integers(0, 600))
def test_a_text_replaced_by_the_same_text_changes_no_one(world: World, days: int) -> None:
    day = dt.date(2019, 11, 1) + dt.timedelta(days)
    reformed = tuple(
        # By a record's day, a count would begin again with each text: that is a change.
        replace(rule, versions=tuple(part for v in rule.versions for part in cut(v, day)))
        if rule.version_day is None
        else rule
        for rule in world.rules
    )
    assert decide(replace(world, rules=reformed)) == decide(world)


@given(worlds())
def test_saying_a_condition_in_other_words_changes_no_one(world: World) -> None:
    def otherwise(test: Test) -> Test:
        return AnyOf((AllOf((test, test)), NoneOf((NoneOf((test,)),))))

    reformed = tuple(with_tests(rule, otherwise) for rule in world.rules)
    assert decide(replace(world, rules=reformed)) == decide(world)


@given(worlds())
def test_asking_every_route_is_asking_of_every_route(world: World) -> None:
    """A text's common conditions may as well stand first in each of its routes."""

    def spread(version: Version) -> Version:
        routes = tuple(
            replace(r, conditions=version.conditions + r.conditions) for r in version.routes
        )
        return replace(version, conditions=(), routes=routes)

    reformed = tuple(
        replace(rule, versions=tuple(spread(v) for v in rule.versions)) for rule in world.rules
    )
    assert decide(replace(world, rules=reformed)) == decide(world)


@given(worlds(most_rules=3))
def test_a_rule_is_decided_the_same_whatever_stands_beside_it(world: World) -> None:
    together = decide(world)
    for rule in world.rules:
        alone = decide(replace(world, rules=(rule,)))
        assert list(alone) == [row for row in together if row.rule == rule.id]


@given(worlds(most_rules=1))
def test_what_surely_holds_may_hold_and_the_verdict_is_read_off_the_reasons(world: World) -> None:
    program = compile_rules(world.rules, world.vocabulary)
    for row in decide(world):
        reasons = explain(program, world.lives.table, row.party, world.as_of, world.known_on)
        reason = reasons.of(row.rule, row.focus)
        assert (reason.verdict, reason.route, reason.start, reason.end) == (
            row.verdict,
            row.route,
            row.from_,
            row.until,
        )
        assert (reason.amount, reason.missing) == (row.amount, row.missing)
        for version in reason.versions:
            own = [c for route in version.routes for c in route.conditions]
            for condition in (*version.conditions, *own):
                for start, end in condition.sure:
                    assert any(s <= start and end <= e for s, e in condition.may)
