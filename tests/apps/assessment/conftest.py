from __future__ import annotations

import pytest

from tests.apps.assessment.hall import Hall, build_hall
from tests.apps.city import City


@pytest.fixture
def hall(city: City) -> Hall:
    return build_hall(city)
