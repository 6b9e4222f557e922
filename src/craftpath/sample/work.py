"""Work: jobs, insurance, contracts, posts, unions; being out of work, and pensions."""

from __future__ import annotations

import numpy as np

from craftpath.engine.days import FOREVER
from craftpath.sample.people import Bool, Int64, People, Spell
from craftpath.sample.rows import Rows
from craftpath.sample.stock import SEEN_FROM, SKILLED, WORKING
from craftpath.sample.world import regions

__all__ = ["apprentices", "out_of_work", "work"]


def work(rows: Rows, p: People) -> None:
    for k, spell in enumerate(p.spells):
        ids = p.ids[spell.who]
        old = spell.start < 14_000
        rows.add(
            f"employment {k}",
            "employment",
            ids,
            spell.start,
            end=spell.end,
            subject=spell.occupation,
            other=spell.employer,
            claimed=np.where(old, 0.15, 0.03),
            amended=0.012,
        )
        _insured(rows, p, k, spell)
        _at_work_now(rows, p, k, spell)


def _insured(rows: Rows, p: People, k: int, spell: Spell) -> None:
    ids = p.ids[spell.who]
    codes = rows.words.some([r.code for r in regions()])
    # The registers of earlier jobs are thinner.
    for kind, now, before in (("insurance", 0.66, 0.10), ("social-insurance", 0.30, 0.03)):
        paid = p.draws.chance(f"{kind} {k}", ids, np.where(spell.last, now, before))
        paid &= spell.start > 10_900  # November 1999
        rows.add(
            f"{kind} {k}",
            kind,
            ids[paid],
            # From the first of the month after.
            _month_after(spell.start[paid]),
            end=np.maximum(spell.end, _month_after(spell.start) + 1)[paid],
            subject=codes[spell.place[paid]],
            other=spell.employer[paid],
            claimed=0.004,
        )


def _month_after(day: Int64) -> Int64:
    months = day.astype("datetime64[D]").astype("datetime64[M]") + np.timedelta64(1, "M")
    return months.astype("datetime64[D]").astype(np.int64)


POSTS = {
    "front-line-worker": 0.56,
    "technical-staff": 0.15,
    "customer-service": 0.14,
    "workshop-head": 0.04,
    "management": 0.09,
    "professional-technical": 0.02,
}


def _at_work_now(rows: Rows, p: People, k: int, spell: Spell) -> None:
    """What is known of a present job: contract, post, union, place."""
    now = np.flatnonzero(spell.last)
    ids = p.ids[spell.who][now]
    start, employer = spell.start[now], spell.employer[now]
    codes = rows.words.some([r.code for r in regions()])

    def some(name: str, share: float) -> Bool:
        return p.draws.chance(f"{name} {k}", ids, share)

    signed = some("contract", 0.22)
    term = (np.array([1, 2, 3, 3, 5, 0]) * 365)[p.draws.whole(f"contract term {k}", ids, 0, 6)]
    # A fixed term is renewed: the contract that runs began a whole number of terms after the job.
    done = np.where(term > 0, (SEEN_FROM - start) // np.maximum(term, 1), 0)
    begun = start + done * term
    rows.add(
        f"contract {k}",
        "contract",
        ids[signed],
        begun[signed],
        end=np.where(term > 0, begun + term, FOREVER)[signed],
        other=employer[signed],
        claimed=0.03,
    )
    posted = some("post", 0.12)
    subject = rows.words.some(list(POSTS))[
        p.draws.pick(f"post is {k}", ids, np.array(list(POSTS.values())))
    ]
    rows.add(
        f"post {k}",
        "post",
        ids[posted],
        start[posted],
        subject=subject[posted],
        other=employer[posted],
    )
    place = some("workplace", 0.14)
    rows.add(
        f"workplace {k}",
        "workplace",
        ids[place],
        start[place],
        subject=codes[spell.place[now][place]],
        other=employer[place],
    )
    member = some("union member", 0.22)
    joined = start + p.draws.waiting(f"union joined {k}", ids, 400)
    member &= joined < SEEN_FROM
    rows.add(
        f"union member {k}",
        "union-member",
        ids[member],
        joined[member],
        other=p.organisations.union_of(employer[member]),
    )
    registered = member & some("union app", 0.5)
    rows.add(
        f"union app {k}",
        "union-app",
        ids[registered],
        np.maximum(joined, 17_500)[registered],  # the app began in late 2017
        claimed=0.0,
    )


def apprentices(rows: Rows, p: People) -> None:
    """A first job as apprentice; appointed special technicians; levels set by the employer."""
    if not p.spells:
        return
    first = p.spells[0]
    ids = p.ids[first.who]
    apprentice = p.draws.chance("apprentice", ids, 0.02) & (first.start + 400 < SEEN_FROM)
    rows.add(
        "apprenticeship",
        "apprenticeship-completed",
        ids[apprentice],
        first.start[apprentice] + 365,
        subject=first.occupation[apprentice],
        other=first.employer[apprentice],
    )
    special = 142 / (WORKING * SKILLED * 0.021)  # of those with the highest level
    for k, spell in enumerate(p.spells):
        ids, who = p.ids[spell.who], spell.who
        set_by_employer = spell.last & p.draws.chance(f"post level {k}", ids, 0.02)
        since = np.minimum(spell.start + 200, SEEN_FROM - 1)
        rows.add(
            f"post level {k}",
            "post-level",
            ids[set_by_employer],
            np.maximum(since, spell.start)[set_by_employer],
            subject=spell.occupation[set_by_employer],
            level=1 + p.draws.whole(f"post level is {k}", ids, 0, 5)[set_by_employer],
            other=spell.employer[set_by_employer],
        )
        appointed = spell.last & (p.rank[who] == 6) & p.draws.chance(f"appointed {k}", ids, special)
        appointed &= p.certified[who] + 365 < SEEN_FROM
        rows.add(
            f"appointment {k}",
            "appointment",
            ids[appointed],
            (p.certified[who] + 365)[appointed],
            subject=spell.occupation[appointed],
            level=7,
            other=spell.employer[appointed],
        )


def out_of_work(rows: Rows, p: People) -> None:
    """Pensions; unemployment registered and benefit drawn after a last job that ended."""
    retired = np.flatnonzero((p.retirement < SEEN_FROM) & p.draws.chance("pension", p.ids, 0.6))
    rows.add("pension", "pension", p.ids[retired], p.retirement[retired] + 31, claimed=0.0)
    codes = rows.words.some([r.code for r in regions()])
    for k, spell in enumerate(p.spells):
        ids = p.ids[spell.who]
        ended = (spell.end < SEEN_FROM - 40) & (spell.end > 14_600) & ~spell.last
        out = ended & p.draws.chance(f"registered {k}", ids, 0.04)
        since = spell.end + 20
        length = 60 + p.draws.waiting(f"registered for {k}", ids, 150)
        until = np.where(since + length > SEEN_FROM, FOREVER, since + length)
        rows.add(
            f"registered {k}",
            "registered-unemployed",
            ids[out],
            since[out],
            end=until[out],
            subject=codes[spell.place[out]],
        )
        drew = out & p.draws.chance(f"benefit {k}", ids, 0.5)
        rows.add(
            f"benefit {k}",
            "unemployment-benefit",
            ids[drew],
            since[drew] + 15,
            end=until[drew] + 15 * (until[drew] != FOREVER),
            subject=codes[spell.place[drew]],
            claimed=0.0,
        )
