"""Records added to a few lives, so that the rounds of past years have somebody to apply, and what
the assessment bodies are filed for.

The sample follows the whole province, where these are rare: of 5,000 people it makes nobody who
had the degree grant of 2024 or was appointed special technician in 2025.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from craftpath.demo_city.lives import TOWN, Lives, Row, in_city

__all__ = ["add_chosen"]

#: Ranks on the scales of skill and education.
LEVEL_5, LEVEL_1, SPECIAL, COLLEGE = 2, 6, 7, 4
ELECTRICIAN = "6-31-01-03"


def add_chosen(lives: Lives, day: dt.date) -> None:
    """Grant takers among the town's workers, special technicians at the largest employer; filings
    of the assessment bodies, and examiners of the city's first."""
    _add_grant_takers(lives, min(36, len(lives.people) // 12))
    _add_special_technicians(lives)
    _add_filings(lives)
    _add_examiners(lives, day)


def _add_grant_takers(lives: Lives, count: int) -> None:
    union = lives.unions[0]
    lives.rows.append(_row(union, "union-registered", dt.date(2019, 3, 1), lives.region[union]))
    had = {row["party"] for row in lives.rows if row["kind"] == "degree-grant"}
    jobs = _jobs(lives, dt.date(2022, 6, 1))
    able = [job for job in jobs if lives.region[job["party"]] == TOWN and job["party"] not in had]
    for at, job in enumerate(able[:count]):
        person, employer, since = job["party"], job["other"], job["start"]
        school = lives.schools[at % len(lives.schools)]
        graduated = dt.date(2023, 1, 10) + dt.timedelta(days=11 * at)
        lives.rows += [
            _row(person, "post", since, "front-line-worker", other=employer),
            _row(person, "union-member", since, other=union),
            _row(person, "union-app", dt.date(2022, 7, 1)),
            _row(
                person,
                "contract",
                dt.date(2022, 7, 1),
                end=dt.date(2027, 7, 1),
                other=employer,
            ),
            _row(person, "in-service-diploma", graduated, "open", level=COLLEGE, other=school),
            _row(person, "major-fits-post", graduated, other=union),
        ]


def _add_special_technicians(lives: Lives) -> None:
    employer = max(lives.staff, key=lambda at: (len(lives.staff[at]), -at))
    founded = next(
        row["start"] for row in lives.rows if row["party"] == employer and row["kind"] == "founded"
    )
    lives.rows += [
        _row(employer, "designated", max(founded, dt.date(2018, 1, 1)), "above-scale"),
        _row(employer, "filed", max(founded, dt.date(2021, 1, 1)), level=SPECIAL),
    ]
    old = [
        job
        for job in _jobs(lives, dt.date(2014, 1, 1))
        if job["other"] == employer and job["subject"] is not None
    ]
    body = lives.assessors[0]
    for job in old[: max(2, min(9, len(lives.people) // 500))]:
        lives.rows.append(
            _row(
                job["party"],
                "certificate",
                dt.date(2023, 5, 15),
                job["subject"],
                level=LEVEL_1,
                other=body,
            )
        )


def _add_filings(lives: Lives) -> None:
    """The city's first body is filed for every occupation that somebody works in, the others for
    some; all for the levels that are assessed."""
    common = Counter(
        row["subject"] for row in lives.rows if row["kind"] == "employment" and row["subject"]
    )
    every, first = [code for code, _ in common.most_common()], in_city(lives, lives.assessors)
    for at, body in enumerate(lives.assessors):
        for code in every if body == first else every[at : at + 6]:
            for level in range(LEVEL_5, LEVEL_1 + 1):
                lives.rows.append(
                    _row(body, "assessment-filing", dt.date(2022, 1, 1), code, level=level)
                )


def _add_examiners(lives: Lives, day: dt.date) -> None:
    """People without a job, so that nobody of the city is one of their own; the most skilled."""
    working = {
        row["party"]
        for row in lives.rows
        if row["kind"] == "employment" and (row["end"] is None or row["end"] > day)
    }
    best: dict[int, int] = dict.fromkeys((at for at in lives.people if at not in working), 0)
    for row in lives.rows:
        if row["kind"] == "certificate" and row["party"] in best:
            best[row["party"]] = max(best[row["party"]], row["level"])
    chosen = sorted(best, key=lambda at: (-best[at], at))[:5]
    body = in_city(lives, lives.assessors)
    lives.rows += [
        _row(person, "assessor", dt.date(2023, 3, 1), ELECTRICIAN, other=body) for person in chosen
    ]


def _jobs(lives: Lives, before: dt.date) -> list[Row]:
    """Jobs that run, stand verified, and began before a day, by person."""
    born = {row["party"]: row["start"] for row in lives.rows if row["kind"] == "birth"}
    return [
        row
        for row in lives.rows
        if row["kind"] == "employment"
        and row["end"] is None
        and row["known_until"] is None
        and row["status"] == "verified"
        and row["start"] < before
        and row["known"] < dt.date(2024, 1, 1)
        and born[row["party"]] > dt.date(1968, 1, 1)
    ]


def _row(
    party: int,
    kind: str,
    start: dt.date,
    subject: str | None = None,
    *,
    level: int | None = None,
    end: dt.date | None = None,
    other: int | None = None,
) -> Row:
    values: dict[str, Any] = {
        "party": party,
        "kind": kind,
        "subject": subject,
        "level": level,
        "start": start,
        "end": end,
        "quantity": None,
        "other": other,
        "status": "verified",
        "known": start + dt.timedelta(days=9),
        "known_until": None,
    }
    return values
