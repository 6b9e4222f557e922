"""Backup, proof and restore, as they are run: each command a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(home: Path, *words: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """A command on the site in `home`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CRAFTPATH_") and name not in ("DATABASE_URL",)
    }
    environment = {
        **kept,
        "CRAFTPATH_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "craftpath.settings",
        "PYTHONPATH": "src",
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "craftpath.cli.main", *words],
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def first_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a login, a person with a number and an uploaded file. Not to be changed."""
    home = tmp_path_factory.mktemp("site")
    assert run(home, "migrate").returncode == 0
    added = run(
        home,
        "account",
        "add",
        "op",
        "--role",
        "operator",
        "--password-stdin",
        given="a-good-long-one-7\n",
    )
    assert added.returncode == 0, added.stderr
    code = (
        "from craftpath.access.roles import Actor, Role\n"
        "from craftpath.registry.actions.parties import add_person\n"
        "add_person(Actor(None, '甲', Role.CITY, region='441900', origin='command'), name='林晓',"
        " scheme='passport', number='E1234567', born=__import__('datetime').date(1990, 1, 1))\n"
    )
    assert run(home, "manage", "shell", "--no-imports", "-c", code).returncode == 0
    (home / "uploads" / "documents").mkdir(parents=True)
    (home / "uploads" / "documents" / "a.pdf").write_bytes(b"%PDF-1.7 not much")
    return home


@pytest.fixture
def site(first_site: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_site, tmp_path / "site"))


@pytest.fixture(scope="module")
def backup(first_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups")
    done = run(first_site, "backup", str(folder))
    assert done.returncode == 0, done.stderr
    assert "The keys are not in it" in done.stdout
    (file,) = folder.iterdir()
    return file


def test_writes_database_uploads_and_a_list_but_no_key(backup: Path, first_site: Path) -> None:
    with tarfile.open(backup) as archive:
        names = archive.getnames()
        manifest = json.loads(archive.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert names == ["database.sqlite3", "uploads/documents/a.pdf", "manifest.json"]
    assert manifest["rows"]["access_user"] == 1
    assert manifest["audit"][0] == 3
    key = json.loads((first_site / "keys.json").read_text())["CRAFTPATH_IDENTITY_KEY"]
    assert key.encode() not in backup.read_bytes()
    assert backup.stat().st_mode & 0o077 == 0


def test_proves_a_good_backup(first_site: Path, backup: Path) -> None:
    done = run(first_site, "backup", "--prove", str(backup))

    assert done.returncode == 0, done.stdout + done.stderr
    for told in ("files are as listed", "rows, as listed", "audit is whole", "open with the"):
        assert told in done.stdout


def test_does_not_believe_another_key(first_site: Path, backup: Path) -> None:
    done = run(first_site, "backup", "--prove", str(backup), CRAFTPATH_IDENTITY_KEY="another " * 6)

    assert done.returncode == 1
    assert "CRAFTPATH_IDENTITY_KEY is not that of the backup" in done.stdout


def test_finds_a_backup_whose_audit_was_changed(first_site: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(first_site, tmp_path / "home"))
    with closing(sqlite3.connect(home / "craftpath.sqlite3")) as database:
        database.execute("UPDATE audit_entry SET actor = 'nobody' WHERE number = 2")
        database.commit()
    run(home, "backup", str(tmp_path / "out"))
    (file,) = (tmp_path / "out").iterdir()

    done = run(home, "backup", "--prove", str(file))

    assert done.returncode == 1
    assert "entry 2 was changed" in done.stdout


def test_finds_a_damaged_file(first_site: Path, backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar"
    bytes_of = bytearray(backup.read_bytes())
    at = bytes_of.index(b"%PDF-1.7")
    bytes_of[at] ^= 1
    damaged.write_bytes(bytes_of)

    done = run(first_site, "backup", "--prove", str(damaged))

    assert done.returncode == 1
    assert "uploads/documents/a.pdf is damaged" in done.stderr


def test_refuses_what_is_no_backup(first_site: Path, tmp_path: Path) -> None:
    other = tmp_path / "letter.tar"
    other.write_text("dear all")

    done = run(first_site, "backup", "--prove", str(other))

    assert done.returncode == 1
    assert "this is no backup of craftpath" in done.stderr
    assert "Traceback" not in done.stderr


def test_refuses_an_archive_that_reaches_outside(site: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    (tmp_path / "payload").write_text("x")
    with tarfile.open(evil, "w") as archive:
        archive.add(tmp_path / "payload", arcname="uploads/../../outside")

    done = run(site, "restore", "--force", str(evil))

    assert done.returncode == 1
    assert not (site / "outside").exists() and not (site.parent / "outside").exists()


def test_restores_into_an_empty_place(first_site: Path, backup: Path, tmp_path: Path) -> None:
    home = tmp_path / "new"
    home.mkdir()
    shutil.copy(first_site / "keys.json", home)

    done = run(home, "restore", str(backup))

    assert done.returncode == 0, done.stderr
    assert run(home, "audit", "verify").returncode == 0
    assert "op" in run(home, "account", "list").stdout
    assert (home / "uploads" / "documents" / "a.pdf").read_bytes().startswith(b"%PDF")


def test_overwrites_nothing_unless_forced_and_then_keeps_what_was_there(
    site: Path, backup: Path
) -> None:
    (site / "uploads" / "documents" / "b.pdf").write_bytes(b"later")

    refused = run(site, "restore", str(backup))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert (site / "uploads" / "documents" / "b.pdf").exists()

    done = run(site, "restore", "--force", str(backup))
    assert done.returncode == 0, done.stderr
    assert not (site / "uploads" / "documents" / "b.pdf").exists()
    (aside,) = site.glob("uploads.before-*")
    assert (aside / "documents" / "b.pdf").read_bytes() == b"later"
    assert list(site.glob("craftpath.sqlite3.before-*"))


@pytest.mark.parametrize("words", [["audit", "verify"], ["serve"], ["account", "list"], ["work"]])
def test_says_that_there_is_no_database_and_makes_nothing(words: list[str], tmp_path: Path) -> None:
    done = run(tmp_path / "nowhere", *words)

    assert done.returncode == 1
    assert "Run craftpath migrate first" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_says_that_the_tables_are_old(site: Path) -> None:
    with closing(sqlite3.connect(site / "craftpath.sqlite3")) as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'programmes'")
        database.commit()

    done = run(site, "audit", "verify")

    assert done.returncode == 1
    assert "has to be brought up to date" in done.stderr


def test_passes_words_on_to_django(first_site: Path) -> None:
    done = run(first_site, "manage", "check", "--fail-level", "ERROR")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("words", [["backup"], ["backup", "a", "--prove", "b"]])
def test_asks_for_a_folder_or_a_file_to_prove(words: list[str], first_site: Path) -> None:
    done = run(first_site, *words)

    assert done.returncode == 2
    assert "name a folder" in done.stderr
