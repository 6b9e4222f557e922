"""Background work that survives its workers: what a killed one was at is taken up again.

A worker holds a lock on a file of its own, `workers/ID` in the data folder, from before its first
task to its end. The system lets go of it whatever way the process ends, so that a running task
whose worker's lock is free, or gone, is nobody's. No clock is asked, and a slow worker is safe.
Every process of a site therefore has the same data folder.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from craftpath.credentials.tasks import resume_runs
from craftpath.operations.lifeline import follow
from craftpath.registry.resuming import TRIES, begun
from craftpath.registry.tasks import resume_batches

__all__ = ["TRIES", "put_back", "work", "working"]

_log = logging.getLogger("craftpath.work")


class _EndedItsWorkers(RuntimeError):
    """What a task that was given up has as its error."""


def work() -> None:
    """Do tasks until told to stop; first take up whatever ended workers left half done."""
    follow()
    with working() as name:
        put = put_back()
        if put:
            _log.warning("tasks of ended workers that are taken up again: %s", put)
        resumed = resume_batches()
        if resumed:
            _log.info("import batches that go on: %s", resumed)
        runs = resume_runs()
        if runs:
            _log.info("print runs that go on: %s", runs)
        call_command(
            "db_worker",
            queue_name="*",
            worker_id=name,
            verbosity=1,
            reload=False,
            startup_delay=False,
        )


@contextmanager
def working() -> Iterator[str]:
    """A worker's name, locked for as long as it works."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    # Locked before it has its name: nobody ever finds the name free while its worker lives.
    descriptor, draft = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        Path(draft).replace(folder / name)
        yield name
    finally:
        (folder / name).unlink(missing_ok=True)
        os.close(descriptor)


def put_back() -> int:
    """Make the running tasks of ended workers ready again; how many. Several may do so at once.

    What has been begun as often as it may is given up. What it was at is then half done without a
    task, which is for whoever resumes it to see, and to mark as failed.
    """
    count = 0
    with transaction.atomic():
        running = DBTaskResult.objects.running().select_for_update(skip_locked=True)
        for task in running.order_by("enqueued_at"):
            if task.worker_ids and _lives(task.worker_ids[-1]):
                continue
            if begun(task.task_path, *task.args_kwargs["args"]) >= TRIES:
                _log.error("task %s (%s) ended its workers: given up", task.id, task.task_path)
                task.set_failed(_EndedItsWorkers(f"it ended {TRIES} workers"))
                continue
            task.status, task.started_at = TaskResultStatus.READY, None
            task.save(update_fields=["status", "started_at"])
            count += 1
    _sweep()
    return count


def _lives(name: str) -> bool:
    """Whether the lock of a worker is held; a name that is no worker's of ours is nobody's."""
    path = _folder() / Path(name).name
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _sweep() -> None:
    """Take away the files of workers that were killed."""
    for file in _folder().glob("[!.]*"):
        if not _lives(file.name):
            file.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.CRAFTPATH_HOME) / "workers"
