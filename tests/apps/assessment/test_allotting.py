"""Seating against an obvious check; and, for one part, against trying everything."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from craftpath.assessment.allotting import Hall, Seating, Sitter, allot
from craftpath.pack.assessments import Staffing
from craftpath.pack.programmes import Citation

MORNING = dt.datetime.combine(dt.date(2025, 9, 1), dt.time(9))
PARTS = ("theory", "skill", "review")
STAFF = {
    "theory": Staffing("invigilator", 2, 15, False, Citation("")),
    "skill": Staffing("assessor", 3, 2, True, Citation("")),
    "review": Staffing("reviewer", 3, None, True, Citation("")),
}


@st.composite
def halls(draw: st.DrawFn, parts: tuple[str, ...] = PARTS) -> tuple[list[Hall], dict[int, int]]:
    """Halls of some hours, and how many look on in each."""
    found, staff = [], {}
    for id in range(draw(st.integers(1, 6))):
        part = draw(st.sampled_from(parts))
        starts = MORNING + dt.timedelta(hours=draw(st.integers(0, 4)))
        ends = starts + dt.timedelta(hours=draw(st.integers(1, 2)))
        staff[id] = draw(st.integers(0, 5))
        most = STAFF[part].most(staff[id])
        room = draw(st.integers(1, 4))
        found.append(Hall(id, part, starts, ends, room if most is None else min(room, most)))
    return found, staff


@st.composite
def sitters(draw: st.DrawFn, parts: tuple[str, ...] = PARTS) -> list[Sitter]:
    return [
        Sitter(
            id,
            tuple(sorted(draw(st.sets(st.sampled_from(parts))))),
            draw(st.sampled_from([None, 1, 2])),
            frozenset(draw(st.sets(st.integers(0, 5), max_size=2))),
        )
        for id in range(100, 100 + draw(st.integers(0, 7)))
    ]


def check(people: list[Sitter], there: list[Hall], staff: dict[int, int], found: Seating) -> None:
    by_id, who = {hall.id: hall for hall in there}, {one.id: one for one in people}
    wanted = {(one.id, part) for one in people for part in one.parts}
    assert set(found.seats) | set(found.left) == wanted  # everybody, once for each part …
    assert not set(found.seats) & set(found.left)
    places = list(found.seats.values())
    assert len(places) == len(set(places))  # … and no seat twice
    for (id, part), (hall, number) in found.seats.items():
        assert by_id[hall].part == part and number >= 1
        assert hall not in who[id].barred
    for hall, many in Counter(hall for hall, _ in places).items():
        assert many <= by_id[hall].seats
        assert staff[hall] >= STAFF[by_id[hall].part].needed(many)
    for one in people:
        own = sorted(
            (
                by_id[found.seats[one.id, part][0]]
                for part in one.parts
                if (one.id, part) in found.seats
            ),
            key=lambda hall: hall.starts,
        )
        assert not any(first.meets(second) for first, second in pairwise(own))


@given(sitters(), halls(), st.text(max_size=3))
@settings(max_examples=150, deadline=None)
def test_seats_everybody_once_for_each_part_and_nobody_where_they_must_not_be(
    people: list[Sitter], there: tuple[list[Hall], dict[int, int]], seed: str
) -> None:
    check(people, *there, allot(people, there[0], seed))


def hall(id: int, seats: int, part: str = "theory") -> Hall:
    return Hall(id, part, MORNING, MORNING + dt.timedelta(hours=1), seats)


@given(sitters(("theory",)), halls(("theory",)))
@example([Sitter(1, ("theory",)), Sitter(2, ("theory",), None, frozenset({1}))],
         ([hall(0, 1), hall(1, 1)], {0: 2, 1: 2}))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_leaves_nobody_out_of_a_part_who_could_be_seated(
    people: list[Sitter], there: tuple[list[Hall], dict[int, int]]
) -> None:
    people = people[:5]
    best = 0
    for choice in product([None, *there[0]], repeat=len(people)):
        counts = Counter(one.id for one in choice if one is not None)
        fits = all(many <= there[0][id].seats for id, many in counts.items())
        if fits and not any(
            one is not None and (one.id in who.barred or not who.parts)
            for one, who in zip(choice, people, strict=True)
        ):
            best = max(best, counts.total())
    assert len(allot(people, there[0], "x").seats) == best


def test_sits_colleagues_apart_as_far_as_others_can_sit_between_them() -> None:
    people = [Sitter(id, ("theory",), 1 if id < 5 else 2 if id < 8 else None) for id in range(9)]
    found = allot(people, [hall(0, 9)], "seed")
    row = sorted((number, id) for (id, _), (_, number) in found.seats.items())
    employers = [people[id].employer for _, id in row]
    assert not any(a == b is not None for a, b in pairwise(employers)), employers


def test_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    people, there = [Sitter(id, ("theory",)) for id in range(12)], [hall(0, 6), hall(1, 6)]
    assert allot(people, there, "a") == allot(people[::-1], there, "a")
    assert allot(people, there, "a") != allot(people, there, "b")


def test_leaves_kept_seats_alone_and_fills_the_numbers_that_are_free() -> None:
    kept = {(1, "theory"): (0, 2), (2, "theory"): (0, 4)}
    found = allot([Sitter(id, ("theory",)) for id in range(1, 5)], [hall(0, 4)], "a", kept)
    assert {key: found.seats[key] for key in kept} == kept
    assert sorted(number for _, number in found.seats.values()) == [1, 2, 3, 4]


def test_moves_a_part_to_another_hour_where_two_would_meet() -> None:
    later = MORNING + dt.timedelta(hours=2)
    skill = [hall(2, 1, "skill"), Hall(3, "skill", later, later + dt.timedelta(hours=1), 1)]
    theory = [hall(0, 1), Hall(1, "theory", later, later + dt.timedelta(hours=1), 1)]
    found = allot([Sitter(1, PARTS[:2]), Sitter(2, PARTS[:2])], [*theory, *skill], "a")
    assert not found.left
