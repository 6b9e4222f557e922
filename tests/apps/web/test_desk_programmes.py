"""Programmes at the desk: the editor, and each step of running one."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from craftpath.access.errors import Conflict, Refusal
from craftpath.audit.models import Entry
from craftpath.programmes.actions.notices import raise_objection
from craftpath.programmes.actions.places import enter_points, share_out
from craftpath.programmes.actions.programmes import (
    ProgrammeFields,
    publish_programme,
    save_programme,
)
from craftpath.programmes.models import Application, Draw, Objection, Programme
from craftpath.registry.models import Record
from tests.apps.city import DAY, DONGGUAN, City
from tests.apps.programmes.line_up import line_up
from tests.apps.programmes.line_up import programme as lined_up
from tests.apps.web.desk_cast import applied, logged_in, programme

BY_HAND = "/desk/programmes/new/by-hand/"
SAID = {
    "name_zh": "夜校",
    "name_en": "Night class",
    "sort": "course",
    "about": "person",
    "opens": "2025-09-01",
    "last": "2025-09-30",
    "region_text": DONGGUAN,
    "way": "lottery",
    "places": "30",
    "notice_days": "5",
    "waiting_list": "yes",
    "steps-0-tier": "grassroots",
    "steps-0-days": "5",
    "steps-0-working": "yes",
    "documents-0-zh": "推荐书",
    "documents-0-en": "letter",
    "groups-0-zh": "长安",
    "groups-0-en": "Chang'an",
    "groups-0-places": "10",
    "groups-0-region_text": "441900119",
}


def sent(city: City, who: str = "city", address: str = BY_HAND, **changed: Any) -> Any:
    said = {name: value for name, value in {**SAID, **changed}.items() if value is not None}
    return logged_in(city, who).post(address, said)


def test_sets_one_up_by_hand(city: City) -> None:
    assert sent(city).status_code == 302
    made = Programme.objects.get()
    assert (made.slug, made.stage, str(made.closes)) == ("night-class-2025", "draft", "2025-10-01")
    assert [one.region for one in made.groups.all()] == ["441900119"]
    assert [(s.tier, s.days, s.working) for s in made.steps.all()] == [("grassroots", 5, True)]
    assert made.documents == [
        {"id": "document-1", "zh": "推荐书", "en": "letter", "required": False}
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_en": ""}, "name_en"),
        ({"opens": "2025-02-30"}, "opens"),
        ({"last": "2025-08-01"}, "last"),
        ({"region_text": "没有这个地方"}, "region"),
        ({"region_text": "441800"}, "region"),
        ({"rule_text": "没有这条规则"}, "rule"),
        ({"rule_text": "skill-level.technician"}, "focus"),
        ({"other_text": "没有这个单位"}, "other"),
        ({"places": ""}, "places"),
        ({"places": "三十"}, "places"),
        ({"groups-0-places": ""}, "groups-0-places"),
        ({"groups-0-zh": ""}, "groups-0-zh"),
        ({"groups-0-region_text": "没有这个地方"}, "groups-0-region"),
        ({"groups-0-places": "31"}, "groups"),
        ({"documents-0-zh": ""}, "documents-0-zh"),
        ({"steps-0-days": "0"}, "steps-0-days"),
        ({"steps-0-days": "x"}, "steps-0-days"),
        ({"steps-0-tier": "city", "steps-1-tier": "grassroots"}, "steps-1-tier"),
        ({"pass_mark": "60"}, "pass_mark"),
        ({"full_mark": "0"}, "full_mark"),
        ({"outcome_kind": "employment", "outcome_months": "x"}, "outcome_months"),
        ({"slug": "夜校"}, "slug"),
    ],
)
def test_says_at_the_field_what_cannot_be(city: City, changed: dict[str, str], field: str) -> None:
    response = sent(city, **changed)
    text = response.content.decode()
    assert response.status_code == 422
    assert f'id="{field}-problem"' in text
    assert f'href="#{field}"' in text
    assert 'value="夜校"' in text or changed.get("name_zh")
    assert not Programme.objects.exists()


def test_says_everything_that_is_wrong_at_once(city: City) -> None:
    text = sent(city, opens="", name_en="", places="x").content.decode()
    for field in ("opens", "name_en", "places"):
        assert f'id="{field}-problem"' in text


def test_adds_and_takes_away_rows_without_saving_or_scolding(city: City) -> None:
    more = sent(city, add="steps", name_en="").content.decode()
    assert 'name="steps-1-tier"' in more
    assert "-problem" not in more
    assert 'role="alert"' not in more
    fewer = sent(city, remove="groups-0").content.decode()
    assert "groups-0-places" not in fewer
    assert not Programme.objects.exists()


def test_finds_a_rule_by_part_of_its_name(city: City) -> None:
    text = sent(city, rule_text="补贴", find="rule").content.decode()
    assert len(re.findall(r'name="rule" value="[^"]+"', text)) > 1
    assert 'role="alert"' not in text


def test_shows_a_programme_as_it_would_have_been_typed(city: City) -> None:
    sent(city)
    address = "/desk/programmes/night-class-2025/edit/"
    text = logged_in(city, "city").get(address).content.decode()
    for value in ("夜校", "2025-09-30", "东莞市", "30", "推荐书", "长安镇"):
        assert f'value="{value}"' in text
    assert sent(city, address=address, slug="night-class-2025", places="40").status_code == 302
    assert Programme.objects.get().places == 40


def test_makes_a_draft_from_every_template_of_the_pack(city: City) -> None:
    client = logged_in(city, "province")
    listed = client.get("/desk/programmes/new/").content.decode()
    ids = re.findall(r'href="/desk/programmes/new/from/([^"]+)/"', listed)
    assert len(ids) > 10
    for at, id in enumerate(ids):
        address = f"/desk/programmes/new/from/{id}/"
        assert client.get(address).status_code == 200
        said = {"opens": "2025-09-01", "last": "2025-09-30", "region_text": "440000"}
        response = client.post(address, {**said, "places": "10", "slug": f"from-{at}"})
        assert response.status_code in (302, 422)
    assert Programme.objects.count() > 5


def test_keeps_another_city_out(city: City) -> None:
    programme(city, published=False)
    client = logged_in(city, "other-city")
    assert client.get("/desk/programmes/class/").status_code == 404
    assert client.get("/desk/programmes/class/edit/").status_code == 404
    assert client.post("/desk/programmes/class/publish/", {"sure": "yes"}).status_code == 404
    assert Programme.objects.get().stage == "draft"


def test_publishes_only_once_it_was_looked_over(city: City) -> None:
    programme(city, published=False)
    client = logged_in(city, "city")
    assert client.post("/desk/programmes/class/publish/").status_code == 422
    assert Programme.objects.get().stage == "draft"
    assert client.post("/desk/programmes/class/publish/", {"sure": "yes"}).status_code == 302
    assert Programme.objects.get().stage == "published"


def test_closes_for_a_reason(city: City) -> None:
    programme(city)
    client = logged_in(city, "city")
    assert client.post("/desk/programmes/class/close/", {"sure": "yes"}).status_code == 422
    client.post("/desk/programmes/class/close/", {"sure": "yes", "why": "经费取消"})
    assert Programme.objects.get().stage == "closed"


def enabled(city: City, slug: str) -> list[str]:
    """The tasks whose button is there."""
    text = logged_in(city, "city").get(f"/desk/programmes/{slug}/").content.decode()
    return re.findall(rf'action="/desk/programmes/{slug}/([a-z]+)/#task', text)


def test_enables_only_what_can_be_done_and_says_why_not_otherwise(city: City) -> None:
    programme(city)
    text = logged_in(city, "city").get("/desk/programmes/class/").content.decode()
    assert enabled(city, "class") == ["close"]
    assert "受理期到" in text
    assert "请先分配名额" in text


@pytest.mark.parametrize("stage", ["draft", "published", "shared", "closed"])
@pytest.mark.parametrize("way", ["ranked", "first-come", "lottery"])
@pytest.mark.parametrize("over", [True, False])
def test_enables_a_button_exactly_where_it_works(
    city: City, stage: str, way: str, over: bool
) -> None:
    made = lined_up(stage=stage, way=way, closes=DAY if over else DAY + dt.timedelta(days=9))
    if stage in ("published", "shared"):
        line_up(made, 3, **({"place": "placed", "rank": None} if stage == "shared" else {}))
    shown = set(enabled(city, "class"))
    said = {"sure": "yes", "why": "到此为止"}
    for task in ("publish", "commit", "list", "run", "share", "finish", "close"):
        with transaction.atomic():
            response = logged_in(city, "city").post(f"/desk/programmes/class/{task}/", said)
            transaction.set_rollback(True)
        assert (response.status_code == 302) == (task in shown), task


def test_shares_out_and_says_how(city: City) -> None:
    line_up(lined_up(), 3)
    client = logged_in(city, "city")
    said = client.post("/desk/programmes/class/share/", {"sure": "yes"}, follow=True)
    assert "获得名额 2，候补 1" in said.content.decode()
    assert (
        client.get("/desk/programmes/class/?place=waiting").content.decode().count("P1-2025") >= 1
    )


def test_holds_a_lottery_step_by_step(city: City) -> None:
    made = lined_up(way="lottery", closes=DAY + dt.timedelta(days=1))
    client = logged_in(city, "city")
    assert enabled(city, "class") == ["commit", "close"]
    client.post("/desk/programmes/class/commit/", {"sure": "yes"})
    assert Draw.objects.get().commitment
    line_up(made, 3)
    assert "list" not in enabled(city, "class")


def test_takes_points_row_by_row_and_keeps_the_good_ones(city: City) -> None:
    one, two = line_up(lined_up(), 2)
    response = logged_in(city, "city").post(
        "/desk/programmes/class/marks/",
        {f"value-{one.serial}": "88.5", f"value-{two.serial}": "many"},
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert f'id="value-{two.serial}-problem"' in text
    assert f'id="value-{one.serial}-problem"' not in text
    one.refresh_from_db()
    assert float(one.points or 0) == 88.5


def test_takes_marks_and_absences_and_writes_what_comes_of_them(city: City) -> None:
    gives = {"kind": "in-service-study", "subject": None, "level": None, "quantity": None}
    made = lined_up(marked=True, stage="shared", outcome={**gives, "months": None}, pass_mark=60)
    one, two = line_up(made, 2, place="placed")
    client = logged_in(city, "city")
    client.post(
        "/desk/programmes/class/marks/", {f"value-{one.serial}": "80", f"absent-{two.serial}": "1"}
    )
    said = client.post("/desk/programmes/class/finish/", {"sure": "yes"}, follow=True)
    assert "写入 1 条记录" in said.content.decode()
    assert Record.objects.filter(party=one.party, kind="in-service-study").count() == 1
    assert not Record.objects.filter(party=two.party).exists()


def test_answers_an_objection_and_shows_how_to_reach_who_objected(city: City) -> None:
    made = lined_up(
        stage="shared", notice_from=DAY, notice_until=DAY + dt.timedelta(days=5), notice_days=5
    )
    line_up(made, 2, place="placed")
    raised = raise_objection(
        city.actor("colleague"), "class", text="名单有误", contact="13800138000"
    )
    client = logged_in(city, "city")
    page = "/desk/programmes/class/"
    assert "13800138000" not in client.get(page).content.decode()
    shown = client.post(f"{page}objections/{raised.pk}/contact/")
    assert "13800138000" in shown.content.decode()
    assert Entry.objects.filter(action="objection.contact").count() == 1
    address = f"{page}objections/{raised.pk}/"
    assert client.post(address, {"answer": "核实无误"}).status_code == 422
    assert client.post(address, {"upheld": "no", "answer": ""}).status_code == 422
    assert client.post(address, {"upheld": "no", "answer": "核实无误"}).status_code == 302
    raised.refresh_from_db()
    assert raised.upheld is False


def test_goes_the_way_that_is_named_where_points_are_wrong(city: City) -> None:
    """Points that are published: “a mistake is mended by an objection”. So it is, on the pages."""
    made = lined_up(notice_days=5, places=1)
    second = line_up(made, 2)[1]
    share_out(city.actor("city"), "class")
    client = logged_in(city, "city")
    client.cookies["django_language"] = "en"
    with pytest.raises(Conflict, match="mended by an objection"):
        enter_points(city.actor("city"), "class", [(second.serial, "1000")])

    said = {"text": "My points are 1000", "serial": second.serial}
    assert Client().post("/programmes/class/object/", said).status_code == 302
    page = client.get("/desk/programmes/class/").content.decode()
    assert "correct its points" in page and "strike the application out" in page
    address = f"/desk/programmes/class/objections/{Objection.objects.get().pk}/"
    answer = {"upheld": "yes", "answer": "A slip in typing"}
    refused = client.post(address, answer)
    assert refused.status_code == 422 and "Choose what is done" in refused.content.decode()
    kept = client.post(address, {**answer, "remedy": "correct", "points": "many"})
    assert kept.status_code == 422 and 'value="many"' in kept.content.decode()
    done = client.post(address, {**answer, "remedy": "correct", "points": "1000"}, follow=True)
    assert "upheld, points corrected" in done.content.decode()
    assert list(made.applications.order_by("order").values_list("place", "rank")) == [
        ("waiting", 2),
        ("placed", 1),
    ]


def test_shows_the_city_a_provinces_programme_without_its_buttons(city: City) -> None:
    fields = ProgrammeFields(
        sort="course",
        about="person",
        name_zh="全省班",
        name_en="Province class",
        region="440000",
        opens=DAY,
        closes=DAY + dt.timedelta(days=9),
        slug="province-class",
    )
    save_programme(city.actor("province"), fields)
    publish_programme(city.actor("province"), "province-class")
    applied(city, "province-class", "worker")
    applied(city, "province-class", "stranger")
    text = logged_in(city, "city").get("/desk/programmes/province-class/").content.decode()
    assert "林晓" in text
    assert "苏敏" not in text
    assert "#task-" not in text
    with pytest.raises(Refusal):
        publish_programme(city.actor("city"), "province-class")
    assert Application.objects.count() == 2
