"""What is signed and printed in the background. A task carries the number of a run at most."""

from __future__ import annotations

from django.db.models import Q
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from craftpath.credentials.choices import UNDER_WAY
from craftpath.credentials.models import Credential, PrintRun

__all__ = ["resume_runs", "run", "sign"]


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
    what is left unsigned; call it when a worker starts. Returns the numbers of the runs."""
    waiting = DBTaskResult.objects.filter(
        status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING)
    )
    cared_for = {
        asked["args"][0]
        for asked in waiting.filter(task_path=run.module_path).values_list("args_kwargs", flat=True)
    }
    found = PrintRun.objects.filter(phase__in=UNDER_WAY).order_by("pk")
    resumed = [pk for pk in found.values_list("pk", flat=True) if pk not in cared_for]
    for pk in resumed:
        run.enqueue(pk)
    unsigned = Credential.objects.filter(Q(document="") | Q(key__broken__isnull=False))
    if unsigned.exists() and not waiting.filter(task_path=sign.module_path).exists():
        sign.enqueue()
    return resumed
