"""`craftpath decide`: a whole file of records, with progress, a summary and a receipt."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from collections import Counter
from contextlib import ExitStack
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
from rich.table import Table

from craftpath.cli.says import Failure
from craftpath.engine.kernels.layout import LATER, NEVER, QUALIFIES, UNKNOWN
from craftpath.engine.program import Program
from craftpath.evidence.decisions import DecisionsWriter
from craftpath.evidence.parties import Unsorted
from craftpath.evidence.population import Asked, Tally, decide_records, sort_first
from craftpath.evidence.read import Records, open_records
from craftpath.evidence.write import RejectsWriter
from craftpath.library import make_receipt, program_of
from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack

__all__ = ["Order", "run"]


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
        return self.rejects or self.out.with_name(f"{self.out.stem}.rejects.csv")


def run(order: Order) -> None:
    _refuse_overwriting(order)
    pack = load_pack(order.pack)
    program = program_of(pack, order.rules)
    started = time.perf_counter()
    said = Console(stderr=True)
    if order.master is not None:
        from craftpath.cli.spark import decide_on_cluster

        decide_on_cluster(order, pack, program)
        return
    records = open_records(order.records)
    try:
        tally, rejects = _decide(order, pack, program, records, said)
    except Unsorted as unsorted:
        said.print(f"[dim]{unsorted.label.zh} / {unsorted.label.en}[/dim]")
        tally, rejects = _decide(order, pack, program, sort_first(records), said)
    for note in records.notes:
        said.print(f"[dim]{note.zh} / {note.en}[/dim]", highlight=False)
    print_summary(Console(), order, pack, program, tally, time.perf_counter() - started)
    if tally.rejected:
        reasons = "；".join(f"{reason} {count:,}" for reason, count in rejects.most_common())
        said.print(
            f"[yellow]搁置 {tally.rejected:,} 行 / rows set aside[/yellow] → {order.rejects_path}\n  {reasons}",
            highlight=False,
        )


def _refuse_overwriting(order: Order) -> None:
    places = [order.records.resolve(), order.out.resolve(), order.rejects_path.resolve()]
    if len(set(places)) < len(places):
        raise Failure("输入、结果、坏行须是三个不同的文件 / records, --out and --rejects must be three files")


def _decide(
    order: Order, pack: Pack, program: Program, records: Records, said: Console
) -> tuple[Tally, Counter[str]]:
    tally = Tally.empty(len(program.rules))
    with ExitStack() as open_files:
        writer = open_files.enter_context(DecisionsWriter(order.out))
        rejects = open_files.enter_context(RejectsWriter(order.rejects_path))
        with _progress(said) as progress:
            task = progress.add_task("判定 deciding", total=records.num_rows)
            for done in decide_records(program, records, order.asked, order.threads):
                writer.add(done.decisions)
                rejects.add(done.rejects)
                tally.add(done.tally)
                progress.update(task, completed=tally.rows)
        writer.receipt = make_receipt(pack, program, records, order.asked)
    return tally, rejects.by_reason


class _Rate(ProgressColumn):
    def render(self, task: Task) -> str:
        return f"{task.speed:,.0f} 行/s" if task.speed else ""


def _progress(said: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=said,
    )


def print_summary(
    out: Console, order: Order, pack: Pack, program: Program, tally: Tally, seconds: float
) -> None:
    """A table of verdicts, a row a rule."""
    table = Table(title=f"{pack.label.zh} {pack.version} · {order.as_of}", title_justify="left")
    table.add_column("规定 rule")
    for heading in ("符合 qualifies", "以后 later", "不明 unknown"):
        table.add_column(heading, justify="right")
    if order.all_rows:
        table.add_column("不符 never", justify="right")
    table.add_column("金额 amount", justify="right")
    for rule, verdicts, amount in zip(program.rules, tally.verdicts, tally.amounts, strict=True):
        cells = [f"{verdicts[v]:,}" for v in (QUALIFIES, LATER, UNKNOWN)]
        if order.all_rows:
            cells.append(f"{verdicts[NEVER]:,}")
        money = f"{amount:,.0f}" if amount else ""
        table.add_row(f"{rule.label.zh}\n[dim]{rule.id}[/dim]", *cells, money)
    out.print(table)
    out.print(
        f"{tally.parties:,} 人和单位 parties · {tally.rows:,} 行记录 records · "
        f"{tally.decisions:,} 条判定 decisions → {order.out} · {seconds:.1f} s",
        highlight=False,
        soft_wrap=True,
    )
