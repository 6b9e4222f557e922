"""An outsider with a paper in the hand, and strangers' software."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from craftpath.credentials.actions.changes import reissue, resume, revoke, suspend
from craftpath.credentials.actions.issuers import make_key
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.actions.shares import make_share, withdraw_share
from craftpath.credentials.models import Check, Credential, StatusList
from craftpath.credentials.paper import pdf_of
from craftpath.registry.models import Record
from tests.apps.city import DAY, City
from tests.apps.credentials.conftest import Office, office
from tests.apps.web.conftest import Visit
from tests.apps.web.counting import Counted

__all__ = ["office"]


@pytest.fixture
def paper(office: Office) -> Credential:
    """林晓's certificate, valid for another year."""
    (record,) = office.passed(1, end=DAY + dt.timedelta(days=365))
    return issue(office.actor("school"), [record.pk])[0]


def asked(visit: Visit, **said: Any) -> str:
    response = visit.post("/verify/", said)
    assert response.status_code == 200, response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    return response.content.decode()


def test_repeats_every_printed_line_and_hides_the_name_of_whoever_was_not_named(
    paper: Credential, anybody: Visit, counted: Counted
) -> None:
    page = counted("verify-code", anybody, f"/v/{paper.token}").content.decode()
    for line in paper.printed:
        assert line["zh"] in page, line
    assert "有效" in page and "当日已备案" in page
    assert "林*" in page and "林晓" not in page
    english = anybody.in_english().text(f"/v/{paper.token}")
    assert "Valid" in english and "Filed for it that day" in english


def test_checks_a_name_that_is_typed_under_a_code(paper: Credential, anybody: Visit) -> None:
    right = anybody.post(f"/v/{paper.token}", {"name": "lin xiao"}).content.decode()
    assert "林晓" in right and "与您填写的一致" in right
    wrong = anybody.post(f"/v/{paper.token}", {"name": "张三"}).content.decode()
    assert "填写的姓名与证书上的不符" in wrong and "林晓" not in wrong


def test_finds_by_number_only_with_the_name(paper: Credential, anybody: Visit) -> None:
    assert "有效" in asked(anybody, way="number", number=paper.number.lower(), name=" 林 晓")
    unknown = asked(anybody, way="number", number=paper.number, name="林小")
    assert "查无此证" in unknown and "zscx.osta.org.cn" in unknown
    assert paper.issuer.party.name not in unknown
    response = anybody.post("/verify/", {"way": "number", "number": paper.number})
    assert response.status_code == 422 and "只有编号，什么也不显示" in response.content.decode()


def test_says_what_became_of_it_and_from_which_day(
    office: Office, paper: Credential, anybody: Visit, settings: Any
) -> None:
    school, address = office.actor("school"), f"/v/{paper.token}"
    suspend(school, paper.public_id, why="举报")
    told = anybody.text(address)
    assert "暂停使用" in told and "2025年8月27日起" in told and "举报" not in told
    resume(school, paper.public_id, why="查清")
    assert "有效" in anybody.text(address)
    with _on(settings, DAY + dt.timedelta(days=365)):
        assert "已过期" in anybody.text(address) and "2026年8月26日" in anybody.text(address)
    new = reissue(school, paper.public_id, why="遗失")
    told = anybody.text(address)
    assert "已由新证代替" in told and new.number not in told
    revoke(school, new.public_id, why="代考")
    assert "已撤销" in anybody.text(f"/v/{new.token}")


@contextmanager
def _on(settings: Any, day: dt.date) -> Iterator[None]:
    before = settings.CRAFTPATH_TODAY
    settings.CRAFTPATH_TODAY = day
    yield
    settings.CRAFTPATH_TODAY = before


def test_warns_where_the_body_was_not_filed_that_day(
    office: Office, paper: Credential, anybody: Visit
) -> None:
    Record.objects.filter(kind="assessment-filing").update(end=dt.date(2024, 1, 1))
    assert "当日没有备案" in anybody.text(f"/v/{paper.token}")


def test_reads_a_dropped_file_and_names_what_was_altered(paper: Credential, anybody: Visit) -> None:
    whole = SimpleUploadedFile("a.json", paper.document.encode())
    page = asked(anybody, way="file", file=whole)
    assert "有效" in page and "林*" in page
    altered = json.loads(paper.document)
    altered["credentialSubject"]["licenseNumber"] = paper.number[:-1] + "9"
    page = asked(
        anybody, way="file", file=SimpleUploadedFile("a.json", json.dumps(altered).encode())
    )
    assert "内容不符" in page and "与签发的不符：证书编号" in page and paper.number in page
    assert "有效" in asked(anybody, way="file", file=SimpleUploadedFile("a.pdf", pdf_of(paper)))
    assert "有效" in asked(anybody, way="text", text=f" https://x.example/v/{paper.token}\n")
    stranger = SimpleUploadedFile("b.json", b'{"id": "https://elsewhere.example/1"}')
    assert "查无此证" in asked(anybody, way="file", file=stranger)


