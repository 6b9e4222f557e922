"""Fill an empty database with the city."""

from __future__ import annotations

import datetime as dt
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from craftpath.access.act import act
from craftpath.access.clock import day_of, today
from craftpath.access.demonstration import MARK
from craftpath.access.errors import Conflict
from craftpath.access.roles import SYSTEM
from craftpath.audit.models import Entry
from craftpath.demo_city.cast import Cast, make_cast
from craftpath.demo_city.chosen import add_chosen
from craftpath.demo_city.lives import gather, write_lives
from craftpath.demo_city.making import Making
from craftpath.demo_city.past import past_rounds
from craftpath.demo_city.present import present_rounds
from craftpath.demo_city.proofs import proofs
from craftpath.demo_city.sheets import bring_sheets_in
from craftpath.demo_city.sittings import sittings
from craftpath.demo_city.twice import register_twice
from craftpath.eligibility.kept import pack_of
from craftpath.registry.models import Party

__all__ = ["made_on", "make_city"]


def make_city(
    people: int = 5000, seed: int = 1, tell: Callable[[str, float], None] | None = None
) -> Cast:
    """Make the city and return who can log in. All of it, or nothing of it, is there afterwards.

    people  at least 60: below that, not every round finds its people
    tell    called with the name of each phase and the seconds that it took

    The same people, seed and day make the same city, but for what is drawn from the system's own
    chance: seals of numbers, and the seeds of lotteries, on which who has a place depends.
    Conflict: the database has parties already.
    """
    if Party.objects.exists():
        raise Conflict(
            "数据库里已有主体，样本城市只写入空的数据库。",
            "There are parties in the database already; the sample city needs an empty one.",
        )
    day, pack = today(), pack_of(settings.CRAFTPATH_PACK)
    clock = _Phases(tell or (lambda name, took: None))
    with _unhurried_disk(), transaction.atomic():
        lives = gather(people, seed, pack.vocabulary, day)
        gc.freeze()  # the pack and the lives stay: the collector need not walk them again and again
        add_chosen(lives, day)
        with act(SYSTEM, "import.commit", told_as=MARK, people=people, seed=seed) as trace:
            write_lives(lives, seed, pack.vocabulary)
            trace.details["records"] = len(lives.rows)
        clock.done("lives")
        cast = make_cast(lives, day)
        clock.done("accounts")
        making = Making(pack, lives, cast, day, min(1.0, people / 2000))
        past_rounds(making)
        clock.done("past rounds")
        present_rounds(making)
        clock.done("present rounds")
        sittings(making)
        clock.done("sittings")
        proofs(making)
        clock.done("proofs")
        register_twice(making)
        clock.done("duplicates")
        bring_sheets_in(making)
        clock.done("sheets")
    gc.unfreeze()
    return cast


def made_on() -> dt.date | None:
    """The day on which the database was filled with a city; None: it is no such city's."""
    entry = Entry.objects.filter(action=MARK).order_by("number").first()
    return None if entry is None else day_of(entry.at)


class _Phases:
    def __init__(self, tell: Callable[[str, float], None]) -> None:
        self._tell, self._began = tell, time.monotonic()

    def done(self, name: str) -> None:
        self._tell(name, time.monotonic() - self._began)
        self._began = time.monotonic()


@contextmanager
def _unhurried_disk() -> Iterator[None]:
    """SQLite need not wait for the disk while a city is made that can be made again."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")
