"""Who issues, and their keys: register, make the next key, retire one, declare one broken."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotAllowed
from craftpath.access.words import say
from craftpath.credentials.actions.issuers import break_key, make_key, register_issuer, retire_key
from craftpath.credentials.addresses import did_of
from craftpath.credentials.queries import issuer_seen_by, issuers_seen_by, key_seen_by
from craftpath.engine.rules import Label
from craftpath.registry.queries import organisation_seen_by, organisations_seen_by, search
from craftpath.web.page import Asked, page
from craftpath.web.reading import day_in, number_in, page_of

__all__ = ["declare_broken", "issuer", "issuers", "next_key", "register", "retire"]

_SUGGESTED = 20


@page("key.change")
def issuers(request: HttpRequest) -> HttpResponseBase:
    found = issuers_seen_by(cast(Asked, request).actor).annotate(count=Count("credentials"))
    shown = page_of(request, found.order_by("region", "slug"))
    return render(request, "issuing/issuers.html", {"found": shown})


@page("issuer.register")
def register(request: HttpRequest) -> HttpResponseBase:
    """First the organisation, found by its name; then what it issues under."""
    actor = cast(Asked, request).actor
    asked = request.POST if request.method == "POST" else request.GET
    party_id = number_in(asked, "party")
    if party_id is None:
        text = request.GET.get("q", "").strip()[:80]
        found = search(organisations_seen_by(actor), text) if text else None
        choose = {
            "asked": text,
            "found": None if found is None else found.order_by("name", "pk")[:_SUGGESTED],
        }
        return render(request, "issuing/issuer_choose.html", choose)
    party = organisation_seen_by(actor, party_id)
    problems: dict[str, Label] = {}
    status = 200
    if request.method == "POST":
        try:
            made = register_issuer(
                actor,
                party.pk,
                slug=asked.get("slug", "").strip(),
                code=asked.get("code", "")[:60],
                region=asked.get("region", "").strip()[:12],
            )
        except Invalid as refused:
            problems, status = refused.problems, refused.status
        except Conflict as refused:
            problems, status = {"": refused.label}, refused.status
        else:
            messages.success(
                request,
                say("已登记。请建立第一个密钥。", "Registered. Now make its first key."),
            )
            return redirect("issuing-issuer", made.pk)
    context = {"party": party, "typed": asked, "problems": problems}
    return render(request, "issuing/issuer_new.html", context, status=status)


@page("key.change")
def issuer(request: HttpRequest, issuer_id: int) -> HttpResponseBase:
    return _issuer(request, issuer_id)


def _issuer(
    request: HttpRequest,
    issuer_id: int,
    problems: dict[str, Label] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    found = issuer_seen_by(actor, issuer_id)
    keys = list(found.keys.annotate(count=Count("signed")).order_by("-pk"))
    return render(
        request,
        "issuing/issuer.html",
        {
            "issuer": found,
            "did": did_of(found),
            "keys": keys,
            "signing": next((key for key in keys if key.until is None), None),
            "issued": found.credentials.count(),
            "is_official": actor.role.is_official,
            "problems": problems or {},
            "typed": request.POST,
            "day": today(),
        },
        status=status,
    )


@require_POST
@page("key.change")
def next_key(request: HttpRequest, issuer_id: int) -> HttpResponseBase:
    key = make_key(cast(Asked, request).actor, issuer_id)
    messages.success(
        request,
        say(
            f"新密钥 {key.fragment} 从现在起签名；以前所签的仍然有效。",
            f"{key.fragment} signs from now on; what was signed before stays true.",
        ),
    )
    return redirect("issuing-issuer", issuer_id)


@require_POST
@page("key.change")
def retire(request: HttpRequest, key_id: int) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    seen = key_seen_by(actor, key_id)
    try:
        retire_key(actor, key_id, why=request.POST.get("why", "")[:300])
    except (Conflict, Invalid) as refused:
        return _issuer(request, seen.issuer_id, {f"retire-{key_id}": refused.label}, refused.status)
    messages.success(
        request,
        say(
            "已停用。建立新密钥之前，不能签发。",
            "Retired. Nothing can be issued until there is another.",
        ),
    )
    return redirect("issuing-issuer", seen.issuer_id)


@require_POST
@page("key.change")
def declare_broken(request: HttpRequest, key_id: int) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    seen = key_seen_by(actor, key_id)
    since = day_in(request.POST, "since")
    try:
        if since is None:
            raise Invalid({"since": Label("请填写日期。", "Enter the day.")})
        break_key(actor, key_id, since=since, why=request.POST.get("why", "")[:300])
    except (Conflict, Invalid, NotAllowed) as refused:
        return _issuer(request, seen.issuer_id, {f"break-{key_id}": refused.label}, refused.status)
    messages.warning(
        request,
        say(
            "已宣布作废。请立即建立新密钥，所签证书会重新签名。",
            "Declared broken. Make the next key now: what this one had signed is signed anew.",
        ),
    )
    return redirect("issuing-issuer", seen.issuer_id)
