"""Records, parties and answers through the interface."""

from __future__ import annotations

import pytest

from craftpath.registry.models import Record
from craftpath.registry.outlook import rules_told
from tests.apps.api.program import Program, program_of
from tests.apps.city import WELDER, City

CLAIM = {"kind": "workplace", "subject": "441900", "start": "2025-01-01"}
LIFE = [
    {"kind": "birth", "start": "1992-05-20"},
    {"kind": "employment", "start": "2016-03-01", "subject": WELDER},
    {"kind": "certificate", "start": "2020-06-15", "subject": WELDER, "level": 3},
]


def test_tells_what_a_small_life_qualifies_for_and_keeps_nothing(db: None) -> None:
    said = Program().post("/try", {"facts": LIFE, "as_of": "2025-08-27"}).json()
    found = {one["rule"]: one["verdict"] for one in said["answers"]}
    assert found["skill-level.junior"] == "qualifies"
    assert not Record.objects.exists()


def test_asks_for_a_birth_in_a_small_life(db: None) -> None:
    refused = Program().post("/try", {"facts": LIFE[1:]})
    assert refused.status_code == 422
    assert "facts" in refused.json()["problems"]


def test_names_the_field_of_a_fact_that_cannot_be(db: None) -> None:
    refused = Program().post("/try", {"facts": [LIFE[0], {**LIFE[1], "subject": "9-9-9"}]})
    assert "facts.1.subject" in refused.json()["problems"]


def test_tells_a_rule_with_its_versions_and_cases(db: None) -> None:
    said = Program().get("/rules/skill-level.senior").json()
    assert said["versions"] and said["cases"] and said["sources"]
    assert {"zh", "en"} == set(said["label"])


def test_finds_a_code_by_two_characters(db: None) -> None:
    found = Program().get("/codes/occupation", text="焊工").json()
    assert WELDER in [one["code"] for one in found]


def test_shows_a_worker_her_path_and_ladder(city: City) -> None:
    program = program_of(city, "worker")
    path = program.get("/me/path").json()
    assert path["as_of"] == "2025-08-27"
    (climb,) = program.get("/me/ladder").json()
    assert climb["focus"] == WELDER
    assert [rung["held"] for rung in climb["rungs"]].count(True) == 2
    whole = program.get(f"/me/path/skill-level.senior?focus={WELDER}").json()
    assert whole["versions"]


def test_claims_corrects_and_voids_a_record(city: City) -> None:
    program = program_of(city, "worker")
    claimed = program.post("/me/records", CLAIM).json()
    assert (claimed["status"], claimed["origin"]) == ("claimed", "api")
    corrected = program.post(
        f"/records/{claimed['id']}/correct", {**CLAIM, "start": "2025-02-01", "why": "日期写错"}
    ).json()
    assert corrected["supersedes"] == claimed["id"]
    gone = program.post(f"/records/{corrected['id']}/void", {"why": "重复"}).json()
    assert gone["known_until"] is not None
    again = program.post(f"/records/{corrected['id']}/void", {"why": "重复"})
    assert again.status_code == 409


def test_lets_an_official_verify_what_was_claimed(city: City) -> None:
    claimed = program_of(city, "worker").post("/me/records", CLAIM).json()
    verified = program_of(city, "city").post(f"/records/{claimed['id']}/verify", {}).json()
    assert verified["status"] == "verified"


@pytest.mark.parametrize("who", ["colleague", "rival-hr", "other-city"])
def test_hides_what_is_anothers_as_if_it_were_not_there(city: City, who: str) -> None:
    program = program_of(city, who)
    record = Record.objects.filter(party=city.worker).first()
    assert record is not None
    paths = [f"/parties/{city.worker.pk}{more}" for more in ("", "/records", "/answers", "/ladder")]
    for path in paths:
        hidden, missing = (
            program.get(path),
            program.get(path.replace(f"/{city.worker.pk}", "/9999")),
        )
        assert hidden.status_code == 404
        assert hidden.content == missing.content
    if who != "other-city":
        return
    assert program.post(f"/records/{record.pk}/verify", {}).status_code == 404


def test_shows_an_employer_only_what_concerns_it(city: City) -> None:
    home = {"kind": "residence", "subject": "441800", "start": "1992-05-20"}
    assert program_of(city, "worker").post("/me/records", home).status_code == 201
    program = program_of(city, "hr")
    kinds = {
        one["kind"]
        for one in program.get(f"/parties/{city.worker.pk}/records", limit=100).json()["items"]
    }
    assert "employment" in kinds
    assert "residence" not in kinds


