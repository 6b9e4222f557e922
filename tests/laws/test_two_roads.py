"""The kernels and the reference evaluator give the same rows, and the same days for each reason."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from craftpath.pack.cases import Row, by_engine
from tests.laws import reference
from tests.laws.strategies import World, worlds

pytest.importorskip("craftpath.engine.decide")


def by_kernels(world: World) -> Sequence[Row]:
    return by_engine(world.rules, world.vocabulary)(world.lives, world.as_of, world.known_on)


def by_reference(world: World) -> Sequence[Row]:
    return reference.decide(world.rules, world.vocabulary, world.facts, world.as_of, world.known_on)


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
    assert told_apart(by_kernels(world), by_reference(world)) == []


@given(worlds(most_rules=1))
def test_every_condition_has_the_same_days(world: World) -> None:
    from craftpath.engine.explain import explain
    from craftpath.engine.program import compile_rules

    program = compile_rules(world.rules, world.vocabulary)
    found = reference.condition_days(
        world.rules, world.vocabulary, world.facts, world.as_of, world.known_on
    )
    for (party, focus, rule), (universe, routes) in found.items():
        explanation = explain(program, world.lives.table, party, world.as_of, world.known_on)
        reason = explanation.of(rule, focus)
        for route in routes:
            version = next(
                v for v in reason.versions if v.version.in_force == route.version.in_force
            )
            mine = next(r for r in version.routes if r.route.id == route.route.id)
            for (id, bounds), theirs in zip(
                route.conditions, version.conditions + mine.conditions, strict=True
            ):
                assert theirs.condition.id == id
                assert in_universe(theirs.sure, universe) == bounds.sure
                assert in_universe(theirs.may, universe) == bounds.may


EPOCH = dt.date(1970, 1, 1).toordinal()


def in_universe(days, universe: reference.Universe) -> frozenset[int]:
    return frozenset().union(*(universe.days(s + EPOCH, e + EPOCH) for s, e in days))