@pytest.mark.parametrize(
    "content", [b"\x00" * 200, b"[" * 100_000, b'{"a":' * 9000, b"%PDF-1.7", b"\xff\xfe", b"1e999"]
)
def test_answers_a_hostile_file(db: None, anybody: Visit, content: bytes) -> None:
    assert "查无此证" in asked(anybody, way="file", file=SimpleUploadedFile("x", content))


def test_refuses_a_large_file_and_an_empty_one(db: None, anybody: Visit) -> None:
    large = SimpleUploadedFile("x.json", b"{" + b" " * 300_000)
    assert anybody.post("/verify/", {"way": "file", "file": large}).status_code == 413
    assert anybody.post("/verify/", {"way": "file"}).status_code == 422
    assert anybody.post("/verify/", {"way": "text", "text": " "}).status_code == 422


def test_lets_numbers_not_be_walked_through(
    paper: Credential, anybody: Visit, settings: Any
) -> None:
    settings.CRAFTPATH_CHECKS_PER_MINUTE = 3
    anybody.defaults["REMOTE_ADDR"] = "203.0.113.77"
    said = {"way": "number", "number": paper.number, "name": "张三"}
    answers = [anybody.post("/verify/", said) for _ in range(7)]
    statuses = [one.status_code for one in answers]
    assert statuses.count(429) >= 1  # a minute may turn between two of them
    assert Check.objects.filter(address="203.0.113.77").count() == statuses.count(200)
    assert all("Retry-After" in one for one in answers if one.status_code == 429)


def test_opens_a_shared_link_until_it_is_withdrawn(
    office: Office, paper: Credential, anybody: Visit
) -> None:
    worker = office.actor("worker")
    made = make_share(
        worker, [paper.public_id], with_whom="长安某厂", until=DAY + dt.timedelta(days=9)
    )
    page = anybody.text(f"/s/{made.secret}")
    assert "长安某厂" in page and "林晓" in page and "有效" in page
    withdraw_share(worker, made.share.pk)
    assert "收回" in anybody.text(f"/s/{made.secret}", 409)
    anybody.text("/s/none-such", 404)


# --- what strangers' software reads ----------------------------------------------------------


def test_serves_each_address_that_stands_in_a_credential(
    office: Office, paper: Credential, anybody: Visit, settings: Any
) -> None:
    """Whatever https address of this site a document names is there, and tells nobody's name."""
    site = settings.CRAFTPATH_SITE
    card = issue(office.actor("city"), [office.card_for(office.city.worker).pk])[0]
    found = {
        text.partition("#")[0]
        for one in (paper, card)
        for text in _texts(json.loads(one.document))
        if text.startswith(f"{site}/")
    }
    assert len(found) > 5
    for address in found:
        page = anybody.text(address.removeprefix(site))
        assert "林晓" not in page and "Lin Xiao" not in page
    anybody.text("/achievements/certificate/0-00-00-00", 404)
    anybody.text("/codes/occupation/none-such", 404)
    anybody.text("/credentials/00000000-0000-4000-8000-000000000000", 404)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def test_publishes_keys_and_lists_to_any_page_and_says_when_they_changed(
    office: Office, paper: Credential, anybody: Visit
) -> None:
    lists = f"/issuers/academy/lists/revocation/{StatusList.objects.first().number}"  # type: ignore[union-attr]
    tags = {}
    for address, kind in (("/issuers/academy/did.json", "did+ld+json"), (lists, "ld+json")):
        response = anybody.get(address)
        assert response.status_code == 200 and kind in response["Content-Type"]
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "max-age=" in response["Cache-Control"]
        tags[address] = response["ETag"]
        again = anybody.get(address, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304 and not again.content
    asked = anybody.get(lists, headers={"Accept": "application/vc"})
    assert asked["Content-Type"] == "application/vc"
    revoke(office.actor("school"), paper.public_id, why="代考")
    make_key(office.actor("school"), office.academy.pk)
    for address, tag in tags.items():
        assert anybody.get(address)["ETag"] != tag
    anybody.text("/issuers/none-such/did.json", 404)
    anybody.text("/issuers/academy/lists/revocation/99", 404)


def test_shows_who_issues_and_what_for(office: Office, anybody: Visit, counted: Counted) -> None:
    assert office.academy.party.name in anybody.text("/issuers/")
    page = counted("issuer", anybody, "/issuers/academy/").content.decode()
    assert "S000044000123" in page and "焊工" in page and "三级/高级工" in page and "key-1" in page
    anybody.text("/issuers/none-such/", 404)


def test_has_its_place_in_the_menu_of_the_public_and_of_employers(
    city: City, anybody: Visit
) -> None:
    assert 'href="/verify/"' in anybody.text("/")
    anybody.force_login(city.user("hr"), "django.contrib.auth.backends.ModelBackend")
    assert 'href="/verify/"' in anybody.text("/staff/")
