"""What is signed and printed in the background. A task carries the number of a run at most."""

from __future__ import annotations

import logging

from django_tasks import task

from craftpath.credentials.choices import UNDER_WAY
from craftpath.credentials.fit_address import wrong_here
from craftpath.credentials.models import Credential, PrintRun
from craftpath.credentials.queries import UNSIGNED
from craftpath.registry.resuming import cared_for, used_up

__all__ = ["resume_runs", "run", "sign"]

_log = logging.getLogger("craftpath.credentials")


@task()
def run(run_id: int) -> None:
    from craftpath.credentials.actions.printing import work_on  # it enqueues this very task

    work_on(run_id)


@task()
def sign() -> None:
    from craftpath.credentials.actions.issuing import sign_pending

    sign_pending()


def resume_runs() -> list[int]:
    """Enqueue the runs that are half done and have no task that waits or runs, and the signing of
    what is left unsigned; call it when a worker starts. What has been begun often enough is
    stopped, for a person to go on with. Returns the numbers of the runs that go on."""
    from craftpath.credentials.actions.printing import stop_run

    resumed = []
    found = PrintRun.objects.filter(phase__in=UNDER_WAY).exclude(pk__in=cared_for(run))
    for pk in list(found.order_by("pk").values_list("pk", flat=True)):
        if used_up(run, pk):
            stop_run(pk)
            continue
        run.enqueue(pk)
        resumed.append(pk)
    _resume_signing()
    return resumed


def _resume_signing() -> None:
    if wrong_here() is not None:
        return  # begun under an address that is not fit it would only fail, and be counted
    unsigned = Credential.objects.filter(UNSIGNED)
    if not unsigned.exists() or cared_for(sign):
        return
    if used_up(sign):
        _log.error(
            "%s credentials wait to be signed, but signing ended its workers and is not begun by "
            "itself; look into the log, then make the next key, or print the run again",
            unsigned.count(),
        )
        return
    sign.enqueue()
