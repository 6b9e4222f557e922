"""What every page keeps: what was seen stays with whom it was shown."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client, RequestFactory

from craftpath.access.actions.accounts import add_account
from craftpath.access.errors import Invalid
from craftpath.registry.actions.parties import add_organisation, add_person
from craftpath.registry.imports.reading import MAX_BYTES
from craftpath.web.reading import day_in, number_in
from tests.apps.city import City
from tests.apps.web.conftest import Visit, visit_of


@pytest.mark.parametrize(
    ("who", "path"), [("worker", "/me/"), ("city", "/desk/"), ("hr", "/staff/"), ("hr", "/rules/")]
)
def test_lets_no_browser_keep_what_somebody_saw(city: City, who: str, path: str) -> None:
    assert visit_of(city, who).get(path).headers["Cache-Control"] == "no-store"


def test_lets_a_browser_keep_what_anybody_may_see(anybody: Visit) -> None:
    assert "Cache-Control" not in anybody.get("/rules/").headers


@pytest.mark.parametrize("path", ["/account/email/", "/account/password/reset/"])
def test_gives_no_password_by_mail(city: City, path: str) -> None:
    visit = visit_of(city, "worker")
    assert visit.get(path).status_code == 404
    assert visit.post(path, {"email": "a@example.org", "action_add": ""}).status_code == 404
    assert Client().post(path, {"email": "a@example.org"}).status_code == 404
    assert mail.outbox == []


def test_refuses_a_nul_wherever_it_stands(city: City) -> None:
    visit = visit_of(city, "city")
    assert visit.get("/desk/parties/", {"q": "\0"}).status_code == 422
    assert visit.post("/desk/parties/new/person/", {"name": "a\0b"}).status_code == 422
    assert visit.get("/desk/applications/%00/").status_code == 404


@pytest.mark.parametrize("size", [str((52 << 20) + 1), "9" * 400])
@pytest.mark.parametrize("path", ["/", "/desk/imports/new/people/", "/api/v1/imports/people"])
def test_takes_in_no_body_larger_than_the_largest_file(city: City, path: str, size: str) -> None:
    sent = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": size}
    refused = visit_of(city, "city").generic("POST", path, b"--x", **sent)

    assert refused.status_code == 413
    assert "太大" in refused.content.decode()


def test_takes_in_the_largest_file_as_the_proxy_before_it_does(settings: Any) -> None:
    proxy = (Path(__file__).parents[3] / "deploy" / "nginx.conf").read_text("utf-8")
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", proxy)

    assert int(megabytes) << 20 == settings.CRAFTPATH_MAX_BODY
    assert settings.CRAFTPATH_MAX_BODY > MAX_BYTES + (1 << 20)


@pytest.mark.parametrize("typed", ["9" * 5000, "٣", "²", "-1", str(2**63)])
def test_reads_no_number_that_is_none(typed: str) -> None:
    assert number_in(RequestFactory().get("/", {"n": typed}).GET, "n") is None


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31"])
def test_reads_no_day_that_reckoning_leads_out_of(city: City, typed: str) -> None:
    assert day_in(RequestFactory().get("/", {"d": typed}).GET, "d") is None
    log = visit_of(city, "auditor").get("/audit/", {"since": typed, "until": typed})
    assert log.status_code == 200


def test_refuses_words_that_no_table_holds(city: City) -> None:
    official, long = city.actor("city"), "长" * 200
    number = "441900199003071238"
    for said in ({"name": long}, {"name": "王", "name_en": long}, {"name": "王", "region": long}):
        with pytest.raises(Invalid):
            add_person(official, **{"scheme": "ric", "number": number, **said})
    with pytest.raises(Invalid):
        founded = dt.date(2001, 1, 1)
        add_organisation(official, name=long, number="91441900MA0000001X", founded=founded)
    with pytest.raises(Invalid):
        add_account(city.actor("operator"), username="a" * 151, name="王", password="correct-horse")


@pytest.mark.parametrize("typed", ["1e999999", "-1e999999", "nan", "1e-999999", "--5", "9" * 5000])
def test_reads_no_number_that_cannot_be_reckoned_with(city: City, typed: str) -> None:
    school, official = visit_of(city, "school"), visit_of(city, "city")
    form = {"pass_mark": typed, "places": typed, "notice_days": typed, "rows": typed}
    assert school.post("/hosted/new/", form).status_code < 500
    form |= {"outcome": "certificate", "outcome_kind": "certificate", "outcome_level": typed}
    for more in ({}, {"remove": f"steps-{typed}"}, {"remove": f"groups-{typed}"}):
        response = official.post("/desk/programmes/new/by-hand/", {**form, **more})
        assert response.status_code < 500


@pytest.mark.parametrize(
    "back", ["home", "9999-12-31", "//elsewhere.example", "https://x.example/"]
)
def test_leads_back_to_a_page_of_ours_alone(anybody: Visit, back: str) -> None:
    response = anybody.post("/language/", {"language": "en", "next": back})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("typed", ["²", "none-such", "../occupation"])
def test_takes_no_list_that_the_pack_has_not(city: City, typed: str) -> None:
    form = {"focus_mode": "asked", "focus_list": typed, "name_zh": "班"}
    assert visit_of(city, "city").post("/desk/programmes/new/by-hand/", form).status_code == 422
    assert visit_of(city, "school").post("/hosted/new/", form).status_code == 422
