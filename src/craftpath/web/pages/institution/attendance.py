"""The roll of one session: who is absent is ticked, or typed by seat; everybody else was there."""

from __future__ import annotations

import re
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Invalid
from craftpath.access.roles import Actor
from craftpath.access.words import say
from craftpath.assessment.actions.rolls import Roll, take_roll
from craftpath.assessment.choices import Stage
from craftpath.assessment.queries import seats_in, session_run_by, sessions_seen_by
from craftpath.assessment.standing import needs_of
from craftpath.engine.rules import Label
from craftpath.web.page import Asked, page
from craftpath.web.pages.institution.doing import Attempt, attempt
from craftpath.web.pages.institution.sitting_frame import frame_of

__all__ = ["session_roll"]

_BETWEEN = re.compile(r"[\s,，、;；]+")
_SEAT = re.compile(r"[0-9]{1,5}")


@page("view.institution")
def session_roll(request: HttpRequest, session_id: int) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    found = session_run_by(actor, session_id)
    tried = Attempt()
    if request.method == "POST":
        taken: list[Roll] = []
        tried = attempt(lambda: taken.append(_take(request, actor, session_id)))
        if not tried.refused:
            (done,) = taken
            messages.success(
                request,
                say(
                    f"已登记：到场 {done.present} 人，缺考 {done.absent} 人。",
                    f"The roll is taken: {done.present} there, {done.absent} absent.",
                ),
            )
            return redirect("hosted-session-roll", session_id)
        found = session_run_by(actor, session_id)
    sitting = found.sitting
    lines = [
        one
        for one in sessions_seen_by(actor, sitting.programme.slug)
        if one.session.pk == session_id
    ]
    (need,) = needs_of(sitting, lines)
    seats = list(seats_in(sitting).filter(session=found))
    ticked = set(request.POST.getlist("absent"))
    return render(
        request,
        "institution/session_roll.html",
        frame_of(sitting, "seats")
        | {
            "session": found,
            "need": need,
            "rows": [
                (one, str(one.number) in ticked if tried.refused else one.attended is False)
                for one in seats
            ],
            "rolled": any(one.attended is not None for one in seats),
            "may_take": sitting.stage in (Stage.SEATED, Stage.MARKING),
            "numbers": request.POST.get("numbers", "") if tried.refused else "",
            "tried": tried,
        },
        status=tried.status,
    )


def _take(request: HttpRequest, actor: Actor, session_id: int) -> Roll:
    said = [one for one in _BETWEEN.split(request.POST.get("numbers", "")) if one]
    numbers = [*request.POST.getlist("absent"), *said]
    wrong = [one for one in numbers if not _SEAT.fullmatch(one)]
    if wrong:
        text = wrong[0][:20]
        raise Invalid({"absent": Label(f"“{text}”不是座号。", f"“{text}” is no number of a seat.")})
    return take_roll(actor, session_id, absent={int(one) for one in numbers})
