"""A site of its own, as an operator has it: a data folder, a database, commands as processes."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[3]
#: The server of this lane: each site gets a database of its own on it. None: SQLite.
SERVER = (
    os.environ.get("DATABASE_URL", "") if "postgres" in os.environ.get("DATABASE_URL", "") else ""
)


@dataclass(frozen=True)
class Site:
    """database: its name on PostgreSQL's server; "" where it is SQLite in the data folder."""

    home: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("CRAFTPATH_") and name != "DATABASE_URL"
        }
        ours = {
            "CRAFTPATH_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "craftpath.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONUNBUFFERED": "1",
        }
        return kept | ours | ({"DATABASE_URL": self.url} if self.database else {})

    @property
    def url(self) -> str:
        return re.sub(r"^(\w+://[^/?]*)/[^?]*", rf"\1/{self.database}", SERVER)

    def run(self, *words: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """A command on this site, to its end."""
        return subprocess.run(
            command(*words),
            env=self.environment | more,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(
        self, *words: str, stdout: IO[str] | int = subprocess.PIPE, **more: str
    ) -> subprocess.Popen[str]:
        """A command that goes on, in a group of its own."""
        return subprocess.Popen(
            command(*words),
            env=self.environment | more,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Behind the site's back."""
        if self.database:
            import psycopg

            with psycopg.connect(self.url, autocommit=True) as database:
                done = database.execute(statement)  # type: ignore[arg-type]
                return done.fetchall() if done.description else []
        with closing(sqlite3.connect(self.home / "craftpath.sqlite3")) as file:
            found = file.execute(statement).fetchall()
            file.commit()
            return found

    @contextmanager
    def away(self) -> Iterator[None]:
        """Its database is locked, or on PostgreSQL takes nobody in and throws everybody out."""
        if not self.database:
            with closing(sqlite3.connect(self.home / "craftpath.sqlite3", timeout=60)) as file:
                file.isolation_level = None
                file.execute("BEGIN EXCLUSIVE")
                yield
                file.execute("ROLLBACK")
            return
        import psycopg

        name = self.database
        with psycopg.connect(SERVER, autocommit=True) as server:

            def do(statement: str) -> None:
                server.execute(statement)  # type: ignore[arg-type]

            do(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            yield
            do(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    def copy(self, home: Path) -> Site:
        shutil.copytree(self.home, home)
        return Site(home, _database(template=self.database) if self.database else "")


def empty_site(home: Path) -> Site:
    """Nothing in it, and not even tables."""
    home.mkdir(parents=True, exist_ok=True)
    return Site(home, _database() if SERVER else "")


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "craftpath.cli.main", *words]


def until(process: subprocess.Popen[str], word: str) -> list[str]:
    """Its lines up to the one that has the word."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if word in line:
            return lines
    raise AssertionError("".join(lines))


def _database(template: str = "template0") -> str:
    import psycopg

    name = f"site_{secrets.token_hex(6)}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[arg-type]
    return name
