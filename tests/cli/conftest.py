"""The command in this process, a small sample, and files of the cast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from craftpath.cli.main import main
from craftpath.pack.nouns import Pack
from craftpath.sample import make_sample
from tests import cast

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """`run("decide", file, …)`: the command's exit status and what it printed."""

    def command(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return command


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory, guangdong: Pack) -> Path:
    """A records file of 400 people and their organisations."""
    folder = tmp_path_factory.mktemp("people")
    return make_sample(folder, 400, seed=3, vocabulary=guangdong.vocabulary).records


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory, guangdong: Pack) -> Path:
    """The same with every kind of bad row mixed in."""
    folder = tmp_path_factory.mktemp("dirty")
    return make_sample(folder, 400, seed=3, vocabulary=guangdong.vocabulary, dirty=True).records


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A records file of the cast."""
    file = tmp_path / "records.parquet"
    pq.write_table(cast.records(), file)
    return file
