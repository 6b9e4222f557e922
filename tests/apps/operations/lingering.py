"""Tasks of tests: one runs as long as a test likes, one loses its database, one ends its worker."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.db import OperationalError
from django_tasks import task


@task()
def linger(folder: str) -> None:
    """Say that it began, and end once there is a file `go`."""
    with (Path(folder) / "began").open("a") as file:
        file.write("+")
    until = time.monotonic() + 120
    while not (Path(folder) / "go").exists():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.02)
    (Path(folder) / "done").touch()


@task()
def lose() -> None:
    raise OperationalError("database is locked")


@task()
def kill_the_worker(folder: str) -> None:
    """Say that it began, and end as a process does for which there is no memory."""
    with (Path(folder) / "began").open("a") as file:
        file.write("+")
    os.kill(os.getpid(), signal.SIGKILL)
