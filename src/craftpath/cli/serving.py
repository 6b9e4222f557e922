"""`craftpath serve`, `work`, `migrate`, `manage`: the site and its processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from craftpath.cli.says import Failure
from craftpath.cli.site import site

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
    site()
    from craftpath.operations.serving import Stand

    serve_until_stopped(Stand(host, port, workers, background))


def serve_until_stopped(stand: Stand) -> None:
    """Serve in the foreground; Ctrl-C and SIGTERM end it, and are no failure."""
    from craftpath.operations.dumps import Trouble
    from craftpath.operations.serving import serve

    def ready() -> None:
        click.echo(
            f"站点已就绪：{stand.address} （Ctrl-C 停止）\n"
            f"The site is ready: {stand.address} (Ctrl-C to stop)"
        )

    try:
        serve(stand, ready)
    except Trouble as trouble:
        raise Failure(trouble.label.zh, trouble.label.en) from None
    except KeyboardInterrupt:
        click.echo("站点已停止。\nThe site has stopped.", err=True)


def work() -> None:
    """Background work until told to stop; first whatever a stopped process left half done."""
    site()
    from craftpath.operations.working import work

    work()


def manage(words: Sequence[str]) -> None:
    """Django's own commands."""
    site(database=False)
    from django.core.management import ManagementUtility

    ManagementUtility(["craftpath manage", *words]).execute()
