"""Questions to the engine, and the answers: for one party, for a group, for an application.

Nothing here reads a clock: the day asked and the day of knowledge are arguments.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from craftpath import library
from craftpath.eligibility.answers import Answer, AnsweredCondition, Answers, LeftOut, answers_of
from craftpath.eligibility.facts import Facts, facts_to_table
from craftpath.eligibility.kept import once_a_pack
from craftpath.engine.columns import Columns
from craftpath.engine.days import Interval, as_day
from craftpath.engine.decide import collect_others
from craftpath.engine.explain import explain_columns
from craftpath.engine.program import Program
from craftpath.engine.receipt import Receipt
from craftpath.engine.rules import Label
from craftpath.evidence.check import CheckTables, check_rows, check_tables
from craftpath.evidence.population import Asked
from craftpath.evidence.read import records_from
from craftpath.evidence.reasons import Reason as Fault
from craftpath.pack.cases import Row, rows_of
from craftpath.pack.nouns import Pack
from craftpath.pack.sentences import VERDICTS

__all__ = ["Check", "Row", "ask", "ask_many", "becoming", "check"]


# --- one party -----------------------------------------------------------------------------


def ask(
    pack: Pack,
    facts: Facts,
    party: int,
    as_of: dt.date,
    known_on: dt.date | None = None,
    rules: Sequence[str] | None = None,
    others: Facts = (),
) -> Answers:
    """Every rule's answer for one party.

    facts     the party's own records; records of others among them are taken for `others`
    known_on  the day of knowledge; the day asked where not given
    rules     only these; `*` stands for anything: "skill-level.*"
    others    records of the organisations that the party's records name (employers, schools,
              issuers): rules look at them. Of those not given nothing is known

    UnknownRule names what there is; TypeError: a time where a day is asked. Records that cannot
    be used are left out and listed in `Answers.left_out`.
    """
    program = library.program_of(pack, rules)
    asked = library.asked_on(as_of, known_on, all_rows=True)
    table = facts_to_table(facts, others)
    own, far, left_out = usable(pack, program, table, party)
    known = collect_others(program, far, asked.days[1])
    desk = library.desk_of(program)
    found = explain_columns(desk, own, known, party, asked.as_of, asked.known_on)
    return Answers(
        party=party,
        as_of=asked.as_of,
        known_on=asked.known_on,
        answers=answers_of(pack, found),
        left_out=left_out,
        _receipt=lambda: _receipt(pack, program, table, asked),
        _own=own if rules is None else None,
    )


@once_a_pack
def _tables(pack: Pack) -> CheckTables:
    return check_tables(pack.vocabulary)


def usable(
    pack: Pack, program: Program, table: pa.Table, party: int
) -> tuple[Columns, Columns, tuple[LeftOut, ...]]:
    """A party's good records, those of all others, and what is wrong with the party's bad ones."""
    columns = program.coder.encode(table)
    rows = np.arange(columns.party.size)
    if np.any(np.diff(columns.party) < 0):
        rows = np.argsort(columns.party, kind="stable")
        columns = columns.take(rows)
    reasons = check_rows(columns, _tables(pack))
    good, own = reasons == 0, columns.party == party
    bad = np.flatnonzero(own & ~good)
    left_out = tuple(LeftOut(int(rows[k]), Fault.of(int(reasons[k]))) for k in bad)
    return columns.take(good & own), columns.take(good & ~own), left_out


def _receipt(pack: Pack, program: Program, table: pa.Table, asked: Asked) -> Receipt:
    """The receipt over all records given, whatever order they came in."""
    plain = pa.table([_decoded(column) for column in table.columns], table.column_names)
    order = pc.sort_indices(plain, [(name, "ascending") for name in plain.column_names])
    return library.make_receipt(pack, program, records_from(table.take(order)), asked)


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Words as themselves: Arrow sorts no dictionaries."""
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


# --- an application ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Check:
    """Whether an application may go on, and what to keep with it.

    verdict   the answer's; "unknown" where the rule was not decided for the party and focus
    answer    None where it was not decided: no record names the focus, the party was not born yet,
              or the rule is not about such a party
    receipt   plain data for JSON: what was asked, on what, and what came out; its own sha256 in
              `hash` over the rest, as `json.dumps(…, sort_keys=True, ensure_ascii=False)`
    """

    rule: str
    focus: str | None
    verdict: str
    sentence: Label
    answer: Answer | None
    receipt: dict[str, Any]

    @property
    def qualifies(self) -> bool:
        return self.verdict == "qualifies"

    @property
    def lacking(self) -> tuple[AnsweredCondition, ...]:
        """The conditions of the nearest route that do not surely hold."""
        return () if self.answer is None else self.answer.lacking

    @property
    def missing(self) -> tuple[Label, ...]:
        """The same as sentences."""
        return tuple(condition.sentence for condition in self.lacking)

    @property
    def amount(self) -> float | None:
        return None if self.answer is None else self.answer.amount

    @property
    def route(self) -> str | None:
        return None if self.answer is None else self.answer.route


