from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_django import Settings

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.allotment.draw_file import parse_draw
from craftpath.allotment.verify import verify_draw
from craftpath.audit.models import Entry
from craftpath.cli.main import main
from craftpath.programmes.actions.draws import (
    commit_draw,
    draw_document,
    publish_list,
    run_draw,
    terms_hold,
)
from craftpath.programmes.actions.places import Shared
from craftpath.programmes.models import Application, Draw, Programme
from craftpath.registry.models import Message
from tests.apps.city import DAY, City
from tests.apps.programmes.line_up import groups, line_up, places, programme, seen

EVENT = "福彩3D 2025年8月30日开奖号码"
EVENT_DAY = DAY + dt.timedelta(days=3)
BEFORE = DAY - dt.timedelta(days=10)


def lottery(settings: Settings, **changed: object) -> Programme:
    """Open still; its window closes on the tests' day."""
    settings.CRAFTPATH_TODAY = BEFORE
    return programme(**{"slug": "drawn", "way": "lottery", "places": 3, **changed})


def committed(city: City, settings: Settings, **changed: object) -> Programme:
    asked = lottery(settings, **changed)
    commit_draw(city.actor("city"), "drawn", public_source=EVENT, public_day=EVENT_DAY)
    settings.CRAFTPATH_TODAY = DAY
    return asked


def listed(city: City, settings: Settings, count: int = 8) -> list[Application]:
    asked = committed(city, settings)
    made = groups(asked, east=0)
    Programme.objects.update(places=3)
    people = line_up(asked, count, points=False, in_groups=[None, made["east"]])
    # The group came after the commitment; commit anew, as the terms ask.
    settings.CRAFTPATH_TODAY = BEFORE
    commit_draw(city.actor("city"), "drawn", public_source=EVENT, public_day=EVENT_DAY)
    settings.CRAFTPATH_TODAY = DAY
    publish_list(city.actor("city"), "drawn")
    settings.CRAFTPATH_TODAY = EVENT_DAY
    return people


# --- the whole way -------------------------------------------------------------------------


def test_writes_a_document_that_anyone_can_verify(
    city: City, settings: Settings, tmp_path: Path
) -> None:
    people = listed(city, settings)
    draw = Draw.objects.get()
    assert run_draw(city.actor("city"), "drawn", public_value="4 0 7") == Shared(3, 5, 0)
    text = draw_document("drawn")
    found, problems = parse_draw(text.encode())
    assert found is not None
    assert problems == ()
    assert verify_draw(found) == ()
    assert {key for key, _ in found.entrants} == {one.serial for one in people}
    file = tmp_path / "draw.json"
    file.write_text(text, encoding="utf-8")
    published = ["--commitment", draw.commitment, "--list-hash", draw.list_hash]
    ran = CliRunner().invoke(main, ["draw", "verify", str(file), *published])
    assert ran.exit_code == 0, ran.output
    assert "全部一致" in ran.output


def test_gives_places_and_ranks_as_they_were_drawn(city: City, settings: Settings) -> None:
    listed(city, settings)
    run_draw(city.actor("city"), "drawn", public_value="4 0 7")
    found, _ = parse_draw(draw_document("drawn").encode())
    assert found is not None
    ranked = Application.objects.filter(rank__isnull=False).order_by("rank")
    assert [one.serial for one in ranked if one.place == "placed"] == list(found.placed)
    assert [one.serial for one in ranked if one.place == "waiting"] == list(found.waiting)
    assert [one.rank for one in ranked] == list(range(1, 9))
    assert Message.objects.count() == 8
    assert Programme.objects.get().stage == "shared"


def test_draws_who_has_withdrawn_since_and_moves_their_place_on(
    city: City, settings: Settings
) -> None:
    people = listed(city, settings, count=4)
    for gone in people[:2]:
        Application.objects.filter(pk=gone.pk).update(state="withdrawn")
    shared = run_draw(city.actor("city"), "drawn", public_value="4 0 7")
    assert shared == Shared(placed=2, waiting=0, unplaced=0, gone=2)
    found, _ = parse_draw(draw_document("drawn").encode())
    assert found is not None
    assert len(found.entrants) == 4
    assert verify_draw(found) == ()
    assert places(Programme.objects.get()) == {
        1: "unplaced",
        2: "unplaced",
        3: "placed",
        4: "placed",
    }


