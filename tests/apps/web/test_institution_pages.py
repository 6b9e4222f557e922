from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
import python_calamine as calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from craftpath.programmes.models import Application, Programme, Step
from craftpath.registry.models import Party, Record
from tests.apps.city import DONGGUAN, WELDER, City, _record, file_for
from tests.apps.programmes.line_up import line_up
from tests.apps.web.conftest import Visit, an_application, open_programme, visit_of
from tests.apps.web.counting import Counted

NEW = {
    "sort": "sitting",
    "name_zh": "焊工三级认定",
    "name_en": "Welder level 3 sitting",
    "region": DONGGUAN,
    "rule": "skill-level.senior",
    "focus": WELDER,
    "focus_text": WELDER,
    "opens": "2025-09-01",
    "last": "2025-09-30",
    "way": "first-come",
    "places": "40",
    "review": "institution-city",
    "days": "5",
    "notice_days": "0",
    "marked": "1",
    "pass_mark": "60",
    "full_mark": "120",
    "outcome": "certificate",
    "level": "skill:4",
    "documents": "身份证复印件 | Copy of the identity card\n?推荐信 | Letter",
}


@pytest.fixture
def school(city: City) -> Visit:
    return visit_of(city, "school")


@pytest.fixture
def course(city: City) -> Programme:
    """Shared out, marked, with places for two of its three applicants."""
    made = open_programme(
        slug="course", host=city.school, marked=True, pass_mark=60, stage="shared", rule=""
    )
    line_up(made, 2, place="placed")
    for rank, one in enumerate(made.applications.order_by("order"), 1):
        Application.objects.filter(pk=one.pk).update(rank=rank)
    an_application(made, city, "worker", state="approved", place="waiting", rank=3)
    return made


@pytest.fixture
def elsewhere(city: City) -> Programme:
    """What another institution hosts."""
    made = open_programme(slug="elsewhere", host=city.rival, marked=True, stage="shared", rule="")
    line_up(made, 1, place="placed")
    return made


# --- scope -----------------------------------------------------------------------------------


def test_hides_what_another_institution_hosts(school: Visit, elsewhere: Programme) -> None:
    assert "elsewhere" not in school.text("/hosted/")
    for page in ("", "edit/", "waiting/", "roll/", "roll/sheet/"):
        school.text(f"/hosted/programmes/elsewhere/{page}", status=404)
    (one,) = elsewhere.applications.all()
    school.text(f"/hosted/applications/{one.serial}/", status=404)
    school.text(f"/hosted/people/{one.party_id}/", status=404)


def test_changes_nothing_that_another_institution_hosts(
    school: Visit, elsewhere: Programme
) -> None:
    (one,) = elsewhere.applications.all()
    forms = {
        "edit/": NEW,
        "stage/": {"do": "finish"},
        "roll/": {f"mark-{one.serial}": "90"},
        "roll/upload/": {"file": SimpleUploadedFile("m.csv", b"serial,mark\n")},
    }
    for page, form in forms.items():
        assert school.post(f"/hosted/programmes/elsewhere/{page}", form).status_code == 404
    one.refresh_from_db()
    assert one.mark is None


def test_is_no_page_of_an_employers(city: City) -> None:
    visit_of(city, "hr").text("/hosted/", status=403)


def test_shows_learners_and_of_them_what_concerns_it(school: Visit, city: City) -> None:
    assert "苏敏" not in school.text("/hosted/people/")
    school.text(f"/hosted/people/{city.stranger.pk}/", status=404)
    _record(city.stranger, "study", dt.date(2025, 3, 1), other=city.school)
    assert "苏敏" in school.text("/hosted/people/?how=enrolled")
    page = school.text(f"/hosted/people/{city.stranger.pk}/")
    assert "在读" in page and "从业" not in page


# --- setting up ------------------------------------------------------------------------------


def test_sets_up_a_sitting_and_publishes_it(school: Visit, city: City) -> None:
    file_for(city.school)
    response = school.post("/hosted/new/", NEW)
    made = Programme.objects.get()
    assert response.headers["Location"] == f"/hosted/programmes/{made.slug}/"
    assert (made.host_id, made.stage, made.closes) == (
        city.school.pk,
        "draft",
        dt.date(2025, 10, 1),
    )
    assert (made.focus, made.places) == (WELDER, 40)
    assert (made.pass_mark, made.full_mark) == (Decimal(60), Decimal(120))
    assert [(one["zh"], one["required"]) for one in made.documents] == [
        ("身份证复印件", True),
        ("推荐信", False),
    ]
    assert [step.tier for step in made.steps.all()] == ["institution", "city"]
    assert made.outcome["kind"] == "certificate" and made.outcome["level"] == 4
    school.post(f"/hosted/programmes/{made.slug}/stage/", {"do": "publish"})
    made.refresh_from_db()
    assert made.stage == "published"


