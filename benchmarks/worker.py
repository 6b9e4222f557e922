"""One worker: every rule, with reasons, as a counter or a phone would ask.

The pack is loaded and the kernels are warm; organisations are at hand. For each of some hundred
workers: from the worker's own records, as an Arrow table, to an explanation of every rule: verdict,
days, what is missing, and the nearest route with the day sets of each of its conditions.

    python -m benchmarks.worker FILE WORKERS
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measure import report
from benchmarks.pack import pack
from benchmarks.population import DAY
from craftpath.engine.days import as_day
from craftpath.engine.decide import Desk, collect_others
from craftpath.engine.explain import explain
from craftpath.engine.program import compile_rules


def main(file: str, workers: str) -> None:
    loaded = pack()
    program = compile_rules(loaded.rules, loaded.vocabulary)
    table = pq.read_table(file, read_dictionary=["kind", "subject", "status"])
    founded = pc.equal(pc.cast(table.column("kind"), pa.string()), "founded")
    ids = table.column("party").filter(founded)
    is_organisation = pc.is_in(table.column("party"), value_set=ids.combine_chunks())
    organisations = table.filter(is_organisation)
    people = table.filter(pc.invert(is_organisation))
    others = collect_others(program, program.coder.encode(organisations), as_day(DAY))
    desk = Desk(program)

    party = people.column("party").to_numpy()
    seed = np.random.default_rng(1)
    some = seed.choice(np.unique(party), int(workers), replace=False)
    lives = [people.slice(*span(party, one)).combine_chunks() for one in some]

    seconds, reasons = [], []
    for warm in (True, False):
        for one, life in zip(some, lives, strict=True):
            begun = time.perf_counter()
            said = explain(program, life, int(one), DAY, others=others, desk=desk)
            for reason in said.reasons:  # the route each verdict rests on, with its conditions
                _ = reason.nearest
            if not warm:
                seconds.append(time.perf_counter() - begun)
                reasons.append(len(said.reasons))
    report(
        [float(np.median(seconds))],
        p95=float(np.quantile(seconds, 0.95)),
        workers=len(some),
        decisions=float(np.mean(reasons)),
        records=float(np.mean([life.num_rows for life in lives])),
    )


def span(party: np.ndarray, one: int) -> tuple[int, int]:
    start = int(np.searchsorted(party, one))
    return start, int(np.searchsorted(party, one, side="right")) - start


if __name__ == "__main__":
    main(*sys.argv[1:])
