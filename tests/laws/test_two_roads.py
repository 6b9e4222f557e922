"""The kernels and the reference evaluator give the same rows, and the same days for each reason."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given, settings

from craftpath.engine.explain import explain
from craftpath.engine.program import compile_rules
from craftpath.pack.cases import Row, by_engine
from tests.laws import reference
from tests.laws.strategies import World, worlds, worlds_of_tests

EPOCH = dt.date(1970, 1, 1).toordinal()


def days_to_ask(world: World) -> list[dt.date]:
    """The day asked, and the days on and around which something begins or ends."""
    named = {p for p in reference.parts([world.rules, world.facts]) if isinstance(p, dt.date)}
    near = {day + dt.timedelta(n) for day in named for n in (-1, 0, 1)}
    return [world.as_of, *sorted(near)[::5]]


def told_apart(ours: Sequence[Row], theirs: Sequence[Row]) -> list[tuple[Row | None, Row | None]]:
    """The rows that differ; amounts may differ by less than a fen."""
    if len(ours) != len(theirs):
        return [(row, None) for row in ours] + [(None, row) for row in theirs]
    return [
        (a, b)
        for a, b in zip(ours, theirs, strict=True)
        if replace(a, amount=None) != replace(b, amount=None) or not _same(a.amount, b.amount)
    ]


def _same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, abs_tol=0.005)


@given(worlds())
def test_the_kernels_decide_as_the_reference_does(world: World) -> None:
    days = days_to_ask(world)
    by_kernels = by_engine(world.rules, world.vocabulary)
    by_reference = reference.decide_each(
        world.rules, world.vocabulary, world.facts, days, world.known_on
    )
    for day, rows in zip(days, by_reference, strict=True):
        assert told_apart(by_kernels(world.lives, day, world.known_on), rows) == [], day


def has_the_same_days(world: World) -> None:
    """Every condition of every rule, for everybody: the same days, surely and maybe."""
    program = compile_rules(world.rules, world.vocabulary)
    found = reference.condition_days(world.rules, world.vocabulary, world.facts, world.known_on)
    for (party, focus, rule), (universe, routes) in found.items():
        reasons = explain(program, world.lives.table, party, world.as_of, world.known_on)
        theirs = [
            condition
            for version in reasons.of(rule, focus).versions
            for route in version.routes
            for condition in (*version.conditions, *route.conditions)
        ]
        ours = [condition for route in routes for condition in route.conditions]
        for (id, bounds), condition in zip(ours, theirs, strict=True):
            assert condition.condition.id == id
            asked = "\n".join(
                map(repr, (condition.condition.test, focus, world.open_kinds, *world.facts))
            )
            assert in_universe(condition.sure, universe) == bounds.sure, asked
            assert in_universe(condition.may, universe) == bounds.may, asked


def in_universe(days: Iterable[tuple[int, int]], universe: reference.Universe) -> frozenset[int]:
    return frozenset().union(*(universe.days(s + EPOCH, e + EPOCH) for s, e in days))


@settings(max_examples=5 * settings.default.max_examples)
@given(worlds_of_tests())
def test_every_test_has_the_same_days(world: World) -> None:
    has_the_same_days(world)


@given(worlds(most_rules=2))
def test_every_condition_of_every_route_has_the_same_days(world: World) -> None:
    has_the_same_days(world)
