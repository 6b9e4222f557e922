from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from craftpath.access.errors import Conflict, NotAllowed, NotThere
from craftpath.access.roles import Role
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes.actions.places import Shared, enter_points, move_on, share_out
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Message
from tests.apps.city import DAY, City
from tests.apps.programmes.line_up import groups, line_up, places, programme, seen


def go(application: Application) -> None:
    """Somebody leaves, as a withdrawal writes it."""
    Application.objects.filter(pk=application.pk).update(state="withdrawn", place="none", rank=None)


# --- sharing out ---------------------------------------------------------------------------


def test_gives_the_places_to_who_has_most_points(city: City) -> None:
    asked = programme()
    line_up(asked, 4)
    assert share_out(city.actor("city"), "class") == Shared(placed=2, waiting=2, unplaced=0)
    assert seen(asked) == [(1, "placed"), (2, "placed"), (3, "waiting"), (4, "waiting")]
    asked.refresh_from_db()
    assert asked.stage == "shared"


def test_does_not_rank_without_points(city: City) -> None:
    asked = programme()
    third = line_up(asked, 4)[2]
    Application.objects.filter(pk=third.pk).update(points=None)
    with pytest.raises(Conflict) as refused:
        share_out(city.actor("city"), "class")
    assert third.serial in refused.value.label.zh
    assert set(places(asked).values()) == {"none"}


def test_keeps_places_for_a_group_and_gives_what_it_leaves_over_to_all(city: City) -> None:
    asked = programme(places=4)
    made = groups(asked, east=1, west=2)
    line_up(asked, 5, in_groups=[None, None, None, made["east"], made["west"]])
    share_out(city.actor("city"), "class")
    # One open place and one that the west leaves over go to the first two without a group.
    assert places(asked) == {1: "placed", 2: "placed", 3: "waiting", 4: "placed", 5: "placed"}


def test_keeps_no_waiting_list_where_there_is_none(city: City) -> None:
    asked = programme(waiting_list=False)
    line_up(asked, 3)
    assert share_out(city.actor("city"), "class") == Shared(placed=2, waiting=0, unplaced=1)


def test_places_everybody_approved_where_there_is_no_limit(city: City) -> None:
    asked = programme(way="open", places=None)
    line_up(asked, 3, points=False, place="placed")
    line_up_refused = line_up(programme("other"), 1, state="refused")[0]
    assert share_out(city.actor("city"), "class").placed == 3
    line_up_refused.refresh_from_db()
    assert line_up_refused.rank is None


def test_fixes_the_places_that_were_taken_first_come(city: City) -> None:
    asked = programme(way="first-come", places=3, spare_open=True)
    made = groups(asked, east=1)
    people = line_up(asked, 5, points=False, place="placed")
    # The third waited for nothing but open places; the fourth came later and took the east's.
    Application.objects.filter(order__in=[3, 5]).update(place="waiting")
    Application.objects.filter(order=4).update(group=made["east"])
    Application.objects.filter(order=1).update(state="refused", place="none")
    assert share_out(city.actor("city"), "class") == Shared(placed=3, waiting=1, unplaced=0)
    assert places(asked) == {
        1: "none",
        2: "placed",
        3: "placed",
        4: "placed",
        5: "waiting",
    }
    assert len(people) == 5


def test_tells_everybody_and_the_audit_how_it_came_out(city: City) -> None:
    asked = programme(places=1)
    people = line_up(asked, 2, employer=city.works)
    share_out(city.actor("city"), "class")
    told = dict(Message.objects.values_list("party", "zh").order_by("pk"))
    assert "获得名额" in told[people[0].party_id]
    assert "候补" in told[people[1].party_id]
    assert Message.objects.filter(party=city.works).count() == 2
    entry = Entry.objects.get(action="places.share")
    assert entry.details["placed"] == 1
    assert entry.details["waiting"] == 1
    assert list(verify()) == []


def test_counts_the_days_of_notice_from_today(city: City) -> None:
    asked = programme(notice_days=5)
    line_up(asked, 1)
    share_out(city.actor("city"), "class")
    asked.refresh_from_db()
    assert (asked.notice_from, asked.notice_until) == (DAY, DAY + dt.timedelta(days=5))


