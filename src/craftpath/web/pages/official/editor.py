"""Set up a programme: from a template of the pack, or by hand; and change it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.words import say, told
from craftpath.engine.rules import Label
from craftpath.programmes.actions.programmes import fields_of, from_template, save_programme
from craftpath.programmes.choices import SORTS, TIERS, WAYS, Stage
from craftpath.programmes.models import Programme
from craftpath.programmes.queries import programme_run_by
from craftpath.web.life import the_pack
from craftpath.web.page import Asked, page
from craftpath.web.pages.official.parties import NATURES
from craftpath.web.pages.official.programme_form import (
    ProgrammeForm,
    blank,
    chapters,
    filled,
    outcome_kinds,
    read,
)

__all__ = ["by_hand", "edit", "new", "use_template"]


@page("programme.edit")
def new(request: HttpRequest) -> HttpResponseBase:
    """Where to begin: a template of the pack, or an empty form."""
    text = request.GET.get("q", "").strip().casefold()[:80]
    found = [
        one
        for one in the_pack().programmes
        if text in one.label.zh.casefold() or text in one.label.en.casefold() or text in one.id
    ]
    return render(
        request,
        "official/programme_new.html",
        {"found": found, "asked": request.GET, "sorts": SORTS},
    )


@page("programme.edit")
def use_template(request: HttpRequest, template_id: str) -> HttpResponseBase:
    """A draft from a template: what the texts do not say is asked, or left for the editor."""
    template = the_pack().programme(template_id)
    if template is None:
        raise NotThere
    form = ProgrammeForm({"region": template.region or "", "places": str(template.places or "")})
    if request.method == "POST":
        post = request.POST.dict()
        form = read({"name_zh": "-", "name_en": "-", "notice_days": "0", **post})
        if "find" in post:
            form.quiet()
        elif form.fields is not None:
            try:
                made = from_template(
                    cast(Asked, request).actor,
                    template_id,
                    slug=form.fields.slug,
                    opens=form.fields.opens,
                    closes=form.fields.closes,
                    region=form.fields.region,
                    host=form.fields.host,
                    places=form.fields.places,
                )
            except Invalid as refused:
                form.refuse(refused.problems)
            else:
                messages.success(
                    request, say("草稿已建好，请逐项核对。", "The draft is there; look it over.")
                )
                return redirect("desk-programme-edit", made.slug)
    elif template.region:
        form.typed["region_text"] = template.region
    return render(
        request,
        "official/programme_from.html",
        {"template": template, "form": form, "typed": form.typed, "sorts": SORTS},
        status=422 if form.problems else 200,
    )


@page("programme.edit")
def by_hand(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _form(request, blank())
    return _saved(request, None)


@page("programme.edit")
def edit(request: HttpRequest, slug: str) -> HttpResponseBase:
    programme = programme_run_by(cast(Asked, request).actor, slug)
    if request.method != "POST":
        return _form(request, filled(fields_of(programme), programme.host), programme)
    return _saved(request, programme)


def _saved(request: HttpRequest, programme: Programme | None) -> HttpResponseBase:
    """Save what was typed; or only change the rows, or look something up, and show it again."""
    form = read(request.POST.dict())
    if {"add", "remove", "find"} & request.POST.keys():
        form.quiet()
        form.change_rows(request.POST.get("add", ""), request.POST.get("remove", ""))
        return _form(request, form, programme)
    if form.fields is None:
        return _form(request, form, programme)
    try:
        saved = save_programme(
            cast(Asked, request).actor, form.fields, programme.slug if programme else None
        )
    except Invalid as refused:
        form.refuse(refused.problems)
        return _form(request, form, programme)
    except Conflict as refused:
        form.refuse({"": refused.label})
        return _form(request, form, programme, refused.status)
    messages.success(request, say("已保存。", "Saved."))
    return redirect("desk-programme", saved.slug)


def _form(
    request: HttpRequest,
    form: ProgrammeForm,
    programme: Programme | None = None,
    status: int = 422,
) -> HttpResponseBase:
    pack = the_pack()
    foci = sorted({rule.about.focus for rule in pack.rules if rule.about.focus})
    kind = pack.vocabulary.kinds.get(form.typed.get("outcome_kind", ""))
    shown: dict[str, Any] = {
        "form": form,
        "typed": form.typed,
        "programme": programme,
        "published": programme is not None and programme.stage != Stage.DRAFT,
        "sorts": SORTS,
        "natures": NATURES,
        "ways": WAYS,
        "tiers": TIERS,
        "chapters": chapters(),
        "focus_lists": [(id, pack.vocabulary.lists[id].label) for id in foci],
        "outcome_kinds": outcome_kinds(),
        "outcome": kind,
        "quantities": _QUANTITIES,
        "problem_lines": _lines(form),
    }
    return render(
        request, "official/programme_edit.html", shown, status=status if form.problems else 200
    )


_QUANTITIES = {
    "number": Label("一个数", "a number"),
    "amount": Label("规则算出的金额", "the amount by the rule"),
    "mark": Label("成绩", "the mark"),
}

#: Where on the page a problem's field is, if not under its own name.
_ANCHORS = {
    "closes": "last",
    "host": "other",
    "focus_list": "focus",
    "outcome.subject": "outcome_code",
    "outcome.kind": "outcome_kind",
    "outcome.level": "outcome_level",
    "outcome.quantity": "outcome_quantity",
    "outcome.months": "outcome_months",
}


def _lines(form: ProgrammeForm) -> list[tuple[str, str]]:
    """Every problem with the anchor of its field, for the list at the top."""
    return [
        (_ANCHORS.get(name, name.replace(".", "-")), told(problem))
        for name, problem in form.problems.items()
    ]
