"""A file is whole or not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from craftpath.evidence.reasons import Reason
from craftpath.evidence.rejects import Reject, rejects_table
from craftpath.evidence.schema import REJECTS, empty_rejects
from craftpath.evidence.write import RejectsWriter, atomic_path, write_rejects

SOME = rejects_table(
    [
        Reject(2, 1, "employment", "start", "2023/7/1", Reason.DATE_SHAPE, "2023-07-01"),
        Reject(5, None, None, "party", "甲", Reason.NOT_A_NUMBER),
    ]
)


def test_the_file_is_there_when_the_block_ends_well(tmp_path):
    target = tmp_path / "out.txt"
    with atomic_path(target) as path:
        path.write_text("whole")
        assert path.suffix == ".txt"
        assert not target.exists()
    assert target.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
def test_nothing_is_left_when_it_does_not(tmp_path, trouble):
    target = tmp_path / "out.txt"
    target.write_text("as it was")
    with pytest.raises(trouble), atomic_path(target) as path:
        path.write_text("half")
        raise trouble
    assert target.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [target]


def test_a_run_that_is_interrupted_leaves_nothing(tmp_path):
    script = f"""
import pathlib, time
from craftpath.evidence.write import atomic_path
with atomic_path({str(tmp_path / "out.txt")!r}) as path:
    path.write_text("half")
    print("ready", flush=True)
    time.sleep(60)
"""
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\n"
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=30) != 0
    finally:
        run.kill()
        run.stdout.close()
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link(tmp_path):
    target = tmp_path / "real.txt"
    target.write_text("old")
    (tmp_path / "link.txt").symlink_to(target)
    with atomic_path(tmp_path / "link.txt") as path:
        path.write_text("new")
    assert target.read_text() == "new"
    assert (tmp_path / "link.txt").is_symlink()


def test_a_device_is_written_as_it_is():
    with atomic_path(os.devnull) as path:
        path.write_text("gone")


def test_a_folder_that_is_missing_or_in_the_way_is_named(tmp_path):
    missing = pytest.raises(FileNotFoundError, match="is not a folder; make it first")
    with missing, atomic_path(tmp_path / "no" / "out.txt"):
        pass
    in_the_way = pytest.raises(IsADirectoryError, match="is a folder; name a file in it")
    with in_the_way, atomic_path(tmp_path):
        pass


def test_rejects_in_csv_open_in_a_spreadsheet(tmp_path):
    counts = write_rejects(tmp_path / "rejects.csv", [SOME, empty_rejects()])
    data = (tmp_path / "rejects.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[0].replace('"', "") == ",".join(REJECTS.names)
    assert lines[1] == (
        '2,1,"employment","start","2023/7/1","date-shape","日期写法不对",'
        '"a date in another shape","改写为 2023-07-01","write 2023-07-01"'
    )
    assert counts == {"date-shape": 1, "not-a-number": 1}


def test_rejects_in_parquet_keep_their_schema(tmp_path):
    write_rejects(tmp_path / "rejects.parquet", [SOME])
    assert (
        pq.read_table(tmp_path / "rejects.parquet").to_batches()[0].to_pylist() == SOME.to_pylist()
    )
    assert pq.read_schema(tmp_path / "rejects.parquet").names == REJECTS.names


@pytest.mark.parametrize("name", ["rejects.csv", "rejects.parquet"])
def test_no_rejects_make_a_file_without_rows(tmp_path, name):
    assert write_rejects(tmp_path / name, []) == {}
    assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize("name", ["rejects.csv", "rejects.parquet"])
def test_rejects_broken_off_leave_nothing(tmp_path, name):
    with pytest.raises(KeyboardInterrupt), RejectsWriter(tmp_path / name) as writer:
        writer.add(SOME)
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
