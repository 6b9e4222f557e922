"""Sittings of the region, for officials to read: how far each has come, and whether it is filed."""

from __future__ import annotations

from typing import cast

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from craftpath.access.words import told
from craftpath.assessment.choices import PARTS, ROLES, STAGES
from craftpath.assessment.queries import (
    appeal_until,
    appeals_seen_by,
    sessions_seen_by,
    sitting_seen_by,
    sittings_seen_by,
)
from craftpath.assessment.standing import expected, standing_of, unfiled_of
from craftpath.assessment.words import level_label
from craftpath.programmes.choices import Place
from craftpath.web.page import Asked, page
from craftpath.web.reading import page_of

__all__ = ["sitting", "sittings"]


@page("view.desk")
def sittings(request: HttpRequest) -> HttpResponseBase:
    actor, asked = cast(Asked, request).actor, request.GET
    placed = Q(programme__applications__place=Place.PLACED)
    found = (
        sittings_seen_by(actor)
        .select_related("programme__host")
        .annotate(
            candidates=Count("programme__applications", filter=placed, distinct=True),
            held=Count("sessions", distinct=True),
        )
    )
    stage, sought = asked.get("stage", ""), asked.get("q", "").strip()[:80]
    if stage in STAGES:
        found = found.filter(stage=stage)
    if sought:
        named = Q(programme__name_zh__icontains=sought) | Q(programme__name_en__icontains=sought)
        found = found.filter(named | Q(programme__host__name__icontains=sought))
    here = page_of(request, found, 50)
    return render(
        request,
        "official/sittings.html",
        {
            "found": here,
            "rows": [(one, told(level_label(one.level))) for one in here],
            "stage": stage,
            "sought": sought,
            "STAGES": STAGES,
        },
    )


@page("view.desk")
def sitting(request: HttpRequest, slug: str) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    found = sitting_seen_by(actor, slug)
    lines = sessions_seen_by(actor, slug)
    own = appeals_seen_by(actor).filter(application__programme=found.programme_id)
    return render(
        request,
        "official/sitting.html",
        {
            "sitting": found,
            "programme": found.programme,
            "level": level_label(found.level),
            "standing": standing_of(found, lines),
            "unfiled": unfiled_of(found, lines),
            "sessions": len(lines),
            "result": expected(found) if found.published_at else None,
            "appeals": own.count(),
            "open_appeals": own.filter(upheld__isnull=True).count(),
            "appeal_until": appeal_until(found),
            "PARTS": PARTS,
            "ROLES": ROLES,
            "SITTING_STAGES": STAGES,
        },
    )
