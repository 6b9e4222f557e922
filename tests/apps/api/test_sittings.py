"""A sitting through the interface: by the body's programs alone from plan to archive, and what
those who sit it, and the officials of its region, see of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest

from craftpath.access.models import Duty, User
from craftpath.assessment.models import Session
from craftpath.programmes.models import Application
from craftpath.registry.models import Party
from tests.apps.api.program import Program, program_of
from tests.apps.assessment.hall import LEVEL3, Hall, build_hall, rolled, seated, sitting_programme
from tests.apps.city import CHANGAN, DAY, DONGGUAN, WELDER, City

SLUG = "welders-3"
HELD, PUBLISHED, OVER = (DAY + dt.timedelta(days=after) for after in (7, 8, 14))
PROGRAMME = {
    "slug": SLUG,
    "sort": "sitting",
    "about": "person",
    "name_zh": "焊工高级工认定",
    "name_en": "Assessment of senior welders",
    "region": DONGGUAN,
    "focus": WELDER,
    "focus_list": "occupation",
    "opens": "2025-08-20",
    "closes": "2025-09-01",
    "outcome": {"kind": "certificate", "subject": "focus", "level": LEVEL3},
    "steps": [{"tier": "institution", "days": 5}],
}
FILING = {"kind": "assessment-filing", "subject": WELDER, "level": LEVEL3, "start": "2024-01-01"}
ROOM = {"name": "一号考场", "address": "松山湖路1号", "region": CHANGAN, "seats": 30}
PLAN = {"level": LEVEL3, "carries": 24, "appeal_days": 5}


def clerk(city: City, name: str) -> Program:
    """Another login of the body, with its token."""
    user, _ = User.objects.get_or_create(username=name, defaults={"first_name": name})
    city.duties[name], _ = Duty.objects.get_or_create(
        user=user, role="institution", party=city.school, defaults={"start": DAY}
    )
    return program_of(city, name)


def done(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content.decode()
    return response.json()


def enrolled(body: Program, workers: list[Program]) -> list[str]:
    """Serials of the applications that have a place."""
    serials = []
    for worker in workers:
        serial = done(worker.post("/applications", {"programme": SLUG}), 201)["serial"]
        handed = done(worker.post(f"/applications/{serial}/submit"))
        passed = {"seen_version": handed["version"], "verdict": "pass"}
        done(body.post(f"/applications/{serial}/review", passed))
        serials.append(serial)
    return serials


def examiners_of(city: City, official: Program) -> list[int]:
    """Three people who work for the body, as the city's official enters them."""
    found = []
    for name in ("考评一", "考评二", "考评三"):
        person = Party.objects.create(nature="person", name=name, region=DONGGUAN)
        job = {"kind": "employment", "start": "2019-01-01", "other": city.school.pk}
        sent = {**job, "subject": WELDER, "verified": True}
        done(official.post(f"/parties/{person.pk}/records", sent), 201)
        found.append(person.pk)
    return found


