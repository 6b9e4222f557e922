"""Appeals against the marks of a sitting: the queue, and the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Invalid
from craftpath.access.words import say
from craftpath.assessment.actions.appeals import Answered, answer_appeal
from craftpath.assessment.choices import Stage
from craftpath.assessment.models import Appeal, Mark
from craftpath.assessment.queries import appeal_until, appeals_seen_by, sitting_run_by
from craftpath.engine.rules import Label
from craftpath.web.page import Asked, page
from craftpath.web.pages.institution.doing import Attempt, attempt
from craftpath.web.pages.institution.sitting_frame import frame_of
from craftpath.web.reading import number_in, page_of

__all__ = ["appeals"]

_ON_A_PAGE = 25


@dataclass(frozen=True)
class _Line:
    """`stood`: the mark appealed against, `stands`: the one that stands now."""

    appeal: Appeal
    stood: Mark | None
    stands: Mark | None


@page("view.institution")
def appeals(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Those that wait first, the oldest at the top; each is answered where it stands."""
    actor = cast(Asked, request).actor
    sitting = sitting_run_by(actor, slug)
    tried, at = Attempt(), number_in(request.POST, "appeal") or 0
    if request.method == "POST":
        done: list[Answered] = []
        tried = attempt(lambda: done.append(_answer(request, at)))
        if not tried.refused:
            messages.success(request, _said(done[0]))
            return redirect("hosted-appeals", slug)
    own = appeals_seen_by(actor).filter(application__programme=sitting.programme_id)
    found = own.select_related("mark", "answered_by").order_by(
        F("answered_at").desc(nulls_first=True), "pk"
    )
    here = page_of(request, found, _ON_A_PAGE)
    return render(
        request,
        "institution/appeals.html",
        frame_of(sitting, "appeals")
        | {
            "found": here,
            "lines": _lines(list(here)),
            "waiting": own.filter(upheld__isnull=True).count(),
            "until": appeal_until(sitting),
            "may_answer": sitting.stage == Stage.PUBLISHED,
            "at": at,
            "typed": request.POST if tried.refused else {},
            "tried": tried,
        },
        status=tried.status,
    )


def _lines(here: list[Appeal]) -> list[_Line]:
    marks = Mark.objects.filter(application__in=[one.application_id for one in here]).order_by("pk")
    stands: dict[tuple[int, str], Mark] = {}
    before: dict[tuple[int, str], list[Mark]] = {}
    for mark in marks:
        key = (mark.application_id, mark.part)
        before.setdefault(key, []).append(mark)
        if not mark.replaced:
            stands[key] = mark
    found = []
    for one in here:
        key = (one.application_id, one.part)
        earlier = [mark for mark in before.get(key, []) if mark.at <= one.at]
        found.append(_Line(one, earlier[-1] if earlier else None, stands.get(key)))
    return found


def _answer(request: HttpRequest, appeal_id: int) -> Answered:
    word = request.POST.get("upheld", "")
    if word not in ("yes", "no"):
        raise Invalid({"upheld": Label("请选择是否成立。", "Say whether it is upheld.")})
    mark = request.POST.get("mark", "").strip()
    return answer_appeal(
        cast(Asked, request).actor,
        appeal_id,
        upheld=word == "yes",
        answer=request.POST.get("answer", ""),
        mark=mark or None,
    )


def _said(done: Answered) -> str:
    if done.written is not None:
        return say(
            "已答复；改判合格，成果记录已写入。",
            "Answered; they pass now, and the record is written.",
        )
    if done.voided is not None:
        return say(
            "已答复；改判不合格，成果记录已作废，已发的证书应予撤销。",
            "Answered; they pass no more and the record is void: what proves it is to be revoked.",
        )
    return say("已答复。", "Answered.")
