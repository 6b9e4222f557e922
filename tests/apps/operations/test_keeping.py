"""Backup, proof and restore, as they are run: each command a process of its own."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from craftpath.operations import backup as backups
from craftpath.operations import dumps
from craftpath.operations.dumps import DUMPS
from craftpath.registry.models import Batch
from craftpath.uploads import let_go
from tests.apps.operations.site import SERVER, Site, empty_site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def backup(first_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups")
    done = first_site.run("backup", str(folder))
    assert done.returncode == 0, done.stderr
    assert "The keys are not in it" in done.stdout
    (file,) = folder.iterdir()
    return file


@pytest.mark.database
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


@pytest.mark.database
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


def _link(kind: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo("uploads/a")
    entry.type, entry.linkname = kind, "/etc/passwd"
    return entry


@pytest.mark.parametrize(
    "entries",
    [
        [tarfile.TarInfo("uploads/../../outside")],
        [tarfile.TarInfo("/outside")],
        [tarfile.TarInfo("elsewhere/a")],
        [tarfile.TarInfo("manifest.json/a")],
        [tarfile.TarInfo("uploads/a"), tarfile.TarInfo("uploads/a")],
        [tarfile.TarInfo("uploads/a"), tarfile.TarInfo("uploads/a/b")],
        [_link(tarfile.SYMTYPE)],
        [_link(tarfile.LNKTYPE)],
        [_link(tarfile.CHRTYPE)],
        [_link(tarfile.DIRTYPE)],
    ],
    ids=lambda entries: f"{entries[-1].name} {entries[-1].type.decode()}",
)
def test_opens_nothing_but_plain_files_of_its_own(
    entries: list[tarfile.TarInfo], tmp_path: Path
) -> None:
    """By hand: what Python has for it comes with 3.11.4, and Debian 12 has 3.11.2."""
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        for entry in entries:
            archive.addfile(entry)

    with (
        pytest.raises(dumps.Trouble, match="this is no backup"),
        backups.open_backup(tmp_path / "evil.tar", beside=tmp_path),
    ):
        pass

    assert [file.name for file in tmp_path.iterdir()] == ["evil.tar"]
    assert "extractall" not in Path(backups.__file__).read_text("utf-8").replace("`extractall`", "")


@pytest.mark.database
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
@pytest.mark.database
def test_leaves_the_old_tables_where_the_dump_does_not_go_in(site: Site, backup: Path) -> None:
    # Somebody else's table in the way of one of ours.
    site.sql("ALTER TABLE access_user RENAME TO other_user")
    site.sql("CREATE VIEW access_user AS SELECT 1 AS id")

    done = site.run("restore", "--force", str(backup))

    assert done.returncode == 1
    assert "psql failed" in done.stderr and "Traceback" not in done.stderr
    assert site.sql("SELECT username FROM other_user") == [("op",)]
    assert (site.home / "uploads" / "documents" / "a.pdf").exists()


# --- files that come and go ----------------------------------------------------------------

_BRING_IN = """
from craftpath.access.actions.accounts import give_duty
from craftpath.access.models import Duty
from craftpath.access.roles import Actor, Role
from craftpath.registry.actions import imports
from tests.apps.registry.sheets import PEOPLE, csv_bytes, person_number
operator = Actor(None, "甲", Role.OPERATOR, origin="command")
duty = give_duty(operator, username="op", role="city", party=None, region="441900")
actor = Duty.objects.select_related("user").get(pk=duty.pk).actor("web")
rows = [PEOPLE, ["新人", person_number(7), "441900"]]
batch = imports.upload(actor, "people", "a.csv", csv_bytes(rows), enqueue=False)
imports.check_batch(batch.pk)
imports.commit_batch(actor, batch.pk, enqueue=False)
imports.write_slices(batch.pk)
batch.refresh_from_db()
print(batch.state, repr(batch.staged.name))
"""


def proof_of(site: Site, folder: Path) -> tuple[int, str]:
    written = site.run("backup", str(folder))
    assert written.returncode == 0, written.stderr
    (file,) = folder.iterdir()
    done = site.run("backup", "--prove", str(file))
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_proves_a_site_that_brought_a_sheet_in_and_not_one_that_lost_it(
    site: Site, tmp_path: Path
) -> None:
    done = site.run("manage", "shell", "--no-imports", "-c", _BRING_IN)
    assert done.stdout.splitlines()[-1:] == ["committed ''"], done.stdout + done.stderr
    # As a site of the version before has it: the row names what was taken away.
    back = site.run("manage", "migrate", "registry", "0002")
    assert back.returncode == 0, back.stderr
    site.sql("UPDATE registry_batch SET staged = 'staged/gone.sealed'")
    migrated = site.run("migrate")
    assert migrated.returncode == 0, migrated.stderr

    status, told = proof_of(site, tmp_path / "first")
    assert status == 0, told
    assert "every file that the database names is there" in told

    (original,) = (site.home / "uploads" / "imports").iterdir()
    original.unlink()

    status, told = proof_of(site, tmp_path / "second")
    assert status == 1, told
    assert f"1 uploaded files are missing: registry.Batch 1 file: imports/{original.name}" in told


@pytest.mark.django_db(transaction=True)
def test_has_in_it_what_is_let_go_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = Batch.objects.create(sort="people", file=default_storage.save("imports/a", _file()))

    def dump_and_let_go(*given: Any) -> Any:
        dumped = dumps.dump(*given)
        let_go(batch, "file")
        return dumped

    monkeypatch.setattr(backups, "dump", dump_and_let_go)
    named = batch.file.name
    path, manifest = backups.write_backup(tmp_path / "out")

    assert not default_storage.exists(named)
    assert f"uploads/{named}" in manifest.files
    assert not list(Path(settings.CRAFTPATH_HOME).glob(".craftpath-backup-*"))
    with backups.open_backup(path) as (folder, _):
        assert (folder / "uploads" / named).read_bytes() == b"what was handed in"


def _file() -> ContentFile[bytes]:
    return ContentFile(b"what was handed in")


@pytest.mark.parametrize("words", [["audit", "verify"], ["serve"], ["account", "list"], ["work"]])
def test_says_that_there_is_no_database_and_makes_nothing(words: list[str], tmp_path: Path) -> None:
    done = Site(tmp_path / "nowhere", "").run(*words)

    assert done.returncode == 1
    assert "Run craftpath migrate first" in done.stderr
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.slow
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


@pytest.mark.slow
def test_says_that_the_tables_are_old(site: Site) -> None:
    site.sql("DELETE FROM django_migrations WHERE app = 'programmes'")

    done = site.run("audit", "verify")

    assert done.returncode == 1
    assert "has to be brought up to date" in done.stderr


@pytest.mark.slow
def test_passes_words_on_to_django(first_site: Site) -> None:
    done = first_site.run("manage", "check", "--fail-level", "ERROR")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("words", [["backup"], ["backup", "a", "--prove", "b"]])
def test_asks_for_a_folder_or_a_file_to_prove(words: list[str], first_site: Site) -> None:
    done = first_site.run(*words)

    assert done.returncode == 2
    assert "name a folder" in done.stderr
