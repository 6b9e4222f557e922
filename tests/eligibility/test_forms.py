"""Forms drawn from the pack, and what is off with a record typed by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from craftpath.eligibility import Fact, ask, check_fact, form_fields, kinds_for_person, search_codes
from craftpath.evidence.reasons import Reason
from craftpath.pack.nouns import Pack
from tests import cast

BIRTH = dt.date(1992, 5, 20)
GOOD = Fact(1, "certificate", dt.date(2020, 6, 15), subject=cast.WELDER, level=3)
AMOUNT = Fact(1, "wage-tax", dt.date(2024, 1, 1), dt.date(2025, 1, 1), quantity=21000.0)


def test_a_form_opens_for_every_kind_of_the_pack(guangdong: Pack):
    for id, kind in guangdong.vocabulary.kinds.items():
        form = form_fields(guangdong, id)

        assert (form.kind, form.label, form.codes) == (id, kind.label, kind.codes)
        assert (form.codes is None) == (form.codes_label is None)
        assert bool(form.choices) == (kind.codes is not None)
        assert bool(form.levels) == (kind.scale is not None)
        assert (form.unit is None) == (form.unit_label is None)
        assert (form.other is None) == (form.other_label is None)
        assert form.why is not None
        if form.codes is not None:
            assert search_codes(guangdong, form.codes, "", 1)


def test_a_form_says_units_and_other_parties_in_words(guangdong: Pack):
    tax, union = form_fields(guangdong, "wage-tax"), form_fields(guangdong, "union-member")

    assert tax.unit_label is not None and union.other_label is not None
    assert (tax.unit_label.zh, tax.unit_label.en) == ("元", "yuan")
    assert (union.other_label.zh, union.other_label.en) == ("工会", "trade union")


def test_a_kind_that_the_pack_does_not_have_has_no_form(guangdong: Pack):
    assert form_fields(guangdong, "certificate").has_end

    with pytest.raises(KeyError):
        form_fields(guangdong, "certficate")


def test_a_person_is_offered_birth_first_and_then_what_rules_look_at(guangdong: Pack):
    forms = kinds_for_person(guangdong)

    assert forms[0].kind == "birth"
    assert not forms[0].has_end
    assert {"certificate", "employment", "diploma"} <= {form.kind for form in forms[:8]}
    assert all(form.about != "organisation" for form in forms)
    assert all(form.used_by for form in forms[1:])
    assert len({form.kind for form in forms}) == len(forms)


# --- one record ----------------------------------------------------------------------------


def problems(pack: Pack, fact: Fact) -> list[tuple[str, str]]:
    found = check_fact(pack, fact, BIRTH, cast.DAY)
    assert all(p.text.zh and p.text.en and p.mend.zh and p.mend.en for p in found)
    return [(problem.field, problem.id) for problem in found if problem.blocking]


@pytest.mark.parametrize("fact", [GOOD, AMOUNT, Fact(1, "birth", BIRTH)])
def test_a_record_that_is_in_order_has_no_problem(fact: Fact, guangdong: Pack):
    assert check_fact(guangdong, fact, BIRTH, cast.DAY) == []


@pytest.mark.parametrize(
    ("change", "field", "id"),
    [
        ({"kind": "certficate"}, "kind", "unknown-kind"),
        ({"kind": ""}, "kind", "no-kind"),
        ({"subject": "9-99"}, "subject", "unknown-code"),
        ({"level": 9}, "level", "level-off-scale"),
        ({"end": dt.date(2020, 6, 14)}, "end", "end-before-start"),
        ({"end": dt.date(2020, 6, 15)}, "end", "end-before-start"),
        ({"start": dt.date(1992, 5, 19)}, "start", "before-birth"),
        ({"start": dt.date(1023, 5, 19)}, "start", "day-out-of-range"),
        ({"end": dt.date(9999, 12, 31)}, "end", "day-out-of-range"),
        ({"start": dt.datetime(2020, 6, 15)}, "start", "time-of-day"),  # noqa: DTZ001
        ({"start": None}, "start", "no-start"),
        ({"status": "sure"}, "status", "bad-status"),
        ({"known_until": dt.date(2020, 6, 14)}, "known_until", "superseded-before-known"),
    ],
)
def test_a_record_is_refused_for_what_is_off(change, field: str, id: str, guangdong: Pack):
    assert problems(guangdong, GOOD) == []

    assert (field, id) in problems(guangdong, replace(GOOD, **change))


@pytest.mark.parametrize(
    ("fact", "change", "field", "id"),
    [
        (AMOUNT, {"quantity": -1.0}, "quantity", "bad-quantity"),
        (AMOUNT, {"quantity": float("nan")}, "quantity", "bad-quantity"),
        (AMOUNT, {"subject": cast.WELDER}, "subject", "code-without-list"),
        (AMOUNT, {"level": 1}, "level", "level-without-scale"),
    ],
)
def test_a_field_that_the_kind_does_not_have_is_refused(
    fact: Fact, change, field: str, id: str, guangdong: Pack
):
    assert problems(guangdong, fact) == []

    assert problems(guangdong, replace(fact, **change)) == [(field, id)]


@pytest.mark.parametrize(
    ("fact", "change", "field", "id"),
    [
        (GOOD, {"subject": None}, "subject", "no-code"),
        (GOOD, {"level": None}, "level", "no-level"),
        (AMOUNT, {"quantity": None}, "quantity", "no-quantity"),
        (AMOUNT, {"other": 9}, "other", "other-not-read"),
        (GOOD, {"quantity": 1.0}, "quantity", "quantity-not-read"),
        (GOOD, {"start": cast.DAY + dt.timedelta(days=1)}, "start", "after-day-asked"),
    ],
)
def test_what_is_empty_or_to_come_is_noted_and_does_not_block(
    fact: Fact, change, field: str, id: str, guangdong: Pack
):
    found = check_fact(guangdong, replace(fact, **change), BIRTH, cast.DAY)

    assert [(p.field, p.id, p.blocking) for p in found] == [(field, id, False)]


def test_a_record_to_come_counts_only_if_it_is_known_by_the_day_asked(guangdong: Pack):
    """The two notes say what the engine does."""
    birth = Fact(1, "birth", BIRTH)
    start = cast.DAY + dt.timedelta(days=30)
    plan = replace(GOOD, start=start, level=4)

    def answer(fact: Fact) -> tuple[str, str]:
        note = check_fact(guangdong, fact, BIRTH, cast.DAY)[0].text.en.partition(": ")[2]
        answers = ask(guangdong, [birth, fact], 1, cast.DAY, rules=["skilled-talent.skilled"])
        return note, answers.answers[0].verdict

    assert answer(replace(plan, known=cast.DAY)) == ("counted as if sure to come", "later")
    assert answer(plan) == ("known from then only, so not counted now", "never")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "certficate"}, {"subject": "9-99"}, {"level": 9}, {"end": dt.date(2020, 6, 14)},
        {"end": dt.date(2201, 1, 1)}, {"status": "sure"}, {"known_until": dt.date(2020, 6, 14)},
    ],
)  # fmt: skip
def test_it_refuses_what_the_engine_would_leave_out_in_the_same_words(change, guangdong: Pack):
    bad = replace(GOOD, **change)
    birth = Fact(1, "birth", BIRTH)
    assert ask(guangdong, [birth, GOOD], 1, cast.DAY).left_out == ()

    (left,) = ask(guangdong, [birth, bad], 1, cast.DAY).left_out
    (problem,) = [p for p in check_fact(guangdong, bad, BIRTH, cast.DAY) if p.blocking]

    assert isinstance(left.fault, Reason)
    assert (problem.id, problem.text) == (left.fault.id, left.text)
