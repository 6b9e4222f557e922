"""Decisions for one person or ten million: the same function over chunks of whole parties.

    program = compile_rules(pack.rules, pack.vocabulary)
    decisions = decide_table(program, records, as_of=date(2025, 6, 30))

Records come in as anything with the Arrow PyCapsule interface (`decide_table`) or as a stream of
batches sorted by party (`decide_batches`, `Desk`). Days are arguments: nothing here reads a clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from craftpath.engine.columns import NO_DAY, Columns
from craftpath.engine.days import FOREVER, as_day
from craftpath.engine.kernels import judging
from craftpath.engine.kernels import layout as at
from craftpath.engine.kernels.judging import Output, Workspace
from craftpath.engine.kernels.layout import Others
from craftpath.engine.program import ORGANISATION, PERSON, Program

__all__ = [
    "DECISIONS",
    "Desk",
    "collect_others",
    "decide_batches",
    "decide_table",
    "whole_parties",
]

_WORD = pa.dictionary(pa.int32(), pa.string())
DECISIONS = pa.schema(
    [
        pa.field("party", pa.int64(), nullable=False),
        pa.field("focus", _WORD),
        pa.field("rule", _WORD, nullable=False),
        pa.field("verdict", _WORD, nullable=False),
        pa.field("route", _WORD),
        pa.field("from", pa.date32()),
        pa.field("until", pa.date32()),
        pa.field("amount", pa.float64()),
        pa.field("missing", pa.list_(pa.field("item", _WORD)), nullable=False),
    ]
)
"""The decisions table. `from` is the first day of the stretch that holds on the day asked, else of
the next one; `until` the first day after it, null where no end is in sight."""

ROWS_AT_ONCE = 1 << 16


class Desk:
    """A program with the room to run it. Not to be shared between threads: one desk a thread."""

    def __init__(self, program: Program, rows: int = ROWS_AT_ONCE) -> None:
        self.program = program
        coder = program.coder
        self.person = coder.kind_index.get(PERSON, -1)
        self.organisation = coder.kind_index.get(ORGANISATION, -1)
        self.work = _workspace(program, records=64, pool=1 << 14)
        self.output = _output(rows, 4 * rows)
        lists = [coder.list_index[g] if g else None for g in program.groups]
        words: list[str] = []
        self._focus_offset = np.zeros(max(len(lists), 1), np.int32)
        for group, place in enumerate(lists):
            self._focus_offset[group] = len(words)
            words.extend(coder.codes[place] if place is not None else ())
        self._foci = pa.array(words, pa.string())
        self._rules = pa.array([rule.id for rule in program.rules], pa.string())
        self._routes = pa.array(program.route_names, pa.string())
        self._verdicts = pa.array(at.VERDICTS, pa.string())
        self._conditions = pa.array(program.condition_names, pa.string())

    def decide(
        self,
        columns: Columns,
        others: Others,
        as_of: int,
        known_on: int,
        *,
        all_rows: bool = False,
    ) -> Iterator[pa.RecordBatch]:
        """Decisions for whole parties, a batch at a time (days as day numbers)."""
        row = 0
        while True:
            status, row = self._run(columns, others, row, as_of, known_on, all_rows=all_rows)
            if self.output.counts[0]:
                yield self.batch()
            if status == judging.DONE:
                return
            self._make_room(status)

    def trace(
        self,
        columns: Columns,
        others: Others,
        as_of: int,
        known_on: int,
        group: int,
        focus: int,
    ) -> None:
        """Decide one party for one group and focus, evaluating every condition.

        Afterwards `output` holds a row for each of the group's rules and `work` every day set.
        """
        while True:
            status, _ = self._run(
                columns, others, 0, as_of, known_on, all_rows=True, group=group, focus=focus
            )
            if status == judging.DONE:
                return
            self._make_room(status)

    def measure(self, others: Others, as_of: int, focus: int) -> np.ndarray:
        """[test, 3]: how far each test has come for the party traced last, or NaN."""
        room = self.work.top[0] + 8 * (self.work.records.shape[0] + len(others.records) + 8)
        if room > self.work.pool.size:
            pool = np.zeros(room, np.int32)
            pool[: self.work.pool.size] = self.work.pool
            self.work = self.work._replace(pool=pool)
        found = np.full((len(self.program.tables.tests), 3), np.nan)
        judging.measure_all(self.program.tables, others, self.work, focus, as_of, found)
        return found

    def _run(
        self,
        columns: Columns,
        others: Others,
        row: int,
        as_of: int,
        known_on: int,
        *,
        all_rows: bool,
        group: int = -1,
        focus: int = judging.EVERY_FOCUS,
    ) -> tuple[int, int]:
        self.output.counts[:] = 0
        status, row = judging.decide_rows(
            self.program.tables, columns, others, self.work, self.output, row, as_of, known_on,
            self.person, self.organisation, all_rows, group >= 0, group, focus,
        )  # fmt: skip
        return status, row

    def _make_room(self, status: int) -> None:
        records, pool = self.work.records.shape[0], self.work.pool.shape[0]
        if status == judging.POOL_FULL:
            self.work = _workspace(self.program, records, 2 * pool, self.work)
        elif status == judging.RECORDS_FULL:
            self.work = _workspace(self.program, 2 * records, pool, self.work)
        elif self.output.counts[0] == 0:
            self.output = _output(2 * self.output.party.size, 2 * self.output.missing.size)

    def batch(self) -> pa.RecordBatch:
        """What stands in the output, as an Arrow batch of its own memory."""
        rows, missing = (int(n) for n in self.output.counts)
        fields = self.output.fields[:, :rows]
        focus = fields[at.D_FOCUS]
        offsets = np.empty(rows + 1, np.int32)
        offsets[:rows] = fields[at.D_MISSING]
        offsets[rows] = missing
        lacking = self.output.missing[:missing].copy()
        amount = self.output.amount[:rows].copy()
        columns = [
            pa.array(self.output.party[:rows].copy()),
            _words(focus + self._focus_offset[fields[at.D_GROUP]], self._foci, focus < 0),
            _words(fields[at.D_RULE], self._rules),
            _words(fields[at.D_VERDICT], self._verdicts),
            _words(fields[at.D_ROUTE], self._routes, fields[at.D_ROUTE] < 0),
            _days(fields[at.D_FROM]),
            _days(fields[at.D_UNTIL]),
            pa.array(amount, mask=np.isnan(amount)),
            pa.ListArray.from_arrays(
                pa.array(offsets), pa.DictionaryArray.from_arrays(lacking, self._conditions)
            ),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=DECISIONS)


def _words(indices: np.ndarray, words: pa.Array, mask: np.ndarray | None = None) -> pa.Array:
    places = pa.array(indices.astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(places, words)


def _days(days: np.ndarray) -> pa.Array:
    absent = (days >= FOREVER) | (days == NO_DAY)
    return pa.array(days.copy(), mask=absent).view(pa.date32())


def _workspace(
    program: Program, records: int, pool: int, before: Workspace | None = None
) -> Workspace:
    tests, routes = len(program.tables.tests), len(program.tables.routes)
    return Workspace(
        records=np.zeros((records, at.RECORD_FIELDS), np.int32),
        quantities=np.zeros(records, np.float64),
        others=np.zeros(records, np.int64),
        stretch=np.zeros((records, 2), np.int32),
        worth=np.zeros((records, 2), np.float64),
        days=np.zeros(2 * records, np.int32),
        ranges=np.zeros((len(program.tables.kinds), 2), np.int32),
        found=np.zeros(records, np.int8),
        foci=np.zeros(records + 1, np.int32),
        pool=np.zeros(pool, np.int32),
        place=np.zeros((tests, 4), np.int32),
        stamp=np.zeros(tests, np.int64),
        routes=np.zeros((routes + 2, 4), np.int32),
        ticks=np.zeros(3, np.int64) if before is None else before.ticks,
        top=np.zeros(1, np.int64),
        party=np.zeros(2, np.int64),
    )


def _output(rows: int, missing: int) -> Output:
    return Output(
        party=np.zeros(rows, np.int64),
        fields=np.zeros((at.DECISION_FIELDS, rows), np.int32),
        amount=np.zeros(rows, np.float64),
        missing=np.zeros(missing, np.int32),
        counts=np.zeros(2, np.int64),
    )


# --- other parties -------------------------------------------------------------------------


def collect_others(program: Program, columns: Columns, known_on: int) -> Others:
    """The visible records of organisations, which rules may look at in one hop.

    `columns` need not hold whole chunks of anything but organisations: rows of parties without a
    visible record of founding are left out.
    """
    founded = program.coder.kind_index.get(ORGANISATION, -1)
    seen = (columns.kind >= 0) & (columns.known <= known_on) & (known_on < columns.known_until)
    ids = np.unique(columns.party[seen & (columns.kind == founded)])
    if not program.reads_others:
        ids = ids[:0]
    if ids.size:
        place = np.searchsorted(ids, columns.party)
        is_one = ids[np.minimum(place, ids.size - 1)] == columns.party
    else:
        is_one = np.zeros(columns.party.size, np.bool_)
    kept = columns.take(is_one & seen)
    order = np.lexsort((kept.start, kept.party))
    kept = kept.take(order) if order.size else kept
    shown, first = np.unique(kept.party, return_index=True)
    records = np.empty((kept.party.size, at.RECORD_FIELDS), np.int32)
    records[:, at.R_KIND] = kept.kind
    records[:, at.R_SUBJECT] = kept.subject
    records[:, at.R_LEVEL] = kept.level
    records[:, at.R_START] = kept.start
    records[:, at.R_END] = kept.end
    records[:, at.R_SURE] = np.where(kept.status == 1, at.SURE, at.MAY)
    return Others(
        ids=shown,
        offsets=np.append(first, kept.party.size).astype(np.int64),
        records=records,
        quantities=kept.quantity,
        others=kept.other,
    )


# --- tables and streams --------------------------------------------------------------------


def decide_table(
    program: Program,
    records: Any,
    as_of: dt.date,
    known_on: dt.date | None = None,
    all_rows: bool = False,
) -> pa.Table:
    """Decisions for every party of a table of records sorted by party.

    records   anything with the Arrow PyCapsule interface, in the columns of the records table
    known_on  the day of knowledge; the day asked where not given
    all_rows  also write the rows whose verdict is "never"
    """
    table = records if isinstance(records, pa.Table) else pa.table(records)
    columns = program.coder.encode(table)
    asked, known = as_day(as_of), as_day(known_on or as_of)
    others = collect_others(program, columns, known)
    batches = list(Desk(program).decide(columns, others, asked, known, all_rows=all_rows))
    return pa.Table.from_batches(batches, DECISIONS)


def decide_batches(
    program: Program,
    batches: Iterable[pa.RecordBatch],
    as_of: dt.date,
    known_on: dt.date | None = None,
    organisations: pa.Table | None = None,
    all_rows: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Decisions for a stream of records sorted by party; a life may be cut by a batch boundary.

    organisations  the records of the organisations that rules look at in one hop; without it
                   nothing is known of any other party
    """
    asked, known = as_day(as_of), as_day(known_on or as_of)
    source = (
        pa.table({"party": pa.array([], pa.int64())}) if organisations is None else organisations
    )
    others = collect_others(program, program.coder.encode(source), known)
    desk = Desk(program)
    for chunk in whole_parties(batches):
        columns = program.coder.encode(chunk)
        yield from desk.decide(columns, others, asked, known, all_rows=all_rows)


def whole_parties(batches: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.Table]:
    """The same rows in chunks of whole parties: the last party of a batch is carried over."""
    held: list[pa.Table] = []
    for batch in batches:
        table = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        if table.num_rows == 0:
            continue
        party = table.column("party").to_numpy()
        cut = int(np.searchsorted(party, party[-1]))
        if cut == 0 and (not held or held[-1].column("party")[0].as_py() == party[0]):
            held.append(table)
            continue
        if held and held[-1].column("party")[0].as_py() != party[0]:
            yield _joined(held)
            held = []
        if cut:
            yield _joined([*held, table.slice(0, cut)])
            held = []
        held.append(table.slice(cut))
    if held:
        yield _joined(held)


def _joined(tables: list[pa.Table]) -> pa.Table:
    if len(tables) == 1:
        return tables[0]
    return pa.concat_tables(
        [t.unify_dictionaries() for t in tables], promote_options="permissive"
    ).unify_dictionaries()
