"""What the registry does in the background. A task carries the number of a batch, nothing else."""

from __future__ import annotations

from django_tasks import task

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
    """Enqueue anew whatever a stopped worker left half done; call it when a worker starts.

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
    found = list(Batch.objects.filter(state__in=waiting).order_by("pk").values_list("pk", "state"))
    for pk, state in found:
        waiting[State(state)].enqueue(pk)
    return [pk for pk, _ in found]
