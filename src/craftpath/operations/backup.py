"""One file with everything that a site is, but its keys.

    craftpath-20261125-031500.tar
        database.sqlite3 | database.pgdump   the database as it stood at one moment
        uploads/…                            what was handed in
        manifest.json                        what was counted, and the SHA-256 of each file

The keys are kept apart on purpose: whoever finds a backup can read no identity number in it.

Files are never changed, and go only after the rows that named them (`craftpath.uploads`). So what
stood in the folder at the moment of the database is held fast by a second name for each file: one
that is let go while the backup is written is in it all the same.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from craftpath.access.clock import now
from craftpath.audit.models import Head
from craftpath.evidence.write import atomic_path
from craftpath.operations.dumps import DUMPS, Trouble, dump, is_empty, load, vendor
from craftpath.operations.scratch import scratch
from craftpath.operations.tables import applied_migrations, rows_by_table
from craftpath.version import __version__

__all__ = ["Manifest", "open_backup", "restore", "write_backup"]

FORMAT = 1
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What is in a backup.

    rows        of each table
    migrations  that had made the tables
    audit       number of entries and the last digest
    files       SHA-256 of each file by its name in the archive
    """

    format: int
    version: str
    made: str
    database: str
    rows: dict[str, int]
    migrations: list[str]
    audit: tuple[int, str]
    files: dict[str, str]


def write_backup(folder: Path) -> tuple[Path, Manifest]:
    """Write a backup into `folder`, which is made if need be. The file is whole or not there."""
    folder.mkdir(parents=True, exist_ok=True)
    made = now()
    path = folder / f"craftpath-{made:%Y%m%d-%H%M%S}.tar"
    with (
        scratch(folder, "backup") as making,
        _held_fast() as (held, hold),
    ):
        hold()  # first: after the database it would be too late for what goes meanwhile

        def count() -> dict[str, Any]:
            hold()  # what was written since, and is named at this moment
            return _told()

        copy, told = dump(making, count)
        with atomic_path(path) as temporary, tarfile.open(temporary, "w") as archive:
            temporary.chmod(0o600)
            files = {copy.name: _add(archive, copy, copy.name)}
            for file in _files_in(held):
                name = f"uploads/{file.relative_to(held).as_posix()}"
                files[name] = _add(archive, file, name)
            manifest = Manifest(
                format=FORMAT,
                version=__version__,
                made=made.isoformat(timespec="seconds"),
                database=vendor(),
                files=files,
                **told,
            )
            listed = making / _MANIFEST
            listed.write_text(
                json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8"
            )
            _add(archive, listed, _MANIFEST)
    return path, manifest


def _told() -> dict[str, Any]:
    head = Head.objects.filter(pk=1).first()
    return {
        "rows": rows_by_table(),
        "migrations": applied_migrations(),
        "audit": (0, "") if head is None else (head.number, head.digest),
    }


@contextmanager
def _held_fast() -> Iterator[tuple[Path, Callable[[], None]]]:
    """(a folder, what gives each uploaded file a second name in it); the folder goes away again."""
    uploads = Path(settings.MEDIA_ROOT)
    with scratch(Path(settings.CRAFTPATH_HOME), "backup") as held:

        def hold() -> None:
            for file in _files_in(uploads):
                _second_name(file, held / file.relative_to(uploads))

        yield held, hold


def _second_name(file: Path, place: Path) -> None:
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.hardlink_to(file)
    except FileNotFoundError:
        return  # let go at this moment: no row names it any more
    except OSError:  # another disk, or one without links
        with suppress(FileNotFoundError):
            shutil.copyfile(file, place)


def _files_in(root: Path) -> list[Path]:
    return sorted(file for file in root.rglob("*") if file.is_file()) if root.is_dir() else []


def _add(archive: tarfile.TarFile, file: Path, name: str) -> str:
    """SHA-256 of what went in."""
    with file.open("rb") as opened:
        entry = archive.gettarinfo(arcname=name, fileobj=opened)
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        reading = _Hashing(opened)
        archive.addfile(entry, reading)
    return reading.sha256.hexdigest()


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found: bytes = self.file.read(size)
        self.sha256.update(found)
        return found


# --- back ------------------------------------------------------------------------------------


