"""Bad rows to mix in: every reason of `evidence.reasons`, each told beforehand.

A bad row is an extra row: the good ones stay as they are, so what is decided does not change.
Person 5 has the first fault, person 6 the second, and so on, again every `EVERY` people. Some
faults need text (an impossible date): those stand in `records.csv` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from craftpath.engine.columns import NO_DAY
from craftpath.engine.days import FOREVER
from craftpath.evidence.reasons import Reason
from craftpath.sample.rows import COLUMNS, NO_CODE, NO_RANK, NOBODY, Words
from craftpath.sample.stock import SEEN_FROM

__all__ = ["BAD_CODE", "BAD_KIND", "BAD_STATUS", "EVERY", "Fault", "add_faults", "faults"]

Int64 = npt.NDArray[np.int64]

EVERY = 1009
FIRST = 5

BAD_KIND = "employement"
BAD_CODE = "9-99-99-99"
BAD_STATUS = "certified"

YEAR_9999 = 2_932_896  # 9999-12-31, which other systems write for "no end"


@dataclass(frozen=True)
class Fault:
    """One way for a row to be bad.

    reason   what reading or checking has to say
    column   where
    change   columns to set in an otherwise good row of work
    text     what stands in `column` instead, in CSV only; "+" adds a field to the row
    """

    reason: Reason
    column: str | None
    change: Mapping[str, Any]
    text: str | None = None
    on: str = "person"  # "person", "organisation" or "ghost" (an id that was never born)


def faults(words: Words) -> tuple[Fault, ...]:
    """All of them, in the order in which people get them."""
    kind, code = words.kind, words.code
    certificate = {"kind": kind("certificate"), "level": 3}
    tax = {"kind": kind("wage-tax"), "subject": NO_CODE, "other": NOBODY}
    return (
        # in both files
        Fault(Reason.NO_KIND, "kind", {"kind": NO_CODE}),
        Fault(Reason.UNKNOWN_KIND, "kind", {"kind": kind(BAD_KIND)}),
        Fault(Reason.UNKNOWN_CODE, "subject", {"subject": code(BAD_CODE)}),
        Fault(Reason.CODE_WITHOUT_LIST, "subject", {"kind": kind("pension")}),
        Fault(Reason.LEVEL_OFF_SCALE, "level", certificate | {"level": 9}),
        Fault(Reason.LEVEL_WITHOUT_SCALE, "level", {"level": 3}),
        Fault(Reason.NO_START, "start", {"start": NO_DAY}),
        Fault(Reason.DAY_OUT_OF_RANGE, "end", {"end": YEAR_9999}),
        Fault(Reason.DAY_OUT_OF_RANGE, "start", {"start": -700_000}),
        Fault(Reason.END_BEFORE_START, "end", {"end": SEEN_FROM - 4000}),
        Fault(Reason.BAD_QUANTITY, "quantity", tax | {"quantity": -1.0}),
        Fault(Reason.BAD_QUANTITY, "quantity", tax | {"quantity": np.inf}),
        Fault(Reason.BAD_STATUS, "status", {"status": words.statuses.index(BAD_STATUS)}),
        Fault(Reason.BAD_STATUS, "status", {"status": NO_CODE}),
        Fault(Reason.NO_KNOWN, "known", {"known": NO_DAY}),
        Fault(Reason.UNKNOWN_BEFORE_KNOWN, "known_until", {"known_until": SEEN_FROM - 3500}),
        Fault(Reason.DUPLICATE, None, {}),  # of the party's first row: see `add_faults`
        Fault(Reason.BORN_AND_FOUNDED, "kind", {"kind": kind("founded"), "subject": NO_CODE}),
        Fault(
            Reason.NOT_AN_ORGANISATION,
            "kind",
            {"kind": kind("located"), "subject": code("440100")},
        ),
        Fault(Reason.NOT_A_PERSON, "kind", {}, on="organisation"),
        Fault(Reason.NEITHER_BORN_NOR_FOUNDED, "party", {}, on="ghost"),
        # in CSV only
        Fault(Reason.ROW_SHAPE, None, {}, "+"),
        Fault(Reason.NO_PARTY, "party", {}, ""),
        Fault(Reason.NOT_A_NUMBER, "party", {}, "甲"),
        Fault(Reason.NOT_A_NUMBER, "quantity", tax, "many"),
        Fault(Reason.NUMBER_SHAPE, "quantity", tax, '"12,000"'),
        Fault(Reason.NUMBER_SHAPE, "other", {}, "1 000"),
        Fault(Reason.NOT_WHOLE, "level", certificate, "3.5"),
        Fault(Reason.TOO_BIG, "level", certificate, "300"),
        Fault(Reason.NOT_A_DATE, "start", {}, "someday"),
        Fault(Reason.DATE_SHAPE, "start", {}, "2023/7/1"),
        Fault(Reason.DATE_SHAPE, "start", {}, "2023年7月1日"),
        Fault(Reason.DATE_SHAPE, "end", {}, "20230701"),
        Fault(Reason.DATE_SHAPE, "known", {}, "2023-07-01 00:00:00"),
        Fault(Reason.DATE_SHAPE, "start", {}, "01/07/2023"),
        Fault(Reason.DATE_SHAPE, "start", {}, "45108"),
        Fault(Reason.IMPOSSIBLE_DATE, "start", {}, "2023-02-30"),
        Fault(Reason.IMPOSSIBLE_DATE, "end", {}, "2023-13-01"),
    )


def add_faults(
    columns: dict[str, npt.NDArray[Any]], words: Words, on: str, ids: Int64, base: int = 0
) -> dict[str, npt.NDArray[Any]]:
    """The same columns with bad rows after the good ones of their party.

    A column `fault` says which: an index into the faults, -1 for a good row. `ids` are the parties
    of this block, all of them `on` (a "person", an "organisation", a "ghost"), the first of that
    sort being `base` + 1.
    """
    count = len(columns["party"])
    parts = [columns | {"fault": np.full(count, -1, np.int64)}]
    for number, fault in enumerate(faults(words)):
        turn = FIRST + number if on == "person" else 1
        victims = ids if on == "ghost" else ids[(ids - base) % EVERY == turn]
        if fault.on != on or len(victims) == 0:
            continue
        if fault.reason is Reason.DUPLICATE:
            first = np.searchsorted(columns["party"], victims)
            bad = {name: column[first] for name, column in columns.items()}
        else:
            bad = _work(words, victims)
            for name, value in fault.change.items():
                bad[name] = np.full(len(victims), value, dict(COLUMNS)[name])
        parts.append(bad | {"fault": np.full(len(victims), number, np.int64)})
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(whole["party"], kind="stable")
    return {name: column[order] for name, column in whole.items()}


def _work(words: Words, party: Int64) -> dict[str, npt.NDArray[Any]]:
    """A row of work that would be good: an electrician for the last eight years or so."""
    values = {
        "party": party,
        "kind": words.kind("employment"),
        "subject": words.code("6-31-01-03"),
        "level": NO_RANK,
        "start": SEEN_FROM - 3000 - party % 500,
        "end": FOREVER,
        "quantity": np.nan,
        "other": NOBODY,
        "status": 1,
        "known": SEEN_FROM - 2000,
        "known_until": FOREVER,
    }
    return {
        name: np.broadcast_to(np.asarray(values[name], kind), party.shape).copy()
        for name, kind in COLUMNS
    }
