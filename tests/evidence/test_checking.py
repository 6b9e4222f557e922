"""Every way for a row to be useless has its reason, and a good row has none."""

from __future__ import annotations

import numpy as np
import pytest

from craftpath.engine.columns import Coder
from craftpath.evidence.check import check_rows, check_tables, rejects_of
from craftpath.evidence.read import Chunk
from craftpath.evidence.reasons import Reason
from craftpath.evidence.schema import REJECTS
from tests.evidence.cast import VOCABULARY, birth, founded, row, table

CODER = Coder(VOCABULARY)
TABLES = check_tables(VOCABULARY)


def check(rows: list[dict]) -> list[str | None]:
    """The reason for each row, None for a good one."""
    found = check_rows(CODER.encode(table(rows)), TABLES)
    return [Reason.of(int(code)).id if code else None for code in found]


def rejects(rows: list[dict]) -> list[dict]:
    (batch,) = table(rows).combine_chunks().to_batches()
    found = check_rows(CODER.encode(batch), TABLES)
    rejected = rejects_of(Chunk(batch, first=101), found, VOCABULARY)
    assert rejected.schema == REJECTS
    return rejected.to_pylist()


GOOD_ROWS = [
    row(),
    row(subject=None),
    row(subject="old-welder"),
    row(other=None),
    row(end="2030-01-01"),
    row(status="claimed"),
    row(known="2030-01-01"),  # not known yet
    row(known_until="2015-03-10"),  # known for no day at all
    row(start="1900-01-01", known="2200-01-01"),
    row(start="1980-01-01"),  # before birth: nonsense, but the day sets take care of it
    row(kind="certificate", level=1),
    row(kind="certificate", level=None),
    row(kind="insurance", subject=None, quantity=0.0),
    row(kind="insurance", subject=None, quantity=float("nan")),
    row(quantity=-3.0),  # employment has no quantity: nobody will read it
    row(kind="remark", subject=None),
]


@pytest.mark.parametrize("good", GOOD_ROWS)
def test_a_good_row_passes(good):
    assert check([birth(), good]) == [None, None]


# The row, its reason, the column and value shown, and what the mend says.
BAD_ROWS = [
    (row(kind=None), "no-kind", "kind", None, "name a kind of the pack"),
    (row(kind="employement"), "unknown-kind", "kind", "employement", "write employment"),
    (row(kind="从业"), "unknown-kind", "kind", "从业", "use a kind of the pack's kinds.yaml"),
    (
        row(subject="barber"),
        "unknown-code",
        "subject",
        "barber",
        "check the code and its edition: employment takes codes of the list trade",
    ),
    (
        row(kind="insurance"),
        "code-without-list",
        "subject",
        "welder",
        "leave it empty, or check the kind",
    ),
    (
        row(kind="certificate", level=4),
        "level-off-scale",
        "level",
        "4",
        "ranks of certificate: 1, 2, 3 (low to high)",
    ),
    (
        row(kind="certificate", level=-128),
        "level-off-scale",
        "level",
        "-128",
        "ranks of certificate: 1, 2, 3 (low to high)",
    ),
    (row(level=3), "level-without-scale", "level", "3", "leave it empty, or check the kind"),
    (row(start=None), "no-start", "start", None, "write the first day on which the fact holds"),
    (
        row(start="1899-12-31"),
        "day-out-of-range",
        "start",
        "1899-12-31",
        "check the year; leave it empty where there is no end",
    ),
    (
        row(end="9999-12-31"),
        "day-out-of-range",
        "end",
        "9999-12-31",
        "check the year; leave it empty where there is no end",
    ),
    (
        row(known="0023-01-01"),
        "day-out-of-range",
        "known",
        "0023-01-01",
        "check the year; leave it empty where there is no end",
    ),
    (
        row(known_until="2200-01-02"),
        "day-out-of-range",
        "known_until",
        "2200-01-02",
        "check the year; leave it empty where there is no end",
    ),
    (
        row(end="2015-02-28"),
        "end-before-start",
        "end",
        "2015-02-28",
        "the end is the first day it no longer holds",
    ),
    (
        row(end="2015-03-01"),  # the day on which it starts
        "end-before-start",
        "end",
        "2015-03-01",
        "the end is the first day it no longer holds",
    ),
    (
        row(kind="insurance", subject=None, quantity=-1.0),
        "bad-quantity",
        "quantity",
        "-1",
        "write a number not below zero; leave it empty if unknown",
    ),
    (
        row(kind="insurance", subject=None, quantity=float("inf")),
        "bad-quantity",
        "quantity",
        "inf",
        "write a number not below zero; leave it empty if unknown",
    ),
    (row(status="Verified"), "bad-status", "status", "Verified", "write verified"),
    (row(status=None), "bad-status", "status", None, "write verified or claimed"),
    (
        row(known=None),
        "no-known",
        "known",
        None,
        "write the day on which the system learned it",
    ),
    (
        row(known_until="2015-03-09"),
        "superseded-before-known",
        "known_until",
        "2015-03-09",
        "check known and known_until",
    ),
    (
        row(kind="founded", subject=None),
        "born-and-founded",
        "kind",
        "founded",
        "check whether a person and an organisation share the number",
    ),
    (
        row(kind="insured-staff", subject=None),
        "not-an-organisation",
        "kind",
        "insured-staff",
        "check the party and the kind",
    ),
]


