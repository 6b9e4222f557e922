"""The one page that matters: what I have, what is next and from which day, what is missing."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from craftpath.access.clock import today
from craftpath.eligibility import reached, say_fact
from craftpath.programmes.offers import answered, offers
from craftpath.registry.queries import party_seen_by
from craftpath.web.digest import digest
from craftpath.web.life import Life, life_of, the_pack
from craftpath.web.page import Asked, page

__all__ = ["my_path", "occupations_worked"]

#: What somebody has besides levels: said in a line each.
SHOWN = frozenset(
    {"title", "honour", "award", "special-ability", "diploma", "technical-diploma", "card"}
)


@page("view.own")
def my_path(request: HttpRequest) -> HttpResponseBase:
    actor, day = cast(Asked, request).actor, today()
    party = party_seen_by(actor, actor.party or 0, day)
    life = life_of(party.pk)
    answers = life.ask(day)
    climbs = life.ladder(answers)
    gone = reached(the_pack(), climbs)
    open_here = [
        answered(offer, answers, gone)
        for offer in offers(party.region, party.pk, day, counted=False)
        if offer.programme.opens <= day
    ]
    found = digest(the_pack(), answers, climbs, occupations_worked(life, day), open_here)
    climbing = [climb for climb in climbs if climb.highest or _worked_in(life, climb.focus)]
    return render(
        request,
        "worker/my_path.html",
        {
            "party": party,
            "digest": found,
            "climbs": climbing[:2],
            "more_climbs": climbing[2:],
            "held": [say_fact(the_pack(), fact) for fact in life.holding(day, SHOWN)],
            "left_out": answers.left_out,
            "answered": len(answers),
        },
    )


def occupations_worked(life: Life, day: dt.date) -> list[str | None]:
    """Occupations of the work records that stand, running ones first, then the latest to end."""
    own = life.own
    rows = [
        (end is None or end > day, end or day, start, subject)
        for kind, subject, start, end, gone in zip(
            own["kind"], own["subject"], own["start"], own["end"], own["known_until"], strict=True
        )
        if kind == the_pack().work_kind and subject is not None and gone is None
    ]
    rows.sort(key=lambda row: row[:3], reverse=True)
    return [row[3] for row in rows]


def _worked_in(life: Life, focus: str) -> bool:
    work = the_pack().work_kind
    return any(
        kind == work and subject == focus and gone is None
        for kind, subject, gone in zip(
            life.own["kind"], life.own["subject"], life.own["known_until"], strict=True
        )
    )
