from __future__ import annotations

from pathlib import Path

import pytest

from tests.apps.operations.site import Site


@pytest.fixture
def site(first_site: Site, tmp_path: Path) -> Site:
    return first_site.copy(tmp_path / "site")
