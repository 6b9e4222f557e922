"""One worker's page: every rule's answer with all its sentences in both languages.

The door is warm, as after `eligibility.warm`. For each of some hundred workers of the sample: from
facts (the worker's records and those of the organisations they name) to answers, and of every
answer what a page may show: the verdict, the route, each condition of it with how far it has come,
the amount, the sources. `bare` is the same without sentences, `ladder` the eight levels on top.

    python -m benchmarks.door FILE WORKERS
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measure import report
from benchmarks.pack import NAME
from benchmarks.population import DAY
from benchmarks.worker import span
from craftpath.eligibility import Answers, Fact, ask, facts_to_table, ladder, warm
from craftpath.pack.nouns import Pack


def main(file: str, workers: str) -> None:
    pack = warm(NAME)
    lives = lives_of(file, int(workers))

    def page(own: list[Fact], others: list[Fact]) -> Answers:
        answers = ask(pack, own, own[0].party, DAY, others=others)
        shown(answers)
        return answers

    said = [page(*life) for life in lives]  # twice over: the first round warms caches
    seconds = median([timed(lambda life=life: page(*life)) for life in lives])
    tables = [timed(lambda life=life: facts_to_table(*life)) for life in lives]
    bare = [timed(lambda life=life: bare_page(pack, *life)) for life in lives]
    climbs = [
        timed(lambda life=life, a=answers: ladder(pack, life[0], a.party, DAY, answers=a))
        for life, answers in zip(lives, said, strict=True)
    ]
    report(
        [seconds],
        bare=median(bare),
        table=median(tables),
        ladder=median(climbs),
        workers=len(lives),
        decisions=float(np.mean([len(answers) for answers in said])),
        records=float(np.mean([len(own) + len(others) for own, others in lives])),
    )


def bare_page(pack: Pack, own: list[Fact], others: list[Fact]) -> Answers:
    return ask(pack, own, own[0].party, DAY, others=others)


def shown(answers: Answers) -> None:
    """Everything of each answer that a page shows without unfolding other routes."""
    for answer in answers:
        _ = answer.sentence, answer.in_force, answer.route_label, answer.conditions
        _ = answer.amount_sentence, answer.sources


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def median(seconds: list[float]) -> float:
    return float(np.median(seconds))


def lives_of(file: str, workers: int) -> list[tuple[list[Fact], list[Fact]]]:
    """Some workers' facts, and those of the organisations that they name."""
    table = pq.read_table(file, read_dictionary=["kind", "subject", "status"])
    party = table.column("party").to_numpy()
    born = pc.equal(pc.cast(table.column("kind"), pa.string()), "birth")
    people = np.unique(table.column("party").filter(born).to_numpy())
    some = np.random.default_rng(1).choice(people, workers, replace=False)

    def facts(one: int) -> list[Fact]:
        return [Fact(**row) for row in table.slice(*span(party, one)).to_pylist()]

    lives = []
    for one in some:
        own = facts(int(one))
        named = sorted({fact.other for fact in own if fact.other is not None})
        lives.append((own, [fact for other in named for fact in facts(other)]))
    return lives


if __name__ == "__main__":
    main(*sys.argv[1:])
