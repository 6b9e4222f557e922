"""The loop for everybody gives the days that a rule with the same one condition gives."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from craftpath.engine.days import Duration, Interval
from craftpath.engine.decide import decide_table, whole_parties
from craftpath.engine.program import compile_rules
from craftpath.engine.rules import (
    About,
    Accumulated,
    Condition,
    Label,
    Pattern,
    Route,
    Rule,
    Version,
)
from craftpath.engine.service import Since, first_days
from craftpath.pack.load import load_pack
from craftpath.sample import sample_batches

LEVEL_4 = 3  # its rank: apprentice, level 5, level 4
ASKED = dt.date(1890, 1, 1)  # before everybody: each first day is still to come
KNOWN = dt.date(2025, 6, 30)


@pytest.fixture(scope="module")
def lives() -> pa.Table:
    vocabulary = load_pack("guangdong").vocabulary
    return pa.Table.from_batches(sample_batches(3000, 7, vocabulary)).unify_dictionaries()


def by_rule(lives: pa.Table, since: Pattern | None, months: int) -> list[tuple[int, dt.date]]:
    test = Accumulated(Pattern("employment"), Duration(months), since)
    version = Version(Interval(), "none", (Route("time", (Condition("time/worked", test),)),))
    rule = Rule("time", About("person"), Label("时间", "time"), (version,))
    program = compile_rules([rule], load_pack("guangdong").vocabulary)
    rows = decide_table(program, lives, ASKED, KNOWN).to_pylist()
    return [(row["party"], row["from"]) for row in rows if row["verdict"] == "later"]


@pytest.mark.parametrize("rows", [1 << 20, 1000])
@pytest.mark.parametrize(("months", "anchored"), [(120, False), (48, True), (1, False)])
def test_it_gives_the_days_of_the_rule(
    lives: pa.Table, months: int, anchored: bool, rows: int
) -> None:
    pattern = Pattern("certificate", level_at_least=LEVEL_4, level_at_most=LEVEL_4)
    since = Since("certificate", LEVEL_4, LEVEL_4) if anchored else None
    program = compile_rules([], load_pack("guangdong").vocabulary)
    chunks = whole_parties(lives.to_batches(max_chunksize=rows))
    found = first_days(program.coder, chunks, "employment", Duration(months), KNOWN, since)
    days = [(row["party"], row["day"]) for row in found.to_pylist()]
    assert len(days) > 100
    assert days == by_rule(lives, pattern if anchored else None, months)
