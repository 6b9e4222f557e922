"""`craftpath explain`: one party, in words or as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

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
    """Tell one party's decisions; with `rules`, only those, and every route of each."""
    loaded = load_pack(pack)
    program = program_of(loaded, rules)
    source = open_records(records)
    told = explain_records(source, loaded, program, party, Asked(as_of, known_on, all_rows=True))
    click.echo(told.json() if as_json else told.text(lang, every_route=rules is not None))
