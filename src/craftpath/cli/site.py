"""The door from the command to the site: no Django is imported before a command needs it."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from craftpath.cli.says import Failure

if TYPE_CHECKING:
    from craftpath.access.roles import Actor

__all__ = ["PATIENCE", "operator", "site"]


#: How long what is started by the system waits, in seconds: a database that starts beside it may
#: still be recovering.
PATIENCE = 60.0


def site(*, database: bool = True, up_to_date: bool = True, patience: float = 0.0) -> None:
    """Make Django ready. Failure: there is no database yet, or it waits for `craftpath migrate`.

    database    False where a command works without one (`migrate`, `restore`, `manage`)
    up_to_date  False where it works with one that waits, or does not answer (`check`)
    patience    seconds to wait for a database that is locked or away, having said so
    """
    os.umask(0o077)  # what the site's commands write is nobody else's to read
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "craftpath.settings")
    _refuse_a_wrong_environment()
    if database:
        _refuse_an_empty_folder()
    import django

    django.setup()
    if database and patience:
        _wait_for_the_database(patience)
    if database and up_to_date:
        _refuse_old_tables()


def operator() -> Actor:
    """Whoever has the machine: the audit names their login on it."""
    from craftpath.access.roles import Actor, Role

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in a container
        name = str(os.getuid())
    return Actor(None, name, Role.OPERATOR, origin="command")


def _refuse_a_wrong_environment() -> None:
    """What is no day or no database, before the settings stumble over it."""
    day, url = os.environ.get("CRAFTPATH_TODAY", ""), os.environ.get("DATABASE_URL", "")
    try:
        dt.date.fromisoformat(day or "2000-01-01")
    except ValueError:
        raise Failure(
            f"CRAFTPATH_TODAY={day}：不是日期，请写成 2025-08-27 的样子。",
            f"CRAFTPATH_TODAY={day} is no day; write it as 2025-08-27.",
        ) from None
    if url and url.partition(":")[0] not in ("sqlite", "postgres", "postgresql"):
        # Its scheme alone: the rest may hold a password.
        raise Failure(
            f"DATABASE_URL 以“{url.partition(':')[0]}”开头；只用 postgres:// 或 sqlite://，"
            "不设则用数据文件夹中的 SQLite。",
            f"DATABASE_URL begins with “{url.partition(':')[0]}”; it has to be postgres:// or "
            "sqlite://. Without it SQLite in the data folder is used.",
        )


def _refuse_an_empty_folder() -> None:
    """Before the settings are read: they would make the folder and its keys."""
    from django.conf import settings

    ours = os.environ["DJANGO_SETTINGS_MODULE"] == "craftpath.settings"
    if settings.configured or not ours or os.environ.get("DATABASE_URL"):
        return
    file = Path(os.environ.get("CRAFTPATH_HOME", "var")).resolve() / "craftpath.sqlite3"
    if not file.exists():
        raise Failure(
            f"还没有数据库：{file}。请先运行 craftpath migrate，"
            "或设置 CRAFTPATH_HOME、DATABASE_URL。",
            f"There is no database yet: {file}. Run craftpath migrate first, or set "
            "CRAFTPATH_HOME or DATABASE_URL.",
        )


def _wait_for_the_database(patience: float) -> None:
    from craftpath.operations.outages import Outage, trouble_of, wait_until_there

    def say(reason: str) -> None:
        click.echo(
            f"数据库暂时用不了：{reason}\n最多等 {patience:.0f} 秒 …\n"
            f"The database cannot be used yet; waiting for up to {patience:.0f} s …",
            err=True,
        )

    wait_until_there(patience, Outage(say), trouble_of)


def _refuse_old_tables() -> None:
    from craftpath.operations.tables import waiting_migrations

    waiting = waiting_migrations()
    if waiting:
        raise Failure(
            f"数据库还要更新（{len(waiting)} 步）。请先运行 craftpath migrate。",
            f"The database has to be brought up to date ({len(waiting)} steps). "
            "Run craftpath migrate first.",
        )
