from __future__ import annotations

import datetime as dt
import io

import pytest
import python_calamine as calamine
from django.core.files.uploadedfile import SimpleUploadedFile

from craftpath.access.clock import today
from craftpath.audit.models import Entry
from craftpath.eligibility import becoming
from craftpath.programmes.models import Application
from craftpath.registry.models import Message, Party, Record
from craftpath.registry.outlook import lives_of, quarter, rules_told
from craftpath.web.pages.employer.quarter import coming
from tests.apps.city import CHANGAN, DAY, WELDER, City, _record
from tests.apps.web.conftest import Visit, an_application, open_programme, visit_of
from tests.apps.web.counting import Counted

JOINS = {
    "name": "王建国",
    "scheme": "ric",
    "number": "441900199003071238",
    "occupation": WELDER,
    "occupation_text": WELDER,
    "workplace": CHANGAN,
    "workplace_text": CHANGAN,
    "start": "2025-08-01",
}


@pytest.fixture
def hr(city: City) -> Visit:
    return visit_of(city, "hr")


def more_people(city: City, count: int, *, first: dt.date = dt.date(2020, 1, 1)) -> list[Party]:
    """Welders at the works, each begun a month after the one before."""
    made = []
    for at in range(count):
        party = Party.objects.create(nature="person", name=f"赵员{at:02}", region=CHANGAN)
        begun = first + dt.timedelta(days=30 * at)
        _record(party, "birth", dt.date(1990, 1, 1))
        _record(party, "employment", begun, WELDER, other=city.works)
        _record(party, "workplace", begun, CHANGAN, other=city.works)
        made.append(party)
    return made


# --- the people ------------------------------------------------------------------------------


def test_lists_its_people_with_their_levels(hr: Visit) -> None:
    page = hr.text("/staff/")
    assert "林晓" in page and "陈志远" in page and "苏敏" not in page
    assert "2016年3月1日" in page


def test_finds_people_by_name_level_and_occupation(hr: Visit) -> None:
    def row(url: str) -> str:
        return hr.text(url).split('role="search"')[1]

    assert "陈志远" not in row("/staff/?q=林")
    assert "林晓" not in row("/staff/?level=0") and "陈志远" in row("/staff/?level=0")
    assert "没有符合条件的员工" in hr.text("/staff/?occupation=4-01-01-01")


def test_hides_the_rivals_people(hr: Visit, city: City) -> None:
    hr.text(f"/staff/{city.stranger.pk}/", status=404)
    for what in ("level", "leaves"):
        form = {"last": "2025-08-01", "why": "离职", "kind": "post-level", "subject": WELDER}
        form |= {"level": "4", "start": "2025-08-01"}
        assert hr.post(f"/staff/{city.stranger.pk}/{what}/", form).status_code == 404
    assert not Record.objects.filter(party=city.stranger, known_until__isnull=False).exists()


def test_is_no_page_of_a_workers(city: City) -> None:
    visit_of(city, "worker").text("/staff/", status=403)
    visit_of(city, "school").text("/staff/quarter/", status=403)


def test_answers_from_the_records_that_the_employer_may_see(hr: Visit, city: City) -> None:
    _record(city.worker, "diploma", dt.date(2012, 7, 1), "6601")
    page = hr.text(f"/staff/{city.worker.pk}/")
    assert "只按本单位能看到的记录推算" in page
    assert "三级/高级工" in page and "2030年3月10日" in page
    assert "技能提升补贴（失业保险基金）" not in page
    rows = lives_of(city.actor("hr"), today(), city.worker.pk).rows
    assert {row[1] for row in rows if row[0] == city.worker.pk}.isdisjoint({"diploma"})


def test_tells_nothing_that_private_records_decide() -> None:
    told = rules_told()
    assert "skill-level.senior" in told
    assert {"subsidy.unemployment-fund", "household.dongguan", "card.chang-an"}.isdisjoint(told)


# --- who joins, their level, who leaves ------------------------------------------------------


