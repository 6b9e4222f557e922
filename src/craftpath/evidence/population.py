"""A whole population, streamed: records in by chunks of whole parties, decisions out in order.

Chunks are checked, encoded and decided on a few threads (kernels and Arrow let go of the
interpreter lock); only a handful of chunks is in memory at a time, whatever the population.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from craftpath.engine.columns import NO_PARTY, Columns
from craftpath.engine.days import as_day
from craftpath.engine.decide import DECISIONS, Desk, collect_others
from craftpath.engine.kernels import layout as at
from craftpath.engine.kernels.layout import Others
from craftpath.engine.program import ORGANISATION, Program
from craftpath.engine.service import in_order
from craftpath.evidence.check import CheckTables, check_rows, check_tables, rejects_of
from craftpath.evidence.parties import Unsorted, sorted_records, whole_parties
from craftpath.evidence.read import Chunk, Records
from craftpath.evidence.schema import RECORDS

__all__ = [
    "Asked",
    "Decided",
    "Tally",
    "checked",
    "chunks_in_order",
    "decide_records",
    "look_up",
    "organisations_in",
    "sort_first",
]


@dataclass(frozen=True)
class Asked:
    """The day asked, the day of knowledge, and whether "never" is to be written too."""

    as_of: dt.date
    known_on: dt.date
    all_rows: bool = False

    @property
    def days(self) -> tuple[int, int]:
        return as_day(self.as_of), as_day(self.known_on)


@dataclass
class Tally:
    """What a run came to, added up as it goes.

    verdicts  [rule, verdict] decisions; amounts  [rule] money of those that qualify
    """

    verdicts: npt.NDArray[np.int64]
    amounts: npt.NDArray[np.float64]
    rows: int = 0
    rejected: int = 0
    parties: int = 0
    decisions: int = 0

    @classmethod
    def empty(cls, rules: int) -> Tally:
        return cls(np.zeros((rules, 4), np.int64), np.zeros(rules, np.float64))

    def add(self, other: Tally) -> None:
        self.verdicts += other.verdicts
        self.amounts += other.amounts
        self.rows += other.rows
        self.rejected += other.rejected
        self.parties += other.parties
        self.decisions += other.decisions


@dataclass(frozen=True)
class Decided:
    """One chunk's decisions and rejects (schemas DECISIONS and REJECTS), and what they come to."""

    decisions: pa.Table
    rejects: pa.RecordBatch
    tally: Tally


@dataclass(frozen=True)
class Clerk:
    """Checks, encodes and decides chunks. Desks are lent to one thread at a time."""

    program: Program
    tables: CheckTables
    others: Others
    asked: Asked
    desks: SimpleQueue[Desk] = field(default_factory=SimpleQueue)

    def decide(self, chunk: Chunk) -> Decided:
        columns, rejects = checked(self.program, self.tables, chunk)
        try:
            desk = self.desks.get_nowait()
        except Empty:
            desk = Desk(self.program)
        tally = Tally.empty(len(self.program.rules))
        batches = []
        for batch in desk.decide(
            columns, self.others, *self.asked.days, all_rows=self.asked.all_rows
        ):
            batches.append(batch)
            _count(desk, tally)
        self.desks.put(desk)
        tally.rows = chunk.num_rows + chunk.rejects.num_rows
        tally.rejected = rejects.num_rows
        parties = columns.party
        tally.parties = int(np.count_nonzero(np.diff(parties))) + 1 if parties.size else 0
        return Decided(pa.Table.from_batches(batches, DECISIONS), rejects, tally)


def _count(desk: Desk, tally: Tally) -> None:
    rows = int(desk.output.counts[0])
    rules = desk.output.fields[at.D_RULE, :rows]
    verdicts = desk.output.fields[at.D_VERDICT, :rows]
    size = tally.verdicts.size
    tally.verdicts += np.bincount(4 * rules + verdicts, minlength=size).reshape(-1, 4)
    paid = np.where(verdicts == at.QUALIFIES, desk.output.amount[:rows], 0.0)
    weights = np.nan_to_num(paid)
    tally.amounts += np.bincount(rules, weights=weights, minlength=tally.amounts.size)
    tally.decisions += rows


