from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from craftpath.access.models import User
from craftpath.assessment.actions.seating import seat
from craftpath.assessment.models import (
    Appeal,
    Examiner,
    Mark,
    MarkEntry,
    Room,
    Seat,
    Session,
    Sitting,
)
from craftpath.assessment.standing import sheets_of
from craftpath.programmes.models import Application
from craftpath.registry.models import Record
from tests.apps.assessment.hall import (
    Hall,
    _clerk,
    build_hall,
    planned,
    sitting_programme,
    with_places,
)
from tests.apps.city import CHANGAN, DAY, City
from tests.apps.web.conftest import Visit, visit_of
from tests.apps.web.counting import Counted
from tests.apps.web.sitting_cast import HOURS, lined_up, marking, published

SITTING = "/hosted/programmes/{}/sitting/"


@pytest.fixture
def hall(city: City) -> Hall:
    return build_hall(city)


@pytest.fixture
def school(hall: Hall) -> Visit:
    return visit_of(hall.city, "school")


def clerk(name: str) -> Visit:
    visit = Visit()
    user = User.objects.get(username=name)
    visit.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return visit


def page_of(slug: str, rest: str = "") -> str:
    return SITTING.format(slug) + rest


def done(visit: Visit, url: str, said: dict[str, Any]) -> None:
    """The form is taken, and leads on."""
    response = visit.post(url, said)
    assert response.status_code == 302, response.content.decode()


# --- the way through -------------------------------------------------------------------------


