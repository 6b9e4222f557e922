"""Places, waiting lists and freed places: laws that hold for every line and every quota."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftpath.allotment.draw import lottery
from craftpath.allotment.nouns import Allotment, Entrant, LeftOver, Quota, Why
from craftpath.allotment.share import fill, first_come, freed, ranked

GROUPS = ("east", "west", "north")
SEED = bytes(range(32))


@st.composite
def entrants(draw: st.DrawFn) -> list[Entrant]:
    count = draw(st.integers(0, 14))
    return [
        Entrant(
            100 + i,
            f"A-{i:03}",
            draw(st.sampled_from((None, *GROUPS))),
            draw(st.none() | st.sampled_from((60.0, 75.5, 90.0))),
            draw(st.integers(0, 5)),
            tuple(draw(st.lists(st.sampled_from((1.0, 2.0)), max_size=2))),
        )
        for i in range(count)
    ]


@st.composite
def quotas(draw: st.DrawFn) -> Quota:
    chosen = draw(st.lists(st.sampled_from(GROUPS), unique=True))
    by_group = {group: draw(st.integers(0, 4)) for group in chosen}
    places = draw(st.none() | st.integers(0, 8).map(lambda n: n + sum(by_group.values())))
    return Quota(places, by_group, draw(st.sampled_from(LeftOver)))


def by_lot(people: list[Entrant], quota: Quota) -> Allotment:
    return lottery(people, quota, SEED, "0" * 64)


WAYS = pytest.mark.parametrize("share", [first_come, ranked, by_lot])


@WAYS
@given(entrants(), quotas(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing(share, people, quota, chance: random.Random):
    shuffled = chance.sample(people, len(people))

    assert share(shuffled, quota) == share(people, quota)


@WAYS
@given(entrants(), quotas())
def test_everybody_is_placed_or_waits_or_is_left_out_once(share, people, quota):
    found = share(people, quota)

    everybody = [*found.placed, *found.waiting, *found.left_out]
    assert sorted(everybody) == sorted(e.id for e in people) == sorted(found.reasons)
    assert all(reason.label.zh and reason.label.en for reason in found.reasons.values())


@WAYS
@given(entrants(), quotas())
def test_no_more_are_placed_than_there_are_places(share, people, quota):
    found = share(people, quota)

    assert quota.limit is None or len(found.placed) <= quota.limit
    in_group = [r.group for r in found.reasons.values() if r.why is Why.GROUP_PLACE]
    for group in {*GROUPS, *in_group}:
        assert in_group.count(group) <= quota.by_group.get(group, 0)


@WAYS
@given(entrants(), quotas())
def test_nobody_waits_while_a_place_is_theirs(share, people, quota):
    found = share(people, quota)
    groups = {e.id: e.group for e in people}
    reasons = found.reasons

    for id in found.waiting:
        group = groups[id]
        taken = sum(r.why is Why.GROUP_PLACE and r.group == group for r in found.reasons.values())
        assert taken == quota.by_group.get(group, 0)
    if found.waiting and quota.left_over is LeftOver.EVERYBODY:
        assert len(found.placed) == quota.limit
    # Nobody further back in the line has a place that somebody waiting could have had.
    first = min((i for i, e in enumerate(found.line) if e.id in found.waiting), default=99)
    assert all(
        reasons[e.id].why is Why.GROUP_PLACE
        for e in found.line[first:]
        if e.id not in found.waiting
    )


@given(entrants(), quotas(), st.data())
def test_a_freed_place_moves_up_the_next_who_may_have_it_and_nobody_else(people, quota, data):
    before = first_come(people, quota)
    if not before.placed:
        return
    gone = data.draw(st.sampled_from(before.placed))
    after, moved = freed(before.line, quota, {gone})

    assert set(after.placed) == set(before.placed) - {gone} | set(moved)
    assert len(moved) <= 1
    if quota.open_places == 0 and quota.left_over is LeftOver.STAY:
        group = before.reasons[gone].group
        next_of_group = [id for id in before.waiting if before.reasons[id].group == group]
        assert list(moved) == next_of_group[:1]
    if not quota.by_group:
        assert moved == before.waiting[:1]


@given(entrants(), quotas(), st.data())
def test_it_does_not_matter_in_which_order_people_go(people, quota, data):
    before = first_come(people, quota)
    ids = [e.id for e in people]
    gone = data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
    step = before
    for id in gone:
        step, _ = freed(step.line, quota, {id})

    assert step == freed(before.line, quota, set(gone))[0]


# --- by example ----------------------------------------------------------------------------


def test_first_come_goes_by_order():
    people = [Entrant(1, "c", order=3), Entrant(2, "b", order=1), Entrant(3, "a", order=2)]
    found = first_come(people, Quota(2))

    assert (found.placed, found.waiting) == ((2, 3), (1,))
    assert found.reasons[1].label.en == "no place left: number 1 on the waiting list"
    assert found.reasons[2].label.zh == "排第1位，占不分组的名额"


def test_ties_are_broken_by_the_declared_points_then_by_order():
    people = [
        Entrant(1, "a", points=80, ties=(30, 50), order=1),
        Entrant(2, "b", points=80, ties=(40, 40), order=2),
        Entrant(3, "c", points=80, ties=(40, 40), order=0),
        Entrant(4, "d", points=81, order=9),
    ]

    assert ranked(people, Quota(2)).line == tuple(people[i] for i in (3, 2, 1, 0))
    assert ranked(people, Quota(2)).placed == (4, 3)


def test_no_points_are_not_zero_points():
    found = ranked([Entrant(1, "a"), Entrant(2, "b", points=0)], Quota(None))

    assert (found.placed, found.left_out) == ((2,), (1,))
    assert "没有分数" in found.reasons[1].label.zh


def test_places_that_a_group_leaves_over_stay_empty_or_go_to_everybody():
    people = [Entrant(i, f"k{i}", "west", order=i) for i in range(3)]
    kept = {"east": 1, "west": 1}

    assert first_come(people, Quota(None, kept)).placed == (0,)
    assert first_come(people, Quota(None, kept, LeftOver.EVERYBODY)).placed == (0, 1)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Entrant(1, "张三"),
        lambda: Entrant(1, ""),
        lambda: Entrant(1, "a", "-"),
        lambda: Entrant(1, "a", points=float("nan")),
        lambda: Quota(-1),
        lambda: Quota(3, {"east": 4}),
        lambda: Quota(3, {"e w": 1}),
        lambda: first_come([Entrant(1, "a"), Entrant(1, "b")], Quota(1)),
        lambda: first_come([Entrant(1, "a"), Entrant(2, "a")], Quota(1)),
    ],
)
def test_refuses_what_cannot_be_meant(broken):
    with pytest.raises(ValueError, match=r"\w"):
        broken()


def test_fills_an_empty_line():
    assert fill([], Quota(3)) == Allotment((), (), (), (), {})
