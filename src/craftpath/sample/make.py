"""Write the sample: lives in blocks, one row group each, so that memory does not grow."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from craftpath.engine.days import as_date
from craftpath.engine.vocabulary import Vocabulary
from craftpath.evidence.schema import RECORDS, STATUSES
from craftpath.evidence.write import atomic_path
from craftpath.sample.dirty import BAD_CODE, BAD_KIND, BAD_STATUS, EVERY, Fault, add_faults, faults
from craftpath.sample.draws import VERSION, Draws
from craftpath.sample.employers import add_organisations, codes_of_organisations
from craftpath.sample.people import People
from craftpath.sample.registers import add_people, codes_of_people
from craftpath.sample.rows import COLUMNS, Rows, Words, to_batch
from craftpath.sample.stock import SEEN_FROM
from craftpath.sample.world import Organisations

__all__ = ["BLOCK", "SampleReport", "make_sample", "sample_batches"]

BLOCK = 1 << 17  # people to a row group: about a million rows

Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class SampleReport:
    """What was written. `bad`: rows mixed in, by reason, in `records.csv` (empty if clean)."""

    folder: Path
    people: int
    organisations: int
    seed: int
    rows: int
    bad: Counter[str]

    @property
    def records(self) -> Path:
        return self.folder / "records.parquet"

    def __str__(self) -> str:
        told = [
            f"{self.people:,} 人 people",
            f"{self.organisations:,} 单位 organisations",
            f"{self.rows:,} 条记录 records",
        ]
        if self.bad:
            told.append(f"{self.bad.total():,} 坏行 bad rows in records.csv")
        return " · ".join(told)


def sample_batches(
    people: int, seed: int, vocabulary: Vocabulary, block: int = BLOCK
) -> Iterator[pa.RecordBatch]:
    """The records of `people` persons, then of their organisations, sorted by party.

    A batch holds whole parties. `block` cuts the stream and changes nothing in it.
    """
    world = _World(people, seed, vocabulary)
    for columns in world.blocks(block):
        yield to_batch(columns, world.words)


def make_sample(
    out: str | os.PathLike[str],
    people: int,
    seed: int = 1,
    *,
    vocabulary: Vocabulary,
    dirty: bool = False,
    progress: Callable[[int], None] | None = None,
) -> SampleReport:
    """Write `records.parquet` and `README.txt` into the folder `out`, which is made if need be.

    vocabulary  of the Guangdong pack, whose kinds and codes the lives are told in
    dirty       mix in every kind of bad row; the same as text in `records.csv`, and what reading
                and checking have to find in `expected-rejects.csv`
    progress    called with the number of people done so far

    The same people, seed and `draws.VERSION` give the same bytes.
    """
    if people < 1:
        raise ValueError("a sample has at least one person")
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    world = _World(people, seed, vocabulary, dirty)
    with ExitStack() as open_files:
        place = open_files.enter_context(atomic_path(folder / "records.parquet"))
        clean = open_files.enter_context(_parquet(place))
        soiled = open_files.enter_context(_Soiled(folder, world.words)) if dirty else None
        rows = 0
        for columns in world.blocks(BLOCK):
            if soiled is not None:
                columns = soiled.add(columns)
            clean.write_batch(to_batch(columns, world.words), row_group_size=1 << 30)
            rows += len(columns["party"])
            if progress is not None:
                progress(min(int(columns["party"][-1]), people))
    bad = soiled.bad if soiled is not None else Counter()
    first, last = world.organisations.all
    report = SampleReport(folder, people, last - first, seed, rows, bad)
    with atomic_path(folder / "README.txt") as path:
        path.write_text(_readme(report), encoding="utf-8")
    return report


def _parquet(path: Path) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        RECORDS,
        compression="zstd",
        compression_level=1,
        write_page_checksum=True,  # else a damaged page may pass for other records
        # Ids hardly repeat within a page; the rest comes from short lists.
        use_dictionary=[name for name in RECORDS.names if name not in ("party", "other")],
    )


class _World:
    """What the blocks have in common."""

    def __init__(self, people: int, seed: int, vocabulary: Vocabulary, dirty: bool = False) -> None:
        self.people = people
        self.dirty = dirty
        self.draws = Draws(seed)
        self.organisations = Organisations(people, self.draws)
        codes = codes_of_people() + codes_of_organisations()
        if dirty:
            self.words = Words(
                [*vocabulary.kinds, BAD_KIND], [*codes, BAD_CODE], [*STATUSES, BAD_STATUS]
            )
        else:
            self.words = Words(list(vocabulary.kinds), codes)

    def blocks(self, size: int) -> Iterator[Columns]:
        """Columns of whole parties; if dirty, with bad rows and `fault`, which names them."""
        for ids in _cut(1, self.people + 1, size):
            rows = Rows(self.words, self.draws)
            add_people(rows, People(ids, self.draws, self.words, self.organisations))
            yield self._soil(rows.columns(), "person", ids, 0)
        first, last = self.organisations.all
        for ids in _cut(first, last, size):
            rows = Rows(self.words, self.draws)
            add_organisations(rows, self.organisations, ids)
            yield self._soil(rows.columns(), "organisation", ids, first - 1)
        if self.dirty:
            ghosts = np.arange(last, last + 1 + self.people // EVERY, dtype=np.int64)
            nothing = {name: np.empty(0, kind) for name, kind in COLUMNS}
            yield self._soil(nothing, "ghost", ghosts, last - 1)

    def _soil(self, columns: Columns, on: str, ids: npt.NDArray[np.int64], base: int) -> Columns:
        return add_faults(columns, self.words, on, ids, base) if self.dirty else columns


def _cut(first: int, last: int, size: int) -> Iterator[npt.NDArray[np.int64]]:
    for start in range(first, last, size):
        yield np.arange(start, min(start + size, last), dtype=np.int64)


# --- the dirty side --------------------------------------------------------------------------


class _Soiled:
    """Writes every row as text, and what is wrong with the bad ones."""

    def __init__(self, folder: Path, words: Words) -> None:
        self.folder = folder
        self.words = words
        self.faults = faults(words)
        self.bad: Counter[str] = Counter()
        self._rows = {"records.csv": 0, "records.parquet": 0}
        self._open = ExitStack()

    def __enter__(self) -> _Soiled:
        with ExitStack() as opening:
            self._text = opening.enter_context(_text_file(opening, self.folder / "records.csv"))
            self._expected = opening.enter_context(
                _text_file(opening, self.folder / "expected-rejects.csv")
            )
            self._open = opening.pop_all()
        self._text.write(",".join(RECORDS.names) + "\n")
        self._expected.write("file,row,party,column,reason\n")
        return self

    def __exit__(self, *trouble: Any) -> None:
        self._open.__exit__(*trouble)

    def add(self, columns: Columns) -> Columns:
        """Columns with `fault` → the columns of the Parquet file, without faults that need text."""
        fault = columns["fault"]
        self._text.write(_as_text(columns, self.words, self.faults))
        self._expect("records.csv", columns)
        as_text = np.array([f.text is not None for f in self.faults])
        kept = (fault < 0) | ~as_text[fault]
        columns = {name: column[kept] for name, column in columns.items()}
        self._expect("records.parquet", columns)
        del columns["fault"]
        return columns

    def _expect(self, file: str, columns: Columns) -> None:
        for at in np.flatnonzero(columns["fault"] >= 0).tolist():
            fault = self.faults[columns["fault"][at]]
            row = self._rows[file] + at + 1
            party = "" if _party_is_lost(fault) else columns["party"][at]
            self._expected.write(f"{file},{row},{party},{fault.column or ''},{fault.reason.id}\n")
            if file == "records.csv":
                self.bad[fault.reason.id] += 1
        self._rows[file] += len(columns["party"])


def _party_is_lost(fault: Fault) -> bool:
    return fault.text is not None and fault.column in (None, "party")


def _text_file(opening: ExitStack, path: Path) -> IO[str]:
    # A byte order mark, so that spreadsheets read the Chinese in it.
    temporary = opening.enter_context(atomic_path(path))
    return temporary.open("w", encoding="utf-8-sig", newline="")


def _as_text(columns: Columns, words: Words, some_faults: tuple[Fault, ...]) -> str:
    """The rows as CSV, with the texts of the faults in their cells."""
    batch = to_batch(columns, words)
    cells = {name: batch.column(name).cast(pa.string()) for name in RECORDS.names}
    for number in np.unique(columns["fault"]):
        fault = some_faults[number]
        if number < 0 or fault.text is None or fault.column is None:
            continue
        here = pa.array(columns["fault"] == number)
        cells[fault.column] = pc.if_else(here, fault.text, cells[fault.column])
    lines = pc.binary_join_element_wise(*cells.values(), ",", null_handling="replace")
    wider = [n for n, f in enumerate(some_faults) if f.text == "+"]
    here = pa.array(np.isin(columns["fault"], wider))
    lines = pc.if_else(here, pc.binary_join_element_wise(lines, "one too many", ","), lines)
    return "\n".join(lines.to_pylist()) + "\n"


def _readme(report: SampleReport) -> str:
    day = as_date(SEEN_FROM)
    asked = f"--pack guangdong --as-of {day}"
    lines = [
        "匠途样本数据 / craftpath sample",
        "",
        "这些是编造的记录，不是任何真实的人或单位；不能据此推断广东的任何情况。",
        "These records are made up. They stand for nobody, and prove nothing about Guangdong.",
        "",
        f"人 people: {report.people:,}  (party 1 … {report.people})",
        f"单位 organisations: {report.organisations:,}  (party {report.people + 1} …)",
        f"记录 records: {report.rows:,} in records.parquet",
        f"种子 seed: {report.seed}; 生成器版本 generator version: {VERSION}",
        "同样的人数、种子和版本得到同样的文件。",
        "The same people, seed and version give the same file.",
        "",
        f"建议判定日 suggested day: {day}",
        f"    craftpath decide records.parquet {asked} --out decisions.parquet",
        f"    craftpath explain records.parquet {asked} --party 1",
    ]
    if report.bad:
        lines += [
            "",
            "混入的坏行（应剔除的行见 expected-rejects.csv）",
            "Bad rows mixed in (what has to be turned away: expected-rejects.csv), in records.csv:",
            *(f"    {reason}: {count}" for reason, count in sorted(report.bad.items())),
        ]
    return "\n".join(lines) + "\n"
