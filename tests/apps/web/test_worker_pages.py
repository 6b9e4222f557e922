from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest

from craftpath.audit.models import Entry
from craftpath.programmes.models import Application, Review
from craftpath.registry.models import Message, Record
from tests.apps.city import CHANGAN, WELDER, City
from tests.apps.web.conftest import Visit, an_application, open_programme, visit_of
from tests.apps.web.counting import Counted

PAGES = [
    "/me/",
    "/me/near/",
    "/me/records/",
    "/me/records/add/",
    "/me/records/add/certificate/",
    "/me/applications/",
    "/me/messages/",
    "/me/data/",
]


# --- my path ---------------------------------------------------------------------------------


def test_says_what_is_next_and_from_which_day(worker: Visit) -> None:
    page = worker.text("/me/")
    assert "三级/高级工" in page  # held
    assert "2030年3月10日" in page  # the day from which level 2 is open
    assert "已有5个月17天，须满5年" in page
    assert '<progress max="100" value="9"' in page


def test_says_the_same_in_english(worker: Visit) -> None:
    page = worker.in_english().text("/me/")
    assert "You qualify now" in page
    assert "10 March 2030" in page
    assert "5 months 17 days of 5 years" in page


def test_names_until_when_to_apply_and_the_application_there_is(worker: Visit, city: City) -> None:
    programme = open_programme()
    page = worker.text("/me/")
    assert "焊工二级认定" in page and "2025年9月15日" in page
    serial = an_application(programme, city, "worker").serial
    assert f"/me/applications/{serial}/" in worker.text("/me/")


def test_leaves_out_levels_that_are_passed(worker: Visit) -> None:
    page = worker.text("/me/")
    assert "五级/初级工申报条件" not in page
    assert "已达到的等级不再列出" in page


def test_offers_to_add_the_record_that_would_settle_a_doubt(worker: Visit) -> None:
    assert "/me/records/add/wage-tax/" in worker.text("/me/")


def test_shows_nothing_of_anybody_else(city: City) -> None:
    assert "苏敏" not in visit_of(city, "worker").text("/me/")
    assert "林晓" not in visit_of(city, "stranger").text("/me/")


@pytest.mark.parametrize("url", PAGES)
def test_sends_whoever_is_not_logged_in_to_log_in(anybody: Visit, url: str) -> None:
    response = anybody.get(url)
    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("who", ["hr", "school", "town", "auditor"])
def test_is_for_workers_alone(
    city: City, url: str, who: str, settings: pytest.FixtureRequest
) -> None:
    settings.CRAFTPATH_SECOND_FACTOR = "off"  # type: ignore[attr-defined]
    told_too = url == "/me/messages/" and who in ("hr", "school")
    assert visit_of(city, who).get(url).status_code == (200 if told_too else 403)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("my-path", "/me/"),
        ("near-me", "/me/near/"),
        ("my-records", "/me/records/"),
        ("my-applications", "/me/applications/"),
        ("my-messages", "/me/messages/"),
    ],
)
def test_takes_no_more_queries_than_before(
    worker: Visit, city: City, counted: Counted, name: str, url: str
) -> None:
    for number in range(6):  # lists that are longer take no more queries
        programme = open_programme(f"p-{number}")
        if number < 4:
            an_application(programme, city, "worker")
        Message.objects.create(party=city.worker, zh=f"消息{number}", en=f"message {number}")
    counted(name, worker, url)


def test_takes_no_more_queries_for_an_application_that_went_back_and_forth(
    worker: Visit, city: City, counted: Counted
) -> None:
    mine = an_application(open_programme(), city, "worker", state="returned")
    for version in (1, 2, 3):
        Review.objects.create(application=mine, step=1, seen_version=version, verdict="return")
    counted("my-application", worker, f"/me/applications/{mine.serial}/")


# --- records ---------------------------------------------------------------------------------


def test_adds_a_record_as_claimed(worker: Visit, city: City) -> None:
    response = worker.post(
        "/me/records/add/certificate/",
        {"subject_text": "焊工", "level": "5", "start": "2025-07-01", "other_text": "工匠学院"},
        follow=True,
    )
    record = Record.objects.get(party=city.worker, level=5)
    assert (record.status, record.subject, record.start) == (
        "claimed",
        WELDER,
        dt.date(2025, 7, 1),
    )
    assert record.other == city.school
    assert "自述" in response.content.decode()