def check(
    pack: Pack,
    facts: Facts,
    party: int,
    rule: str,
    focus: str | None,
    as_of: dt.date,
    known_on: dt.date | None = None,
    others: Facts = (),
) -> Check:
    """One rule for one party and focus (None for a rule that is decided without one).

    The arguments and errors of `ask`; `rule` is one id, without `*`.
    """
    if pack.rule(rule) is None:
        raise library.UnknownRule(rule, pack)
    focus = _code(pack, rule, focus)
    answers = ask(pack, facts, party, as_of, known_on, [rule], others)
    chosen = [answer for answer in answers if answer.focus == focus]
    answer = chosen[0] if chosen else None
    verdict = "unknown" if answer is None else answer.verdict
    sentence = _undecided(pack, rule, focus) if answer is None else answer.sentence
    return Check(
        rule, focus, verdict, sentence, answer, _check_receipt(answers, rule, focus, answer)
    )


def _code(pack: Pack, rule: str, focus: str | None) -> str | None:
    """The focus as the engine knows it: a code of another edition becomes the one used here."""
    asked = pack.rule(rule)
    if asked is None or asked.about.focus is None or focus is None:
        return focus
    return pack.vocabulary.lists[asked.about.focus].aliases.get(focus, focus)


def _undecided(pack: Pack, rule: str, focus: str | None) -> Label:
    word = VERDICTS["unknown"]
    asked = pack.rule(rule)
    list_id = None if asked is None else asked.about.focus
    if list_id is None:
        return Label(
            f"{word.zh}：到所知日为止，还没有其出生（成立）记录，或该规则不适用于该主体。",
            f"{word.en}: no record of birth (founding) is known by that day, "
            "or the rule is not about this party.",
        )
    codes = pack.vocabulary.lists[list_id]
    code = codes.codes.get(focus or "")
    name = Label("所选代码", "the code chosen") if code is None else code.label
    return Label(
        f"{word.zh}：没有任何记录涉及{codes.label.zh}“{name.zh}”，请先补充记录。",
        f"{word.en}: no record names the {codes.label.en} “{name.en}”; add one first.",
    )


def _check_receipt(
    answers: Answers, rule: str, focus: str | None, answer: Answer | None
) -> dict[str, Any]:
    receipt = asdict(answers.receipt)
    said: dict[str, Any] = {
        "receipt": {**receipt, "rules": list(receipt["rules"])},
        "party": answers.party,
        "rule": rule,
        "focus": focus,
        "verdict": None if answer is None else answer.verdict,
        "route": None if answer is None else answer.route,
        "from": None if answer is None else _iso(answer.since),
        "until": None if answer is None else _iso(answer.until),
        "amount": None if answer is None else answer.amount,
        "missing": [] if answer is None else list(answer.missing),
    }
    written = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return {**said, "hash": hashlib.sha256(written.encode()).hexdigest()}


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


# --- groups --------------------------------------------------------------------------------


def ask_many(
    pack: Pack,
    facts: Facts,
    as_of: dt.date,
    known_on: dt.date | None = None,
    rules: Sequence[str] | None = None,
    all_rows: bool = False,
    threads: int = 1,
) -> tuple[Row, ...]:
    """The decisions of every party among the facts, by party, focus and rule.

    facts     lives of people and of the organisations that they name; need not be sorted
    all_rows  also the rows that say never

    Errors as those of `library.decide`.
    """
    table = facts_to_table(facts)
    decided = library.decide(table, pack, as_of, known_on, rules, all_rows, threads)
    return tuple(rows_of(decided))


def becoming(rows: Iterable[Row], between: Interval) -> tuple[Row, ...]:
    """Who becomes eligible on a day of the interval ([start, end)), the first day first.

    Rows that qualify, or will, by a stretch that begins in it. Asked as of the interval's first
    day, they are those of whom it is known then; a stretch that began and ended before the day
    asked is in no row.
    """
    first, end = between.bounds
    found = [
        row
        for row in rows
        if row.verdict in ("qualifies", "later")
        and row.from_ is not None
        and first <= as_day(row.from_) < end
    ]
    return tuple(sorted(found, key=lambda row: (row.from_ or dt.date.max, row.party, row.rule)))