@contextmanager
def open_backup(path: Path, beside: Path | None = None) -> Iterator[tuple[Path, Manifest]]:
    """Unpack a backup into a folder that goes away again, every file compared with its hash.

    Trouble: it is no backup, of another time, or damaged.
    """
    with scratch(beside or Path(tempfile.gettempdir()), "restore") as folder:
        try:
            with tarfile.open(path) as archive:
                for entry in archive:
                    _unpack(archive, entry, folder)
        except (tarfile.TarError, FileExistsError, NotADirectoryError) as trouble:
            raise _no_backup(path, str(trouble)) from trouble
        yield folder, _read_manifest(path, folder)


def _unpack(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """One plain file of ours, inside `folder`. By hand: `extractall` is safe from Python 3.11.4 on
    only, and Debian 12 has 3.11.2."""
    parts = PurePosixPath(entry.name).parts
    ours = parts[:1] == ("uploads",) or entry.name in (_MANIFEST, *DUMPS.values())
    opened = archive.extractfile(entry) if entry.isreg() else None
    if opened is None or not ours or ".." in parts:
        raise tarfile.TarError(f"{entry.name} does not belong in a backup")
    place = folder.joinpath(*parts)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with opened, place.open("xb") as file:
        place.chmod(0o600)
        shutil.copyfileobj(opened, file)


def _read_manifest(path: Path, folder: Path) -> Manifest:
    try:
        said = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**{**said, "audit": tuple(said["audit"])})
    except (OSError, ValueError, TypeError, KeyError) as trouble:
        raise _no_backup(path, _MANIFEST) from trouble
    if manifest.format != FORMAT:
        raise Trouble(
            f"{path}：这份备份的格式是第 {manifest.format} 版，本版只读第 {FORMAT} 版。",
            f"{path}: this backup is of format {manifest.format}; this version reads {FORMAT}.",
        )
    there = {
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
    } - {_MANIFEST}
    for name in sorted(there ^ set(manifest.files)):
        raise Trouble(
            f"{path}：{name} 与清单不符（缺少或多出）。",
            f"{path}: {name} is missing, or is not on its list.",
        )
    for name, digest in manifest.files.items():
        if _digest(folder / name) != digest:
            raise Trouble(
                f"{path}：{name} 已损坏，与清单上的 SHA-256 不符。请换一份备份。",
                f"{path}: {name} is damaged: its SHA-256 is not the listed one. "
                "Take another backup.",
            )
    return manifest


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _no_backup(path: Path, said: str) -> Trouble:
    return Trouble(
        f"{path}：不是 craftpath 的备份（{said}）。",
        f"{path}: this is no backup of craftpath ({said}).",
    )


def restore(path: Path, *, force: bool = False, tell: Callable[[Path], None] = print) -> Manifest:
    """Put a backup in the place of this site's database and uploads.

    force  also where there is a database or uploads already; those are moved aside, and `tell` is
           called with where they are now
    Trouble where there is something and no `force`; where the backup is of the other sort of
    database; and whatever `open_backup` says: then nothing was touched.
    """
    uploads, home = Path(settings.MEDIA_ROOT), Path(settings.CRAFTPATH_HOME)
    taken = not is_empty() or (uploads.is_dir() and any(uploads.iterdir()))
    if taken and not force:
        raise Trouble(
            f"这里已有数据（{home}）。确要换成备份中的，请加 --force；停下站点再做。",
            f"There are data here already ({home}). To put the backup in their place, stop the "
            "site and add --force.",
        )
    home.mkdir(parents=True, exist_ok=True)
    with open_backup(path, beside=home) as (folder, manifest):
        if manifest.database != vendor():
            raise Trouble(
                f"{path}：备份的是 {manifest.database}，这里是 {vendor()}；请对照 DATABASE_URL。",
                f"{path}: this is a backup of {manifest.database}, and here is {vendor()}; "
                "look at DATABASE_URL.",
            )
        stamp = now().strftime("%Y%m%d-%H%M%S")
        kept = load(folder / DUMPS[manifest.database], stamp)
        if kept is not None:
            tell(kept)
        if uploads.is_dir() and any(uploads.iterdir()):
            aside = uploads.with_name(f"{uploads.name}.before-{stamp}")
            uploads.replace(aside)
            tell(aside)
        if (folder / "uploads").is_dir():
            if uploads.is_dir():
                uploads.rmdir()
            (folder / "uploads").replace(uploads)
    return manifest
