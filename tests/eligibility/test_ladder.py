"""The ladder: what is held, since when, and what opens the next rung."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from craftpath.eligibility import Climb, Fact, ask, ladder, reached
from craftpath.pack.nouns import Pack
from tests import cast


def climb(pack: Pack, party: int, day: dt.date = cast.DAY) -> Climb:
    (one,) = ladder(pack, cast.records(), party, day)
    return one


def test_it_has_the_eight_rungs_in_their_order(guangdong: Pack):
    rungs = climb(guangdong, cast.WORKER).rungs

    assert [rung.code for rung in rungs] == ["0", "5", "4", "3", "2", "1", "T", "S"]
    assert [rung.label.zh for rung in rungs][::7] == ["学徒工", "首席技师"]


def test_a_certificate_holds_its_rung_from_its_first_day(guangdong: Pack):
    before, after = (
        climb(guangdong, cast.WORKER, day) for day in (dt.date(2025, 3, 9), dt.date(2025, 3, 10))
    )

    assert before.highest is not None and after.highest is not None
    assert (before.highest.code, before.highest.held_from) == ("4", dt.date(2020, 6, 15))
    assert (after.highest.code, after.highest.held_from) == ("3", dt.date(2025, 3, 10))
    assert after.highest.held_by is guangdong.vocabulary.kinds["certificate"]


def test_the_next_rung_has_the_answer_of_the_rule_that_opens_it(guangdong: Pack):
    table = cast.records()
    found = climb(guangdong, cast.WORKER).next

    assert found is not None and found.answer is not None
    expected = ask(guangdong, table, cast.WORKER, cast.DAY).of("skill-level.technician")
    assert expected is not None
    assert (found.code, found.answer.rule) == ("2", "skill-level.technician")
    assert (found.answer.verdict, found.answer.since) == ("later", expected.since)
    assert {answer.rule for answer in found.answers} == {
        "skill-level.technician",
        "contest.technician",
    }


def test_an_appointment_stands_on_the_ladder_too(guangdong: Pack):
    found = climb(guangdong, cast.ASSESSOR)

    assert found.highest is not None and found.next is not None
    assert (found.highest.code, found.highest.held_from) == ("T", dt.date(2025, 5, 5))
    assert found.next.code == "S"


def test_what_is_only_claimed_is_not_held(guangdong: Pack):
    found = climb(guangdong, cast.CLERK)
    level_4 = found.rungs[2]

    assert (level_4.held, level_4.held_from) == (None, dt.date(2009, 9, 9))
    assert found.highest is None
    assert found.next is not None
    assert found.next.code == "5"


def test_a_certificate_is_seen_only_while_it_is_known_and_holds(guangdong: Pack):
    birth = Fact(1, "birth", dt.date(1990, 1, 1))
    paper = Fact(1, "certificate", dt.date(2020, 1, 1), subject=cast.WELDER, level=3)

    def held(fact: Fact) -> bool | None:
        (one,) = ladder(guangdong, [birth, fact], 1, cast.DAY)
        return one.rungs[2].held

    assert held(paper) is True
    assert held(replace(paper, end=cast.DAY)) is False
    assert held(replace(paper, end=cast.DAY + dt.timedelta(days=1))) is True
    known_then = replace(paper, known=dt.date(2020, 1, 1), known_until=cast.DAY)
    late = replace(paper, known=cast.DAY + dt.timedelta(days=1))
    other = Fact(1, "aim", dt.date(2020, 1, 1), subject=cast.WELDER)  # keeps the occupation there
    for unseen in (known_then, late):
        (one,) = ladder(guangdong, [birth, other, unseen], 1, cast.DAY)
        assert one.rungs[2].held is False


def test_answers_that_are_there_already_are_taken(guangdong: Pack):
    table = cast.records()
    answers = ask(guangdong, table, cast.WORKER, cast.DAY)

    (one,) = ladder(guangdong, table, cast.WORKER, cast.DAY, answers=answers)

    assert one.next is not None
    assert one.next.answer is answers.of("skill-level.technician")


def test_there_is_none_without_an_occupation_or_in_a_pack_without_one(guangdong: Pack):
    table = cast.records()
    assert ladder(guangdong, table, cast.WORKER, cast.DAY)

    assert ladder(guangdong, table, cast.OFFICIAL, cast.DAY) == ()
    assert ladder(replace(guangdong, ladder=None), table, cast.WORKER, cast.DAY) == ()


def test_the_next_level_is_the_best_that_is_open(guangdong: Pack):
    """A welder for fifteen years with an apprentice's certificate may apply for level 3 at once."""
    welder, day = "6-18-02-04", dt.date(2025, 8, 27)
    life = [
        Fact(1, "birth", dt.date(1990, 1, 1)),
        Fact(1, "employment", dt.date(2010, 1, 1), subject=welder, other=9),
        Fact(1, "certificate", dt.date(2012, 1, 1), subject=welder, level=1),
    ]
    (one,) = ladder(guangdong, life, 1, day)
    assert one.next is not None and one.next.answer is not None
    assert (one.next.code, one.next.answer.verdict) == ("3", "qualifies")


def test_reached_is_every_rule_up_to_the_rung_held(guangdong: Pack):
    climbs = ladder(guangdong, cast.records(), cast.WORKER, cast.DAY)
    assert reached(guangdong, climbs) >= {
        ("skill-level.senior", climbs[0].focus),
        ("skill-level.junior", climbs[0].focus),
    }
    assert ("skill-level.technician", climbs[0].focus) not in reached(guangdong, climbs)
