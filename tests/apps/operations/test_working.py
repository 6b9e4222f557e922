"""Workers that are killed, and those that come after them."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from craftpath.operations.outages import Outage
from craftpath.operations.working import Doer, put_back, working
from craftpath.registry.resuming import TRIES
from tests.apps.operations.site import Site


def running(*workers: str) -> DBTaskResult:
    """A task that the last of these workers is at."""
    return DBTaskResult.objects.create(
        status=TaskResultStatus.RUNNING,
        started_at=timezone.now(),
        worker_ids=list(workers),
        args_kwargs={"args": [], "kwargs": {}},
        task_path="tests.apps.operations.lingering.linger",
        backend_name="default",
        run_after=timezone.now(),
    )


def test_puts_back_the_task_of_a_worker_that_is_gone(db: None) -> None:
    task = running("gone")

    assert put_back() == 1

    task.refresh_from_db()
    assert (task.status, task.started_at) == (TaskResultStatus.READY, None)
    assert put_back() == 0


def test_leaves_the_task_of_a_worker_that_works(db: None) -> None:
    with working() as name:
        task = running("gone", name)
        assert put_back() == 0
        task.refresh_from_db()
        assert task.status == TaskResultStatus.RUNNING
    assert put_back() == 1


def test_gives_up_what_ends_every_worker(db: None) -> None:
    task = running(*["gone"] * TRIES)

    assert put_back() == 0

    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    assert f"it ended {TRIES} workers" in task.traceback


def test_takes_away_the_files_of_ended_workers_alone(db: None) -> None:
    folder = Path(settings.CRAFTPATH_HOME) / "workers"
    with working() as name:
        (folder / "killed").touch()
        put_back()
        assert (folder / name).exists() and not (folder / "killed").exists()
    assert not (folder / name).exists()


# --- the database goes ---------------------------------------------------------------------------


class Waits:
    """An outage whose pauses a test counts, and in which it does something."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.meanwhile: Callable[[], object] = list
        self.reasons: list[str] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.meanwhile()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def doer(db: None, waits: Waits) -> Doer:
    return Doer(Outage(waits.reasons.append, lambda: sum(waits.pauses), waits.pause, lambda: None))


def claimed(name: str, tries: int = 1) -> DBTaskResult:
    """A task that has just been claimed, the last of so many times."""
    task = running(*["somebody"] * tries)
    task.task_path = f"tests.apps.operations.lingering.{name}"
    task.run_after = get_date_max()  # at once, as far as the tests' own backend is asked
    task.save()
    return task


def test_a_task_from_which_the_database_goes_is_left_for_the_next_worker(doer: Doer) -> None:
    task = claimed("lose")

    with pytest.raises(OperationalError):
        doer.run_task(task)

    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING
    assert put_back() == 1


