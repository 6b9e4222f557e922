"""What every test may use: how long laws look for a counter-example, goldens, the Guangdong pack.

Laws (Hypothesis) look by one of three profiles:

    quick     `make test`: dozens of examples, the same ones every time
    thorough  `make test-thorough` (CRAFTPATH_THOROUGH=1): hundreds, the same ones every time
    deep      by hand (CRAFTPATH_DEEP=1): thousands, other ones every time, failures remembered

Tests that are marked thorough are run with CRAFTPATH_THOROUGH=1, and where they are asked for by
name; on PostgreSQL, so are those that ask no database.

What a deep run finds is pinned as a named example beside its law, so that the others need not
find it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, settings

from craftpath.pack import load
from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack
from craftpath.pack.problems import Problem
from tests import stages
from tests.apps.operations.first_site import first_site

__all__ = ["first_site"]  # a fixture that several folders share

_always = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
settings.register_profile("quick", _always, max_examples=30, derandomize=True)
settings.register_profile("thorough", _always, max_examples=200, derandomize=True)
settings.register_profile("deep", _always, max_examples=5_000)
THOROUGH = bool(os.environ.get("CRAFTPATH_THOROUGH"))
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
settings.load_profile(
    "deep" if os.environ.get("CRAFTPATH_DEEP") else "thorough" if THOROUGH else "quick"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew-goldens",
        action="store_true",
        help="write tests/golden/*.txt anew; then read the difference",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if THOROUGH or any("::" in asked for asked in config.args) or config.option.keyword:
        return
    left_out = [item for item in items if _can_wait(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not _can_wait(item)]


def _can_wait(item: pytest.Item) -> bool:
    """For the thorough run: what takes long; on PostgreSQL also what asks no database."""
    asks = {"db", "transactional_db", "first_site"} & set(getattr(item, "fixturenames", ()))
    marked = any(map(item.get_closest_marker, ("database", "django_db")))
    return bool(item.get_closest_marker("thorough") or (ON_POSTGRES and not asks and not marked))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    stages.begin()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """As pytest-django has it; and stages of the cast see what is written."""
    stages.watch()


@pytest.fixture(scope="session", autouse=True)
def _same_files_same_pack() -> Iterator[None]:
    """`load_pack` builds the same files once: it is half a second of each command else."""
    built: dict[frozenset[tuple[str, bytes]], tuple[Pack | None, list[Problem]]] = {}
    build = load.build_pack

    def build_once(files: Mapping[str, bytes]) -> tuple[Pack | None, list[Problem]]:
        key = frozenset(files.items())
        if key not in built:
            built[key] = build(files)
        return built[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "build_pack", build_once)
        yield


@pytest.fixture(scope="session")
def guangdong() -> Pack:
    """The Guangdong pack, read once."""
    return load_pack("guangdong")