def test_takes_on_somebody_new_with_job_and_workplace(hr: Visit) -> None:
    response = hr.post("/staff/new/", JOINS)
    party = Party.objects.get(name="王建国")
    assert response.headers["Location"] == f"/staff/{party.pk}/"
    kinds = dict(party.records.values_list("kind", "status"))
    assert kinds["employment"] == kinds["workplace"] == "claimed"
    assert "王建国" in hr.text("/staff/")
    assert "staff.take-on" in Entry.objects.values_list("action", flat=True)


def test_finds_somebody_who_is_registered_by_name_and_number(hr: Visit, city: City) -> None:
    known = {**JOINS, "name": "苏敏", "number": _number_of(city.stranger)}
    assert hr.post("/staff/new/", known).status_code == 302
    assert Party.objects.filter(name="苏敏").count() == 1
    assert "苏敏" in hr.text("/staff/")


def test_tells_nobody_whose_number_it_is(hr: Visit, city: City) -> None:
    people = Party.objects.count()
    response = hr.post("/staff/new/", {**JOINS, "number": _number_of(city.stranger)})
    assert response.status_code == 422
    assert "苏敏" not in response.content.decode()
    assert Party.objects.count() == people


def test_takes_nobody_on_by_halves(hr: Visit) -> None:
    people, entries = Party.objects.count(), Entry.objects.count()
    bad = {**JOINS, "start": "1980-01-01"}  # before they were born
    assert hr.post("/staff/new/", bad).status_code == 422
    assert (Party.objects.count(), Entry.objects.count()) == (people, entries)


def test_takes_nobody_on_twice(hr: Visit) -> None:
    hr.post("/staff/new/", JOINS)
    assert "已在本单位名册中" in hr.post("/staff/new/", JOINS).content.decode()


def test_ends_the_level_before_when_it_sets_another(hr: Visit, city: City) -> None:
    url = f"/staff/{city.worker.pk}/level/"
    form = {"kind": "post-level", "subject": WELDER, "level": "4", "start": "2024-01-01"}
    assert hr.post(url, form).status_code == 302
    assert hr.post(url, {**form, "level": "5", "start": "2025-01-01"}).status_code == 302
    stand = Record.objects.filter(party=city.worker, kind="post-level", known_until=None)
    assert [(r.level, r.start, r.end) for r in stand.order_by("start")] == [
        (4, dt.date(2024, 1, 1), dt.date(2025, 1, 1)),
        (5, dt.date(2025, 1, 1), None),
    ]


def test_lets_somebody_go_and_tells_them(hr: Visit, city: City) -> None:
    url = f"/staff/{city.worker.pk}/leaves/"
    assert hr.post(url, {"last": "2025-08-20", "why": "合同期满"}).status_code == 302
    job = Record.objects.get(party=city.worker, kind="employment", known_until=None)
    assert (job.end, job.status) == (dt.date(2025, 8, 21), "verified")
    insured = Record.objects.get(party=city.worker, kind="social-insurance", known_until=None)
    assert insured.end is None  # not the employer's to tell
    assert Message.objects.filter(party=city.worker, zh__contains="2025年8月20日").exists()
    hr.text(f"/staff/{city.worker.pk}/", status=404)


@pytest.mark.parametrize("last", ["2025-08-28", "2016-02-01", ""])
def test_lets_nobody_go_on_a_day_that_cannot_be(hr: Visit, city: City, last: str) -> None:
    url = f"/staff/{city.worker.pk}/leaves/"
    assert hr.post(url, {"last": last, "why": "离职"}).status_code == 422
    assert not Record.objects.filter(party=city.worker, end__isnull=False).exists()


# --- the quarter -----------------------------------------------------------------------------


