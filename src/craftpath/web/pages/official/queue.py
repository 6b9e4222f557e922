"""The queue: what this official has to decide, narrowed, selected and decided together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Invalid
from craftpath.engine.rules import Label
from craftpath.pack.sentences import VERDICTS
from craftpath.programmes.actions.reviews import review_many
from craftpath.programmes.choices import STATES, State
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.queue import (
    SOON,
    Sought,
    chosen_of,
    counts_of,
    due_counts,
    foci_of,
    foresee,
    overrides_waiting_for,
    queue_of,
    regions_of,
)
from craftpath.web.life import the_pack
from craftpath.web.page import Asked, page
from craftpath.web.pages.official.words import DECISIONS, DUE_WORDS
from craftpath.web.reading import page_of

__all__ = ["confirm", "decide_many", "desk", "focus_label"]

_SIZES = (25, 50, 100)


@dataclass(frozen=True)
class _Line:
    application: Application
    focus: Label | None


@dataclass(frozen=True)
class _Done:
    """What became of one that was selected."""

    serial: str
    application: Application | None
    state: Label | None
    problem: Label | None


@page("view.desk")
def desk(request: HttpRequest) -> HttpResponseBase:
    actor, day, asked = cast(Asked, request).actor, today(), request.GET
    sought = Sought(
        text=asked.get("q", "").strip()[:80],
        programme=asked.get("programme", ""),
        region=asked.get("region", ""),
        focus=asked.get("focus", ""),
        verdict=asked.get("verdict", ""),
        due=asked.get("due", ""),
        returned=bool(asked.get("returned")),
    )
    size = next((one for one in _SIZES if asked.get("size") == str(one)), _SIZES[0])
    found = page_of(request, queue_of(actor, sought, day), size)
    counts = counts_of(actor, day)
    return render(
        request,
        "official/desk.html",
        {
            "found": found,
            "lines": [_Line(one, focus_label(one.programme, one.focus)) for one in found],
            "asked": asked,
            "narrowed": sought != Sought(),
            "counts": counts,
            "waiting": sum(one.count for one in counts),
            "due": due_counts(actor, day),
            "due_words": DUE_WORDS,
            "soon": SOON,
            "regions": regions_of(actor),
            "foci": _foci(foci_of(actor)),
            "verdicts": VERDICTS,
            "decisions": DECISIONS,
            "sizes": _SIZES,
            "overrides": overrides_waiting_for(actor),
        },
    )


@require_POST
@page("application.review")
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Everything that was selected, and what will happen to each; nothing is decided yet."""
    verdict, note = request.POST.get("verdict", ""), request.POST.get("note", "").strip()
    chosen = chosen_of(request.POST.getlist("chosen"))
    problems: dict[str, Label] = {}
    if not chosen:
        problems["chosen"] = Label("没有选中任何申请。", "Nothing was selected.")
    if verdict not in DECISIONS:
        problems["verdict"] = Label("请选择怎么办理。", "Choose what to decide.")
    elif verdict != "pass" and not note:
        problems["note"] = Label(
            "退回或不予通过须写明理由，申请人会看到。",
            "Say why it is returned or refused; the applicant will read it.",
        )
    actor = cast(Asked, request).actor
    lines = foresee(actor, chosen, verdict if verdict in DECISIONS else "pass")
    return _confirm(request, lines, verdict, note, problems)


def _confirm(
    request: HttpRequest,
    lines: Iterable[object],
    verdict: str,
    note: str,
    problems: dict[str, Label],
) -> HttpResponseBase:
    lines = list(lines)
    return render(
        request,
        "official/confirm.html",
        {
            "going": [one for one in lines if getattr(one, "stopped", None) is None],
            "stopped": [one for one in lines if getattr(one, "stopped", None) is not None],
            "verdict": verdict,
            "note": note,
            "decisions": DECISIONS,
            "verdicts": VERDICTS,
            "problems": problems,
            "back": _back(request),
        },
        status=422 if problems else 200,
    )


@require_POST
@page("application.review")
def decide_many(request: HttpRequest) -> HttpResponseBase:
    """Decide what the page before listed, and tell of each what became of it."""
    actor = cast(Asked, request).actor
    verdict, note = request.POST.get("verdict", ""), request.POST.get("note", "").strip()
    chosen = chosen_of(request.POST.getlist("chosen"))
    if not chosen:
        return redirect("desk")
    names = {one.serial: one for one in foresee(actor, chosen, verdict)}
    try:
        told = review_many(actor, chosen, verdict=verdict, note=note)
    except Invalid as refused:
        return _confirm(request, names.values(), verdict, note, refused.problems)
    lines = [
        _Done(
            one.serial,
            names[one.serial].application,
            None if one.state is None else STATES[State(one.state)],
            one.problem,
        )
        for one in told
    ]
    return render(
        request,
        "official/decided.html",
        {
            "done": [one for one in lines if one.problem is None],
            "left": [one for one in lines if one.problem is not None],
            "decision": DECISIONS.get(verdict),
            "back": _back(request),
        },
    )


def focus_label(programme: Programme, focus: str) -> Label | None:
    """What a code of a programme's focus is called."""
    return _code_label(focus, programme.rule, programme.focus_list)


def _foci(found: Iterable[tuple[str, str, str]]) -> list[tuple[str, Label]]:
    """Each code once, with its name."""
    named = {code: _code_label(code, rule, list_id) for code, rule, list_id in found}
    return [(code, label) for code, label in named.items() if label is not None]


def _code_label(code: str, rule_id: str, list_id: str) -> Label | None:
    if not code:
        return None
    pack = the_pack()
    rule = pack.rule(rule_id) if rule_id else None
    lists = pack.vocabulary.lists
    codes = lists.get(list_id or (rule.about.focus if rule else None) or "")
    found = None if codes is None else codes.codes.get(code)
    return Label(code, code) if found is None else found.label


def _back(request: HttpRequest) -> str:
    """The part of the queue that the selection was made in; only our own words go into it."""
    return request.POST.get("back", "").lstrip("?")[:400]
