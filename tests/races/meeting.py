"""Several at once, each with a connection of its own, as processes have."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

from django.db import DatabaseError, connections

from craftpath.access.errors import Refusal
from craftpath.programmes.locking import unlocked

__all__ = ["BROKEN", "DONE", "at_once", "slowly"]

DONE, BROKEN = "done", "broken"


def at_once(jobs: Sequence[Callable[[], Any]], *, locked: bool) -> list[str]:
    """What became of each, sorted: done, a refusal by its name, or broken: the database's error."""
    together = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> str:
        try:
            together.wait(timeout=60)
            with nullcontext() if locked else unlocked():
                job()
        except Refusal as refusal:
            return type(refusal).__name__
        except DatabaseError:
            return BROKEN
        finally:
            connections.close_all()
        return DONE

    with ThreadPoolExecutor(len(jobs)) as pool:
        return sorted(pool.map(run, jobs))


def slowly(step: Callable[..., Any]) -> Callable[..., Any]:
    """The same step, taking long enough that others come to it meanwhile, if nothing stops them."""

    def slow(*args: Any, **kwargs: Any) -> Any:
        found = step(*args, **kwargs)
        time.sleep(0.1)
        return found

    return slow
