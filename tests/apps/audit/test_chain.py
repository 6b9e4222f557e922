"""The audit chain: what was changed behind its back is found, and named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from craftpath.audit.chain import append, verify
from craftpath.audit.models import Entry, Head

pytestmark = pytest.mark.django_db


def write(count: int = 5) -> None:
    with transaction.atomic():
        for number in range(count):
            append(user=1, actor="林晓", action="record.enter", object=f"record:{number}")


def test_finds_nothing_in_a_log_as_it_was_written() -> None:
    write()
    assert [*verify()] == []


@pytest.mark.parametrize("number", [1e22, 1.5e300, -0.0, 1e16, 1e-7, 0.1, 12.0, 1e400, 2**70])
def test_finds_nothing_whatever_numbers_were_written(number: float) -> None:
    with transaction.atomic():
        append(user=1, actor="林晓", action="x", object="x", details={"a": [{"quantity": number}]})
    assert [*verify()] == []


def test_finds_nothing_in_an_empty_log() -> None:
    assert [*verify()] == []


TAMPERINGS: dict[str, tuple[Callable[[], object], int]] = {
    "a changed reason": (lambda: Entry.objects.filter(pk=3).update(why="别的"), 3),
    "another name": (lambda: Entry.objects.filter(pk=2).update(actor="别人"), 2),
    "other details": (lambda: Entry.objects.filter(pk=4).update(details={"x": 1}), 4),
    "a dropped entry": (lambda: Entry.objects.filter(pk=3).delete(), 3),
    "a cut-off end": (lambda: Entry.objects.filter(pk=5).delete(), 5),
    "an end cut off with its head": (
        lambda: (
            Entry.objects.filter(pk=5).delete(),
            Head.objects.update(number=4, digest=Entry.objects.get(pk=4).digest),
        ),
        5,
    ),
    "a head taken away": (lambda: Head.objects.all().delete(), 6),
    "an emptied log": (lambda: Entry.objects.all().delete(), 1),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_names_the_place_of(how: str) -> None:
    write()
    tamper, place = TAMPERINGS[how]
    tamper()
    assert next(verify()).number == place


def test_refuses_to_append_outside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(TypeError):
        append(user=1, actor="林晓", action="record.enter")


def test_never_changes_or_deletes_an_entry() -> None:
    write(1)
    entry = Entry.objects.get()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
