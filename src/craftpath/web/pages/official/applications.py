"""One application: the engine's full reasons, the documents, what was done, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotAllowed, Refusal
from craftpath.access.may import may
from craftpath.access.words import say, told
from craftpath.audit.models import Entry
from craftpath.audit.queries import entries_of
from craftpath.eligibility import Check, check
from craftpath.engine.rules import Label
from craftpath.pack.sentences import VERDICTS
from craftpath.programmes.actions.documents import open_document
from craftpath.programmes.actions.reviews import answer_override, ask_override, review
from craftpath.programmes.choices import PLACES, STATES, TIERS, State, Tier
from craftpath.programmes.models import Application, Document, Override
from craftpath.programmes.queries import application_seen_by
from craftpath.programmes.queue import Sought, queue_of, verdicts_for
from craftpath.registry.queries import holder
from craftpath.web.deeds import entry_label
from craftpath.web.life import life_of, the_pack
from craftpath.web.page import Asked, page
from craftpath.web.pages.official.queue import focus_label
from craftpath.web.pages.official.words import DECISIONS

__all__ = ["answer", "application", "decide", "document", "override"]

#: A picture or a PDF is shown as it is, and nothing in it may do anything.
_SHOWN = {
    "image/jpeg": "default-src 'none'; sandbox",
    "image/png": "default-src 'none'; sandbox",
    "application/pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
}


@dataclass(frozen=True)
class _Paper:
    """What was asked for, and what was handed in for it; the replaced ones behind."""

    label: Label
    required: bool
    files: list[Document]
    replaced: list[Document]


@dataclass(frozen=True)
class _Event:
    entry: Entry
    label: Label


@page("view.desk")
def application(request: HttpRequest, serial: str) -> HttpResponseBase:
    return _shown(request, serial)


def _shown(
    request: HttpRequest, serial: str, problems: dict[str, Label] | None = None, status: int = 200
) -> HttpResponseBase:
    actor, day = cast(Asked, request).actor, today()
    found = application_seen_by(actor, serial)
    programme = found.programme
    now = _check_now(found)
    overrides = list(found.overrides.select_related("asked_by", "answered_by").order_by("pk"))
    waiting = next((one for one in overrides if one.answered_by_id is None), None)
    verdicts = verdicts_for(actor, found, day)
    tiers = {step.number: TIERS[Tier(step.tier)] for step in programme.steps.all()}
    return render(
        request,
        "official/application.html",
        {
            "application": found,
            "programme": programme,
            "state_label": STATES[State(found.state)],
            "focus_label": focus_label(programme, found.focus),
            "place_labels": PLACES,
            "step_label": tiers.get(found.step),
            "steps": len(tiers),
            "now": now,
            "answer": None if now is None else now.answer,
            "first": found.check_first,
            "final": found.check_final,
            "verdict_labels": VERDICTS,
            "papers": _papers(found),
            "events": _events(found, overrides),
            "reviews": found.reviews.select_related("by"),
            "review_tiers": tiers,
            "decisions": {key: DECISIONS[key] for key in verdicts},
            "all_decisions": DECISIONS,
            "last_step": found.step == len(tiers),
            "overrides": overrides,
            "waiting": waiting,
            "answers_it": waiting is not None and waiting.asked_by_id != actor.user,
            "may_ask": waiting is None
            and found.state in (State.SUBMITTED, State.RETURNED)
            and now is not None
            and not now.qualifies
            and may(actor, "application.override"),
            "following": queue_of(actor, Sought(), day).exclude(pk=found.pk).first(),
            "problems": problems or {},
            "typed": request.POST,
        },
        status=status,
    )


@require_POST
@page("application.review")
def decide(request: HttpRequest, serial: str) -> HttpResponseBase:
    seen = request.POST.get("seen_version", "")
    verdict = request.POST.get("verdict", "")
    if not verdict:
        return _shown(
            request,
            serial,
            {"verdict": Label("请选择怎么办理。", "Choose what to decide.")},
            Invalid.status,
        )
    try:
        done = review(
            cast(Asked, request).actor,
            serial,
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
            verdict=verdict,
            note=request.POST.get("note", ""),
        )
    except (Invalid, Conflict, NotAllowed) as refused:
        return _refused(request, serial, refused)
    state = STATES[State(done.state)]
    messages.success(request, say(f"已办理，现为“{state.zh}”。", f"Decided; it is now {state.en}."))
    return redirect("desk-application", serial)


@require_POST
@page("application.override")
def override(request: HttpRequest, serial: str) -> HttpResponseBase:
    """Ask a second official to let it pass."""
    try:
        ask_override(cast(Asked, request).actor, serial, reason=request.POST.get("reason", ""))
    except (Invalid, Conflict, NotAllowed) as refused:
        return _refused(request, serial, refused)
    messages.success(
        request,
        told(
            Label(
                "已提出例外申请，须由另一位工作人员同意。",
                "The override is asked for; a second official has to agree.",
            )
        ),
    )
    return redirect("desk-application", serial)


@require_POST
@page("application.override")
def answer(request: HttpRequest, serial: str, override_id: int) -> HttpResponseBase:
    """Agree to somebody else's override, or decline it."""
    word = request.POST.get("agree", "")
    if word not in ("yes", "no"):
        return redirect("desk-application", serial)
    try:
        answer_override(
            cast(Asked, request).actor,
            override_id,
            agree=word == "yes",
            note=request.POST.get("note", ""),
        )
    except (Invalid, Conflict, NotAllowed) as refused:
        return _refused(request, serial, refused)
    messages.success(request, say("已答复。", "Answered."))
    return redirect("desk-application", serial)


