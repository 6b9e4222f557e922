"""The audit chain: what was changed behind its back is found, and named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from craftpath.audit.chain import START, Deed, append, append_all, verify
from craftpath.audit.models import Entry, Head

pytestmark = pytest.mark.django_db


def write(count: int = 5) -> None:
    with transaction.atomic():
        for number in range(count):
            append(Deed(user=1, actor="林晓", action="record.enter", object=f"record:{number}"))


def test_finds_nothing_in_a_log_as_it_was_written() -> None:
    write()
    assert [*verify()] == []


@pytest.mark.parametrize("number", [1e22, 1.5e300, -0.0, 1e16, 1e-7, 0.1, 12.0, 1e400, 2**70])
def test_finds_nothing_whatever_numbers_were_written(number: float) -> None:
    with transaction.atomic():
        append(Deed(user=1, actor="林晓", action="x", details={"a": [{"quantity": number}]}))
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
        append(Deed(user=1, actor="林晓", action="record.enter"))


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
numbers = st.none() | st.integers(1, 2**40)
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words | st.dates()
deeds = st.builds(
    Deed,
    user=numbers,
    actor=words,
    action=st.sampled_from(["outcome.write", "places.move"]),
    object=words,
    party=numbers,
    address=st.sampled_from(["", "127.0.0.1"]),
    why=words,
    details=st.none() | st.dictionaries(words, plain | st.lists(plain, max_size=3), max_size=3),
)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still: two chains of the same deeds are then the same."""
    moment = dt.datetime(2025, 8, 27, 8, tzinfo=dt.UTC)
    monkeypatch.setattr("craftpath.audit.chain.timezone.now", lambda: moment)


def written(parts: list[list[Deed]], *, together: bool) -> list[tuple[object, ...]]:
    """The whole log after these parts were appended to an empty one, the head as its last line."""
    Entry.objects.all().delete()
    Head.objects.all().delete()
    with transaction.atomic():
        for part in parts:
            if together:
                append_all(part)
            else:
                for deed in part:
                    append(deed)
    assert [*verify()] == []
    log: list[tuple[object, ...]] = [*Entry.objects.order_by("number").values_list()]
    return [*log, *Head.objects.values_list("number", "digest", "seal")]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=st.lists(st.lists(deeds, max_size=6), max_size=4))
def test_chains_many_as_if_one_by_one(still: None, parts: list[list[Deed]]) -> None:
    assert written(parts, together=True) == written(parts, together=False)


def test_writes_more_entries_than_one_statement_holds(
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    many = [
        Deed(user=1, actor="林晓", action="outcome.write", object=f"x:{n}") for n in range(1234)
    ]
    with transaction.atomic(), django_assert_max_num_queries(5):
        entries = append_all(many)
    assert [entry.object for entry in entries] == [deed.object for deed in many]
    assert entries[0].previous == START
    assert Head.objects.get().number == Entry.objects.count() == 1234
    assert [*verify()] == []


def test_never_changes_or_deletes_an_entry() -> None:
    write(1)
    entry = Entry.objects.get()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
