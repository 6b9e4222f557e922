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

        stand = Stand(host, port, workers, background)
        _refuse_another_port(stand)
        _refuse_what_is_dangerous(stand)
        serve_until_stopped(stand)


def _refuse_what_is_dangerous(stand: Stand) -> None:
    """Failure, with everything that is and its mend. A site for this machine alone may be tried."""
    from craftpath.operations.fitness import refused

    found = refused(stand.host)
    if found:
        zh = "".join(f"\n✗ {one.found.zh}\n  {one.mend.zh}" for one in found if one.mend)
        en = "".join(f"\n✗ {one.found.en}\n  {one.mend.en}" for one in found if one.mend)
        raise Failure(
            f"这样不能对外提供服务：{zh}\n全部检查：craftpath check",
            f"It is not served to others like this:{en}\nEverything: craftpath check",
        )


def _refuse_another_port(stand: Stand) -> None:
    """What a demonstration has issued carries its port; `craftpath demo` moves it to another."""
    from django.conf import settings

    from craftpath.credentials.addresses import site as address
    from craftpath.credentials.fit_address import is_demonstration, is_loopback

    host, _, port = address().rpartition("://")[2].rpartition(":")
    if is_demonstration() and is_loopback(host) and port != str(stand.port):
        raise Failure(
            f"这里的样本城市在 {address()}，证书上也是。请加 --port {port}，"
            f"或用 craftpath demo --port {stand.port} 把它搬过去。",
            f"The sample city of {settings.CRAFTPATH_HOME} stands at {address()}, and its "
            f"certificates say so. Add --port {port}, or move it with craftpath demo --port "
            f"{stand.port}.",
        )


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
