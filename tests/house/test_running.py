"""docs/running.md tells of the variables that the settings read, all of them and no others, and
of commands that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from craftpath.cli.main import main
from craftpath.settings.keys import NAMES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "running.md").read_text("utf-8")
DEPLOY = sorted((ROOT / "deploy").iterdir())

TABLE = PAGE.partition("## Environment")[2].partition("\n## ")[0]
TOLD = {
    name
    for row in TABLE.splitlines()
    if row.startswith("| `")
    for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row.split("|")[1])
}
OTHERS_READ = {"DATABASE_URL", "NUMBA_CACHE_DIR"}  # by dj-database-url, by numba


def read_by_settings() -> set[str]:
    text = "\n".join(
        file.read_text("utf-8") for file in (ROOT / "src/craftpath/settings").glob("*.py")
    )
    return set(re.findall(r'(?:environ\.get\(|environ\[|_on\()\s*"(\w+)"', text)) | set(NAMES)


def test_tells_of_every_variable_that_is_read_and_of_no_other():
    assert read_by_settings() | OTHERS_READ == TOLD


@pytest.mark.parametrize("file", DEPLOY, ids=lambda file: file.name)
def test_examples_set_only_variables_that_the_page_tells_of(file: Path):
    set_there = set(re.findall(r"^([A-Z][A-Z0-9_]+)=", file.read_text("utf-8"), re.MULTILINE))

    assert set_there <= TOLD


@pytest.mark.parametrize("file", DEPLOY, ids=lambda file: file.name)
def test_page_says_what_to_do_with_each_file(file: Path):
    assert f"deploy/{file.name}" in PAGE


# --- commands --------------------------------------------------------------------------------

_BLOCK = re.compile(r"^```(?:console|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^\s*(?:\S*=\S*/)?(?:\S*/)?craftpath ([a-z-][^#`\n]*)", re.MULTILINE)
_INLINE = re.compile(r"`craftpath ([a-z-][^`\n]*)`")


def commands_in(text: str) -> list[str]:
    """What stands after `craftpath` in lines of commands and between backticks."""
    blocks = "\n".join(_BLOCK.findall(text)) if "```" in text else text
    lines = blocks.replace("\\\n", " ")
    return [found.strip() for found in _LINE.findall(lines) + _INLINE.findall(text)]


def wrong_with(words: list[str]) -> str:
    """Follow the words down click's commands; "" where every command and option is there."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.commands.get(words[0])
        if found is None:
            return f"no command {words[0]}"
        command, words = found, words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    if command.context_settings.get("ignore_unknown_options"):
        return ""
    return ", ".join(f"no option {option}" for option in options if option not in known)


TOLD_OF = [
    pytest.param(words, id=f"{file.name}: {words}")
    for file in (ROOT / "README.md", ROOT / "docs" / "running.md", *DEPLOY)
    for words in commands_in(file.read_text("utf-8"))
]


@pytest.mark.parametrize("words", TOLD_OF)
def test_names_only_commands_and_options_that_there_are(words: str):
    assert wrong_with(shlex.split(words)) == ""


@pytest.mark.parametrize("words", ["serve --bind 127.0.0.1:8000", "audit check", "mend"])
def test_would_notice_a_command_that_there_is_not(words: str):
    assert wrong_with(shlex.split(words))


def test_finds_the_commands_of_every_place():
    texts = {file.name: commands_in(file.read_text("utf-8")) for file in DEPLOY}
    assert any(words.startswith("serve ") for words in texts["craftpath-site.service"])
    assert texts["craftpath-worker.service"] == ["work"]
    assert {"migrate", "backup DIR", "restore FILE"} <= set(commands_in(PAGE))
