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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from craftpath.credentials.tasks import resume_runs
from craftpath.operations.outages import Outage
from craftpath.outage import AWAY
from craftpath.registry.resuming import TRIES, begun
from craftpath.registry.tasks import resume_batches

__all__ = ["Doer", "put_back", "work", "workers_alive", "working"]

_log = logging.getLogger("craftpath.work")


class _EndedItsWorkers(RuntimeError):
    """What a task that was given up has as its error."""


def work() -> None:
    """Do tasks until told to stop; first take up whatever ended workers left half done.

    An outage of the database ends no worker: it waits, and begins anew under another name, so that
    a task which the outage left running is taken up as a killed worker's is.
    """
    doer = Doer(Outage(_say_away))
    doer.configure_signals()
    while doer.running:
        try:
            with working() as name:
                _take_up()
                doer.work_as(name)
        except AWAY as trouble:
            doer.outage.wait(trouble)


def _take_up() -> None:
    put = put_back()
    if put:
        _log.warning("tasks of ended workers that are taken up again: %s", put)
    resumed = resume_batches()
    if resumed:
        _log.info("import batches that go on: %s", resumed)
    runs = resume_runs()
    if runs:
        _log.info("print runs that go on: %s", runs)


class Doer(Worker):
    """django_tasks_db's worker, which an outage neither ends nor makes fail what it is at."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(
            queue_names=["*"],
            interval=1,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="",
            excluded_queue_names=[],
        )
        self.outage = outage

    def work_as(self, name: str) -> None:
        """AWAY: the database went."""
        self._back()
        self.worker_id = name
        self.run()

    def run_task(self, db_task_result: DBTaskResult[..., Any]) -> None:
        """As ever, but how it ended is written however long that takes; and that the database went
        is no end: the task is left running, for whoever puts it back."""
        task = db_task_result
        succeed, fail = task.set_successful, task.set_failed

        def set_failed(trouble: BaseException) -> None:
            # The last time it is told as it was, and what it was at says that it has failed.
            away = isinstance(trouble, AWAY)
            if away and begun(task.task_path, *task.args_kwargs["args"]) < TRIES:
                raise trouble
            self._insist(lambda: fail(trouble))
            if away:
                self._insist(_take_up)

        # The one task alone: its class writes how it ended three times within a second.
        vars(task).update(
            set_successful=lambda value: self._insist(lambda: succeed(value)),
            set_failed=set_failed,
        )
        super().run_task(task)

    def _insist(self, write: Callable[[], None]) -> None:
        """Until it is written; AWAY where somebody asks to stop before."""
        while True:
            try:
                write()
            except AWAY as trouble:
                if not self.running:
                    raise
                self.outage.wait(trouble)
            else:
                return self._back()

    def _back(self) -> None:
        lasted = self.outage.over()
        if lasted is not None:
            _log.warning("the database is back after %.0f s", lasted)


def _say_away(reason: str) -> None:
    _log.warning("the database cannot be used, background work waits for it: %s", reason)


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


def workers_alive() -> int:
    """How many hold their lock at this moment."""
    return sum(_lives(file.name) for file in _folder().glob("[!.]*"))


def _sweep() -> None:
    """Take away the files of workers that were killed."""
    for file in _folder().glob("[!.]*"):
        if not _lives(file.name):
            file.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.CRAFTPATH_HOME) / "workers"
