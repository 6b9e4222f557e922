"""My applications: begin one, see each step, hand papers in, change it, take it back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render

from craftpath.access.clock import day_of, today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.roles import Actor
from craftpath.access.words import say, told
from craftpath.assessment.actions.appeals import raise_appeal
from craftpath.assessment.choices import PARTS
from craftpath.assessment.holding import assessments
from craftpath.engine.rules import Label
from craftpath.programmes.actions.applications import amend, may_amend, start, submit, withdraw
from craftpath.programmes.actions.documents import add_document, open_document
from craftpath.programmes.choices import PLACES, STATES, TIERS, Place, State, Tier, Way
from craftpath.programmes.models import Application, Document, Review
from craftpath.programmes.queries import application_seen_by, applications_seen_by
from craftpath.web.life import the_pack
from craftpath.web.page import Asked, page
from craftpath.web.pages.worker.sittings import own_line

__all__ = [
    "appeal",
    "apply",
    "change",
    "document",
    "hand_in",
    "my_application",
    "my_applications",
    "take_back",
    "upload",
]


@dataclass(frozen=True)
class _Stage:
    """One line of the way that an application goes. `how`: done, now, stop, or "" to come."""

    label: Label
    how: str
    day: dt.date | None = None
    note: str = ""
    due: dt.date | None = None


@dataclass(frozen=True)
class _Paper:
    """A document that is asked for, and what was handed in for it."""

    id: str
    label: Label
    required: bool
    files: list[Document]


@page("view.own")
def my_applications(request: HttpRequest) -> HttpResponseBase:
    found = applications_seen_by(cast(Asked, request).actor).order_by("-created_at", "-pk")
    return render(
        request, "worker/applications.html", {"found": found, "states": STATES, "placing": PLACES}
    )


@page("view.own")
def apply(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Begin an application; the form stands on the programme's page."""
    if request.method != "POST":
        return redirect("programme", slug)
    begun = start(
        cast(Asked, request).actor,
        slug,
        focus=request.POST.get("focus", ""),
        group=request.POST.get("group", ""),
    )
    return redirect("my-application", begun.serial)


@page("view.own")
def my_application(request: HttpRequest, serial: str) -> HttpResponseBase:
    return _shown(request, serial)


def _shown(
    request: HttpRequest, serial: str, problems: dict[str, Label] | None = None, status: int = 200
) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    application = application_seen_by(actor, serial)
    line = own_line(actor, application)
    prefetch_related_objects(
        [application], "programme__steps", "programme__groups", "reviews", "documents"
    )
    programme, state = application.programme, State(application.state)
    papers = _papers(application)
    lacking = [paper for paper in papers if paper.required and not paper.files]
    return render(
        request,
        "worker/application.html",
        {
            "application": application,
            "programme": programme,
            "state_label": STATES[state],
            "place_label": PLACES[Place(application.place)],
            "focus_label": _focus_label(application),
            "way": _way(application),
            "papers": papers,
            "lacking": lacking,
            "groups": [one for one in programme.groups.all() if not one.region],
            "may_change": may_amend(application, today()),
            "may_submit": state in (State.DRAFT, State.RETURNED)
            and may_amend(application, today()),
            "may_withdraw": state in (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED),
            "returned_for": _last_note(application) if state == State.RETURNED else "",
            "ahead": _ahead(application),
            "line": line,
            "passes": None if line is None else assessments().passes.value,
            "PARTS": PARTS,
            "problems": problems or {},
            "typed": request.POST,
        },
        status=status,
    )


@page("view.own")
def change(request: HttpRequest, serial: str) -> HttpResponseBase:
    return _doing(
        request,
        serial,
        lambda actor: amend(
            actor, serial, group=request.POST.get("group"), note=request.POST.get("note")
        ),
        Label("已修改。", "Changed."),
    )


@page("view.own")
def hand_in(request: HttpRequest, serial: str) -> HttpResponseBase:
    """Hand in, with what stands in the form: nobody has to save first."""
    return _doing(
        request,
        serial,
        lambda actor: _change_and_submit(actor, serial, request.POST),
        Label("已提交。", "Handed in."),
    )


def _change_and_submit(actor: Actor, serial: str, typed: QueryDict) -> Application:
    with transaction.atomic():
        seen = application_seen_by(actor, serial)
        note, group = typed.get("note"), typed.get("group")
        before = "" if seen.group is None else seen.group.key
        if (note is not None and note.strip() != seen.note) or group not in (None, before):
            amend(actor, serial, group=group, note=note)
        return submit(actor, serial)


@page("view.own")
def take_back(request: HttpRequest, serial: str) -> HttpResponseBase:
    """A page that asks once more; only its own button withdraws."""
    actor = cast(Asked, request).actor
    application = application_seen_by(actor, serial)
    if request.method != "POST":
        return render(
            request,
            "worker/application_withdraw.html",
            {"application": application, "programme": application.programme},
        )
    withdraw(actor, serial, why=request.POST.get("why", ""))
    messages.success(request, say("已撤回。", "Withdrawn."))
    return redirect("my-applications")


@page("view.own")
def upload(request: HttpRequest, serial: str) -> HttpResponseBase:
    file = request.FILES.get("file")
    key = request.POST.get("key", "")
    if request.method != "POST":
        return redirect("my-application", serial)
    if file is None:
        missing = {f"document.{key}": Label("请先选择文件。", "Choose a file first.")}
        return _shown(request, serial, missing, Invalid.status)
    return _doing(
        request,
        serial,
        lambda actor: add_document(actor, serial, key, file),
        Label("文件已收到。", "The file has arrived."),
        under=f"document.{key}",
    )


