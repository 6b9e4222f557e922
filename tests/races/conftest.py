from __future__ import annotations

import pytest

from tests.apps.city import City, build_city


@pytest.fixture
def city(transactional_db: None) -> City:
    """The cast, committed, so that other connections and processes see it."""
    return build_city()
