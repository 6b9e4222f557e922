"""One line says why the lane is skipped, if it is: no PySpark, or no Java."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from craftpath.engine.program import Program
from craftpath.evidence.population import Asked
from craftpath.evidence.spark import why_no_spark
from craftpath.library import program_of
from craftpath.pack.load import load_pack
from craftpath.sample import make_sample
from tests.missing import need

PEOPLE = 100_000
DAY = dt.date(2025, 8, 27)


@pytest.fixture(scope="session")
def spark() -> None:
    """Asked for by every test that starts Spark."""
    need(why_no_spark())


@pytest.fixture(scope="session")
def program() -> Program:
    return program_of(load_pack("guangdong"))


@pytest.fixture(scope="session")
def asked() -> Asked:
    return Asked(DAY, DAY)


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100,000 people and their organisations, with every kind of bad row mixed in."""
    vocabulary = load_pack("guangdong").vocabulary
    folder = tmp_path_factory.mktemp("sample")
    return make_sample(folder, PEOPLE, seed=7, vocabulary=vocabulary, dirty=True).records
