"""What must not matter: the order of rows, where a stream is cut, what is not yet known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from craftpath.engine.decide import decide_batches, decide_table
from craftpath.engine.program import compile_rules
from craftpath.pack.cases import Lives
from tests.laws.strategies import World, worlds


def rows(world: World) -> list[dict[str, object]]:
    program = compile_rules(world.rules, world.vocabulary)
    table = decide_table(program, world.lives.table, world.as_of, world.known_on, all_rows=True)
    return table.to_pylist()


def in_batches(world: World, cuts: Sequence[int]) -> list[dict[str, object]]:
    """The same from a stream of batches, cut after so many rows."""
    table = world.lives.table
    sides = [0, *sorted(min(cut, table.num_rows) for cut in cuts), table.num_rows]
    batches = [
        batch
        for start, stop in pairwise(sides)
        for batch in table.slice(start, stop - start).combine_chunks().to_batches()
    ]
    program = compile_rules(world.rules, world.vocabulary)
    found = decide_batches(
        program, batches, world.as_of, world.known_on, organisations=table, all_rows=True
    )
    return [row for batch in found for row in pa.Table.from_batches([batch]).to_pylist()]


@given(worlds(), st.lists(st.integers(0, 20), max_size=6))
def test_a_stream_may_be_cut_anywhere(world: World, cuts: list[int]) -> None:
    assert in_batches(world, cuts) == rows(world)


@given(worlds())
def test_a_stream_of_single_rows_is_the_same_stream(world: World) -> None:
    assert in_batches(world, range(len(world.facts))) == rows(world)


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_a_partys_rows_does_not_matter(world: World, random) -> None:
    facts = list(world.facts)
    random.shuffle(facts)
    assert rows(replace(world, facts=tuple(facts))) == rows(world)


@given(worlds())
def test_a_row_written_twice_counts_once_for_days(world: World) -> None:
    """Duplicates are rejected before they get here; days are sets, so only totals could tell."""
    from craftpath.engine.rules import Total
    from tests.laws.reference import parts

    if any(isinstance(part, Total) for part in parts(world.rules)):
        return
    assert rows(replace(world, facts=world.facts + world.facts)) == rows(world)


@given(worlds())
def test_what_is_not_known_on_the_day_of_knowledge_changes_nothing(world: World) -> None:
    """Foundings aside: who is an organisation is asked of the whole file."""
    known = [
        fact
        for fact in world.facts
        if fact.kind == "founded"
        or ((fact.known or fact.start) <= world.known_on < (fact.known_until or dt.date.max))
    ]
    left = replace(world, facts=tuple(known))
    assert rows(left) == rows(world)


@given(worlds())
def test_another_partys_life_changes_nothing_unless_it_is_looked_at(world: World) -> None:
    alone = replace(world, facts=tuple(f for f in world.facts if f.party != 2))
    assert rows(alone) == [row for row in rows(world) if row["party"] != 2]


@given(worlds())
def test_rows_that_say_never_are_left_out_unless_asked_for(world: World) -> None:
    program = compile_rules(world.rules, world.vocabulary)
    short = decide_table(program, world.lives.table, world.as_of, world.known_on)
    assert short.to_pylist() == [row for row in rows(world) if row["verdict"] != "never"]


def test_nobody_gives_no_rows() -> None:
    program = compile_rules((), World((), (), dt.date(2020, 1, 1), dt.date(2020, 1, 1)).vocabulary)
    assert decide_table(program, Lives(()).table, dt.date(2020, 1, 1)).num_rows == 0
