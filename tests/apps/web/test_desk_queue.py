"""The official's queue: who sees what, what is selected, and what is decided of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from craftpath.programmes.actions.reviews import review
from craftpath.programmes.models import Application
from tests.apps.city import CHANGAN, DONGGUAN, City
from tests.apps.web.desk_cast import applied, crowd, logged_in, programme


@pytest.fixture
def waiting(city: City) -> list[Application]:
    programme(city)
    return crowd(city, "class", ["王芳", "李娜", "欧阳小明"])


def chosen(applications: list[Application]) -> list[str]:
    return [f"{one.serial}@{one.version}" for one in applications]


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_shows_the_town_what_the_town_decides(city: City, waiting: list[Application]) -> None:
    assert "王芳" in page_of(logged_in(city, "town"), "/desk/")
    assert "王芳" not in page_of(logged_in(city, "city"), "/desk/")


def test_shows_the_city_what_the_town_has_passed(city: City, waiting: list[Application]) -> None:
    review(city.actor("town"), waiting[0].serial, seen_version=waiting[0].version, verdict="pass")
    text = page_of(logged_in(city, "city"), "/desk/")
    assert "王芳" in text
    assert "李娜" not in text


def test_is_closed_to_workers_and_employers(city: City) -> None:
    assert logged_in(city, "worker").get("/desk/").status_code == 403
    assert logged_in(city, "hr").get("/desk/").status_code == 403
    assert Client().get("/desk/").status_code == 302


def test_hides_an_application_from_another_citys_official(
    city: City, waiting: list[Application]
) -> None:
    address = f"/desk/applications/{waiting[0].serial}/"
    assert logged_in(city, "town").get(address).status_code == 200
    assert logged_in(city, "other-city").get(address).status_code == 404


def test_decides_nothing_for_another_citys_official(city: City, waiting: list[Application]) -> None:
    logged_in(city, "other-city").post(
        "/desk/decide/", {"chosen": chosen(waiting), "verdict": "refuse", "note": "不符"}
    )
    states = set(Application.objects.values_list("state", flat=True))
    assert states == {"submitted"}


@pytest.mark.parametrize("text", ["王芳", "芳", "小明", "000003"])
def test_finds_by_part_of_a_name_or_of_a_serial(
    city: City, waiting: list[Application], text: str
) -> None:
    found = page_of(logged_in(city, "town"), f"/desk/?q={text}")
    hits = [one for one in waiting if text in one.party.name or text in one.serial]
    assert len(hits) == 1
    for one in waiting:
        assert (f">{one.party.name}</a>" in found) == (one in hits)


def test_narrows_by_region(city: City) -> None:
    programme(city)
    crowd(city, "class", ["何平"], region=DONGGUAN)
    text = page_of(logged_in(city, "city"), f"/desk/?region={CHANGAN}")
    assert "没有符合的申请" in text
    assert "何平" in page_of(logged_in(city, "city"), f"/desk/?region={DONGGUAN}")


def test_narrows_by_deadline_and_by_having_been_returned(
    city: City, waiting: list[Application]
) -> None:
    Application.objects.filter(pk=waiting[0].pk).update(due="2025-08-20")
    client = logged_in(city, "town")
    text = page_of(client, "/desk/?due=overdue")
    assert "王芳" in text
    assert "李娜" not in text
    assert "没有符合的申请" in page_of(client, "/desk/?returned=1")


def test_puts_what_is_due_first_at_the_top(city: City, waiting: list[Application]) -> None:
    Application.objects.filter(pk=waiting[2].pk).update(due="2025-08-20")
    Application.objects.filter(pk=waiting[0].pk).update(due=None)
    names = re.findall(
        r'applications/[^"]+/">([^<]+)</a>', page_of(logged_in(city, "town"), "/desk/")
    )
    assert names == ["欧阳小明", "李娜", "王芳"]


def test_shows_before_it_decides_exactly_what_was_selected(
    city: City, waiting: list[Application]
) -> None:
    response = logged_in(city, "town").post(
        "/desk/confirm/", {"chosen": chosen(waiting[:2]), "verdict": "pass"}
    )
    text = response.content.decode()
    assert re.findall(r'name="chosen" value="([^"]+)"', text) == chosen(waiting[:2])
    assert "王芳" in text
    assert "欧阳小明" not in text
    assert "转入市级审核" in text
    assert set(Application.objects.values_list("step", flat=True)) == {1}


def test_decides_exactly_what_was_selected(city: City, waiting: list[Application]) -> None:
    response = logged_in(city, "town").post(
        "/desk/decide/", {"chosen": chosen(waiting[:2]), "verdict": "pass"}
    )
    assert response.status_code == 200
    assert [Application.objects.get(pk=one.pk).step for one in waiting] == [2, 2, 1]


def test_asks_for_a_reason_before_it_refuses_many(city: City, waiting: list[Application]) -> None:
    client = logged_in(city, "town")
    sent = {"chosen": chosen(waiting), "verdict": "refuse", "note": " "}
    for address in ("/desk/confirm/", "/desk/decide/"):
        response = client.post(address, sent)
        assert response.status_code == 422
        assert 'id="note-problem"' in response.content.decode()
    assert not Application.objects.filter(state="refused").exists()


def test_asks_to_select_something(city: City, waiting: list[Application]) -> None:
    response = logged_in(city, "town").post("/desk/confirm/", {"verdict": "pass"})
    assert response.status_code == 422
    assert "没有选中任何申请" in response.content.decode()


def test_tells_one_by_one_what_was_not_decided(city: City, waiting: list[Application]) -> None:
    """Somebody was faster with one; the others are decided."""
    stale = chosen(waiting)
    review(city.actor("town"), waiting[1].serial, seen_version=waiting[1].version, verdict="pass")
    text = (
        logged_in(city, "town")
        .post("/desk/decide/", {"chosen": stale, "verdict": "pass"})
        .content.decode()
    )
    left = text[text.index('id="left"') : text.index('id="done"')]
    assert waiting[1].serial in left
    assert waiting[0].serial not in left
    assert [Application.objects.get(pk=one.pk).step for one in waiting] == [2, 2, 2]


def test_leaves_out_on_the_confirm_page_what_changed_meanwhile(
    city: City, waiting: list[Application]
) -> None:
    sent = [f"{waiting[0].serial}@1", *chosen(waiting[1:])]
    text = (
        logged_in(city, "town")
        .post("/desk/confirm/", {"chosen": sent, "verdict": "pass"})
        .content.decode()
    )
    assert re.findall(r'name="chosen" value="([^"]+)"', text) == chosen(waiting[1:])
    assert "您选中之后它又有变动" in text


@pytest.mark.parametrize("junk", ["", "@", "x@y", "X-1@99999999999999999999", "a" * 5000])
def test_takes_no_harm_from_a_selection_that_is_none(
    city: City, waiting: list[Application], junk: str
) -> None:
    response = logged_in(city, "town").post("/desk/confirm/", {"chosen": junk, "verdict": "pass"})
    assert response.status_code == 422


def test_counts_what_waits_in_each_programme(city: City, waiting: list[Application]) -> None:
    programme(city, "second", name_zh="数字素养夜校")
    crowd(city, "second", ["赵强"])
    text = page_of(logged_in(city, "town"), "/desk/")
    assert re.search(r"数字素养夜校</a><span><span class=\"chip\">1<", text)
    assert re.search(r"焊工高级研修班</a><span><span class=\"chip\">3<", text)


def test_lets_a_worker_who_applied_be_seen_with_the_check(city: City) -> None:
    programme(city)
    made = applied(city, "class", "worker")
    text = page_of(logged_in(city, "town"), f"/desk/applications/{made.serial}/")
    assert "本项目不设申请条件" in text
