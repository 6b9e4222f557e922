"""Organisations: employers with sizes and places, schools, assessment bodies, unions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from craftpath.sample.draws import Draws
from craftpath.sample.rows import Rows
from craftpath.sample.stock import SEEN_FROM
from craftpath.sample.world import SCHOOL_TYPES, Organisations, families, regions

__all__ = ["add_organisations", "codes_of_organisations"]

Int64 = npt.NDArray[np.int64]

_REFORM = 3_287  # 1979: hardly an employer in the sample is older


def add_organisations(rows: Rows, organisations: Organisations, ids: Int64) -> None:
    """The records of these organisations (ids, ascending)."""
    draws = organisations.draws
    founded = (
        SEEN_FROM
        - 400
        - (draws.uniform("founded", ids) ** 1.6 * (SEEN_FROM - 400 - _REFORM)).astype(np.int64)
    )
    rows.add("founded", "founded", ids, founded, claimed=0.0, lag=5)
    codes = rows.words.some([r.code for r in regions()])
    place = codes[organisations.place(ids)]
    rows.add("located", "located", ids, founded, subject=place, claimed=0.0)
    employers = _role(ids, organisations.employers)
    _employers(rows, organisations, ids[employers], founded[employers], place[employers])
    schools = _role(ids, organisations.schools)
    _schools(rows, organisations, ids[schools], founded[schools])
    bodies = _role(ids, organisations.assessors)
    began = np.maximum(founded[bodies], 18_000)  # such bodies are filed since 2019
    rows.add("assessor", "social-assessor", ids[bodies], began, claimed=0.0)
    unions = _role(ids, organisations.unions)
    registered = unions & draws.chance("union registered", ids, 0.9)
    rows.add(
        "union registered",
        "union-registered",
        ids[registered],
        np.maximum(founded, 17_500)[registered],
        subject=place[registered],
        claimed=0.0,
    )


def _role(ids: Int64, span: tuple[int, int]) -> npt.NDArray[np.bool_]:
    return (ids >= span[0]) & (ids < span[1])


def _employers(
    rows: Rows, organisations: Organisations, ids: Int64, founded: Int64, place: npt.NDArray[Any]
) -> None:
    draws: Draws = organisations.draws
    staff = organisations.size(ids)
    enterprise = draws.chance("enterprise", ids, 0.93)
    rows.add("enterprise", "enterprise", ids[enterprise], founded[enterprise], claimed=0.0)
    for back in (0, 1):  # this year's figure and the last
        start = np.maximum(founded, SEEN_FROM - 180 - 365 * back)
        changed = 0.9 + 0.2 * draws.uniform(f"staff {back}", ids)
        rows.add(
            f"staff {back}",
            "insured-staff",
            ids,
            start,
            end=None if back == 0 else np.maximum(start, SEEN_FROM - 180),
            quantity=np.ceil(staff * changed),
            claimed=0.01,
        )
    designations = {
        "above-scale": enterprise & (staff >= 60) & draws.chance("above scale", ids, 0.8),
        "large": enterprise & (staff >= 1000),
        "industry-leader": enterprise & (staff >= 2000) & draws.chance("leader", ids, 0.25),
        "provincial-filed": enterprise & (staff >= 1000) & draws.chance("filed", ids, 0.2),
        "chain-lead": enterprise & (staff >= 300) & draws.chance("chain lead", ids, 0.05),
        "industry-education": enterprise & (staff >= 100) & draws.chance("designated", ids, 0.03),
    }
    for code, some in designations.items():
        since = np.maximum(founded, 16_500) + draws.whole(f"{code}: since", ids, 0, 2500)
        some = some & (since < SEEN_FROM)
        rows.add(
            code, "designated", ids[some], since[some], subject=rows.words.code(code), claimed=0.0
        )
    assesses = enterprise & (staff >= 300) & draws.chance("assesses", ids, 0.25)
    rows.add(
        "filed",
        "filed",
        ids[assesses],
        np.maximum(founded, 18_300)[assesses],
        level=4 + draws.whole("filed up to", ids, 0, 4)[assesses],
        claimed=0.0,
    )
    dues = (staff >= 25) & draws.chance("dues", ids, 0.5)
    rows.add("dues", "union-dues", ids[dues], founded[dues], subject=place[dues], claimed=0.0)
    taxed = enterprise & (staff >= 300) & draws.chance("tax found", ids, 0.6)
    rows.add(
        "tax",
        "tax-paid",
        ids[taxed],
        np.full(int(taxed.sum()), SEEN_FROM - 120, np.int64),
        subject=place[taxed],
        quantity=np.round(staff * 9000 * (0.3 + draws.uniform("tax sum", ids)), -3)[taxed],
        claimed=0.0,
    )
    _partners(rows, organisations, ids, founded, enterprise & (staff >= 100))
    for kind, share in (
        ("education-company", 0.01),
        ("accident", 0.002),
        ("credit-breach", 0.004),
        ("multiplier-pilot", 0.003),
    ):
        some = enterprise & draws.chance(kind, ids, share)
        since = founded + (draws.uniform(f"{kind}: day", ids) * (SEEN_FROM - founded)).astype(
            np.int64
        )
        rows.add(kind, kind, ids[some], since[some], claimed=0.0)


def _partners(
    rows: Rows,
    organisations: Organisations,
    ids: Int64,
    founded: Int64,
    able: npt.NDArray[np.bool_],
) -> None:
    """What enterprises do with schools: interns, majors built together, equipment, pilots."""
    draws = organisations.draws
    partner = able & draws.chance("partner", ids, 0.25)
    some = ids[partner]
    school = organisations.any_of("partner school", some, organisations.schools)
    began = np.maximum(founded[partner], 16_000) + draws.whole("partner since", some, 0, 2500)
    for year in (1, 2, 3):
        taken = SEEN_FROM - 365 * year
        with_interns = draws.chance(f"interns {year}", some, 0.7) & (began < taken)
        rows.add(
            f"interns {year}",
            "interns",
            some[with_interns],
            np.full(int(with_interns.sum()), taken, np.int64),
            end=np.full(int(with_interns.sum()), taken + 180, np.int64),
            quantity=(5.0 + draws.waiting(f"interns are {year}", some, 25))[with_interns],
            other=school[with_interns],
        )
    majors = rows.words.some([f.college for f in families()])
    for k in range(4):
        built = draws.chance(f"built {k}", some, 0.45) & (began + 200 * k < SEEN_FROM)
        rows.add(
            f"built {k}",
            "co-built-major",
            some[built],
            (began + 200 * k)[built],
            subject=majors[(some + 7 * k) % len(majors)][built],
            other=school[built],
        )
    gave = draws.chance("invested", some, 0.3)
    rows.add(
        "invested",
        "training-investment",
        some[gave],
        (SEEN_FROM - 1 - draws.whole("invested on", some, 0, 1500))[gave],
        quantity=np.round(50_000 * np.exp(4 * draws.uniform("invested sum", some)), -3)[gave],
        other=school[gave],
    )
    for kind, share in (("apprenticeship-pilot", 0.15), ("one-x-pilot", 0.1), ("school-run", 0.05)):
        which = draws.chance(kind, some, share) & (began < SEEN_FROM)
        rows.add(kind, kind, some[which], began[which], claimed=0.0)


def _schools(rows: Rows, organisations: Organisations, ids: Int64, founded: Int64) -> None:
    draws = organisations.draws
    majors = rows.words.some([f.college for f in families()])
    for name, _ in SCHOOL_TYPES:
        which = _role(ids, organisations.schools_of(name))
        rows.add(
            name,
            "school-type",
            ids[which],
            founded[which],
            subject=rows.words.code(name),
            claimed=0.0,
        )
        if name not in ("higher-vocational", "technician-college"):
            continue
        for k in range(3):
            evaluated = which & draws.chance(f"{name} evaluated {k}", ids, 0.3)
            rows.add(
                f"{name} evaluated {k}",
                "evaluated",
                ids[evaluated],
                np.maximum(founded, 18_000)[evaluated],
                subject=majors[(ids + 11 * k) % len(majors)][evaluated],
                claimed=0.0,
            )


def codes_of_organisations() -> list[str]:
    """Every code that an organisation's record may carry."""
    designations = ["above-scale", "large", "industry-leader", "provincial-filed"]
    designations += ["chain-lead", "industry-education"]
    codes = [name for name, _ in SCHOOL_TYPES] + [r.code for r in regions()]
    return codes + designations + [f.college for f in families()]
