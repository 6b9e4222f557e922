"""Imports go one way, as drawn in ARCHITECTURE.md and written in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(ROOT)

    broken = lint_imports(config_filename="pyproject.toml", no_cache=True)

    assert not broken, capsys.readouterr().out
