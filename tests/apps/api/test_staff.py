"""Who joins, their level, who leaves; two that are one; messages: as the pages' forms do it."""

from __future__ import annotations

from typing import Any

import pytest

from craftpath.registry.models import Merge, Message, Party, Record
from tests.apps.api.program import Program, program_of
from tests.apps.city import CHANGAN, WELDER, City
from tests.apps.web.conftest import visit_of

JOINS = {
    "name": "王建国",
    "number": "441900199003071238",
    "occupation": WELDER,
    "workplace": CHANGAN,
    "start": "2025-08-01",
}
LEVEL = {"kind": "post-level", "subject": WELDER, "level": 4, "start": "2024-01-01"}


@pytest.fixture
def hr(city: City) -> Program:
    return program_of(city, "hr")


def test_takes_somebody_on_with_job_and_workplace_as_claimed_by_a_program(hr: Program) -> None:
    told = hr.post("/staff", JOINS)
    assert told.status_code == 201
    records = Record.objects.filter(party=told.json()["id"], kind__in=["employment", "workplace"])
    assert {(one.status, one.origin) for one in records} == {("claimed", "api")}
    assert hr.post("/staff", JOINS).status_code == 409


def test_takes_somebody_on_once_for_one_key(hr: Program) -> None:
    first, again = (hr.post("/staff", JOINS, key="wang").json() for _ in range(2))
    assert first == again
    assert Party.objects.filter(name="王建国").count() == 1


@pytest.mark.parametrize(
    ("without", "wrong"),
    [
        (["name"], {}),
        (["number"], {}),
        (["occupation"], {}),
        (["workplace"], {}),
        (["start"], {}),
        ([], {"start": "1980-01-01"}),
        ([], {"start": "2025-08-28"}),
        ([], {"number": "441900199003071239"}),
        (["name", "start"], {}),
    ],
)
def test_refuses_by_the_field_by_which_the_page_does(
    city: City, hr: Program, without: list[str], wrong: dict[str, str]
) -> None:
    sent = {name: value for name, value in {**JOINS, **wrong}.items() if name not in without}
    refused = hr.post("/staff", sent)
    assert refused.status_code == 422
    typed = {"scheme": "ric", **sent}
    typed |= {f"{name}_text": sent.get(name, "") for name in ("occupation", "workplace")}
    page = visit_of(city, "hr").post("/staff/new/", typed)
    assert page.status_code == 422
    assert set(refused.json()["problems"]) == set(page.context["problems"])
    assert not Party.objects.filter(name="王建国").exists()


def test_says_a_level_and_ends_the_one_before(city: City, hr: Program) -> None:
    path = f"/staff/{city.worker.pk}/level"
    assert hr.post(path, LEVEL).status_code == 201
    assert hr.post(path, {**LEVEL, "level": 5, "start": "2025-01-01"}).json()["level"] == 5
    stand = Record.objects.filter(party=city.worker, kind="post-level", known_until=None)
    assert [(one.level, one.origin) for one in stand.order_by("start")] == [(4, "api"), (5, "api")]
    assert set(hr.post(path, {}).json()["problems"]) == {"kind", "subject", "level", "start"}


def test_lets_somebody_go_and_tells_them(city: City, hr: Program) -> None:
    path = f"/staff/{city.worker.pk}/leave"
    assert set(hr.post(path, {}).json()["problems"]) == {"why", "last"}
    ahead = hr.post(path, {"last": "2025-08-28", "why": "离职"})
    assert set(ahead.json()["problems"]) == {"last"}
    assert hr.post(path, {"last": "2025-08-20", "why": "合同期满"}).json()["done"] > 0
    assert Message.objects.filter(party=city.worker, zh__contains="2025年8月20日").exists()


@pytest.mark.parametrize(("what", "sent"), [("level", LEVEL), ("leave", {"why": "离职"})])
def test_finds_nobody_who_is_not_on_the_staff(
    city: City, hr: Program, what: str, sent: dict[str, Any]
) -> None:
    assert hr.post(f"/staff/{city.stranger.pk}/{what}", sent).status_code == 404


def test_marks_ones_own_messages_as_read_up_to_one(city: City) -> None:
    first, last = (
        Message.objects.create(party=city.worker, zh=text, en=text) for text in ("一", "二")
    )
    other = Message.objects.create(party=city.stranger, zh="三", en="three")
    worker = program_of(city, "worker")
    assert worker.post("/me/messages/read", {"upto": first.pk}).json() == {"done": 1}
    unread = Message.objects.filter(pk__in=[first.pk, last.pk, other.pk], read_at=None)
    assert {one.pk for one in unread} == {last.pk, other.pk}
    assert worker.post("/me/messages/read", {}).status_code == 422


# --- two that are one ------------------------------------------------------------------------


def a_twin(city: City) -> Party:
    return Party.objects.create(nature="person", name="林晓", region=city.worker.region)


def test_merges_two_and_takes_it_back(city: City) -> None:
    official, twin = program_of(city, "city"), a_twin(city)
    merged = official.post("/merges", {"keep": city.worker.pk, "absorb": twin.pk, "why": "同证件"})
    assert merged.status_code == 201
    assert (merged.json()["kept"], merged.json()["absorbed"]) == (city.worker.pk, twin.pk)
    path = f"/merges/{merged.json()['id']}/undo"
    assert official.post(path, {}).json()["undone_at"] is not None
    assert official.post(path, {}).status_code == 409
    assert Party.objects.get(pk=twin.pk).merged_into is None


def test_asks_which_stands_and_merges_by_the_answer(city: City) -> None:
    official, twin = program_of(city, "city"), a_twin(city)
    Record.objects.create(
        party=twin, kind="birth", start="1991-01-01", status="verified", known="2020-01-01"
    )
    pair = {"keep": city.worker.pk, "absorb": twin.pk}
    refused = official.post("/merges", pair)
    assert refused.status_code == 422
    (field,) = refused.json()["problems"]
    assert field.startswith("stands.")
    assert not Merge.objects.exists()
    (asked,) = official.get("/merges/contradictions", **pair).json()
    assert f"stands.{asked['key']}" == field
    assert official.post("/merges", {**pair, "stands": {asked["key"]: "x"}}).status_code == 409
    (own,) = [one["key"] for one in asked["choices"] if one["party"] == city.worker.pk]
    assert official.post("/merges", {**pair, "stands": {asked["key"]: own}}).status_code == 201
    birth = Record.objects.get(party=twin, kind="birth")
    assert birth.known_until is not None


def test_refuses_a_party_as_its_own_twin_and_a_person_as_an_organisation(city: City) -> None:
    official = program_of(city, "city")
    for absorb in (city.worker.pk, city.works.pk):
        refused = official.post("/merges", {"keep": city.worker.pk, "absorb": absorb})
        assert refused.status_code == 422


def test_notes_that_two_are_not_one(city: City) -> None:
    official, twin = program_of(city, "city"), a_twin(city)
    pair = {"first": twin.pk, "second": city.worker.pk, "why": "同名"}
    assert official.post("/merges/dismiss", pair).json() == {"done": 1}


@pytest.mark.parametrize("path", ["/merges", "/merges/dismiss"])
def test_finds_no_party_of_another_region(city: City, path: str) -> None:
    twin = a_twin(city)
    names = ("keep", "absorb") if path == "/merges" else ("first", "second")
    pair = dict(zip(names, (city.worker.pk, twin.pk), strict=True))
    assert program_of(city, "other-city").post(path, pair).status_code == 404
