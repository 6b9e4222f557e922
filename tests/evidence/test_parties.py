"""A life is never cut in two: whatever the batches, a chunk holds whole parties."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftpath.evidence.parties import Unsorted, sorted_records, whole_parties
from craftpath.evidence.read import Chunk, open_records, records_from
from tests.evidence.cast import birth, csv_text, row, table


def chunks_of(parties: list[int], cuts: list[int]) -> list[Chunk]:
    """One row for each party in the list, cut before these positions."""
    whole = table([row(party=p, quantity=float(n)) for n, p in enumerate(parties)])
    return [
        Chunk(piece, start + 1)
        for start, stop in pairwise([0, *sorted(cuts), len(parties)])
        for piece in whole.slice(start, stop - start).combine_chunks().to_batches()
    ]


def rows_of(chunk: Chunk) -> list[tuple[int, float, int]]:
    numbers = chunk.row_numbers(np.arange(chunk.num_rows)).tolist()
    return [
        (r["party"], r["quantity"], n)
        for r, n in zip(chunk.batch.to_pylist(), numbers, strict=True)
    ]


@given(st.data())
def test_keeps_every_row_in_order_and_cuts_only_between_parties(data):
    parties = sorted(data.draw(st.lists(st.integers(1, 6), max_size=20)))
    cuts = data.draw(st.lists(st.integers(0, len(parties)), max_size=6))
    whole = [rows_of(c) for c in whole_parties(chunks_of(parties, cuts))]
    expected = [(p, float(n), n + 1) for n, p in enumerate(parties)]
    assert [r for chunk in whole for r in chunk] == expected
    met = [{party for party, _, _ in chunk} for chunk in whole]
    assert sum(map(len, met)) == len(set(parties)), "a party stands in one chunk only"


def test_passes_a_chunk_on_uncopied_where_it_ends_with_its_party():
    first, second = chunks_of([1, 1, 2, 2], [2])
    passed = list(whole_parties([first, second]))
    assert [c.batch for c in passed] == [first.batch, second.batch]
    assert passed[0].batch.column("party").buffers()[1].address == (
        first.batch.column("party").buffers()[1].address
    )


def test_joins_a_party_larger_than_a_chunk():
    parts = list(whole_parties(chunks_of([1, 2, 2, 2, 2, 3], [2, 3, 4])))
    assert [c.batch.column("party").to_pylist() for c in parts] == [[1], [2, 2, 2, 2, 3]]


def test_rejects_travel_with_their_rows(tmp_path):
    path = tmp_path / "records.csv"
    path.write_text(csv_text([birth(1), birth(1, start="x"), birth(2), birth(3, start="y")]))
    (chunk,) = whole_parties(open_records(path).chunks())
    assert [r["row"] for r in chunk.rejects.to_pylist()] == [2, 4]
    assert rows_of(chunk) == [(1, None, 1), (2, None, 3)]


@given(
    parties=st.lists(st.integers(1, 5), min_size=2, max_size=12).filter(lambda p: p != sorted(p)),
    cut=st.integers(0, 12),
)
def test_says_where_the_order_breaks(parties, cut):
    with pytest.raises(Unsorted) as caught:
        list(whole_parties(chunks_of(parties, [min(cut, len(parties))])))
    at = next(n for n in range(1, len(parties)) if parties[n] < parties[n - 1])
    assert (caught.value.row, caught.value.party, caught.value.previous) == (
        at + 1,
        parties[at],
        parties[at - 1],
    )


def test_says_so_before_the_chunk_with_the_break_is_out():
    whole = whole_parties(chunks_of([1, 2, 3, 4, 3, 5], [1, 3]))
    assert next(whole).num_rows == 1
    with pytest.raises(Unsorted, match="row 5: party 3 comes after 4; the file is not sorted"):
        next(whole)


@given(st.lists(st.integers(1, 6), max_size=20), st.integers(1, 8))
def test_sorts_in_memory_and_keeps_each_partys_order(parties, size):
    records = records_from(table([row(party=p, quantity=float(n)) for n, p in enumerate(parties)]))
    chunks = [rows_of(c) for c in sorted_records(records, chunk_rows=size)]
    order = sorted(range(len(parties)), key=lambda n: parties[n])
    assert [r for c in chunks for r in c] == [(parties[n], float(n), n + 1) for n in order]
    met = [{party for party, _, _ in chunk} for chunk in chunks]
    assert sum(map(len, met)) == len(set(parties))
    assert [n.en for n in records.notes] == [
        "the file is not sorted by party; it was sorted in memory"
    ]
