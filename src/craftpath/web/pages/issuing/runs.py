"""Issue for a programme: who lacks a certificate or a card, who cannot have one and why; and the
runs that do it in the background."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.errors import Conflict, Invalid
from craftpath.access.words import say
from craftpath.credentials.actions.issuing import (
    MOST_AT_ONCE,
    MOST_IN_RUN,
    issue,
    issue_for_programme,
    records_in_order,
)
from craftpath.credentials.actions.printing import delete_print, open_print, print_again
from craftpath.credentials.choices import PHASES, UNDER_WAY, Phase
from craftpath.credentials.facts import certificates
from craftpath.credentials.models import Credential, PrintRun
from craftpath.credentials.planning import Planner, Refused, Wanted
from craftpath.credentials.queries import lacking, progress_of, run_seen_by, runs_seen_by
from craftpath.engine.rules import Label
from craftpath.programmes.models import Programme
from craftpath.programmes.queries import programme_run_by, programmes_run_by
from craftpath.web.page import Asked, page
from craftpath.web.reading import page_of

__all__ = ["again", "delete", "file", "programme", "programmes", "progress", "run"]

_TONES = {Phase.PRINTED: "good", Phase.STOPPED: "bad", Phase.DELETED: ""}
#: People looked at one by one on the page; a run looks at all of them.
_LOOKED_AT = 500
_NAMED = 50


@page("credential.issue")
def programmes(request: HttpRequest) -> HttpResponseBase:
    """Those that gave records of a kind that a paper proves; where somebody lacks one first."""
    kinds = [paper.kind for paper in certificates().papers.values()]
    given = Q(
        applications__outcome__kind__in=kinds,
        applications__outcome__known_until=None,
    )
    had = Exists(Credential.objects.filter(record=OuterRef("applications__outcome")))
    found = (
        programmes_run_by(cast(Asked, request).actor)
        .annotate(
            given=Count("applications", filter=given),
            lack=Count("applications", filter=given & ~Q(had)),
        )
        .filter(given__gt=0)
        .order_by("-lack", "-closes", "-pk")
    )
    return render(request, "issuing/programmes.html", {"found": page_of(request, found)})


@page("credential.issue")
def programme(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Who lacks one. A POST begins a run for all, or issues at once for those who can have one."""
    actor = cast(Asked, request).actor
    found = programme_run_by(actor, slug)
    if request.method != "POST":
        return _programme(request, found)
    try:
        if request.POST.get("do") == "some":
            ready, _ = _planned(found)
            made = issue(actor, [one.record.pk for one in ready[:MOST_AT_ONCE]])
            messages.success(request, say(f"已签发 {len(made)} 份。", f"{len(made)} were issued."))
            return redirect("issuing-programme", slug)
        begun = issue_for_programme(actor, slug, note=request.POST.get("note", "")[:200])
    except (Conflict, Invalid) as refused:
        return _programme(request, found, refused.label, refused.status)
    return redirect("run", begun.pk)


def _planned(found: Programme) -> tuple[list[Wanted], list[Refused]]:
    ids = list(lacking(found).values_list("pk", flat=True)[:_LOOKED_AT])
    planned = Planner().plan(records_in_order(ids))
    ready = [one for one in planned if isinstance(one, Wanted)]
    return ready, [one for one in planned if isinstance(one, Refused)]


def _programme(
    request: HttpRequest, found: Programme, problem: Label | None = None, status: int = 200
) -> HttpResponseBase:
    ready, refused = _planned(found)
    why: dict[Label, list[Refused]] = defaultdict(list)
    for one in refused:
        why[one.label].append(one)
    count = lacking(found).count()
    runs = list(runs_seen_by(cast(Asked, request).actor).filter(programme=found))
    return render(
        request,
        "issuing/programme.html",
        {
            "programme": found,
            "count": count,
            "more": max(count - _LOOKED_AT, 0),
            "ready": ready[:_NAMED],
            "ready_count": len(ready),
            "at_once": min(len(ready), MOST_AT_ONCE),
            "why": [(label, some[:_NAMED], len(some)) for label, some in why.items()],
            "in_run": min(count, MOST_IN_RUN),
            "runs": runs,
            "under_way": next((run for run in runs if run.phase in UNDER_WAY), None),
            "problem": problem,
            "PHASES": PHASES,
            "TONES": _TONES,
        },
        status=status,
    )


# --- runs ----------------------------------------------------------------------------------


@page("credential.print")
def run(request: HttpRequest, run_id: int) -> HttpResponseBase:
    return _run(request, run_id)


def _run(
    request: HttpRequest, run_id: int, problem: Label | None = None, status: int = 200
) -> HttpResponseBase:
    found = run_seen_by(cast(Asked, request).actor, run_id)
    numbers = found.credentials.order_by("pk").values_list("number", flat=True)
    context = {"problem": problem, "first": numbers.first(), "last": numbers.last()}
    return render(request, "issuing/run.html", _progress(found) | context, status=status)


def _progress(found: PrintRun) -> dict[str, Any]:
    return {
        "run": found,
        "progress": progress_of(found),
        "phase": PHASES[Phase(found.phase)],
        "tone": _TONES.get(Phase(found.phase), "accent"),
        "working": found.phase in UNDER_WAY,
    }


@page("credential.print")
def progress(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """The bar alone, asked for again and again; once the work is done, the page reloads."""
    found = run_seen_by(cast(Asked, request).actor, run_id)
    if found.phase not in UNDER_WAY:
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "issuing/progress.html", _progress(found))


@require_POST
@page("credential.print")
def file(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """By POST: who takes it away is written down."""
    try:
        opened = open_print(cast(Asked, request).actor, run_id)
    except Conflict as refused:
        return _run(request, run_id, refused.label, refused.status)
    name = say(f"打印批次-{run_id}.pdf", f"print-run-{run_id}.pdf")
    response = FileResponse(opened, as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@page("credential.print")
def again(request: HttpRequest, run_id: int) -> HttpResponseBase:
    try:
        print_again(cast(Asked, request).actor, run_id)
    except Conflict as refused:
        return _run(request, run_id, refused.label, refused.status)
    return redirect("run", run_id)


@require_POST
@page("credential.print")
def delete(request: HttpRequest, run_id: int) -> HttpResponseBase:
    try:
        delete_print(cast(Asked, request).actor, run_id)
    except Conflict as refused:
        return _run(request, run_id, refused.label, refused.status)
    messages.success(
        request, say("文件已删除，证书不受影响。", "The file is gone; what was issued stays.")
    )
    return redirect("run", run_id)
