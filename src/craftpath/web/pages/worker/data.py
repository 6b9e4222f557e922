"""Everything that is kept about me, to take along."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from craftpath.access.clock import today
from craftpath.eligibility import Fact, say_fact
from craftpath.programmes.actions.taking_along import everything_about
from craftpath.web.life import the_pack
from craftpath.web.page import Asked, page

__all__ = ["my_data"]


@page("view.own")
def my_data(request: HttpRequest) -> HttpResponseBase:
    """A page that says what is in it; a POST gives the zip file, since it leaves a trace."""
    if request.method != "POST":
        return render(request, "worker/data.html")
    everything, files = everything_about(cast(Asked, request).actor)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("craftpath.json", json.dumps(everything, ensure_ascii=False, indent=1))
        archive.writestr("README.html", _readable(request, everything))
        for name, stored in files:
            with stored.open("rb") as file:
                archive.writestr(name, file.read())
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="craftpath-{today()}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _readable(request: HttpRequest, everything: dict[str, Any]) -> str:
    pack = the_pack()
    lines = [{**row, "words": say_fact(pack, _fact(row))} for row in everything["records"]]
    return render_to_string(
        "worker/data_readable.html", {"all": everything, "records": lines}, request
    )


def _fact(row: dict[str, Any]) -> Fact:
    def day(text: str | None) -> dt.date | None:
        return None if text is None else dt.date.fromisoformat(text)

    return Fact(
        party=row["party"],
        kind=row["kind"],
        start=dt.date.fromisoformat(row["start"]),
        end=day(row["end"]),
        subject=row["subject"],
        level=row["level"],
        quantity=row["quantity"],
        status=row["status"],
    )
