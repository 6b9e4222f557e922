"""The reviews that are the host's to do: the queue, several at once, and one application."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Conflict, Invalid, NotAllowed
from craftpath.access.words import say
from craftpath.engine.rules import Label
from craftpath.programmes.actions.documents import open_document
from craftpath.programmes.actions.reviews import ReviewLine, review, review_many
from craftpath.programmes.choices import PLACES, STATES, TIERS, Tier
from craftpath.programmes.models import Application
from craftpath.programmes.queries import application_seen_by, applications_due_for
from craftpath.registry.kinds import site_pack
from craftpath.web.page import Asked, page
from craftpath.web.reading import number_in, page_of

__all__ = ["application", "document", "queue"]

_ON_A_PAGE = 50


@page("view.institution")
def queue(request: HttpRequest) -> HttpResponseBase:
    """What waits for the host, the first due first. Ticked ones are passed together; whoever is
    returned or refused is told why, on a page of their own."""
    actor = cast(Asked, request).actor
    lines: list[ReviewLine] = []
    if request.method == "POST":
        chosen = [_seen(text) for text in request.POST.getlist("chosen")]
        ticked = [pair for pair in chosen if pair is not None][:_ON_A_PAGE]
        if not ticked:
            messages.warning(request, say("请先勾选要通过的申请。", "Tick what is to pass first."))
        lines = review_many(actor, ticked, verdict="pass")
        passed = sum(line.problem is None for line in lines)
        if passed:
            messages.success(request, say(f"已通过 {passed} 份。", f"{passed} passed."))
    found: QuerySet[Application] = applications_due_for(actor).order_by("due", "order", "pk")
    slug = request.GET.get("programme", "")
    if slug:
        found = found.filter(programme__slug=slug)
    return render(
        request,
        "institution/reviews.html",
        {
            "found": page_of(request, found, _ON_A_PAGE),
            "slug": slug,
            "problems": [line for line in lines if line.problem is not None],
        },
    )


@page("view.institution")
def application(request: HttpRequest, serial: str) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    problem: Label | None = None
    status = 200
    if request.method == "POST":
        try:
            review(
                actor,
                serial,
                seen_version=number_in(request.POST, "version") or 0,
                verdict=request.POST.get("verdict", ""),
                note=request.POST.get("note", ""),
            )
        except (Invalid, Conflict, NotAllowed) as refusal:
            problem, status = refusal.label, refusal.status
        else:
            messages.success(request, say("已办理。", "Done."))
            return redirect("hosted-reviews")
    found = application_seen_by(actor, serial)
    programme = found.programme
    rule = site_pack().rule(programme.rule) if programme.rule else None
    labels = {asked["id"]: Label(asked["zh"], asked["en"]) for asked in programme.documents}
    files = found.documents.filter(replaced=False).order_by("pk")
    return render(
        request,
        "institution/application.html",
        {
            "application": found,
            "programme": programme,
            "list_id": programme.focus_list or (rule.about.focus if rule else "") or "",
            "files": [(file, labels.get(file.key)) for file in files],
            "reviews": list(found.reviews.all()),
            "tiers": {step.number: TIERS[Tier(step.tier)] for step in programme.steps.all()},
            "may_decide": applications_due_for(actor).filter(pk=found.pk).exists(),
            "check": found.check_final or found.check_first,
            "problem": problem,
            "note": request.POST.get("note", ""),
            "STATES": STATES,
            "PLACES": PLACES,
        },
        status=status,
    )


@page("view.institution")
def document(request: HttpRequest, document_id: int) -> HttpResponseBase:
    found, file = open_document(cast(Asked, request).actor, document_id)
    return FileResponse(
        file, as_attachment=True, filename=found.name, content_type=found.media_type
    )


def _seen(text: str) -> tuple[str, int] | None:
    """ "SERIAL:VERSION", as a ticked box says it."""
    serial, _, version = text.rpartition(":")
    return (serial, int(version)) if serial and version.isdecimal() and len(version) < 10 else None
