"""The audit log, to search, to check and to take away."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from craftpath.access.act import act
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry, Head
from craftpath.audit.queries import Sought, find_entries
from craftpath.web.deeds import ORIGINS
from craftpath.web.page import Asked, page
from craftpath.web.reading import day_in, number_in, page_of

__all__ = ["audit", "audit_verify"]


@page("view.audit")
def audit(request: HttpRequest) -> HttpResponseBase:
    until = day_in(request.GET, "until")
    sought = Sought(
        action=request.GET.get("action", "").strip(),
        object=request.GET.get("object", "").strip(),
        party=number_in(request.GET, "party"),
        who=request.GET.get("who", "").strip(),
        since=_midnight(day_in(request.GET, "since")),
        until=_midnight(until + dt.timedelta(days=1) if until else None),
    )
    told: dict[str, Any] = {
        "found": page_of(request, find_entries(sought), 50),
        "asked": request.GET,
        "head": Head.objects.first(),
        "ORIGINS": ORIGINS,
    }
    return render(request, "auditor/log.html", told)


@require_POST
@page("audit.verify")
def audit_verify(request: HttpRequest) -> HttpResponseBase:
    """Walk the whole chain now, and say what was found. The check is itself an entry."""
    broken = list(verify())
    with act(cast(Asked, request).actor, "audit.verify", broken=[b.number for b in broken]):
        pass
    told = {"broken": broken, "count": Entry.objects.count(), "head": Head.objects.first()}
    return render(request, "auditor/verified.html", told)


def _midnight(day: dt.date | None) -> dt.datetime | None:
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
