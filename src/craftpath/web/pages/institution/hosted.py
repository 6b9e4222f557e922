"""What an institution hosts: the list, one programme, and what is done with it next."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.roles import Actor
from craftpath.access.words import say
from craftpath.engine.rules import Label
from craftpath.programmes.actions.outcomes import finish, pending_of
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.actions.programmes import close_programme, publish_programme
from craftpath.programmes.choices import SORTS, STAGES, TIERS, WAYS, Stage, Tier, Way
from craftpath.programmes.hosting import hosted_by, waiting_of
from craftpath.programmes.queries import applications_due_for, programme_run_by
from craftpath.registry.kinds import site_pack
from craftpath.web.page import Asked, page
from craftpath.web.reading import page_of

__all__ = ["change_stage", "hosted", "programme", "waiting"]


@page("view.institution")
def hosted(request: HttpRequest) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    stage = request.GET.get("stage", "")
    everything = list(hosted_by(actor))
    found = [one for one in everything if stage in ("", one.stage)]
    return render(
        request,
        "institution/hosted.html",
        {
            "found": found,
            "stages": [
                (id, label, sum(one.stage == id for one in everything))
                for id, label in STAGES.items()
            ],
            "stage": stage,
            "due": applications_due_for(actor).count(),
            "day": today(),
            "SORTS": SORTS,
            "STAGES": STAGES,
        },
    )


@page("view.institution")
def programme(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _programme(request, slug)


def _programme(
    request: HttpRequest, slug: str, problem: Label | None = None, status: int = 200
) -> HttpResponseBase:
    actor, day = cast(Asked, request).actor, today()
    found = hosted_by(actor).filter(slug=slug).first()
    if found is None:
        raise NotThere
    rule = site_pack().rule(found.rule) if found.rule else None
    kind = site_pack().vocabulary.kinds.get((found.outcome or {}).get("kind", ""))
    # A sitting is finished by publishing its results.
    shared = found.stage == Stage.SHARED and not found.in_parts
    return render(
        request,
        "institution/programme.html",
        {
            "programme": found,
            "rule": rule,
            "focus_list": found.focus_list or (rule.about.focus if rule else "") or "",
            "outcome": kind,
            "steps": [(step, TIERS[Tier(step.tier)]) for step in found.steps.all()],
            "due": applications_due_for(actor).filter(programme=found).count(),
            "may_publish": found.stage == Stage.DRAFT,
            "may_share": found.stage == Stage.PUBLISHED
            and day >= found.closes
            and found.way != Way.LOTTERY,
            "may_finish": shared,
            "pending": pending_of(found).count() if shared else 0,
            "may_close": found.stage in (Stage.PUBLISHED, Stage.SHARED),
            "is_open": found.is_open(day),
            "problem": problem,
            "SORTS": SORTS,
            "STAGES": STAGES,
            "WAYS": WAYS,
        },
        status=status,
    )


@page("view.institution")
def change_stage(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Publish, share the places out, finish, close: one button each."""
    if request.method != "POST":
        return redirect("hosted-programme", slug)
    actor = cast(Asked, request).actor
    try:
        said = _done(actor, slug, request.POST.get("do", ""), request.POST.get("why", ""))
    except (Conflict, Invalid) as refusal:
        programme_run_by(actor, slug)
        return _programme(request, slug, refusal.label, refusal.status)
    messages.success(request, said)
    return redirect("hosted-programme", slug)


def _done(actor: Actor, slug: str, what: str, why: str) -> str:
    if what == "publish":
        publish_programme(actor, slug)
        return say("已发布。", "Published.")
    if what == "share":
        shared = share_out(actor, slug)
        return say(
            f"名额已分配：{shared.placed} 人获得名额，{shared.waiting} 人候补。",
            f"Shared out: {shared.placed} have a place, {shared.waiting} wait.",
        )
    if what == "finish":
        count = finish(actor, slug)
        return say(f"写入 {count} 条成果记录。", f"{count} outcome records were written.")
    if what == "close":
        close_programme(actor, slug, why=why)
        return say("已办结，并已通知申请人。", "Closed; the applicants have been told.")
    raise NotThere


@page("view.institution")
def waiting(request: HttpRequest, slug: str) -> HttpResponseBase:
    found = programme_run_by(cast(Asked, request).actor, slug)
    return render(
        request,
        "institution/waiting.html",
        {"programme": found, "found": page_of(request, waiting_of(found), 50)},
    )