def test_goes_from_plan_to_archive_by_programs_alone(
    city: City, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    official, body, second = program_of(city, "city"), program_of(city, "school"), clerk(city, "2")
    passer, failer = program_of(city, "worker"), program_of(city, "colleague")
    filing = {**FILING, "verified": True}
    done(official.post(f"/parties/{city.school.pk}/records", filing), 201)
    pool = examiners_of(city, official)
    done(body.post("/programmes", {**PROGRAMME, "host": city.school.pk}), 201)
    done(body.post(f"/programmes/{SLUG}/publish"))
    passed, failed = enrolled(body, [passer, failer])

    (filed,) = done(body.get("/filings", on="2025-09-03"))["items"]
    assert (filed["occupation"], filed["level"], filed["site"]) == (WELDER, LEVEL3, None)
    assert done(body.get("/filings", on="2023-12-31"))["items"] == []
    planned = done(body.send("put", f"/sittings/{SLUG}", PLAN))
    assert [one["part"] for one in planned["parts"]] == ["theory", "skill"]
    place = done(body.post("/rooms", ROOM), 201)["id"]
    held = {"room": place, "day": HELD.isoformat(), "minutes": 120}
    theory, skill = (
        done(body.post(f"/sittings/{SLUG}/sessions", {**held, "part": part, "starts": at}), 201)
        for part, at in (("theory", "09:00"), ("skill", "13:30"))
    )
    assert theory["starts"] == "09:00"
    moved = done(body.send("put", f"/sessions/{skill['id']}", {**held, "starts": "14:00"}))
    assert moved["starts"] == "14:00"

    settings.CRAFTPATH_TODAY = HELD
    shared = done(body.post(f"/programmes/{SLUG}/share-out", {}))
    assert shared["placed"] == 2
    lacking = body.post(f"/sittings/{SLUG}/seat", {})
    assert lacking.status_code == 409
    reasons = lacking.json()["problems"]
    assert sorted(reasons) == ["reasons.0", "reasons.1"]
    assert "监考员 2 人" in reasons["reasons.0"]["zh"]
    assert {one["party"] for one in done(body.get("/examiners"))["items"]} == set(pool)
    for session, role, many in ((theory, "invigilator", 2), (skill, "assessor", 3)):
        for person in pool[:many]:
            sent = {"party": person, "role": role}
            found = done(body.post(f"/sessions/{session['id']}/examiners", sent))
        assert [one["party"] for one in found["examiners"]] == pool[:many]
    assert done(body.post(f"/sittings/{SLUG}/seat", {}))["seats"] == 4

    (ticketed,) = done(passer.get("/me/sittings"))["items"]
    assert len(ticketed["ticket"]) == 12
    assert [one["seat"]["starts"] for one in ticketed["parts"]] == ["09:00", "14:00"]
    for session in (theory, skill):
        done(body.post(f"/sessions/{session['id']}/roll", {"absent": []}))
    skills = {ticketed["ticket"]: 75.5, failed: 59.5}
    rows = [{"key": key, "part": "skill", "mark": mark} for key, mark in skills.items()]
    rows += [{"key": key, "part": "theory", "mark": 80} for key in (passed, failed)]
    for program, hand in ((body, "first"), (second, "second")):
        told = done(program.post(f"/sittings/{SLUG}/marks", {"hand": hand, "rows": rows}))
        assert [one["problem"] for one in told] == [None] * 4
    assert all(one["stands"] for one in told)

    settings.CRAFTPATH_TODAY = PUBLISHED
    (waiting,) = done(passer.get("/me/sittings"))["items"]
    assert [one["mark"] for one in waiting["parts"]] == [None, None]
    published = done(body.post(f"/sittings/{SLUG}/publish"))
    assert published == {"passed": 1, "failed": 1, "absent": 0, "records": 1}
    (own,) = done(failer.get("/me/sittings"))["items"]
    assert [one["mark"]["value"] for one in own["parts"]] == [80, 59.5]
    appeal = {"part": "skill", "text": "漏加一题"}
    raised = done(failer.post(f"/applications/{failed}/appeals", appeal), 201)
    (open_one,) = done(body.get("/appeals", open="true"))["items"]
    assert (open_one["id"], open_one["serial"]) == (raised["id"], failed)
    upheld = {"upheld": True, "answer": "漏加 2 分", "mark": 61.5}
    assert body.post(f"/appeals/{raised['id']}/answer", upheld).status_code == 409  # typed it
    answered = done(clerk(city, "3").post(f"/appeals/{raised['id']}/answer", upheld))
    assert answered["appeal"]["mark"] == 61.5
    assert Application.objects.get(serial=failed).outcome_id == answered["written"]

    settings.CRAFTPATH_TODAY = OVER
    archived = done(body.post(f"/sittings/{SLUG}/archive"))
    file = body.post(f"/sittings/{SLUG}/archive/open")
    assert file["Content-Type"] == "application/zip"
    assert hashlib.sha256(file.content).hexdigest() == archived["archive"]


@pytest.fixture
def hall(city: City) -> Hall:
    return build_hall(city)


def rows_of(people: list[Application], mark: float) -> list[dict[str, Any]]:
    return [{"key": one.serial, "part": "skill", "mark": mark} for one in people]


def test_shows_no_hand_what_the_other_typed_and_lets_a_third_settle(hall: Hall) -> None:
    first, second, third = (clerk(hall.city, f"clerk-{at}") for at in (1, 2, 3))
    (one,) = rolled(hall, SLUG, count=1)
    path = f"/sittings/{SLUG}/marks"
    done(first.post(path, {"hand": "first", "rows": rows_of([one], 70)}))
    skill = {"key": one.serial, "part": "skill", "mark": 71, "why": "核对原卷"}
    early = third.post(f"{path}/settle", skill)
    (line,) = [it for it in done(second.get(path))["items"] if it["part"] == "skill"]
    assert (line["typed"], line["first"], line["second"]) == (["first"], None, None)
    assert early.status_code == 409
    (told,) = done(second.post(path, {"hand": "second", "rows": rows_of([one], 71)}))
    assert told["differs"] and not told["stands"]
    (differing,) = done(third.get(path, differing="true"))["items"]
    assert (differing["first"], differing["second"]) == (70, 71)
    assert first.post(f"{path}/settle", skill).status_code == 409
    settled = done(third.post(f"{path}/settle", skill))
    assert (settled["value"], settled["origin"]) == (71, "corrected")
    assert done(third.get(path, differing="true"))["total"] == 0


def test_keeps_good_rows_and_names_the_bad(hall: Hall) -> None:
    body, people = program_of(hall.city, "school"), rolled(hall, SLUG, count=2)
    rows = [*rows_of(people[:1], 70), *rows_of(people[1:], 70.25)]
    rows.append({"key": "nobody", "part": "skill", "mark": None})
    told = done(body.post(f"/sittings/{SLUG}/marks", {"hand": "first", "rows": rows}))
    assert [one["problem"] is None for one in told] == [True, False, False]
    unsaid = [{"key": people[0].serial, "part": "skill"}]
    refused = body.post(f"/sittings/{SLUG}/marks", {"hand": "first", "rows": unsaid})
    assert list(refused.json()["problems"]) == ["rows.0.mark"]


def test_is_read_by_the_officials_of_its_region_and_by_no_one_else(hall: Hall) -> None:
    rolled(hall, SLUG, count=1)
    for who, status in (("city", 200), ("province", 200), ("other-city", 404), ("worker", 403)):
        program = program_of(hall.city, who)
        for more in ("", "/sessions", "/seats", "/marks"):
            assert program.get(f"/sittings/{SLUG}{more}").status_code == status, (who, more)
        if status != 403:
            listed = [one["slug"] for one in done(program.get("/sittings"))["items"]]
            assert listed == ([SLUG] if status == 200 else [])
    official = program_of(hall.city, "city")
    assert done(official.get("/sittings", stage="planned"))["items"] == []
    assert done(official.get("/sittings", region=CHANGAN))["items"] == []
    (seat, _) = done(official.get(f"/sittings/{SLUG}/seats"))["items"]
    assert (seat["number"], seat["attended"]) == (1, True)
    session = Session.objects.get(sitting__programme__slug=SLUG, part="skill").pk
    (only,) = done(official.get(f"/sittings/{SLUG}/seats", session=session))["items"]
    assert only["part"] == "skill"


def test_changes_closes_and_opens_rooms_of_the_body_alone(hall: Hall) -> None:
    body = program_of(hall.city, "school")
    room = done(body.post("/rooms", ROOM), 201)["id"]
    assert done(body.send("put", f"/rooms/{room}", {**ROOM, "seats": 12}))["seats"] == 12
    assert done(body.post(f"/rooms/{room}/close"))["closed"]
    assert not done(body.post(f"/rooms/{room}/open"))["closed"]
    assert body.post("/rooms", ROOM).status_code == 409
    nowhere = body.post("/rooms", {**ROOM, "name": "二号", "region": "999999", "seats": 0})
    assert sorted(nowhere.json()["problems"]) == ["region", "seats"]


def test_takes_a_plan_once_under_one_key_and_back_session_by_session(hall: Hall) -> None:
    sitting_programme(hall, SLUG)
    body = program_of(hall.city, "school")
    done(body.send("put", f"/sittings/{SLUG}", PLAN))
    place = done(body.post("/rooms", ROOM), 201)["id"]
    sent = {"room": place, "day": "2025-09-03", "minutes": 120, "part": "theory", "starts": "09:00"}
    path = f"/sittings/{SLUG}/sessions"
    one, again = (done(body.post(path, sent, key="theory"), 201) for _ in range(2))
    assert one == again
    person = hall.examiners[0].pk
    put = {"party": person, "role": "invigilator"}
    done(body.post(f"/sessions/{one['id']}/examiners", put))
    taken = done(body.post(f"/sessions/{one['id']}/examiners/{person}/take"))
    assert taken["examiners"] == []
    assert done(body.post(f"/sessions/{one['id']}/remove")) == {"done": 1}
    assert done(body.get(path))["total"] == 0
    late = body.post(path, {**sent, "starts": "24:00"})
    assert list(late.json()["problems"]) == ["starts"]


def test_withdraws_a_seating_with_its_reason(hall: Hall) -> None:
    seated(hall, SLUG, count=1)
    body = program_of(hall.city, "school")
    assert body.post(f"/sittings/{SLUG}/unseat", {"why": ""}).status_code == 422
    assert done(body.post(f"/sittings/{SLUG}/unseat", {"why": "停电"}))["stage"] == "planned"
    assert done(body.get(f"/sittings/{SLUG}/seats"))["total"] == 0
