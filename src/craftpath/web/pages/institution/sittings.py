"""One sitting: how far it has come and what is next; its plan, its publication, its archive."""

from __future__ import annotations

import io
from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Conflict
from craftpath.access.words import say, told
from craftpath.assessment.actions.archives import archive, open_archive
from craftpath.assessment.actions.plans import plan
from craftpath.assessment.actions.results import Published, publish
from craftpath.assessment.choices import Stage
from craftpath.assessment.models import Sitting
from craftpath.assessment.queries import (
    appeal_until,
    appeals_seen_by,
    sessions_seen_by,
    sitting_run_by,
    sittings_run_by,
)
from craftpath.assessment.standing import expected, levels_assessed, standing_of, unfiled_of
from craftpath.engine.rules import Label
from craftpath.programmes.models import Programme
from craftpath.programmes.queries import programme_run_by
from craftpath.web.page import Asked, page
from craftpath.web.pages.institution.doing import Attempt, attempt
from craftpath.web.pages.institution.sitting_frame import frame_of, next_of, steps_of
from craftpath.web.reading import number_in

__all__ = ["put_away", "results", "sitting"]


@page("view.institution")
def sitting(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The plan to fill in; once planned, the way from there to the archive."""
    actor = cast(Asked, request).actor
    programme = programme_run_by(actor, slug)
    tried = Attempt()
    if request.method == "POST":
        tried = attempt(
            lambda: plan(
                actor,
                slug,
                level=_number(request, "level"),
                carries=_number(request, "carries"),
                appeal_days=_number(request, "appeal_days"),
            )
        )
        if not tried.refused:
            messages.success(request, say("计划已保存。", "The plan is kept."))
            return redirect("hosted-sitting", slug)
    found = sittings_run_by(actor).filter(programme=programme).first()
    return _shown(request, programme, found, tried)


def _shown(
    request: HttpRequest, programme: Programme, found: Sitting | None, tried: Attempt
) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    said: dict[str, Any] = {
        "programme": programme,
        "levels": levels_assessed(),
        "typed": request.POST or _typed(programme, found),
        "tried": tried,
    }
    if found is None:
        return render(request, "institution/sitting_plan.html", said, status=tried.status)
    lines = sessions_seen_by(actor, programme.slug)
    standing = standing_of(found, lines)
    own = appeals_seen_by(actor).filter(application__programme=programme)
    appeals, still = own.count(), own.filter(upheld__isnull=True).count()
    return render(
        request,
        "institution/sitting.html",
        said
        | frame_of(found, "sitting")
        | {
            "standing": standing,
            "steps": steps_of(found, standing, appeals, still),
            "next": next_of(found, standing, still),
            "unfiled": unfiled_of(found, lines),
            "appeal_until": appeal_until(found),
            "may_replan": found.stage == Stage.PLANNED,
            "result": expected(found) if found.published_at else None,
        },
        status=tried.status,
    )


def _typed(programme: Programme, found: Sitting | None) -> dict[str, str]:
    """The plan as it stands; for a new one the level that the programme gives."""
    if found is not None:
        return {
            "level": str(found.level),
            "carries": str(found.carries),
            "appeal_days": str(found.appeal_days),
        }
    return {"level": str((programme.outcome or {}).get("level") or "")}


def _number(request: HttpRequest, name: str) -> int:
    """-1, which no field takes, where nothing or no number was typed."""
    found = number_in(request.POST, name)
    return -1 if found is None else found


# --- publication ---------------------------------------------------------------------------


@page("view.institution")
def results(request: HttpRequest, slug: str) -> HttpResponseBase:
    """How many would pass and fail; ticked and pressed, it is so."""
    actor = cast(Asked, request).actor
    found = sitting_run_by(actor, slug)
    tried = Attempt()
    if request.method == "POST":
        done: list[Published] = []
        tried = (
            attempt(lambda: done.append(publish(actor, slug)))
            if request.POST.get("sure") == "yes"
            else _unsure()
        )
        if not tried.refused:
            messages.success(request, told(_said(done[0])))
            return redirect("hosted-sitting", slug)
        found = sitting_run_by(actor, slug)
    lines = sessions_seen_by(actor, slug)
    return render(
        request,
        "institution/sitting_publish.html",
        frame_of(found, "publish")
        | {
            "expected": expected(found),
            "standing": standing_of(found, lines),
            "begun": found.stage == Stage.PUBLISHED,
            "may_publish": found.stage in (Stage.SEATED, Stage.MARKING, Stage.PUBLISHED),
            "tried": tried,
        },
        status=tried.status,
    )


def _unsure() -> Attempt:
    return Attempt(
        {"sure": Label("请先勾选“我已核对”。", "Tick first that you have looked it over.")},
        status=422,
    )


def _said(done: Published) -> Label:
    return Label(
        f"成绩已公布：合格 {done.passed} 人，不合格 {done.failed} 人，缺考 {done.absent} 人；"
        f"写入 {done.records} 条记录。",
        f"Published: {done.passed} passed, {done.failed} failed, {done.absent} were absent; "
        f"{done.records} records were written.",
    )


# --- archive -------------------------------------------------------------------------------


@page("view.institution")
def put_away(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Put away by a button of the page; once it is, the same address gives the file."""
    actor = cast(Asked, request).actor
    found = sitting_run_by(actor, slug)
    tried = Attempt()
    if request.method == "POST":
        tried = attempt(lambda: archive(actor, slug))
        if not tried.refused:
            messages.success(request, say("已归档。", "It is put away."))
            return redirect("hosted-archive", slug)
        found = sitting_run_by(actor, slug)
    if request.GET.get("file"):
        try:
            content = open_archive(actor, slug)
        except Conflict as refusal:
            tried = Attempt({"": refusal.label}, status=refusal.status)
        else:
            return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{slug}.zip")
    own = appeals_seen_by(actor).filter(application__programme=found.programme_id)
    return render(
        request,
        "institution/sitting_archive.html",
        frame_of(found, "archive")
        | {
            "appeal_until": appeal_until(found),
            "open_appeals": own.filter(upheld__isnull=True).count(),
            "tried": tried,
        },
        status=tried.status,
    )
