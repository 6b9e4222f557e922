"""Workers that are killed, and those that come after them."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from craftpath.operations.working import put_back, working
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
