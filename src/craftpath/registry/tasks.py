"""What the registry does in the background. A task carries the number of a batch, nothing else."""

from __future__ import annotations

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from craftpath.registry.models import Batch

__all__ = ["check", "commit", "resume_batches", "undo"]


@task()
def check(batch_id: int) -> None:
    from craftpath.registry.actions.imports import check_batch  # it enqueues these very tasks

    check_batch(batch_id)


@task()
def commit(batch_id: int) -> None:
    from craftpath.registry.actions.imports import write_slices

    write_slices(batch_id)


@task()
def undo(batch_id: int) -> None:
    from craftpath.registry.actions.imports import void_slices

    void_slices(batch_id)


def resume_batches() -> list[int]:
    """Enqueue whatever is half done and has no task that waits or runs; call it when a worker
    starts, after the tasks of ended workers were put back.

    A batch that another worker is busy with is in no danger: each slice is written once, whoever
    comes first. Returns the numbers of the batches.
    """
    State = Batch.State
    waiting = {
        State.UPLOADED: check,
        State.CHECKING: check,
        State.COMMITTING: commit,
        State.UNDOING: undo,
    }
    cared_for = _batches_with_a_task()
    found = list(Batch.objects.filter(state__in=waiting).order_by("pk").values_list("pk", "state"))
    resumed = [(pk, waiting[State(state)]) for pk, state in found if pk not in cared_for]
    for pk, does in resumed:
        does.enqueue(pk)
    return [pk for pk, _ in resumed]


def _batches_with_a_task() -> set[int]:
    ours = DBTaskResult.objects.filter(
        status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING),
        task_path__in=[does.module_path for does in (check, commit, undo)],
    )
    return {asked["args"][0] for asked in ours.values_list("args_kwargs", flat=True)}
