"""The employer's people: the list, one of them, who joins and who leaves."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.words import say
from craftpath.eligibility import Fact, say_fact
from craftpath.engine.rules import Label
from craftpath.registry.actions.staff import let_go, set_level, take_on
from craftpath.registry.evidence import COLUMNS
from craftpath.registry.identity import SCHEMES
from craftpath.registry.kinds import own_kinds, site_pack
from craftpath.registry.models import Identifier, Party, Record
from craftpath.registry.outlook import lives_of
from craftpath.registry.queries import party_seen_by, records_seen_by
from craftpath.registry.staff import (
    chosen_from,
    colleagues,
    count_by_level,
    level_kinds,
    level_steps,
)
from craftpath.web.digest import digest
from craftpath.web.page import Asked, page
from craftpath.web.reading import day_in, number_in
from craftpath.web.typed import CodeTyped, read_code

__all__ = ["joins", "leaves", "level", "person", "staff"]

_ON_A_PAGE = 50
#: A person's number is of these; an organisation's is not asked for here.
_SCHEMES = {id: label for id, label in SCHEMES.items() if id != Identifier.Scheme.USCC}


@page("view.staff")
def staff(request: HttpRequest) -> HttpResponseBase:
    everybody = colleagues(cast(Asked, request).actor, today())
    found = chosen_from(
        everybody,
        request.GET.get("q", ""),
        number_in(request.GET, "level"),
        request.GET.get("occupation", ""),
    )
    counts = count_by_level(everybody)
    steps = level_steps()
    return render(
        request,
        "employer/staff.html",
        {
            "found": Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page")),
            "asked": request.GET,
            "everybody": len(everybody),
            "counts": [(0, Label("尚无等级", "no level yet"), counts.get(0, 0))]
            + [(step.rank, step.label, counts.get(step.rank, 0)) for step in steps],
            "levels": {step.rank: step.label for step in steps},
            "occupations": sorted({one.occupation for one in everybody if one.occupation}),
        },
    )


@page("view.staff")
def person(request: HttpRequest, party_id: int) -> HttpResponseBase:
    return _person(request, party_id)


def _person(
    request: HttpRequest,
    party_id: int,
    problems: dict[str, Label] | None = None,
    form: str = "",
) -> HttpResponseBase:
    actor, day = cast(Asked, request).actor, today()
    party = party_seen_by(actor, party_id, day)
    if not party.is_person:
        return redirect("staff")
    lives = lives_of(actor, day, party.pk)
    answers = lives.ask(party.pk, day, day)
    climbs = lives.ladder(answers)
    shown = list(records_seen_by(actor, party).filter(known_until=None).select_related("other"))
    jobs = [r for r in shown if r.kind == own_kinds().employed and _runs(r)]
    worked = [job.subject for job in jobs if job.subject]
    steps = level_steps()
    return render(
        request,
        "employer/person.html",
        {
            "party": party,
            "jobs": jobs,
            "climbs": [climb for climb in climbs if climb.highest or climb.focus in worked],
            "digest": digest(site_pack(), answers, climbs, worked),
            "left_out": answers.left_out,
            "records": [(record, _said(record)) for record in shown],
            "kinds": level_kinds(),
            "steps": steps,
            "foci": list(dict.fromkeys([*worked, *(climb.focus for climb in climbs)])),
            "problems": problems or {},
            "form": form,
            "typed": request.POST,
        },
        status=422 if problems else 200,
    )


@page("view.staff")
def level(request: HttpRequest, party_id: int) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("staff-person", party_id)
    try:
        set_level(
            cast(Asked, request).actor,
            party_id,
            kind=request.POST.get("kind", ""),
            subject=request.POST.get("subject", ""),
            level=number_in(request.POST, "level"),
            start=day_in(request.POST, "start"),
        )
    except Invalid as refusal:
        return _person(request, party_id, refusal.problems, "level")
    messages.success(
        request,
        say("岗位等级已记下，待主管部门核实。", "Noted as claimed; the authority verifies it."),
    )
    return redirect("staff-person", party_id)


@page("view.staff")
def leaves(request: HttpRequest, party_id: int) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("staff-person", party_id)
    last = day_in(request.POST, "last")
    try:
        let_go(cast(Asked, request).actor, party_id, last=last, why=request.POST.get("why", ""))
    except Invalid as refusal:
        return _person(request, party_id, refusal.problems, "leaves")
    messages.success(request, say("离职已登记，并已通知本人。", "Noted, and they have been told."))
    return redirect("staff")


@page("view.staff")
def joins(request: HttpRequest) -> HttpResponseBase:
    """Find somebody by their number, or add them; codes are found by name, without script too."""
    actor = cast(Asked, request).actor
    problems: dict[str, Label] = {}
    occupation, workplace = _codes(request, actor.party)
    if request.method == "POST" and not request.POST.get("find"):
        for name, typed in (("occupation", occupation), ("workplace", workplace)):
            if typed.problem is not None:
                problems[name] = typed.problem
        try:
            if not problems:
                party = _taken_on(request, occupation, workplace)
                messages.success(
                    request,
                    say(
                        "已录入名册；记录按自述记下，待主管部门核实。",
                        "On the staff now; the records are claimed until they are verified.",
                    ),
                )
                return redirect("staff-person", party.pk)
        except Invalid as refusal:
            problems = refusal.problems
        except Conflict as refusal:
            problems = {"number": refusal.label}
    told = {
        "typed": request.POST,
        "problems": problems,
        "schemes": _SCHEMES,
        "occupation": occupation,
        "workplace": workplace,
        "codes": {"occupation": _list("occupation"), "workplace": _list("workplace")},
    }
    return render(request, "employer/joins.html", told, status=422 if problems else 200)


def _taken_on(request: HttpRequest, occupation: CodeTyped, workplace: CodeTyped) -> Party:
    form = request.POST
    return take_on(
        cast(Asked, request).actor,
        name=form.get("name", ""),
        name_en=form.get("name_en", ""),
        scheme=form.get("scheme", ""),
        number=form.get("number", ""),
        born=day_in(form, "born"),
        occupation=occupation.code or "",
        start=day_in(form, "start"),
        workplace=workplace.code or "",
    )


def _list(field: str) -> str:
    """The code list of the job's occupation, or of the workplace, as the pack has them."""
    own = own_kinds()
    kind = own.employed if field == "occupation" else own.person_places[0]
    return site_pack().vocabulary.kinds[kind or ""].codes or ""


def _codes(request: HttpRequest, employer: int | None) -> tuple[CodeTyped, CodeTyped]:
    typed = [
        read_code(
            site_pack(),
            _list(name),
            request.POST.get(f"{name}_text", ""),
            request.POST.get(name, ""),
        )
        for name in ("occupation", "workplace")
    ]
    if request.method != "POST":
        region = Party.objects.filter(pk=employer or 0).values_list("region", flat=True).first()
        typed[1] = CodeTyped(region or "", region or None)
    return typed[0], typed[1]


def _runs(record: Record) -> bool:
    day = today()
    return record.start <= day and (record.end is None or record.end > day)


def _said(record: Record) -> Label:
    columns = {name: getattr(record, name) for name in COLUMNS if name not in ("party", "other")}
    return say_fact(site_pack(), Fact(party=record.party_id, other=record.other_id, **columns))
