"""Waiting for a database, by a clock that nobody waits for."""

from __future__ import annotations

from django.db import OperationalError

from craftpath.operations.outages import LONGEST, Outage, wait_until_there

AWAY = OperationalError("connection failed:\n\tis the server running?")


class Waited:
    """An outage, what it says, and how long it pauses."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.pauses: list[float] = []
        self.outage = Outage(
            self.said.append, lambda: sum(self.pauses), self.pauses.append, lambda: None
        )


def test_pauses_grow_and_it_is_said_once():
    waited = Waited()
    for _ in range(5):
        waited.outage.wait(AWAY)

    assert waited.pauses == [1, 2, 4, LONGEST, LONGEST]
    assert waited.said == ["connection failed: is the server running?"]
    assert waited.outage.over() == sum(waited.pauses)
    assert waited.outage.over() is None


def test_the_next_one_is_another():
    waited = Waited()
    for _ in range(2):
        waited.outage.wait(AWAY)
        waited.outage.over()

    assert waited.pauses == [1, 1]
    assert len(waited.said) == 2


def test_waits_until_it_is_there():
    waited, answers = Waited(), [AWAY, AWAY, None]

    wait_until_there(60, waited.outage, lambda: answers.pop(0))

    assert answers == []
    assert waited.pauses == [1, 2]


def test_waits_no_longer_than_patience_lasts():
    waited = Waited()

    wait_until_there(10, waited.outage, lambda: AWAY)

    assert 10 <= sum(waited.pauses) < 10 + LONGEST


def test_says_nothing_where_it_is_there():
    waited = Waited()

    wait_until_there(60, waited.outage, lambda: None)

    assert (waited.said, waited.pauses) == ([], [])
