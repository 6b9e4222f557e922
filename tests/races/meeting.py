"""Several at once, each with a connection of its own, as processes have."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from typing import Any

from django.db import DatabaseError, connections

from craftpath.access.errors import Refusal
from craftpath.programmes.locking import unlocked

__all__ = ["BROKEN", "DONE", "at_once", "slowly"]

DONE, BROKEN = "done", "broken"

#: Where the jobs of a thread meet the others' in the midst of their work.
_own = threading.local()


def at_once(jobs: Sequence[Callable[[], Any]], *, locked: bool) -> list[str]:
    """What became of each, sorted: done, a refusal by its name, or broken: the database's error."""
    together, midway = threading.Barrier(len(jobs)), threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> str:
        try:
            together.wait(timeout=60)
            _own.midway = None if locked else midway
            with nullcontext() if locked else unlocked():
                job()
        except Refusal as refusal:
            return type(refusal).__name__
        except DatabaseError:
            return BROKEN
        finally:
            connections.close_all()
            midway.abort()  # whoever still waits for this one waits in vain
        return DONE

    with ThreadPoolExecutor(len(jobs)) as pool:
        return sorted(pool.map(run, jobs))


def slowly(step: Callable[..., Any]) -> Callable[..., Any]:
    """The same step, going on only when others have come to it too.

    With the locks off it waits for all of them, so that they are sure to meet. With the locks on
    they cannot: it takes long enough that they would.
    """

    def slow(*args: Any, **kwargs: Any) -> Any:
        found = step(*args, **kwargs)
        midway, _own.midway = getattr(_own, "midway", None), None
        if midway is None:
            time.sleep(0.1)
        else:
            with suppress(threading.BrokenBarrierError):  # one of them was turned away before
                midway.wait(timeout=15)  # shorter than the database waits
        return found

    return slow
