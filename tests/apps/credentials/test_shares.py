"""A worker shows her proofs by a link that says what, with whom and until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.credentials.actions.changes import suspend
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.actions.shares import make_share, withdraw_share
from craftpath.credentials.models import Check, Credential, Share
from craftpath.credentials.queries import credentials_seen_by
from craftpath.credentials.verification import check_code, open_share
from craftpath.programmes.actions.taking_along import everything_about
from tests.apps.city import DAY
from tests.apps.credentials.conftest import Office

TOMORROW = DAY + dt.timedelta(days=1)


@pytest.fixture
def mine(office: Office) -> Credential:
    made = issue(office.actor("school"), [one.pk for one in office.passed(2)])
    return made[0]


def test_opens_for_whoever_has_the_link(office: Office, mine: Credential) -> None:
    worker = office.actor("worker")
    made = make_share(worker, [mine.public_id], with_whom="东江精工人事部", until=TOMORROW)
    assert made.secret not in str(Share.objects.values().get())
    opened = open_share(made.secret, address="10.0.0.1")
    assert (opened.with_whom, opened.until) == ("东江精工人事部", TOMORROW)
    assert [(one.name, one.answer) for one in opened.findings] == [("林晓", "valid")]
    suspend(office.actor("school"), mine.public_id, why="核查")
    assert open_share(made.secret).findings[0].answer == "suspended"
    made.share.refresh_from_db()
    assert made.share.opened == 2
    assert made.share.opened_at is not None
    assert list(Check.objects.values_list("way", "credential")) == [("share", mine.pk)] * 2


def test_opens_no_more_once_it_is_withdrawn_or_over(
    office: Office, mine: Credential, settings: Any
) -> None:
    worker = office.actor("worker")
    made = make_share(worker, [mine.public_id], with_whom="人事部", until=TOMORROW)
    other = make_share(worker, [mine.public_id], with_whom="人事部", until=TOMORROW)
    withdraw_share(worker, made.share.pk)
    with pytest.raises(Conflict, match="withdrawn"):
        open_share(made.secret)
    with pytest.raises(Conflict):
        withdraw_share(worker, made.share.pk)
    settings.CRAFTPATH_TODAY = TOMORROW
    with pytest.raises(Conflict, match="over"):
        open_share(other.secret)
    with pytest.raises(NotThere):
        open_share(other.secret[:-1])
    assert not Check.objects.exists()


def test_shows_only_ones_own_and_for_a_year_at_most(office: Office, mine: Credential) -> None:
    worker, others = office.actor("worker"), Credential.objects.exclude(pk=mine.pk).get()
    year = DAY.replace(year=DAY.year + 1)
    for said, field in (
        ({"public_ids": []}, "credentials"),
        ({"with_whom": " "}, "with_whom"),
        ({"until": DAY}, "until"),
        ({"until": year + dt.timedelta(days=1)}, "until"),
    ):
        plain = {"public_ids": [mine.public_id], "with_whom": "人事部", "until": year}
        with pytest.raises(Invalid) as refused:
            make_share(worker, **{**plain, **said})
        assert list(refused.value.problems) == [field]
    with pytest.raises(NotThere):
        make_share(worker, [others.public_id], with_whom="人事部", until=year)
    with pytest.raises(NotAllowed):
        make_share(office.actor("hr"), [mine.public_id], with_whom="人事部", until=year)
    share = make_share(worker, [mine.public_id], with_whom="人事部", until=year).share
    with pytest.raises(NotThere):
        withdraw_share(office.actor("colleague"), share.pk)


def test_goes_along_with_everything_about_oneself(office: Office, mine: Credential) -> None:
    worker = office.actor("worker")
    make_share(worker, [mine.public_id], with_whom="人事部", until=TOMORROW)
    check_code(mine.token)
    everything, _ = everything_about(worker)
    (one,) = everything["credentials"]
    assert (one["number"], one["document"]) == (mine.number, mine.document)
    assert [check["way"] for check in one["checks"]] == ["code"]
    assert [share["numbers"] for share in everything["shares"]] == [[mine.number]]


def test_is_seen_by_whom_it_concerns(office: Office, mine: Credential) -> None:
    seen = {who: credentials_seen_by(office.actor(who)).count() for who in office.city.duties}
    assert {who: count for who, count in seen.items() if count} == {
        "worker": 1, "hr": 1, "school": 2, "town": 2, "city": 2, "province": 2, "province-2": 2,
    }  # fmt: skip
