"""A few kinds of record and a few good rows, for the tests of reading and checking.

Party 1 is a worker, party 9 her employer.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Code, CodeList, Kind, Scale, Step, Vocabulary
from craftpath.evidence.schema import RECORDS


def _label(text: str) -> Label:
    return Label(text, text)


def _kind(kind: str, **more: Any) -> Kind:
    return Kind(kind, _label(kind), **more)


VOCABULARY = Vocabulary(
    kinds={
        kind.id: kind
        for kind in (
            _kind("birth"),
            _kind("founded", about="organisation"),
            _kind("employment", codes="trade", other="employer"),
            _kind("certificate", codes="trade", scale="skill"),
            _kind("insurance", unit="months"),
            _kind("insured-staff", about="organisation", unit="people"),
            _kind("remark", about="any"),
        )
    },
    scales={"skill": Scale("skill", tuple(Step(n, str(n), _label(str(n))) for n in (1, 2, 3)))},
    lists={
        "trade": CodeList(
            "trade",
            {code: Code(code, _label(code)) for code in ("welder", "fitter")},
            aliases={"old-welder": "welder"},
        )
    },
)

DAY = dt.date.fromisoformat


def row(**changes: Any) -> dict[str, Any]:
    """A good row: the worker has been a welder since 2015. Days may be given as text."""
    good: dict[str, Any] = {
        "party": 1,
        "kind": "employment",
        "subject": "welder",
        "level": None,
        "start": "2015-03-01",
        "end": None,
        "quantity": None,
        "other": 9,
        "status": "verified",
        "known": "2015-03-10",
        "known_until": None,
    }
    return good | changes


def birth(party: int = 1, **changes: Any) -> dict[str, Any]:
    return row(party=party, kind="birth", subject=None, other=None, start="1990-01-01") | changes


def founded(party: int = 9, **changes: Any) -> dict[str, Any]:
    return birth(party, kind="founded", start="2001-05-01") | changes


def table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows in the records schema."""
    return pa.Table.from_pylist([_days(r) for r in rows], RECORDS)


def _days(r: dict[str, Any]) -> dict[str, Any]:
    days = ("start", "end", "known", "known_until")
    return {k: DAY(v) if k in days and isinstance(v, str) else v for k, v in r.items()}


def csv_text(rows: list[dict[str, Any]], columns: list[str] | None = None) -> str:
    names = columns or RECORDS.names
    lines = [",".join("" if r.get(n) is None else str(r[n]) for n in names) for r in rows]
    return "\n".join([",".join(names), *lines]) + "\n"
