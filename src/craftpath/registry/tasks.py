"""What the registry does in the background. A task carries the number of a batch, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django_tasks import task
from django_tasks.base import Task

from craftpath.outage import AWAY
from craftpath.registry.models import Batch
from craftpath.registry.resuming import cared_for, try_again, used_up

__all__ = ["check", "commit", "resume_batches", "task_of", "undo"]


@task()
def check(batch_id: int) -> None:
    from craftpath.registry.actions.imports import check_batch  # it enqueues these very tasks

    _or_again(check, batch_id, check_batch)


@task()
def commit(batch_id: int) -> None:
    from craftpath.registry.actions.imports import write_slices

    _or_again(commit, batch_id, write_slices)


@task()
def undo(batch_id: int) -> None:
    from craftpath.registry.actions.imports import void_slices

    _or_again(undo, batch_id, void_slices)


def _or_again(does: Task[..., Any], batch_id: int, work: Callable[[int], object]) -> None:
    """Where it fails, it is tried again by itself, and failed where that was in vain."""
    try:
        work(batch_id)
    except AWAY:
        raise  # the database is locked or away: the worker waits, and this task is taken up again
    except Exception:
        if does.get_backend().supports_defer and not try_again(does, batch_id):
            _fail(does, batch_id)
        raise


def _fail(does: Task[..., Any], batch_id: int) -> None:
    from craftpath.registry.actions.imports import fail_batch

    fail_batch(batch_id, does)


def task_of(state: str) -> Task[..., Any] | None:
    """What goes on with a batch of that state by itself."""
    State = Batch.State
    waiting = {
        State.UPLOADED: check,
        State.CHECKING: check,
        State.COMMITTING: commit,
        State.UNDOING: undo,
    }
    return waiting.get(State(state))


def resume_batches() -> list[int]:
    """Enqueue whatever is half done and has no task that waits or runs; call it when a worker
    starts, after the tasks of ended workers were put back. What has been begun often enough has
    failed: nothing but a person goes on with it.

    A batch that another worker is busy with is in no danger: each slice is written once, whoever
    comes first. Returns the numbers of the batches that go on.
    """
    resumed = []
    busy = cared_for(check, commit, undo)
    half_done = [state for state in Batch.State if task_of(state) is not None]
    found = Batch.objects.filter(state__in=half_done).exclude(pk__in=busy).order_by("pk")
    for pk, state in list(found.values_list("pk", "state")):
        does = task_of(state)
        if does is None:
            continue
        if used_up(does, pk):
            _fail(does, pk)
            continue
        does.enqueue(pk)
        resumed.append(pk)
    return resumed
