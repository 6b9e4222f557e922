"""`craftpath explain`: one party, in words or as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from craftpath.cli.says import Failure
from craftpath.evidence.population import Asked
from craftpath.evidence.read import open_records
from craftpath.library import explain_records, program_of
from craftpath.pack.load import load_pack

__all__ = ["run"]


def run(
    records: Path,
    pack: str,
    party: int,
    rules: Sequence[str] | None,
    as_of: dt.date,
    known_on: dt.date,
    lang: str,
    as_json: bool,
) -> None:
    loaded = load_pack(pack)
    program = program_of(loaded, rules)
    source = open_records(records)
    told = explain_records(source, loaded, program, party, Asked(as_of, known_on, all_rows=True))
    if not told.explanation.reasons:
        raise Failure(
            f"{records} 中没有 {party} 号可判定的记录 / no records of party {party} to decide on"
        )
    click.echo(told.json() if as_json else told.text(lang, every_route=rules is not None))
