"""Apply for a group: which programmes, which people, and what became of each."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.programmes.actions.applications import apply_for, start
from craftpath.programmes.choices import SORTS, STATES, WAYS, Place
from craftpath.programmes.group import (
    Candidate,
    candidates,
    explained,
    foci_of,
    for_ourselves,
    openings,
)
from craftpath.programmes.models import Programme
from craftpath.programmes.offers import places_left
from craftpath.programmes.queries import programme_seen_by
from craftpath.registry.kinds import site_pack
from craftpath.registry.outlook import Lives, lives_of, rules_told
from craftpath.registry.staff import level_steps
from craftpath.web.page import Asked, page

__all__ = ["choose", "ourselves", "programmes"]

_ON_A_PAGE = 50
#: So many at once; each is checked and written by itself while the page is waited for.
MOST = 200


@page("view.staff")
def programmes(request: HttpRequest) -> HttpResponseBase:
    actor, day = cast(Asked, request).actor, today()
    return render(
        request,
        "employer/programmes.html",
        {
            "openings": openings(actor, day),
            "ours": for_ourselves(actor, day),
            "SORTS": SORTS,
            "WAYS": WAYS,
        },
    )


@page("view.staff")
def choose(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Choose people, confirm, apply. What is ticked on one page is kept on the next."""
    actor, day = cast(Asked, request).actor, today()
    programme = programme_seen_by(actor, slug)
    if programme.about != "person":
        raise NotThere
    said = request.POST if request.method == "POST" else request.GET
    foci = foci_of(lives_of(actor, day), programme, day) if programme.focus_list else []
    focus = said.get("focus", "") if programme.focus_list else ""
    if programme.focus_list and focus not in [code for code, _ in foci]:
        focus = foci[0][0] if foci else ""
    lives, found = candidates(actor, programme, focus, day)
    told: dict[str, Any] = {
        "programme": programme,
        "focus": focus,
        "foci": foci,
        "list_id": _focus_list(programme),
        "told": not programme.rule or programme.rule in rules_told(),
        "open": programme.is_open(day),
        "left": places_left(programme),
        "groups": [group for group in programme.groups.all() if not group.region],
        "group": said.get("group", ""),
        "levels": {step.rank: step.label for step in level_steps()},
        "STATES": STATES,
        "most": MOST,
    }
    chosen = _chosen(request, found)
    problem = _problem(request, chosen)
    if request.method == "POST" and problem is None:
        if "apply" in request.POST:
            return _applied(request, actor, programme, found, chosen, told)
        if "confirm" in request.POST:
            some = [one for one in found if one.one.party in chosen]
            shown = explained(lives, programme, focus, some, day)
            return render(request, "employer/confirm.html", {**told, "chosen": shown})
    return _list(request, lives, programme, found, chosen, {**told, "problem": problem})


@page("view.staff")
def ourselves(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Begin the employer's own application, as an organisation."""
    if request.method != "POST":
        return redirect("staff-programmes")
    begun = start(cast(Asked, request).actor, slug, focus=request.POST.get("focus", ""))
    return redirect("staff-application", begun.serial)


# --- the steps -------------------------------------------------------------------------------


def _list(
    request: HttpRequest,
    lives: Lives,
    programme: Programme,
    found: list[Candidate],
    chosen: set[int],
    told: dict[str, Any],
) -> HttpResponseBase:
    said = request.POST if request.method == "POST" else request.GET
    here = Paginator(found, _ON_A_PAGE).get_page(said.get("page"))
    shown = explained(lives, programme, told["focus"], list(here), today())
    on_page = {one.one.party for one in shown}
    return render(
        request,
        "employer/choose.html",
        {
            **told,
            "here": here,
            "shown": shown,
            "chosen": chosen,
            "kept": ",".join(str(id) for id in sorted(chosen - on_page)),
            "kept_count": len(chosen - on_page),
            "qualifying": sum(_ready(one) for one in found),
        },
        status=422 if told["problem"] else 200,
    )


def _applied(
    request: HttpRequest,
    actor: Actor,
    programme: Programme,
    found: list[Candidate],
    chosen: set[int],
    told: dict[str, Any],
) -> HttpResponseBase:
    wanted = [one.one.party for one in found if one.one.party in chosen]
    names = {one.one.party: one.one for one in found}
    problem = None
    try:
        lines = apply_for(
            actor, programme.slug, wanted, focus=told["focus"], group=request.POST.get("group", "")
        )
    except (Invalid, Conflict) as refusal:
        lines, problem = [], refusal.label
    made = [(names[line.party], line) for line in lines]
    return render(
        request,
        "employer/applied.html",
        {
            **told,
            "refused": [pair for pair in made if pair[1].serial is None],
            "made": [pair for pair in made if pair[1].serial is not None],
            "drafts": sum(line.state == "draft" for line in lines),
            "waiting": sum(line.place == Place.WAITING for line in lines),
            "problem": problem,
        },
        status=422 if problem else 200,
    )


def _chosen(request: HttpRequest, found: list[Candidate]) -> set[int]:
    """Who is ticked, here and on the pages before; only those who may be applied for."""
    able = {one.one.party: one for one in found if one.may_apply}
    if "all" in request.POST:
        ready = [id for id, one in able.items() if _ready(one)]
        return set(ready[:MOST])
    if "none" in request.POST:
        return set()
    told = [*request.POST.getlist("chosen"), *request.POST.get("kept", "").split(",")]
    return {int(id) for id in told if id.isdecimal() and len(id) < 19} & able.keys()


def _ready(one: Candidate) -> bool:
    return one.may_apply and one.verdict == "qualifies" and not one.passed


def _problem(request: HttpRequest, chosen: set[int]) -> Label | None:
    going_on = "confirm" in request.POST or "apply" in request.POST
    if going_on and not chosen:
        return Label("请至少选一个人。", "Choose somebody first.")
    if going_on and len(chosen) > MOST:
        return Label(
            f"一次最多申报 {MOST} 人，您选了 {len(chosen)} 人；请分几次。",
            f"At most {MOST} at once; you have chosen {len(chosen)}. Take them in turns.",
        )
    return None


def _focus_list(programme: Programme) -> str:
    if programme.focus_list:
        return programme.focus_list
    rule = site_pack().rule(programme.rule) if programme.rule else None
    return "" if rule is None else rule.about.focus or ""
