"""Numbers of certificates without gaps or doubles, each race first seen to go wrong with its lock
off; a single credential for a record; keys, lists and decisions by several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import F

from craftpath.audit.chain import verify
from craftpath.credentials import numbers
from craftpath.credentials.actions import changes, issuing
from craftpath.credentials.actions.changes import reissue, revoke
from craftpath.credentials.actions.issuers import make_key
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.models import Change, Credential, IssuingKey, Series, StatusList
from craftpath.proof.status import FEWEST
from tests.apps.city import City
from tests.apps.credentials.conftest import BODY, Office, open_office
from tests.races.meeting import DONE, at_once, slowly

pytestmark = [pytest.mark.slow, pytest.mark.database]

AT_ONCE = 6


@pytest.fixture
def office(city: City) -> Office:
    return open_office(city)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """The database's own line of defence, out of the way, to see the lock alone: constraints of
    credentials, and that a number is unique."""
    constraints = [one for one in Credential._meta.constraints if one.name in names]
    number = Credential._meta.get_field("number")
    loose = models.CharField(max_length=40)
    loose.set_attributes_from_name("number")
    loose.model = Credential
    with connection.schema_editor() as editor:
        editor.alter_field(Credential, number, loose)
        for constraint in constraints:
            editor.remove_constraint(Credential, constraint)
    try:
        yield
    finally:
        Change.objects.all().delete()
        Credential.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.alter_field(Credential, loose, number)
            if connection.vendor != "sqlite":  # which has built the table anew, constraints and all
                for constraint in constraints:
                    editor.add_constraint(Credential, constraint)


def issuers_of(office: Office, slug: str, count: int = AT_ONCE) -> list[Callable[[], Any]]:
    """So many about to issue a certificate each, all of one series."""
    records = office.passed(count, slug=slug)
    return [partial(issue, office.actor("school"), [record.pk]) for record in records]


def serials() -> list[int]:
    found = Credential.objects.filter(number__startswith=BODY)
    return sorted(int(number[-6:]) for number in found.values_list("number", flat=True))


def test_gives_each_number_once_and_leaves_none_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "hold_series", slowly(numbers.hold_series))
    # A row of the series is there beforehand: the lock alone is looked at.
    Series.objects.create(prefix=f"{BODY}253")

    def unlocked(slug: str) -> list[int]:
        Change.objects.all().delete()
        Credential.objects.all().delete()
        Series.objects.update(last=0)
        at_once(issuers_of(office, slug), locked=False)
        return serials()

    with without("one_place_one_bit"):
        right = list(range(1, AT_ONCE + 1))
        # Twice the same, or broken off. On a busy machine they may miss each other: twice more.
        assert any(unlocked(f"unlocked-{n}") != right for n in range(3))

    Series.objects.update(last=0)
    assert at_once(issuers_of(office, "locked"), locked=True) == [DONE] * AT_ONCE
    assert serials() == list(range(1, AT_ONCE + 1))
    assert Series.objects.get().last == AT_ONCE
    assert len(set(Credential.objects.values_list("place", flat=True))) == AT_ONCE
    assert not list(verify())


def test_begins_a_series_once_and_opens_a_list_once(office: Office) -> None:
    assert at_once(issuers_of(office, "first"), locked=True) == [DONE] * AT_ONCE
    assert serials() == list(range(1, AT_ONCE + 1))
    StatusList.objects.update(taken=FEWEST - 2)
    assert at_once(issuers_of(office, "second"), locked=True) == [DONE] * AT_ONCE
    lists = Credential.objects.values_list("revocation__number", flat=True)
    assert sorted(lists) == [1] * (AT_ONCE + 2) + [2] * (AT_ONCE - 2)
    assert StatusList.objects.count() == 4
    same = Credential.objects.filter(revocation__number=F("suspension__number"))
    assert same.count() == 2 * AT_ONCE
    assert not list(verify())


def test_issues_once_for_a_record(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "hold_series", slowly(numbers.hold_series))
    Series.objects.create(prefix=f"{BODY}253")

    def thrice(slug: str, *, locked: bool) -> tuple[list[str], int]:
        (record,) = office.passed(1, slug=slug)
        school = office.actor("school")
        went = at_once([partial(issue, school, [record.pk])] * 3, locked=locked)
        return went, Credential.objects.filter(record=record).count()

    right = ([DONE] * 3, 1)  # who comes later finds it done

    with without("one_credential_of_a_record", "one_place_one_bit"):
        # On a busy machine they may miss each other: twice more, then.
        assert any(thrice(f"unlocked-{n}", locked=False) != right for n in range(3))
        assert thrice("locked", locked=True) == right
    Series.objects.update(last=0)
    assert thrice("guarded", locked=True) == right
    assert serials() == [1]
    assert not list(verify())


def test_decides_once_what_becomes_of_a_paper(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (record,) = office.passed(1)
    (one,) = issue(office.actor("school"), [record.pk])
    jobs = [
        partial(reissue, office.actor("school"), one.public_id, why="遗失"),
        partial(reissue, office.actor("city"), one.public_id, why="遗失"),
        partial(revoke, office.actor("city"), one.public_id, why="冒名"),
    ]
    monkeypatch.setattr(changes, "_require_live", slowly(changes._require_live))
    went = at_once(jobs, locked=True)
    assert went.count(DONE) == 1, went
    assert set(went) == {DONE, "Conflict"}
    one.refresh_from_db()
    assert one.changes.count() == 2
    assert Credential.objects.count() == (2 if one.standing == "superseded" else 1)
    assert not list(verify())


def test_makes_one_key_the_next(office: Office) -> None:
    jobs = [partial(make_key, office.actor("school"), office.academy.pk)] * 4
    assert at_once(jobs, locked=True) == [DONE] * 4
    keys = IssuingKey.objects.filter(issuer=office.academy)
    assert sorted(keys.values_list("fragment", flat=True)) == [f"key-{n}" for n in range(1, 6)]
    assert keys.filter(until=None).count() == 1
