"""One batch: what the check found, commit, progress, undo."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.errors import Invalid, NotThere
from craftpath.access.words import language, say
from craftpath.engine.rules import Label
from craftpath.registry.actions.imports import commit_batch, go_on, undo_batch
from craftpath.registry.imports.sorts import SORTS
from craftpath.registry.imports.vault import kept
from craftpath.registry.models import Batch, Record
from craftpath.registry.queries import batch_seen_by
from craftpath.registry.resuming import TRIES
from craftpath.web.page import Asked, page
from craftpath.web.pages.imports.words import STATES, TONES, WORKING, attachment

__all__ = ["batch", "commit", "on", "progress", "rejects", "undo"]


@page("import.check")
def batch(request: HttpRequest, number: int) -> HttpResponseBase:
    return _shown(request, batch_seen_by(cast(Asked, request).actor, number))


def _shown(request: HttpRequest, found: Batch, problem: str = "") -> HttpResponseBase:
    lang = 0 if language() == "zh" else 1
    problems = [
        one | {"text": one["text"][lang], "mend": one["mend"][lang]} for one in found.problems
    ]
    shown = _progress(found) | {
        "sort": SORTS.get(found.sort),
        "problems": problems,
        "notes": [note[lang] for note in found.notes],
        "problem": problem,
        "kept_records": _kept_records(found),
        "tries": TRIES,
    }
    return render(request, "imports/batch.html", shown, status=422 if problem else 200)


def _kept_records(found: Batch) -> int:
    """Records that stand though the batch was undone: of parties of whom more is known by now."""
    if found.state != Batch.State.UNDONE:
        return 0
    return Record.objects.filter(batch=found.pk, known_until=None).count()


def _progress(found: Batch) -> dict[str, Any]:
    done, whole = found.done, found.good
    if found.state in (Batch.State.UNDOING, Batch.State.UNDO_FAILED):
        records = Record.objects.filter(batch=found.pk)
        whole, done = records.count(), records.exclude(known_until=None).count()
    return {
        "batch": found,
        "state": STATES[found.state],
        "tone": TONES.get(found.state, ""),
        "working": found.state in WORKING,
        "counted": found.state in (Batch.State.COMMITTING, Batch.State.UNDOING),
        "done": done,
        "whole": whole,
        "percent": done * 100 // whole if whole else 0,
    }


@page("import.check")
def progress(request: HttpRequest, number: int) -> HttpResponseBase:
    """The bar alone, asked for again and again; once the work is done, the page reloads."""
    found = batch_seen_by(cast(Asked, request).actor, number)
    if found.state not in WORKING:
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "imports/progress.html", _progress(found))


@page("import.commit")
@require_POST
def commit(request: HttpRequest, number: int) -> HttpResponseBase:
    commit_batch(cast(Asked, request).actor, number)
    return redirect("import-batch", number)


@page("import.check")
@require_POST
def on(request: HttpRequest, number: int) -> HttpResponseBase:
    """Whoever may have done what failed may have it gone on with."""
    go_on(cast(Asked, request).actor, number)
    return redirect("import-batch", number)


@page("import.undo")
@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    try:
        undo_batch(actor, number, why=request.POST.get("why", ""))
    except Invalid as wrong:
        told: Label = wrong.label
        return _shown(request, batch_seen_by(actor, number), say(told.zh, told.en))
    return redirect("import-batch", number)


@page("import.check")
def rejects(request: HttpRequest, number: int) -> HttpResponseBase:
    found = batch_seen_by(cast(Asked, request).actor, number)
    if not found.rejects:
        raise NotThere
    stem = found.file_name.rpartition(".")[0]
    name = say(f"退回行-{stem}.xlsx", f"rejects-{stem}.xlsx")
    return attachment(HttpResponse(kept(found.rejects.name or "")), name)
