"""What becomes of a certificate, and how a stranger learns it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.credentials.actions.changes import (
    correct_name,
    reissue,
    resume,
    revoke,
    suspend,
)
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.lists import place_of
from craftpath.credentials.models import Change, Credential, StatusList
from craftpath.credentials.paper import pdf_of
from craftpath.credentials.publishing import status_list
from craftpath.credentials.verification import check_number
from craftpath.proof.status import FEWEST, bit, decode
from craftpath.registry.actions.imports import void_slices
from craftpath.registry.actions.records import void_record
from craftpath.registry.models import Batch, Message, Party, Record
from tests.apps.city import DAY
from tests.apps.credentials.conftest import Office
from tests.apps.credentials.strangers import verified

YESTERDAY = DAY - dt.timedelta(days=1)


@pytest.fixture
def one(office: Office) -> Credential:
    (made,) = issue(office.actor("school"), [office.passed()[0].pk])
    return made


def answer(one: Credential) -> tuple[str, dt.date | None]:
    found = check_number(one.number, one.name)
    return found.answer, found.since


def test_suspends_and_resumes(office: Office, one: Credential) -> None:
    school = office.actor("school")
    assert verified(one) == "valid"
    suspend(school, one.public_id, why="举报核查")
    assert (answer(one), verified(one)) == (("suspended", DAY), "SUSPENDED")
    with pytest.raises(Conflict):
        suspend(school, one.public_id, why="举报核查")
    with pytest.raises(Conflict):
        reissue(school, one.public_id, why="遗失")
    with pytest.raises(Conflict):
        pdf_of(Credential.objects.get())
    resume(school, one.public_id, why="查无问题")
    assert (answer(one)[0], verified(one)) == ("valid", "valid")
    assert list(Change.objects.values_list("standing", flat=True)) == [
        "issued",
        "suspended",
        "resumed",
    ]
    assert Message.objects.filter(party=one.holder, zh__contains="举报核查").exists()
    told = Entry.objects.filter(object=f"credential:{one.pk}").order_by("number")
    assert [entry.action.partition(".")[2] for entry in told] == ["issue", "suspend", "resume"]
    assert list(verify()) == []


def test_revokes_for_good_from_a_day(office: Office, one: Credential, settings: Any) -> None:
    settings.CRAFTPATH_TODAY = DAY + dt.timedelta(days=9)
    school = office.actor("school")
    for day in (YESTERDAY, DAY + dt.timedelta(days=10)):
        with pytest.raises(Invalid):
            revoke(school, one.public_id, why="冒名替考", day=day)
    with pytest.raises(Invalid):
        revoke(school, one.public_id, why=" ")
    revoke(school, one.public_id, why="冒名替考", day=DAY)
    assert answer(one) == ("revoked", DAY)
    assert verified(one, moment=dt.datetime(2025, 9, 6, tzinfo=dt.UTC)) == "REVOKED"
    for again in (revoke, suspend, resume, reissue):
        with pytest.raises(Conflict):
            again(school, one.public_id, why="x")


def test_decides_only_over_what_is_issued_in_ones_own_name(office: Office, one: Credential) -> None:
    with pytest.raises(NotThere):
        revoke(office.actor("other-city"), one.public_id, why="x")
    for who in ("worker", "hr", "expert", "auditor"):
        with pytest.raises(NotAllowed):
            revoke(office.actor(who), one.public_id, why="x")
    with pytest.raises(NotThere):
        revoke(office.actor("school"), "not-a-number", why="x")


def test_reissues_a_lost_one_under_a_new_number(office: Office, one: Credential) -> None:
    new = reissue(office.actor("school"), one.public_id, why="遗失")
    one.refresh_from_db()
    assert (one.standing, new.replaces, new.number[-6:]) == ("superseded", one, "000002")
    found = check_number(one.number, "林晓")
    assert (found.answer, found.since, found.replaced_by) == (
        "superseded", DAY, "S000" + "*" * 16 + "02",
    )  # fmt: skip
    assert answer(new) == ("valid", DAY)
    assert (verified(one), verified(new)) == ("REVOKED", "valid")
    assert {"key": "replaces", "zh": one.number, "en": one.number} in new.printed
    with pytest.raises(Conflict):
        reissue(office.actor("school"), one.public_id, why="遗失")
    newest = reissue(office.actor("school"), new.public_id, why="又遗失")
    assert newest.replaces == new


def test_corrects_a_name_by_an_official_alone(office: Office, one: Credential) -> None:
    with pytest.raises(NotAllowed):
        correct_name(office.actor("school"), one.public_id, why="错字", name="林霄")
    with pytest.raises(Conflict, match="the name that the holder has"):
        correct_name(office.actor("city"), one.public_id, why="错字")
    new = correct_name(office.actor("city"), one.public_id, why="错字", name="林霄")
    assert (new.name, Party.objects.get(pk=one.holder_id).name) == ("林霄", "林霄")
    assert check_number(new.number, "林晓").answer == "unknown"
    assert check_number(new.number, "林霄").answer == "valid"
    assert check_number(one.number, "林晓").answer == "superseded"
    assert Entry.objects.filter(action="party.rename").count() == 1


def test_falls_with_its_record(office: Office, one: Credential) -> None:
    void_record(office.actor("city"), one.record_id, why="弄虚作假")
    one.refresh_from_db()
    assert (one.standing, answer(one), verified(one)) == ("revoked", ("revoked", DAY), "REVOKED")
    actions = Entry.objects.order_by("-number").values_list("action", flat=True)[:2]
    assert list(actions) == ["record.void", "credential.revoke"]
    assert list(verify()) == []


def test_falls_with_the_import_that_brought_its_record(office: Office, one: Credential) -> None:
    batch = Batch.objects.create(
        sort="records", file_name="a.csv", file="x", sha256="0", state="undoing", why="传错"
    )
    Record.objects.filter(pk=one.record_id).update(batch=batch)
    void_slices(batch.pk)
    one.refresh_from_db()
    assert (one.standing, answer(one)[0]) == ("revoked", "revoked")
    assert list(verify()) == []


def test_proves_nothing_once_its_record_is_gone_however_it_went(one: Credential) -> None:
    """Behind the back of every action: the answer looks at the record itself."""
    Record.objects.filter(pk=one.record_id).update(known_until=DAY)
    assert answer(one) == ("revoked", DAY)


def test_expires_the_day_after_its_last(office: Office, settings: Any) -> None:
    ends = DAY + dt.timedelta(days=30)
    (record,) = office.passed(1, end=ends)
    (one,) = issue(office.actor("school"), [record.pk])
    assert one.printed[-2]["zh"] == "2025年9月25日"
    settings.CRAFTPATH_TODAY = ends - dt.timedelta(days=1)
    assert answer(one)[0] == "valid"
    settings.CRAFTPATH_TODAY = ends
    assert answer(one) == ("expired", ends)
    # At its end: the list of those suspended is of this day, made at whatever hour it is.
    assert verified(one, moment=dt.datetime(2025, 9, 26, 16, tzinfo=dt.UTC)) == "EXPIRED"
    with pytest.raises(Conflict, match="is over"):
        reissue(office.actor("school"), one.public_id, why="遗失")


# --- status lists --------------------------------------------------------------------------


def test_makes_a_list_anew_only_when_a_bit_has_changed(office: Office, one: Credential) -> None:
    first = status_list("academy", "suspension", 1)
    assert status_list("academy", "suspension", 1) == first
    suspend(office.actor("school"), one.public_id, why="核查")
    document = json.loads(status_list("academy", "suspension", 1))
    bits = decode(document["credentialSubject"]["encodedList"])
    assert [at for at in range(FEWEST) if bit(bits, at)] == [one.place]
    with pytest.raises(NotThere):
        status_list("academy", "suspension", 2)
    with pytest.raises(NotThere):
        status_list("academy", "gossip", 1)


def test_takes_every_place_of_a_list_once_and_then_opens_the_next(office: Office) -> None:
    assert len({place_of(nth, 91_735) for nth in range(FEWEST)}) == FEWEST
    school, records = office.actor("school"), office.passed(4)
    issue(school, [records[0].pk])
    StatusList.objects.update(taken=FEWEST - 2)
    made = issue(school, [one.pk for one in records[1:]])
    numbers = sorted((one.revocation.number, one.suspension.number) for one in made)
    assert numbers == [(1, 1), (1, 1), (2, 2)]
    last = next(one for one in made if one.revocation.number == 2)
    revoke(school, last.public_id, why="x")
    assert verified(last) == "REVOKED"
    assert [verified(one) for one in made].count("valid") == 2