def test_finds_parties_within_scope_by_part_of_a_name(city: City) -> None:
    def found(who: str, **asked: str) -> list[int]:
        return [one["id"] for one in program_of(city, who).get("/parties", **asked).json()["items"]]

    assert found("city", text="林") == [city.worker.pk]
    assert found("other-city", text="林") == []
    assert found("school") == [city.school.pk]
    assert city.school.pk not in found("city", nature="person")


def test_finds_a_person_by_number_within_scope_alone(city: City) -> None:
    number = "44190019920520122" + "0123456789X"[0]
    from stdnum.cn import ric

    asked = {"scheme": "ric", "number": number[:17] + ric.calc_check_digit(number)}
    found = program_of(city, "town").post("/parties/by-number", asked)
    assert found.json()["id"] == city.worker.pk
    assert asked["number"] not in found.content.decode()
    assert program_of(city, "other-city").post("/parties/by-number", asked).status_code == 404


def test_registers_a_person_once(city: City) -> None:
    from stdnum.cn import ric

    number = "44190019910101001"
    new = {
        "name": "新人",
        "number": number + ric.calc_check_digit(number + "0"),
        "region": "441900",
    }
    program = program_of(city, "city")
    made = program.post("/people", new)
    assert made.status_code == 201
    assert new["number"] not in made.content.decode()
    assert program.post("/people", new).status_code == 409


def test_pages_a_list_in_a_stable_order(city: City) -> None:
    program = program_of(city, "worker")
    whole = program.get("/me/records", limit=100).json()
    parts, offset = [], 0
    while offset is not None:
        part = program.get("/me/records", limit=2, offset=offset).json()
        parts += part["items"]
        offset = part["next"]
    assert parts == whole["items"]
    assert whole["total"] == len(parts)


def test_takes_no_page_of_more_than_a_hundred(db: None) -> None:
    assert Program().get("/rules", limit=101).status_code == 422


def test_tells_an_employer_who_becomes_eligible(city: City) -> None:
    program = program_of(city, "hr")
    assert {one["id"] for one in program.get("/staff").json()["items"]} == {
        city.worker.pk,
        city.colleague.pk,
    }
    soon = program.get("/staff/quarter", start="2025-08-27", end="2026-08-27", limit=100).json()
    assert all("2025-08-27" <= one["since"] < "2026-08-27" for one in soon["items"])
    assert {one["party"] for one in soon["items"]} <= {city.worker.pk, city.colleague.pk}
    assert program.get("/staff/quarter", start="2025-08-27", end="2025-08-27").status_code == 422


@pytest.mark.parametrize("who", ["hr", "school"])
def test_answers_an_employer_or_school_from_what_it_may_see(city: City, who: str) -> None:
    """Whether somebody drew a benefit, or where they live, is nobody's but their own."""
    if who == "school":
        Record.objects.create(
            party=city.worker, kind="in-service-study", start="2024-09-01", known="2024-09-01",
            other=city.school, status="verified", origin="import",
        )  # fmt: skip
    program, url = program_of(city, who), f"/parties/{city.worker.pk}/answers"
    told = {one["rule"] for one in program.get(url).json()["answers"]}
    assert "skill-level.technician" in told
    private = {"subsidy.unemployment-fund", "household.dongguan", "card.chang-an"}
    assert told.isdisjoint(private)
    for rule in private:
        assert program.get(f"{url}/{rule}").status_code == 404
    own = program_of(city, "worker").get("/me/path").json()["answers"]
    assert private & {one["rule"] for one in own}
    assert program.get(f"/parties/{city.worker.pk}/ladder").status_code == 200


def test_tells_an_employer_of_nobody_who_becomes_eligible_by_private_records(city: City) -> None:
    said = (
        program_of(city, "hr")
        .get("/staff/quarter", start="2025-08-27", end="2026-08-27", limit=100)
        .json()
    )
    rules = {one["rule"] for one in said["items"]}
    assert rules and rules <= set(rules_told())


def test_tells_an_employer_what_follows_from_what_it_may_see(city: City) -> None:
    """Whether somebody pays much wage tax, or lives where, cannot be read off an answer."""
    program = program_of(city, "hr")
    said = program.get(f"/parties/{city.worker.pk}/answers").json()
    rules = {one["rule"] for one in said["answers"]}
    assert "skill-level.technician" in rules
    assert {rule for rule in rules if rule.startswith(("talent-card", "household"))} == set()
    soon = program.get("/staff/quarter", start="2025-08-27", end="2026-08-27", limit=100).json()
    assert {one["rule"] for one in soon["items"]} <= set(rules_told())
