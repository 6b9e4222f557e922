"""`craftpath decide --spark MASTER`: the same run on Spark, to the same files."""

from __future__ import annotations

import secrets
import time
from collections import Counter

from rich.console import Console

from craftpath.cli.decide import Order, print_summary
from craftpath.cli.says import Failure
from craftpath.engine.program import Program
from craftpath.evidence.decisions import DecisionsWriter
from craftpath.evidence.population import Tally
from craftpath.evidence.read import Records, open_records
from craftpath.evidence.spark import SparkMissing, decide_on_spark
from craftpath.evidence.write import RejectsWriter
from craftpath.library import make_receipt
from craftpath.pack.nouns import Pack

__all__ = ["decide_on_cluster"]


def decide_on_cluster(order: Order, pack: Pack, program: Program) -> None:
    """Decide on Spark; staging lies beside the results, where driver and workers can reach it."""
    started = time.perf_counter()
    said = Console(stderr=True)
    records = open_records(order.records)
    try:
        tally, reasons = _decide(order, pack, program, records)
    except SparkMissing as missing:
        raise Failure(str(missing)) from None
    print_summary(Console(), order, pack, program, tally, time.perf_counter() - started)
    if tally.rejected:
        listed = "；".join(f"{reason} {count:,}" for reason, count in reasons.most_common())
        said.print(
            f"[yellow]搁置 {tally.rejected:,} 行 / rows set aside[/yellow] → "
            f"{order.rejects_path}\n  {listed}",
            highlight=False,
        )


def _decide(
    order: Order, pack: Pack, program: Program, records: Records
) -> tuple[Tally, Counter[str]]:
    assert order.master is not None
    staging = order.out.with_name(f".{order.out.stem}.{secrets.token_hex(4)}.spark")
    tally = Tally.empty(len(program.rules))
    with DecisionsWriter(order.out) as writer, RejectsWriter(order.rejects_path) as rejects:
        for done in decide_on_spark(order.master, program, records, order.asked, staging):
            writer.add(done.decisions)
            rejects.add(done.rejects)
            tally.add(done.tally)
        writer.receipt = make_receipt(pack, program, records, order.asked)
    return tally, rejects.by_reason
