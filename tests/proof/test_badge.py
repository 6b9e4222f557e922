"""The credential itself: what it says, by the schema of Open Badges, and what it does not say."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from craftpath.engine.rules import Label
from craftpath.proof.badge import Achievement, badge_document, is_holder
from tests.proof.cast import ELECTRICIAN, HOLDER, LEVELS, NUMBER, SIGNED, badge, signed

SCHEMA = Path(__file__).parent / "schemas/achievement-credential.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    read = json.loads(SCHEMA.read_text("utf-8"))
    return jsonschema_rs.Draft201909Validator(read, validate_formats=True)


def test_it_is_what_the_schema_of_1edtech_describes(schema: Any) -> None:
    """But for one place: the schema knows one status, the W3C's model one or more (0018)."""
    document = signed(valid_until=SIGNED + dt.timedelta(days=1096))
    complaints = [one.instance_path for one in schema.iter_errors(document)]
    assert complaints == [["credentialStatus"]]
    for status in document["credentialStatus"]:
        assert schema.is_valid(document | {"credentialStatus": status})


def test_it_says_occupation_level_and_number() -> None:
    subject = badge_document(badge())["credentialSubject"]
    assert subject["licenseNumber"] == NUMBER
    achievement = subject["achievement"]
    assert achievement["alignment"][0]["targetCode"] == "6-31-01-03"
    (ladder,) = achievement["resultDescription"]
    levels = {one["id"]: one["level"] for one in ladder["rubricCriterionLevel"]}
    assert [*levels.values()] == [level.code for level in LEVELS]
    assert levels[subject["result"][0]["achievedLevel"]] == "3"
    assert subject["result"][0]["resultDescription"] == ladder["id"]


def test_names_stand_in_both_languages_chinese_first() -> None:
    document = badge_document(badge())
    assert document["name"] == "电工 职业技能等级 | Electrician, skill level"
    assert document["issuer"]["name"] == "东莞某评价机构 | An assessment body"


def test_it_names_its_holder_to_whoever_knows_the_name() -> None:
    document = signed()
    assert HOLDER not in json.dumps(document, ensure_ascii=False)
    assert is_holder(document, HOLDER)
    assert is_holder(document, f" {HOLDER} ")
    assert not is_holder(document, "李小")


def test_the_hash_is_that_of_open_badges() -> None:
    """The example that the standard gives: the salt behind what is hashed, as anybody does it."""
    identity = {
        "type": "IdentityObject",
        "identityType": "name",
        "hashed": True,
        "salt": "Kosher",
        "identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
    }
    assert is_holder({"credentialSubject": {"identifier": identity}}, "a@example.com")
    assert not is_holder({"credentialSubject": {"identifier": identity}}, "b@example.com")


@pytest.mark.parametrize(
    "subject",
    [None, [], "x", {}, {"identifier": None}, {"identifier": ["x", {}]}, {"identifier": "x"}],
    ids=str,
)
def test_a_document_that_names_nobody_names_nobody(subject: Any) -> None:
    assert not is_holder({"credentialSubject": subject}, HOLDER)


def test_a_card_has_no_levels() -> None:
    card = Achievement(
        id="https://craftpath.example/achievements/card",
        name=Label("优秀人才卡", "Talent card"),
        description=Label("人才卡。", "A talent card."),
        criteria=Label("按办法认定。", "By the measures."),
        kind="ext:TalentCard",
    )
    subject = badge_document(badge(achievement=card, level=None))["credentialSubject"]
    assert "result" not in subject
    assert "resultDescription" not in subject["achievement"]


@pytest.mark.parametrize("changed", [{"level": "9"}, {"level": None}, {"salt": "short"}], ids=str)
def test_it_is_not_made_of_what_does_not_fit(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        badge(**changed)


@pytest.mark.parametrize("kind", ["Certificat", "ext:优才卡", "ext:", ""])
def test_the_kind_is_one_of_the_list_or_an_extension_in_ascii(kind: str) -> None:
    with pytest.raises(ValueError, match="kind"):
        Achievement(ELECTRICIAN.id, ELECTRICIAN.name, ELECTRICIAN.name, ELECTRICIAN.name, kind)