def test_takes_the_last_day_as_the_last(worker: Visit, city: City) -> None:
    worker.post("/me/records/add/union-member/", {"start": "2018-01-01", "end": "2019-12-31"})
    assert Record.objects.get(party=city.worker, kind="union-member").end == dt.date(2020, 1, 1)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"subject_text": "焊工", "start": "2025-02-30"}, "没有“2025-02-30”这一天"),
        ({"subject_text": "焊工", "start": ""}, "请填写日期"),
        ({"subject_text": "焊工", "start": "1980-01-01"}, "早于出生"),
        ({"subject_text": "焊", "start": "2025-02-03"}, "请在下面选一个"),
        ({"subject_text": "炼丹师", "start": "2025-02-03"}, "没有“炼丹师”"),
        ({"subject_text": "焊工", "start": "2025-02-03", "level": "99"}, "请从列表中选一级"),
        ({"start": "2025-02-03", "other_text": "没有这家"}, "没有找到这个单位"),
    ],
)
def test_tells_what_is_wrong_and_keeps_what_was_typed(
    worker: Visit, city: City, typed: dict[str, str], told: str
) -> None:
    before = Record.objects.count()
    response = worker.post("/me/records/add/certificate/", typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    if typed.get("subject_text"):
        assert f'value="{typed["subject_text"]}"' in page
    assert Record.objects.count() == before


def test_finds_codes_without_script(worker: Visit) -> None:
    response = worker.post(
        "/me/records/add/certificate/", {"subject_text": "焊", "find": "subject"}
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert f'value="{WELDER}"' in page
    assert "请填写日期" not in page


def test_offers_codes_and_organisations_while_one_types(worker: Visit) -> None:
    assert WELDER in worker.text("/codes/occupation/?name=subject&subject_text=焊工")
    assert "东江精工" in worker.text("/organisations/?other_text=东江")
    assert "东江精工" not in worker.text("/organisations/?other_text=东")


def test_corrects_and_takes_back_what_one_claimed_oneself(worker: Visit, city: City) -> None:
    worker.post("/me/records/add/union-member/", {"start": "2018-01-01"})
    old = Record.objects.get(party=city.worker, kind="union-member")
    without = worker.post(f"/me/records/{old.pk}/correct/", {"start": "2018-02-01", "why": ""})
    assert without.status_code == 422
    worker.post(f"/me/records/{old.pk}/correct/", {"start": "2018-02-01", "why": "写错"})
    new = Record.objects.get(supersedes=old)
    assert new.start == dt.date(2018, 2, 1)
    worker.post(f"/me/records/{new.pk}/void/", {"why": "没有这回事"})
    new.refresh_from_db()
    assert not new.stands
    assert "没有这回事" in worker.text("/me/records/")


def test_leaves_verified_records_to_the_authority(worker: Visit, city: City) -> None:
    record = Record.objects.get(party=city.worker, kind="certificate", level=4)
    response = worker.post(f"/me/records/{record.pk}/void/", {"why": "不要了"})
    assert response.status_code == 403
    record.refresh_from_db()
    assert record.stands


@pytest.mark.parametrize("page", ["correct", "void"])
def test_knows_no_record_of_somebody_else(worker: Visit, city: City, page: str) -> None:
    theirs = Record.objects.filter(party=city.stranger).first()
    assert theirs is not None
    assert worker.get(f"/me/records/{theirs.pk}/{page}/").status_code == 404
    assert worker.post(f"/me/records/{theirs.pk}/{page}/", {"why": "x"}).status_code == 404


@pytest.mark.parametrize("kind", ["nonsense", "founded", "enterprise"])
def test_has_no_form_for_what_no_person_has(worker: Visit, kind: str) -> None:
    assert worker.get(f"/me/records/add/{kind}/").status_code == 404


# --- near me ---------------------------------------------------------------------------------


def test_lists_what_is_open_here_with_the_engines_word(worker: Visit) -> None:
    open_programme()
    open_programme("household", rule="household.dongguan", focus="", name_zh="技能人才入户")
    open_programme("elsewhere", region="441800", name_zh="清远的项目")
    open_programme(
        "soon", rule="", focus="", name_zh="新课程", opens=dt.date(2025, 9, 1), region="440000"
    )
    page = worker.text("/me/near/")
    assert page.index("技能人才入户") < page.index("焊工二级认定") < page.index("新课程")
    assert "2025年9月1日" in page
    assert "清远的项目" not in page


def test_counts_the_places_that_are_left(worker: Visit, city: City) -> None:
    programme = open_programme()
    an_application(programme, city, "colleague")
    an_application(programme, city, "stranger", state="draft")
    assert "还剩 2/3" in worker.text("/me/near/")


# --- applications ----------------------------------------------------------------------------


def test_begins_an_application_from_the_programmes_page(worker: Visit, city: City) -> None:
    open_programme("household", rule="household.dongguan", focus="")
    assert "开始申请" in worker.text("/programmes/household/")
    response = worker.post("/me/apply/household/", follow=True)
    mine = Application.objects.get(party=city.worker)
    assert mine.serial in response.content.decode()
    worker.post(f"/me/applications/{mine.serial}/submit/")
    mine.refresh_from_db()
    assert mine.state == "submitted"
    assert "市级审核" in worker.text(f"/me/applications/{mine.serial}/")


def test_tells_at_the_application_why_it_was_not_taken(worker: Visit, city: City) -> None:
    open_programme()  # level 2: the worker qualifies from 2030
    worker.post("/me/apply/welder-2/")
    mine = Application.objects.get(party=city.worker)
    response = worker.post(f"/me/applications/{mine.serial}/submit/")
    assert response.status_code == 409
    assert "5年" in response.content.decode()
    mine.refresh_from_db()
    assert mine.state == "draft"


def test_asks_once_more_before_it_withdraws(worker: Visit, city: City) -> None:
    mine = an_application(open_programme(), city, "worker")
    assert "撤回这份申请" in worker.text(f"/me/applications/{mine.serial}/withdraw/")
    mine.refresh_from_db()
    assert mine.state == "submitted"
    worker.post(f"/me/applications/{mine.serial}/withdraw/")
    mine.refresh_from_db()
    assert mine.state == "withdrawn"


def test_says_why_it_was_returned_and_by_when_to_mend_it(worker: Visit, city: City) -> None:
    mine = an_application(
        open_programme(), city, "worker", state="returned", due=dt.date(2025, 9, 3)
    )
    Review.objects.create(
        application=mine, step=1, seen_version=1, verdict="return", note="照片看不清"
    )
    page = worker.text(f"/me/applications/{mine.serial}/")
    assert "照片看不清" in page and "2025年9月3日" in page


def test_says_how_many_wait_before(worker: Visit, city: City) -> None:
    programme = open_programme()
    an_application(programme, city, "colleague", state="approved", place="waiting", rank=4)
    mine = an_application(programme, city, "worker", state="approved", place="waiting", rank=5)
    assert "前面还有 1 人" in worker.text(f"/me/applications/{mine.serial}/")


@pytest.mark.parametrize("page", ["", "withdraw/"])
def test_knows_no_application_of_somebody_else(worker: Visit, city: City, page: str) -> None:
    theirs = an_application(open_programme(), city, "colleague")
    assert worker.get(f"/me/applications/{theirs.serial}/{page}").status_code == 404


@pytest.mark.parametrize("page", ["change", "submit", "withdraw", "documents"])
def test_does_nothing_to_an_application_of_somebody_else(
    worker: Visit, city: City, page: str
) -> None:
    theirs = an_application(open_programme(), city, "colleague")
    response = worker.post(
        f"/me/applications/{theirs.serial}/{page}/",
        {"note": "x", "key": "photo", "file": io.BytesIO(b"x")},
    )
    assert response.status_code == 404
    theirs.refresh_from_db()
    assert (theirs.state, theirs.note) == ("submitted", "")


# --- messages and data -----------------------------------------------------------------------


def test_marks_messages_as_read_up_to_the_one_that_was_seen(worker: Visit, city: City) -> None:
    first = Message.objects.create(party=city.worker, zh="第一条", en="first")
    second = Message.objects.create(party=city.worker, zh="第二条", en="second")
    other = Message.objects.create(party=city.stranger, zh="别人的", en="theirs")
    assert "别人的" not in worker.text("/me/messages/")
    worker.post("/me/messages/", {"upto": str(first.pk)})
    for message in (first, second, other):
        message.refresh_from_db()
    assert first.read_at is not None
    assert second.read_at is None and other.read_at is None


def test_hands_over_everything_about_oneself_and_writes_that_down(
    worker: Visit, city: City
) -> None:
    an_application(open_programme(), city, "worker")
    response = worker.post("/me/data/")
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    everything = json.loads(archive.read("craftpath.json"))
    assert len(everything["records"]) == Record.objects.filter(party=city.worker).count()
    assert everything["applications"][0]["programme"] == "焊工二级认定"
    assert "焊工" in archive.read("README.html").decode()
    assert "199205201" not in archive.read("craftpath.json").decode()
    assert Entry.objects.filter(action="record.download", party=city.worker.pk).count() == 1


def test_does_not_pack_anything_by_looking(worker: Visit) -> None:
    worker.text("/me/data/")
    assert not Entry.objects.filter(action="record.download").exists()


def test_says_where_one_is_taken_to_be(worker: Visit, city: City) -> None:
    assert "长安镇" in worker.text("/me/near/")
    assert city.worker.region == CHANGAN
