"""Answers say what the explanation says, for the cast and for made-up lives."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import craftpath
from craftpath.eligibility import Answer, Answers, Fact, UnknownRule, ask, facts_to_table
from craftpath.evidence.schema import RECORDS
from craftpath.pack.nouns import Pack
from craftpath.sample import sample_batches
from tests import cast

PARTIES = (cast.WORKER, cast.CLERK, cast.ASSESSOR, cast.OFFICIAL, cast.EMPLOYER)


def facts_of(*parties: int) -> list[Fact]:
    """The cast's lives as facts."""
    return [Fact(**row) for row in cast.records(*parties).to_pylist()]


def decided(answer: Answer) -> dict[str, object]:
    """What a decisions file says of an answer."""
    return {
        "rule": answer.rule,
        "focus": answer.focus,
        "verdict": answer.verdict,
        "route": answer.route,
        "from": answer.since and answer.since.isoformat(),
        "until": answer.until and answer.until.isoformat(),
        "amount": answer.amount,
        "missing": list(answer.missing),
    }


def agree(answers: Answers, table: pa.Table, pack: Pack) -> int:
    """Holds answers against `explain`, condition by condition; returns how many there are."""
    told = craftpath.explain(table, pack, answers.party, answers.as_of, answers.known_on).as_dict()
    assert len(told["decisions"]) == len(answers)
    for one, answer in zip(told["decisions"], answers, strict=True):
        assert decided(answer) == {key: one[key] for key in decided(answer)}
        said = {
            (version["from"], condition["id"]): condition
            for version in one["versions"]
            for condition in [
                *version["conditions"],
                *(c for route in version["routes"] for c in route["conditions"]),
            ]
        }
        for version in answer.versions:
            day = version.start and version.start.isoformat()
            conditions = [*version.conditions, *(c for r in version.routes for c in r.conditions)]
            for condition in conditions:
                expected = said[day, condition.id]
                assert condition.holds == expected["holds"]
                words = expected["label"] or expected["text"]
                assert (condition.sentence.zh, condition.sentence.en) == (words["zh"], words["en"])
        assert {c.id for c in answer.lacking} == set(answer.missing)
    return len(answers)


@pytest.mark.parametrize("party", PARTIES)
def test_they_agree_with_the_explanation_of_the_cast(party: int, guangdong: Pack):
    answers = ask(guangdong, cast.records(), party, cast.DAY)

    assert agree(answers, cast.records(), guangdong) > 0


def test_they_agree_with_the_explanation_of_made_up_lives(guangdong: Pack):
    batches = sample_batches(40, 20250827, guangdong.vocabulary)
    table = pa.Table.from_batches(batches).unify_dictionaries()
    births = table.filter(pc.equal(table.column("kind").cast(pa.string()), "birth"))
    people = births.column("party").to_pylist()[::4]

    counted = [agree(ask(guangdong, table, p, cast.DAY), table, guangdong) for p in people]

    assert len(counted) == 10
    assert all(counted)


def test_facts_columns_and_tables_are_the_same_to_it(guangdong: Pack):
    table, facts = cast.records(), facts_of()
    columns = {name: table.column(name).to_pylist() for name in RECORDS.names}
    asked = (guangdong, cast.WORKER, cast.DAY)

    answers = [ask(asked[0], form, *asked[1:]) for form in (table, facts, columns)]

    assert len({tuple(map(str, map(decided, one))) for one in answers}) == 1
    assert len({one.receipt for one in answers}) == 1


def test_organisations_may_come_apart_and_in_any_order(guangdong: Pack):
    worker, employer = facts_of(cast.WORKER), facts_of(cast.EMPLOYER)
    apart = ask(guangdong, worker, cast.WORKER, cast.DAY, others=employer)
    mixed = ask(guangdong, [*employer, *reversed(worker)], cast.WORKER, cast.DAY)
    alone = ask(guangdong, worker, cast.WORKER, cast.DAY)

    assert [decided(a) for a in apart] == [decided(a) for a in mixed]
    assert apart.receipt == mixed.receipt
    # Nothing is known of an employer that is not given, so it may be anything.
    assert [decided(a) for a in alone] != [decided(a) for a in apart]


def test_they_come_by_verdict_and_what_is_to_come_by_its_first_day(guangdong: Pack):
    answers = ask(guangdong, cast.records(), cast.WORKER, cast.DAY)
    groups = (answers.qualifies(), answers.later(), answers.unknown(), answers.never())

    assert sum(map(len, groups)) == len(answers)
    assert all(groups)
    days = [answer.since for answer in ask_later(guangdong).later()]
    assert len(days) > 1
    assert days == sorted(days)


def ask_later(pack: Pack) -> Answers:
    """The worker on the day before she was certified: much is still to come."""
    day = dt.date(2019, 1, 1)
    return ask(pack, cast.records(), cast.WORKER, day, known_on=day)


