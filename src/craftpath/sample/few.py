"""Facts of small groups: established staff, patents, offences, taxes, heads of enterprises."""

from __future__ import annotations

import numpy as np

from craftpath.sample.people import YEAR, People
from craftpath.sample.rows import Rows
from craftpath.sample.stock import SEEN_FROM

__all__ = ["a_few"]


def a_few(rows: Rows, p: People) -> None:
    """Facts of small groups: established staff, patents, offences, taxes, heads of enterprises."""
    for k, spell in enumerate(p.spells):
        ids = p.ids[spell.who]
        staff = spell.last & p.draws.chance(f"public staff {k}", ids, 0.02)
        rows.add(
            f"public staff {k}",
            "public-staff",
            ids[staff],
            spell.start[staff],
            other=spell.employer[staff],
        )
        head = spell.last & p.draws.chance(f"officer {k}", ids, 0.003)
        subject = rows.words.some(["legal-representative", "general-manager", "chair"])
        which = p.draws.whole(f"officer is {k}", ids, 0, 3)
        rows.add(
            f"officer {k}",
            "officer",
            ids[head],
            spell.start[head],
            subject=subject[which][head],
            other=spell.employer[head],
        )
        holds = head & p.draws.chance(f"shares {k}", ids, 0.5)
        rows.add(
            f"shares {k}",
            "shareholding",
            ids[holds],
            spell.start[holds],
            quantity=5.0 + p.draws.whole(f"shares are {k}", ids, 0, 60)[holds],
            other=spell.employer[holds],
        )
    taxed = p.draws.chance("taxed", p.ids, 0.004) & (p.experience > 4)
    who = np.flatnonzero(taxed)
    yearly = np.round(3000 * np.exp(4.5 * p.draws.uniform("tax", p.ids[who])), 2)
    for back in (1, 2, 3):
        start = np.full(len(who), SEEN_FROM - 180 - 365 * back, np.int64)
        rows.add(
            f"tax {back}",
            "wage-tax",
            p.ids[who],
            start,
            end=start + 365,
            quantity=np.round(yearly * (1 - 0.04 * back), 2),
            claimed=0.5,
        )
    adult = np.minimum(p.birth + int(20 * YEAR), SEEN_FROM - 2)
    for kind, share in (("invention-patent", 0.0015), ("violation", 0.002)):
        who = np.flatnonzero(p.draws.chance(kind, p.ids, share) & (p.age > 20.5))
        day = (
            SEEN_FROM
            - 1
            - (
                p.draws.uniform(f"{kind}: day", p.ids[who])
                * np.minimum(SEEN_FROM - adult[who], 4000)
            ).astype(np.int64)
        )
        rows.add(kind, kind, p.ids[who], day, claimed=0.01)
    young = np.flatnonzero((p.age < 25) & p.draws.chance("aim", p.ids, 0.08))
    rows.add(
        "aim",
        "aim",
        p.ids[young],
        SEEN_FROM - 1 - p.draws.whole("aim day", p.ids[young], 0, 300),
        subject=p.occupation("aim", young, stray=0.2),
        claimed=0.5,
    )
