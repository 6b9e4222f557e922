"""Deadlines and public notices in working days, by the pack's calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from craftpath.pack.programmes import Term
from craftpath.programmes.actions.applications import start, submit
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.actions.programmes import _from, fields_of
from craftpath.programmes.actions.reviews import review
from craftpath.programmes.deadlines import due_on, is_reckoned
from craftpath.programmes.models import Step
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Message
from tests.apps.city import City
from tests.apps.programmes.conftest import Make

pytestmark = pytest.mark.django_db
DAY = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("step", "day", "expected"),
    [
        (Step(days=5, working=True), "2026-09-29", "2026-10-12"),
        (Step(days=10, working=True), "2026-02-12", "2026-03-04"),
        (Step(days=5), "2026-09-29", "2026-10-04"),
        (Step(working=True), "2026-09-29", None),
    ],
)
def test_counts_by_the_calendar(step: Step, day: str, expected: str | None) -> None:
    assert due_on(step, DAY(day)) == (expected and DAY(expected))


def test_keeps_the_working_days_of_every_template() -> None:
    of = {template.id: (template, _from(template, 9)) for template in site_pack().programmes}
    assert any(made.notice_working for _, made in of.values())
    for template, made in of.values():
        notice = template.notice or Term(0)
        assert (made.notice_days, made.notice_working) == (notice.days, notice.working)
        assert [Term(step.days, step.working) if step.days else None for step in made.steps] == [
            one.within for one in template.review or ()
        ]


def test_stands_for_the_working_days_that_it_says(city: City, programme: Make, on: Any) -> None:
    made = programme(notice_days=5, notice_working=True, closes=DAY("2026-09-20"))
    on(DAY("2026-09-29"))
    share_out(city.actor("city"), made.slug)
    made.refresh_from_db()
    assert (made.notice_from, made.notice_until) == (DAY("2026-09-29"), DAY("2026-10-11"))
    assert fields_of(made).notice_working


@pytest.mark.parametrize(
    ("day", "working", "reckoned"),
    [("2026-12-21", True, False), ("2026-12-29", True, True), ("2026-12-29", False, False)],
)
def test_says_where_a_day_was_reckoned_by_monday_to_friday(
    city: City, programme: Make, on: Any, day: str, working: bool, reckoned: bool
) -> None:
    on(DAY(day))
    made = programme(steps=(("city", 5),), opens=DAY("2026-12-01"), closes=DAY("2027-01-15"))
    made.steps.update(working=working)
    worker = city.actor("worker")
    one = submit(worker, start(worker, made.slug).serial)
    assert is_reckoned(one) is reckoned
    review(
        city.actor("city"), one.serial, seen_version=one.version, verdict="return", note="看不清"
    )
    told = Message.objects.filter(party=one.party).latest("pk")
    assert ("推算" in told.zh) is ("reckoned" in told.en) is reckoned
