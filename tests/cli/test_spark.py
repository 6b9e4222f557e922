"""`craftpath decide --spark MASTER`: the same files, or one line that says what is missing."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pytest import MonkeyPatch

from craftpath.evidence import spark as lane
from craftpath.evidence.decisions import read_receipt
from tests import cast
from tests.cli.conftest import Run
from tests.missing import need

DAY = ("--as-of", str(cast.DAY))


def test_it_says_in_one_line_what_is_missing(
    run: Run, records: Path, tmp_path: Path, monkeypatch: MonkeyPatch
):
    monkeypatch.setattr(lane, "why_no_spark", lambda: "Java is not installed: apt-get install …")

    done = run("decide", records, *DAY, "--out", tmp_path / "out.parquet", "--spark", "local[1]")

    assert done.exit_code == 1
    (line,) = (line for line in done.stderr.splitlines() if "Spark" in line)
    assert "Java is not installed" in line
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == [records]


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_it_writes_the_same_as_here(run: Run, dirty: Path, tmp_path: Path):
    need(lane.why_no_spark())
    here, there = tmp_path / "here.parquet", tmp_path / "there.parquet"
    local = run("decide", dirty, *DAY, "--out", here)

    done = run("decide", dirty, *DAY, "--out", there, "--spark", "local[2]")

    assert done.exit_code == 0, done.output
    assert pq.read_table(there).equals(pq.read_table(here))
    assert read_receipt(there) == read_receipt(here)
    assert table(done.stdout) == table(local.stdout)
    assert not list(tmp_path.glob(".*"))


def table(said: str) -> list[str]:
    """The lines of the summary up to the totals, which do not name files or seconds."""
    lines = said.splitlines()
    return lines[: next(n for n, line in enumerate(lines) if line.startswith("合计 total")) + 1]
