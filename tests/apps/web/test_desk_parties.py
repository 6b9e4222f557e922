"""People and organisations at the desk."""

from __future__ import annotations

import pytest

from craftpath.audit.models import Entry
from craftpath.registry.identity import open_number
from craftpath.registry.models import Identifier, Party, Record
from tests.apps.city import CHANGAN, WELDER, City
from tests.apps.web.desk_cast import logged_in


def number_of(party: Party) -> tuple[Identifier, str]:
    found = Identifier.objects.get(party=party)
    return found, open_number(found)


@pytest.mark.parametrize("text", ["林晓", "晓", "Xiao"])
def test_finds_by_any_part_of_a_name(city: City, text: str) -> None:
    found = logged_in(city, "town").get("/desk/parties/", {"q": text}).content.decode()
    assert f'/desk/parties/{city.worker.pk}/"' in found
    assert "苏敏" not in found


def test_finds_nobody_of_another_city(city: City) -> None:
    found = logged_in(city, "city").get("/desk/parties/", {"q": "苏敏"}).content.decode()
    assert f"/desk/parties/{city.stranger.pk}/" not in found
    assert logged_in(city, "city").get(f"/desk/parties/{city.stranger.pk}/").status_code == 404


def test_finds_by_the_whole_number(city: City) -> None:
    _, number = number_of(city.worker)
    client = logged_in(city, "city")
    response = client.post("/desk/parties/number/", {"scheme": "ric", "number": f" {number} "})
    assert response.headers["Location"] == f"/desk/parties/{city.worker.pk}/"


def test_does_not_tell_whether_somebody_elsewhere_is_registered(city: City) -> None:
    _, number = number_of(city.stranger)
    client = logged_in(city, "city")
    response = client.post("/desk/parties/number/", {"scheme": "ric", "number": number})
    assert response.status_code == 404
    assert number not in response.content.decode()
    assert "没有登记，或不在您的辖区" in response.content.decode()


def test_says_what_is_wrong_with_a_number(city: City) -> None:
    client = logged_in(city, "city")
    response = client.post("/desk/parties/number/", {"scheme": "ric", "number": "123"})
    assert response.status_code == 422
    assert 'id="number-problem"' in response.content.decode()


def test_shows_a_number_for_a_reason_and_notes_it(city: City) -> None:
    found, number = number_of(city.worker)
    client = logged_in(city, "town")
    page = f"/desk/parties/{city.worker.pk}/"
    assert number not in client.get(page).content.decode()
    without = client.post(f"{page}numbers/{found.pk}/", {"why": " "})
    assert without.status_code == 422
    assert number not in without.content.decode()
    response = client.post(f"{page}numbers/{found.pk}/", {"why": "核对证书"})
    assert number in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    entry = Entry.objects.get(action="identity.open")
    assert (entry.party, entry.why) == (city.worker.pk, "核对证书")
    assert number not in str(entry.details)


def test_shows_no_number_to_another_city(city: City) -> None:
    found, _ = number_of(city.worker)
    address = f"/desk/parties/{city.worker.pk}/numbers/{found.pk}/"
    assert logged_in(city, "other-city").post(address, {"why": "看看"}).status_code == 404


def test_enters_a_record_as_verified(city: City) -> None:
    response = logged_in(city, "town").post(
        f"/desk/parties/{city.worker.pk}/records/certificate/",
        {"subject_text": WELDER, "level": "2", "start": "2025-08-01", "verified": "yes"},
    )
    assert response.status_code == 302
    made = Record.objects.filter(party=city.worker).latest("pk")
    assert (made.subject, made.level, made.status) == (WELDER, 2, "verified")


def test_says_at_its_field_what_is_wrong_with_a_record(city: City) -> None:
    response = logged_in(city, "town").post(
        f"/desk/parties/{city.worker.pk}/records/certificate/",
        {"subject_text": "没有的职业", "start": "2025-08-40"},
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert 'id="subject-problem"' in text
    assert 'id="start-problem"' in text


def test_verifies_corrects_and_voids(city: City) -> None:
    client = logged_in(city, "town")
    claimed = Record.objects.create(
        party=city.worker,
        kind="certificate",
        subject=WELDER,
        level=2,
        start="2025-08-01",
        status="claimed",
        known="2025-08-01",
        origin="form",
    )
    client.post(f"/desk/records/{claimed.pk}/verify/")
    verified = Record.objects.get(supersedes=claimed)
    assert verified.status == "verified"
    client.post(
        f"/desk/records/{verified.pk}/correct/",
        {"subject_text": WELDER, "level": "2", "start": "2025-08-02", "why": "日期抄错"},
    )
    corrected = Record.objects.get(supersedes=verified)
    assert str(corrected.start) == "2025-08-02"
    address = f"/desk/records/{corrected.pk}/void/"
    assert client.post(address, {"why": ""}).status_code == 422
    assert client.post(address, {"why": "证书已注销"}).status_code == 302
    corrected.refresh_from_db()
    assert not corrected.stands


def test_lets_no_other_city_touch_a_record(city: City) -> None:
    record = Record.objects.filter(party=city.worker, kind="certificate").first()
    assert record is not None
    client = logged_in(city, "other-city")
    for what in ("verify", "correct", "void"):
        response = client.post(f"/desk/records/{record.pk}/{what}/", {"why": "x"})
        assert response.status_code == 404


def test_registers_a_person_within_ones_region_only(city: City) -> None:
    client = logged_in(city, "town")
    said = {"name": "周杰", "scheme": "passport", "number": "E12345678", "born": "1990-01-02"}
    elsewhere = client.post("/desk/parties/new/person/", {**said, "region_text": "441800"})
    assert elsewhere.status_code == 422
    assert 'id="region-problem"' in elsewhere.content.decode()
    made = client.post("/desk/parties/new/person/", {**said, "region_text": CHANGAN})
    assert made.status_code == 302
    assert Party.objects.get(name="周杰").region == CHANGAN


def test_says_at_its_field_that_a_number_is_taken(city: City) -> None:
    _, number = number_of(city.worker)
    response = logged_in(city, "town").post(
        "/desk/parties/new/person/",
        {"name": "林晓", "scheme": "ric", "number": number, "region_text": CHANGAN},
    )
    assert response.status_code == 422
    assert 'id="number-problem"' in response.content.decode()


def test_shows_what_every_rule_says(city: City) -> None:
    address = f"/desk/parties/{city.worker.pk}/reasons/"
    text = logged_in(city, "town").get(address).content.decode()
    assert '<ul class="conditions">' in text
    assert logged_in(city, "other-city").get(address).status_code == 404
