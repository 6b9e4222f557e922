"""The employer's applications: those for its people, and its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.db.models import Case, IntegerField, Prefetch, Value, When
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, Refusal, TooMuch
from craftpath.access.words import say, told
from craftpath.engine.rules import Label
from craftpath.programmes.actions.applications import may_amend, submit, withdraw
from craftpath.programmes.actions.documents import add_document, open_document
from craftpath.programmes.choices import PLACES, STATES, TIERS, State, Tier
from craftpath.programmes.models import Application, Document, Review
from craftpath.programmes.queries import application_seen_by, applications_seen_by
from craftpath.programmes.queue import named
from craftpath.registry.kinds import site_pack
from craftpath.web.page import Asked, page
from craftpath.web.reading import page_of

__all__ = ["Asking", "application", "applications", "document", "hand_in", "take_back", "upload"]

_OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED)


@dataclass(frozen=True)
class Asking:
    """A document that is asked for, and what was handed in for it."""

    id: str
    label: Label
    required: bool
    files: list[Document]


@page("view.staff")
def applications(request: HttpRequest) -> HttpResponseBase:
    """Those returned come first, then drafts: both wait for the employer."""
    state = request.GET.get("state", "")
    waiting_for_us = Case(
        When(state=State.RETURNED, then=Value(0)),
        When(state=State.DRAFT, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    everything = applications_seen_by(cast(Asked, request).actor)
    found = everything.filter(state=state) if state in set(State) else everything
    found = named(found, request.GET.get("q", ""))
    found = (
        found.annotate(turn=waiting_for_us)
        .order_by("turn", "due", "-created_at", "-pk")
        .prefetch_related(
            Prefetch("documents", Document.objects.filter(replaced=False), to_attr="there")
        )
    )
    here = page_of(request, found, 50)
    return render(
        request,
        "employer/applications.html",
        {
            "found": here,
            "rows": [(one, _missing(one)) for one in here],
            "asked": request.GET,
            "STATES": STATES,
            "PLACES": PLACES,
            "returned": everything.filter(state=State.RETURNED).count(),
        },
    )


def _missing(application: Application) -> list[Label]:
    """What has to be handed in and is not there, of an application that waits for us."""
    if application.state not in (State.DRAFT, State.RETURNED):
        return []
    there = {one.key for one in application.there}  # type: ignore[attr-defined]
    return [
        Label(asked["zh"], asked["en"])
        for asked in application.programme.documents
        if asked["required"] and asked["id"] not in there
    ]


@page("view.staff")
def application(request: HttpRequest, serial: str) -> HttpResponseBase:
    return _shown(request, serial)


@page("view.staff")
def upload(request: HttpRequest, serial: str) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("staff-application", serial)
    file = request.FILES.get("file")
    if file is None:
        return _shown(request, serial, Label("请选择文件。", "Choose a file."))
    try:
        add_document(cast(Asked, request).actor, serial, request.POST.get("key", ""), file)
    except (Invalid, Conflict, TooMuch) as refusal:
        return _shown(request, serial, refusal.label, refusal.status)
    messages.success(request, say("已上传。", "Uploaded."))
    return redirect("staff-application", serial)


@page("view.staff")
def hand_in(request: HttpRequest, serial: str) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("staff-application", serial)
    try:
        done = submit(cast(Asked, request).actor, serial)
    except (Invalid, Conflict) as refusal:
        return _shown(request, serial, refusal.label, refusal.status)
    messages.success(request, told(STATES[State(done.state)]))
    return redirect("staff-application", serial)


@page("view.staff")
def take_back(request: HttpRequest, serial: str) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("staff-application", serial)
    try:
        withdraw(cast(Asked, request).actor, serial, why=request.POST.get("why", ""))
    except Refusal as refusal:
        return _shown(request, serial, refusal.label, refusal.status)
    messages.success(request, say("已撤回。", "Withdrawn."))
    return redirect("staff-applications")


@page("view.staff")
def document(request: HttpRequest, document_id: int) -> HttpResponseBase:
    found, file = open_document(cast(Asked, request).actor, document_id)
    return FileResponse(
        file, as_attachment=True, filename=found.name, content_type=found.media_type
    )


def _shown(
    request: HttpRequest, serial: str, problem: Label | None = None, status: int = 422
) -> HttpResponseBase:
    found = application_seen_by(cast(Asked, request).actor, serial)
    files = list(found.documents.filter(replaced=False).order_by("pk"))
    papers = [
        Asking(
            asked["id"],
            Label(asked["zh"], asked["en"]),
            asked["required"],
            [file for file in files if file.key == asked["id"]],
        )
        for asked in found.programme.documents
    ]
    state = State(found.state)
    may_change = may_amend(found, today())
    rule = found.programme.rule
    return render(
        request,
        "employer/application.html",
        {
            "application": found,
            "programme": found.programme,
            "papers": papers,
            "lacking": [one for one in papers if one.required and not one.files],
            "reviews": list(found.reviews.all()),
            "tiers": {step.number: TIERS[Tier(step.tier)] for step in found.programme.steps.all()},
            "VERDICTS": VERDICTS,
            "STATES": STATES,
            "PLACES": PLACES,
            "list_id": "" if not found.focus else _list_of(found, rule),
            "may_change": may_change,
            "may_submit": state in (State.DRAFT, State.RETURNED) and may_change,
            "may_withdraw": state in _OPEN and found.programme.stage != "closed",
            "problem": problem,
        },
        status=200 if problem is None else status,
    )


VERDICTS = {
    Review.Verdict.PASS: Label("通过", "passed"),
    Review.Verdict.RETURN: Label("退回补正", "returned for completion"),
    Review.Verdict.REFUSE: Label("不予通过", "refused"),
}


def _list_of(application: Application, rule: str) -> str:
    programme = application.programme
    found = site_pack().rule(rule) if rule else None
    return programme.focus_list or (found.about.focus or "" if found else "")
