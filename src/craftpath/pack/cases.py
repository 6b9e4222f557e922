"""Cases beside a rule: a sentence, a small life of records, a day and the verdict; and their runs.

`craftpath.pack.case_lines` reads them from a pack. Here all cases of a rule that ask about the
same day are decided in one go, as parties of one table, so that the cases of a whole pack can be
run again for each of its mutants.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, overload
from weakref import WeakKeyDictionary

from craftpath.engine.days import as_day
from craftpath.engine.rules import Label, Rule
from craftpath.engine.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

    from craftpath.engine.columns import Columns
    from craftpath.engine.program import Lexicon

__all__ = [
    "ASKED_ABOUT",
    "VERDICTS",
    "Case",
    "Decide",
    "Expected",
    "Fact",
    "Failure",
    "Lives",
    "Road",
    "Row",
    "Sitting",
    "by_engine",
    "facts_to_table",
    "failures",
    "rows_of",
    "run_cases",
    "sittings",
]

VERDICTS = ("qualifies", "later", "unknown", "never")
ASKED_ABOUT = 1  # the party that a life is about


# --- nouns -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One row of the records table (`docs/formats`); `level` is a rank, `end` exclusive."""

    party: int
    kind: str
    start: dt.date
    end: dt.date | None = None
    subject: str | None = None
    level: int | None = None
    quantity: float | None = None
    other: int | None = None
    status: str = "verified"
    known: dt.date | None = None  # None: from its start
    known_until: dt.date | None = None


@dataclass(frozen=True)
class Expected:
    """What a case says of one day. None, where it says nothing.

    until    (day,), or (None,) for "no end"
    amount   (number,), or (None,) for "no amount"
    """

    as_of: dt.date
    known_on: dt.date
    verdict: str
    route: str | None = None
    from_: dt.date | None = None
    until: tuple[dt.date | None] | None = None
    amount: tuple[float | None] | None = None
    missing: tuple[str, ...] | None = None
    text: str = ""
    line: int = 0


@dataclass(frozen=True)
class Case:
    """A sentence with the life that it is about and what is expected of it on given days."""

    it: Label
    rule: str
    focus: str | None
    facts: tuple[Fact, ...]
    on: tuple[Expected, ...]
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Row:
    """One row of the decisions table; `from_` and `until` are its columns `from` and `until`."""

    party: int
    focus: str | None
    rule: str
    verdict: str
    route: str | None = None
    from_: dt.date | None = None
    until: dt.date | None = None
    amount: float | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """A case that a day does not bear out. `got` is None where nothing was decided."""

    case: Case
    expected: Expected
    got: Row | None

    def __str__(self) -> str:
        e = self.expected
        where = f"{self.case.file}:{e.line or self.case.line}" if self.case.file else ""
        day = f"{e.as_of}" + (f" known {e.known_on}" if e.known_on != e.as_of else "")
        focus = f" {self.case.focus}" if self.case.focus else ""
        said = f"{self.case.it.zh} / {self.case.it.en}"
        return (
            f"{where} – {self.case.rule}{focus}: {said}\n"
            f"    {day}: expected {e.text or e.verdict}\n"
            f"    {' ' * len(day)}  but got  {_said(self.got)}"
        )


def _said(row: Row | None) -> str:
    """A decision in the words of an `on:` line."""
    if row is None:
        return "no decision: no record names this focus, or birth (founding) is not known yet"
    parts = [row.verdict, row.route or ""]
    if row.from_ is not None:
        parts.append(f"{row.from_}..{row.until or ''}")
    if row.amount is not None:
        parts.append(f"amount={row.amount:g}")
    if row.missing:
        parts.append(f"missing={','.join(row.missing)}")
    return " ".join(p for p in parts if p)


# --- running ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Lives(Sequence[Fact]):
    """The records of many parties, sorted by party, and the same as an Arrow table."""

    facts: tuple[Fact, ...]

    @overload
    def __getitem__(self, index: int) -> Fact: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Fact, ...]: ...
    def __getitem__(self, index: int | slice) -> Fact | tuple[Fact, ...]:
        return self.facts[index]

    def __len__(self) -> int:
        return len(self.facts)

    @cached_property
    def table(self) -> pa.Table:
        """The records table of `docs/records.md`."""
        return facts_to_table(self.facts)


def facts_to_table(facts: Sequence[Fact]) -> pa.Table:
    """The records table of some facts, in their order; known from the start where not said."""
    import pyarrow as pa

    day, word = pa.date32(), pa.dictionary(pa.int32(), pa.string())
    columns = {
        "party": pa.array([f.party for f in facts], pa.int64()),
        "kind": pa.array([f.kind for f in facts], word),
        "subject": pa.array([f.subject for f in facts], word),
        "level": pa.array([f.level for f in facts], pa.int8()),
        "start": pa.array([f.start for f in facts], day),
        "end": pa.array([f.end for f in facts], day),
        "quantity": pa.array([f.quantity for f in facts], pa.float64()),
        "other": pa.array([f.other for f in facts], pa.int64()),
        "status": pa.array([f.status for f in facts], word),
        "known": pa.array([f.known or f.start for f in facts], day),
        "known_until": pa.array([f.known_until for f in facts], day),
    }
    return pa.table(columns)


