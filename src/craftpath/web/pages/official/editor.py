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
from craftpath.programmes.fields import problems_of
from craftpath.programmes.models import Programme
from craftpath.programmes.queries import programme_run_by
from craftpath.web.life import the_pack
from craftpath.web.page import Asked, page
from craftpath.web.pages.official.parties import NATURES
from craftpath.web.pages.official.programme_form import (
    ProgrammeForm,
    blank,
    chapters,
    code_name,
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
        elif form.fields is not None and not form.problems:
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
        form.typed["region_text"] = code_name("region", template.region)
    return render(
        request,
        "official/programme_from.html",
        {
            "template": template,
            "form": form,
            "typed": form.typed,
            "sorts": SORTS,
            "problem_lines": _lines(form),
        },
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
    if form.problems or form.fields is None:
        # All that is wrong at once: also what could be read and cannot be.
        if form.fields is not None:
            form.refuse(
                {
                    name: problem
                    for name, problem in problems_of(form.fields).items()
                    if name not in form.problems and name.partition(".")[0] not in form.unread
                }
            )
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
    "place": Label("按成绩排的名次", "the place by the marks"),
    "percent": Label("名次占参加人数的比例", "the place as a share of all who took part"),
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


#: What the parts of the form are called in that list.
_PARTS = {
    "name_zh": Label("中文名称", "Name in Chinese"),
    "name_en": Label("英文名称", "Name in English"),
    "sort": Label("种类", "Sort"),
    "about": Label("谁来申请", "Who applies"),
    "rule": Label("申请条件", "Condition"),
    "focus": Label("方向", "For what"),
    "focus_list": Label("代码表", "List"),
    "opens": Label("受理起", "Opens"),
    "last": Label("最后一天", "Last day"),
    "closes": Label("最后一天", "Last day"),
    "judged_on": Label("条件看哪一天", "Day that counts"),
    "region": Label("地区", "Region"),
    "host": Label("主办单位", "Host"),
    "way": Label("怎么分", "Shared out"),
    "places": Label("名额", "Places"),
    "groups": Label("分组名额", "Groups"),
    "documents": Label("材料", "Documents"),
    "steps": Label("审核环节", "Review"),
    "notice_days": Label("公示天数", "Notice"),
    "pass_mark": Label("合格线", "Pass mark"),
    "full_mark": Label("满分", "Full mark"),
    "outcome": Label("成果", "Outcome"),
    "slug": Label("网址名", "Address"),
}


def _lines(form: ProgrammeForm) -> list[tuple[str, str]]:
    """Every problem with the anchor of its field, for the list at the top: what it is about, the
    row where it is one of several, and what is wrong."""
    return [
        (_ANCHORS.get(name, name.replace(".", "-")), told(_line(name, problem)))
        for name, problem in form.problems.items()
    ]


def _line(name: str, problem: Label) -> Label:
    part, _, rest = name.partition(".")
    about, at = _PARTS.get(part), rest.partition(".")[0]
    if about is None:
        return problem
    row = f" {int(at) + 1}" if at.isdecimal() else ""
    return Label(f"{about.zh}{row}：{problem.zh}", f"{about.en}{row}: {problem.en}")
