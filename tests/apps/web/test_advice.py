"""What pages advise: nothing that somebody has, the best that is open, and full where it is."""

from __future__ import annotations

import pytest

from craftpath.programmes.actions.applications import start, submit
from tests.apps.city import City
from tests.apps.web.conftest import Visit, an_application, open_programme, visit_of

#: 林晓 has level 3 as a welder.
REACHED = {"slug": "welder-3", "rule": "skill-level.senior", "name_en": "Welder, level 3"}


def test_offers_nothing_near_that_is_reached(city: City, worker: Visit) -> None:
    open_programme(**REACHED)
    open_programme()
    page = worker.in_english().text("/me/near/")
    assert "Welder, level 2" in page and "Welder, level 3" not in page
    assert "Welder, level 3" in visit_of(city, "colleague").in_english().text("/me/near/")


def test_offers_what_is_left_of_several_occupations(city: City, worker: Visit) -> None:
    """Reached as a welder, it is open for the other occupations that her records name."""
    open_programme(**{**REACHED, "focus": "", "focus_list": "occupation"})
    assert "Welder, level 3" not in worker.in_english().text("/me/near/")
    open_programme("drawing", rule="", focus="", name_en="Drawing")
    assert "Drawing" in worker.text("/me/near/")


def test_says_on_its_page_that_it_is_reached(worker: Visit) -> None:
    open_programme(**REACHED)
    page = worker.in_english().text("/programmes/welder-3/")
    assert "You have this level already" in page and "Begin an application" not in page


@pytest.mark.parametrize("who", ["", "worker"])
def test_says_to_everybody_that_it_is_full(city: City, who: str) -> None:
    made = open_programme(
        "class", rule="", focus="", places=1, waiting_list=False, name_en="Evening class"
    )
    visit = (visit_of(city, who) if who else Visit()).in_english()
    assert "All places are taken" not in visit.text("/programmes/class/")
    colleague = city.actor("colleague")
    submit(colleague, start(colleague, made.slug).serial)
    page = visit.text("/programmes/class/")
    assert "All places are taken and there is no waiting list" in page
    assert "Begin an application" not in page and "Log in to apply" not in page
    assert '<span class="chip">full</span>' in page and ">open</span>" not in page
    listed = visit.text("/programmes/")
    assert "places, all taken" in listed and '<span class="chip">full</span>' in listed


def test_says_before_and_after_who_of_a_group_waits(city: City) -> None:
    open_programme("class", rule="", focus="", places=1, name_en="Evening class")
    hr = visit_of(city, "hr").in_english()
    who = [city.worker.pk, city.colleague.pk]
    before = hr.post("/staff/programmes/class/", {"chosen": who, "confirm": "1"}).content.decode()
    assert "fewer than you chose" in before and "goes on the waiting list" in before
    after = hr.post("/staff/programmes/class/", {"chosen": who, "apply": "1"}).content.decode()
    assert "1 on the waiting list" in after


@pytest.mark.parametrize(
    ("way", "place", "word", "tone"),
    [
        ("lottery", "none", "passed review, waiting for the draw", "wait"),
        ("ranked", "none", "passed review, waiting for the ranking", "wait"),
        ("open", "none", "approved", "good"),
        ("lottery", "placed", "passed review, has a place", "good"),
        ("first-come", "waiting", "passed review, on the waiting list", "wait"),
        ("ranked", "unplaced", "passed review, no place", ""),
    ],
)
def test_says_what_a_state_means_to_who_applied(
    city: City, way: str, place: str, word: str, tone: str
) -> None:
    made = open_programme("class", rule="", focus="", way=way)
    one = an_application(made, city, "worker", state="approved", place=place)
    for who, page in (
        ("worker", "/me/applications/"),
        ("worker", f"/me/applications/{one.serial}/"),
    ):
        assert f'<span class="chip {tone}">{word}</span>' in visit_of(city, who).in_english().text(
            page
        )


def test_hands_in_what_was_typed_for_the_reviewer(city: City, worker: Visit) -> None:
    open_programme("class", rule="", focus="")
    one = start(city.actor("worker"), "class")
    page = worker.text(f"/me/applications/{one.serial}/")
    assert (
        page.count("<textarea") == 1
        and f'formaction="/me/applications/{one.serial}/submit/"' in page
    )
    sent = worker.post(f"/me/applications/{one.serial}/submit/", {"note": "夜班，请晚上联系"})
    assert sent.status_code == 302
    one.refresh_from_db()
    assert (one.state, one.note) == ("submitted", "夜班，请晚上联系")


def test_keeps_what_was_typed_where_handing_in_is_refused(city: City, worker: Visit) -> None:
    made = open_programme("class", rule="", focus="", waiting_list=False, places=1)
    one = start(city.actor("worker"), "class")
    submit(city.actor("colleague"), start(city.actor("colleague"), made.slug).serial)
    refused = worker.post(f"/me/applications/{one.serial}/submit/", {"note": "请尽快"})
    assert refused.status_code == 409 and "请尽快</textarea>" in refused.content.decode()
    one.refresh_from_db()
    assert (one.state, one.note) == ("draft", "")


def test_gives_ones_own_reasons_for_what_one_does_not_get(worker: Visit) -> None:
    """Not the rule book, which says what everybody is asked, but how far she has come of it."""
    page = worker.in_english().text("/me/")
    refused = page[page.index("Not for you as things stand") :]
    assert "Nearest: " in refused and "so far" in refused
    assert refused.count("<details>") > 5 and "The rule, its clauses and versions" in refused