# --- when it is refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"closes": DAY + dt.timedelta(days=1)}, "受理期"),
        ({"stage": "draft"}, "尚未发布"),
        ({"stage": "shared"}, "已经分配"),
        ({"stage": "closed"}, "已经分配"),
        ({"way": "lottery"}, "抽签"),
    ],
)
def test_does_not_share_out_at_another_time(
    city: City, changed: dict[str, object], word: str
) -> None:
    asked = programme(**changed)
    line_up(asked, 3)
    with pytest.raises(Conflict) as refused:
        share_out(city.actor("city"), "class")
    assert word in refused.value.label.zh
    assert set(places(asked).values()) == {"none"}
    assert not Entry.objects.exists()


def test_names_who_is_still_under_review(city: City) -> None:
    asked = programme()
    line_up(asked, 2)
    late = Application.objects.filter(order=2)
    late.update(state="returned")
    with pytest.raises(Conflict) as refused:
        share_out(city.actor("city"), "class")
    assert late.get().serial in refused.value.label.en
    assert asked.applications.get(order=1).place == "none"


def test_goes_ahead_without_them_where_an_official_says_so(city: City) -> None:
    asked = programme()
    line_up(asked, 2)
    Application.objects.filter(order=2).update(state="returned", place="placed")
    with pytest.raises(NotAllowed):
        Programme.objects.update(host=city.school)
        share_out(city.actor("school"), "class", leave_out=True)
    assert share_out(city.actor("city"), "class", leave_out=True).placed == 1
    left = asked.applications.get(order=2)
    assert (left.state, left.place) == ("refused", "unplaced")
    assert "审核尚未完成" in Message.objects.get(party=left.party).zh
    assert Entry.objects.filter(action="application.leave-out", party=left.party_id).exists()


def test_is_for_those_who_run_the_programme(city: City) -> None:
    asked = programme(host=city.school)
    line_up(asked, 2)
    for who in ("worker", "hr", "expert", "auditor", "operator"):
        with pytest.raises(NotAllowed):
            share_out(city.actor(who), "class")
    for who in ("other-city", "town"):
        with pytest.raises(NotThere):
            share_out(city.actor(who), "class")
    assert share_out(city.actor("school"), "class").placed == 2


# --- points --------------------------------------------------------------------------------


def test_takes_points_row_by_row_and_keeps_the_good_ones(city: City) -> None:
    asked = programme()
    first, second, third = line_up(asked, 3, points=False)
    Application.objects.filter(pk=third.pk).update(state="refused")
    told = enter_points(
        city.actor("city"),
        "class",
        [
            (first.serial, "88.25"),
            (first.serial, 90),
            (second.serial, "八十"),
            (second.serial, 1.234),
            (third.serial, 70),
            ("P0-2025-000001", 70),
            (second.serial, -1),
        ],
    )
    assert [row.problem is None for row in told] == [True, *[False] * 6]
    assert all(row.problem is None or row.problem.en for row in told)
    first.refresh_from_db()
    assert first.points == Decimal("88.25")
    assert Entry.objects.get().details["points_before"] is None


def test_keeps_in_the_audit_what_points_were_before(city: City) -> None:
    first = line_up(programme(), 1)[0]
    enter_points(city.actor("city"), "class", [(first.serial, 999)])
    assert not Entry.objects.exists()  # nothing changed
    enter_points(city.actor("city"), "class", [(first.serial, 12)])
    details = Entry.objects.get(action="application.points").details
    assert (details["points_before"], details["points"]) == ("999.00", "12")


def test_takes_no_points_once_places_are_shared_out(city: City) -> None:
    first = line_up(programme(), 1)[0]
    share_out(city.actor("city"), "class")
    with pytest.raises(Conflict):
        enter_points(city.actor("city"), "class", [(first.serial, 12)])
    line_up(programme("drawn", way="lottery"), 1)
    with pytest.raises(Conflict):
        enter_points(city.actor("city"), "drawn", [])


# --- freed places --------------------------------------------------------------------------


def test_moves_two_where_two_places_become_free_at_once(city: City) -> None:
    asked = programme(places=2)
    people = line_up(asked, 5)
    share_out(city.actor("city"), "class")
    Message.objects.all().delete()
    go(people[0])
    go(people[1])
    assert move_on(asked) == (people[2].serial, people[3].serial)
    assert seen(asked) == [(3, "placed"), (4, "placed"), (5, "waiting")]
    assert asked.applications.get(order=5).rank == 5
    told = Message.objects.get(party=people[2].party)
    assert "递补" in told.zh
    assert "is now yours" in told.en
    assert told.link == f"/me/applications/{people[2].serial}/"
    moved = Entry.objects.filter(action="places.move").order_by("number")
    assert [entry.party for entry in moved] == [people[2].party_id, people[3].party_id]
    assert {Role.SYSTEM in entry.actor for entry in moved} == {True}


