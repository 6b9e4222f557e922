"""Programmes for anyone: the list, one with all that there is to know of it, and objections."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Invalid, NotThere
from craftpath.access.regions import within
from craftpath.access.roles import Role
from craftpath.access.words import say
from craftpath.eligibility import reached, rule_book
from craftpath.engine.rules import Label
from craftpath.programmes.actions.draws import draw_document
from craftpath.programmes.actions.notices import raise_objection
from craftpath.programmes.choices import SORTS, TIERS, WAYS, Place, Sort, Stage, Way
from craftpath.programmes.models import Application, Draw, Programme
from craftpath.programmes.offers import (
    Offer,
    answered,
    left_of,
    own_application,
    with_taken,
)
from craftpath.programmes.queries import programme_seen_by
from craftpath.registry.queries import party_seen_by
from craftpath.web.life import Life, life_of, the_pack
from craftpath.web.page import Asked, page

__all__ = ["draw_file", "entrants", "objection", "programme", "programmes"]

_A_PAGE = 20
_LONGEST_LIST = 2000


@page("view.public")
def programmes(request: HttpRequest) -> HttpResponseBase:
    """Published ones; `region`, `sort` and `open=1` narrow them."""
    day, asked = today(), request.GET
    published = Programme.objects.exclude(stage=Stage.DRAFT)
    places = sorted(set(published.values_list("region", flat=True).distinct()))
    region, sort = asked.get("region", ""), asked.get("sort", "")
    found = published
    if region in places:
        found = found.filter(within(region))
    if sort in set(Sort):
        found = found.filter(sort=sort)
    if asked.get("open"):
        found = found.filter(stage=Stage.PUBLISHED, opens__lte=day, closes__gt=day)
    return render(
        request,
        "public/programmes.html",
        {
            "found": Paginator(with_taken(_soonest(found, day)), _A_PAGE).get_page(
                asked.get("page")
            ),
            "places": places,
            "sorts": SORTS,
            "region": region,
            "sort": sort,
            "only_open": bool(asked.get("open")),
        },
    )


def _soonest(found: QuerySet[Programme], day: dt.date) -> QuerySet[Programme]:
    """Those still open or to come by the day they close, then those that are over."""
    over = Case(
        When(stage=Stage.PUBLISHED, closes__gt=day, then=Value(value=False)),
        default=Value(value=True),
        output_field=BooleanField(),
    )
    return found.annotate(over=over).order_by("over", "closes", "pk")


@page("view.public")
def programme(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _programme(request, slug)


def _programme(
    request: HttpRequest,
    slug: str,
    problems: dict[str, Label] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    actor, day = cast(Asked, request).actor, today()
    programme_seen_by(actor, slug)  # NotThere: somebody else's draft
    found = with_taken(
        Programme.objects.filter(slug=slug)
        .select_related("host")
        .prefetch_related("steps", "groups")
    ).get()
    draw = Draw.objects.filter(programme=found).first() if found.way == Way.LOTTERY else None
    rule = rule_book(the_pack()).rule(found.rule) if found.rule else None
    context: dict[str, Any] = {
        "programme": found,
        "taken": getattr(found, "taken", 0),
        "left": left_of(found, getattr(found, "taken", 0)),
        "rule": rule,
        "in_words": _in_words(found, day),
        "focus_label": _focus_label(found),
        "tiers": TIERS,
        "ways": WAYS,
        "sorts": SORTS,
        "draw": draw,
        "is_open": found.is_open(day),
        "notice": _notice_list(found, day),
        "problems": problems or {},
        "typed": request.POST,
    }
    if actor.role == Role.WORKER and found.about == "person":
        context |= _for_worker(request, found, day)
    return render(request, "public/programme.html", context, status=status)


def _in_words(found: Programme, day: dt.date) -> list[dict[str, Any]]:
    """The rule's text on the day that counts: what every route asks, and each route's own."""
    rule = rule_book(the_pack()).rule(found.rule) if found.rule else None
    if rule is None:
        return []
    on = found.judged_on or max(day, found.opens)
    return [
        {"version": version, "conditions": version.conditions, "routes": version.routes}
        for version in rule.versions
        if (version.start is None or version.start <= on)
        and (version.end is None or on < version.end)
    ]


def _focus_label(found: Programme) -> Label | None:
    """What the code is called that a programme is for, by its rule's code list."""
    rule, pack = the_pack().rule(found.rule), the_pack()
    list_id = found.focus_list or (rule.about.focus if rule else None)
    if not found.focus or list_id is None:
        return None
    code = pack.vocabulary.lists[list_id].codes.get(found.focus)
    return Label(found.focus, found.focus) if code is None else code.label


