"""One person with two live applications to one programme: which stands is asked, and a place that
is set free goes on."""

from __future__ import annotations

import pytest

from craftpath.access.errors import Conflict, Invalid
from craftpath.audit.models import Entry
from craftpath.programmes.actions.applications import amend, start
from craftpath.programmes.models import Application
from craftpath.registry.actions.merges import contradictions_between, merge, unmerge
from craftpath.registry.models import Merge, Message, Party, Record
from craftpath.registry.queries import records_of
from tests.apps.city import City
from tests.apps.programmes.conftest import Make
from tests.apps.registry.test_merging import BORN, person


def applied(programme, party: Party, order: int, **said: object) -> Application:
    plain: dict[str, object] = {
        "state": "approved",
        "place": "placed",
        "rank": order,
        "serial": f"NS-{order}",
    }
    return Application.objects.create(
        programme=programme, party=party, order=order, **{**plain, **said}
    )


@pytest.fixture
def twice(city: City) -> Party:
    return person("林晓", BORN)


def test_asks_which_of_two_places_in_one_course_stands(
    city: City, programme: Make, twice: Party
) -> None:
    """First seen: both stayed, without a word."""
    course = programme(way="first-come", places=2, waiting_list=True)
    first, second = applied(course, city.worker, 1), applied(course, twice, 2)
    waits = applied(course, city.colleague, 3, place="waiting")
    official = city.actor("city")

    with pytest.raises(Invalid) as refused:
        merge(official, keep=city.worker.pk, absorb=twice.pk)
    (said,) = refused.value.problems.values()
    assert "NS-1：审核通过，已获名额" in said.zh and "NS-2" in said.zh
    assert "“Night school”" in said.en and "has a place" in said.en

    row = merge(
        official,
        keep=city.worker.pk,
        absorb=twice.pk,
        stands={f"application-{course.pk}": "NS-1"},
    )

    for one in (first, second, waits):
        one.refresh_from_db()
    assert (first.state, first.place) == ("approved", "placed")
    assert second.state == "withdrawn" and second.place != "placed"
    assert waits.place == "placed"
    assert row.settled == {"applications": [second.pk]}
    told = [entry.action for entry in Entry.objects.order_by("number")][-3:]
    assert told == ["places.move", "application.withdraw", "party.merge"]
    assert Message.objects.filter(party=twice, zh__contains="NS-1").exists()

    unmerge(official, row.pk)
    second.refresh_from_db()
    assert second.state == "withdrawn"


def test_takes_back_what_came_of_the_one_that_does_not_stand(
    city: City, programme: Make, twice: Party
) -> None:
    course = programme(stage="closed")
    outcome = Record.objects.create(
        party=twice, kind="special-ability", start=BORN, known=BORN, status="verified"
    )
    applied(course, city.worker, 1, state="done")
    applied(course, twice, 2, state="done", outcome=outcome)

    merge(
        city.actor("city"),
        keep=city.worker.pk,
        absorb=twice.pk,
        stands={f"application-{course.pk}": "NS-1"},
    )

    standing = records_of(city.worker.pk).filter(known_until=None)
    assert not standing.filter(kind="special-ability").exists()
    gone = Application.objects.get(serial="NS-2")
    assert (gone.state, gone.place) == ("withdrawn", "unplaced")


def test_asks_for_each_focus_by_itself_and_not_about_what_has_ended(
    city: City, programme: Make, twice: Party
) -> None:
    course, other = programme(focus_list="occupation"), programme()
    applied(course, city.worker, 1, focus="6-18-02-04")
    applied(course, twice, 2, focus="6-18-01-01")
    applied(other, city.worker, 3, state="withdrawn")
    applied(other, twice, 4)

    assert contradictions_between(city.actor("city"), city.worker.pk, twice.pk) == []


def test_keeps_to_one_application_after_the_merge_whoever_writes_it(
    city: City, programme: Make, twice: Party
) -> None:
    """The database holds it for one number alone; the absorbed one's counts as well."""
    course = programme(focus_list="occupation")
    official, worker = city.actor("city"), city.actor("worker")
    applied(course, twice, 1, focus="6-18-02-04")
    course.last_number = 1
    course.save()
    merge(official, keep=city.worker.pk, absorb=twice.pk)

    with pytest.raises(Conflict):
        start(worker, course.slug, focus="6-18-02-04")
    start(worker, course.slug, focus="6-18-01-01")
    with pytest.raises(Conflict):  # first seen: the kept one's own was not looked at
        amend(worker, "NS-1", focus="6-18-01-01")
    assert Merge.objects.count() == 1
