"""One's own API tokens."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Invalid
from craftpath.api.actions.tokens import make_token, revoke_token, scopes_for
from craftpath.api.models import Token
from craftpath.web.page import Asked, page
from craftpath.web.reading import number_in

__all__ = ["tokens"]


@page("token.make")
def tokens(request: HttpRequest) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    told: dict[str, Any] = {"scopes": scopes_for(actor), "entered": request.POST, "problems": {}}
    if request.method == "POST" and "revoke" in request.POST:
        revoke_token(actor, number_in(request.POST, "revoke") or 0)
        return redirect("account-tokens")
    if request.method == "POST":
        try:
            _, told["made"] = make_token(
                actor,
                name=request.POST.get("name", ""),
                days=number_in(request.POST, "days") or 0,
                scopes=request.POST.getlist("scopes"),
            )
            told["entered"] = {}
        except Invalid as refusal:
            told["problems"] = refusal.problems
    told["tokens"] = Token.objects.filter(duty__user=actor.user)
    return render(request, "account/tokens.html", told, status=422 if told["problems"] else 200)
