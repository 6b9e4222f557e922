"""`craftpath serve`, `work`, `migrate`, `manage`: the site and its processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from craftpath.cli.says import Failure
from craftpath.cli.site import PATIENCE, site
from craftpath.operations.lifeline import follow

if TYPE_CHECKING:
    from craftpath.operations.serving import Stand

__all__ = ["manage", "migrate", "serve", "serve_until_stopped", "work"]


def migrate() -> None:
    """Make the tables, or bring them up to date."""
    site(database=False)
    from django.core.management import call_command

    from craftpath.operations.tables import waiting_migrations

    waiting = waiting_migrations()
    call_command("migrate", interactive=False, verbosity=0)
    if waiting:
        click.echo(
            f"数据库已就绪（{len(waiting)} 步）。\nThe database is ready ({len(waiting)} steps)."
        )
    else:
        click.echo("数据库已是最新。\nThe database was up to date already.")


def serve(host: str, port: int, workers: int, background: bool) -> None:
    with _stopping_in_order("站点已停止。", "The site has stopped."):
        site(patience=PATIENCE)
        from craftpath.operations.serving import Stand

        serve_until_stopped(Stand(host, port, workers, background))


def serve_until_stopped(stand: Stand) -> None:
    """Serve in the foreground; Ctrl-C and SIGTERM end it, and are no failure."""
    from craftpath.operations.dumps import Trouble
    from craftpath.operations.serving import serve

    with _stopping_in_order("站点已停止。", "The site has stopped."):
        try:
            serve(stand)
        except Trouble as trouble:
            raise Failure(trouble.label.zh, trouble.label.en) from None


def work() -> None:
    """Background work until told to stop; first whatever a stopped process left half done."""
    follow()  # before the site is read, which takes seconds, or longer where the database is away
    with _stopping_in_order("后台任务已停止。", "Background work has stopped."):
        site(patience=PATIENCE)
        from craftpath.operations.working import work

        work()


@contextmanager
def _stopping_in_order(zh: str, en: str) -> Iterator[None]:
    """What runs until it is told to stop has not failed when it is."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"{zh}\n{en}", err=True)


def manage(words: Sequence[str]) -> None:
    """Django's own commands."""
    site(database=False)
    from django.core.management import ManagementUtility

    ManagementUtility(["craftpath manage", *words]).execute()
