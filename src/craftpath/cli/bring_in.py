"""`craftpath import`: the same check and the same writing as on the page, seen to the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from craftpath.cli.says import Failure, screen

if TYPE_CHECKING:
    from craftpath.access.roles import Actor
    from craftpath.registry.models import Batch

__all__ = ["run"]

_FIRST = 20


def run(
    file: Path, sort: str, username: str, duty: int | None, commit: bool, rejects: Path | None
) -> int:
    """Check a file, say what is wrong with it, write its good rows where that is asked.

    Exit status: 0 where every row is good, 1 where some are not, or the file cannot be read.
    """
    from craftpath.access.errors import Refusal
    from craftpath.registry.imports.sorts import SORTS

    if sort not in SORTS:
        names = ", ".join(SORTS)
        raise Failure(
            f"没有这种表：{sort}；可用：{names}。", f"No such sort: {sort}; one of {names}."
        )
    content = file.read_bytes()
    try:
        actor = _actor(username, duty, sort)
        batch = _checked(actor, sort, file.name, content)
        _tell(batch, rejects)
        if batch.state == batch.State.REFUSED:
            return 1
        if commit and batch.good:
            _commit(actor, batch)
    except Refusal as why:
        raise Failure(why.label.zh, why.label.en) from None
    return 1 if batch.bad else 0


def _actor(username: str, number: int | None, sort: str) -> Actor:
    """The login's duty that may bring such a sheet in; the first where there are several."""
    from django.db.models import Q

    from craftpath.access.clock import today
    from craftpath.access.models import Duty
    from craftpath.registry.imports.sorts import SORTS

    running = Q(start__lte=today()) & (Q(end=None) | Q(end__gt=today()))
    found = Duty.objects.filter(running, user__username=username, user__is_active=True)
    for duty in found.select_related("user").order_by("pk"):
        actor = duty.actor("command")
        if number in (None, duty.pk) and actor.role in SORTS[sort].roles:
            return actor
    raise Failure(
        f"账号 {username} 没有可以导入这种表的身份。",
        f"The login {username} has no duty that may bring in such a sheet.",
    )


def _checked(actor: Actor, sort: str, name: str, content: bytes) -> Batch:
    """Checked here and now, whether or not a worker of the site looks at it too."""
    from craftpath.registry.actions.imports import check_batch, upload

    batch = upload(actor, sort, name, content, enqueue=False)
    check_batch(batch.pk)
    batch.refresh_from_db()
    return batch


def _tell(batch: Batch, rejects: Path | None) -> None:
    from craftpath.registry.imports.vault import kept

    for zh, en in batch.notes:
        click.echo(f"{zh} / {en}", err=True)
    if batch.state == batch.State.REFUSED:
        return
    click.echo(
        f"批次 {batch.pk}：{batch.rows:,} 行，可写入 {batch.good:,}，已有 {batch.known:,}，"
        f"有误 {batch.bad:,}\n"
        f"batch {batch.pk}: {batch.rows:,} rows, {batch.good:,} to write, {batch.known:,} known "
        f"already, {batch.bad:,} bad"
    )
    for problem in batch.problems[:_FIRST]:
        where = f"{problem['sheet']}!{problem['row']}"
        text, mend = problem["text"], problem["mend"]
        click.echo(f"  {where} {problem['column']}：{text[0]}；{mend[0]}", err=True)
        click.echo(f"  {where} {problem['column']}: {text[1]}; {mend[1]}", err=True)
    if len(batch.problems) > _FIRST:
        click.echo("  …", err=True)
    if rejects is not None and batch.rejects:
        rejects.write_bytes(kept(batch.rejects.name))
        click.echo(f"退回行：{rejects} / rejects: {rejects}")


def _commit(actor: Actor, batch: Batch) -> None:
    """Slice by slice, with a bar. Interrupted, the site's worker goes on where it ended."""
    from rich.progress import Progress

    from craftpath.registry.actions.imports import commit_batch, write_slices

    commit_batch(actor, batch.pk, enqueue=False)
    with Progress(console=screen(err=True), transient=True) as bar:
        task = bar.add_task("写入 writing", total=batch.good)
        write_slices(batch.pk, lambda done: bar.update(task, completed=done))
    batch.refresh_from_db()
    click.echo(f"已写入 {batch.done:,} 行 / {batch.done:,} rows written")
