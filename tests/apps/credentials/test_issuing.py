"""Certificates are issued: numbers in a row, each signed, each for what the body is filed for."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.db import transaction

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.credentials.actions import issuing
from craftpath.credentials.actions.issuers import make_key, retire_key
from craftpath.credentials.actions.issuing import issue, issue_for_programme, sign_pending
from craftpath.credentials.models import Change, Credential, Issuer, Series
from craftpath.proof.badge import is_holder
from craftpath.registry.actions.records import Entered, correct_record
from craftpath.registry.models import Message, Record
from tests.apps.city import DAY, QINGYUAN, WELDER, City, file_for
from tests.apps.credentials.conftest import AWARDED, BODY, Office, passed
from tests.apps.credentials.strangers import verified


def test_gives_consecutive_numbers_that_a_stranger_verifies(office: Office) -> None:
    made = issue(office.actor("school"), [one.pk for one in office.passed(3)])
    assert [one.number for one in made] == [f"{BODY}253{n:06}" for n in (1, 2, 3)]
    assert [verified(one) for one in made] == ["valid"] * 3
    assert len({one.place for one in made}) == 3
    first = made[0]
    assert (first.name, first.issued, first.until) == ("林晓", DAY, None)
    assert is_holder(json.loads(first.document), "林晓")
    assert Message.objects.filter(party=first.holder, zh__contains=first.number).exists()
    told = Entry.objects.filter(action="credential.issue").values_list("party", "details__number")
    assert list(told) == [(one.holder_id, one.number) for one in made]
    assert Change.objects.count() == 3
    assert list(verify()) == []


def test_prints_every_fact_in_the_packs_order(office: Office) -> None:
    (made,) = issue(office.actor("school"), [office.passed()[0].pk])
    said = {fact["key"]: fact["zh"] for fact in made.printed}
    assert list(said) == [
        "identity", "occupation", "level", "number", "awarded", "issued", "body",
    ]  # fmt: skip
    assert said["occupation"] == "焊工（6-18-02-04）"
    assert (said["level"], said["awarded"]) == ("三级/高级工", "2025年8月20日")
    assert re.fullmatch(r"4419\*+\d\d", said["identity"])


def test_keeps_a_series_for_each_year_and_level(office: Office, settings: object) -> None:
    school = office.actor("school")
    file_for(office.city.school, level=3)
    one, other = office.passed(2)
    junior = passed(office.city, 1, slug="junior", level=3)[0]
    issue(school, [one.pk, junior.pk])
    settings.CRAFTPATH_TODAY = dt.date(2026, 1, 2)  # type: ignore[attr-defined]
    issue(school, [other.pk])
    assert sorted(Series.objects.values_list("prefix", "last")) == [
        (f"{BODY}253", 1),
        (f"{BODY}254", 1),
        (f"{BODY}263", 1),
    ]


def test_gives_the_last_number_of_a_series_and_none_after_it(office: Office) -> None:
    school, (one, other) = office.actor("school"), office.passed(2)
    Series.objects.create(prefix=f"{BODY}253", last=999_998)
    assert issue(school, [one.pk])[0].number == f"{BODY}253999999"
    with pytest.raises(Conflict, match="All 999999 serial numbers"):
        issue(school, [other.pk])
    assert Credential.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"level": 5}, "was not filed to assess Welder (6-18-02-04), level 2"),
        ({"subject": "6-30-99-00"}, "was not filed to assess"),
        ({"start": dt.date(2019, 12, 31)}, "On 31 December 2019"),
        ({"status": "claimed"}, "not verified"),
        ({"known_until": DAY}, "corrected or voided"),
        ({"end": DAY}, "is over"),
    ],
)
def test_refuses_what_the_body_may_not_certify(
    office: Office, said: dict[str, object], what: str
) -> None:
    record = office.passed(1)[0]
    Record.objects.filter(pk=record.pk).update(**said)
    with pytest.raises(Conflict) as refused:
        issue(office.actor("school"), [record.pk])
    assert what in refused.value.label.en
    assert not Credential.objects.exists()


def test_refuses_what_was_filed_for_another_place(office: Office) -> None:
    record = office.passed(1)[0]
    Record.objects.filter(kind="assessment-filing").update(other=office.city.rival)
    office.city.rival.__class__.objects.filter(pk=office.city.rival.pk).update(region=QINGYUAN)
    with pytest.raises(Conflict, match="in Dongguan"):
        issue(office.actor("school"), [record.pk])


def test_issues_all_of_them_or_none(office: Office) -> None:
    good, bad = office.passed(2)
    Record.objects.filter(pk=bad.pk).update(status="claimed")
    with pytest.raises(Conflict):
        issue(office.actor("school"), [good.pk, bad.pk])
    assert not Credential.objects.exists()
    assert not Series.objects.exists()


def test_issues_once_for_a_record(office: Office) -> None:
    (record,) = office.passed(1)
    issue(office.actor("school"), [record.pk])
    with pytest.raises(Conflict, match="already"):
        issue(office.actor("school"), [record.pk])
    with pytest.raises(Invalid):
        issue(office.actor("school"), [])


def test_is_there_only_for_who_issues(office: Office) -> None:
    (record,) = office.passed(1)
    with pytest.raises(NotThere):
        issue(office.actor("other-city"), [record.pk])
    with pytest.raises(NotAllowed):
        issue(office.actor("worker"), [record.pk])
    with pytest.raises(NotThere):
        issue(office.actor("school"), [record.pk, 10**9])
    assert len(issue(office.actor("province"), [record.pk])) == 1


def test_says_what_an_issuer_lacks(office: Office) -> None:
    (record,) = office.passed(1)
    retire_key(office.actor("school"), office.academy.keys.get().pk, why="换机")
    with pytest.raises(Conflict, match="no key"):
        issue(office.actor("school"), [record.pk])
    office.academy.keys.all().delete()
    Issuer.objects.filter(pk=office.academy.pk).delete()
    with pytest.raises(Conflict, match="not registered"):
        issue(office.actor("school"), [record.pk])


def test_leaves_no_gap_when_it_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = office.passed(2)

    def fails(*_: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(issuing, "_tell", fails)
        with pytest.raises(RuntimeError), transaction.atomic():
            issue(office.actor("school"), [one.pk])
    assert not Series.objects.exists()
    assert issue(office.actor("school"), [other.pk])[0].number.endswith("000001")


def test_signs_later_what_was_left_unsigned(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [one.pk for one in office.passed(3)]
    with monkeypatch.context() as killed:
        killed.setattr(issuing, "sign", lambda *_: 0)
        issue(office.actor("school"), records)
    left = Credential.objects.filter(document="")
    assert left.count() == 3
    assert sign_pending(limit=2) == 2
    assert sign_pending() == 1
    assert sign_pending() == 0
    assert [verified(one) for one in Credential.objects.all()] == ["valid"] * 3
    assert sorted(Credential.objects.values_list("number", flat=True))[-1].endswith("000003")
    assert list(verify()) == []


def test_waits_with_the_signature_until_there_is_a_key(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(issuing, "sign", lambda *_: 0)
        issue(office.actor("school"), [office.passed()[0].pk])
    retire_key(office.actor("school"), office.academy.keys.get().pk, why="换机")
    assert sign_pending() == 0
    make_key(office.actor("school"), office.academy.pk)  # signs in the background, here at once
    one = Credential.objects.get()
    assert (one.key.fragment, verified(one)) == ("key-2", "valid")


def test_replaces_what_was_issued_for_a_record_that_was_corrected(office: Office) -> None:
    file_for(office.city.school, level=3)
    (record,) = office.passed(1)
    (old,) = issue(office.actor("school"), [record.pk])
    new = correct_record(
        office.actor("city"),
        record.pk,
        Entered("certificate", AWARDED, WELDER, 3, other=office.city.school.pk),
        why="等级录错",
    )
    old.refresh_from_db()
    assert old.standing == "revoked"
    (made,) = issue(office.actor("school"), [new.pk])
    old.refresh_from_db()
    assert (made.replaces, old.standing) == (old, "superseded")
    assert made.printed[-1] == {"key": "replaces", "zh": old.number, "en": old.number}
    assert verified(old) == "REVOKED"


def test_names_how_many_lack_what(office: Office) -> None:
    records = office.passed(4)
    Record.objects.filter(pk__in=[one.pk for one in records[1:]]).update(status="claimed")
    with pytest.raises(Conflict, match=r"not verified \(3 people\)"):
        issue_for_programme(office.actor("school"), "sitting", enqueue=False)


def test_has_nobody_left_to_issue_for(office: Office, city: City) -> None:
    (record,) = office.passed(1)
    issue(office.actor("school"), [record.pk])
    with pytest.raises(Conflict, match="Nobody"):
        issue_for_programme(office.actor("school"), "sitting")
    with pytest.raises(NotThere):
        issue_for_programme(office.actor("other-city"), "sitting")
