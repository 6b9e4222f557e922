"""Folders of backups in the making: gone with whoever made them, a killed one's included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from craftpath.operations.scratch import scratch

MAKER = (
    "import sys; from pathlib import Path; from craftpath.operations.scratch import scratch\n"
    "with scratch(Path(sys.argv[1]), 'backup') as folder:\n"
    "    (folder / 'database.sqlite3').write_text('everything')\n"
    "    print(folder.name, flush=True); input()\n"
)


def test_goes_away_again(tmp_path: Path) -> None:
    with scratch(tmp_path, "backup") as folder:
        assert folder.name.startswith(".craftpath-backup-")
        assert folder.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_takes_away_what_a_killed_one_left_and_nothing_of_one_that_lives(tmp_path: Path) -> None:
    """A copy of the whole database lay there for ever."""
    (tmp_path / ".craftpath-restore-other").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", MAKER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as maker:
        assert maker.stdout is not None
        left = tmp_path / maker.stdout.readline().strip()
        with scratch(tmp_path, "backup"):
            assert (left / "database.sqlite3").exists()

        maker.kill()
        maker.wait()
        assert left.exists()
        with scratch(tmp_path, "backup"):
            assert not left.exists()
    assert [one.name for one in tmp_path.iterdir()] == [".craftpath-restore-other"]
