"""`craftpath decide`: a whole file of records, with progress, a summary and a receipt."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)

from craftpath.cli.says import Failure, screen
from craftpath.cli.summary import Run, print_summary
from craftpath.engine.program import Program
from craftpath.engine.rules import Label
from craftpath.evidence.decisions import DecisionsWriter
from craftpath.evidence.parties import Unsorted
from craftpath.evidence.population import Asked, Decided, Tally, decide_records, sort_first
from craftpath.evidence.read import Records, open_records
from craftpath.evidence.write import RejectsWriter
from craftpath.library import make_receipt, program_of
from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack

__all__ = ["Order", "Outcome", "run", "write_all"]


@dataclass(frozen=True)
class Order:
    """What was asked on the command line."""

    records: Path
    pack: str
    as_of: dt.date
    known_on: dt.date
    rules: Sequence[str] | None
    out: Path
    rejects: Path | None
    all_rows: bool
    threads: int
    master: str | None

    @property
    def asked(self) -> Asked:
        return Asked(self.as_of, self.known_on, self.all_rows)

    @property
    def rejects_path(self) -> Path:
        if self.rejects is not None:
            return self.rejects
        if _is_device(self.out):  # /dev/null: nothing is written beside it
            return Path(os.devnull)
        return self.out.with_name(f"{self.out.stem}.rejects.csv")


@dataclass(frozen=True)
class Outcome:
    """What a run came to: counts, and rejects by reason."""

    tally: Tally
    reasons: Counter[str]


def run(order: Order) -> None:
    """Decide, write, and print the summary. Nothing is written where anything goes wrong."""
    pack = load_pack(order.pack)
    program = program_of(pack, order.rules)
    records = open_records(order.records)
    _check_places(order)
    said = screen(err=True)
    started = time.perf_counter()
    if order.master is not None:
        from craftpath.cli.spark import decide_on_cluster

        done = decide_on_cluster(order, pack, program, records, said)
    else:
        done = _decide_here(order, pack, program, records, said)
    print_summary(
        screen(),
        Run(
            pack,
            program.rules,
            order.asked,
            done.tally,
            order.out,
            order.rejects_path,
            done.reasons,
            records.notes,
            time.perf_counter() - started,
        ),
    )


def _decide_here(
    order: Order, pack: Pack, program: Program, records: Records, said: Console
) -> Outcome:
    def decided(source: Records) -> Iterator[Decided]:
        return decide_records(program, source, order.asked, order.threads)

    try:
        return write_all(order, pack, program, records, decided(records), said)
    except Unsorted as unsorted:
        _say(said, unsorted.label)
    return write_all(order, pack, program, records, decided(sort_first(records)), said)


def write_all(
    order: Order,
    pack: Pack,
    program: Program,
    records: Records,
    decided: Iterator[Decided],
    said: Console,
) -> Outcome:
    """Write decisions and rejects as they come, then the receipt; show how far it has come."""
    tally = Tally.empty(len(program.rules))
    with (
        # Last in, first closed: where decisions cannot be finished, no rejects are left either.
        RejectsWriter(order.rejects_path) as rejects,
        DecisionsWriter(order.out) as writer,
        _progress(said, records) as show,
    ):
        for done in decided:
            writer.add(done.decisions)
            rejects.add(done.rejects)
            tally.add(done.tally)
            show(tally.rows)
        writer.receipt = make_receipt(pack, program, records, order.asked)
    return Outcome(tally, rejects.by_reason)


# --- before anything is written --------------------------------------------------------------

_SUFFIXES = {".parquet", ".pq", ".csv", ""}


def _check_places(order: Order) -> None:
    """Refuse at once what would fail, or destroy something, after the work is done."""
    places = {
        "RECORDS": order.records,
        "--out": order.out,
        "--rejects": order.rejects_path,
    }
    seen: dict[Path, str] = {}
    for name, path in places.items():
        if _is_device(path):
            continue
        before = seen.setdefault(path.resolve(), name)
        if before != name:
            raise Failure(
                f"{before} 和 {name} 是同一个文件：{path}。请另选一个。",
                f"{before} and {name} are the same file, {path}; choose another.",
            )
        if name != "RECORDS":
            _check_writable(name, path)


def _check_writable(name: str, path: Path) -> None:
    folder = path.resolve().parent
    if not folder.is_dir():
        raise Failure(
            f"{name} 所在的文件夹不存在：{folder}。请先建好。",
            f"{name} lies in a folder that is not there: {folder}; make it first.",
        )
    if path.is_dir():
        raise Failure(
            f"{name} 是文件夹：{path}。请写明其中的文件名。",
            f"{name} is a folder: {path}; name a file in it.",
        )
    if not os.access(folder, os.W_OK):
        raise Failure(
            f"{name} 所在的文件夹不能写入：{folder}。",
            f"{name} lies in a folder that may not be written to: {folder}.",
        )
    if path.suffix.lower() not in _SUFFIXES:
        raise Failure(
            f"{name} 写 Parquet 或 CSV，文件名请以 .parquet 或 .csv 结尾：{path}。",
            f"{name} is written as Parquet or CSV; end its name in .parquet or .csv: {path}.",
        )


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


# --- progress --------------------------------------------------------------------------------


def _say(said: Console, text: Label) -> None:
    said.print(f"[dim]{text.zh} / {text.en}[/dim]")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> str:
        return f"{task.speed:,.0f} 行 rows/s" if task.speed else ""


@contextmanager
def _progress(said: Console, records: Records) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on a terminal; elsewhere one line and then silence."""
    if not said.is_terminal:
        rows = "" if records.num_rows is None else f"（{records.num_rows:,} 行 rows）"
        said.print(f"判定 deciding {records.name}{rows}", markup=False)
        yield lambda rows: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(20),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=said, transient=True) as progress:
        task = progress.add_task("判定 deciding", total=records.num_rows)
        yield lambda rows: progress.update(task, completed=rows)
