"""gunicorn's settings for the site: `gunicorn --config python:craftpath.operations.gunicorn`.

The site is read and the engine warmed once, in the master, before the port is opened: whoever gets
through to a worker is answered at once, and the workers share that memory.
"""

from __future__ import annotations

import os
from typing import Any

wsgi_app = "craftpath.web.wsgi:application"
worker_class = "gthread"
threads = 4
preload_app = True
loglevel = "warning"
graceful_timeout = 30
#: Pages wait for the database (20 s) at the longest.
timeout = 60

__all__ = ["READY", "on_starting", "post_fork", "when_ready"]

#: The number of a pipe on which the master says that the port is open.
READY = "CRAFTPATH_READY"


def on_starting(server: Any) -> None:
    from django.conf import settings

    from craftpath.eligibility.warming import warm
    from craftpath.operations.lifeline import follow

    follow()
    warm(settings.CRAFTPATH_PACK)


def when_ready(server: Any) -> None:
    if READY in os.environ:
        pipe = int(os.environ.pop(READY))
        os.write(pipe, b"ready")
        os.close(pipe)


def post_fork(server: Any, worker: Any) -> None:
    """No worker talks to the database over a connection of the master's."""
    from django.db import connections

    connections.close_all()
