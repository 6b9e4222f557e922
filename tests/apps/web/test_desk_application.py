"""One application at the desk: reasons, decision, override, documents."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from craftpath.audit.models import Entry
from craftpath.programmes.actions.applications import start
from craftpath.programmes.actions.reviews import ask_override, review
from craftpath.programmes.models import Application, Override
from tests.apps.city import WELDER, City
from tests.apps.web.desk_cast import applied, crowd, logged_in, programme


@pytest.fixture
def one(city: City) -> Application:
    programme(city)
    return applied(city, "class", "worker")


def decide(city: City, who: str, one: Application, **said: object) -> object:
    sent = {"seen_version": one.version, "verdict": "pass", **said}
    return logged_in(city, who).post(f"/desk/applications/{one.serial}/decide/", sent)


def test_passes_it_on(city: City, one: Application) -> None:
    assert decide(city, "town", one).status_code == 302
    one.refresh_from_db()
    assert one.step == 2


def test_offers_no_decision_to_whom_the_step_is_not(city: City, one: Application) -> None:
    client = logged_in(city, "city")
    text = client.get(f"/desk/applications/{one.serial}/").content.decode()
    assert 'name="seen_version"' not in text
    assert "现在的环节不由您办理" in text


def test_says_so_where_somebody_was_faster(city: City, one: Application) -> None:
    review(city.actor("town"), one.serial, seen_version=one.version, verdict="pass")
    response = decide(city, "town", one)
    assert response.status_code in (403, 409)
    assert 'role="alert"' in response.content.decode()
    one.refresh_from_db()
    assert one.step == 2


def test_says_so_where_it_was_changed_meanwhile(city: City, one: Application) -> None:
    response = decide(city, "town", one, seen_version=one.version - 1)
    assert response.status_code == 409
    assert "您查看之后申请又有变动" in response.content.decode()


def test_asks_for_the_reason_at_its_field_and_keeps_the_choice(
    city: City, one: Application
) -> None:
    response = decide(city, "town", one, verdict="refuse")
    text = response.content.decode()
    assert response.status_code == 422
    assert 'id="note-problem"' in text
    assert 'value="refuse" checked' in text


def test_tells_what_was_done_and_why(city: City, one: Application) -> None:
    decide(city, "town", one, verdict="return", note="缺推荐书")
    client = logged_in(city, "town")
    text = client.get(f"/desk/applications/{one.serial}/").content.decode()
    assert "退回补正" in text
    assert text.count("缺推荐书") >= 2


def test_shows_each_condition_with_how_far_it_has_come(city: City) -> None:
    programme(city, rule="skill-level.technician", focus_list="occupation", sort="sitting")
    begun = start(city.actor("worker"), "class", focus=WELDER)
    Application.objects.filter(pk=begun.pk).update(state="submitted", step=1)
    client = logged_in(city, "town")
    text = client.get(f"/desk/applications/{begun.serial}/").content.decode()
    assert '<ul class="conditions">' in text
    assert 'class="no"' in text
    assert "累计满5年" in text


def test_lets_a_second_official_agree_and_not_the_first(city: City) -> None:
    programme(city, rule="skill-level.technician", focus_list="occupation", sort="sitting")
    begun = start(city.actor("worker"), "class", focus=WELDER)
    Application.objects.filter(pk=begun.pk).update(state="submitted", step=1)
    town = logged_in(city, "town")
    town.post(f"/desk/applications/{begun.serial}/override/", {"reason": "档案遗失，有旁证"})
    override = Override.objects.get()
    address = f"/desk/applications/{begun.serial}/override/{override.pk}/"
    assert town.post(address, {"agree": "yes"}).status_code in (403, 409)
    assert "例外申请" in logged_in(city, "city").get("/desk/").content.decode()
    assert logged_in(city, "city").post(address, {"agree": "yes"}).status_code == 302
    override.refresh_from_db()
    assert override.agreed is True


def test_asks_why_an_override_is_wanted(city: City) -> None:
    programme(city, rule="skill-level.technician", focus_list="occupation", sort="sitting")
    begun = start(city.actor("worker"), "class", focus=WELDER)
    Application.objects.filter(pk=begun.pk).update(state="submitted", step=1)
    response = logged_in(city, "town").post(f"/desk/applications/{begun.serial}/override/", {})
    assert response.status_code == 422
    assert not Override.objects.exists()


def test_keeps_another_citys_official_from_answering(city: City) -> None:
    programme(city, rule="skill-level.technician", focus_list="occupation", sort="sitting")
    begun = start(city.actor("worker"), "class", focus=WELDER)
    Application.objects.filter(pk=begun.pk).update(state="submitted", step=1)
    asked = ask_override(city.actor("town"), begun.serial, reason="有旁证")
    address = f"/desk/applications/{begun.serial}/override/{asked.pk}/"
    assert logged_in(city, "other-city").post(address, {"agree": "yes"}).status_code == 404


def test_asks_the_database_the_same_number_of_times_however_long_the_queue(
    city: City,
) -> None:
    programme(city)
    crowd(city, "class", ["王芳", "李娜"])
    client = logged_in(city, "town")
    client.get("/desk/")
    with CaptureQueriesContext(connection) as few:
        client.get("/desk/")
    crowd(city, "class", ["赵强", "黄敏", "周杰", "吴磊", "徐霞", "孙凯"])
    with CaptureQueriesContext(connection) as many:
        client.get("/desk/")
    assert len(many) == len(few)


def test_notes_who_decided(city: City, one: Application) -> None:
    decide(city, "town", one)
    entry = Entry.objects.get(action="application.pass")
    assert entry.user == city.user("town").pk
