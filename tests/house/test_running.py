"""docs/running.md tells of the variables that the settings read: all of them, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
