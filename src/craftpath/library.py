"""The same as the command, as a library: load a pack, decide, explain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import pyarrow as pa

from craftpath.engine.decide import DECISIONS, Desk, collect_others
from craftpath.engine.explain import explain_columns
from craftpath.engine.program import Lexicon, Program, compile_rules
from craftpath.engine.receipt import Receipt, rule_versions
from craftpath.engine.rules import Rule
from craftpath.evidence.parties import Unsorted
from craftpath.evidence.population import Asked, decide_records, look_up, sort_first
from craftpath.evidence.read import Records, records_from
from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack
from craftpath.pack.tell import Told

__all__ = [
    "UnknownRule",
    "decide",
    "explain",
    "explain_records",
    "load_pack",
    "make_receipt",
    "program_of",
]


class UnknownRule(ValueError):
    """A rule was asked for that the pack does not have."""


# Programs by the pack's hash and the rules asked for: a caller who explains many waits once.
_programs: dict[tuple[str, tuple[str, ...] | None], Program] = {}
_desks: dict[int, Desk] = {}


def program_of(pack: Pack, rules: Sequence[str] | None = None) -> Program:
    """The pack's rules, or the named ones, compiled. UnknownRule names what there is.

    A name that ends in "*" stands for all rules that begin so: "skill-level.*".
    """
    key = (pack.hash, None if rules is None else tuple(rules))
    if key not in _programs:
        lexicon = next(
            (p.lexicon for (h, _), p in _programs.items() if h == pack.hash), None
        ) or Lexicon(pack.vocabulary)
        _programs[key] = compile_rules(_chosen(pack, rules), lexicon)
    return _programs[key]


def _chosen(pack: Pack, rules: Sequence[str] | None) -> tuple[Rule, ...]:
    if rules is None:
        return pack.rules
    found: set[str] = set()
    for name in rules:
        matching = {rule.id for rule in pack.rules if fnmatchcase(rule.id, name)}
        if not matching:
            known = ", ".join(rule.id for rule in pack.rules)
            raise UnknownRule(f"no rule {name!r} in {pack.id}; there are: {known}")
        found |= matching
    return tuple(rule for rule in pack.rules if rule.id in found)


def make_receipt(pack: Pack, program: Program, records: Records, asked: Asked) -> Receipt:
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


def decide(
    records: Any,
    pack: Pack,
    as_of: dt.date,
    known_on: dt.date | None = None,
    rules: Sequence[str] | None = None,
    all_rows: bool = False,
) -> pa.Table:
    """Decisions (see `engine.decide.DECISIONS`) for every party, with the receipt as metadata.

    Bad rows are left out; `craftpath decide` writes them to a file with reasons. An unsorted
    table is sorted in memory.
    """
    program = program_of(pack, rules)
    source = records_from(records)
    asked = Asked(as_of, known_on or as_of, all_rows)
    try:
        tables = [done.decisions for done in decide_records(program, source, asked)]
    except Unsorted:
        tables = [
            done.decisions for done in decide_records(program, sort_first(records_from(records)), asked)
        ]
    receipt = make_receipt(pack, program, source, asked)
    whole = pa.concat_tables(tables) if tables else DECISIONS.empty_table()
    return whole.replace_schema_metadata({"craftpath.receipt": receipt.to_json()})


def explain(
    records: Any,
    pack: Pack,
    party: int,
    as_of: dt.date,
    known_on: dt.date | None = None,
    rules: Sequence[str] | None = None,
) -> Told:
    """One party's decisions with every reason, to be told in words or taken as data.

    `records` holds the party's own records and, where rules look at employers, schools or
    issuers, theirs; more may be there.
    """
    program = program_of(pack, rules)
    source = records_from(records)
    asked = Asked(as_of, known_on or as_of, all_rows=True)
    return explain_records(source, pack, program, party, asked)


def explain_records(
    source: Records, pack: Pack, program: Program, party: int, asked: Asked
) -> Told:
    """The same for an opened source of records, read no further than needed."""
    own, others = look_up(program, source, party)
    desk = _desks.setdefault(id(program), Desk(program))
    if desk.program is not program:  # the number was given to another program since
        desk = _desks[id(program)] = Desk(program)
    known = collect_others(program, others, asked.days[1])
    found = explain_columns(desk, own, known, party, asked.as_of, asked.known_on)
    return Told(found, pack, make_receipt(pack, program, source, asked))
