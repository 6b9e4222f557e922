"""What every test may use: the option that renews goldens, the Guangdong pack."""

from __future__ import annotations

import pytest

from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack


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
