"""An explanation and a decisions file say the same: party for party, rule for rule.

Deciding skips what cannot change the verdict; explaining evaluates everything. This is the guard.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import craftpath
from craftpath.pack.nouns import Pack
from craftpath.sample import sample_batches

PARTIES = 300


@pytest.fixture(scope="module")
def sample(guangdong: Pack) -> pa.Table:
    """300 people and all the organisations that they name."""
    return pa.Table.from_batches(sample_batches(PARTIES, 11, guangdong.vocabulary))


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [dt.date(2025, 8, 27), dt.date(2024, 2, 29), dt.date(2026, 1, 1)])
def test_explaining_and_deciding_agree(sample: pa.Table, guangdong: Pack, as_of: dt.date):
    decisions = craftpath.decide(sample, guangdong, as_of, all_rows=True)
    decided = _by_party(decisions)
    parties = list(range(1, PARTIES + 1))
    parties += [p for p in sorted(set(sample.column("party").to_pylist())) if p > PARTIES][:20]

    for party in parties:
        assert _told(sample, guangdong, party, as_of) == decided.get(party, []), party
    assert sum(len(decided.get(party, [])) for party in parties) > 20 * PARTIES


def _by_party(decisions: pa.Table) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in decisions.to_pylist():
        found.setdefault(row.pop("party"), []).append(row)
    for rows in found.values():
        rows.sort(key=_place)
    return found


def _told(sample: pa.Table, pack: Pack, party: int, as_of: dt.date) -> list[dict[str, Any]]:
    own = sample.filter(pc.equal(sample.column("party"), party))
    named = own.column("other").drop_null().unique()
    theirs = sample.filter(pc.is_in(sample.column("party"), named))
    told = craftpath.explain(pa.concat_tables([own, theirs]), pack, party, as_of)
    rows = [
        {
            "focus": r.focus,
            "rule": r.rule.id,
            "verdict": r.verdict,
            "route": r.route,
            "from": r.start,
            "until": r.end,
            "amount": r.amount,
            "missing": list(r.missing),
        }
        for r in told.explanation.reasons
    ]
    return sorted(rows, key=_place)


def _place(row: dict[str, Any]) -> tuple[str, str]:
    return row["rule"], row["focus"] or ""
