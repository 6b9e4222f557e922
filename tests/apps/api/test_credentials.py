"""Proofs through the interface: asked by anybody, issued and taken back by a body's program."""

from __future__ import annotations

import pytest

from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.models import Check, Credential
from tests.apps.api.program import Program, program_of
from tests.apps.credentials.conftest import Office, office

__all__ = ["office"]


@pytest.fixture
def paper(office: Office) -> Credential:
    return issue(office.actor("school"), [office.passed()[0].pk])[0]


def test_tells_anybody_what_a_certificate_is(paper: Credential) -> None:
    said = Program().post("/verify", {"number": paper.number, "name": "林晓"}).json()
    assert (said["answer"], said["name"], said["filed"]) == ("valid", "林晓", True)
    assert {line["key"] for line in said["lines"]} == {one["key"] for one in paper.printed}
    assert "credential" not in said
    for shown in ({"code": paper.token}, {"document": paper.document}):
        said = Program().post("/verify", shown).json()
        assert (said["answer"], said["name"]) == ("valid", "林*")
    unknown = Program().post("/verify", {"number": paper.number, "name": "张三"}).json()
    assert unknown["answer"] == "unknown" and unknown["lines"] == []
    assert unknown["elsewhere"]["site"] == "zscx.osta.org.cn"
    assert set(Check.objects.values_list("way", flat=True)) == {"api"}
    assert Program().post("/verify", {"number": paper.number}).json()["problems"].keys() == {"name"}
    assert Program().post("/verify", {}).status_code == 422


def test_gives_each_their_own_to_the_byte(office: Office, paper: Credential) -> None:
    (mine,) = program_of(office.city, "worker").get("/me/credentials").json()["items"]
    assert (mine["number"], mine["answer"]) == (paper.number, "valid")
    path = f"/credentials/{paper.public_id}/document"
    for who in ("worker", "school", "city", "hr"):
        file = program_of(office.city, who).get(path)
        assert file.content == paper.document.encode(), who
    for who in ("colleague", "rival-hr", "other-city"):
        assert program_of(office.city, who).get(path).status_code == 404, who
        assert program_of(office.city, who).get("/credentials").json()["total"] == 0


def test_issues_for_a_programme_once_and_takes_back(office: Office) -> None:
    office.passed(2)
    school = program_of(office.city, "school")
    begun = school.post("/programmes/sitting/credentials", {"note": "八月"}, key="august")
    assert begun.status_code == 201 and begun.json()["phase"] == "printed"
    again = school.post("/programmes/sitting/credentials", {"note": "八月"}, key="august")
    assert again.json() == begun.json() and Credential.objects.count() == 2
    assert school.get(f"/print-runs/{begun.json()['id']}").json()["pages"] == 2
    assert school.post("/programmes/sitting/credentials", {}).status_code == 409
    one = Credential.objects.first()
    assert one is not None
    path = f"/credentials/{one.public_id}/standing"
    said = school.post(path, {"do": "suspend", "why": "举报"}).json()
    assert said["answer"] == "suspended"
    assert school.post(path, {"do": "suspend", "why": "举报"}).status_code == 409
    found = school.get("/credentials", standing="suspended").json()
    assert [item["number"] for item in found["items"]] == [one.number]
    school.post(path, {"do": "resume", "why": "查清"})
    new = school.post(path, {"do": "reissue", "why": "遗失"}).json()
    assert new["replaces"] == one.number
    gone = {"do": "revoke", "why": "代考", "day": "2020-01-01"}
    refused = school.post(f"/credentials/{new['id']}/standing", gone)
    assert refused.json()["problems"].keys() == {"day"}
