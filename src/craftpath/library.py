"""The same as the command, as a library: load a pack, decide, explain.

Records are anything with the Arrow PyCapsule interface, in the columns of the records table: a
pyarrow table or reader, a Polars or pandas frame, a DuckDB relation. They need not be sorted. A
stream that can be read only once (a reader, a DuckDB relation half fetched) is read once, and held
in memory until the call returns: to decide more than that, use `craftpath decide` on a file.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Protocol

import pyarrow as pa

from craftpath.engine.decide import DECISIONS, Desk, collect_others
from craftpath.engine.explain import explain_columns
from craftpath.engine.program import Lexicon, Program, compile_rules
from craftpath.engine.receipt import RECEIPT_KEY, Receipt, rule_versions
from craftpath.engine.rules import Label, Rule
from craftpath.evidence.parties import Unsorted
from craftpath.evidence.population import Asked, decide_records, look_up, sort_first
from craftpath.evidence.read import Records, records_from
from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack
from craftpath.pack.problems import nearest
from craftpath.pack.tell import Told

__all__ = [
    "ArrowArray",
    "ArrowStream",
    "UnknownParty",
    "UnknownRule",
    "decide",
    "explain",
    "explain_records",
    "load_pack",
    "make_receipt",
    "program_of",
]


class ArrowStream(Protocol):
    """What gives itself as a stream of Arrow batches: tables, frames, readers, relations."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


class ArrowArray(Protocol):
    """What gives itself as one Arrow batch."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any: ...


class UnknownRule(ValueError):
    """A rule was asked for that the pack does not have. `label` says it in both languages."""

    def __init__(self, name: str, pack: Pack) -> None:
        known = [rule.id for rule in pack.rules]
        near = nearest(name, known)
        listed = "\n  ".join(known)
        self.label = Label(
            f"规则包 {pack.id} 中没有规则 {name}" + (f"，是不是 {near}？" if near else "。"),
            f"The pack {pack.id} has no rule {name}"
            + (f"; did you mean {near}?" if near else ".")
            + f" It has:\n  {listed}",
        )
        super().__init__(self.label.en)


class UnknownParty(LookupError):
    """The records have no usable record of the party asked. `label`: in both languages."""

    def __init__(self, party: int, source: str) -> None:
        self.label = Label(
            f"{source} 中没有 {party} 号主体的可用记录，请核对编号",
            f"{source} has no usable record of party {party}; check the number",
        )
        super().__init__(self.label.en)


def decide(
    records: ArrowStream | ArrowArray,
    pack: Pack,
    as_of: dt.date,
    known_on: dt.date | None = None,
    rules: Sequence[str] | None = None,
    all_rows: bool = False,
    threads: int = 2,
) -> pa.Table:
    """Decisions (see `engine.decide.DECISIONS`) for every party, by party, focus and rule.

    as_of     the day asked
    known_on  the day of knowledge; the day asked where not given
    rules     only these, in the pack's order; `*` stands for anything: "skill-level.*"
    all_rows  also the rows that say never

    The receipt lies in the table's metadata under `craftpath.receipt`, as JSON. Bad rows are left
    out; `craftpath decide` writes them to a file with reasons. UnknownRule, RecordsError (not
    Arrow, or a column missing) and TypeError (a time where a day is asked) say what to mend.
    """
    program = program_of(pack, rules)
    source = records_from(records)
    asked = asked_on(as_of, known_on, all_rows)
    try:
        tables = [done.decisions for done in decide_records(program, source, asked, threads)]
    except Unsorted:
        again = sort_first(source)
        tables = [done.decisions for done in decide_records(program, again, asked, threads)]
    whole = pa.concat_tables(tables) if tables else DECISIONS.empty_table()
    receipt = make_receipt(pack, program, source, asked)
    return whole.replace_schema_metadata({RECEIPT_KEY: receipt.to_json()})


def explain(
    records: ArrowStream | ArrowArray,
    pack: Pack,
    party: int,
    as_of: dt.date,
    known_on: dt.date | None = None,
    rules: Sequence[str] | None = None,
) -> Told:
    """One party's decisions with every reason: `.text("zh")`, `.as_dict()`, `.json()`.

    `records` holds the party's own records and, where rules look at employers, schools or
    issuers, theirs; more may be there. UnknownParty where nothing is said of the party, and the
    errors of `decide`.
    """
    program = program_of(pack, rules)
    return explain_records(
        records_from(records), pack, program, party, asked_on(as_of, known_on, all_rows=True)
    )


def explain_records(
    source: Records, pack: Pack, program: Program, party: int, asked: Asked
) -> Told:
    """The same for an opened source of records, read no further than needed."""
    own, others = look_up(program, source, party)
    if own.party.size == 0:
        raise UnknownParty(party, source.name)
    known = collect_others(program, others, asked.days[1])
    found = explain_columns(desk_of(program), own, known, party, asked.as_of, asked.known_on)
    return Told(found, pack, make_receipt(pack, program, source, asked))


def make_receipt(pack: Pack, program: Program, records: Records, asked: Asked) -> Receipt:
    """What the answer to a question rests on. Reads the records to their end for their hash."""
    return Receipt(
        pack=pack.id,
        pack_version=pack.version,
        pack_hash=pack.hash,
        rules=rule_versions(program.rules),
        records=records.sha256(),
        as_of=asked.as_of.isoformat(),
        known_on=asked.known_on.isoformat(),
        all_rows=asked.all_rows,
    )


def asked_on(as_of: dt.date, known_on: dt.date | None, all_rows: bool) -> Asked:
    for day in (as_of, known_on):
        if isinstance(day, dt.datetime):  # is a date to Python, but a day is not a midnight
            raise TypeError(f"{day!r} is a time; give a day: datetime.date(2025, 6, 30)")
    return Asked(as_of, as_of if known_on is None else known_on, all_rows)


# --- compiled once -------------------------------------------------------------------------

_KEPT = 8  # packs whose programs are kept, and desks of each thread


class _Compiled:
    """A pack's programs by the rules asked for; they share the encoding of its codes."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.lexicon = Lexicon(pack.vocabulary)
        self.programs: dict[tuple[str, ...] | None, Program] = {}


