"""The address in messages, followed by everybody who may get one."""

from __future__ import annotations

import pytest

from craftpath.engine.rules import Label
from craftpath.programmes.telling import tell_all
from craftpath.registry.models import Message
from tests.apps.city import City
from tests.apps.web.conftest import Visit, an_application, open_programme, visit_of


@pytest.fixture
def link(city: City) -> str:
    """Where a message to the worker and to the employer who applied for her leads."""
    programme = open_programme(host=city.school)
    one = an_application(programme, city, "worker", employer=city.works)
    tell_all(programme, [(one, Label("已受理。", "taken in."))])
    (link,) = set(Message.objects.values_list("link", flat=True))
    return link


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("worker", "/me/applications/"),
        ("hr", "/staff/applications/"),
        ("school", "/hosted/applications/"),
        ("town", "/desk/applications/"),
        ("city", "/desk/applications/"),
        ("province", "/desk/applications/"),
    ],
)
def test_leads_each_role_to_its_own_page(city: City, link: str, who: str, place: str) -> None:
    visit = visit_of(city, who)

    answer = visit.get(link)

    assert answer.status_code == 302
    assert answer["Location"] == place + link.removeprefix("/applications/")
    assert visit.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("who", ["stranger", "rival-hr", "other-city", "auditor", "operator"])
def test_is_not_there_for_whoever_may_not_see_it(city: City, link: str, who: str) -> None:
    assert visit_of(city, who).get(link).status_code == 404


def test_looks_the_same_where_there_is_no_such_application(city: City, link: str) -> None:
    assert visit_of(city, "worker").get("/applications/X1-2025-000009/").status_code == 404


def test_asks_whoever_is_not_logged_in_to_log_in(link: str, anybody: Visit) -> None:
    answer = anybody.get(link)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=/applications/")
