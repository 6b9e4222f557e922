"""Who people are, and what they learned: birth, sex, household, schools, study at work."""

from __future__ import annotations

import numpy as np

from craftpath.sample.people import SCHOOLS, Bool, Int64, People
from craftpath.sample.rows import NO_CODE, Rows
from craftpath.sample.stock import SEEN_FROM
from craftpath.sample.world import regions

__all__ = ["pilot_classes", "schooling", "study_at_work", "who_they_are"]


def who_they_are(rows: Rows, p: People) -> None:
    rows.add("birth", "birth", p.ids, p.birth, claimed=0.002, lag=0)
    told = p.draws.chance("sex told", p.ids, 0.85)
    code = np.where(p.male, rows.words.code("male"), rows.words.code("female"))
    rows.add("sex", "sex", p.ids[told], p.birth[told], subject=code[told], claimed=0.002, lag=0)
    home = p.draws.pick("home", p.ids, np.array([r.home for r in regions()]))
    registered = np.flatnonzero(p.draws.chance("home told", p.ids, 0.45))
    codes = rows.words.some([r.code for r in regions()])
    rows.add(
        "residence",
        "residence",
        p.ids[registered],
        p.birth[registered],
        subject=codes[home[registered]],
    )


def schooling(rows: Rows, p: People) -> None:
    # kind of school → (school types' ids, scale rank, column of the trade's majors, share recorded)
    general = {
        "secondary": ("secondary-vocational", 3, "secondary", 0.75),
        "college": ("higher-vocational", 4, "college", 0.9),
        "bachelor": ("ordinary-university", 5, "bachelor", 0.9),
        "master": ("ordinary-university", 6, "bachelor", 0.95),
    }
    technical = {
        "technical-intermediate": ("technical-school", 1, "technical", 0.8),
        "technical-senior": ("senior-technical-school", 2, "technical", 0.85),
        "technical-technician": ("technician-college", 3, "technical", 0.9),
    }
    for names, prefix in ((general, ""), (technical, "technical-")):
        for name, (school_type, rank, major, recorded) in names.items():
            there = p.school == SCHOOLS.index(name)
            kept = p.draws.chance(f"{name} recorded", p.ids, recorded)
            who = np.flatnonzero(there & kept)
            _left_school(rows, p, who, name, prefix, school_type, rank, major)


def _left_school(
    rows: Rows,
    p: People,
    who: Int64,
    name: str,
    prefix: str,
    school_type: str,
    rank: int,
    major: str,
) -> None:
    school = p.organisations.any_of(
        f"{name}: school", p.ids[who], p.organisations.schools_of(school_type)
    )
    subject = p.major(who, major)
    graduation = p.graduation[who]
    entry = graduation - 3 * 365 + 61
    done = graduation <= SEEN_FROM
    here = ~done & (entry <= SEEN_FROM)
    final = here & (graduation - 304 <= SEEN_FROM)
    kinds = {
        f"{prefix}diploma": (done, graduation, None),
        f"{prefix}study": (here, entry, graduation),
        f"{prefix}final-year": (final, graduation - 304, graduation),
    }
    for kind, (some, start, end) in kinds.items():
        rows.add(
            f"{name} {kind}",
            kind,
            p.ids[who][some],
            start[some],
            end=None if end is None else end[some],
            subject=subject[some],
            level=rank,
            other=school[some],
            claimed=0.03,
        )


