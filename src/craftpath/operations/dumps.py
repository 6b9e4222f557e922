"""A consistent copy of the database, and back: SQLite's backup API, PostgreSQL's own programs.

Trouble   what an operator can mend; `label` says it in both languages
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from craftpath.engine.rules import Label

__all__ = ["DUMPS", "Trouble", "dump", "is_empty", "load", "scratch_postgresql", "vendor"]

#: What the dump is called in a backup, by sort of database.
DUMPS = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


class Trouble(Exception):
    def __init__(self, zh: str, en: str) -> None:
        self.label = Label(zh, en)
        super().__init__(en)


def vendor() -> str:
    """ "sqlite" or "postgresql"."""
    if connection.vendor not in DUMPS:
        raise Trouble(
            f"不会备份这种数据库：{connection.vendor}。",
            f"A database of this sort cannot be backed up here: {connection.vendor}.",
        )
    return connection.vendor


def dump(folder: Path, count: Callable[[], dict[str, Any]]) -> tuple[Path, dict[str, Any]]:
    """Copy the database into `folder` as it stands at one moment, while the site runs on.

    Returns the file and what `count` says of the database at that same moment.
    """
    file = folder / DUMPS[vendor()]
    if vendor() == "sqlite":
        return file, _dump_sqlite(file, count)
    return file, _dump_postgresql(file, count)


def _dump_sqlite(file: Path, count: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    # The transaction is IMMEDIATE: writers wait, readers do not, and the copy is what is counted.
    with transaction.atomic():
        told = count()
        with (
            closing(sqlite3.connect(f"{Path(_path()).as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(file)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    return told


def _dump_postgresql(file: Path, count: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """pg_dump sees what a transaction that stays open meanwhile sees."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        told = count()
        _run(
            "pg_dump",
            "--format=custom",
            "--compress=6",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={file}",
        )
    return told


def is_empty() -> bool:
    """Whether there is nothing in the database that a restore would overwrite."""
    if vendor() == "sqlite" and not Path(_path()).exists():
        return True
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def load(file: Path, stamp: str) -> Path | None:
    """Put a dump in the place of the database, all or nothing. What was there is kept under
    `stamp`: the path of it, None where there was nothing."""
    if vendor() == "sqlite":
        return _load_sqlite(file, stamp)
    return _load_postgresql(file, stamp)


def _load_sqlite(file: Path, stamp: str) -> Path | None:
    place, kept = Path(_path()), None
    connection.close()
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        with closing(sqlite3.connect(place)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            old.execute("PRAGMA journal_mode=DELETE")
        kept = place.with_name(f"{place.name}.before-{stamp}")
        place.replace(kept)
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.copyfile(file, draft)
    draft.chmod(0o600)
    draft.replace(place)
    return kept


def _load_postgresql(file: Path, stamp: str) -> Path | None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    connection.close()
    kept = None
    if tables:
        kept = Path(settings.CRAFTPATH_HOME) / f"database.before-{stamp}.pgdump"
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={kept}")
        kept.chmod(0o600)
    quote = connection.ops.quote_name
    drops, script = file.with_name("drops.sql"), file.with_name("script.sql")
    drops.write_text(
        "".join(f"DROP TABLE IF EXISTS {quote(table)} CASCADE;\n" for table in tables),
        encoding="utf-8",
    )
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file), to=None)
    # Drops and dump in one transaction: where the dump does not go in, the old tables are there.
    _run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
        f"--file={drops}",
        f"--file={script}",
    )
    return kept


# --- PostgreSQL's programs ------------------------------------------------------------------


@contextmanager
def scratch_postgresql(name: str, file: Path) -> Iterator[None]:
    """A database `name` on the same server with a dump in it, dropped afterwards."""
    connection.close()
    quoted = connection.ops.quote_name(name)
    _alone(f"CREATE DATABASE {quoted} TEMPLATE template0")
    try:
        _restore_postgresql(file, name)
        yield
    finally:
        _alone(f"DROP DATABASE IF EXISTS {quoted}")


def _alone(statement: str) -> None:
    """Outside a transaction: databases are made and dropped so."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as trouble:
        raise Trouble(
            f"数据库用户不能建临时库来验证：{trouble}",
            f"The database user cannot make a scratch database to prove it in: {trouble}",
        ) from trouble


def _restore_postgresql(file: Path, database: str) -> None:
    _run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        str(file),
        to=database,
    )


def _run(name: str, *arguments: str, to: str | None = "") -> None:
    """One of PostgreSQL's programs on our database, or on one of the name `to`; None: on none."""
    given = connection.settings_dict
    target = [] if to is None else ["--no-password", f"--dbname={to or given['NAME']}"]
    command = [str(_program(name)), *target, *arguments]
    done = subprocess.run(
        command, env=_environment(given), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Trouble(
            f"{name} 没有成功：{done.stderr.strip()}", f"{name} failed: {done.stderr.strip()}"
        )


def _environment(given: Mapping[str, Any]) -> dict[str, str]:
    """How PostgreSQL's programs reach the same server; a password never shows in a process list."""
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    told = {name: str(given[key]) for name, key in names.items() if given.get(key)}
    options = given.get("OPTIONS") or {}
    told |= {
        f"PG{key.upper()}": str(options[key])
        for key in ("sslmode", "sslrootcert")
        if key in options
    }
    return {**os.environ, **told}


def _program(name: str) -> Path:
    """The newest one on the machine: it reads what older servers have, and not the other way."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))])
    for folder in reversed(newest):
        if os.access(folder / name, os.X_OK):
            return folder / name
    found = shutil.which(name)
    if found is None:
        raise Trouble(
            f"没有找到 {name}。请安装 PostgreSQL 客户端（Debian：postgresql-client）。",
            f"{name} was not found. Install PostgreSQL's client (Debian: postgresql-client).",
        )
    return Path(found)


def _path() -> str:
    return str(connection.settings_dict["NAME"])
