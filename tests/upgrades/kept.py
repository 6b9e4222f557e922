"""The databases that are kept, one folder for each version, and a site made of one.

0.1.0/keys.json           the site's keys, which keep nothing safe
0.1.0/sqlite.tar.xz       what `craftpath backup` of that version wrote, compressed
0.1.0/sqlite.json         what `filling` told, and what the site held when asked then
0.1.0/postgresql.*        the same on PostgreSQL
"""

from __future__ import annotations

import json
import lzma
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.apps.operations.site import ROOT, SERVER, Site

FOLDER = Path(__file__).parent
#: The day that the sample city takes for today.
DAY = "2026-11-25"
#: How a kept site is run: on its day, its pages without a manifest of static files, unhurried.
AROUND = {
    "CRAFTPATH_TODAY": DAY,
    "CRAFTPATH_SECOND_FACTOR": "off",
    "CRAFTPATH_DEBUG": "1",
    "CRAFTPATH_CHECKS_PER_MINUTE": "0",
}


def versions() -> list[str]:
    """Those that are kept, the oldest first."""
    found = [path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0].isdigit()]
    return sorted(found, key=numbered)


def numbered(version: str) -> tuple[int, ...]:
    """What is released has numbers alone. ValueError: 0.2.0.dev1 and the like."""
    return tuple(int(part) for part in version.split("."))


def sort() -> str:
    """The sort of database that these tests are run on."""
    return "postgresql" if SERVER else "sqlite"


def said(version: str, database: str = "") -> dict[str, Any]:
    path = FOLDER / version / f"{database or sort()}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def say(version: str, database: str, told: dict[str, Any], holds: dict[str, Any]) -> None:
    written = json.dumps({"told": told, "holds": holds}, ensure_ascii=False, indent=1)
    path = FOLDER / version / f"{database}.json"
    path.write_text(written + "\n", encoding="utf-8", newline="\n")


def backup_of(version: str, folder: Path, database: str = "") -> Path:
    """The backup, as an operator of that version has it."""
    path = folder / f"craftpath-{version}.tar"
    with (
        lzma.open(FOLDER / version / f"{database or sort()}.tar.xz") as packed,
        path.open("wb") as f,
    ):
        shutil.copyfileobj(packed, f)
    return path


def give_keys(version: str, site: Site) -> None:
    """What a backup does not have: the keys, and that the site is a demonstration, whose papers
    carry the address of its own machine."""
    shutil.copyfile(FOLDER / version / "keys.json", site.home / "keys.json")
    (site.home / "demonstration").write_text("http://127.0.0.1:8000\n", encoding="utf-8")


def run(site: Site, *words: str) -> str:
    """A command on a site: what it said. RuntimeError with what it complained of."""
    done = site.run(*words, **AROUND)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def answer_of(site: Site, program: str, *words: str) -> Any:
    """What one of the programs of this folder prints on a site, as JSON. RuntimeError likewise."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.upgrades.{program}", *words],
        cwd=ROOT,
        env=site.environment | AROUND,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def forget(site: Site) -> None:
    """The folder and the database of a site go."""
    shutil.rmtree(site.home, ignore_errors=True)
    if site.database:
        import psycopg

        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{site.database}" WITH (FORCE)')  # type: ignore[arg-type]