def test_says_of_everybody_what_asking_them_alone_says(city: City) -> None:
    more_people(city, 24)
    actor = city.actor("hr")
    for ahead in (0, 1, 2):
        between = quarter(DAY, ahead)
        first, end = between.start, between.end
        assert first is not None and end is not None
        lives = lives_of(actor, DAY)
        alone = set()
        for party in {row[0] for row in lives.rows} - {city.works.pk}:
            answers = lives_of(actor, DAY, party).ask(party, first, DAY)
            alone |= {
                (party, answer.rule, answer.focus, answer.since)
                for answer in answers
                if answer.verdict in ("qualifies", "later")
                and answer.since is not None
                and first <= answer.since < end
            }
        together = {
            (row.party, row.rule, row.focus, row.from_)
            for row in becoming(lives.ask_all(first, DAY), between)
        }
        assert together == alone
        shown = {(c.party, c.rule.id, c.focus, c.since) for c in coming(actor, between, DAY)}
        assert shown <= alone
        left_out = alone - shown
        assert all(rule.startswith("skill-level.") for _, rule, _, _ in left_out)
    assert alone


def test_ends_a_quarter_with_its_last_month() -> None:
    this, following = quarter(dt.date(2025, 11, 25)), quarter(dt.date(2025, 11, 25), 1)
    assert (this.start, this.end) == (dt.date(2025, 11, 25), dt.date(2026, 1, 1))
    assert (following.start, following.end) == (dt.date(2026, 1, 1), dt.date(2026, 4, 1))


def test_downloads_the_quarter_with_cells_that_do_nothing(hr: Visit, city: City) -> None:
    (first, *_) = more_people(city, 1, first=dt.date(2020, 9, 10))
    Party.objects.filter(pk=first.pk).update(name="=HYPERLINK(1)")
    page = hr.text("/staff/quarter/")
    assert "2025年9月10日" in page
    response = hr.get("/staff/quarter/download/")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python()
    assert any(row[1] == "=HYPERLINK(1)" for row in rows)
    assert b"<f>" not in _sheet_xml(content)


# --- applying for a group --------------------------------------------------------------------


@pytest.fixture
def sitting() -> object:
    return open_programme(rule="skill-level.intermediate", slug="welder-4", places=20)


def test_says_how_many_qualify(hr: Visit, city: City, sitting: object) -> None:
    more_people(city, 3)
    page = hr.text("/staff/programmes/")
    assert "焊工二级认定" in page and "4 人符合" in page


def test_applies_for_a_group_with_a_line_for_each(hr: Visit, city: City, sitting: object) -> None:
    able = more_people(city, 2)
    fresh = more_people(city, 1, first=dt.date(2025, 8, 1))[0]
    url = "/staff/programmes/welder-4/"
    chosen = [str(party.pk) for party in (*able, fresh)]
    listed = hr.text(url)
    assert listed.index(able[0].name) < listed.index(fresh.name) or able[0].name == fresh.name
    confirm = hr.post(url, {"chosen": chosen, "confirm": "1"}).content.decode()
    assert "核对名单" in confirm and not Application.objects.exists()
    done = hr.post(url, {"kept": ",".join(chosen), "apply": "1"}).content.decode()
    assert "2 人已申报" in done and "1 人没有受理" in done
    made = Application.objects.all()
    assert {one.party_id for one in made} == {party.pk for party in able}
    assert {one.employer_id for one in made} == {city.works.pk}
    assert {one.state for one in made} == {"submitted"}


def test_applies_for_nobody_elses_people(hr: Visit, city: City, sitting: object) -> None:
    form = {"chosen": [city.stranger.pk], "apply": "1"}
    response = hr.post("/staff/programmes/welder-4/", form)
    assert response.status_code == 422
    assert "请至少选一个人" in response.content.decode()
    assert not Application.objects.exists()


def test_keeps_who_was_ticked_on_another_page(hr: Visit, city: City, sitting: object) -> None:
    people = more_people(city, 60)
    url = "/staff/programmes/welder-4/"
    page = hr.post(url, {"chosen": [people[0].pk], "page": "2"}).content.decode()
    assert f'name="kept" value="{people[0].pk}"' in page and "2 / 2" in page


def test_ticks_all_who_qualify(hr: Visit, city: City, sitting: object) -> None:
    people = more_people(city, 3)
    page = hr.post("/staff/programmes/welder-4/", {"all": "1"}).content.decode()
    assert "已有该等级或更高" in page
    assert page.count(" checked") == 1 + len(people)  # and one colleague; the worker has the level


