"""`craftpath sample`: a seeded folder of believable records."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import Progress

from craftpath.cli.says import screen
from craftpath.pack.load import load_pack
from craftpath.sample import make_sample

__all__ = ["run"]


def run(people: int, out: Path, seed: int, dirty: bool, pack: str) -> None:
    """Make the sample and say what is in it."""
    vocabulary = load_pack(pack).vocabulary
    said = screen(err=True)
    with Progress(console=said, transient=True, disable=not said.is_terminal) as progress:
        task = progress.add_task("样例 sample", total=people)
        report = make_sample(
            out,
            people,
            seed,
            vocabulary=vocabulary,
            dirty=dirty,
            progress=lambda done: progress.update(task, completed=done),
        )
    click.echo(f"{out}: {report}")
