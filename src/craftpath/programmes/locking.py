"""One at a time within a programme: arrival, places and decisions are counted under its lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from craftpath.access.errors import NotThere
from craftpath.programmes.models import Programme

__all__ = ["hold", "hold_rows", "unlocked"]

_Row = TypeVar("_Row", bound=Model)
_UNLOCKED: ContextVar[bool] = ContextVar("programme_unlocked", default=False)


def hold(programme_id: int) -> Programme:
    """The programme as it is now, nobody else's until the present transaction ends.

    Whoever else holds it first, we wait; so read again whatever was read before. PostgreSQL locks
    the row; SQLite's IMMEDIATE transaction has locked the whole database by the time it is here.

    TypeError: outside a transaction nothing is held. NotThere: no such programme.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TypeError("a programme is held within a transaction")
    found = hold_rows(Programme.objects.filter(pk=programme_id)).first()
    if found is None:
        raise NotThere
    return found


def hold_rows(wanted: QuerySet[_Row]) -> QuerySet[_Row]:
    """Other rows than a programme's, held in the same way: a room, somebody who examines."""
    # The rows alone: PostgreSQL cannot lock what a nullable join brings in.
    return wanted if _UNLOCKED.get() else wanted.select_for_update(of=("self",))


@contextmanager
def unlocked() -> Iterator[None]:
    """This thread holds nothing: how the tests of races first see them go wrong.

    Never used by the site. A thread begins with locks on; on SQLite its transactions begin
    without a lock, as they do by Django's own defaults.
    """
    before, connection = _UNLOCKED.set(True), transaction.get_connection()
    connection.ensure_connection()
    mode = getattr(connection, "transaction_mode", None)  # SQLite's alone
    if mode is not None:
        setattr(connection, "transaction_mode", None)  # noqa: B010 - unknown to its type
    try:
        yield
    finally:
        _UNLOCKED.reset(before)
        if mode is not None:
            setattr(connection, "transaction_mode", mode)  # noqa: B010
