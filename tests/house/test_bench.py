"""The benchmarks run, and all their sides give the same answers; no time is tested here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


#: All but applications and imports, which make databases of their own and take minutes.
SIDES = "population,service,snapshot,worker,door,site"


@pytest.mark.slow
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
    for title in (
        "The whole pack",
        "accumulated service",
        "A snapshot benefit",
        "One worker",
        "The site",
    ):
        assert title in text
