"""Marks by two hands, by sheets, and by a third look."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
import python_calamine as calamine

from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.models import Duty
from craftpath.access.roles import Actor
from craftpath.assessment.actions.marks import (
    confirm_sheet,
    enter,
    enter_sheet,
    settle,
)
from craftpath.assessment.actions.rolls import take_roll
from craftpath.assessment.models import Mark, MarkEntry, Seat, Session, Ticket
from craftpath.assessment.queries import mark_lines
from craftpath.assessment.sheets import part_sheet
from craftpath.audit.models import Entry
from craftpath.programmes.models import Application
from craftpath.registry.models import Party
from tests.apps.assessment.hall import Hall, rolled, seated, typed
from tests.apps.city import DAY

SLUG = "welders-3"


def type_in(actor: Actor, hand: str, *rows: Any) -> list[str | None]:
    told = enter(actor, SLUG, hand, list(rows))
    return [one.problem.en if one.problem else None for one in told]


def standing(one: Application, part: str = "theory") -> Decimal | str | None:
    found = Mark.objects.filter(application=one, part=part, replaced=False).first()
    return "none" if found is None else found.value


# --- two hands -----------------------------------------------------------------------------


def test_stands_where_both_hands_agree_and_not_where_they_differ(hall: Hall) -> None:
    one, other, *_ = rolled(hall)
    type_in(hall.clerk, "first", (one.serial, "theory", 80), (other.serial, "theory", "70.5"))
    assert standing(one) == "none"
    told = enter(
        hall.second, SLUG, "second", [(one.serial, "theory", "80.0"), (other.serial, "theory", 75)]
    )
    assert [(line.stands, line.differs) for line in told] == [(True, False), (False, True)]
    assert (standing(one), standing(other)) == (80, "none")
    differing = [line.application for line in mark_lines(hall.clerk, SLUG) if line.differs]
    assert differing == [other]


def test_takes_the_number_of_the_ticket_as_well(hall: Hall) -> None:
    one, *_ = rolled(hall)
    number = Ticket.objects.get(application=one).number
    assert type_in(hall.clerk, "first", (number, "theory", 80)) == [None]
    assert MarkEntry.objects.get().application == one


def test_keeps_the_good_rows_and_says_what_is_wrong_with_the_others(hall: Hall) -> None:
    one, two, three, four = rolled(hall, absent=[2])
    mine = hall.city.user("school")
    Duty.objects.create(user=mine, role="worker", party=four.party, start=DAY)
    problems = type_in(
        hall.clerk,
        "first",
        (one.serial, "theory", 100),
        (one.serial, "theory", 90),
        ("NOBODY", "theory", 90),
        (two.serial, "review", 90),
        (two.serial, "singing", 90),
        (two.serial, "theory", "100.1"),
        (two.serial, "theory", "85.55"),
        (two.serial, "theory", "eighty"),
        (two.serial, "theory", None),
        (three.serial, "skill", 60),
        (three.serial, "skill", None),
        (four.serial, "theory", 60),
    )
    assert problems == [
        None,
        "There is a row for this part above.",
        "No candidate of this sitting has this number.",
        "They do not sit the comprehensive review, or an earlier pass of it stands.",
        "There is no such part.",
        "It is to be from 0 to 100, not 100.1.",
        "At most 1 decimal places, not 85.55.",
        "“eighty” is not a number.",
        "By the roll they were there; check it.",
        "By the roll they were absent; check it.",
        None,
        "Nobody types their own mark.",
    ]
    assert MarkEntry.objects.count() == 1


def test_is_typed_by_two_people(hall: Hall) -> None:
    one, *_ = rolled(hall)
    type_in(hall.clerk, "first", (one.serial, "theory", 80))
    refused = type_in(hall.clerk, "second", (one.serial, "theory", 80))
    assert refused == ["You typed it as the other hand; somebody else has to."]
    assert standing(one) == "none"


def test_is_typed_after_the_roll(hall: Hall) -> None:
    one, *_ = seated(hall)
    with pytest.raises(Conflict, match="at the stage"):
        type_in(hall.clerk, "first", (one.serial, "theory", 80))
    take_roll(hall.clerk, Session.objects.get(part="theory").pk, absent=[])
    told = type_in(hall.clerk, "first", (one.serial, "theory", 80), (one.serial, "skill", 80))
    assert told == [None, "The roll of the session is not taken yet."]
    with pytest.raises(Invalid):
        type_in(hall.clerk, "third", (one.serial, "theory", 80))


def test_keeps_what_stood_when_both_type_anew(hall: Hall) -> None:
    one, *_ = rolled(hall)
    typed(hall, SLUG, [(one.serial, "theory", 80)])
    type_in(hall.clerk, "first", (one.serial, "theory", 81))
    assert standing(one) == "none"
    type_in(hall.second, "second", (one.serial, "theory", 81))
    kept = Mark.objects.filter(application=one).values_list("value", "replaced", "origin")
    assert list(kept) == [(80, True, "two-hands"), (81, False, "two-hands")]
    told = Entry.objects.filter(action="mark.enter").latest("number")
    assert (told.details["mark_before"], told.details["mark"]) == ("80.0", "81")


def test_writes_nothing_where_nothing_changes(hall: Hall) -> None:
    one, *_ = rolled(hall)
    typed(hall, SLUG, [(one.serial, "theory", 80)])
    typed(hall, SLUG, [(one.serial, "theory", 80)])
    assert (MarkEntry.objects.count(), Mark.objects.count()) == (2, 1)


def test_shows_nobody_what_the_other_hand_typed_before_both_have(hall: Hall) -> None:
    one, *_ = rolled(hall)
    type_in(hall.clerk, "first", (one.serial, "theory", 80))

    def seen(actor: Actor) -> tuple[tuple[str, ...], bool, bool]:
        line = next(line for line in mark_lines(actor, SLUG) if line.application == one)
        return line.typed, line.first is not None, line.second is not None

    assert seen(hall.clerk) == (("first",), True, False)
    assert seen(hall.second) == (("first",), False, False)
    type_in(hall.second, "second", (one.serial, "theory", 70))
    both = ("first", "second")
    assert seen(hall.clerk) == (both, True, False)
    assert seen(hall.second) == (both, False, True)
    assert seen(hall.third) == (both, True, True)
    settle(hall.third, SLUG, one.serial, "theory", 75, why="the paper says so")
    assert seen(hall.clerk) == (both, True, True)


# --- a third look --------------------------------------------------------------------------


def test_is_settled_by_a_third_person_with_a_reason(hall: Hall) -> None:
    one, *_ = rolled(hall)
    type_in(hall.clerk, "first", (one.serial, "theory", 80))
    with pytest.raises(Conflict, match="once both hands"):
        settle(hall.third, SLUG, one.serial, "theory", 80, why="核对答卷")
    type_in(hall.second, "second", (one.serial, "theory", 88))
    for hand in (hall.clerk, hall.second):
        with pytest.raises(Conflict, match="typed neither"):
            settle(hand, SLUG, one.serial, "theory", 80, why="核对答卷")
    with pytest.raises(Invalid):
        settle(hall.third, SLUG, one.serial, "theory", 101, why=" ")
    with pytest.raises(NotThere):
        settle(hall.third, SLUG, one.serial, "review", 80, why="核对答卷")
    mark = settle(hall.third, SLUG, one.serial, "theory", 80, why="核对答卷，为 80 分")
    assert (mark.origin, standing(one)) == ("corrected", 80)


def test_settles_as_absent_whom_nobody_saw_and_back_again_by_the_roll(hall: Hall) -> None:
    one, *_ = rolled(hall)
    typed(hall, SLUG, [(one.serial, "theory", 80)])
    theory = Session.objects.get(part="theory")
    own = Seat.objects.get(session=theory, application=one)
    with pytest.raises(Conflict, match="settle them as absent"):
        take_roll(hall.clerk, theory.pk, absent=[own.number])
    settle(hall.third, SLUG, one.serial, "theory", None, why="替考，按缺考处理")
    own.refresh_from_db()
    assert (standing(one), own.attended) == (None, False)
    take_roll(hall.clerk, theory.pk, absent=[])
    assert standing(one) == "none"


# --- sheets --------------------------------------------------------------------------------


def sheet(*lines: str) -> bytes:
    return "\n".join(["准考证号,理论成绩,技能成绩", *lines]).encode("utf-8-sig")


def test_keeps_the_good_cells_of_a_sheet_and_names_the_others(hall: Hall) -> None:
    one, two, *_ = rolled(hall)
    content = sheet(f"{one.serial},80,", f"{two.serial},81.25,缺考", ",70,")
    found = enter_sheet(hall.clerk, SLUG, "first", "成绩.csv", content)
    assert [(row.cell, row.problem is None) for row in found.rows] == [
        ("B2", True),
        ("B3", False),
        ("C3", False),
        ("B4", False),
    ]
    with pytest.raises(Invalid):
        enter_sheet(hall.clerk, SLUG, "first", "成绩.pdf", b"%PDF")


def test_stands_once_somebody_else_has_confirmed_the_sheet(hall: Hall) -> None:
    one, two, three, _ = rolled(hall)
    content = sheet(f"{one.serial},80,70", f"{two.serial},81,71", f"{three.serial},82,")
    digest = enter_sheet(hall.clerk, SLUG, "first", "成绩.csv", content).sha256
    type_in(hall.third, "second", (three.serial, "theory", 99))
    assert standing(one) == "none"
    with pytest.raises(Conflict, match="somebody else confirms"):
        confirm_sheet(hall.clerk, SLUG, digest)
    with pytest.raises(NotThere):
        confirm_sheet(hall.second, SLUG, "0" * 64)
    with pytest.raises(NotThere):
        confirm_sheet(hall.second, SLUG, "")
    assert confirm_sheet(hall.second, SLUG, digest) == 4
    assert (standing(one), standing(two, "skill"), standing(three)) == (80, 71, "none")
    assert set(Mark.objects.values_list("origin", flat=True)) == {"sheet"}


def test_is_confirmed_anew_when_the_sheet_comes_anew(hall: Hall) -> None:
    one, two, *_ = rolled(hall)
    first = enter_sheet(hall.clerk, SLUG, "first", "a.csv", sheet(f"{one.serial},80,70"))
    confirm_sheet(hall.second, SLUG, first.sha256)
    again = sheet(f"{one.serial},85,70", f"{two.serial},60,60")
    second = enter_sheet(hall.clerk, SLUG, "first", "a.csv", again)
    assert (standing(one), standing(one, "skill")) == ("none", 70)
    confirm_sheet(hall.second, SLUG, second.sha256)
    assert (standing(one), standing(one, "skill"), standing(two)) == (85, 70, 60)


@pytest.mark.parametrize("held", ["now", "once", "before a merge"])
def test_keeps_everybodys_hands_off_their_own_mark(hall: Hall, held: str) -> None:
    one, two, *_ = rolled(hall)
    content = sheet(f"{one.serial},80,70", f"{two.serial},81,")
    digest = enter_sheet(hall.clerk, SLUG, "first", "成绩.csv", content).sha256
    party = one.party
    if held == "before a merge":
        party = Party.objects.create(nature="person", name=party.name, merged_into=party)
    Duty.objects.create(
        user_id=hall.second.user,
        role="worker",
        party=party,
        start=DAY - dt.timedelta(days=2),
        end=DAY - dt.timedelta(days=1) if held == "once" else None,
    )
    assert confirm_sheet(hall.second, SLUG, digest) == 1
    assert (standing(one), standing(two)) == ("none", 81)
    assert type_in(hall.second, "second", (one.serial, "theory", 80)) == [
        "Nobody types their own mark."
    ]
    type_in(hall.third, "second", (one.serial, "theory", 60))
    with pytest.raises(Conflict, match="is not the candidate"):
        settle(hall.second, SLUG, one.serial, "theory", 80, why="核对答卷")


def test_gives_a_sheet_to_fill_in_that_is_read_back(hall: Hall) -> None:
    one, *_ = rolled(hall)
    number = Ticket.objects.get(application=one).number
    made = part_sheet([(number, "=考生", ["theory"])], ["theory", "skill"])
    rows = calamine.CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0)
    assert rows.to_python()[1] == [number, "=考生", "", "—"]
    found = enter_sheet(hall.clerk, SLUG, "first", "成绩.xlsx", made)
    assert found.rows == []  # nothing is filled in
