"""Pairs that may be one, and the merges there were."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.words import say
from craftpath.registry.actions.merges import unmerge
from craftpath.registry.duplicates import candidates
from craftpath.registry.models import Party
from craftpath.registry.queries import merges_seen_by
from craftpath.web.page import Asked, page

__all__ = ["pairs", "undo"]

_PAGE = 30
_MERGES = 30


@page("party.merge")
def pairs(request: HttpRequest) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    found = candidates(actor)
    listed = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    ids = {id for pair in listed for id in (pair.first, pair.second)}
    parties = Party.objects.in_bulk(ids)
    shown = {
        "count": len(found),
        "listed": listed,
        "pairs": [(pair, parties[pair.first], parties[pair.second]) for pair in listed],
        "merges": merges_seen_by(actor).select_related("by", "undone_by")[:_MERGES],
    }
    return render(request, "duplicates/list.html", shown)


@page("party.unmerge")
@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponseBase:
    unmerge(cast(Asked, request).actor, number)
    messages.success(request, say("合并已撤销。", "The merge was undone."))
    return redirect("duplicates")
