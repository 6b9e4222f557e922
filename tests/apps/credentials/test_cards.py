"""Talent cards: given by a programme, renewed, lapsed, used."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.audit.models import Entry
from craftpath.credentials.actions.cards import renew_card, take_back_use, use_card
from craftpath.credentials.actions.changes import suspend
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.models import CardUse, Credential
from craftpath.credentials.verification import check_code, check_number
from craftpath.registry.models import Record
from tests.apps.city import DAY
from tests.apps.credentials.conftest import Office
from tests.apps.credentials.strangers import verified

NEXT_YEAR = DAY + dt.timedelta(days=365)


@pytest.fixture
def card(office: Office) -> Credential:
    (made,) = issue(office.actor("city"), [office.card_for(office.city.worker).pk])
    return made


def test_gives_a_card_by_the_office_of_the_region(office: Office, card: Credential) -> None:
    assert (card.issuer, card.number, card.until) == (office.cards, "K441900250000017", NEXT_YEAR)
    assert [fact["key"] for fact in card.printed] == [
        "identity", "card", "number", "issued", "until", "body",
    ]  # fmt: skip
    found = check_number("k4419-0025-0000-017", "林晓")
    assert (found.answer, found.filed, found.title.zh) == ("valid", None, "人才卡")  # type: ignore[union-attr]
    assert verified(card) == "valid"


def test_asks_which_card_before_it_is_given(office: Office) -> None:
    record = office.card_for(office.city.worker)
    Record.objects.filter(pk=record.pk).update(subject=None)
    with pytest.raises(Conflict, match="which card"):
        issue(office.actor("city"), [record.pk])


def test_renews_with_another_record_and_another_card(
    office: Office, card: Credential, settings: Any
) -> None:
    settings.CRAFTPATH_TODAY = day = DAY + dt.timedelta(days=300)
    ends = day + dt.timedelta(days=365)
    with pytest.raises(Invalid):
        renew_card(office.actor("city"), card.public_id, until=NEXT_YEAR)
    with pytest.raises(NotAllowed):
        renew_card(office.actor("worker"), card.public_id, until=ends)
    new = renew_card(office.actor("city"), card.public_id, until=ends)
    assert (new.replaces, new.until, new.record.start) == (card, ends, day)
    assert new.record.stands
    assert Record.objects.get(pk=card.record_id).stands  # she held it, and that stays true
    assert check_number(card.number, "林晓").answer == "superseded"
    with pytest.raises(Conflict):
        renew_card(office.actor("city"), card.public_id, until=ends)


def test_is_replaced_by_the_card_of_a_later_round(office: Office, card: Credential) -> None:
    (new,) = issue(office.actor("city"), [office.card_for(office.city.worker, days=900).pk])
    (other,) = issue(
        office.actor("city"), [office.card_for(office.city.worker, code="dongguan-citizen").pk]
    )
    assert (new.replaces, other.replaces) == (card, None)


def test_lapses_and_is_then_applied_for_anew(
    office: Office, card: Credential, settings: Any
) -> None:
    settings.CRAFTPATH_TODAY = NEXT_YEAR
    assert check_code(card.token).answer == "expired"
    with pytest.raises(Conflict, match="applied for anew"):
        renew_card(office.actor("city"), card.public_id, until=NEXT_YEAR + dt.timedelta(days=9))
    record = office.card_for(office.city.worker, days=900)
    Record.objects.filter(pk=record.pk).update(start=NEXT_YEAR)
    (new,) = issue(office.actor("city"), [record.pk])
    assert new.replaces is None


def test_notes_a_use_by_code_or_number(office: Office, card: Credential) -> None:
    school = office.actor("school")
    use_card(school, card.token, "schooling", note="插班")
    use = use_card(office.actor("city"), card.number, "medical", day=DAY)
    assert CardUse.objects.filter(credential=card, taken_back=False).count() == 2
    assert Entry.objects.filter(action="card.use", party=card.holder_id).count() == 2
    with pytest.raises(NotThere):
        take_back_use(school, use.pk, why="误记")
    with pytest.raises(Invalid):
        take_back_use(office.actor("city"), use.pk, why="")
    assert take_back_use(office.actor("city"), use.pk, why="误记").taken_back
    with pytest.raises(Conflict):
        take_back_use(office.actor("city"), use.pk, why="误记")


def test_grants_nothing_by_a_card_that_does_not_hold(
    office: Office, card: Credential, settings: Any
) -> None:
    school = office.actor("school")
    for said, refusal in (
        ((card.token, "parking"), Invalid),
        (("K441900250000018", "schooling"), NotThere),
        (("", "schooling"), NotThere),
    ):
        with pytest.raises(refusal):
            use_card(school, *said)
    with pytest.raises(Invalid):
        use_card(school, card.token, "schooling", day=DAY - dt.timedelta(days=1))
    with pytest.raises(NotAllowed):
        use_card(office.actor("worker"), card.token, "schooling")
    suspend(office.actor("city"), card.public_id, why="核查")
    with pytest.raises(Conflict):
        use_card(school, card.token, "schooling")
    settings.CRAFTPATH_TODAY = NEXT_YEAR
    with pytest.raises(Invalid):
        use_card(school, card.token, "schooling")
    assert not CardUse.objects.exists()


def test_takes_no_certificate_for_a_card(office: Office) -> None:
    (one,) = issue(office.actor("school"), [office.passed()[0].pk])
    with pytest.raises(NotThere):
        use_card(office.actor("school"), one.token, "schooling")
    with pytest.raises(Conflict):
        renew_card(office.actor("school"), one.public_id, until=NEXT_YEAR)
