"""Print runs: what was issued together, on paper, in the background.

    ISSUING → SIGNING → PRINTING → PRINTED → DELETED
                    ↘ STOPPED (something is missing; `print_again` goes on)

Each phase begins again where it was: numbers slice by slice, signatures slice by slice, the file as
a whole. No file is written within a transaction.
"""

from __future__ import annotations

import logging
import secrets
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from craftpath.access.act import act
from craftpath.access.clock import now
from craftpath.access.errors import Conflict, Refusal
from craftpath.access.may import require
from craftpath.access.models import Duty
from craftpath.access.roles import SYSTEM, Actor
from craftpath.credentials import tasks
from craftpath.credentials.actions.issuing import (
    give_numbers,
    records_in_order,
    sign,
    told_refused,
    with_present_keys,
)
from craftpath.credentials.choices import UNDER_WAY, Phase, Standing
from craftpath.credentials.fit_address import require_fit_address
from craftpath.credentials.models import Credential, PrintRun
from craftpath.credentials.paper import pdf_of_run
from craftpath.credentials.planning import Planner, Refused, Wanted
from craftpath.credentials.queries import run_seen_by
from craftpath.engine.rules import Label
from craftpath.outage import AWAY
from craftpath.registry.resuming import TRIES, forget
from craftpath.uploads import discard, let_go

__all__ = ["delete_print", "open_print", "print_again", "stop_run", "work_on"]

log = logging.getLogger("craftpath.credentials")

#: Numbers given in one transaction: it holds its series and the head of the audit for so long.
SLICE = 250
_PRINTABLE = (Standing.ISSUED, Standing.RESUMED)


def print_again(actor: Actor, run_id: int, *, enqueue: bool = True) -> PrintRun:
    """Go on with a run that was stopped, or print anew one whose file was deleted. What has been
    suspended, revoked or replaced since is left out.

    NotThere, NotAllowed. Conflict: it is under way, or its file is there, or the site's address is
    not fit.
    """
    require(actor, "credential.print")
    require_fit_address()
    seen = run_seen_by(actor, run_id)
    with act(actor, "credential.print", told_as="print.again") as trace:
        run = PrintRun.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if run.phase not in (Phase.STOPPED, Phase.DELETED):
            raise Conflict(
                "正在办理，或文件已经生成。", "It is under way, or its file is there already."
            )
        run.phase, run.problem_zh, run.problem_en = Phase.ISSUING, "", ""
        run.finished_at = None
        run.save(update_fields=["phase", "problem_zh", "problem_en", "finished_at"])
        trace.on(run)
        forget(tasks.run, run.pk)
    if enqueue:
        tasks.run.enqueue(run.pk)
        run.refresh_from_db()
    return run


def open_print(actor: Actor, run_id: int) -> File[bytes]:
    """The PDF of a run, opened. It is full of names: who takes it away is written down.

    NotThere, NotAllowed. Conflict: there is no file (yet, or any more).
    """
    require(actor, "credential.print")
    run = run_seen_by(actor, run_id)
    if run.phase != Phase.PRINTED or not run.file:
        raise Conflict("还没有文件，或文件已删除。", "There is no file yet, or it was deleted.")
    if not default_storage.exists(
        run.file.name or ""
    ):  # restored without its uploads, or tidied away
        raise Conflict(
            "文件已不在，请删除后重新排版。", "The file is gone; delete it and print again."
        )
    with act(actor, "credential.print", told_as="print.open", on=run) as trace:
        trace.details = {"pages": run.pages}
    return default_storage.open(run.file.name or "", "rb")


def delete_print(actor: Actor, run_id: int) -> PrintRun:
    """Delete the PDF of a run; the credentials stay, and it can be printed again.

    NotThere, NotAllowed. Conflict: there is no file.
    """
    require(actor, "credential.print")
    seen = run_seen_by(actor, run_id)
    with act(actor, "credential.print", told_as="print.delete") as trace:
        run = PrintRun.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if run.phase != Phase.PRINTED:
            raise Conflict("没有可删除的文件。", "There is no file to delete.")
        run.phase = Phase.DELETED
        run.save(update_fields=["phase"])
        let_go(run, "file")
        trace.on(run)
        trace.details = {"pages": run.pages}
    return run


# --- in the background ---------------------------------------------------------------------


def work_on(run_id: int) -> None:
    """Do what is left of a run. Safe to call again, and by several at once.

    For whom nothing can be issued any more (the record was voided since) is left out, and the run
    says so; where that is everybody, it stops.
    """
    run = PrintRun.objects.select_related("issuer__party").get(pk=run_id)
    if run.phase not in UNDER_WAY:
        return
    actor = _actor_of(run)
    try:
        if run.phase == Phase.ISSUING:
            _issue(actor, run)
            _step(run, Phase.ISSUING, Phase.SIGNING)
        if run.phase == Phase.SIGNING:
            _sign(actor, run)
            _step(run, Phase.SIGNING, Phase.PRINTING)
        if run.phase == Phase.PRINTING:
            _print(actor, run)
    except Refusal as refusal:
        _stop(actor, run, refusal.label)
    except AWAY:
        raise  # the database is locked or away: the task is taken up again, and the run goes on
    except Exception:
        _stop(
            actor,
            run,
            Label(
                "意外出错，已记入日志；请稍后重试，仍不行请联系管理员。",
                "Something went wrong and is in the log; try again later, else ask the operator.",
            ),
        )
        raise