def test_tells_no_verdict_that_rests_on_private_records(hr: Visit, city: City) -> None:
    open_programme(rule="card.chang-an", slug="card", focus="", name_zh="优才卡")
    page = hr.text("/staff/programmes/card/")
    assert "涉及本单位看不到的个人记录" in page and "不符合" not in page.split("</h1>")[1][:4000]


def test_shows_what_was_returned_first_and_mends_it(hr: Visit, city: City) -> None:
    paper = {"id": "paper-1", "zh": "身份证", "en": "identity card", "required": True}
    programme = open_programme(rule="", documents=[paper], last_number=10)
    an_application(programme, city, "colleague", employer=city.works, state="submitted")
    back = an_application(
        programme, city, "worker", employer=city.works, state="returned", due=dt.date(2025, 9, 1)
    )
    page = hr.text("/staff/applications/")
    assert page.index("林晓") < page.index("陈志远") and "缺材料：身份证" in page
    url = f"/staff/applications/{back.serial}/"
    assert "还缺：身份证" in hr.text(url)
    assert hr.post(url + "submit/").status_code == 422
    file = SimpleUploadedFile("a.txt", b"no picture")
    assert hr.post(url + "document/", {"key": "paper-1", "file": file}).status_code == 422
    good = SimpleUploadedFile("card.png", _PNG)
    assert hr.post(url + "document/", {"key": "paper-1", "file": good}).status_code == 302
    assert hr.post(url + "submit/").status_code == 302
    back.refresh_from_db()
    assert back.state == "submitted"
    assert hr.post(url + "withdraw/", {"why": "不去了"}).status_code == 302
    back.refresh_from_db()
    assert back.state == "withdrawn"


def test_hides_the_rivals_applications(hr: Visit, city: City) -> None:
    theirs = an_application(open_programme(), city, "stranger", employer=city.rival)
    hr.text(f"/staff/applications/{theirs.serial}/", status=404)
    for what in ("submit", "withdraw", "document"):
        response = hr.post(f"/staff/applications/{theirs.serial}/{what}/")
        assert response.status_code in (404, 422)
        assert response.status_code == 404 or what == "document"
    theirs.refresh_from_db()
    assert theirs.state == "submitted"


def test_applies_as_an_organisation(hr: Visit, city: City) -> None:
    open_programme(slug="designation", about="organisation", sort="designation", rule="", focus="")
    assert "以单位名义申请" in hr.text("/staff/programmes/")
    response = hr.post("/staff/programmes/designation/ourselves/")
    made = Application.objects.get()
    assert response.headers["Location"] == f"/staff/applications/{made.serial}/"
    assert (made.party_id, made.employer_id, made.state) == (city.works.pk, None, "draft")


# --- queries ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("staff", "/staff/"),
        ("staff-quarter", "/staff/quarter/"),
        ("staff-programmes", "/staff/programmes/"),
        ("staff-choose", "/staff/programmes/welder-4/"),
        ("staff-applications", "/staff/applications/"),
    ],
)
def test_asks_as_many_queries_for_many_as_for_few(
    hr: Visit, city: City, sitting: object, counted: Counted, name: str, url: str
) -> None:
    an_application(sitting, city, "worker", employer=city.works)  # type: ignore[arg-type]
    counted(name, hr, url)
    for party in more_people(city, 12):
        an_application(sitting, city, "works", party=party, employer=city.works)  # type: ignore[arg-type]
    more_people(city, 12)
    counted(name, hr, url)


def test_asks_few_queries_for_a_person(hr: Visit, city: City, counted: Counted) -> None:
    counted("staff-person", hr, f"/staff/{city.worker.pk}/")


# --- what the tests need ---------------------------------------------------------------------

_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def _number_of(party: Party) -> str:
    from craftpath.registry.identity import open_number
    from craftpath.registry.models import Identifier

    return open_number(Identifier.objects.get(party=party))


def _sheet_xml(content: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")