def test_one_is_found_by_rule_and_focus(guangdong: Pack):
    answers = ask(guangdong, cast.records(), cast.WORKER, cast.DAY)

    found = answers.of("skill-level.technician", cast.WELDER)

    assert found is not None
    assert found is answers.of("skill-level.technician")
    assert answers.of("skill-level.technician", cast.ASSESSOR_TRADE) is None


def test_there_are_none_for_whom_no_birth_is_known(guangdong: Pack):
    born = facts_of(cast.WORKER)
    unborn = [fact for fact in born if fact.kind != "birth"]

    assert len(ask(guangdong, born, cast.WORKER, cast.DAY)) > 0
    answers = ask(guangdong, unborn, cast.WORKER, cast.DAY)
    assert len(answers) == 0
    assert {left.fault.id for left in answers.left_out} == {"neither-born-nor-founded"}


def test_a_record_that_cannot_be_used_is_left_out_and_named(guangdong: Pack):
    facts = facts_of(cast.WORKER)
    good = ask(guangdong, facts, cast.WORKER, cast.DAY)
    bad = Fact(cast.WORKER, "certificate", cast.DAY, subject="no-such-code", level=4)

    answers = ask(guangdong, [*facts, bad], cast.WORKER, cast.DAY)

    assert good.left_out == ()
    assert [(left.row, left.fault.id) for left in answers.left_out] == [
        (len(facts), "unknown-code")
    ]
    assert [decided(a) for a in answers] == [decided(a) for a in good]


def test_a_never_without_a_text_says_so(guangdong: Pack):
    answers = ask(guangdong, cast.records(), cast.OFFICIAL, cast.DAY)
    over = answers.of("degree-grant.guangzhou-2024")
    in_force = answers.of("degree-class.model-worker")

    assert over is not None and in_force is not None
    assert (over.verdict, over.in_force) == ("never", False)
    assert "当日无施行中的条文" in over.sentence.zh
    assert (in_force.verdict, in_force.in_force) == ("never", True)


def test_a_bar_is_full_only_when_the_length_is_there(guangdong: Pack):
    """One day short of ten years is 9 years 11 months and 30 days: by 30-day months, ten years."""
    life = [
        Fact(1, "birth", dt.date(1985, 1, 1)),
        Fact(1, "employment", dt.date(2015, 2, 1), subject=cast.WELDER),
    ]

    def worked(day: dt.date) -> tuple[object, float | None, dt.date | None]:
        answer = ask(guangdong, life, 1, day, rules=["skill-level.senior"]).answers[0]
        (condition,) = answer.conditions
        assert condition.so_far is not None
        return condition.holds, condition.so_far.fraction, condition.met_from

    met = dt.date(2025, 2, 1)
    assert worked(dt.date(2020, 2, 1)) == (False, 0.5, met)
    assert worked(met - dt.timedelta(days=1)) == (False, 0.99, met)
    assert worked(met) == (True, 1.0, met)


def test_an_unknown_rule_and_a_time_of_day_are_refused(guangdong: Pack):
    table = cast.records()
    assert len(ask(guangdong, table, cast.WORKER, cast.DAY, rules=["skill-level.*"])) == 5

    with pytest.raises(UnknownRule, match=r"skill-level\.senior"):
        ask(guangdong, table, cast.WORKER, cast.DAY, rules=["skill-level.senor"])
    with pytest.raises(TypeError, match="give a day"):
        ask(guangdong, table, cast.WORKER, dt.datetime(2025, 8, 27))  # noqa: DTZ001


def test_columns_that_records_do_not_have_are_refused():
    columns = {"party": [1], "kind": ["birth"], "start": [cast.DAY], "status": ["verified"]}
    assert facts_to_table({**columns, "known": [cast.DAY]}).num_rows == 1

    with pytest.raises(ValueError, match="missing: known"):
        facts_to_table(columns)
    with pytest.raises(ValueError, match="not among them: knwon"):
        facts_to_table({**columns, "known": [cast.DAY], "knwon": [cast.DAY]})


@pytest.mark.parametrize(
    ("lang", "days"),
    [
        ("zh", "出生（成立）日的记录互相矛盾（1990年1月1日、1992年5月20日），须先订正"),
        ("en", "contradict each other (1 January 1990 and 20 May 1992)"),
    ],
)
def test_they_name_both_births_where_two_contradict(guangdong: Pack, lang: str, days: str):
    life = [
        Fact(1, "birth", dt.date(1990, 1, 1)),
        Fact(1, "birth", dt.date(1992, 5, 20)),
        Fact(1, "employment", dt.date(2023, 3, 1), subject=cast.WELDER, other=9),
    ]
    answers = ask(guangdong, life, 1, dt.date(2025, 8, 27))
    answer = answers.of("skill-level.junior", cast.WELDER)
    assert answer is not None
    told = [one.note[lang] for one in answer.lacking if one.note is not None]
    assert any(days in sentence for sentence in told), told
