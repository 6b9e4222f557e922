"""Keeps a database of the present version with the tests: once, in the commit that releases it.

    python -m tests.upgrades.make [--again]

Makes the sample city on the day `kept.DAY`, adds what it lacks, backs it up, and asks it what it
holds; into the folder of `craftpath.__version__`. On SQLite, and on PostgreSQL too where
DATABASE_URL names a server: `.ci/postgres run .venv/bin/python -m tests.upgrades.make` does both.
What is kept already stays, unless --again is given: for a version that is not released yet.
"""

from __future__ import annotations

import json
import lzma
import sys
import tempfile
from pathlib import Path

from craftpath.version import __version__
from tests.apps.operations.site import SERVER, Site, empty_site
from tests.upgrades.kept import FOLDER, answer_of, forget, give_keys, run, say

#: As small as the sample city can be.
PEOPLE = "60"


def keep(database: str) -> None:
    with tempfile.TemporaryDirectory(prefix="craftpath-kept-") as scratch:
        site = _empty(database, Path(scratch) / "site")
        try:
            run(site, "demo", "--people", PEOPLE, "--no-serve")
            told = answer_of(site, "filling")
            (Path(scratch) / "told.json").write_text(json.dumps(told), encoding="utf-8")
            # Before it is asked: questions are logged.
            run(site, "backup", str(Path(scratch) / "backups"))
            asked = answer_of(site, "asking", str(Path(scratch) / "told.json"), "--holds")
        finally:
            forget(site)
        failed = [part for part, said in asked["holds"].items() if "failed" in said]
        if failed:
            raise RuntimeError(f"nothing is kept: {', '.join(failed)} could not be asked")
        (backup,) = (Path(scratch) / "backups").iterdir()
        packed = lzma.compress(backup.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
        (FOLDER / __version__ / f"{database}.tar.xz").write_bytes(packed)
        say(__version__, database, told, asked["holds"])
        sys.stdout.write(f"{__version__} {database}: {len(packed):,} bytes\n")


def _empty(database: str, home: Path) -> Site:
    """A site to be, with keys that keep nothing safe."""
    folder = FOLDER / __version__
    folder.mkdir(exist_ok=True)
    keys = {
        f"CRAFTPATH_{name}_KEY": f"the {name.lower()} key of a database kept for tests: no secret"
        for name in ("SECRET", "IDENTITY", "AUDIT")
    }
    written = json.dumps(keys, indent=1) + "\n"
    (folder / "keys.json").write_text(written, encoding="utf-8", newline="\n")
    home.mkdir()
    site = Site(home, "") if database == "sqlite" else empty_site(home)
    give_keys(__version__, site)
    return site


def main(words: list[str]) -> None:
    for database in ("sqlite", "postgresql"):
        if (FOLDER / __version__ / f"{database}.json").exists() and "--again" not in words:
            sys.stdout.write(f"{__version__} {database}: kept already; --again makes it anew\n")
        elif database == "postgresql" and not SERVER:
            sys.stdout.write("postgresql: DATABASE_URL names no server (.ci/postgres run …)\n")
        else:
            keep(database)


if __name__ == "__main__":
    main(sys.argv[1:])
