"""A batch that ends whoever works on it: it fails, says so, and nothing but a person goes on."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from craftpath.access.errors import Conflict, NotThere
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.operations.working import put_back
from craftpath.registry import tasks
from craftpath.registry.actions import imports
from craftpath.registry.actions.imports import (
    check_batch,
    commit_batch,
    fail_batch,
    go_on,
    undo_batch,
    upload,
    void_slices,
    write_slices,
)
from craftpath.registry.models import Batch, Record
from craftpath.registry.resuming import TRIES, begun
from craftpath.registry.tasks import resume_batches
from tests.apps.city import City
from tests.apps.registry.sheets import staff_rows, xlsx
from tests.apps.registry.test_pages import as_, text_of

State = Batch.State


@pytest.fixture(autouse=True)
def kept_tasks(settings) -> None:
    """Tasks are kept for a worker, as a site keeps them; whoever does them here is the test."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def batch(city: City) -> Batch:
    hr = city.actor("hr")
    return upload(hr, "staff", "表.xlsx", xlsx(staff_rows(40)), enqueue=False)


@pytest.fixture
def half_written(city: City, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """20 of 40 rows, and the worker was killed."""
    monkeypatch.setattr("craftpath.registry.imports.staged.SLICE", 20)
    check_batch(batch.pk)
    commit_batch(city.actor("hr"), batch.pk, enqueue=False)
    batch.refresh_from_db()
    imports._write_next(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.good) == (State.COMMITTING, 20, 40)
    return batch


def a_worker_is_killed() -> list[int]:
    """Whoever took the task that waits is gone; the next worker starts."""
    task = DBTaskResult.objects.get(status=TaskResultStatus.READY)
    task.claim("killed")
    put_back()
    return resume_batches()


def state(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.state


def test_what_ends_every_worker_is_begun_three_times_and_not_once_more(batch: Batch):
    """First seen to fail: the fourth start began it anew, and so for ever."""
    tasks.check.enqueue(batch.pk)

    for _ in range(TRIES):
        assert state(batch) == State.UPLOADED
        a_worker_is_killed()

    assert state(batch) == State.CHECK_FAILED and batch.finished_at is not None
    assert resume_batches() == []
    assert not DBTaskResult.objects.filter(status=TaskResultStatus.READY).exists()
    assert Entry.objects.filter(action="import.fail").count() == 1


def test_each_beginning_counts_whichever_task_it_was(batch: Batch):
    """One that failed, and one that the next worker's resumption made."""
    tasks.check.enqueue(batch.pk)
    first = DBTaskResult.objects.get()
    first.claim("one")
    first.set_failed(RuntimeError("the disk is full"))
    assert resume_batches() == [batch.pk]

    a_worker_is_killed()
    assert state(batch) == State.UPLOADED
    a_worker_is_killed()
    assert state(batch) == State.CHECK_FAILED


def test_what_got_further_was_not_in_vain(
    city: City, batch: Batch, monkeypatch: pytest.MonkeyPatch
):
    """A service that is restarted again and again during one long import: first seen to fail."""
    monkeypatch.setattr("craftpath.registry.imports.staged.SLICE", 8)
    check_batch(batch.pk)
    commit_batch(city.actor("hr"), batch.pk)
    for _ in range(TRIES + 1):
        task = DBTaskResult.objects.get(status=TaskResultStatus.READY)
        task.claim("killed")
        imports._write_next(Batch.objects.get(pk=batch.pk))
        put_back()
        assert resume_batches() == []

    assert state(batch) == State.COMMITTING and batch.done == 8 * (TRIES + 1)
    assert begun(tasks.commit.module_path, batch.pk) == 1


def test_nothing_has_failed_where_another_worker_has_finished(half_written: Batch) -> None:
    tasks.commit.enqueue(half_written.pk)
    Batch.objects.filter(pk=half_written.pk).update(state=State.UNDOING)

    fail_batch(half_written.pk, tasks.commit)

    assert state(half_written) == State.UNDOING


def test_what_fails_is_tried_again_by_itself_and_then_has_failed(
    half_written: Batch, monkeypatch: pytest.MonkeyPatch
):
    def full(_: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(imports, "write_slices", full)
    tasks.commit.enqueue(half_written.pk)
    for _ in range(TRIES):
        assert state(half_written) == State.COMMITTING
        task = DBTaskResult.objects.get(status=TaskResultStatus.READY)
        task.claim("here")
        with pytest.raises(OSError, match="full"):
            tasks.commit.call(half_written.pk)
        task.set_failed(OSError())

    assert (state(half_written), half_written.done) == (State.WRITE_FAILED, 20)
    assert Record.objects.filter(batch=half_written, kind="employment").count() == 20


def test_a_person_goes_on_and_it_is_counted_anew(city: City, half_written: Batch):
    hr = city.actor("hr")
    tasks.commit.enqueue(half_written.pk)
    for _ in range(TRIES):
        a_worker_is_killed()
    assert state(half_written) == State.WRITE_FAILED

    go_on(hr, half_written.pk)
    a_worker_is_killed()
    assert state(half_written) == State.COMMITTING
    write_slices(half_written.pk)

    assert (state(half_written), half_written.done) == (State.COMMITTED, 40)
    assert Record.objects.filter(batch=half_written, kind="employment").count() == 40
    with pytest.raises(Conflict):
        go_on(hr, half_written.pk)
    assert Entry.objects.filter(action="import.go-on").count() == 1
    assert list(verify()) == []


def test_what_was_written_of_a_failed_batch_can_be_undone(
    city: City, half_written: Batch, django_capture_on_commit_callbacks: Any
):
    from django.core.files.storage import default_storage

    staged = half_written.staged.name
    fail_batch(half_written.pk, tasks.commit)
    undo_batch(city.actor("hr"), half_written.pk, why="太大了", enqueue=False)
    fail_batch(half_written.pk, tasks.undo)
    assert state(half_written) == State.UNDO_FAILED

    go_on(city.actor("hr"), half_written.pk, enqueue=False)
    with django_capture_on_commit_callbacks(execute=True):
        void_slices(half_written.pk)

    assert state(half_written) == State.UNDONE
    assert not Record.objects.filter(batch=half_written, known_until=None).exists()
    assert not half_written.staged and not default_storage.exists(staged)


def test_a_batch_that_is_done_meanwhile_has_not_failed(batch: Batch):
    check_batch(batch.pk)
    fail_batch(batch.pk, tasks.check)
    assert state(batch) == State.CHECKED


SAID = {
    State.CHECK_FAILED: ("什么也没有写入", "Nothing was written", "重新上传"),
    State.WRITE_FAILED: ("已写入 20 / 40 行", "Written: 20 / 40 rows", "撤销整批"),
    State.UNDO_FAILED: ("已作废 0 / 80 条记录", "Voided: 0 / 80 records", "接着办"),
}


@pytest.mark.parametrize("which", SAID)
def test_its_page_says_what_happened_and_what_to_do(
    city: City, half_written: Batch, which: State, settings: Any
):
    settings.CRAFTPATH_SECOND_FACTOR = "off"
    Batch.objects.filter(pk=half_written.pk).update(state=which)
    zh, en, doing = SAID[which]
    page = reverse("import-batch", args=[half_written.pk])

    said = text_of(as_(city, "hr").get(page))
    assert zh in said and doing in said and "不会自动再来" in said
    assert en in text_of(as_(city, "hr", "en").get(page))

    sent = as_(city, "hr").post(reverse("import-go-on", args=[half_written.pk]))
    assert (sent.status_code, sent.headers["Location"]) == (302, page)
    assert state(half_written) == imports._ON[which][0]
    assert DBTaskResult.objects.filter(status=TaskResultStatus.READY).count() == 1
    assert as_(city, "rival-hr").get(page).status_code == 404


def test_goes_on_for_nobody_who_may_not_see_it(city: City, batch: Batch):
    fail_batch(batch.pk, tasks.check)
    for who in ("rival-hr", "worker", "auditor"):
        with pytest.raises(NotThere):
            go_on(city.actor(who), batch.pk)
    assert state(batch) == State.CHECK_FAILED