def _notice_list(found: Programme, day: dt.date) -> list[Application] | None:
    """Who has a place, for everybody to see while the notice runs; None outside those days."""
    if found.notice_from is None or found.notice_until is None:
        return None
    if found.stage != Stage.SHARED or not found.notice_from <= day < found.notice_until:
        return None
    placed = Application.objects.filter(programme=found, place__in=[Place.PLACED, Place.WAITING])
    return list(placed.select_related("party").order_by("place", "rank", "pk")[:_LONGEST_LIST])


def _for_worker(request: HttpRequest, found: Programme, day: dt.date) -> dict[str, Any]:
    """What the engine says of the worker who looks, and what the form to apply offers."""
    actor = cast(Asked, request).actor
    party = party_seen_by(actor, actor.party or 0, day)
    life = life_of(party.pk)
    on = found.judged_on or max(day, found.opens)
    offer = Offer(found, getattr(found, "taken", 0), None, own_application(party.pk, found.pk))
    if found.rule:
        gone = reached(the_pack(), life.ladder(life.ask(day)))
        offer = answered(offer, life.ask(on, max(on, day)), gone)
    groups = [group for group in found.groups.all() if not group.region]
    return {"offer": offer, "foci": _foci(found, life, offer), "chosen_groups": groups}


def _foci(found: Programme, life: Life, offer: Offer) -> list[tuple[str, Label]]:
    """The codes that the applicant may name, of their own records, the best answer's first."""
    if found.focus or not found.focus_list:
        return []
    pack = the_pack()
    codes = pack.vocabulary.lists[found.focus_list].codes
    kinds = pack.vocabulary.kinds
    named = [
        subject
        for kind, subject, gone in zip(
            life.own["kind"], life.own["subject"], life.own["known_until"], strict=True
        )
        if gone is None and kind in kinds and kinds[kind].codes == found.focus_list
    ]
    first = [offer.answer.focus] if offer.answer else []
    return [(code, codes[code].label) for code in dict.fromkeys([*first, *named]) if code in codes]


@page("view.public")
def objection(request: HttpRequest, slug: str) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("programme", slug)
    actor = cast(Asked, request).actor
    try:
        raise_objection(
            actor,
            slug,
            text=request.POST.get("text", ""),
            contact=request.POST.get("contact", ""),
            serial=request.POST.get("serial", "").strip() or None,
        )
    except Invalid as refused:
        return _programme(request, slug, refused.problems, refused.status)
    messages.success(
        request,
        say(
            "异议已收到，会有人核实并答复。",
            "Your objection has arrived; it will be looked into and answered.",
        ),
    )
    return redirect("programme", slug)


@page("view.public")
def draw_file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The draw as published, byte for byte, for `craftpath draw verify`."""
    programme_seen_by(cast(Asked, request).actor, slug)
    response = HttpResponse(draw_document(slug), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draw-{slug}.json"'
    return response


@page("view.public")
def entrants(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The list of entrants as published before the draw: serials and groups, no names."""
    programme_seen_by(cast(Asked, request).actor, slug)
    draw = Draw.objects.filter(programme__slug=slug, listed_at__isnull=False).first()
    if draw is None:
        raise NotThere("名单还没有公布。", "The list has not been published yet.")
    response = HttpResponse(draw.list, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entrants-{slug}.txt"'
    return response