def test_leads_from_the_plan_to_the_archive(hall: Hall, school: Visit, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    slug, home = "welders-3", page_of("welders-3")
    sitting_programme(hall, slug)
    done(school, "/hosted/rooms/", ROOM)
    assert home in school.text(f"/hosted/programmes/{slug}/")

    done(school, home, {"level": 4, "carries": 24, "appeal_days": 5})
    assert "理论知识考试还没有场次" in school.text(home)
    place = Room.objects.get()
    for part, starts in (("theory", "09:00"), ("skill", "14:00")):
        session = {"part": part, "room": place.pk, "day": str(DAY), "starts": starts}
        done(school, home + "sessions/", {**session, "minutes": "120"})
    people = with_places(slug, 2)
    assert "监考员 2 人以上，现有 0 人" in school.text(home)

    theory, skill = Session.objects.order_by("starts")
    for session, role, count in ((theory, "invigilator", 2), (skill, "assessor", 3)):
        for one in hall.examiners[:count]:
            put = {"do": "put", "person": one.pk, "role": role}
            done(school, f"/hosted/sessions/{session.pk}/", put)
    assert "可以编排考场" in school.text(home)
    done(school, home + "seats/", {"do": "seat"})
    assert f"/hosted/sessions/{theory.pk}/roll/" in school.text(home)

    gone = Seat.objects.get(session=theory, application=people[1])
    done(school, f"/hosted/sessions/{theory.pk}/roll/", {"numbers": str(gone.number)})
    done(school, f"/hosted/sessions/{skill.pk}/roll/", {})
    for visit, hand in ((school, "first"), (clerk("clerk-2"), "second")):
        typed = {f"mark-{seat.pk}": "80" for seat in Seat.objects.filter(attended=True)}
        done(visit, home + "marks/", {"hand": hand, **typed})
    assert "成绩已定，可以公布" in school.text(home)

    assert school.post(home + "publish/", {}).status_code == 422
    done(school, home + "publish/", {"sure": "yes"})
    assert "可申请复核到" in school.text(home)
    settings.CRAFTPATH_TODAY = DAY + dt.timedelta(days=6)
    done(school, home + "archive/", {})

    kept = school.get(home + "archive/?file=1")
    digest = hashlib.sha256(b"".join(kept.streaming_content)).hexdigest()
    assert digest == Sitting.objects.get().archive
    assert "已归档" in school.text(home)
    assert [(one.mark, one.attended) for one in Application.objects.order_by("rank")] == [
        (80, True),
        (None, False),
    ]


ROOM = {"name": "一号楼 101", "address": "松山湖路1号", "region": CHANGAN, "seats": "30"}


# --- filings and rooms -----------------------------------------------------------------------


def test_says_what_the_body_is_filed_for_and_who_enters_it(hall: Hall, school: Visit) -> None:
    page = school.text("/hosted/filings/")
    assert "焊工" in page and "三级/高级工" in page and "有效" in page
    assert "申请备案" in page


def test_says_beside_the_field_what_a_room_lacks(hall: Hall, school: Visit) -> None:
    response = school.post("/hosted/rooms/", {**ROOM, "seats": "0"})
    assert response.status_code == 422
    assert 'id="seats-problem"' in response.content.decode()
    assert not Room.objects.exists()


def test_keeps_a_room_open_in_which_something_is_planned(hall: Hall, school: Visit) -> None:
    lined_up(hall, "welders-seated")
    room = Room.objects.get()
    response = school.post(f"/hosted/rooms/{room.pk}/", {"do": "close"})
    assert response.status_code == 409
    assert "还有考试安排在这个考场" in response.content.decode()
    done(school, f"/hosted/rooms/{room.pk}/", {"do": "change", **ROOM, "name": "改名"})
    assert Room.objects.get().name == "改名"


# --- sessions and who looks on ---------------------------------------------------------------


def test_plans_the_same_hour_in_several_rooms_until_one_is_taken(hall: Hall, school: Visit) -> None:
    lined_up(hall, "welders-seated")
    planned(hall, "welders-marking")
    done(school, "/hosted/rooms/", ROOM)
    taken, free = Room.objects.order_by("pk")
    url = page_of("welders-marking", "sessions/")
    said = {"part": "theory", "day": str(DAY), "starts": "14:00", "minutes": "90"}

    response = school.post(url, {**said, "room": [free.pk, taken.pk]})

    assert response.status_code == 409
    page = response.content.decode()
    assert "已安排 1 场" in page and f"{taken.name}：考场这段时间已安排" in page
    assert [one.room for one in Session.objects.filter(sitting__programme__slug="welders-marking")]


def test_says_how_many_look_on_and_how_many_are_needed(hall: Hall, school: Visit) -> None:
    lined_up(hall, "welders-planned", assessors=2)
    skill = Session.objects.get(part="skill")
    assert "考评员需 3（单数），现有 2" in school.text(page_of("welders-planned", "sessions/"))
    page = school.text(f"/hosted/sessions/{skill.pk}/?q=考评三")
    assert "考评三" in page and "考评四" not in page
    response = school.post(
        f"/hosted/sessions/{skill.pk}/",
        {"do": "put", "person": hall.city.worker.pk, "role": "assessor"},
    )
    assert response.status_code == 422
    assert "不是本机构的人员" in response.content.decode()
    done(school, f"/hosted/sessions/{skill.pk}/", {"do": "take", "person": hall.examiners[0].pk})
    assert Examiner.objects.filter(session=skill).count() == 1


# --- seats and what is printed ---------------------------------------------------------------


def test_lists_every_reason_why_nobody_can_be_seated(hall: Hall, school: Visit) -> None:
    lined_up(hall, "welders-planned", count=31, assessors=2)
    response = school.post(page_of("welders-planned", "seats/"), {"do": "seat"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "共 30 个座位，还差 1 个" in page and "需考评员" in page
    assert not Seat.objects.exists()


def test_prints_doors_without_whole_names_and_tickets_with_every_part(
    hall: Hall, school: Visit
) -> None:
    people = lined_up(hall, "welders-seated", count=5)
    seat(hall.clerk, "welders-seated")
    doors = school.text(page_of("welders-seated", "doors/"))
    assert people[0].party.name not in doors and people[0].ticket.number in doors
    assert doors.count('class="sheet"') == 2
    signs = school.text(page_of("welders-seated", "sign-in/"))
    assert people[0].party.name in signs and "考评一" in signs
    tickets = school.text(page_of("welders-seated", "tickets/?up=4"))
    assert tickets.count('class="sheet four"') == 2
    assert tickets.count("14:00–15:30") == tickets.count("16:00–17:30") == 5
    one = Session.objects.get(part="skill")
    one_door = school.text(page_of("welders-seated", f"doors/?session={one.pk}"))
    assert one_door.count('class="sheet"') == 1


def test_finds_where_a_candidate_sits(hall: Hall, school: Visit) -> None:
    people = lined_up(hall, "welders-seated", also=[hall.city.worker])
    seat(hall.clerk, "welders-seated")
    page = school.text(page_of("welders-seated", f"seats/?q={people[-1].ticket.number}"))
    assert "林晓" in page and people[0].party.name not in page


# --- the roll --------------------------------------------------------------------------------


def test_takes_the_roll_by_ticks_and_numbers_and_names_an_unknown_seat(
    hall: Hall, school: Visit
) -> None:
    lined_up(hall, "welders-seated")
    seat(hall.clerk, "welders-seated")
    url = f"/hosted/sessions/{Session.objects.get(part='theory').pk}/roll/"
    for wrong, told in (("9", "没有这些座号：9"), ("九", "“九”不是座号")):
        response = school.post(url, {"absent": ["1"], "numbers": wrong})
        assert response.status_code == 422
        page = response.content.decode()
        assert told in page and 'value="1" checked' in page
    done(school, url, {"absent": ["1"], "numbers": "3，4"})
    absent = Seat.objects.filter(attended=False).values_list("number", flat=True)
    assert sorted(absent) == [1, 3, 4]


# --- marks -----------------------------------------------------------------------------------


def test_shows_neither_hand_what_the_other_typed(hall: Hall, school: Visit) -> None:
    marking(hall)
    url = page_of("welders-marking", "marks/")
    assert 'value="72"' in school.text(url + "?hand=first")
    second = school.text(url + "?hand=second")
    assert 'value="77"' in second and 'value="72"' not in second and 'value="80"' not in second

    compare = page_of("welders-marking", "marks/compare/")
    own, third = school.text(compare), clerk("clerk-3").text(compare)
    assert "不一致" in own and "77" not in own.split("<main")[1].split("再看试卷后重录")[1]
    assert "<strong>70</strong>" in third and "<strong>77</strong>" in third


def test_settles_where_the_hands_differ_with_a_reason(hall: Hall, school: Visit) -> None:
    made = marking(hall)
    url = page_of("welders-marking", "marks/compare/")
    said = {"at": f"{made[0].serial}:theory", "mark": "77", "why": ""}
    third = clerk("clerk-3")
    assert third.post(url, said).status_code == 422
    assert school.post(url, {**said, "why": "卷面 77"}).status_code == 409
    done(third, url, {**said, "why": "卷面 77"})
    assert "没有不一致的成绩" in third.text(url)
    assert Mark.objects.get(application=made[0], part="theory").why == "卷面 77"


def test_keeps_good_rows_and_leaves_the_wrong_one_as_typed(hall: Hall, school: Visit) -> None:
    made = marking(hall)
    seats = {one.application_id: one.pk for one in Seat.objects.filter(part="theory")}
    url = page_of("welders-marking", "marks/?hand=first")
    typed = {f"mark-{seats[made[1].pk]}": "", f"mark-{seats[made[2].pk]}": "75"}
    response = school.post(url, {"hand": "first", **typed, f"mark-{seats[made[3].pk]}": "101"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="101"' in page and "录入过的不能清空" in page and "2 行没有保存" in page
    last = MarkEntry.objects.filter(application=made[2], hand="first", part="theory").last()
    assert last is not None and last.value == 75


def test_brings_a_sheet_in_and_has_somebody_else_confirm_it(hall: Hall, school: Visit) -> None:
    made = marking(hall)
    url = page_of("welders-marking", "marks/")
    rows = (
        f"准考证号,理论,技能\n{made[3].ticket.number},66,\n没有此人,70,\n{made[2].serial},七十,\n"
    )
    file = SimpleUploadedFile("成绩.csv", rows.encode("gb18030"))
    response = clerk("clerk-3").post(url + "upload/", {"hand": "second", "file": file})
    page = response.content.decode()
    assert "1 格已保存" in page and '<th scope="row">B3</th>' in page and "B4" in page
    assert "按 GB18030 编码读取。" in page  # as everything else that is odd about a sheet

    sheet = next(one for one in sheets_of(Sitting.objects.get()) if one.by == hall.third.user)
    confirm = f"{url}sheets/{sheet.sha256}/"
    assert "由您导入" in clerk("clerk-3").text(confirm)
    assert clerk("clerk-3").post(confirm).status_code == 409
    assert "<strong>66</strong>" in school.text(confirm)
    done(school, confirm, {})
    assert Mark.objects.get(application=made[3], part="theory").value == 66


def test_downloads_the_candidates_to_fill_in(hall: Hall, school: Visit) -> None:
    marking(hall)
    response = school.get(page_of("welders-marking", "marks/sheet/"))
    assert b"".join(response.streaming_content).startswith(b"PK")


def test_says_before_publication_how_many_pass_and_what_is_open(hall: Hall, school: Visit) -> None:
    marking(hall)
    page = school.text(page_of("welders-marking", "publish/"))
    assert "成绩未定" in page and 'name="sure"' not in page
    response = school.post(page_of("welders-marking", "publish/"), {"sure": "yes"})
    assert response.status_code == 409
    assert "理论知识考试：3 人成绩未定" in response.content.decode()


# --- appeals ---------------------------------------------------------------------------------


def test_answers_an_appeal_where_it_stands(hall: Hall) -> None:
    made = published(hall)
    url = page_of("welders-published", "appeals/")
    appeal = Appeal.objects.get(upheld=None)
    said = {"appeal": appeal.pk, "answer": "漏计一道焊缝。", "mark": "65"}
    third = clerk("clerk-3")
    assert "请选择是否成立" in third.post(url, said).content.decode()
    refused = clerk("clerk-2").post(url, {**said, "upheld": "yes"})
    assert refused.status_code == 409
    assert "漏计一道焊缝。" in refused.content.decode()
    done(third, url, {**said, "upheld": "yes"})
    assert Record.objects.filter(party=made[-2].party, kind="certificate").exists()
    assert "待答复 0" in third.text(url)


# --- the worker ------------------------------------------------------------------------------


def test_shows_a_worker_seats_and_ticket_and_no_mark_before_publication(
    hall: Hall, worker: Visit
) -> None:
    *_, mine = lined_up(hall, "welders-marking", also=[hall.city.worker])
    url = f"/me/applications/{mine.serial}/"
    assert "考场还没有编排" in worker.text(url)
    worker.text(url + "ticket/", status=404)
    seat(hall.clerk, "welders-marking")
    assert "08:00–09:30" in worker.text(url)
    ticket = worker.text(url + "ticket/")
    assert mine.ticket.number in ticket and "松山湖路1号" in ticket and "10:00–11:30" in ticket
    assert mine.serial in worker.text("/me/sittings/")
    visit_of(hall.city, "colleague").text(url + "ticket/", status=404)


def test_shows_a_worker_her_marks_and_how_to_resit_and_takes_an_appeal(
    hall: Hall, worker: Visit
) -> None:
    *_, mine = published(hall)
    url = f"/me/applications/{mine.serial}/"
    page = worker.text(url)
    assert "80 · 合格" in page and "59 · 不合格" in page and "就只考没合格的部分" in page
    assert "第 12 题选的是 C" in page

    assert worker.post(url + "appeal/", {"part": "skill", "text": " "}).status_code == 422
    done(worker, url + "appeal/", {"part": "skill", "text": "焊缝漏计"})
    page = worker.text(url)
    assert "焊缝漏计" in page and "待答复" in page
    assert worker.post(url + "appeal/", {"part": "skill", "text": "再来"}).status_code == 409


# --- officials, and nobody else --------------------------------------------------------------


def test_shows_officials_the_sittings_of_their_region_and_what_is_not_filed(hall: Hall) -> None:
    lined_up(hall, "welders-planned")
    official, elsewhere = visit_of(hall.city, "city"), visit_of(hall.city, "other-city")
    assert "welders-planned" in official.text("/desk/sittings/?stage=planned")
    assert "都在备案之内" in official.text("/desk/sittings/welders-planned/")
    Record.objects.filter(kind="assessment-filing").update(end=DAY)
    assert "没有2025年8月27日有效的" in official.text("/desk/sittings/welders-planned/")
    assert "welders-planned" not in elsewhere.text("/desk/sittings/")
    elsewhere.text("/desk/sittings/welders-planned/", status=404)


def test_is_closed_to_another_body(hall: Hall) -> None:
    marking(hall)
    _clerk("other", hall.city.rival)
    other, slug = clerk("other"), "welders-marking"
    sheet = sheets_of(Sitting.objects.get())[0].sha256
    for rest in (
        *("", "sessions/", "seats/", "doors/", "sign-in/", "tickets/", "marks/", "marks/sheet/"),
        *(f"marks/sheets/{sheet}/", "marks/compare/", "publish/", "appeals/", "archive/"),
    ):
        other.text(page_of(slug, rest), status=404)
        if rest not in ("doors/", "sign-in/", "tickets/", "marks/sheet/"):
            assert other.post(page_of(slug, rest), {"sure": "yes"}).status_code == 404, rest
    session = Session.objects.all()[0]
    for url in (f"/hosted/sessions/{session.pk}/", f"/hosted/rooms/{session.room_id}/"):
        other.text(url, status=404)
        assert other.post(url, {"do": "close"}).status_code == 404
    assert "没有备案" not in other.text("/hosted/rooms/")


def test_takes_no_more_queries_than_before(
    hall: Hall, school: Visit, worker: Visit, counted: Counted
) -> None:
    marking(hall)
    *_, mine = published(hall)
    counted("hosted-sitting", school, page_of("welders-marking"))
    counted("hosted-part-marks", school, page_of("welders-marking", "marks/"))
    counted("hosted-compare", school, page_of("welders-marking", "marks/compare/"))
    counted("hosted-appeals", school, page_of("welders-published", "appeals/"))
    counted("my-sittings", worker, "/me/sittings/")
    counted("my-sitting", worker, f"/me/applications/{mine.serial}/")
    counted("desk-sitting", visit_of(hall.city, "city"), "/desk/sittings/welders-marking/")


@pytest.mark.parametrize("slug", HOURS)
def test_has_words_in_english_for_each(hall: Hall, school: Visit, slug: str) -> None:
    if slug == "welders-marking":
        marking(hall)
    elif slug == "welders-published":
        published(hall)
    else:
        lined_up(hall, slug, assessors=2 if slug == "welders-planned" else 3)
    assert "Next: " in school.in_english().text(page_of(slug))