def test_draws_without_a_public_event(city: City, settings: Settings) -> None:
    asked = lottery(settings)
    commit_draw(city.actor("city"), "drawn")
    line_up(asked, 5, points=False)
    settings.CRAFTPATH_TODAY = DAY
    publish_list(city.actor("city"), "drawn")
    with pytest.raises(Invalid):
        run_draw(city.actor("city"), "drawn", public_value="4 0 7")
    assert run_draw(city.actor("city"), "drawn").placed == 3


# --- the commitment ------------------------------------------------------------------------


def test_keeps_the_seed_sealed_and_out_of_the_audit(city: City, settings: Settings) -> None:
    listed(city, settings)
    sealed = bytes(Draw.objects.get().sealed_seed)
    run_draw(city.actor("city"), "drawn", public_value="4 0 7")
    found, _ = parse_draw(draw_document("drawn").encode())
    assert found is not None
    assert found.seed not in sealed
    said = [str(entry.details) for entry in Entry.objects.exclude(action="draw.run")]
    assert not any(found.seed.hex() in text for text in said)


def test_takes_another_seed_each_time(city: City, settings: Settings) -> None:
    lottery(settings)
    first = commit_draw(city.actor("city"), "drawn").commitment
    Programme.objects.update(places=4)
    assert commit_draw(city.actor("city"), "drawn").commitment != first
    told = Entry.objects.filter(action="draw.commit").order_by("number")
    assert [entry.details["instead_of"] for entry in told] == [None, first]


@pytest.mark.parametrize(
    ("source", "day", "field"),
    [
        (EVENT, None, "public_day"),
        ("", EVENT_DAY, "public_source"),
        ("two\nlines", EVENT_DAY, "public_source"),
        ("长" * 201, EVENT_DAY, "public_source"),
        (EVENT, DAY, "public_day"),
    ],
)
def test_names_what_is_wrong_with_a_public_event(
    city: City, settings: Settings, source: str, day: dt.date | None, field: str
) -> None:
    lottery(settings)
    with pytest.raises(Invalid) as refused:
        commit_draw(city.actor("city"), "drawn", public_source=source, public_day=day)
    assert field in refused.value.problems
    assert not Draw.objects.exists()
    commit_draw(city.actor("city"), "drawn", public_source=EVENT, public_day=EVENT_DAY)


def test_is_committed_to_once_before_the_window_closes(city: City, settings: Settings) -> None:
    lottery(settings)
    commit_draw(city.actor("city"), "drawn")
    with pytest.raises(Conflict):
        commit_draw(city.actor("city"), "drawn")
    settings.CRAFTPATH_TODAY = DAY
    programme("late", way="lottery")
    with pytest.raises(Conflict) as refused:
        commit_draw(city.actor("city"), "late")
    assert "延长受理期" in refused.value.label.zh
    with pytest.raises(Conflict):
        publish_list(city.actor("city"), "late")


def test_stands_no_change_of_places_after_the_window(city: City, settings: Settings) -> None:
    asked = committed(city, settings)
    line_up(asked, 5, points=False)
    Programme.objects.update(places=4)
    asked.refresh_from_db()
    assert not terms_hold(asked)
    with pytest.raises(Conflict):
        publish_list(city.actor("city"), "drawn")
    Programme.objects.update(places=3)
    asked.refresh_from_db()
    assert terms_hold(asked)
    publish_list(city.actor("city"), "drawn")
    Programme.objects.update(places=4)
    settings.CRAFTPATH_TODAY = EVENT_DAY
    with pytest.raises(Conflict):
        run_draw(city.actor("city"), "drawn", public_value="4 0 7")


# --- the list ------------------------------------------------------------------------------


