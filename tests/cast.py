"""The cast that tests borrow: five parties, each there to show one thing.

    WORKER      a welder with a level-3 certificate: qualifies now, and for more later
    EMPLOYER    the enterprise she works for: an organisation
    CLERK       a clerk of the skills centre, all of whose records she only claims
    ASSESSOR    a senior technician who assesses others: much hangs on texts not found
    OFFICIAL    an official of another city, born on 29 February: qualifies for nothing here

Nobody among them exists. Their lives are in the terms of the Guangdong pack.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from craftpath.evidence.schema import RECORDS

WORKER, CLERK, ASSESSOR, OFFICIAL, EMPLOYER = 1, 2, 3, 4, 9
NOBODY = 77  # there are no records of this party

DAY = dt.date(2025, 8, 27)  # the day that is asked, unless a test says otherwise
WELDER, ASSESSOR_TRADE = "6-18-02-04", "6-31-01-10"
DONGGUAN, QINGYUAN = "441900", "441800"

LIVES: dict[int, tuple[str, ...]] = {
    WORKER: (
        "birth 1992-05-20",
        f"employment {WELDER} 2016-03-01.. other=9",
        f"certificate {WELDER} rank=3 2020-06-15",
        f"certificate {WELDER} rank=4 2025-03-10",
        f"insurance {DONGGUAN} 2016-03-01.. other=9",
        f"social-insurance {DONGGUAN} 2016-03-01.. other=9",
        f"workplace {DONGGUAN} 2016-03-01.. other=9",
        "contract 2016-03-01.. other=9",
    ),
    CLERK: (
        "birth 1985-11-02 claimed",
        f"employment {WELDER} 2003-07-01..2012-07-01 claimed",
        f"certificate {WELDER} rank=3 2009-09-09 claimed",
    ),
    ASSESSOR: (
        "birth 1976-01-31",
        f"employment {ASSESSOR_TRADE} 1996-09-01.. other=9",
        f"certificate {ASSESSOR_TRADE} rank=5 2012-12-12",
        f"certificate {ASSESSOR_TRADE} rank=6 2018-12-12",
        f"appointment {ASSESSOR_TRADE} rank=7 2025-05-05",
    ),
    OFFICIAL: (
        "birth 1988-02-29",
        "public-staff 2012-08-01..",
        f"residence {QINGYUAN} 1988-02-29..",
    ),
    EMPLOYER: (
        "founded 2001-05-01",
        "enterprise 2001-05-01..",
        f"located {DONGGUAN} 2001-05-01..",
        "filed rank=7 2023-03-01..",
        "apprenticeship-pilot 2019-10-01..",
    ),
}


def records(*parties: int) -> pa.Table:
    """The lives of the cast, or of those named, as a records table sorted by party."""
    chosen = parties or tuple(LIVES)
    rows = [_row(party, line) for party in sorted(chosen) for line in LIVES[party]]
    return pa.Table.from_pylist(rows, RECORDS)


def _row(party: int, line: str) -> dict[str, Any]:
    """KIND [SUBJECT] [rank=N] START[..[END]] [other=N] [known=DAY] [claimed]"""
    kind, *words = line.split()
    row: dict[str, Any] = dict.fromkeys(RECORDS.names)
    row |= {"party": party, "kind": kind, "status": "verified"}
    for word in words:
        key, _, value = word.partition("=")
        if key == "rank":
            row["level"] = int(value)
        elif key == "other":
            row["other"] = int(value)
        elif key == "known":
            row["known"] = dt.date.fromisoformat(value)
        elif word == "claimed":
            row["status"] = "claimed"
        elif _is_days(word):
            start, _, end = word.partition("..")
            row["start"] = dt.date.fromisoformat(start)
            row["end"] = dt.date.fromisoformat(end) if end else None
        else:
            row["subject"] = word
    row["known"] = row["known"] or row["start"]
    return row


def _is_days(word: str) -> bool:
    """A day or a stretch; the code of an occupation has hyphens too, but begins with one digit."""
    return word[:4].isdigit() and word[4:5] == "-"
