"""Places that become free at the same moment: each goes to one person, and none is lost.

Seen to go wrong without the programme's lock: two who free a place at once see each other's place
as still taken, and move the same person up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from django.db import connection, connections

from craftpath.access.roles import Actor, Role
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes import line
from craftpath.programmes.actions import places
from craftpath.programmes.actions.applications import withdraw
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.locking import unlocked
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Message
from tests.apps.city import City, build_city
from tests.apps.programmes.line_up import line_up, programme

AT_ONCE, PLACES, WAIT = 6, 8, 60.0

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def slow_reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Between seeing how the line stands and moving anybody up, a moment passes."""

    def slowly(*args: object, **kwargs: object) -> object:
        found = line.standing(*args, **kwargs)  # type: ignore[arg-type]
        time.sleep(0.05)
        return found

    monkeypatch.setattr(places, "standing", slowly)
    yield


def shared_out(city: City) -> list[Application]:
    """Eight have a place, eight wait."""
    made = line_up(programme(places=PLACES), 2 * PLACES)
    share_out(city.actor("city"), "class")
    Message.objects.all().delete()
    return made


def all_at_once(work: list[Callable[[], None]], *, locked: bool) -> list[Exception]:
    """Each in a thread of its own, begun together. What they raised."""
    together, raised = threading.Barrier(len(work)), []

    def run(one: Callable[[], None]) -> None:
        try:
            with nullcontext() if locked else unlocked():
                connection.ensure_connection()
                together.wait(WAIT)
                one()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def all_withdraw(people: list[Application], *, locked: bool) -> list[Exception]:
    def leaving(one: Application) -> Callable[[], None]:
        actor = Actor(None, "申请人", Role.WORKER, party=one.party_id)
        return lambda: withdraw(actor, one.serial) and None

    return all_at_once([leaving(one) for one in people], locked=locked)


def test_passes_on_every_place_once_when_many_become_free_at_once(slow_reader: None) -> None:
    raised = all_withdraw(shared_out(build_city())[:AT_ONCE], locked=True)
    assert raised == []
    placed = Application.objects.filter(place="placed").order_by("rank")
    # Those who kept theirs, and the first six who waited, in the order of the line.
    assert list(placed.values_list("rank", flat=True)) == [7, 8, 9, 10, 11, 12, 13, 14]
    moved = Entry.objects.filter(action="places.move").values_list("party", flat=True)
    assert len(moved) == len(set(moved)) == AT_ONCE
    assert Message.objects.filter(zh__contains="递补").count() == AT_ONCE
    assert list(verify()) == []


def test_is_seen_to_lose_places_without_the_lock(slow_reader: None) -> None:
    raised = all_withdraw(shared_out(build_city())[:AT_ONCE], locked=False)
    placed = Application.objects.filter(place="placed").count()
    moved = list(Entry.objects.filter(action="places.move").values_list("party", flat=True))
    if connection.vendor == "sqlite":
        # Transactions that begin without a lock cannot take one once somebody else has written.
        assert raised
        assert all("locked" in str(error) for error in raised)
    else:
        assert raised == []
        assert placed < PLACES
        assert len(moved) > len(set(moved))


def test_moves_nobody_twice_when_asked_at_once(slow_reader: None) -> None:
    shared_out(build_city())
    Application.objects.filter(rank__in=[1, 2]).update(state="withdrawn", place="none", rank=None)
    held = Programme.objects.get()
    work = [lambda: places.move_on(held) and None] * AT_ONCE
    assert all_at_once(work, locked=True) == []
    assert Application.objects.filter(place="placed").count() == PLACES
    assert Entry.objects.filter(action="places.move").count() == 2
