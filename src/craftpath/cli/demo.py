"""`craftpath demo`: the sample city, served."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from craftpath.cli.says import Failure
from craftpath.cli.site import site

__all__ = ["run"]


def run(people: int, seed: int, port: int, serving: bool) -> None:
    """Make the city in CRAFTPATH_HOME (./demo), unless today's is there; print who can log in;
    serve it. What it has issued, and issues, carries the address with this port."""
    os.environ.setdefault("CRAFTPATH_HOME", "demo")
    os.environ.setdefault("CRAFTPATH_SECOND_FACTOR", "off")
    os.environ.setdefault("CRAFTPATH_SITE", f"http://127.0.0.1:{port}")
    site(database=False)
    from craftpath.cli.serving import serve_until_stopped
    from craftpath.demo_city.cast import PASSWORD, told_accounts
    from craftpath.operations.dumps import Trouble
    from craftpath.operations.serving import Stand, require_free

    stand = Stand("127.0.0.1", port, workers=2, background=True)
    if serving:
        try:
            require_free(stand)
        except Trouble as trouble:
            raise Failure(trouble.label.zh, trouble.label.en) from None
    with _alone():
        _make(people, seed)
    click.echo("\n账号 / accounts\n")
    for line in told_accounts():
        click.echo(f"  {line}")
    click.echo(f"\n密码都是 / the password of each: {PASSWORD}")
    if os.environ["CRAFTPATH_SECOND_FACTOR"] == "off":
        click.echo(
            "这里没有开启第二因素（CRAFTPATH_SECOND_FACTOR=off）；真实的站点要求经办人员使用。\n"
            "No second factor here (CRAFTPATH_SECOND_FACTOR=off); a real site asks for one."
        )
    click.echo("")
    if serving:
        serve_until_stopped(stand)


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time makes the city of a folder; who comes second waits, and finds it made."""
    with (Path(_home()) / ".demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo(
                "另一个 craftpath demo 正在建造这里的样本城市，等它完成 …\n"
                "Another craftpath demo is making the city of this folder; waiting for it …"
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(people: int, seed: int) -> None:
    from django.core.management import call_command

    from craftpath.access.clock import today
    from craftpath.demo_city.make import made_on, make_city
    from craftpath.demo_city.moving import move_city
    from craftpath.registry.models import Party

    began = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0)
    day = made_on()
    if day == today():
        click.echo(
            "样本城市今天已经建好，接着用。\nToday's sample city is there already; it is used."
        )
        _declare()
        if move_city():
            click.echo(
                f"网址已换，城里的证书按 {_address()} 重新签名和打印。\n"
                f"Its certificates were signed and printed anew for {_address()}."
            )
        return
    if day is not None:
        _clear()
        call_command("migrate", interactive=False, verbosity=0)
    elif Party.objects.exists():
        raise Failure(
            f"{_home()} 里是别的数据，样本城市不写进去。请另设 CRAFTPATH_HOME。",
            f"{_home()} has other data, which the sample city leaves alone. "
            "Set another CRAFTPATH_HOME.",
        )
    _declare()
    click.echo(f"建造样本城市：{people:,} 人 …\nMaking the sample city: {people:,} people …")
    make_city(people, seed)
    click.echo(f"{time.monotonic() - began:.0f} s")


def _clear() -> None:
    """An older city goes: its windows lie around another day."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "sqlite":
        raise Failure(
            "数据库里是以前建的样本城市；请换一个空的数据库。",
            "The database has a sample city of an earlier day; give an empty one.",
        )
    file = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def _declare() -> None:
    from craftpath.access.demonstration import declare

    declare(Path(_home()), _address())


def _address() -> str:
    from craftpath.credentials.addresses import site as address

    return address()


def _home() -> str:
    from django.conf import settings

    return str(settings.CRAFTPATH_HOME)
