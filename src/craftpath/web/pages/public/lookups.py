"""Suggestions while somebody types: codes of the pack, names of organisations."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from craftpath.access.errors import NotThere
from craftpath.registry.queries import organisations_named
from craftpath.web.life import the_pack
from craftpath.web.page import page
from craftpath.web.typed import suggestions

__all__ = ["codes", "organisations"]

_NAME = re.compile(r"[a-z0-9-]{1,40}")


@page("view.public")
def codes(request: HttpRequest, list_id: str) -> HttpResponseBase:
    """Codes that the text in the field `NAME_text` may mean, to tick one as NAME."""
    name = request.GET.get("name", "subject")
    pack = the_pack()
    if list_id not in pack.vocabulary.lists or not _NAME.fullmatch(name):
        raise NotThere
    text = request.GET.get(f"{name}_text", "")
    return render(
        request,
        "parts/code_choices.html",
        {"name": name, "choices": suggestions(pack, list_id, text), "chosen": "", "asked": text},
    )


@page("view.account")
def organisations(request: HttpRequest) -> HttpResponseBase:
    text = request.GET.get("other_text", "")
    return render(
        request,
        "parts/organisation_choices.html",
        {"others": organisations_named(text), "chosen": "", "asked": text},
    )
