"""Every role on every action of sittings: the body's own logins, and the worker who appeals.

Whoever is refused leaves nothing behind, as in tests/apps/access/test_roles_actions.py.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from craftpath.access.errors import NotThere, Refusal
from craftpath.access.roles import Actor, anyone
from craftpath.assessment import actions, queries
from craftpath.assessment.actions import (
    appeals,
    archives,
    examiners,
    marks,
    plans,
    results,
    rolls,
    rooms,
    seating,
    sessions,
)
from craftpath.assessment.models import Appeal, Room, Seat, Session
from craftpath.audit.models import Entry
from craftpath.programmes.models import Application
from tests.apps.assessment.hall import (
    LEVEL3,
    MORNING,
    TODAY,
    Hall,
    planned,
    room,
    sitting_programme,
    staffed,
    typed,
    with_places,
)
from tests.apps.assessment.hall import sessions as plan_sessions
from tests.apps.city import CHANGAN, DUTIES

EVERYBODY = ["public", *DUTIES]
#: How many days from today each sitting is held.
HELD = {"to-seat": 30, "to-type": 7, "to-publish": 10, "published-1": 11, "over-and-done": 13}


def staged(hall: Hall, slug: str) -> list[Application]:
    """Planned and staffed on a day of its own, with two candidates; 林晓 is the first."""
    planned(hall, slug)
    staffed(hall, *plan_sessions(hall, slug, day=TODAY + dt.timedelta(days=HELD[slug])))
    made = with_places(slug, 2)
    Application.objects.filter(pk=made[0].pk).update(party=hall.city.worker)
    return made


@pytest.fixture
def world(hall: Hall, settings: Any, tmp_path: Any) -> Hall:
    settings.MEDIA_ROOT = tmp_path
    sitting_programme(hall, "p")
    for slug in HELD:
        staged(hall, slug)
    for slug in list(HELD)[1:]:
        days = Session.objects.filter(sitting__programme__slug=slug)
        settings.CRAFTPATH_TODAY = days[0].day
        seating.seat(hall.clerk, slug)
        for one in days:
            rolls.take_roll(hall.clerk, one.pk, absent=[])
        if slug != "to-type":
            people = Application.objects.filter(programme__slug=slug)
            both = [(one.serial, part, 80) for one in people for part in ("theory", "skill")]
            typed(hall, slug, both)
        if slug in ("published-1", "over-and-done"):
            results.publish(hall.clerk, slug)
    return hall


def serial(slug: str) -> str:
    return Application.objects.filter(programme__slug=slug).order_by("order")[0].serial


def session(slug: str) -> int:
    return Session.objects.filter(sitting__programme__slug=slug, part="theory").get().pk


def _sheet(hall: Hall) -> str:
    content = f"准考证号,理论成绩\n{serial('to-type')},80".encode()
    return marks.enter_sheet(hall.third, "to-type", "first", "a.csv", content).sha256


def _differing(hall: Hall) -> str:
    for actor, hand, mark in ((hall.second, "first", 80), (hall.third, "second", 81)):
        marks.enter(actor, "to-type", hand, [(serial("to-type"), "theory", mark)])
    return serial("to-type")


def _appeal(hall: Hall) -> int:
    one = Application.objects.get(serial=serial("published-1"))
    found, _ = Appeal.objects.get_or_create(
        application=one, part="skill", defaults={"text": "不服", "at": dt.datetime.now(dt.UTC)}
    )
    return found.pk


def _room(hall: Hall) -> int:
    return Room.objects.get_or_create(
        body=hall.body, name="空", defaults={"address": "空", "region": CHANGAN, "seats": 2}
    )[0].pk


Do = Callable[[Actor, Hall], Any]
BODY = {"school"}
ROOM = {"address": "一路", "region": CHANGAN, "seats": 9}
#: action → (how it is called, who succeeds)
TABLE: dict[str, tuple[Do, set[str]]] = {
    "plan": (lambda a, h: plans.plan(a, "p", level=LEVEL3, carries=0, appeal_days=5), BODY),
    "add_room": (lambda a, h: rooms.add_room(a, name="新", **ROOM), BODY),
    "change_room": (lambda a, h: rooms.change_room(a, _room(h), name="甲", **ROOM), BODY),
    "close_room": (lambda a, h: rooms.close_room(a, _room(h)), BODY),
    "add_session": (
        lambda a, h: sessions.add_session(
            a, "to-seat", part="theory", room=room(h).pk, starts=MORNING, minutes=90,
            day=TODAY + dt.timedelta(days=40),
        ),
        BODY,
    ),
    "change_session": (
        lambda a, h: sessions.change_session(
            a, session("to-seat"), room=room(h).pk, starts=MORNING, minutes=90,
            day=TODAY + dt.timedelta(days=40),
        ),
        BODY,
    ),
    "remove_session": (lambda a, h: sessions.remove_session(a, session("to-seat")), BODY),
    "put_examiner": (
        lambda a, h: examiners.put_examiner(
            a, session("to-seat"), person=h.examiners[4].pk, role="invigilator"
        ),
        BODY,
    ),
    "take_examiner": (
        lambda a, h: examiners.take_examiner(a, session("to-seat"), person=h.examiners[0].pk),
        BODY,
    ),
    "seat": (lambda a, h: seating.seat(a, "to-seat"), BODY),
    "unseat": (
        lambda a, h: (
            seating.seat(h.clerk, "to-seat"),
            seating.unseat(a, "to-seat", why="停电"),
        ),
        BODY,
    ),
    "take_roll": (lambda a, h: rolls.take_roll(a, session("to-type"), absent=[]), BODY),
    "enter": (
        lambda a, h: _kept(marks.enter(a, "to-type", "first", [(serial("to-type"), "skill", 80)])),
        BODY,
    ),
    "enter_sheet": (
        lambda a, h: marks.enter_sheet(a, "to-type", "first", "a.csv", "准考证号,理论\n".encode()),
        BODY,
    ),
    "confirm_sheet": (lambda a, h: marks.confirm_sheet(a, "to-type", _sheet(h)), BODY),
    "settle": (
        lambda a, h: marks.settle(a, "to-type", _differing(h), "theory", 80, why="核对"),
        BODY,
    ),
    "publish": (lambda a, h: results.publish(a, "to-publish"), BODY),
    "raise_appeal": (
        lambda a, h: appeals.raise_appeal(a, serial("over-and-done"), part="skill", text="不服"),
        {"worker"},
    ),
    "answer_appeal": (
        lambda a, h: appeals.answer_appeal(a, _appeal(h), upheld=False, answer="无误"),
        set(),  # the cast's one login of the body typed the mark: see `third` below
    ),
    "archive": (lambda a, h: archives.archive(a, "published-1"), BODY),
    "open_archive": (lambda a, h: archives.open_archive(a, "published-1"), BODY),
}  # fmt: skip


def _kept(told: list[marks.Told]) -> None:
    if any(one.problem for one in told):
        raise Refusal("", "refused")


def test_lets_do_who_may_and_nobody_else(world: Hall, settings: Any) -> None:
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=13)
    for name, (do, expected) in TABLE.items():
        if "archive" in name:
            settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=20)
        if name == "open_archive":
            archives.archive(world.clerk, "published-1")
        succeeded = set()
        for who in EVERYBODY:
            actor = anyone() if who == "public" else world.city.actor(who)
            before, point = written(actor), transaction.savepoint()
            try:
                do(actor, world)
                succeeded.add(who)
            except Refusal:
                assert written(actor) == before, f"{who} was refused {name} and left a trace"
            transaction.savepoint_rollback(point)
        assert succeeded == expected & set(EVERYBODY), name


def written(actor: Actor) -> int:
    """How many entries of the audit are the actor's; what others did to set the stage is not."""
    return Entry.objects.filter(user=actor.user).count()