def test_lists_the_approved_alone_and_once(city: City, settings: Settings) -> None:
    asked = committed(city, settings)
    people = line_up(asked, 3, points=False)
    Application.objects.filter(pk=people[1].pk).update(state="refused")
    draw = publish_list(city.actor("city"), "drawn")
    assert draw.list == f"{people[0].serial}\t-\n{people[2].serial}\t-\n"
    with pytest.raises(Conflict):
        publish_list(city.actor("city"), "drawn")


def test_waits_for_the_window_and_the_reviews(city: City, settings: Settings) -> None:
    asked = committed(city, settings)
    people = line_up(asked, 3, points=False)
    Application.objects.filter(pk=people[1].pk).update(state="submitted")
    with pytest.raises(Conflict) as refused:
        publish_list(city.actor("city"), "drawn")
    assert people[1].serial in refused.value.label.zh
    Application.objects.filter(pk=people[1].pk).update(state="approved")
    settings.CRAFTPATH_TODAY = BEFORE
    with pytest.raises(Conflict):
        publish_list(city.actor("city"), "drawn")
    settings.CRAFTPATH_TODAY = DAY
    publish_list(city.actor("city"), "drawn")


def test_is_not_published_once_the_event_is_known(city: City, settings: Settings) -> None:
    asked = committed(city, settings)
    line_up(asked, 3, points=False)
    settings.CRAFTPATH_TODAY = EVENT_DAY
    with pytest.raises(Conflict) as refused:
        publish_list(city.actor("city"), "drawn")
    assert "不能取信" in refused.value.label.zh
    settings.CRAFTPATH_TODAY = EVENT_DAY - dt.timedelta(days=1)
    publish_list(city.actor("city"), "drawn")


# --- drawing -------------------------------------------------------------------------------


def test_is_not_drawn_before_its_day_or_without_the_value(city: City, settings: Settings) -> None:
    listed(city, settings)
    with pytest.raises(NotThere):
        draw_document("drawn")
    settings.CRAFTPATH_TODAY = EVENT_DAY - dt.timedelta(days=1)
    with pytest.raises(Conflict):
        run_draw(city.actor("city"), "drawn", public_value="4 0 7")
    settings.CRAFTPATH_TODAY = EVENT_DAY
    with pytest.raises(Invalid):
        run_draw(city.actor("city"), "drawn")
    assert run_draw(city.actor("city"), "drawn", public_value="4 0 7").placed == 3


def test_is_never_drawn_twice(city: City, settings: Settings) -> None:
    listed(city, settings)
    run_draw(city.actor("city"), "drawn", public_value="4 0 7")
    before, text = seen(Programme.objects.get()), draw_document("drawn")
    with pytest.raises(Conflict):
        run_draw(city.actor("city"), "drawn", public_value="1 2 3")
    assert (seen(Programme.objects.get()), draw_document("drawn")) == (before, text)


def test_is_not_drawn_from_a_list_that_was_changed(city: City, settings: Settings) -> None:
    listed(city, settings)
    draw = Draw.objects.get()
    whole = draw.list
    Draw.objects.update(list="".join(whole.splitlines(keepends=True)[1:]))
    with pytest.raises(Conflict):
        run_draw(city.actor("city"), "drawn", public_value="4 0 7")
    assert set(places(Programme.objects.get()).values()) == {"none"}
    Draw.objects.update(list=whole)
    run_draw(city.actor("city"), "drawn", public_value="4 0 7")


def test_is_for_officials_of_its_region(city: City, settings: Settings) -> None:
    lottery(settings, host=city.school)
    for who in ("worker", "hr", "school", "auditor"):
        with pytest.raises(NotAllowed):
            commit_draw(city.actor(who), "drawn")
    for who in ("other-city", "town"):
        with pytest.raises(NotThere):
            commit_draw(city.actor(who), "drawn")
    commit_draw(city.actor("province"), "drawn")


def test_is_for_lotteries_alone(city: City, settings: Settings) -> None:
    lottery(settings, way="ranked")
    with pytest.raises(Conflict):
        commit_draw(city.actor("city"), "drawn")
    Programme.objects.update(way="lottery")
    commit_draw(city.actor("city"), "drawn")
