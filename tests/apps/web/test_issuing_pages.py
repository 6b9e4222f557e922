"""Those who issue: a body for its programmes, officials for their region."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.storage import default_storage

from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.models import CardUse, Credential, Issuer, PrintRun
from craftpath.registry.models import Record
from tests.apps.city import DAY
from tests.apps.credentials.conftest import Office, office
from tests.apps.web.conftest import Visit, visit_of
from tests.apps.web.counting import Counted

__all__ = ["office"]


@pytest.fixture
def school(office: Office) -> Visit:
    return visit_of(office.city, "school")


@pytest.fixture
def official(office: Office) -> Visit:
    return visit_of(office.city, "city")


@pytest.fixture
def paper(office: Office) -> Credential:
    return issue(office.actor("school"), [office.passed()[0].pk])[0]


def test_issues_for_everybody_who_passed_and_prints_them(
    office: Office, school: Visit, counted: Counted
) -> None:
    office.passed(3)
    assert 'href="/issuing/programmes/sitting/"' in school.text("/issuing/programmes/")
    page = counted("issuing-programme", school, "/issuing/programmes/sitting/").content.decode()
    assert "3 人" in page and "签发并打印" in page
    begun = school.post("/issuing/programmes/sitting/", {"do": "all", "note": "八月"})
    run = PrintRun.objects.get()
    assert begun.status_code == 302 and begun.url == f"/issuing/runs/{run.pk}/"
    page = counted("run", school, begun.url).content.decode()
    assert "已完成" in page and "八月" in page and "3 页" in page
    assert school.get(f"{begun.url}progress/")["HX-Refresh"] == "true"
    file = school.post(f"{begun.url}file/")
    assert b"".join(file.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert "没有待发证的人员" in school.text("/issuing/programmes/sitting/")
    school.post(f"{begun.url}delete/")
    assert school.post(f"{begun.url}file/").status_code == 409
    school.post(f"{begun.url}again/")
    run.refresh_from_db()
    assert run.phase == "printed"
    default_storage.delete(run.file.name)
    gone = school.post(f"{begun.url}file/")
    assert gone.status_code == 409 and "文件已不在" in gone.content.decode()
    somebody = visit_of(office.city, "other-city")
    assert somebody.get(begun.url).status_code == 404
    assert somebody.post(f"{begun.url}file/").status_code == 404


def test_polls_while_a_run_is_under_way(office: Office, school: Visit) -> None:
    run = PrintRun.objects.create(
        issuer=office.academy,
        programme=office.passed(2)[0].came_of.programme,
        records=[1, 2],
        phase="signing",
        problem_zh="1 人未发证：记录已作废。",
        at=dt.datetime.now(dt.UTC),
    )
    page = school.text(f"/issuing/runs/{run.pk}/")
    assert f'hx-get="/issuing/runs/{run.pk}/progress/"' in page and "1 人未发证" in page
    page = school.text("/issuing/programmes/sitting/")
    assert "正在办理" in page and "签发并打印" not in page
    assert "签名" in school.text(f"/issuing/runs/{run.pk}/progress/")


def test_says_who_cannot_have_one_and_why_and_issues_for_the_others(
    office: Office, school: Visit
) -> None:
    records = office.passed(3)
    Record.objects.filter(pk=records[1].pk).update(level=5)  # filed for level 3 alone
    page = school.text("/issuing/programmes/sitting/")
    assert "没有焊工（6-18-02-04）二级/技师的评价备案" in page and "张学0001" in page
    refused = school.post("/issuing/programmes/sitting/", {"do": "all"})
    assert refused.status_code == 409 and "评价备案" in refused.content.decode()
    school.post("/issuing/programmes/sitting/", {"do": "some"})
    assert Credential.objects.count() == 2
    assert not Credential.objects.filter(record=records[1]).exists()


def test_finds_by_number_or_name_and_shows_one_with_its_history(
    office: Office, paper: Credential, school: Visit, official: Visit, counted: Counted
) -> None:
    for text in (paper.number[-8:], "林晓", "lin"):
        assert paper.number in school.text(f"/issuing/?q={text}")
    assert paper.number not in school.text("/issuing/?q=none-such")
    assert paper.number not in school.text("/issuing/?standing=revoked")
    counted("issuing", school, "/issuing/")
    page = counted("issued", official, f"/issuing/credentials/{paper.public_id}/").content.decode()
    assert "林晓" in page and "已备案" in page and "更正姓名" in page
    assert "更正姓名" not in school.text(f"/issuing/credentials/{paper.public_id}/")
    somebody = visit_of(office.city, "other-city")
    assert paper.number not in somebody.text("/issuing/")
    somebody.text(f"/issuing/credentials/{paper.public_id}/", 404)
    somebody.text(f"/issuing/credentials/{paper.public_id}.json", 404)


def test_suspends_resumes_and_revokes_with_a_reason(
    office: Office, paper: Credential, school: Visit
) -> None:
    address = f"/issuing/credentials/{paper.public_id}/"

    def do(what: str, **said: str) -> int:
        status = school.post(f"{address}change/", {"do": what, **said}).status_code
        paper.refresh_from_db()
        return status

    assert do("suspend", why=" ") == 422
    assert do("suspend", why="举报", day="2020-01-01") == 422
    assert do("suspend", why="举报", day="someday") == 422
    assert paper.standing == "issued"
    assert do("suspend", why="举报") == 302 and paper.standing == "suspended"
    assert do("reissue", why="遗失") == 409
    assert do("resume", why="查清") == 302 and paper.standing == "resumed"
    assert do("revoke", why="代考", day=DAY.isoformat()) == 302 and paper.standing == "revoked"
    assert do("resume", why="又") == 409
    assert do("burn", why="又") == 404
    page = school.text(address)
    assert "举报" in page and "代考" in page and "已成定局" in page


def test_gives_a_new_one_for_a_lost_one_and_for_a_wrong_name(
    office: Office, paper: Credential, school: Visit, official: Visit
) -> None:
    address = f"/issuing/credentials/{paper.public_id}/change/"
    said = {"do": "correct-name", "why": "曾用名", "name": "林筱", "name_en": "Lin Xiao"}
    assert school.post(address, said).status_code == 403
    named = official.post(address, said)
    new = Credential.objects.get(replaces=paper)
    assert named.status_code == 302 and named.url == f"/issuing/credentials/{new.public_id}/"
    assert new.name == "林筱" and "林筱" in official.text(named.url)
    school.post(f"/issuing/credentials/{new.public_id}/change/", {"do": "reissue", "why": "遗失"})
    assert Credential.objects.get(replaces=new).number != new.number


def test_lets_whoever_only_sees_it_change_nothing(
    office: Office, paper: Credential, official: Visit
) -> None:
    """Of another city's body, for somebody who lives here."""
    Issuer.objects.filter(pk=office.academy.pk).update(region="441800")
    page = official.text(f"/issuing/credentials/{paper.public_id}/")
    assert "由签发单位办理" in page
    said = {"do": "revoke", "why": "代考"}
    done = official.post(f"/issuing/credentials/{paper.public_id}/change/", said)
    assert done.status_code == 404