def stop_run(run_id: int) -> None:
    """Stop a run that was begun in vain as often as it may. Numbers given and signatures stand."""
    run = PrintRun.objects.get(pk=run_id)
    _stop(
        SYSTEM,
        run,
        Label(
            f"后台连续 {TRIES} 次没有做完，已停止；已编号的证书不受影响。请少选一些人分批办理，"
            "或点“接着办”再试；仍不行请联系管理员。",
            f"It was begun {TRIES} times and never finished, so it was stopped; numbers given so "
            "far stand. Go on, or issue for fewer people at a time; else ask the operator.",
        ),
    )


def _actor_of(run: PrintRun) -> Actor:
    duty = Duty.objects.select_related("user").filter(pk=run.duty or 0).first()
    return SYSTEM if duty is None else duty.actor("worker")


def _step(run: PrintRun, before: Phase, after: Phase) -> None:
    PrintRun.objects.filter(pk=run.pk, phase=before).update(phase=after)
    run.refresh_from_db(fields=["phase"])


def _issue(actor: Actor, run: PrintRun) -> None:
    had = set(Credential.objects.filter(run=run).values_list("record", flat=True))
    waiting = iter([pk for pk in run.records if pk not in had])
    planner, refused = Planner(), list[Refused]()
    while some := list(islice(waiting, SLICE)):
        planned = planner.plan(records_in_order(some))
        give_numbers(actor, [one for one in planned if isinstance(one, Wanted)], run)
        forget(tasks.run, run.pk)
        # What somebody has issued one by one meanwhile is not printed twice, and no problem.
        refused += [one for one in planned if isinstance(one, Refused) and not one.done]
    if not refused:
        return
    said = told_refused(refused)
    if not run.credentials.exists():
        raise Conflict(said.zh, said.en)
    count = len(refused)
    run.problem_zh = f"{count} 人未发证：{said.zh}"[:300]
    run.problem_en = f"Not issued for {count}: {said.en}"[:400]
    run.save(update_fields=["problem_zh", "problem_en"])


def _sign(actor: Actor, run: PrintRun) -> None:
    while some := list(_of_run(run).filter(document="")[:SLICE]):
        ready = with_present_keys(some)
        if not ready:
            raise Conflict(
                "签发机构没有正在使用的签名密钥，请先建立。",
                "The issuer has no key that signs; make one first.",
            )
        sign(actor, ready)
        forget(tasks.run, run.pk)


def _print(actor: Actor, run: PrintRun) -> None:
    """Written beside its place, and there at once when it is whole."""
    with tempfile.TemporaryDirectory(prefix="craftpath-run-") as folder:
        out = Path(folder) / "run.pdf"
        wanted = _of_run(run).filter(standing__in=_PRINTABLE)
        if not wanted.exists():
            raise Conflict("没有可打印的证书。", "There is nothing to print.")
        pages = pdf_of_run(_one_by_one(run), out, lambda done: _note_pages(run, done))
        with out.open("rb") as made:
            name = default_storage.save(f"printed/{secrets.token_hex(16)}.pdf", File(made))
    mine = False
    with act(actor, "credential.print", told_as="print.finish", on=run) as trace:
        mine = bool(
            PrintRun.objects.filter(pk=run.pk, phase=Phase.PRINTING).update(
                phase=Phase.PRINTED, file=name, pages=pages, finished_at=now()
            )
        )
        trace.details = {"pages": pages}
    if not mine:  # another worker was there first
        discard(name)


def _of_run(run: PrintRun) -> QuerySet[Credential]:
    return (
        Credential.objects.select_related(
            "issuer__party", "record", "key__issuer", "revocation__issuer", "suspension__issuer"
        )
        .filter(run=run)
        .order_by("pk")
    )


def _one_by_one(run: PrintRun) -> Iterator[Credential]:
    """In the order of the run, some at a time; a cursor held open for minutes would hold a
    transaction open on PostgreSQL."""
    after = 0
    while some := list(_of_run(run).filter(standing__in=_PRINTABLE, pk__gt=after)[:SLICE]):
        after = some[-1].pk
        yield from some


def _note_pages(run: PrintRun, pages: int) -> None:
    PrintRun.objects.filter(pk=run.pk, phase=Phase.PRINTING).update(pages=pages)


def _stop(actor: Actor, run: PrintRun, why: Label) -> None:
    with act(actor, "credential.print", told_as="print.stop", on=run, why=why.zh[:300]):
        PrintRun.objects.filter(pk=run.pk, phase__in=UNDER_WAY).update(
            phase=Phase.STOPPED,
            problem_zh=why.zh[:300],
            problem_en=why.en[:400],
            finished_at=now(),
        )
