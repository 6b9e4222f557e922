"""What an assessment body is filed for, and the rooms that it has."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Conflict
from craftpath.access.regions import contains
from craftpath.access.words import say
from craftpath.assessment.actions.rooms import add_room, change_room, close_room
from craftpath.assessment.models import Room
from craftpath.assessment.queries import room_run_by, rooms_of, sittings_run_by
from craftpath.assessment.words import level_label
from craftpath.programmes.offers import outer_regions
from craftpath.registry.filings import Filing, filings_of
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Party
from craftpath.registry.queries import organisation_seen_by
from craftpath.web.page import Asked, page
from craftpath.web.pages.institution.doing import Attempt, attempt
from craftpath.web.reading import number_in

__all__ = ["filings", "room", "rooms"]


@page("view.institution")
def filings(request: HttpRequest) -> HttpResponseBase:
    """Occupation, level, place and days; those that hold today first."""
    actor, day = cast(Asked, request).actor, today()
    found = filings_of(actor.party or 0)
    sites = Party.objects.in_bulk([one.site for one in found if one.site is not None])
    lines = [
        (one, level_label(one.level), sites.get(one.site or 0), one.holds(day), one.start > day)
        for one in found
    ]
    lines.sort(key=lambda line: not line[3])
    return render(request, "institution/filings.html", {"lines": lines})


@page("view.institution")
def rooms(request: HttpRequest) -> HttpResponseBase:
    """`?for=`: the sitting whose sessions asked for a room; once it is there, they go on."""
    actor = cast(Asked, request).actor
    tried = Attempt()
    if request.method == "POST":
        tried = attempt(
            lambda: add_room(
                actor,
                name=request.POST.get("name", ""),
                address=request.POST.get("address", ""),
                region=request.POST.get("region", ""),
                seats=number_in(request.POST, "seats") or 0,
            )
        )
        if not tried.refused:
            messages.success(request, say("已添加。", "Added."))
            slug = request.GET.get("for", "")
            if sittings_run_by(actor).filter(programme__slug=slug).exists():
                return redirect("hosted-sessions", slug)
            return redirect("hosted-rooms")
    found = list(rooms_of(actor).order_by("closed", "name"))
    host = organisation_seen_by(actor, actor.party or 0)
    return render(
        request,
        "institution/rooms.html",
        {
            "rooms": found,
            "seats": sum(one.seats for one in found if not one.closed),
            "regions": _regions(host, filings_of(host.pk)),
            "typed": request.POST or {"region": host.region},
            "tried": tried,
        },
        status=tried.status,
    )


@page("view.institution")
def room(request: HttpRequest, room_id: int) -> HttpResponseBase:
    """One room: changed, taken out of use, or into use again."""
    actor = cast(Asked, request).actor
    found = room_run_by(actor, room_id)
    tried = Attempt()
    if request.method == "POST":
        tried = attempt(lambda: _do(request, found))
        if not tried.refused:
            messages.success(request, say("已保存。", "Saved."))
            return redirect("hosted-rooms")
    host = organisation_seen_by(actor, actor.party or 0)
    regions = _regions(host, filings_of(host.pk))
    typed = {
        "name": found.name,
        "address": found.address,
        "region": found.region,
        "seats": str(found.seats),
    }
    if "name" in request.POST:
        typed = request.POST.dict()
    return render(
        request,
        "institution/room.html",
        {
            "room": found,
            "regions": regions if found.region in regions else [found.region, *regions],
            "typed": typed,
            "tried": tried,
        },
        status=tried.status,
    )


def _do(request: HttpRequest, found: Room) -> None:
    actor, what = cast(Asked, request).actor, request.POST.get("do", "")
    if what in ("close", "open"):
        close_room(actor, found.pk, closed=what == "close")
    elif what == "change":
        change_room(
            actor,
            found.pk,
            name=request.POST.get("name", ""),
            address=request.POST.get("address", ""),
            region=request.POST.get("region", ""),
            seats=number_in(request.POST, "seats") or 0,
        )
    else:
        raise Conflict("没有这种办理。", "There is nothing of the kind to do.")


def _regions(host: Party, own: list[Filing]) -> list[str]:
    """Where a room may lie: the body's own city and whatever it is filed for, with the regions in
    them. The whole province is there where it is filed for that."""
    codes = site_pack().vocabulary.lists.get("region")
    city = next((code for code in outer_regions(host.region) if len(code) == 6), host.region)
    outer = {city, *(one.region for one in own)}
    everything = [] if codes is None else codes.codes
    return [code for code in everything if any(contains(one, code) for one in outer)]
