"""A card held out at a counter: is it good, whose is it, and which benefit was granted."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.words import say
from craftpath.credentials.actions.cards import take_back_use, use_card
from craftpath.credentials.choices import ANSWERS, Answer
from craftpath.credentials.facts import certificates
from craftpath.credentials.models import CardUse
from craftpath.credentials.presented import by_card
from craftpath.credentials.queries import uses_seen_by
from craftpath.credentials.verification import finding_of
from craftpath.engine.rules import Label
from craftpath.web.page import Asked, page
from craftpath.web.pages.public.verify_words import TONES
from craftpath.web.reading import day_in, page_of

__all__ = ["cards", "take_back"]

_LONGEST = 2000


@page("card.use")
def cards(request: HttpRequest) -> HttpResponseBase:
    """Look a card up (POST `presented`), then note its use (POST with `benefit`)."""
    if request.method != "POST":
        return _page(request, {})
    presented = request.POST.get("presented", "").strip()[:_LONGEST]
    card = by_card(presented, today())
    if card is None:
        wrong = Label(
            "没有这张卡，请核对卡号或重新扫码。",
            "There is no such card; check the number, or scan again.",
        )
        return _page(request, {"problems": {"presented": wrong}}, NotThere.status)
    finding = finding_of(card, today(), name_known=True)
    context: dict[str, Any] = {
        "card": card,
        "finding": finding,
        "tone": TONES[finding.answer],
        "holds": finding.answer == Answer.VALID,
        "known": certificates().cards.get(card.record.subject or ""),
        "problems": {},
        "ANSWERS": ANSWERS,
    }
    if request.POST.get("do") != "use":
        return _page(request, context)
    try:
        use_card(
            cast(Asked, request).actor,
            presented,
            request.POST.get("benefit", ""),
            day=day_in(request.POST, "day"),
            note=request.POST.get("note", "")[:200],
        )
    except Invalid as refused:
        return _page(request, context | {"problems": refused.problems}, refused.status)
    except Conflict as refused:
        return _page(request, context | {"problems": {"": refused.label}}, refused.status)
    messages.success(request, say("已登记。", "Noted."))
    return redirect("card-uses")


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponseBase:
    found = uses_seen_by(cast(Asked, request).actor)
    return render(
        request,
        "issuing/cards.html",
        {
            "found": (shown := page_of(request, found)),
            "uses": [(use, _benefit(use)) for use in shown],
            "typed": request.POST,
            "day": today(),
            **context,
        },
        status=status,
    )


def _benefit(use: CardUse) -> Label:
    for card in certificates().cards.values():
        found = card.benefit(use.benefit)
        if found is not None:
            return found.label
    return Label(use.benefit, use.benefit)


@require_POST
@page("card.use")
def take_back(request: HttpRequest, use_id: int) -> HttpResponseBase:
    try:
        take_back_use(cast(Asked, request).actor, use_id, why=request.POST.get("why", "")[:300])
    except (Conflict, Invalid) as refused:
        return _page(request, {"problems": {f"use-{use_id}": refused.label}}, refused.status)
    messages.success(request, say("已撤回，记录仍在。", "Taken back; the line stays."))
    return redirect("card-uses")