def study_at_work(rows: Rows, p: People) -> None:
    """In-service study and its diploma; the unions' grants of 2024."""
    able = (p.experience > 1) & (p.age < 50) & (p.school < SCHOOLS.index("bachelor"))
    who = np.flatnonzero(able & p.draws.chance("studies at work", p.ids, 0.03))
    ids = p.ids[who]
    level = np.where(p.school[who] == SCHOOLS.index("college"), 5, 4)
    entry = SEEN_FROM - 1 - (p.draws.uniform("entry", ids) * 3000).astype(np.int64)
    entry = np.maximum(entry, p.first_job[who] + 30)
    modes = rows.words.some(["adult", "open", "self-taught", "online"])
    subject = modes[p.draws.pick("mode", ids, np.array([0.5, 0.35, 0.1, 0.05]))]
    school = p.organisations.any_of(
        "in-service school", ids, p.organisations.schools_of("ordinary-university")
    )
    graduates = entry + 912
    begun = entry < SEEN_FROM
    done = graduates <= SEEN_FROM
    rows.add(
        "in-service study",
        "in-service-study",
        ids[begun],
        entry[begun],
        end=graduates[begun],
        subject=subject[begun],
        level=level[begun],
        other=school[begun],
    )
    rows.add(
        "in-service diploma",
        "in-service-diploma",
        ids[done],
        graduates[done],
        subject=subject[done],
        level=level[done],
        other=school[done],
    )
    receipt = begun & p.draws.chance("tuition paid", ids, 0.4)
    rows.add(
        "tuition",
        "tuition-paid",
        ids[receipt],
        np.minimum(entry + 20, SEEN_FROM)[receipt],
        quantity=3000.0,
        other=school[receipt],
        claimed=0.5,
    )
    _grants(rows, p, ids, done & (graduates > 19_205) & (graduates < 19_935))


def _grants(rows: Rows, p: People, ids: Int64, lately: Bool) -> None:
    """What the unions noted about diplomas of August 2022 to July 2024 (`lately`)."""
    autumn = 20_020  # October 2024
    for name, kind, share, day, code in (
        ("fits", "major-fits-post", 0.5, autumn - 60, None),
        ("applied", "grant-application", 0.2, autumn - 90, "guangzhou-2024"),
        ("granted", "degree-grant", 0.1, autumn + 40, "province-2024"),
    ):
        some = ids[lately & p.draws.chance(f"grant: {name}", ids, share)]
        rows.add(
            f"grant: {name}",
            kind,
            some,
            np.full(len(some), day, np.int64),
            end=np.full(len(some), day + 1, np.int64) if name == "granted" else None,
            subject=NO_CODE if code is None else rows.words.code(code),
            quantity=1000.0 if name == "granted" else float("nan"),
            claimed=0.0,
        )


# Pairings of college and university (三二分段) in which a college student may be.
PAIRINGS = (
    "32-2024-jm-xq",
    "32-2024-jm-wl",
    "32-2024-jm-kj",
    "32-2024-jm-zn",
    "32-2024-jm-jd",
)


def pilot_classes(rows: Rows, p: People) -> None:
    """College students in a class paired with a university; some have sat the common papers."""
    entry = p.graduation - 3 * 365 + 61
    there = (p.school == SCHOOLS.index("college")) & (entry <= SEEN_FROM)
    there &= (entry > 18_500) & p.draws.chance("pilot class", p.ids, 0.06)  # since autumn 2020
    who = np.flatnonzero(there)
    ids = p.ids[who]
    subject = rows.words.some(PAIRINGS)[p.draws.whole("pairing", ids, 0, len(PAIRINGS))]
    school = p.organisations.any_of(
        "pilot school", ids, p.organisations.schools_of("higher-vocational")
    )
    rows.add(
        "pilot class",
        "pilot-class",
        ids,
        entry[who],
        end=p.graduation[who],
        subject=subject,
        other=school,
        claimed=0.0,
    )
    exam = p.graduation[who] - 98  # the end of March
    sat = (exam < SEEN_FROM) & p.draws.chance("sat", ids, 0.8)
    marks = 70.0 + p.draws.whole("marks", ids, 0, 111)
    for kind, day, quantity in (
        ("transfer-application", exam - 45, np.full(len(ids), np.nan)),
        ("transfer-exam", exam, marks),
    ):
        rows.add(
            kind,
            kind,
            ids[sat],
            day[sat],
            subject=subject[sat],
            quantity=quantity[sat],
            claimed=0.0,
        )
