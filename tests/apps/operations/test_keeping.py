"""Backup, proof and restore, as they are run: each command a process of its own."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from craftpath.operations.dumps import DUMPS
from tests.apps.operations.site import SERVER, Site, empty_site

pytestmark = [pytest.mark.slow, pytest.mark.database]


@pytest.fixture(scope="module")
def backup(first_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups")
    done = first_site.run("backup", str(folder))
    assert done.returncode == 0, done.stderr
    assert "The keys are not in it" in done.stdout
    (file,) = folder.iterdir()
    return file


def test_writes_database_uploads_and_a_list_but_no_key(backup: Path, first_site: Site) -> None:
    with tarfile.open(backup) as archive:
        names = archive.getnames()
        manifest = json.loads(archive.extractfile("manifest.json").read())  # type: ignore[union-attr]
    dump = DUMPS["postgresql" if SERVER else "sqlite"]
    assert names == [dump, "uploads/documents/a.pdf", "manifest.json"]
    assert manifest["rows"]["access_user"] == 1
    assert manifest["audit"][0] == 3
    key = json.loads((first_site.home / "keys.json").read_text())["CRAFTPATH_IDENTITY_KEY"]
    assert key.encode() not in backup.read_bytes()
    assert backup.stat().st_mode & 0o077 == 0


def test_proves_a_good_backup(first_site: Site, backup: Path) -> None:
    done = first_site.run("backup", "--prove", str(backup))

    assert done.returncode == 0, done.stdout + done.stderr
    for told in ("files are as listed", "rows, as listed", "audit is whole", "open with the"):
        assert told in done.stdout


def test_does_not_believe_another_key(first_site: Site, backup: Path) -> None:
    done = first_site.run("backup", "--prove", str(backup), CRAFTPATH_IDENTITY_KEY="another " * 6)

    assert done.returncode == 1
    assert "CRAFTPATH_IDENTITY_KEY is not that of the backup" in done.stdout


def test_finds_a_backup_whose_audit_was_changed(site: Site, tmp_path: Path) -> None:
    site.sql("UPDATE audit_entry SET actor = 'nobody' WHERE number = 2")
    site.run("backup", str(tmp_path / "out"))
    (file,) = (tmp_path / "out").iterdir()

    done = site.run("backup", "--prove", str(file))

    assert done.returncode == 1
    assert "entry 2 was changed" in done.stdout


def test_finds_a_damaged_file(first_site: Site, backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar"
    bytes_of = bytearray(backup.read_bytes())
    at = bytes_of.index(b"%PDF-1.7")
    bytes_of[at] ^= 1
    damaged.write_bytes(bytes_of)

    done = first_site.run("backup", "--prove", str(damaged))

    assert done.returncode == 1
    assert "uploads/documents/a.pdf is damaged" in done.stderr


def test_refuses_what_is_no_backup(first_site: Site, tmp_path: Path) -> None:
    other = tmp_path / "letter.tar"
    other.write_text("dear all")

    done = first_site.run("backup", "--prove", str(other))

    assert done.returncode == 1
    assert "this is no backup of craftpath" in done.stderr
    assert "Traceback" not in done.stderr


def test_refuses_an_archive_that_reaches_outside(site: Site, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    (tmp_path / "payload").write_text("x")
    with tarfile.open(evil, "w") as archive:
        archive.add(tmp_path / "payload", arcname="uploads/../../outside")

    done = site.run("restore", "--force", str(evil))

    assert done.returncode == 1
    assert not (site.home / "outside").exists() and not (site.home.parent / "outside").exists()


def test_restores_into_an_empty_place(first_site: Site, backup: Path, tmp_path: Path) -> None:
    new = empty_site(tmp_path / "new")
    shutil.copy(first_site.home / "keys.json", new.home)

    done = new.run("restore", str(backup))

    assert done.returncode == 0, done.stderr
    assert new.run("audit", "verify").returncode == 0
    assert "op" in new.run("account", "list").stdout
    assert (new.home / "uploads" / "documents" / "a.pdf").read_bytes().startswith(b"%PDF")


def test_overwrites_nothing_unless_forced_and_then_keeps_what_was_there(
    site: Site, backup: Path
) -> None:
    (site.home / "uploads" / "documents" / "b.pdf").write_bytes(b"later")
    site.sql("UPDATE access_user SET username = 'later'")

    refused = site.run("restore", str(backup))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert (site.home / "uploads" / "documents" / "b.pdf").exists()

    done = site.run("restore", "--force", str(backup))
    assert done.returncode == 0, done.stderr
    assert not (site.home / "uploads" / "documents" / "b.pdf").exists()
    (aside,) = site.home.glob("uploads.before-*")
    assert (aside / "documents" / "b.pdf").read_bytes() == b"later"
    assert site.sql("SELECT username FROM access_user") == [("op",)]
    (kept,) = site.home.glob("*before-*.pgdump" if SERVER else "craftpath.sqlite3.before-*")
    assert kept.stat().st_size > 0
    assert f"is now {kept}" in done.stdout


@pytest.mark.skipif(not SERVER, reason="of SQLite the file itself is moved")
def test_leaves_the_old_tables_where_the_dump_does_not_go_in(site: Site, backup: Path) -> None:
    # Somebody else's table in the way of one of ours.
    site.sql("ALTER TABLE access_user RENAME TO other_user")
    site.sql("CREATE VIEW access_user AS SELECT 1 AS id")

    done = site.run("restore", "--force", str(backup))

    assert done.returncode == 1
    assert "psql failed" in done.stderr and "Traceback" not in done.stderr
    assert site.sql("SELECT username FROM other_user") == [("op",)]
    assert (site.home / "uploads" / "documents" / "a.pdf").exists()


@pytest.mark.parametrize("words", [["audit", "verify"], ["serve"], ["account", "list"], ["work"]])
def test_says_that_there_is_no_database_and_makes_nothing(words: list[str], tmp_path: Path) -> None:
    done = Site(tmp_path / "nowhere", "").run(*words)

    assert done.returncode == 1
    assert "Run craftpath migrate first" in done.stderr
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CRAFTPATH_TODAY", "yesterday", "CRAFTPATH_TODAY=yesterday is no day"),
        ("DATABASE_URL", "mysql://me:secret@there/it", "DATABASE_URL begins with “mysql”"),
        ("CRAFTPATH_HOME", str(Path(__file__)), "is there already and is no folder"),
    ],
)
def test_names_what_is_wrong_in_the_environment(
    name: str, value: str, told: str, tmp_path: Path
) -> None:
    done = Site(tmp_path / "nowhere", "").run("migrate", **{name: value})

    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr and "secret" not in done.stderr


def test_says_that_the_tables_are_old(site: Site) -> None:
    site.sql("DELETE FROM django_migrations WHERE app = 'programmes'")

    done = site.run("audit", "verify")

    assert done.returncode == 1
    assert "has to be brought up to date" in done.stderr


def test_passes_words_on_to_django(first_site: Site) -> None:
    done = first_site.run("manage", "check", "--fail-level", "ERROR")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("words", [["backup"], ["backup", "a", "--prove", "b"]])
def test_asks_for_a_folder_or_a_file_to_prove(words: list[str], first_site: Site) -> None:
    done = first_site.run(*words)

    assert done.returncode == 2
    assert "name a folder" in done.stderr
