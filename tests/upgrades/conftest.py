from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.upgrades.kept import said, say, sort
from tests.upgrades.trying import try_out


@pytest.fixture(scope="session")
def tried_out(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """What came of each version that was tried, once for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    renew = bool(request.config.getoption("--renew-goldens"))

    class Tried(dict[str, dict[str, Any]]):
        def __missing__(self, version: str) -> dict[str, Any]:
            self[version] = found = _once(folder, version)
            if renew:
                say(version, sort(), said(version)["told"], found["holds"])
            return found

    return Tried()


def _once(folder: Path, version: str) -> dict[str, Any]:
    file = folder / f"upgraded-{version}.json"
    with (folder / f"upgraded-{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            try:
                tried = try_out(version, folder)
            except RuntimeError as trouble:  # tried once: every test says the same of it
                tried = {"failed": str(trouble)}
            file.write_text(json.dumps(tried), encoding="utf-8")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if "failed" in found:
        pytest.fail(f"{version} could not be taken over: {found['failed']}", pytrace=False)
    return found
