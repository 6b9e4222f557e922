"""An application's way through the interface, by all who have a hand in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Message, Party
from tests.apps.api.program import Program, program_of
from tests.apps.city import CHANGAN, DONGGUAN, WELDER, City
from tests.apps.programmes.conftest import make_programme

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
NEW = {
    "sort": "course",
    "about": "person",
    "name_zh": "焊工班",
    "name_en": "Welding course",
    "region": DONGGUAN,
    "opens": "2025-08-01",
    "closes": "2025-09-01",
    "slug": "welding-2025",
    "steps": [{"tier": "grassroots", "days": 5, "working": True}],
}


def test_goes_from_draft_to_approval(city: City) -> None:
    make_programme(
        slug="course",
        steps=(("grassroots", 5), ("city", None)),
        documents=[{"id": "card", "zh": "证书", "en": "certificate", "required": True}],
    )
    worker, town, official = (program_of(city, who) for who in ("worker", "town", "city"))
    begun = worker.post("/applications", {"programme": "course"})
    assert begun.status_code == 201
    serial = begun.json()["serial"]
    lacking = worker.post(f"/applications/{serial}/submit")
    assert (lacking.status_code, list(lacking.json()["problems"])) == (422, ["document.card"])
    handed = worker.upload(
        f"/applications/{serial}/documents/card", file=SimpleUploadedFile("证书.pdf", PDF)
    )
    assert handed.status_code == 201, handed.content
    submitted = worker.post(f"/applications/{serial}/submit").json()
    assert submitted["state"] == "submitted"
    (waiting,) = town.get("/applications", due="true").json()["items"]
    assert waiting["serial"] == serial
    stale = town.post(
        f"/applications/{serial}/review",
        {"seen_version": submitted["version"] + 7, "verdict": "pass"},
    )
    assert stale.status_code == 409
    passed = town.post(
        f"/applications/{serial}/review", {"seen_version": submitted["version"], "verdict": "pass"}
    ).json()
    assert (passed["state"], passed["step"]) == ("submitted", 2)
    approved = official.post(
        "/reviews",
        {
            "applications": [{"serial": serial, "seen_version": passed["version"]}],
            "verdict": "pass",
        },
    ).json()
    assert approved == [{"serial": serial, "state": "approved", "problem": None}]
    whole = worker.get(f"/applications/{serial}").json()
    assert [one["action"] for one in whole["timeline"]][-1] == "application.pass"
    assert {one["by"] for one in whole["timeline"]} == {""}
    assert [one["verdict"] for one in whole["reviews"]] == ["pass", "pass"]


def test_gives_a_document_to_those_who_see_the_application(city: City) -> None:
    make_programme(
        slug="course", documents=[{"id": "card", "zh": "证书", "en": "card", "required": True}]
    )
    worker = program_of(city, "worker")
    serial = worker.post("/applications", {"programme": "course"}).json()["serial"]
    path = f"/applications/{serial}/documents/card"
    document = worker.upload(path, file=SimpleUploadedFile("a.pdf", PDF)).json()
    found = worker.get(f"/documents/{document['id']}")
    assert b"".join(found.streaming_content) == PDF  # type: ignore[attr-defined]
    assert found.headers["Content-Disposition"].startswith("attachment")
    assert program_of(city, "stranger").get(f"/documents/{document['id']}").status_code == 404
    wrong = worker.upload(path, file=SimpleUploadedFile("a.pdf", b"MZ\x90"))
    assert (wrong.status_code, list(wrong.json()["problems"])) == (422, ["file"])


def test_takes_the_same_file_under_the_same_key_once(city: City) -> None:
    make_programme(
        slug="course", documents=[{"id": "card", "zh": "证书", "en": "card", "required": True}]
    )
    worker = program_of(city, "worker")
    serial = worker.post("/applications", {"programme": "course"}).json()["serial"]
    path = f"/applications/{serial}/documents/card"
    first, again = (
        worker.upload(path, "key-1", file=SimpleUploadedFile("a.pdf", PDF)) for _ in range(2)
    )
    assert first.content == again.content
    assert Application.objects.get().documents.count() == 1
    other = worker.upload(path, "key-1", file=SimpleUploadedFile("a.pdf", PDF + b"\n"))
    assert other.json()["code"] == "key-used"


def test_changes_and_withdraws_an_application(city: City) -> None:
    make_programme(slug="course", groups={"morning": 5, "evening": 5}, way="first-come", places=10)
    worker = program_of(city, "worker")
    begun = worker.post("/applications", {"programme": "course", "group": "morning"}).json()
    changed = worker.send(
        "patch", f"/applications/{begun['serial']}", {"group": "evening", "note": "下班后"}
    ).json()
    assert (changed["group"], changed["note"]) == ("evening", "下班后")
    gone = worker.post(f"/applications/{begun['serial']}/withdraw", {"why": "调班"}).json()
    assert gone["state"] == "withdrawn"
    assert Message.objects.filter(party=city.worker).exists()
    assert worker.get("/me/messages").json()["total"] >= 1


def test_applies_for_a_group_with_a_line_for_each(city: City) -> None:
    make_programme(slug="course")
    hr = program_of(city, "hr")
    lines = hr.post(
        "/programmes/course/group-applications",
        {"parties": [city.worker.pk, city.colleague.pk, city.stranger.pk]},
    ).json()
    assert [line["refusal"] is None for line in lines] == [True, True, False]
    assert hr.get("/applications").json()["total"] == 2
    assert program_of(city, "rival-hr").get("/applications").json()["total"] == 0


@pytest.mark.parametrize("who", ["colleague", "rival-hr", "other-city", "school"])
def test_hides_the_applications_of_others(city: City, who: str) -> None:
    make_programme(slug="course")
    serial = (
        program_of(city, "worker").post("/applications", {"programme": "course"}).json()["serial"]
    )
    program = program_of(city, who)
    assert program.get(f"/applications/{serial}").status_code == 404
    if who != "school":
        assert program.post(f"/applications/{serial}/withdraw", {}).status_code == 404


def test_lets_two_officials_pass_what_the_rule_does_not(city: City) -> None:
    make_programme(
        slug="senior",
        steps=(("city", None),),
        rule="skill-level.senior-technician",
        focus=WELDER,
    )
    city_official, province = program_of(city, "city"), program_of(city, "province")
    worker = program_of(city, "worker")
    serial = worker.post("/applications", {"programme": "senior"}).json()["serial"]
    assert worker.post(f"/applications/{serial}/submit").status_code == 409
    asked = city_official.post(f"/applications/{serial}/overrides", {"reason": "省赛冠军"})
    assert asked.status_code == 201, asked.content
    own = city_official.post(f"/overrides/{asked.json()['id']}/answer", {"agree": True})
    assert own.status_code in (404, 409)
    agreed = province.post(f"/overrides/{asked.json()['id']}/answer", {"agree": True}).json()
    assert agreed["agreed"] is True


# --- programmes ----------------------------------------------------------------------------


def test_sets_up_publishes_and_closes_a_programme(city: City) -> None:
    official = program_of(city, "city")
    made = official.post("/programmes", NEW)
    assert made.status_code == 201, made.content
    assert Program().get("/programmes/welding-2025").status_code == 404
    changed = official.send("put", "/programmes/welding-2025", {**NEW, "name_en": "Welders"})
    assert changed.json()["name"]["en"] == "Welders"
    assert official.post("/programmes/welding-2025/publish").json()["open"] is True
    assert Program().get("/programmes", open="true").json()["total"] == 1
    closed = official.post("/programmes/welding-2025/close", {"why": "停办"}).json()
    assert closed["stage"] == "closed"
    assert Programme.objects.get().stage == "closed"


def test_sets_up_a_programme_from_a_template(city: City) -> None:
    templates = Program().get("/templates").json()
    assert templates
    made = program_of(city, "province").post(
        f"/templates/{templates[0]['id']}/programmes",
        {"slug": "new-one", "opens": "2025-09-01", "closes": "2025-10-01", "region": DONGGUAN},
    )
    assert made.status_code == 201, made.content
    assert made.json()["template"] == templates[0]["id"]


def test_names_the_field_of_a_programme_that_cannot_be(city: City) -> None:
    wrong = {**NEW, "closes": "2025-07-01", "way": "lottery"}
    problems = program_of(city, "city").post("/programmes", wrong).json()["problems"]
    assert {"closes", "places"} <= problems.keys()


def test_shares_out_by_a_draw_that_anyone_can_check(
    city: City, settings: Any, tmp_path: Any
) -> None:
    import datetime as dt

    from craftpath.allotment import draw_file, verify

    make_programme(slug="lots", way="lottery", places=1, notice_days=3, outcome=None)
    official = program_of(city, "city")
    committed = official.post("/programmes/lots/draw/commit", {})
    assert committed.status_code == 200, committed.content
    assert Program().get("/programmes/lots/draw").json()["commitment"]
    for who in ("worker", "colleague"):
        program = program_of(city, who)
        serial = program.post("/applications", {"programme": "lots"}).json()["serial"]
        assert program.post(f"/applications/{serial}/submit").json()["state"] == "approved"
    settings.CRAFTPATH_TODAY = dt.date(2025, 8, 30)
    assert official.post("/programmes/lots/draw/list", {}).status_code == 200
    shared = official.post("/programmes/lots/draw/run", {}).json()
    assert (shared["placed"], shared["waiting"]) == (1, 1)
    document = Program().get("/programmes/lots/draw/document").content
    draw, problems = draw_file.parse_draw(document)
    assert draw is not None and not problems
    assert verify.verify_draw(draw) == ()
    listed = Program().get("/programmes/lots/list").json()
    assert listed["total"] == 2
    assert "林晓" not in str(listed)
    objected = Program().post("/programmes/lots/objections", {"text": "名单有误", "contact": "甲"})
    assert objected.status_code == 201
    (seen,) = official.get("/objections").json()["items"]
    assert official.post(f"/objections/{seen['id']}/contact").json() == {"contact": "甲"}
    answered = official.post(
        f"/objections/{seen['id']}/answer", {"upheld": False, "answer": "核对无误"}
    ).json()
    assert answered["upheld"] is False
    settings.CRAFTPATH_TODAY = dt.date(2025, 9, 5)
    assert official.post("/programmes/lots/finish").json() == {"done": 0}
    assert Programme.objects.get().stage == "closed"


def test_keeps_good_rows_of_marks_and_names_the_bad(city: City, settings: Any) -> None:
    import datetime as dt

    make_programme(slug="exam", way="first-come", places=5, marked=True, pass_mark=60)
    worker = program_of(city, "worker")
    serial = worker.post("/applications", {"programme": "exam"}).json()["serial"]
    worker.post(f"/applications/{serial}/submit")
    settings.CRAFTPATH_TODAY = dt.date(2025, 8, 31)
    official = program_of(city, "city")
    assert official.post("/programmes/exam/share-out", {}).json()["placed"] == 1
    told = official.post(
        "/programmes/exam/marks",
        {"rows": [{"serial": serial, "mark": 87.5}, {"serial": "NO-1", "mark": 50}]},
    ).json()
    assert [one["problem"] is None for one in told] == [True, False]
    assert worker.get(f"/applications/{serial}").json()["mark"] == 87.5


# --- imports and audit ---------------------------------------------------------------------


def test_brings_a_sheet_in_writes_it_and_takes_it_back(city: City) -> None:
    from tests.apps.registry.sheets import PEOPLE, person_number

    number = person_number(7)
    sheet = f"{','.join(PEOPLE)}\n王新,{number},{CHANGAN}\n李错,123,{CHANGAN}\n".encode()
    official = program_of(city, "city")
    taken = official.upload(
        "/imports", sort="people", file=SimpleUploadedFile("people.csv", sheet)
    ).json()
    batch = official.get(f"/imports/{taken['id']}").json()
    assert (batch["state"], batch["good"], batch["bad"]) == ("checked", 1, 1)
    assert batch["problems"][0]["mend"]["zh"]
    assert number not in str(batch)
    assert official.get(f"/imports/{taken['id']}/rejects").content.startswith(b"PK")
    official.post(f"/imports/{taken['id']}/commit")
    assert official.get(f"/imports/{taken['id']}").json()["state"] == "committed"
    assert official.get("/parties", text="王新").json()["total"] == 1
    assert program_of(city, "other-city").get(f"/imports/{taken['id']}").status_code == 404
    official.post(f"/imports/{taken['id']}/undo", {"why": "来源有误"})
    assert official.get(f"/imports/{taken['id']}").json()["state"] == "undone"


def test_shows_the_auditor_what_was_done(city: City) -> None:
    program_of(city, "worker").post(
        "/me/records", {"kind": "workplace", "subject": DONGGUAN, "start": "2025-01-01"}
    )
    auditor = program_of(city, "auditor")
    (entry,) = auditor.get("/audit", action="record.enter").json()["items"]
    assert (entry["origin"], entry["party"]) == ("api", city.worker.pk)
    assert auditor.get("/audit", since="2199-01-01").json()["total"] == 0
    assert auditor.get("/parties").status_code == 403


def test_lists_the_applications_of_all_that_are_one_with_a_party(city: City) -> None:
    twice = Party.objects.create(
        nature="person", name="林晓", region=CHANGAN, merged_into=city.worker
    )
    Application.objects.create(
        programme=make_programme(), party=twice, order=1, serial="NS-1", state="approved"
    )

    for party in (city.worker, twice):
        listed = program_of(city, "city").get("/applications", party=party.pk).json()["items"]
        assert [one["serial"] for one in listed] == ["NS-1"]
