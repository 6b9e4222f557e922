"""What was brought in, and bringing in something new: the template, the upload."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import NotThere, TooMuch
from craftpath.access.roles import Actor
from craftpath.access.words import say
from craftpath.registry.actions.imports import upload
from craftpath.registry.imports.reading import MAX_BYTES, MAX_ROWS
from craftpath.registry.imports.sorts import SORTS, Sort, sorts_for
from craftpath.registry.imports.template import template_file
from craftpath.registry.kinds import site_pack
from craftpath.registry.queries import batches_seen_by
from craftpath.web.page import Asked, page
from craftpath.web.pages.imports.words import STATES, TONES, attachment
from craftpath.web.reading import page_of

__all__ = ["batches", "new", "template"]


@page("import.check")
def batches(request: HttpRequest) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    found = batches_seen_by(actor).select_related("user").defer("problems", "notes")
    listed = page_of(request, found)
    shown = {
        "batches": listed,
        "sorts": sorts_for(actor.role),
        "sort_labels": {sort.id: sort.label for sort in SORTS.values()},
        "states": STATES,
        "tones": TONES,
    }
    return render(request, "imports/list.html", shown)


@page("import.check")
def new(request: HttpRequest, sort: str) -> HttpResponseBase:
    """The form; sent, the file is taken in and its own page comes next."""
    actor = cast(Asked, request).actor
    chosen = _sort(actor, sort)
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problem = say("请选择一个文件。", "Choose a file.")
        elif (file.size or 0) > MAX_BYTES:
            raise TooMuch(
                f"文件超过 {MAX_BYTES >> 20} MB，请分成几个。",
                f"The file is larger than {MAX_BYTES >> 20} MB; split it.",
            )
        else:
            batch = upload(actor, chosen.id, file.name or "", file.read())
            return redirect("import-batch", batch.pk)
    shown = {
        "sort": chosen,
        "problem": problem,
        "megabytes": MAX_BYTES >> 20,
        "most_rows": MAX_ROWS,
    }
    return render(request, "imports/new.html", shown, status=422 if problem else 200)


@page("import.check")
def template(request: HttpRequest, sort: str) -> HttpResponseBase:
    chosen = _sort(cast(Asked, request).actor, sort)
    content = template_file(site_pack(), chosen)
    name = say(f"{chosen.label.zh}模板.xlsx", f"{chosen.id}-template.xlsx")
    return attachment(HttpResponse(content), name)


def _sort(actor: Actor, sort: str) -> Sort:
    found = SORTS.get(sort)
    if found is None or actor.role not in found.roles:
        raise NotThere
    return found
