"""What is raised while the database cannot be used: no fault of whoever was asking."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError, connection

__all__ = ["AWAY", "may_be_done"]

#: It is locked for too long, lets go of us, or is not reached.
AWAY = (OperationalError, InterfaceError)


def may_be_done(trouble: BaseException) -> bool:
    """Whether the transaction that this came out of may have been committed all the same: the
    answer to its COMMIT was lost, or the process was told to stop at that moment. SQLite is no
    connection that could be lost: what it raises, it has not done."""
    if isinstance(trouble, AWAY):
        return connection.vendor != "sqlite"
    return not isinstance(trouble, Exception)
