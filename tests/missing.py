"""What a test cannot run without: on one's own machine it is skipped, in CI it fails."""

from __future__ import annotations

import os

import pytest

__all__ = ["need"]


def need(missing: str | None) -> None:
    """`missing`: what is not there, and what brings it; None: all is there."""
    if missing is not None:
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
