"""Programmes that are open where I am: first those that I qualify for."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from craftpath.access.clock import today
from craftpath.eligibility import Answers, reached
from craftpath.programmes.models import Programme
from craftpath.programmes.offers import Offer, answered, offers
from craftpath.registry.queries import party_seen_by
from craftpath.web.life import life_of, the_pack
from craftpath.web.page import Asked, page

__all__ = ["near_me"]

_ORDER = ("qualifies", "unknown", "later", "never")


@page("view.own")
def near_me(request: HttpRequest) -> HttpResponseBase:
    actor, day = cast(Asked, request).actor, today()
    party = party_seen_by(actor, actor.party or 0, day)
    life = life_of(party.pk)
    asked: dict[dt.date, Answers] = {day: life.ask(day)}
    gone = reached(the_pack(), life.ladder(asked[day]))
    found: list[Offer] = []
    for offer in offers(party.region, party.pk, day):
        on = _counts_on(offer.programme, day)
        if offer.programme.rule and on not in asked:
            asked[on] = life.ask(on, max(on, day))
        if offer.programme.rule:
            offer = answered(offer, asked[on], gone)
        if offer.own or not offer.gone:
            found.append(offer)
    found.sort(key=lambda offer: _ORDER.index(offer.verdict))
    return render(
        request,
        "worker/near.html",
        {
            "party": party,
            "open": [o for o in found if o.programme.opens <= day],
            "coming": sorted(
                (o for o in found if o.programme.opens > day), key=lambda o: o.programme.opens
            ),
        },
    )


def _counts_on(programme: Programme, day: dt.date) -> dt.date:
    """The day on which the rule has to hold: the programme's own, else the first to apply on."""
    return programme.judged_on or max(day, programme.opens)