def test_the_last_time_it_fails_as_it_was(doer: Doer) -> None:
    task = claimed("lose", tries=TRIES)

    doer.run_task(task)

    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    assert "database is locked" in task.traceback


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What is raised, one after the other, where a task is to be written that is done."""
    coming: list[Exception] = []
    save = DBTaskResult.save

    def fail(task: DBTaskResult, **given: Any) -> None:
        if coming:
            raise coming.pop()
        save(task, **given)

    monkeypatch.setattr(DBTaskResult, "save", fail)
    return coming


def done_in(folder: Path) -> DBTaskResult:
    task = claimed("linger")
    (folder / "go").touch()
    task.args_kwargs = {"args": [str(folder)], "kwargs": {}}
    task.save()
    return task


def test_a_task_that_is_done_is_written_down_however_long_it_takes(
    doer: Doer, waits: Waits, unwritten: list[Exception], tmp_path: Path
) -> None:
    task = done_in(tmp_path)
    unwritten += [OperationalError("the server closed\n the connection")] * 3 * 5

    doer.run_task(task)

    task.refresh_from_db()
    assert task.status == TaskResultStatus.SUCCESSFUL
    assert (tmp_path / "began").read_text() == "+"
    assert waits.pauses == [1, 2, 4, 5, 5]
    assert waits.reasons == ["the server closed the connection"]


def test_who_is_told_to_stop_does_not_wait_to_write_it_down(
    doer: Doer, waits: Waits, unwritten: list[Exception], tmp_path: Path
) -> None:
    task = done_in(tmp_path)
    unwritten += [OperationalError("gone")] * 3 * 2
    waits.meanwhile = lambda: doer.shutdown(signal.SIGTERM, None)

    with pytest.raises(OperationalError):
        doer.run_task(task)

    assert waits.pauses == [1]
    assert put_back() == 1


# --- killed for real ------------------------------------------------------------------------------


@pytest.fixture
def workers(site: Site) -> Iterator[list[subprocess.Popen[str]]]:
    some: list[subprocess.Popen[str]] = []
    yield some
    for worker in some:
        worker.kill()
        worker.communicate()


def enqueue(site: Site, folder: Path, what: str = "linger") -> None:
    folder.mkdir()
    code = f"from tests.apps.operations.lingering import {what}; {what}.enqueue({str(folder)!r})"
    done = site.run("manage", "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr


def there(file: Path) -> None:
    until = time.monotonic() + 120
    while not file.exists():
        assert time.monotonic() < until, file
        time.sleep(0.05)


def until_logged(log: Path, words: str) -> None:
    until = time.monotonic() + 60
    while words not in log.read_text():
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)


@pytest.mark.slow
def test_outlives_its_database(site: Site, tmp_path: Path) -> None:
    """It is away at the start, while a task runs, and while there is nothing to do."""
    first, second, log = tmp_path / "first", tmp_path / "second", tmp_path / "log"
    enqueue(site, first)
    with log.open("w") as file, site.away():
        worker = site.start(
            "work", DJANGO_SETTINGS_MODULE="tests.apps.operations.hasty", stdout=file
        )
        until_logged(log, "wait")
    try:
        there(first / "began")
        with site.away():
            (first / "go").touch()
            there(first / "done")
            time.sleep(1.5)
        with site.away():
            time.sleep(3)
        enqueue(site, second)
        (second / "go").touch()
        there(second / "done")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
    finally:
        worker.kill()
        worker.wait()
    assert (first / "began").read_text() == (second / "began").read_text() == "+"
    found = site.sql("SELECT status FROM django_tasks_database_dbtaskresult")
    assert found == [("SUCCESSFUL",)] * 2
    assert "Traceback" not in log.read_text()


@pytest.mark.slow
def test_takes_up_what_a_killed_worker_was_at_and_nothing_that_another_is_at(
    site: Site, tmp_path: Path, workers: list[subprocess.Popen[str]]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    enqueue(site, first)
    workers.append(site.start("work"))
    there(first / "began")

    # Another worker starts meanwhile: it has looked through what runs once it does the next task.
    enqueue(site, second)
    (second / "go").touch()
    workers.append(site.start("work"))
    there(second / "done")
    assert (first / "began").read_text() == "+"

    workers[0].kill()
    workers[0].wait()
    workers[1].send_signal(signal.SIGTERM)
    assert workers[1].wait(60) == 0
    (first / "go").touch()
    workers.append(site.start("work"))
    there(first / "done")
    assert (first / "began").read_text() == "++"
    assert (second / "began").read_text() == "+"


@pytest.mark.thorough
@pytest.mark.slow
def test_a_task_that_kills_its_worker_kills_three_and_the_site_works_on(
    site: Site, tmp_path: Path, workers: list[subprocess.Popen[str]]
) -> None:
    deadly, after = tmp_path / "deadly", tmp_path / "after"
    enqueue(site, deadly, "kill_the_worker")
    for _ in range(TRIES):
        workers.append(site.start("work"))
        assert workers[-1].wait(60) == -signal.SIGKILL

    enqueue(site, after)
    (after / "go").touch()
    workers.append(site.start("work"))
    there(after / "done")
    assert (deadly / "began").read_text() == "+" * TRIES
