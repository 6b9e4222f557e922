"""People and organisations: find one, read the file, add one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.regions import contains
from craftpath.access.roles import Actor
from craftpath.access.words import say
from craftpath.engine.rules import Label
from craftpath.pack.sentences import VERDICTS
from craftpath.programmes.choices import STATES
from craftpath.programmes.queries import applications_seen_by
from craftpath.registry.actions.numbers import open_identity
from craftpath.registry.actions.parties import add_organisation, add_person
from craftpath.registry.identity import SCHEMES, digest_of, read_number
from craftpath.registry.models import Identifier, Party
from craftpath.registry.once import contradicting_of
from craftpath.registry.queries import (
    all_ids,
    organisations_seen_by,
    parties_seen_by,
    party_by_digest,
    party_seen_by,
    people_seen_by,
    records_seen_by,
    search,
)
from craftpath.registry.settling import contradictions_among
from craftpath.web.life import life_of, the_pack
from craftpath.web.page import Asked, page
from craftpath.web.pages.official.record_lines import grouped, kinds_for
from craftpath.web.reading import page_of
from craftpath.web.typed import CodeTyped, read_code, read_day

__all__ = [
    "NATURES",
    "find_number",
    "new_organisation",
    "new_person",
    "parties",
    "party",
    "reasons",
    "show_number",
]

_PERSON_SCHEMES = [one for one in SCHEMES if one != Identifier.Scheme.USCC]


@dataclass(frozen=True)
class _Found:
    """A line of the list: a party and its numbers as they may be shown."""

    party: Party
    numbers: list[str]


@page("view.desk")
def parties(request: HttpRequest) -> HttpResponseBase:
    return _list(request)


def _list(
    request: HttpRequest, problems: dict[str, Label] | None = None, status: int = 200
) -> HttpResponseBase:
    actor, text = cast(Asked, request).actor, request.GET.get("q", "").strip()[:80]
    nature = request.GET.get("nature", "")
    found = _seen(actor, nature)
    if text:
        found = search(found, text)
    shown = page_of(request, found.order_by("name", "pk").prefetch_related("identifiers"))
    return render(
        request,
        "official/parties.html",
        {
            "found": shown,
            "lines": [_Found(one, [n.masked for n in one.identifiers.all()]) for one in shown],
            "asked": request.GET,
            "natures": NATURES,
            "schemes": SCHEMES,
            "problems": problems or {},
            "scheme": request.POST.get("scheme", ""),
        },
        status=status,
    )


NATURES = {
    Party.Nature.PERSON.value: Label("个人", "people"),
    Party.Nature.ORGANISATION.value: Label("单位", "organisations"),
}


def _seen(actor: Actor, nature: str) -> QuerySet[Party]:
    if nature == Party.Nature.PERSON:
        return people_seen_by(actor, today())
    if nature == Party.Nature.ORGANISATION:
        return organisations_seen_by(actor)
    return parties_seen_by(actor, today())


@require_POST
@page("view.desk")
def find_number(request: HttpRequest) -> HttpResponseBase:
    """Find by a whole number: it goes by POST and is looked up by its digest, so that neither an
    address nor a log ever holds it."""
    scheme = request.POST.get("scheme", "")
    read = read_number(scheme, request.POST.get("number", "")[:60])
    if isinstance(read, Label):
        return _list(request, {"number": read}, Invalid.status)
    found = party_by_digest(digest_of(scheme, read.text))
    actor = cast(Asked, request).actor
    if found is None or not parties_seen_by(actor, today()).filter(pk=found.pk).exists():
        return _list(
            request,
            {
                "number": Label(
                    f"{read.masked} 没有登记，或不在您的辖区。",
                    f"{read.masked} is not registered, or not within your region.",
                )
            },
            NotThere.status,
        )
    return redirect("desk-party", found.pk)


@page("view.desk")
def party(request: HttpRequest, party_id: int) -> HttpResponseBase:
    return _file(request, party_id)


@require_POST
@page("identity.open")
def show_number(request: HttpRequest, party_id: int, identifier_id: int) -> HttpResponseBase:
    """The whole number, on this one page; looking is in the audit with its reason."""
    actor = cast(Asked, request).actor
    try:
        number = open_identity(actor, party_id, identifier_id, why=request.POST.get("why", ""))
    except Invalid as refused:
        return _file(request, party_id, problems=refused.problems, status=refused.status)
    response = _file(request, party_id, opened={identifier_id: number})
    response["Cache-Control"] = "no-store"
    return response


def _file(
    request: HttpRequest,
    party_id: int,
    *,
    opened: dict[int, str] | None = None,
    problems: dict[str, Label] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    found = party_seen_by(actor, party_id, today())
    records = list(records_seen_by(actor, found).select_related("other"))
    theirs = all_ids(found.pk)
    return render(
        request,
        "official/party.html",
        {
            "party": found,
            "merged": len(theirs) - 1,
            "also_called": _also_called(theirs, found),
            "contradictions": contradictions_among(theirs)
            if len(theirs) > 1
            else contradicting_of(records),
            "identifiers": Identifier.objects.filter(party__in=theirs).order_by("pk"),
            "schemes": SCHEMES,
            "opened": opened or {},
            "groups": grouped(records),
            "kinds": kinds_for(found),
            "applications": applications_seen_by(actor)
            .filter(party__in=theirs)
            .order_by("-created_at", "-pk"),
            "states": STATES,
            "problems": problems or {},
        },
        status=status,
    )


def _also_called(parties: Sequence[int], party: Party) -> list[str]:
    """Former names, and those of whoever was merged into the party."""
    names: dict[str, None] = {}
    every = Party.objects.filter(pk__in=parties).order_by("pk") if len(parties) > 1 else [party]
    for one in every:
        names |= dict.fromkeys((one.name, one.name_en, *one.former))
    return [name for name in names if name and name not in (party.name, party.name_en)]


@page("view.desk")
def reasons(request: HttpRequest, party_id: int) -> HttpResponseBase:
    """What every rule says of a party today, each with its conditions."""
    found = party_seen_by(cast(Asked, request).actor, party_id, today())
    answers = life_of(found.pk).ask(today())
    asked = request.GET.get("verdict", "")
    counts = {word: len([a for a in answers if a.verdict == word]) for word in VERDICTS}
    shown = [a for a in answers if a.verdict == asked] if asked in VERDICTS else list(answers)
    order = list(VERDICTS)
    shown.sort(key=lambda a: order.index(a.verdict))
    return render(
        request,
        "official/reasons.html",
        {
            "party": found,
            "answers": shown,
            "left_out": answers.left_out,
            "verdicts": VERDICTS,
            "counts": counts,
            "asked": asked,
        },
    )


@page("party.add")
def new_person(request: HttpRequest) -> HttpResponseBase:
    typed = {name: value.strip() for name, value in request.POST.dict().items()}
    problems: dict[str, Label] = {}
    region = read_code(the_pack(), "region", typed.get("region_text", ""), typed.get("region", ""))
    if request.method == "POST" and "find" not in typed:
        born = read_day(typed.get("born", ""))
        if isinstance(born, Label):
            problems["born"] = born
        if region.problem:
            problems["region"] = region.problem
        _require_within(cast(Asked, request).actor, region.code, problems)
        if not problems:
            try:
                made = add_person(
                    cast(Asked, request).actor,
                    name=typed.get("name", ""),
                    name_en=typed.get("name_en", ""),
                    scheme=typed.get("scheme", ""),
                    number=typed.get("number", ""),
                    born=None if isinstance(born, Label) else born,
                    region=region.code or "",
                )
            except Invalid as refused:
                problems = refused.problems
            except Conflict as refused:
                problems = {"number": refused.label}
            else:
                messages.success(request, say("已登记。", "Registered."))
                return redirect("desk-party", made.pk)
    return _new(request, "official/person_new.html", typed, region, problems)


@page("party.add")
def new_organisation(request: HttpRequest) -> HttpResponseBase:
    typed = {name: value.strip() for name, value in request.POST.dict().items()}
    problems: dict[str, Label] = {}
    region = read_code(the_pack(), "region", typed.get("region_text", ""), typed.get("region", ""))
    if request.method == "POST" and "find" not in typed:
        founded = read_day(typed.get("founded", ""))
        if isinstance(founded, Label):
            problems["founded"] = founded
        elif founded is None:
            problems["founded"] = Label("请填写成立日期。", "Enter the day of founding.")
        if region.problem:
            problems["region"] = region.problem
        _require_within(cast(Asked, request).actor, region.code, problems)
        if not problems and founded is not None and not isinstance(founded, Label):
            try:
                made = add_organisation(
                    cast(Asked, request).actor,
                    name=typed.get("name", ""),
                    name_en=typed.get("name_en", ""),
                    number=typed.get("number", ""),
                    founded=founded,
                    region=region.code or "",
                )
            except Invalid as refused:
                problems = refused.problems
            except Conflict as refused:
                problems = {"number": refused.label}
            else:
                messages.success(request, say("已登记。", "Registered."))
                return redirect("desk-party", made.pk)
    return _new(request, "official/organisation_new.html", typed, region, problems)


def _require_within(actor: Actor, region: str | None, problems: dict[str, Label]) -> None:
    """Without a region of theirs nobody here would ever see the party again."""
    if "region" in problems or not actor.role.is_official:
        return
    if not contains(actor.region, region or ""):
        problems["region"] = Label(
            "请选择您辖区内的地区。", "Choose a region within the one you serve."
        )


def _new(
    request: HttpRequest,
    template: str,
    typed: dict[str, str],
    region: CodeTyped,
    problems: dict[str, Label],
) -> HttpResponseBase:
    finding = "find" in typed
    return render(
        request,
        template,
        {
            "typed": typed,
            "region": region,
            "problems": {} if finding else problems,
            "schemes": {key: SCHEMES[key] for key in _PERSON_SCHEMES},
        },
        status=422 if problems and not finding else 200,
    )
