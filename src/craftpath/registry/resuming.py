"""Work that is taken up again after what did it has ended, and when it is not any more.

A task that keeps ending its worker would end every worker that there will ever be, and the site
with them, if it were begun anew each time. So every beginning is counted: by the thing that is
worked on, whichever task it was, since the last time that the work was done or got further. Where
it has been begun often enough in vain, whoever takes work up marks the thing as failed instead, for
a person to look at; what that person has begun again is counted anew (`forget`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

__all__ = ["TRIES", "begun", "cared_for", "forget", "try_again", "used_up"]

#: How often a piece of work is begun before it is given up.
TRIES = 3
#: Before it is begun again, where it failed without ending its worker: a full disk may be seen to.
_PAUSE = dt.timedelta(minutes=1)

_OPEN = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


def begun(task_path: str, *args: Any) -> int:
    """How often workers began with it since it was last done."""
    results = DBTaskResult.objects.filter(
        task_path=task_path, args_kwargs={"args": list(args), "kwargs": {}}
    )
    done = results.successful().order_by("-enqueued_at").values_list("enqueued_at", flat=True)
    since = done.first()
    if since is not None:
        results = results.filter(enqueued_at__gt=since)
    return sum(map(len, results.values_list("worker_ids", flat=True)))


def used_up(does: Task[..., Any], *args: Any) -> bool:
    """Whether it has been begun as often as it may by itself."""
    return begun(does.module_path, *args) >= TRIES


def cared_for(*does: Task[..., Any]) -> set[Any]:
    """The first arguments of those of these tasks that wait or run."""
    waiting = DBTaskResult.objects.filter(
        status__in=_OPEN, task_path__in=[one.module_path for one in does]
    )
    asked = waiting.values_list("args_kwargs", flat=True)
    return {one["args"][0] if one["args"] else None for one in asked}


def try_again(does: Task[..., Any], *args: Any) -> bool:
    """Have it begun again in a while; no: it has been often enough, or nobody keeps count."""
    if not does.get_backend().supports_defer or used_up(does, *args):
        return False
    does.using(run_after=timezone.now() + _PAUSE).enqueue(*args)
    return True


def forget(does: Task[..., Any], *args: Any) -> None:
    """Count from nothing: it got further, or a person has it begun again."""
    results = DBTaskResult.objects.filter(
        task_path=does.module_path, args_kwargs={"args": list(args), "kwargs": {}}
    )
    results.failed().delete()
    # What runs was begun as well, by the last of its workers.
    for running in results.running():
        running.worker_ids = running.worker_ids[-1:]
        running.save(update_fields=["worker_ids"])