def test_leaves_no_action_out() -> None:
    found = set()
    for module in pkgutil.iter_modules(actions.__path__, actions.__name__ + "."):
        for name, thing in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(thing) and thing.__module__ == module.name:
                takes = list(inspect.signature(thing).parameters)
                if not name.startswith("_") and takes[:1] == ["actor"]:
                    found.add(name)
    assert found == set(TABLE)


# --- reads ---------------------------------------------------------------------------------


def sees(actor: Actor, slug: str = "over-and-done") -> bool:
    try:
        queries.sitting_seen_by(actor, slug)
    except NotThere:
        return False
    return True


def test_shows_a_sitting_to_its_body_and_the_officials_of_its_region(world: Hall) -> None:
    assert {who for who in DUTIES if sees(world.city.actor(who))} == {
        "school",
        "city",
        "province",
        "province-2",
    }
    lines = queries.mark_lines(world.city.actor("city"), "over-and-done")
    assert [line.stands is not None and line.typed == () for line in lines] == [True] * 4
    before = queries.mark_lines(world.city.actor("city"), "to-publish")
    assert [line.stands for line in before] == [None] * 4
    for who in DUTIES:
        actor = world.city.actor(who)
        assert queries.rooms_of(actor).exists() == (who == "school")
        assert queries.pool_of(actor, TODAY).exists() == (who == "school")
        if not sees(actor):
            with pytest.raises(NotThere):
                queries.sessions_seen_by(actor, "over-and-done")


def test_shows_a_worker_her_own_sittings_and_marks_once_published(world: Hall) -> None:
    own = queries.own_sittings(world.city.actor("worker"))
    by_slug = {one.sitting.programme.slug: one for one in own}
    assert set(by_slug) == set(HELD)
    assert not by_slug["to-seat"].ticket and by_slug["to-seat"].parts[0].seat is None
    waiting = by_slug["to-publish"]
    assert len(waiting.ticket) == 12
    assert [one.part for one in waiting.parts] == ["theory", "skill"]
    seats = [one.seat for one in waiting.parts]
    assert all(isinstance(one, Seat) and one.session.room.name == "一号考场" for one in seats)
    assert [one.mark for one in waiting.parts] == [None, None]
    told = by_slug["over-and-done"]
    assert [one.mark and one.mark.value for one in told.parts] == [80, 80]
    assert told.appeal_until == TODAY + dt.timedelta(days=19)
    for who in set(DUTIES) - {"worker"}:
        assert queries.own_sittings(world.city.actor(who)) == []