_compiled: OrderedDict[int, _Compiled] = OrderedDict()
_compiling = threading.Lock()
_own = threading.local()


def program_of(pack: Pack, rules: Sequence[str] | None = None) -> Program:
    """The pack's rules, or the named ones, compiled. UnknownRule names what there is.

    `*` in a name stands for anything: "skill-level.*". The latest few packs are kept compiled.
    """
    key = None if rules is None else tuple(rules)
    with _compiling:
        kept = _compiled.get(id(pack))
        if kept is None or kept.pack is not pack:  # the number was another pack's
            kept = _compiled[id(pack)] = _Compiled(pack)
        _compiled.move_to_end(id(pack))
        while len(_compiled) > _KEPT:
            _compiled.popitem(last=False)
        if key not in kept.programs:
            kept.programs[key] = compile_rules(_chosen(pack, key), kept.lexicon)
        return kept.programs[key]


def _chosen(pack: Pack, names: tuple[str, ...] | None) -> tuple[Rule, ...]:
    if names is None:
        return pack.rules
    found: set[str] = set()
    for name in names:
        matching = {rule.id for rule in pack.rules if fnmatchcase(rule.id, name)}
        if not matching:
            raise UnknownRule(name, pack)
        found |= matching
    return tuple(rule for rule in pack.rules if rule.id in found)


def desk_of(program: Program) -> Desk:
    """A desk of this thread's own, kept for whoever explains many."""
    desks: OrderedDict[int, Desk] = _own.__dict__.setdefault("desks", OrderedDict())
    desk = desks.get(id(program))
    if desk is None or desk.program is not program:
        desk = desks[id(program)] = Desk(program)
    desks.move_to_end(id(program))
    while len(desks) > _KEPT:
        desks.popitem(last=False)
    return desk
