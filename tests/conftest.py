"""What every test may use: how long laws look for a counter-example, goldens, the Guangdong pack.

Laws (Hypothesis) look by one of three profiles:

    quick     `make test-fast`: a few examples, the same ones every time
    thorough  `make test` (CRAFTPATH_THOROUGH=1): hundreds, the same ones every time
    deep      by hand (CRAFTPATH_DEEP=1): thousands, other ones every time, failures remembered

What a deep run finds is pinned as a named example beside its law, so that the others need not
find it again.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack

_always = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
settings.register_profile("quick", _always, max_examples=30, derandomize=True)
settings.register_profile("thorough", _always, max_examples=200, derandomize=True)
settings.register_profile("deep", _always, max_examples=5_000)
settings.load_profile(
    "deep"
    if os.environ.get("CRAFTPATH_DEEP")
    else "thorough"
    if os.environ.get("CRAFTPATH_THOROUGH")
    else "quick"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew-goldens",
        action="store_true",
        help="write tests/golden/*.txt anew; then read the difference",
    )


@pytest.fixture(scope="session")
def guangdong() -> Pack:
    """The Guangdong pack, read once."""
    return load_pack("guangdong")