#: Decides lives as of a day and as known on a day; `never` rows included.
Decide = Callable[[Lives, dt.date, dt.date], Sequence[Row]]
#: Makes rules ready to decide.
Road = Callable[[Sequence[Rule], Vocabulary], Decide]


@dataclass(frozen=True)
class Question:
    """One expectation and the party of the sitting that it is about."""

    party: int
    case: Case
    expected: Expected


@dataclass(frozen=True)
class Sitting:
    """All that the cases of one rule ask about one day (and day of knowledge)."""

    rule: str
    as_of: dt.date
    known_on: dt.date
    lives: Lives
    questions: tuple[Question, ...] = field(repr=False)


def sittings(cases: Iterable[Case]) -> dict[str, tuple[Sitting, ...]]:
    """The sittings of each rule. Every life becomes parties of its own."""
    by_rule: dict[str, dict[tuple[dt.date, dt.date], list[tuple[Case, Expected]]]] = {}
    for case in cases:
        days = by_rule.setdefault(case.rule, {})
        for expected in case.on:
            days.setdefault((expected.as_of, expected.known_on), []).append((case, expected))
    return {
        rule: tuple(_sitting(rule, *day, asked) for day, asked in days.items())
        for rule, days in by_rule.items()
    }


def _sitting(
    rule: str, as_of: dt.date, known_on: dt.date, asked: Sequence[tuple[Case, Expected]]
) -> Sitting:
    facts: list[Fact] = []
    questions = []
    number = 0  # the last party given away
    for case, expected in asked:
        parties = sorted({f.party for f in case.facts} | {f.other or 1 for f in case.facts})
        numbers = {party: number + i for i, party in enumerate(parties, 1)}
        number += len(parties)
        facts += (
            replace(f, party=numbers[f.party], other=None if f.other is None else numbers[f.other])
            for f in sorted(case.facts, key=lambda f: f.party)
        )
        questions.append(Question(numbers[ASKED_ABOUT], case, expected))
    return Sitting(rule, as_of, known_on, Lives(tuple(facts)), tuple(questions))


class _Engine:
    """The engine's road: a vocabulary and its lives are made ready once, rules each time."""

    def __init__(self) -> None:
        self._lexicon: Lexicon | None = None
        self._columns: WeakKeyDictionary[Lives, Columns] = WeakKeyDictionary()

    def __call__(self, rules: Sequence[Rule], vocabulary: Vocabulary) -> Decide:
        from craftpath.engine.decide import Desk, collect_others
        from craftpath.engine.program import Lexicon, compile_rules

        if self._lexicon is None or self._lexicon.vocabulary is not vocabulary:
            self._lexicon = Lexicon(vocabulary)
            self._columns.clear()
        program = compile_rules(rules, self._lexicon)
        desk = Desk(program, rows=_ROWS)

        def decide(lives: Lives, as_of: dt.date, known_on: dt.date) -> list[Row]:
            if lives not in self._columns:
                self._columns[lives] = program.coder.encode(lives.table)
            columns = self._columns[lives]
            others = collect_others(program, columns, as_day(known_on))
            batches = desk.decide(columns, others, as_day(as_of), as_day(known_on), all_rows=True)
            return [row for batch in batches for row in rows_of(batch)]

        return decide


#: The road that cases take unless another is given.
by_engine: Road = _Engine()
_ROWS = 1 << 10  # decisions at once; a rule has a few dozen lives


def rows_of(batch: pa.RecordBatch | pa.Table) -> Iterator[Row]:
    """The rows of a decisions table or of a batch of it."""
    for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
        yield Row(*(*values[:-1], tuple(values[-1])))


def failures(sitting: Sitting, decide: Decide) -> Iterator[Failure]:
    """What a sitting's cases say otherwise than the decisions."""
    rows = decide(sitting.lives, sitting.as_of, sitting.known_on)
    found = {(row.party, row.focus): row for row in rows if row.rule == sitting.rule}
    for question in sitting.questions:
        row = found.get((question.party, question.case.focus))
        if row is None or not _agrees(question.expected, row):
            yield Failure(question.case, question.expected, row)


def run_cases(
    rules: Iterable[Rule], vocabulary: Vocabulary, cases: Iterable[Case], road: Road = by_engine
) -> list[Failure]:
    """Every case that does not come out as it says, in written order."""
    known = {rule.id: rule for rule in rules}
    found = [
        failure
        for rule, asked in sittings(cases).items()
        for decide in [road([known[rule]], vocabulary)]
        for sitting in asked
        for failure in failures(sitting, decide)
    ]
    return sorted(found, key=lambda f: (f.case.file, f.case.line, f.expected.line))


def _agrees(expected: Expected, row: Row) -> bool:
    """Whether a row is as stated, as far as anything is stated."""
    return (
        row.verdict == expected.verdict
        and expected.route in (None, row.route)
        and expected.from_ in (None, row.from_)
        and (expected.until is None or expected.until == (row.until,))
        and (expected.amount is None or _same_amount(expected.amount[0], row.amount))
        and expected.missing in (None, row.missing)
    )


def _same_amount(stated: float | None, got: float | None) -> bool:
    if stated is None or got is None:
        return stated is got
    return math.isclose(stated, got, abs_tol=0.005)