def test_shows_again_what_was_saved(school: Visit) -> None:
    school.post("/hosted/new/", NEW)
    made = Programme.objects.get()
    url = f"/hosted/programmes/{made.slug}/edit/"
    assert school.post(url, {**NEW, "places": "50"}).status_code == 302
    made.refresh_from_db()
    assert (made.places, made.slug) == (50, url.split("/")[3])
    page = school.text(url)
    assert 'value="50"' in page and "?推荐信 | Letter" in page
    assert '<option value="skill:4" selected>' in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("last", "2025-08-01", "最后一天"),
        ("places", "many", "整数"),
        ("documents", "身份证", "English name"),
        ("region", "441800", "所在地"),
        ("name_en", "", "中英文名称"),
        ("focus_text", "没有这种职业", "没有"),
        ("level", "title:2", "等级"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(
    school: Visit, field: str, value: str, told: str
) -> None:
    form = {**NEW, field: value} | ({"focus": ""} if field == "focus_text" else {})
    response = school.post("/hosted/new/", form)
    page = response.content.decode()
    assert response.status_code == 422 and told in page
    assert not Programme.objects.exists()
    assert "Welder level 3 sitting" in page or field == "name_en"


# --- roll and marks --------------------------------------------------------------------------


def test_keeps_good_marks_and_shows_bad_ones_as_typed(school: Visit, course: Programme) -> None:
    first, second = course.applications.filter(place="placed")
    form = {f"mark-{first.serial}": "86.5", f"mark-{second.serial}": "860"}
    response = school.post("/hosted/programmes/course/roll/", form)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="860"' in page and "应在 0 到 100 之间" in page
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.mark, first.attended, second.mark) == (Decimal("86.5"), True, None)


def test_marks_somebody_absent(school: Visit, course: Programme) -> None:
    first, second = course.applications.filter(place="placed")
    form = {f"attended-{first.serial}": "absent", f"mark-{second.serial}": "60"}
    assert school.post("/hosted/programmes/course/roll/", form).status_code == 302
    first.refresh_from_db()
    assert (first.attended, first.mark) == (False, None)


def test_brings_marks_in_and_sets_bad_rows_aside(
    school: Visit, course: Programme, elsewhere: Programme
) -> None:
    first, second = course.applications.filter(place="placed")
    (other,) = elsewhere.applications.all()
    rows = [
        ("申请编号", "姓名", "成绩", "出勤"),
        (first.serial, "甲", 77.5, ""),
        (second.serial, "乙", "九十", ""),
        (other.serial, "丙", 90, ""),
        ("=1+1", "丁", 90, "或许"),
    ]
    upload = SimpleUploadedFile("成绩.xlsx", _workbook(rows))
    response = school.post("/hosted/programmes/course/roll/upload/", {"file": upload})
    page = response.content.decode()
    assert response.status_code == 422
    assert "1 行已保存" in page and "3 行没有采用" in page
    assert "不是数字" in page and "没有这份申请" in page and "看不懂" in page
    for one in (first, second, other):
        one.refresh_from_db()
    assert (first.mark, second.mark, other.mark) == (Decimal("77.5"), None, None)


def test_says_which_rows_of_marks_were_hidden(school: Visit, course: Programme) -> None:
    first, second = course.applications.filter(place="placed")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("三班")
    for at, row in enumerate([("申请编号", "成绩"), (first.serial, 77), (second.serial, 81)]):
        sheet.write_row(at, 0, row)
    sheet.set_row(2, None, None, {"hidden": True})
    book.close()

    upload = SimpleUploadedFile("成绩.xlsx", out.getvalue())
    page = school.post("/hosted/programmes/course/roll/upload/", {"file": upload}).content.decode()

    assert "2 行已保存" in page and "工作表“三班”第 3 行在表里是隐藏的" in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.xlsm", b"PK\x03\x04"),
        ("m.xlsx", b"PK\x03\x04 broken"),
        ("m.csv", b"<html><table>"),
        ("m.csv", "姓名,分数\n甲,1\n".encode()),
        ("m.exe", b"MZ"),
    ],
)
def test_takes_no_file_that_is_none(
    school: Visit, course: Programme, name: str, content: bytes
) -> None:
    upload = SimpleUploadedFile(name, content)
    response = school.post("/hosted/programmes/course/roll/upload/", {"file": upload})
    assert response.status_code == 422
    assert not Application.objects.filter(mark__isnull=False).exists()


def test_reads_back_the_sheet_that_it_gave(school: Visit, course: Programme) -> None:
    first, _ = course.applications.filter(place="placed")
    type(first.party).objects.filter(pk=first.party_id).update(name="=cmd()")
    Application.objects.filter(place="placed").update(mark=Decimal("61.5"), attended=True)
    response = school.get("/hosted/programmes/course/roll/sheet/")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python()[1][1] == "=cmd()"  # text, as it was
    upload = SimpleUploadedFile("m.xlsx", content)
    again = school.post("/hosted/programmes/course/roll/upload/", {"file": upload})
    assert again.status_code == 200 and "2 行已保存" in again.content.decode()


