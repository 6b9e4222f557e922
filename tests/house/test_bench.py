"""The benchmarks run, and all their sides give the same answers; no time is tested here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


#: Those that take seconds: one whose sides are other people's engines, one that is ours alone, one
#: that has to sign the same bytes. All of them small take minutes: `make bench ARGS=--small`.
SIDES = "snapshot,worker,signing"


@pytest.mark.slow
@pytest.mark.thorough
def test_all_sides_agree_on_a_small_sample(tmp_path: Path):
    page = tmp_path / "page.md"

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--small", "--only", SIDES, "--out", str(page)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    text = page.read_text("utf-8")
    for title in ("A snapshot benefit", "One worker", "Signing 5 credentials"):
        assert title in text
