"""What was issued: found by number or name, one of them, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.access.roles import Actor
from craftpath.access.words import say
from craftpath.credentials.actions.cards import renew_card
from craftpath.credentials.actions.changes import correct_name, reissue, resume, revoke, suspend
from craftpath.credentials.choices import ANSWERS, SORTS, STANDINGS, Sort, Standing
from craftpath.credentials.models import Credential
from craftpath.credentials.queries import (
    credential_seen_by,
    credentials_issued_by,
    credentials_seen_by,
    runs_seen_by,
)
from craftpath.credentials.verification import finding_of
from craftpath.engine.rules import Label
from craftpath.web.files import document_file, paper_file
from craftpath.web.page import Asked, page
from craftpath.web.pages.public.verify_words import TONES
from craftpath.web.reading import day_in, page_of

__all__ = ["change", "credential", "credentials", "document", "paper"]

_A_PAGE = 25
STANDING_TONES = {
    Standing.ISSUED: "good",
    Standing.RESUMED: "good",
    Standing.SUSPENDED: "wait",
    Standing.REVOKED: "bad",
    Standing.SUPERSEDED: "",
}


@page("credential.issue")
def credentials(request: HttpRequest) -> HttpResponseBase:
    actor, asked = cast(Asked, request).actor, request.GET
    found = credentials_seen_by(actor)
    text = asked.get("q", "").strip()[:80]
    if text:
        number = "".join(text.split()).upper()
        found = found.filter(
            Q(number__contains=number) | Q(name__icontains=text) | Q(name_en__icontains=text)
        )
    if asked.get("standing") in set(Standing):
        found = found.filter(standing=asked["standing"])
    if asked.get("sort") in set(Sort):
        found = found.filter(sort=asked["sort"])
    return render(
        request,
        "issuing/credentials.html",
        {
            "found": page_of(request, found.order_by("-issued", "-pk"), _A_PAGE),
            "runs": runs_seen_by(actor).defer("records")[:3],
            "asked": asked,
            "SORTS": SORTS,
            "STANDINGS": STANDINGS,
            "TONES": STANDING_TONES,
        },
    )


@page("credential.issue")
def credential(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    return _shown(request, public_id)


def _shown(
    request: HttpRequest,
    public_id: uuid.UUID,
    problems: dict[str, Label] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    one = (
        credentials_seen_by(actor)
        .select_related("record__came_of__programme", "run", "replaces", "replaced_by")
        .filter(public_id=public_id)
        .first()
    )
    if one is None:
        raise NotThere
    finding = finding_of(one, today(), name_known=True)
    return render(
        request,
        "issuing/credential.html",
        {
            "one": one,
            "finding": finding,
            "tone": TONES[finding.answer],
            "history": one.changes.select_related("by"),
            "checks": one.checks.count(),
            "may": _may(actor, one),
            "doing": request.POST.get("do", ""),
            "typed": request.POST,
            "problems": problems or {},
            "ANSWERS": ANSWERS,
            "STANDINGS": STANDINGS,
            "TONES": STANDING_TONES,
        },
        status=status,
    )


def _may(actor: Actor, one: Credential) -> list[str]:
    """What the actor may do with it as it stands, in the order of the page."""
    if not credentials_issued_by(actor).filter(pk=one.pk).exists():
        return []
    if one.standing == Standing.SUSPENDED:
        return ["resume", "revoke"]
    if one.standing not in (Standing.ISSUED, Standing.RESUMED):
        return []
    if one.record.known_until is not None or (one.until is not None and one.until <= today()):
        return ["revoke"]
    more = ["correct-name"] if actor.role.is_official else []
    renew = ["renew"] if one.sort == Sort.CARD else []
    return ["reissue", *more, *renew, "suspend", "revoke"]


@require_POST
@page("credential.change")
def change(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    credential_seen_by(actor, public_id)
    try:
        said, shown = _done(actor, public_id, request.POST)
    except (Conflict, Invalid, NotAllowed) as refused:
        problems = refused.problems if isinstance(refused, Invalid) else {"": refused.label}
        return _shown(request, public_id, problems, refused.status)
    messages.success(request, said)
    return redirect("issued", shown)


def _done(actor: Actor, public_id: uuid.UUID, form: Any) -> tuple[str, uuid.UUID]:
    """What was done, in words, and whose page comes next."""
    what, why = form.get("do", ""), form.get("why", "")[:300]
    if what == "suspend":
        suspend(actor, public_id, why=why, day=_day(form))
        return say(
            "已暂停。扫码的人现在就能看到。", "Suspended; whoever scans it sees so now."
        ), public_id
    if what == "resume":
        resume(actor, public_id, why=why)
        return say("已恢复。", "Resumed."), public_id
    if what == "revoke":
        revoke(actor, public_id, why=why, day=_day(form))
        return say(
            "已撤销。扫码的人现在就能看到。", "Revoked; whoever scans it sees so now."
        ), public_id
    if what == "renew":
        last = day_in(form, "last")
        until = today() if last is None else last + dt.timedelta(days=1)
        made = renew_card(actor, public_id, until=until, why=why)
    elif what == "reissue":
        made = reissue(actor, public_id, why=why)
    elif what == "correct-name":
        made = correct_name(
            actor,
            public_id,
            why=why,
            name=form.get("name", "")[:200],
            name_en=form.get("name_en", "")[:200],
        )
    else:
        raise NotThere
    return (
        say(
            f"已换发，新编号 {made.number}；原证已注明由新证代替。",
            f"Issued anew under {made.number}; the old one says that it was replaced.",
        ),
        made.public_id,
    )


def _day(form: Any) -> dt.date | None:
    """None: today. Invalid: what was typed is no day."""
    if not form.get("day", "").strip():
        return None
    day = day_in(form, "day")
    if day is None:
        raise Invalid({"day": Label("这不是日期。", "This is no day.")})
    return day


@page("credential.issue")
def document(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    return document_file(credential_seen_by(cast(Asked, request).actor, public_id))


@page("credential.print")
def paper(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    return paper_file(credential_seen_by(cast(Asked, request).actor, public_id))