@page("view.own")
def appeal(request: HttpRequest, serial: str) -> HttpResponseBase:
    """Ask for the mark of one part to be looked at again."""
    return _doing(
        request,
        serial,
        lambda actor: raise_appeal(
            actor,
            serial,
            part=request.POST.get("part", ""),
            text=request.POST.get("text", ""),
        ),
        Label("复核申请已提交。", "Your appeal is handed in."),
        under="part",
    )


@page("view.own")
def document(request: HttpRequest, document_id: int) -> HttpResponseBase:
    found, file = open_document(cast(Asked, request).actor, document_id)
    return FileResponse(file, as_attachment=True, filename=found.name)


def _doing(
    request: HttpRequest, serial: str, do: Any, done: Label, under: str = ""
) -> HttpResponseBase:
    """Do it and go back to the page; a refusal is told there, beside what was entered."""
    if request.method == "POST":
        try:
            do(cast(Asked, request).actor)
        except Invalid as refused:
            return _shown(request, serial, refused.problems, refused.status)
        except Conflict as refused:
            return _shown(request, serial, {under: refused.label}, refused.status)
        messages.success(request, told(done))
    return redirect("my-application", serial)


# --- what the page shows ---------------------------------------------------------------------


def _papers(application: Application) -> list[_Paper]:
    there = [one for one in application.documents.all() if not one.replaced]
    return [
        _Paper(
            asked["id"],
            Label(asked["zh"], asked["en"]),
            bool(asked["required"]),
            [one for one in there if one.key == asked["id"]],
        )
        for asked in application.programme.documents
    ]


def _focus_label(application: Application) -> Label | None:
    rule = the_pack().rule(application.programme.rule)
    list_id = application.programme.focus_list or (rule.about.focus if rule else None)
    if not application.focus or list_id is None:
        return None
    code = the_pack().vocabulary.lists[list_id].codes.get(application.focus)
    return Label(application.focus, application.focus) if code is None else code.label


def _ahead(application: Application) -> int | None:
    """How many wait before it on the list; None where it does not wait."""
    if application.place != Place.WAITING or application.rank is None:
        return None
    return Application.objects.filter(
        programme=application.programme,
        place=Place.WAITING,
        group=application.group,
        rank__lt=application.rank,
        state__in=[State.SUBMITTED, State.RETURNED, State.APPROVED],
    ).count()


def _last_note(application: Application) -> str:
    notes = [r.note for r in application.reviews.all() if r.verdict == Review.Verdict.RETURN]
    return notes[-1] if notes else ""


def _way(application: Application) -> list[_Stage]:
    """From the draft to the outcome: what was, what is due, what is to come."""
    state, programme = State(application.state), application.programme
    begun = _Stage(Label("开始申请", "Begun"), "done", day_of(application.created_at))
    stages = [begun, _handed_in(application)]
    stages += [_reviewed(application, review) for review in application.reviews.all()]
    if state == State.WITHDRAWN:
        return [*stages, _Stage(Label("已撤回", "Withdrawn"), "stop")]
    if state == State.REFUSED:
        return (
            stages
            if application.reviews.all()
            else [
                *stages,
                _Stage(Label("不予通过", "Refused"), "stop"),
            ]
        )
    if state == State.RETURNED:
        stages.append(
            _Stage(
                Label("请补正后再提交", "To be corrected and handed in again"),
                "now",
                due=application.due,
            )
        )
    for step in programme.steps.all():
        if state in (State.APPROVED, State.DONE) or step.number < application.step:
            continue
        due = state == State.SUBMITTED and step.number == application.step
        tier = TIERS[Tier(step.tier)]
        stages.append(
            _Stage(
                Label(f"{tier.zh}审核", f"Review: {tier.en}"),
                "now" if due else "",
                due=application.due if due else None,
            )
        )
    if programme.way != Way.OPEN:
        stages.append(_shared_out(application))
    if programme.outcome:
        done = state == State.DONE
        label = Label("写入记录", "Entered in your records")
        if done and application.outcome_id is None:
            label = Label("未通过，不写记录", "Not passed: nothing is entered")
            stages.append(_Stage(label, "stop"))
        else:
            stages.append(_Stage(label, "done" if done else ""))
    return stages


def _handed_in(application: Application) -> _Stage:
    label = Label("提交", "Handed in")
    if application.submitted_at is None:
        waiting = application.state == State.DRAFT
        closes = application.programme.closes - dt.timedelta(days=1)
        return _Stage(label, "now" if waiting else "", due=closes if waiting else None)
    return _Stage(label, "done", day_of(application.submitted_at))


def _reviewed(application: Application, review: Review) -> _Stage:
    tiers = {step.number: TIERS[Tier(step.tier)] for step in application.programme.steps.all()}
    tier = tiers.get(review.step, Label("审核", "review"))
    verdict = {
        Review.Verdict.PASS: Label("通过", "passed"),
        Review.Verdict.RETURN: Label("退回补正", "returned for completion"),
        Review.Verdict.REFUSE: Label("不予通过", "refused"),
    }[Review.Verdict(review.verdict)]
    how = "stop" if review.verdict == Review.Verdict.REFUSE else "done"
    said = Label(f"{tier.zh}：{verdict.zh}", f"{tier.en.capitalize()}: {verdict.en}")
    return _Stage(said, how, day_of(review.at), review.note)


def _shared_out(application: Application) -> _Stage:
    place = Place(application.place)
    if place == Place.NONE:
        return _Stage(Label("分配名额", "Places shared out"), "")
    how = {Place.PLACED: "done", Place.WAITING: "now", Place.UNPLACED: "stop"}[place]
    return _Stage(PLACES[place], how)
