"""Waiting for a database that is locked, restarting or away."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection, connections

from craftpath.outage import AWAY

__all__ = ["Outage", "trouble_of", "wait_until_there"]

#: The longest pause between two questions whether it is back.
LONGEST = 5.0


class Outage:
    """From the first sign of it to its end; waited out in growing pauses.

    say    called once an outage, with the reason
    renew  called before each pause: connections from before are of no use
    """

    def __init__(
        self,
        say: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        renew: Callable[[], None] = connections.close_all,
    ) -> None:
        self._say, self._now, self._wait, self._renew = say, now, wait, renew
        self._since: float | None = None
        self._pause = 0.0

    def lasted(self) -> float:
        return 0.0 if self._since is None else self._now() - self._since

    def wait(self, trouble: Exception) -> None:
        """A pause, longer each time."""
        self._renew()
        if self._since is None:
            self._since, self._pause = self._now(), 0.5
            self._say(" ".join(str(trouble).split()))
        self._pause = min(self._pause * 2, LONGEST)
        self._wait(self._pause)

    def over(self) -> float | None:
        """How long it lasted; None where there was none."""
        lasted = None if self._since is None else self.lasted()
        self._since = None
        return lasted


def wait_until_there(patience: float, outage: Outage, ask: Callable[[], Exception | None]) -> None:
    """Until the database answers, or so many seconds are over: who asks next hears how it is."""
    while outage.lasted() < patience and (trouble := ask()):
        outage.wait(trouble)


def trouble_of() -> Exception | None:
    """Why the database does not answer; None where it does."""
    try:
        with connection.cursor() as cursor:
            # Something that is read: of a locked file SQLite tells a constant all the same.
            connection.introspection.table_names(cursor)
    except AWAY as trouble:
        connections.close_all()
        return trouble
    return None
