"""Skill and what it earned: certificates, subsidies, titles, contests, honours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from craftpath.engine.days import FOREVER
from craftpath.sample.people import SCHOOLS, YEAR, Bool, Int64, People
from craftpath.sample.rows import Rows
from craftpath.sample.stock import EXPERIENCED, HONOURS, SEEN_FROM, WORKING

__all__ = ["certificates", "contests", "honours", "titles"]


def certificates(rows: Rows, p: People) -> None:
    """The highest, and some of those below it, each some years before the next."""
    day = p.certified
    occupation = p.occupation("certificate", np.arange(len(p.ids)), stray=0.06)
    has = p.rank > 0
    for step in range(4):
        rank = p.rank - step
        kept = has & (rank >= 2) & (day > p.graduation - 400) & (day > p.birth + int(16 * YEAR))
        who = np.flatnonzero(kept)
        ids = p.ids[who]
        own = p.draws.chance(f"certificate {step}: by employer", ids, 0.3)
        issuer = np.where(
            own,
            p.organisations.employer(p.draws.uniform(f"certificate {step}: which", ids)),
            p.organisations.any_of(f"certificate {step}: body", ids, p.organisations.assessors),
        )
        voided = p.draws.chance(f"certificate {step}: withdrawn", ids, 0.002)
        end = np.where(voided, day[who] + 400, FOREVER)
        rows.add(
            f"certificate {step}",
            "certificate",
            ids,
            day[who],
            end=end,
            subject=occupation[who],
            level=rank[who],
            other=issuer,
            claimed=0.02,
            amended=0.004,
        )
        if step == 0:
            _after_a_certificate(rows, p, who, occupation)
        years = 2 * YEAR + p.draws.waiting(f"certificate {step}: before", p.ids, 2.5 * YEAR)
        day = day - years.astype(np.int64)
        has = has & p.draws.chance(f"certificate {step}: below too", p.ids, 0.62)


# Yuan by rank: levels 5, 4 and 3 (policy of 2023 to 2025; subsidies before it are left out).
SUBSIDY = np.array([0, 0, 1000, 1500, 2000, 0, 0], np.float64)


def _after_a_certificate(rows: Rows, p: People, who: Int64, occupation: Int64) -> None:
    """Money drawn on it, and what an official found about it."""
    ids, day, rank = p.ids[who], p.certified[who], p.rank[who]

    def add(kind: str, some: Bool, wait: float, quantity: npt.NDArray[np.float64] | float) -> None:
        paid = day + 25 + p.draws.waiting(f"{kind}: after", ids, wait)
        some = some & (paid < SEEN_FROM)
        rows.add(
            kind,
            kind,
            ids[some],
            paid[some],
            end=paid[some] + 1,
            subject=occupation[who][some],
            level=rank[some],
            quantity=quantity[some] if isinstance(quantity, np.ndarray) else quantity,
            claimed=0.0,
        )

    recent = day > 19_400  # February 2023
    add(
        "skill-subsidy", recent & (rank <= 4) & p.draws.chance("drew", ids, 0.30), 90, SUBSIDY[rank]
    )
    add("upgrade-subsidy", recent & p.draws.chance("drew upgrade", ids, 0.05), 120, 1000.0)
    add("training-subsidy", recent & p.draws.chance("drew training", ids, 0.03), 60, 800.0)
    for kind, share in (("catalogue-listed", 0.35), ("shortage-listed", 0.12)):
        found = recent & p.draws.chance(kind, ids, share)
        rows.add(
            kind,
            kind,
            ids[found],
            day[found],
            subject=occupation[who][found],
            level=rank[found] if kind == "catalogue-listed" else -1,
        )


def titles(rows: Rows, p: People) -> None:
    """Professional titles of those with college and more."""
    long_ago = np.minimum(SEEN_FROM, p.retirement) - p.first_job
    studied = p.school >= SCHOOLS.index("college")
    ranks = np.array([1, 2, 3, 4])
    needs = np.array([1.0, 5.0, 10.0, 16.0]) * YEAR
    rank = ranks[p.draws.pick("title", p.ids, np.array([0.50, 0.36, 0.12, 0.02]))]
    has = studied & p.draws.chance("has a title", p.ids, 0.12) & (long_ago > needs[rank - 1] + 60)
    who = np.flatnonzero(has)
    earliest = p.first_job[who] + needs[rank[who] - 1].astype(np.int64)
    day = earliest + (p.draws.uniform("title day", p.ids[who]) * (SEEN_FROM - earliest)).astype(
        np.int64
    )
    rows.add(
        "title",
        "title",
        p.ids[who],
        day,
        subject=p.occupation("title", who, stray=0.0),
        level=rank[who],
        other=p.organisations.any_of("title: issuer", p.ids[who], p.organisations.assessors),
    )


# Class of contest → share of the awards: wider contests have fewer.
CONTESTS = (0.40, 0.28, 0.19, 0.05, 0.04, 0.025, 0.0149, 0.0001)


def contests(rows: Rows, p: People) -> None:
    """Places of workers in contests, with the share of the field; some students' places."""
    entered = np.flatnonzero((p.rank > 0) & p.draws.chance("contest", p.ids, 0.02))
    ids = p.ids[entered]
    level = 1 + p.draws.pick("contest class", ids, np.array(CONTESTS))
    place = 1.0 + p.draws.whole("contest place", ids, 0, 30)
    field = np.maximum(place, 20.0 + p.draws.whole("contest field", ids, 0, 100))
    worked = np.maximum(SEEN_FROM - p.first_job[entered], 1)
    day = SEEN_FROM - 1 - p.draws.waiting("contest day", ids, 1200) % worked
    subject = p.occupation("contest", entered, stray=0.02)
    host = p.organisations.any_of("contest host", ids, p.organisations.unions)
    rows.add("award", "award", ids, day, subject=subject, level=level, quantity=place, other=host)
    known = p.draws.chance("contest field known", ids, 0.8)
    rows.add(
        "award-share",
        "award-share",
        ids[known],
        day[known],
        subject=subject[known],
        level=level[known],
        quantity=np.round(100 * place / field, 1)[known],
        other=host[known],
    )
    pupils = np.flatnonzero(
        (p.school >= 2) & (p.graduation > SEEN_FROM - 2500) & p.draws.chance("pupil", p.ids, 0.01)
    )
    ids = p.ids[pupils]
    day = p.graduation[pupils] - 30 - p.draws.whole("pupil day", ids, 0, 600)
    done = day < SEEN_FROM
    rows.add(
        "student-award",
        "student-award",
        ids[done],
        day[done],
        subject=p.occupation("pupil", pupils, stray=0.0)[done],
        level=1 + p.draws.pick("pupil class", ids, np.array(CONTESTS))[done],
        quantity=(1.0 + p.draws.whole("pupil place", ids, 0, 20))[done],
        other=p.organisations.any_of("pupil host", ids, p.organisations.unions)[done],
    )


def honours(rows: Rows, p: People) -> None:
    """In the published numbers, among people of some experience."""
    able = (p.experience > 8) & (p.first_job < SEEN_FROM)
    for code, holders in HONOURS.items():
        share = holders / WORKING / EXPERIENCED
        who = np.flatnonzero(able & p.draws.chance(f"honour {code}", p.ids, share))
        _honoured(rows, p, who, "honour", code)
    for code, share in (
        ("skill-honour.prefecture-government", 6e-4),
        ("contribution.fortune-500", 2e-4),
    ):
        who = np.flatnonzero(
            able & (p.rank >= 4) & p.draws.chance(f"honour {code}", p.ids, share * 5)
        )
        _honoured(rows, p, who, "recognition", code)


def _honoured(rows: Rows, p: People, who: Int64, kind: str, code: str) -> None:
    worked = np.maximum(np.minimum(SEEN_FROM, p.retirement[who]) - p.first_job[who] - 2000, 100)
    day = SEEN_FROM - 60 - (p.draws.uniform(f"{code}: day", p.ids[who]) * worked).astype(np.int64)
    rows.add(f"{kind} {code}", kind, p.ids[who], day, subject=rows.words.code(code), claimed=0.05)