# --- issuers and keys ------------------------------------------------------------------------


def test_registers_an_issuer_and_makes_its_first_key(office: Office, official: Visit) -> None:
    works = office.city.works
    assert f"?party={works.pk}" in official.text("/issuing/issuers/new/?q=东江")
    wrong = official.post("/issuing/issuers/new/", {"party": works.pk, "slug": "Works!"})
    assert wrong.status_code == 422 and "小写字母" in wrong.content.decode()
    taken = official.post("/issuing/issuers/new/", {"party": works.pk, "slug": "academy"})
    assert taken.status_code == 409
    said = {"party": works.pk, "slug": "works", "code": "Y 0002 44 000009"}
    made = official.post("/issuing/issuers/new/", said)
    issuer = Issuer.objects.get(slug="works")
    assert made.url == f"/issuing/issuers/{issuer.pk}/" and issuer.code == "Y000244000009"
    assert "没有正在使用的密钥" in official.text(made.url)
    official.post(f"{made.url}key/")
    assert "正在使用" in official.text(made.url)
    stranger = official.post("/issuing/issuers/new/", {"party": office.city.rival.pk, "slug": "r"})
    assert stranger.status_code == 404


def test_changes_retires_and_breaks_keys(office: Office, school: Visit, official: Visit) -> None:
    address = f"/issuing/issuers/{office.academy.pk}/"
    first = office.academy.keys.get()
    school.post(f"{address}key/")
    page = school.text(address)
    assert "key-2" in page and "已停用" in page and "宣布作废</button>" not in page
    stolen = {"since": "2025-08-01", "why": "服务器被入侵"}
    assert school.post(f"/issuing/keys/{first.pk}/break/", stolen).status_code == 403
    assert official.post(f"/issuing/keys/{first.pk}/break/", {"why": "x"}).status_code == 422
    official.post(f"/issuing/keys/{first.pk}/break/", stolen)
    assert "已作废" in official.text(address)
    second = office.academy.keys.get(until=None)
    assert school.post(f"/issuing/keys/{second.pk}/retire/", {"why": ""}).status_code == 422
    school.post(f"/issuing/keys/{second.pk}/retire/", {"why": "停办"})
    assert "没有正在使用的密钥" in school.text(address)
    foreign = office.cards.keys.get()
    assert school.post(f"/issuing/keys/{foreign.pk}/retire/", {"why": "x"}).status_code == 404


# --- cards -----------------------------------------------------------------------------------


def test_looks_a_card_up_notes_its_use_and_takes_it_back(
    office: Office, school: Visit, official: Visit
) -> None:
    card = issue(office.actor("city"), [office.card_for(office.city.worker).pk])[0]
    assert school.post("/issuing/cards/", {"presented": "K1"}).status_code == 404
    looked = school.post("/issuing/cards/", {"presented": f"https://x/v/{card.token}"})
    page = looked.content.decode()
    assert "林晓" in page and "子女入学" in page and "待遇清单未查得" in page
    said = {"presented": card.number, "do": "use", "benefit": "gold"}
    assert school.post("/issuing/cards/", said).status_code == 422
    said["benefit"] = "schooling"
    assert school.post("/issuing/cards/", said).status_code == 302
    use = CardUse.objects.get()
    assert use.at_party_id == office.city.school.pk
    assert "子女入学" in official.text("/issuing/cards/")  # its office sees it too
    address = f"/issuing/cards/uses/{use.pk}/take-back/"
    assert school.post(address, {"why": ""}).status_code == 422
    school.post(address, {"why": "登记错人"})
    use.refresh_from_db()
    assert use.taken_back


def test_renews_a_card(office: Office, official: Visit) -> None:
    card = issue(office.actor("city"), [office.card_for(office.city.worker).pk])[0]
    said = {"do": "renew", "why": "期满前续期", "last": "2027-08-26"}
    official.post(f"/issuing/credentials/{card.public_id}/change/", said)
    new = Credential.objects.get(replaces=card)
    assert new.until == dt.date(2027, 8, 27)