def test_finishes_and_writes_the_records(school: Visit, course: Programme, city: City) -> None:
    file_for(city.school)
    Programme.objects.filter(pk=course.pk).update(
        outcome={
            "kind": "certificate",
            "subject": "focus",
            "level": 4,
            "quantity": None,
            "months": None,
        }
    )
    first, second = course.applications.filter(place="placed")
    form = {f"mark-{first.serial}": "86.5", f"mark-{second.serial}": "59"}
    school.post("/hosted/programmes/course/roll/", form)
    response = school.post("/hosted/programmes/course/stage/", {"do": "finish"})
    assert response.status_code == 302
    made = Record.objects.filter(kind="certificate", level=4, origin="programme")
    assert [record.party_id for record in made] == [first.party_id]


def test_says_what_is_missing_where_it_cannot_finish(school: Visit, course: Programme) -> None:
    response = school.post("/hosted/programmes/course/stage/", {"do": "finish"})
    assert response.status_code == 409
    assert "缺少成绩或出勤" in response.content.decode()


# --- reviews and places ----------------------------------------------------------------------


@pytest.fixture
def intake(city: City) -> Programme:
    made = open_programme(slug="intake", host=city.school, rule="", places=1)
    Step.objects.filter(programme=made).update(tier="institution")
    an_application(made, city, "worker")
    an_application(made, city, "colleague")
    return made


def test_passes_several_at_once_and_says_which_had_changed(
    school: Visit, intake: Programme
) -> None:
    first, second = intake.applications.order_by("order")
    form = {"chosen": [f"{first.serial}:{first.version}", f"{second.serial}:9"]}
    page = school.post("/hosted/reviews/", form).content.decode()
    assert "1 份没有办成" in page
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("approved", "submitted")


def test_returns_with_a_reason_only(school: Visit, intake: Programme) -> None:
    first = intake.applications.order_by("order")[0]
    url = f"/hosted/applications/{first.serial}/"
    form = {"version": first.version, "verdict": "return"}
    assert school.post(url, form).status_code == 422
    assert school.post(url, {**form, "note": "缺照片"}).status_code == 302
    first.refresh_from_db()
    assert first.state == "returned"


def test_shares_out_once_the_window_is_over(school: Visit, intake: Programme) -> None:
    url = "/hosted/programmes/intake/stage/"
    assert school.post(url, {"do": "share"}).status_code == 409
    Programme.objects.filter(pk=intake.pk).update(closes=dt.date(2025, 8, 27))
    intake.applications.update(state="approved")
    assert school.post(url, {"do": "share"}).status_code == 302
    places = dict(intake.applications.order_by("order").values_list("order", "place"))
    assert places == {1: "placed", 2: "waiting"}
    assert "陈志远" in school.text("/hosted/programmes/intake/waiting/")


def test_shows_a_learner_with_what_was_under_another_number(
    school: Visit, city: City, course: Programme
) -> None:
    """First seen: whoever applied under the number of the absorbed was nobody of theirs."""
    kept = Party.objects.create(nature="person", name="林小晓", region=city.worker.region)
    _record(city.worker, "study", dt.date(2025, 1, 1), other=city.school)
    Party.objects.filter(pk=city.worker.pk).update(merged_into=kept)
    (serial,) = course.applications.filter(party=city.worker).values_list("serial", flat=True)

    for how in ("enrolled", "applied"):
        assert "林小晓" in school.text(f"/hosted/people/?how={how}")
    assert "2025年1月1日" in school.text("/hosted/people/")
    assert serial in school.text(f"/hosted/people/{kept.pk}/")


# --- queries ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("hosted", "/hosted/"),
        ("hosted-programme", "/hosted/programmes/course/"),
        ("hosted-roll", "/hosted/programmes/course/roll/"),
        ("hosted-waiting", "/hosted/programmes/course/waiting/"),
        ("hosted-reviews", "/hosted/reviews/"),
        ("hosted-people", "/hosted/people/"),
    ],
)
def test_asks_as_many_queries_for_many_as_for_few(
    school: Visit,
    city: City,
    course: Programme,
    intake: Programme,
    counted: Counted,
    name: str,
    url: str,
) -> None:
    counted(name, school, url)
    more = open_programme(slug="more", host=city.school, rule="", marked=True, stage="shared")
    for programme, fields in (
        (course, {"place": "placed"}),
        (course, {"place": "waiting"}),
        (intake, {"state": "submitted", "step": 1}),
        (more, {}),
    ):
        _more(programme, 12, fields)
    counted(name, school, url)


def _more(programme: Programme, count: int, fields: Mapping[str, Any]) -> None:
    before = programme.applications.count()
    aside = open_programme(slug=f"aside-{programme.pk}-{before}")
    for at, one in enumerate(line_up(aside, count, **fields), before + 1):
        Application.objects.filter(pk=one.pk).update(programme=programme, order=at)


def _workbook(rows: Sequence[tuple[object, ...]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return out.getvalue()