def checked(program: Program, tables: CheckTables, chunk: Chunk) -> tuple[Columns, pa.RecordBatch]:
    """The good rows of a chunk of whole parties, encoded; and the rejects of all the others."""
    columns = program.coder.encode(chunk.batch)
    reasons = check_rows(columns, tables)
    if not reasons.any():
        return columns, chunk.rejects
    return columns.take(reasons == 0), rejects_of(chunk, reasons, program.vocabulary)


def chunks_in_order(records: Records) -> Iterator[Chunk]:
    """Chunks of whole parties; a source known to be unsorted is sorted in memory first."""
    if records.sorted is False:
        return sorted_records(records)
    return whole_parties(records.chunks())


def organisations_in(program: Program, chunks: Iterable[Chunk]) -> Columns:
    """The good records of organisations among chunks of whole parties."""
    tables = check_tables(program.vocabulary)
    founded = program.coder.kind_index.get(ORGANISATION, -1)
    found: list[Columns] = []
    for chunk in chunks:
        columns, _ = checked(program, tables, chunk)
        ids = np.unique(columns.party[columns.kind == founded])
        if ids.size:
            found.append(columns.take(np.isin(columns.party, ids)))
    if not found:
        return program.coder.encode(pa.table({"party": pa.array([], pa.int64())}))
    return Columns(*(np.concatenate(parts) for parts in zip(*found, strict=True))).locked()


def decide_records(
    program: Program,
    records: Records,
    asked: Asked,
    threads: int = 2,
) -> Iterator[Decided]:
    """Decide all parties of a source of records, chunk by chunk, in order.

    Raises RecordsError where the source turns out damaged and Unsorted where a party comes back:
    the caller throws away what it wrote and starts again with `sort_first`.
    """
    others = collect_others(program, _others(program, records), asked.days[1])
    clerk = Clerk(program, check_tables(program.vocabulary), others, asked)
    yield from _in_threads(clerk.decide, chunks_in_order(records), threads)


def sort_first(records: Records) -> Records:
    """The same source, sorted by party in memory."""
    chunks = list(sorted_records(records))
    return _of_chunks(records, chunks)


def _of_chunks(records: Records, chunks: list[Chunk]) -> Records:
    return Records(
        records.name,
        "kept",
        lambda: iter(chunks),
        records.sha256,
        records.num_rows,
        None,
        records.notes,
    )


def _others(program: Program, records: Records) -> Columns:
    """Records of organisations, from a first look at the source; none where no rule asks."""
    if not program.reads_others:
        return organisations_in(program, ())
    chunks = records.chunks_with(ORGANISATION)
    if records.sorted is False:
        chunks = records.chunks()
    try:
        return organisations_in(program, whole_parties(chunks))
    except Unsorted:
        return organisations_in(program, sorted_records(records))


def _in_threads(
    work: Callable[[Chunk], Decided], chunks: Iterator[Chunk], threads: int
) -> Iterator[Decided]:
    """`work` over chunks on threads, results in the chunks' order, few at a time in memory."""
    if threads <= 1:
        yield from map(work, chunks)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from in_order(pool, work, chunks, threads)


def look_up(program: Program, records: Records, party: int) -> tuple[Columns, Columns]:
    """One party's good records, and those of the organisations that they name."""
    own = _records_of(program, records, {party})
    named = {int(other) for other in np.unique(own.other)} - {NO_PARTY}
    if not program.reads_others or not named:
        return own, own.slice(0, 0)
    return own, _records_of(program, records, named)


def _records_of(program: Program, records: Records, parties: set[int]) -> Columns:
    wanted = pa.array(sorted(parties), pa.int64())
    tables = check_tables(program.vocabulary)
    found = []
    for chunk in records.chunks_of(parties):
        batch = chunk.batch.filter(pc.is_in(chunk.batch.column("party"), wanted))
        if batch.num_rows:
            found.append(batch)
    if not found:
        return program.coder.encode(RECORDS.empty_table())
    batch = found[0] if len(found) == 1 else pa.concat_batches(_same_words(found))
    if len(parties) > 1:
        batch = batch.sort_by("party")
    columns = program.coder.encode(batch)
    return columns.take(check_rows(columns, tables) == 0)


def _same_words(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    table = pa.Table.from_batches(batches).unify_dictionaries()
    return list(table.to_batches())