def test_moves_nobody_where_no_place_is_free(city: City) -> None:
    asked = programme(places=2)
    people = line_up(asked, 4)
    share_out(city.actor("city"), "class")
    go(people[3])
    assert move_on(asked) == ()
    go(people[0])
    assert move_on(asked) == (people[2].serial,)
    assert move_on(asked) == ()


def test_gives_a_groups_place_to_the_next_of_that_group(city: City) -> None:
    asked = programme(places=3)
    east = groups(asked, east=1)["east"]
    people = line_up(asked, 6, in_groups=[None, east])
    share_out(city.actor("city"), "class")
    assert places(asked) == dict.fromkeys((1, 2, 3), "placed") | dict.fromkeys((4, 5, 6), "waiting")
    go(people[1])
    assert move_on(asked) == (people[3].serial,)


def test_moves_on_while_the_window_is_open_where_the_first_come(city: City) -> None:
    asked = programme(way="first-come", places=2, closes=DAY + dt.timedelta(days=9))
    people = line_up(asked, 3, points=False, state="submitted", place="placed")
    Application.objects.filter(order=3).update(place="waiting")
    go(people[0])
    assert move_on(asked) == (people[2].serial,)


def test_gives_away_no_groups_place_before_the_window_is_closed(city: City) -> None:
    asked = programme(way="first-come", places=2, closes=DAY + dt.timedelta(days=9))
    groups(asked, east=1)
    people = line_up(asked, 3, points=False, state="submitted", place="waiting")
    Application.objects.filter(order=1).update(place="placed")
    assert move_on(asked) == ()
    go(people[0])
    assert move_on(asked) == (people[1].serial,)


def test_moves_nobody_before_sharing_out_or_after_the_end(city: City) -> None:
    asked = programme(stage="published")
    line_up(asked, 2, place="waiting", rank=1)
    assert move_on(asked) == ()
    Programme.objects.update(stage="closed")
    assert move_on(asked) == ()


GROUPS = (None, "east", "west")


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    of=st.lists(st.sampled_from(GROUPS), min_size=1, max_size=9),
    kept=st.fixed_dictionaries({"east": st.integers(0, 3), "west": st.integers(0, 3)}),
    more=st.integers(0, 3),
    spare_open=st.booleans(),
    leaving=st.lists(st.lists(st.integers(0, 8), min_size=1, max_size=3), max_size=5),
)
def test_replaces_everybody_who_goes_while_anybody_waits(
    city: City,
    of: list[str | None],
    kept: dict[str, int],
    more: int,
    spare_open: bool,
    leaving: list[list[int]],
) -> None:
    """Against a model that gives out places by trying: whose line is shortest first, by rank."""
    slug = f"class-{Programme.objects.count()}"
    asked = programme(slug, places=sum(kept.values()) + more, spare_open=spare_open)
    made = {None: None, **groups(asked, **kept)}
    people = line_up(asked, len(of), in_groups=[made[key] for key in of])
    share_out(city.actor("city"), slug)
    here = list(range(len(of)))
    assert _placed(asked) == _by_trying(here, of, kept, more, spare_open)
    for batch in leaving:
        before = _placed(asked)
        waited = [i for i in here if i not in before]
        for one in {i for i in batch if i in here}:
            here.remove(one)
            go(people[one])
        moved = move_on(asked)
        after = _placed(asked)
        assert after == _by_trying(here, of, kept, more, spare_open)
        assert {i for i in before if i in here} <= after  # nobody loses a place
        assert len(after) <= sum(kept.values()) + more
        assert {people.index(one) for one in people if one.serial in moved} == after - before
        assert after - before <= set(waited)


def _placed(asked: Programme) -> set[int]:
    return {
        order - 1
        for order in asked.applications.filter(place="placed").values_list("order", flat=True)
    }


def _by_trying(
    line: list[int], of: list[str | None], kept: dict[str, int], more: int, spare_open: bool
) -> set[int]:
    """One seat after another, by hand."""
    seats: list[str | None] = [key for key, many in kept.items() for _ in range(many)]
    placed: set[int] = set()
    for one in line:
        if of[one] is not None and of[one] in seats:
            seats.remove(of[one])
            placed.add(one)
    seats = [*[None] * more, *(seats if spare_open else [])]
    for one in line:
        if one not in placed and seats:
            seats.pop(0)
            placed.add(one)
    return placed
