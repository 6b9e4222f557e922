"""`craftpath decide --spark MASTER`: the same run on Spark, to the same files."""

from __future__ import annotations

import secrets

from rich.console import Console

from craftpath.cli.decide import Order, Outcome, write_all
from craftpath.cli.says import Failure
from craftpath.engine.program import Program
from craftpath.evidence.read import Records
from craftpath.evidence.spark import SparkMissing, decide_on_spark
from craftpath.pack.nouns import Pack

__all__ = ["decide_on_cluster"]


def decide_on_cluster(
    order: Order, pack: Pack, program: Program, records: Records, said: Console
) -> Outcome:
    """Decide on Spark; staging lies beside the results, where driver and workers can reach it."""
    staging = order.out.resolve().with_name(f".{order.out.stem}.{secrets.token_hex(4)}.spark")
    decided = decide_on_spark(order.master or "", program, records, order.asked, staging)
    try:
        return write_all(order, pack, program, records, decided, said)
    except SparkMissing as missing:
        raise Failure(f"不能用 Spark / no Spark here. {missing}", "") from None
    except Exception as trouble:
        if type(trouble).__module__.partition(".")[0] not in {"pyspark", "py4j"}:
            raise
        first = next(iter(str(trouble).strip().splitlines()), type(trouble).__name__)
        raise Failure(
            f"Spark（{order.master}）未能完成：{first}", f"Spark ({order.master}) failed: {first}"
        ) from None
