"""How many of what: the published stock that the sample follows, and what had to be assumed.

Published (marks as in the pack's sources: A official page, B repost of one):

* skilled workers of Guangdong, 2024: 19.79 million (B)
* Guangzhou: 1.609 of 4.223 million skilled workers are highly skilled (level 3 and above),
  38.1 % (A). The province's own share was not found; Guangzhou's stands for it here
* model workers: 1,115 national, 6,587 provincial; 5,611 May Day medals; 110 Nanyue artisans;
  7,664 city artisans (B)
* special technicians (特级技师) appointed in two pilot batches: 142, by 22 enterprises (B)
* degree grants planned by the provincial federation, 2024: 20,000 (B)

Assumed, since nothing was found: 71 million people in work (general knowledge); the shares of
single levels within "highly skilled" and "the rest"; ages, schooling, lengths of jobs and gaps,
sizes of employers, shares of insured, organised and contracted. They only have to be believable:
nothing may be concluded from them about Guangdong.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from craftpath.engine.days import as_day

__all__ = [
    "AGES",
    "EXPERIENCED",
    "HIGHLY_SKILLED",
    "HONOURS",
    "LEVELS",
    "LEVEL_BY_EXPERIENCE",
    "SCHOOLING",
    "SEEN_FROM",
    "SKILLED",
    "SKILLED_WORKERS",
    "WORKING",
    "YEARS_BRACKETS",
]

Float64 = npt.NDArray[np.float64]

SEEN_FROM = as_day(dt.date(2025, 6, 30))  # the day from which the lives look believable

SKILLED_WORKERS = 19_790_000
WORKING = 71_000_000
SKILLED = SKILLED_WORKERS / WORKING
HIGHLY_SKILLED = 0.381

# Highest certificate of those who have one: rank on the scale `skill` → share. Ranks 4 to 6
# (levels 3 to 1) add up to HIGHLY_SKILLED.
LEVELS = {2: 0.272, 3: 0.347, 4: 0.300, 5: 0.060, 6: 0.021}

# Age in whole years: first year of each band → share. The last band ends at 75.
AGES = {
    16: 0.050,
    20: 0.090,
    25: 0.120,
    30: 0.145,
    35: 0.140,
    40: 0.125,
    45: 0.115,
    50: 0.100,
    55: 0.065,
    60: 0.028,
    65: 0.022,
}

# What school was left with, by year of birth (before 1980, 1980 to 1994, 1995 on).
SCHOOLING = {
    "junior": (0.44, 0.24, 0.10),
    "senior": (0.18, 0.15, 0.10),
    "secondary": (0.13, 0.18, 0.19),
    "technical-intermediate": (0.08, 0.08, 0.07),
    "technical-senior": (0.04, 0.07, 0.09),
    "technical-technician": (0.005, 0.01, 0.02),
    "college": (0.08, 0.17, 0.28),
    "bachelor": (0.043, 0.095, 0.142),
    "master": (0.002, 0.005, 0.008),
}

# Years since the first job began: lower bounds of the brackets of the table below.
YEARS_BRACKETS = (0.0, 1.0, 3.0, 6.0, 11.0, 16.0)

# Share of people whose highest certificate is of rank 2 … 6, by bracket (the rest hold none).
# Fitted so that, over the ages above, SKILLED and LEVELS come out.
LEVEL_BY_EXPERIENCE: Float64 = np.array(
    [
        [0.0477, 0.0529, 0.0135, 0.0000, 0.0000],
        [0.0955, 0.0847, 0.0270, 0.0000, 0.0000],
        [0.0955, 0.1058, 0.0631, 0.0000, 0.0000],
        [0.0955, 0.1058, 0.0902, 0.0059, 0.0000],
        [0.0859, 0.1058, 0.0902, 0.0197, 0.0030],
        [0.0764, 0.1058, 0.0992, 0.0237, 0.0096],
    ]
)

# Share of the people who have eight years since their first job: honours are given among them.
EXPERIENCED = 0.765

# Honours: code → how many in the province, published.
HONOURS = {
    "model-worker.national": 1_115,
    "model-worker.provincial": 6_587,
    "labour-medal.provincial": 5_611,
    "artisan.nanyue": 110,
    "artisan.city": 7_664,
}
