"""Anybody checks: by code, by number and name, by file. What is shown, what is not, how often."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from craftpath.access.errors import TooOften
from craftpath.credentials.actions.changes import reissue
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.documents import said_of
from craftpath.credentials.models import Check, Credential
from craftpath.credentials.paper import pdf_of
from craftpath.credentials.signers import public_key, signer_of
from craftpath.credentials.verification import check_code, check_file, check_number
from craftpath.proof.keys import LocalSigner
from craftpath.proof.token import key_id, write_token
from craftpath.registry.models import Party, Record
from tests.apps.city import DAY
from tests.apps.credentials.conftest import Office


@pytest.fixture
def one(office: Office) -> Credential:
    (made,) = issue(office.actor("school"), [office.passed()[0].pk])
    return made


def test_repeats_every_printed_fact(one: Credential) -> None:
    found = check_number(one.number, "林晓")
    assert (found.answer, found.name, found.name_known) == ("valid", "林晓", True)
    assert {line.key: line.value.zh for line in found.lines} == {
        fact["key"]: fact["zh"] for fact in one.printed
    }
    assert found.title is not None
    assert found.title.zh == "职业技能等级证书"
    assert found.elsewhere is None


@pytest.mark.parametrize("name", ["林晓", " 林 晓 ", "lin xiao", "ＬＩＮ　ＸＩＡＯ", "Lin-Xiao"])
def test_knows_a_name_however_it_was_typed(one: Credential, name: str) -> None:
    assert check_number(f" {one.number[:4]} {one.number[4:].lower()}", name).answer == "valid"


def test_tells_nothing_by_a_number_without_its_name(one: Credential) -> None:
    """The same answer, and the same work, as for a number that there is not."""
    other = one.number[:-1] + "9"
    with CaptureQueriesContext(
        connection,
    ) as wrong_name:
        there = check_number(one.number, "陈志远")
    with CaptureQueriesContext(connection) as no_number:
        not_there = check_number(other, "陈志远")
    assert there == not_there
    assert (there.answer, there.lines, there.name, there.reasons) == ("unknown", (), "", ())
    assert there.elsewhere is not None
    assert there.elsewhere.site == "zscx.osta.org.cn"
    assert len(wrong_name) == len(no_number)
    for empty in ("", "  ", "·"):
        assert check_number(one.number, empty).answer == "unknown"
    assert set(Check.objects.values_list("answer", "credential")) == {("unknown", None)}


def test_says_which_character_of_a_number_is_wrong(one: Credential) -> None:
    found = check_number(one.number[:15] + "0" + one.number[16:], "林晓")
    assert found.answer == "unknown"
    assert found.reasons[0].en.startswith("Position 16 is “0”")
    assert "has 22 characters" in check_number("123", "林晓").reasons[0].en


def test_masks_the_name_of_whoever_shows_a_code(one: Credential) -> None:
    found = check_code(one.token)
    assert (found.answer, found.name, found.name_known) == ("valid", "林*", False)
    assert check_code(one.token, name="林晓").name == "林晓"
    assert check_code(one.token, name="林霄").name == "林*"


def test_answers_for_a_code_that_was_copied_before(one: Credential, office: Office) -> None:
    reissue(office.actor("school"), one.public_id, why="遗失")
    assert check_code(one.token).answer == "superseded"


def test_answers_for_a_code_whose_days_have_run_out(office: Office, settings: Any) -> None:
    (record,) = office.passed(1, end=DAY + dt.timedelta(days=1))
    (one,) = issue(office.actor("school"), [record.pk])
    settings.CRAFTPATH_TODAY = DAY + dt.timedelta(days=1)
    found = check_code(one.token)
    assert (found.answer, found.since) == ("expired", DAY + dt.timedelta(days=1))


def test_names_what_a_forged_code_says_otherwise(one: Credential) -> None:
    """Signed with a stolen key: the signature fits, and the contents are not what was issued."""
    said = said_of(one, DAY)
    key, signer = public_key(one.key), signer_of(one.key)
    forged = write_token(type(said)(**{**vars(said), "level": "1"}), signer, key_id(key))
    found = check_code(forged)
    assert (found.answer, [what.en for what in found.differs]) == ("altered", ["Skill level"])
    unissued = type(said)(**{**vars(said), "number": one.number[:-1] + "7"})
    assert check_code(write_token(unissued, signer, key_id(key))).answer == "unknown"
    stranger = LocalSigner.new()
    assert check_code(write_token(said, stranger, key_id(stranger.public))).answer == "unknown"
    assert check_code(write_token(said, stranger, key_id(key))).answer == "unknown"


def test_says_whether_the_body_was_filed_for_it_that_day(one: Credential) -> None:
    found = check_code(one.token)
    assert (found.filed, "三级/高级工，东莞市" in found.filing.zh) == (True, True)  # type: ignore[union-attr]
    # Found out later: the filing had been obtained by fraud.
    Record.objects.filter(kind="assessment-filing").update(known_until=DAY)
    found = check_code(one.token)
    assert found.filed is False
    assert found.filing is not None
    assert "was not filed to assess Welder" in found.filing.en


def test_takes_the_document_as_it_was_downloaded(one: Credential) -> None:
    found = check_file(one.document.encode())
    assert (found.answer, found.differs, found.name) == ("valid", (), "林*")
    turned = dict(reversed(list(json.loads(one.document).items())))
    assert check_file(json.dumps(turned).encode()).answer == "valid"


@pytest.mark.parametrize(
    ("place", "value", "what"),
    [
        (("credentialSubject", "licenseNumber"), "S000044000123251000001", "证书编号"),
        (("credentialSubject", "result", 0, "achievedLevel"), "…#level-1", "职业技能等级"),
        (("credentialSubject", "achievement", "name"), "电工 | Electrician", "职业"),
        (("credentialSubject", "identifier", 0, "hashed"), 1, "姓名"),
        (("validFrom",), "2020-01-01T00:00:00Z", "发证日期"),
        (("issuer", "name"), "国家中心", "评价机构"),
        (("validUntil",), "2099-01-01T00:00:00Z", "有效期至"),
        (("proof", "proofValue"), "z1", "其他内容"),
        (("credentialStatus",), [], "其他内容"),
    ],
)
def test_names_the_fact_in_which_a_file_was_altered(
    one: Credential, place: tuple[str | int, ...], value: object, what: str
) -> None:
    document: Any = json.loads(one.document)
    *way, last = place
    inner = document
    for step in way:
        inner = inner[step]
    inner[last] = value
    found = check_file(json.dumps(document, ensure_ascii=False).encode())
    assert (found.answer, [one.zh for one in found.differs]) == ("altered", [what])
    assert found.lines  # as it was issued


def test_finds_the_code_in_a_printed_page_or_in_pasted_text(one: Credential) -> None:
    found = check_file(pdf_of(one))
    assert found.answer == "valid"
    assert "Compare the page with every line" in found.reasons[-1].en
    for pasted in (one.token, f"http://127.0.0.1:8000/v/{one.token}\n"):
        assert check_file(pasted.encode()).answer == "valid"
    assert check_file(b"%PDF-1.7 nothing").answer == "unknown"


def test_logs_each_question_and_nothing_of_what_was_typed(one: Credential) -> None:
    check_number(one.number, "林晓", address="10.0.0.7")
    check_code("nonsense", address="10.0.0.8")
    assert list(Check.objects.values_list("way", "answer", "credential", "address")) == [
        ("number", "valid", one.pk, "10.0.0.7"),
        ("code", "unknown", None, "10.0.0.8"),
    ]


def test_tells_an_address_that_asks_too_often_to_wait(one: Credential, settings: Any) -> None:
    settings.CRAFTPATH_CHECKS_PER_MINUTE = 2
    for _ in range(2):
        check_number(one.number, "林晓", address="10.9.9.9")
    for ask in (check_code, lambda _, address: check_number("", "", address=address)):
        with pytest.raises(TooOften) as refused:
            ask(one.token, address="10.9.9.9")
        assert 0 < refused.value.wait <= 60
    assert check_code(one.token, address="2001:db8::1").answer == "valid"
    assert Check.objects.count() == 3


def test_is_found_by_who_was_merged_and_by_the_name_on_the_paper(one: Credential) -> None:
    Party.objects.filter(pk=one.holder_id).update(name="林晓晓")
    assert check_number(one.number, "林晓晓").answer == "unknown"
    assert check_number(one.number, "林晓").answer == "valid"