@page("view.desk")
def document(request: HttpRequest, document_id: int) -> HttpResponseBase:
    """A document, shown in the browser; `?download=1` to keep it."""
    found, file = open_document(cast(Asked, request).actor, document_id)
    policy = _SHOWN.get(found.media_type)
    keep = bool(request.GET.get("download")) or policy is None
    response = FileResponse(
        file,
        as_attachment=keep,
        filename=found.name,
        content_type=found.media_type if policy else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    if policy is not None:
        response["Content-Security-Policy"] = policy
    return response


def _refused(request: HttpRequest, serial: str, refused: Refusal) -> HttpResponseBase:
    """The page again, with why it was refused above it and what was typed still there."""
    problems = refused.problems if isinstance(refused, Invalid) else {"": refused.label}
    return _shown(request, serial, problems, refused.status)


# --- what the page shows ---------------------------------------------------------------------


def _check_now(found: Application) -> Check | None:
    """The engine's answer as of today, with every condition; None: the programme has no rule."""
    programme = found.programme
    if not programme.rule:
        return None
    life = life_of(holder(found.party))
    return check(
        the_pack(),
        life.own,
        life.party,
        programme.rule,
        found.focus or None,
        programme.judged_on or today(),
        today(),
        life.others if life.others["party"] else (),
    )


def _papers(found: Application) -> list[_Paper]:
    there = list(found.documents.order_by("pk"))

    def of(key: str, *, replaced: bool) -> list[Document]:
        return [one for one in there if one.key == key and one.replaced == replaced]

    asked: list[dict[str, Any]] = found.programme.documents
    papers = [
        _Paper(
            Label(one["zh"], one["en"]),
            bool(one["required"]),
            of(one["id"], replaced=False),
            of(one["id"], replaced=True),
        )
        for one in asked
    ]
    rest = [one for one in there if one.key not in {paper["id"] for paper in asked}]
    if rest:
        papers.append(_Paper(Label("其他", "Others"), False, rest, []))
    return papers


def _events(found: Application, overrides: list[Override]) -> list[_Event]:
    """What was done to it and to its overrides, the latest first."""
    entries = entries_of(f"application:{found.pk}")
    for one in overrides:
        entries = entries | entries_of(f"override:{one.pk}")
    return [_Event(entry, entry_label(entry.action)) for entry in entries.order_by("-number")]
