"""How many queries a page takes, kept as golden figures in queries.json beside this file.

    queries = counted("my-path", client, "/me/")

After a change: `pytest tests/apps/web --renew-goldens`, then read the difference. The names of a
page are whoever's test asks first; one figure for each.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

FILE = Path(__file__).parent / "queries.json"

Counted = Callable[[str, Client, str], HttpResponse]


@pytest.fixture
def counted(request: pytest.FixtureRequest) -> Counted:
    """`counted(name, client, url)` opens the page and holds its queries to the golden figure."""

    def count(name: str, client: Client, url: str) -> HttpResponse:
        client.get(url)  # what a process works out once is no page's own
        with CaptureQueriesContext(connection) as caught:
            response = client.get(url)
        assert response.status_code == 200
        kept = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
        if request.config.getoption("--renew-goldens"):
            kept[name] = len(caught)
            text = json.dumps(kept, indent=1, sort_keys=True) + "\n"
            FILE.write_text(text, encoding="utf-8")
        told = "\n".join(query["sql"][:200] for query in caught)
        assert len(caught) == kept.get(name), f"{name}: pytest --renew-goldens\n{told}"
        return response

    return count
