from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> None:
    """Counts of requests begin anew; no second factor but where a test asks for one."""
    cache.clear()
    settings.CRAFTPATH_SECOND_FACTOR = "off"
