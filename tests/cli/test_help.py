"""`--help` answers at once, in both languages, for every command and every option."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from craftpath.cli.main import main


def commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield names, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield (*names, name), command


def in_both(text: str | None) -> bool:
    return bool(text and re.search(r"[\u4e00-\u9fff]", text) and re.search(r"[a-z]{3}", text))


@pytest.mark.parametrize(
    "command", [pytest.param(c, id=" ".join(n) or "craftpath") for n, c in commands(main)]
)
def test_every_command_and_option_speaks_both(command: click.Command):
    assert in_both(command.help)
    for option in command.params:
        if isinstance(option, click.Option) and "--version" not in option.opts:
            assert in_both(option.help), option.opts


@pytest.mark.parametrize("words", [[], ["decide"], ["explain"], ["sample"], ["pack", "test"]])
def test_help_loads_nothing_heavy(words: list[str]):
    code = (
        "import sys\nfrom craftpath.cli.main import main\n"
        f"try:\n    main({[*words, '--help']!r})\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert loaded & {"numba", "numpy", "pyarrow", "rich", "yaml", "pyspark"} == set()
