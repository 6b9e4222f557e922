"""However a run is stopped, there is the whole file or none. A real process, really stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import cast

# The command, made to wait once its first decisions are written.
WAITING = """
import signal
import time
from craftpath.cli import decide as command

real = command.decide_records

def waiting(*asked):
    for done in real(*asked):
        yield done
        print("half", flush=True)
        time.sleep(60)

command.decide_records = waiting
# Whoever starts the tests in the background of a shell has interrupts ignored, and so has a child.
signal.signal(signal.SIGINT, signal.default_int_handler)
from craftpath.cli.main import main
main()
"""


def start(records: Path, out: Path) -> subprocess.Popen[str]:
    """A run that has written half of its decisions, and waits."""
    words = ["decide", str(records), "--as-of", str(cast.DAY), "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    return process


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_half_file(records: Path, tmp_path: Path, number: signal.Signals):
    out = tmp_path / "out.parquet"
    process = start(records, out)
    assert [file.name for file in tmp_path.iterdir() if ".part" in file.name]  # it had begun

    process.send_signal(number)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 128 + number
    assert "没有留下半个文件" in said
    assert "no half file is left" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == [records]


@pytest.mark.slow
def test_an_older_file_stays_as_it_was(records: Path, tmp_path: Path):
    out = tmp_path / "out.parquet"
    out.write_bytes(b"older")
    process = start(records, out)

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)

    assert out.read_bytes() == b"older"


@pytest.mark.slow
def test_a_killed_run_leaves_no_file_of_that_name(records: Path, tmp_path: Path):
    process = start(records, tmp_path / "out.parquet")

    process.kill()
    process.communicate(timeout=30)

    assert not (tmp_path / "out.parquet").exists()
    assert not (tmp_path / "out.rejects.csv").exists()


@pytest.mark.slow
def test_a_reader_who_leaves_is_no_failure(records: Path):
    """`craftpath explain … | head`, where head is gone before anything is printed."""
    read, write = os.pipe()
    os.close(read)
    words = ["explain", str(records), "--party", str(cast.WORKER), "--as-of", str(cast.DAY)]

    done = subprocess.run(
        [sys.executable, "-m", "craftpath.cli.main", *words],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)

    assert done.returncode == 0
    assert done.stderr == ""
