"""Learners: those enrolled with the institution, and those who applied to what it hosts."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.eligibility import Fact, say_fact
from craftpath.engine.rules import Label
from craftpath.programmes.choices import PLACES, STATES
from craftpath.programmes.hosting import enrolments_of, learners_of
from craftpath.programmes.queries import applications_seen_by
from craftpath.registry.evidence import COLUMNS
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Record
from craftpath.registry.queries import (
    holder,
    party_seen_by,
    records_seen_by,
    search,
    selves,
)
from craftpath.web.page import Asked, page
from craftpath.web.reading import page_of

__all__ = ["people", "person"]


@page("view.institution")
def people(request: HttpRequest) -> HttpResponseBase:
    actor, day = cast(Asked, request).actor, today()
    how = request.GET.get("how", "")
    found = search(learners_of(actor, day, how), request.GET.get("q", ""))
    here = page_of(request, found, 50)
    studies: dict[int, Record] = {
        holder(record.party): record
        for record in enrolments_of(actor, day)
        .filter(party__in=selves([one.pk for one in here]))
        .select_related("party")
        .order_by("start", "pk")
    }
    return render(
        request,
        "institution/people.html",
        {
            "found": here,
            "rows": [(party, studies.get(party.pk)) for party in here],
            "asked": request.GET,
            "kinds": site_pack().vocabulary.kinds,
        },
    )


@page("view.institution")
def person(request: HttpRequest, party_id: int) -> HttpResponseBase:
    """What points to the institution, the proofs of skill, and applications to what it hosts."""
    actor = cast(Asked, request).actor
    party = party_seen_by(actor, party_id, today())
    if not party.is_person:
        return redirect("hosted-people")
    shown = records_seen_by(actor, party).filter(known_until=None)
    theirs = applications_seen_by(actor).filter(party__in=selves([party.pk]))
    return render(
        request,
        "institution/person.html",
        {
            "party": party,
            "records": [(record, _said(record)) for record in shown],
            "applications": theirs.order_by("-created_at", "-pk"),
            "STATES": STATES,
            "PLACES": PLACES,
        },
    )


def _said(record: Record) -> Label:
    columns = {name: getattr(record, name) for name in COLUMNS if name not in ("party", "other")}
    return say_fact(site_pack(), Fact(party=record.party_id, other=record.other_id, **columns))
