"""The library: whatever speaks Arrow goes in as it is, and the same decisions come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import craftpath
from craftpath.engine.receipt import RECEIPT_KEY, Receipt
from craftpath.evidence.read import RecordsError
from craftpath.library import UnknownParty, UnknownRule, program_of
from craftpath.pack.nouns import Pack
from tests import cast


def as_polars(table: pa.Table) -> Any:
    return pytest.importorskip("polars").DataFrame(table)


def as_pandas(table: pa.Table) -> Any:
    """Numbers as floats, days as objects: what a pandas user has after reading a CSV."""
    pytest.importorskip("pandas")
    plain = [
        f.with_type(pa.string()) if pa.types.is_dictionary(f.type) else f for f in table.schema
    ]
    return table.cast(pa.schema(plain)).to_pandas()


def as_duckdb(table: pa.Table) -> Any:
    return pytest.importorskip("duckdb").arrow(table)


def as_reader(table: pa.Table) -> Any:
    """A stream that can be read only once."""
    return table.to_reader(max_chunksize=5)


def as_batch(table: pa.Table) -> Any:
    return table.combine_chunks().to_batches()[0]


@pytest.mark.parametrize("dress", [as_polars, as_pandas, as_duckdb, as_reader, as_batch])
def test_it_takes_what_speaks_arrow(dress: Callable[[pa.Table], Any], guangdong: Pack):
    plain = craftpath.decide(cast.records(), guangdong, cast.DAY)

    given = craftpath.decide(dress(cast.records()), guangdong, cast.DAY)

    assert given.num_rows > 10
    assert given.equals(plain)


@pytest.mark.parametrize("dress", [as_polars, as_pandas, as_duckdb, as_reader, as_batch])
def test_it_explains_what_speaks_arrow(dress: Callable[[pa.Table], Any], guangdong: Pack):
    plain = craftpath.explain(cast.records(), guangdong, cast.WORKER, cast.DAY)

    told = craftpath.explain(dress(cast.records()), guangdong, cast.WORKER, cast.DAY)

    assert told.text("en").splitlines()[:-2] == plain.text("en").splitlines()[:-2]


def test_it_gives_what_others_take(guangdong: Pack):
    polars = pytest.importorskip("polars")
    decisions = craftpath.decide(cast.records(), guangdong, cast.DAY)

    frame = polars.DataFrame(decisions)

    assert frame.height == decisions.num_rows
    assert set(frame["verdict"].unique()) <= {"qualifies", "later", "unknown"}


def test_it_sorts_what_is_not_sorted(guangdong: Pack):
    sorted_ones = craftpath.decide(cast.records(), guangdong, cast.DAY)
    backwards = cast.records().sort_by([("party", "descending")])

    assert craftpath.decide(backwards, guangdong, cast.DAY).equals(sorted_ones)
    assert craftpath.decide(as_reader(backwards), guangdong, cast.DAY).equals(sorted_ones)


def test_it_carries_a_receipt(guangdong: Pack):
    decisions = craftpath.decide(cast.records(), guangdong, cast.DAY, rules=["skill-level.*"])

    receipt = Receipt.from_json(decisions.schema.metadata[RECEIPT_KEY.encode()].decode())

    assert (receipt.pack, receipt.pack_hash) == ("guangdong", guangdong.hash)
    assert (receipt.as_of, receipt.known_on) == ("2025-08-27", "2025-08-27")
    assert {rule.partition("@")[0] for rule in receipt.rules} == {
        rule.id for rule in guangdong.rules if rule.id.startswith("skill-level.")
    }
    assert len(receipt.records) == len(receipt.pack_hash) == 64


def test_the_receipt_knows_the_contents_however_they_are_cut(guangdong: Pack):
    def receipt(records: Any) -> bytes:
        return craftpath.decide(records, guangdong, cast.DAY).schema.metadata[RECEIPT_KEY.encode()]

    plain = receipt(cast.records())

    assert receipt(as_reader(cast.records())) == plain
    changed = cast.records().slice(1)
    assert receipt(changed) != plain


def test_all_rows_adds_those_that_say_never(guangdong: Pack):
    some = craftpath.decide(cast.records(), guangdong, cast.DAY)
    every = craftpath.decide(cast.records(), guangdong, cast.DAY, all_rows=True)

    never = pc.equal(every.column("verdict").cast(pa.string()), "never")

    assert pc.any(never).as_py()
    assert every.filter(pc.invert(never)).equals(some)


def test_an_earlier_day_of_knowledge_sees_less(guangdong: Pack):
    known = dt.date(2025, 3, 9)  # the day before the level-3 certificate

    told = craftpath.explain(
        cast.records(), guangdong, cast.WORKER, cast.DAY, known_on=known
    ).explanation

    assert told.of("skilled-talent.highly-skilled").verdict == "never"


def test_two_packs_of_one_hash_are_not_confused(guangdong: Pack):
    """Programs are kept by the pack itself: a pack changed in memory keeps its hash."""
    from dataclasses import replace

    smaller = replace(guangdong, rules=guangdong.rules[:1])

    assert len(program_of(guangdong).rules) == len(guangdong.rules)
    assert len(program_of(smaller).rules) == 1
    assert program_of(guangdong) is program_of(guangdong)


def test_an_unknown_rule_is_named_with_the_nearest(guangdong: Pack):
    with pytest.raises(UnknownRule, match=r"did you mean skill-level\.senior\?"):
        craftpath.decide(cast.records(), guangdong, cast.DAY, rules=["skill-level.senoir"])


def test_an_unknown_party_is_not_told_nothing(guangdong: Pack):
    with pytest.raises(UnknownParty, match="no usable record of party 77"):
        craftpath.explain(cast.records(), guangdong, cast.NOBODY, cast.DAY)


def test_a_time_is_not_a_day(guangdong: Pack):
    noon = dt.datetime(2025, 8, 27, 12, 0, tzinfo=dt.UTC)

    with pytest.raises(TypeError, match="give a day"):
        craftpath.decide(cast.records(), guangdong, noon)


def test_what_is_not_arrow_is_refused(guangdong: Pack):
    with pytest.raises(RecordsError, match="cannot be read as Arrow"):
        craftpath.decide([{"party": 1}], guangdong, cast.DAY)  # type: ignore[arg-type]


def test_nothing_decided_is_an_empty_table(guangdong: Pack):
    decisions = craftpath.decide(cast.records().slice(0, 0), guangdong, cast.DAY)

    assert decisions.num_rows == 0
    assert "missing" in decisions.schema.names