@pytest.mark.parametrize(
    ("bad", "reason", "column", "value", "mend"), BAD_ROWS, ids=[f"{b[1]}-{b[3]}" for b in BAD_ROWS]
)
def test_a_bad_row_is_turned_away_with_its_reason(bad, reason, column, value, mend):
    (reject,) = rejects([birth(), bad, row(start="2001-01-01")])
    assert reject["row"] == 102
    assert reject["party"] == 1
    assert (reject["reason"], reject["column"], reject["value"]) == (reason, column, value)
    assert mend in reject["mend_en"]
    assert reject["text_zh"] != reject["text_en"]


def test_a_persons_kind_cannot_stand_under_an_organisation():
    assert check([founded(), row(party=9)]) == [None, "not-a-person"]
    assert check([founded(), row(party=9, kind="remark", subject=None)]) == [None, None]


def test_a_party_neither_born_nor_founded_loses_all_its_rows():
    assert check([row(), row(kind="certificate"), birth(2)]) == [
        "neither-born-nor-founded",
        "neither-born-nor-founded",
        None,
    ]


def test_a_birth_that_cannot_be_used_is_no_birth():
    assert check([birth(start=None), row()]) == ["no-start", "neither-born-nor-founded"]


def test_a_party_both_born_and_founded_is_a_person():
    rows = [founded(1), birth(), row(), row(kind="insured-staff", subject=None)]
    assert check(rows) == ["born-and-founded", None, None, "not-an-organisation"]


def test_a_superseded_birth_still_makes_a_person():
    assert check([birth(known_until="2016-01-01"), row()]) == [None, None]


# --- duplicates ---------------------------------------------------------------------------------


def test_the_first_of_equal_rows_stays():
    assert check([birth(), row(), row(), row()]) == [None, None, "duplicate", "duplicate"]
    (reject, _) = rejects([birth(), row(), row(), row()])
    assert (reject["row"], reject["column"], reject["value"]) == (103, None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "fitter"},
        {"kind": "remark", "subject": None},
        {"start": "2015-03-02"},
        {"end": "2020-01-01"},
        {"quantity": 5.0},
        {"other": 8},
        {"status": "claimed"},
        {"known": "2015-03-11"},
        {"known_until": "2016-01-01"},
        {"party": 2},
    ],
)
def test_rows_that_differ_in_any_column_are_no_duplicates(change):
    rows = [birth(), row(), row(**change)]
    if change.get("party"):
        rows.insert(2, birth(2))
    assert set(check(rows)) == {None}


def test_a_repeated_bad_row_keeps_its_own_reason():
    assert check([birth(), row(level=9), row(level=9)]) == [None, *["level-without-scale"] * 2]


@pytest.mark.parametrize("count", [60, 64, 65, 66, 300])
def test_duplicates_are_found_in_parties_of_any_size(count):
    """Beyond 64 rows another way of finding them is taken; the answer is the same."""
    rows = [birth()] + [
        row(kind="insurance", subject=None, quantity=float(n % 50), other=n // 100)
        for n in range(count)
    ]
    seen: set[tuple] = set()
    expected = [None]
    for r in rows[1:]:
        key = (r["quantity"], r["other"])
        expected.append("duplicate" if key in seen else None)
        seen.add(key)
    assert check(rows) == expected


def test_a_party_of_many_rows_takes_no_longer_a_row():
    """Comparing each with each would take hours here."""
    count = 300_000
    columns = CODER.encode(table([birth(), row(kind="insurance", subject=None, quantity=1.0)]))
    at = np.r_[0, np.ones(count, np.int64)]
    many = columns._replace(
        **{name: column[at] for name, column in columns._asdict().items()},
    )._replace(quantity=np.r_[np.nan, np.arange(count) % 1000].astype(np.float64))
    found = check_rows(many, TABLES)
    assert np.count_nonzero(found == Reason.DUPLICATE.code) == count - 1000


def test_reading_and_checking_rejects_stand_together_by_row():
    (batch,) = table([birth(), row(level=3), row()]).combine_chunks().to_batches()
    from craftpath.evidence.rejects import Reject, rejects_table

    early = rejects_table([Reject(12, 1, "employment", "start", "x", Reason.NOT_A_DATE)])
    chunk = Chunk(batch, first=0, rows=np.array([10, 11, 13]), rejects=early)
    found = check_rows(CODER.encode(batch), TABLES)
    assert [r["row"] for r in rejects_of(chunk, found, VOCABULARY).to_pylist()] == [11, 12]


def test_every_reason_has_its_own_code_and_texts():
    assert len({r.code for r in Reason}) == len({r.id for r in Reason}) == len(Reason)
    for reason in Reason:
        assert 0 < reason.code < 256
        assert reason.text.zh and reason.text.en and reason.mend.zh and reason.mend.en
