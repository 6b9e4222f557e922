"""Many at once: the rows of a decisions file, and who becomes eligible in a stretch of days."""

from __future__ import annotations

import datetime as dt

from craftpath.eligibility import ask, ask_many, becoming
from craftpath.engine.days import Interval
from craftpath.pack.nouns import Pack
from tests import cast

LEVELS = ["skill-level.*"]


def test_rows_are_the_answers_of_each(guangdong: Pack):
    table = cast.records()
    rows = ask_many(guangdong, table, cast.DAY, all_rows=True)

    for party in cast.LIVES:
        answers = ask(guangdong, table, party, cast.DAY)
        expected = {
            (a.rule, a.focus, a.verdict, a.route, a.since, a.until, a.amount, a.missing)
            for a in answers
        }
        assert expected == {
            (r.rule, r.focus, r.verdict, r.route, r.from_, r.until, r.amount, r.missing)
            for r in rows
            if r.party == party
        }


def test_rows_that_say_never_are_left_out_unless_asked_for(guangdong: Pack):
    table = cast.records()
    some, every = (ask_many(guangdong, table, cast.DAY, all_rows=yes) for yes in (False, True))

    assert {row.verdict for row in some} == {"qualifies", "later", "unknown"}
    assert [row for row in every if row.verdict != "never"] == list(some)
    assert len(every) > len(some)


def test_who_becomes_eligible_is_who_begins_in_the_stretch(guangdong: Pack):
    """The worker's four years since level 4 end on 15 June 2024; [start, end) has its last day."""
    day = dt.date(2024, 4, 1)
    rows = ask_many(guangdong, cast.records(), day, rules=LEVELS)

    def who(end: dt.date) -> list[tuple[int, str, dt.date | None]]:
        return [(r.party, r.rule, r.from_) for r in becoming(rows, Interval(day, end))]

    met = dt.date(2024, 6, 15)
    assert who(met) == []
    assert who(met + dt.timedelta(days=1)) == [(cast.WORKER, "skill-level.senior", met)]


def test_who_began_in_the_stretch_already_is_among_them(guangdong: Pack):
    asked, met = dt.date(2024, 6, 20), dt.date(2024, 6, 15)
    rows = ask_many(guangdong, cast.records(), asked, rules=LEVELS)

    found = becoming(rows, Interval(dt.date(2024, 4, 1), dt.date(2024, 7, 1)))

    assert [(r.party, r.rule, r.verdict, r.from_) for r in found] == [
        (cast.WORKER, "skill-level.senior", "qualifies", met)
    ]


def test_what_only_may_hold_is_not_among_them(guangdong: Pack):
    rows = ask_many(guangdong, cast.records(cast.CLERK), cast.DAY)

    assert {row.verdict for row in rows} == {"unknown"}
    assert becoming(rows, Interval()) == ()
