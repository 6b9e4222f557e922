"""Each race is first seen to go wrong with the programme's lock off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection

from craftpath.access.models import Duty, User
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes.actions import applications, reviews
from craftpath.programmes.actions.applications import amend, start, submit
from craftpath.programmes.actions.reviews import review
from craftpath.programmes.models import Application, Programme, Review
from craftpath.registry.models import Party
from tests.apps.city import CHANGAN, DAY, City
from tests.apps.programmes.conftest import make_programme
from tests.races.meeting import DONE, at_once, slowly

pytestmark = [pytest.mark.slow, pytest.mark.database]

APPLICANTS = 20


def twenty_drafts(programme: Programme) -> list[Callable[[], Any]]:
    """Twenty people about to hand in."""
    jobs = []
    for number in range(APPLICANTS):
        party = Party.objects.create(nature="person", name=f"赛{number}", region=CHANGAN)
        user = User.objects.create(username=f"{programme.slug}-{number}")
        duty = Duty.objects.create(user=user, role="worker", party=party, start=DAY)
        draft = start(duty.actor(), programme.slug)
        jobs.append(partial(submit, duty.actor(), draft.serial))
    return jobs


def test_gives_the_last_place_to_one_of_twenty(city: City, monkeypatch) -> None:
    monkeypatch.setattr(applications, "has_place_for", slowly(applications.has_place_for))

    open_to_races = make_programme(way="first-come", places=1)
    went = at_once(twenty_drafts(open_to_races), locked=False)
    places = Counter(Application.objects.values_list("place", flat=True))
    assert went != [DONE] * APPLICANTS or places["placed"] != 1  # turned away, or too many

    one_place = make_programme(way="first-come", places=1)
    assert at_once(twenty_drafts(one_place), locked=True) == [DONE] * APPLICANTS
    theirs = Application.objects.filter(programme=one_place)
    assert Counter(theirs.values_list("place", flat=True)) == {"placed": 1, "waiting": 19}
    first = theirs.exclude(submitted_at=None).order_by("order").first()
    assert first is not None
    assert first.place == "placed"
    assert not list(verify())


def test_hands_in_once_however_often_it_is_pressed(city: City, monkeypatch) -> None:
    monkeypatch.setattr(applications, "require_documents", slowly(applications.require_documents))
    actor = city.actor("worker")

    def pressed(*, locked: bool) -> tuple[list[str], int]:
        draft = start(actor, make_programme(steps=(("grassroots", 5),)).slug)
        went = at_once([lambda: submit(actor, draft.serial)] * 2, locked=locked)
        told = Entry.objects.filter(object=f"application:{draft.pk}", action="application.submit")
        return went, told.count()

    assert pressed(locked=False) != (["Conflict", DONE], 1)
    assert pressed(locked=True) == (["Conflict", DONE], 1)
    assert not list(verify())


@contextmanager
def without_the_constraint() -> Iterator[None]:
    """The database's own line of defence, out of the way, to see the lock alone."""
    constraint = Review._meta.constraints[0]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Review, constraint)
    try:
        yield
    finally:
        Review.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Review, constraint)


def two_reviewers(city: City, *, locked: bool) -> tuple[list[str], int]:
    actor = city.actor("worker")
    slug = make_programme(steps=(("province", 5),)).slug
    found = submit(actor, start(actor, slug).serial)
    jobs = [
        lambda: review(
            city.actor("province"), found.serial, seen_version=found.version, verdict="pass"
        ),
        lambda: review(
            city.actor("province-2"),
            found.serial,
            seen_version=found.version,
            verdict="refuse",
            note="no",
        ),
    ]
    went = at_once(jobs, locked=locked)
    return went, Review.objects.filter(application=found).count()


def test_takes_one_decision_of_two_reviewers(city: City, monkeypatch) -> None:
    monkeypatch.setattr(reviews, "_require_decidable", slowly(reviews._require_decidable))
    with without_the_constraint():
        assert two_reviewers(city, locked=False) != (["Conflict", DONE], 1)
        assert two_reviewers(city, locked=True) == (["Conflict", DONE], 1)
    assert two_reviewers(city, locked=True) == (["Conflict", DONE], 1)
    assert not list(verify())


def test_approves_nothing_that_changed_under_the_reviewers_eyes(city: City, monkeypatch) -> None:
    monkeypatch.setattr(reviews, "_require_decidable", slowly(reviews._require_decidable))
    monkeypatch.setattr(applications, "require_may_amend", slowly(applications.require_may_amend))
    actor = city.actor("worker")

    def both(*, locked: bool) -> list[str]:
        slug = make_programme(steps=(("province", 5),)).slug
        found = submit(actor, start(actor, slug).serial)
        return at_once(
            [
                lambda: review(
                    city.actor("province"), found.serial, seen_version=found.version, verdict="pass"
                ),
                lambda: amend(actor, found.serial, note="something else"),
            ],
            locked=locked,
        )

    # They meet each time; who of them is quicker then is chance.
    assert any(both(locked=False) != ["Conflict", DONE] for _ in range(10))
    assert both(locked=True) == ["Conflict", DONE]
    assert not list(verify())
