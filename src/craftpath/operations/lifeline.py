"""Processes that end with whoever started them, also where that one was killed.

The starter holds one end of a pipe; the system closes it however the starter ends, and whoever
reads the other end then stops in order. So no forgotten process keeps the port.
"""

from __future__ import annotations

import os
import signal
import threading

__all__ = ["follow", "lifeline"]

_LIFELINE = "CRAFTPATH_LIFELINE"


def lifeline() -> tuple[int, dict[str, str]]:
    """(the end to hand down, the environment that names it); the other end stays open here."""
    reading, _ = os.pipe()
    return reading, {_LIFELINE: str(reading)}


def follow() -> None:
    """From now on SIGTERM comes to this process when its starter is gone; without one, nothing."""
    number = os.environ.pop(_LIFELINE, None)
    if number is None:
        return

    def wait() -> None:
        os.read(int(number), 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
