"""The sessions of a sitting: planned, moved, taken back; who looks on, and who sits there."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Conflict, Invalid
from craftpath.access.roles import Actor
from craftpath.access.words import say
from craftpath.assessment.actions.examiners import put_examiner, take_examiner
from craftpath.assessment.actions.sessions import add_session, change_session, remove_session
from craftpath.assessment.choices import ROLES, Stage
from craftpath.assessment.holding import parts_of
from craftpath.assessment.models import Room, Session, Sitting
from craftpath.assessment.queries import (
    pool_of,
    rooms_of,
    seats_in,
    session_run_by,
    sessions_seen_by,
    sitting_run_by,
)
from craftpath.assessment.standing import Need, needs_of, standing_of, unfiled_of
from craftpath.engine.rules import Label
from craftpath.registry.queries import search
from craftpath.web.page import Asked, page
from craftpath.web.pages.institution.doing import Attempt, attempt
from craftpath.web.pages.institution.sitting_frame import frame_of
from craftpath.web.reading import day_in, number_in, time_in

__all__ = ["session", "sessions"]

_POOL_SHOWN = 20


@page("view.institution")
def sessions(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All of them with what each has and lacks; one form plans the same hour in several rooms."""
    actor = cast(Asked, request).actor
    found = sitting_run_by(actor, slug)
    tried = Attempt()
    added: list[Session] = []
    if request.method == "POST":
        tried = attempt(lambda: _add(request, actor, slug, added))
        if added:
            count = len(added)
            messages.success(request, say(f"已安排 {count} 场。", f"{count} planned."))
        if not tried.refused:
            return redirect("hosted-sessions", slug)
    lines = sessions_seen_by(actor, slug)
    return render(
        request,
        "institution/sessions.html",
        frame_of(found, "sessions")
        | {
            "standing": standing_of(found, lines),
            "unfiled": unfiled_of(found, lines),
            "parts": parts_of(found),
            "rooms": _rooms(actor),
            "chosen": request.POST.getlist("room"),
            "typed": request.POST or _usual(lines[-1].session if lines else None),
            "may_add": found.stage == Stage.PLANNED,
            "tried": tried,
        },
        status=tried.status,
    )


def _add(request: HttpRequest, actor: Actor, slug: str, added: list[Session]) -> None:
    """A session in each ticked room, until one is refused."""
    day, starts = _when(request)
    chosen = [room for room in _rooms(actor) if str(room.pk) in request.POST.getlist("room")]
    if not chosen:
        raise Invalid({"room": Label("请勾选考场。", "Tick a room.")})
    for room in chosen:
        try:
            added.append(
                add_session(
                    actor,
                    slug,
                    part=request.POST.get("part", ""),
                    room=room.pk,
                    day=day,
                    starts=starts,
                    minutes=number_in(request.POST, "minutes") or 0,
                )
            )
        except Conflict as refusal:
            name, label = room.name, refusal.label
            raise Conflict(f"{name}：{label.zh}", f"{name}: {label.en}") from refusal


def _when(request: HttpRequest) -> tuple[dt.date, dt.time]:
    day, starts = day_in(request.POST, "day"), time_in(request.POST, "starts")
    problems: dict[str, Label] = {}
    if day is None:
        problems["day"] = Label("请填日期。", "Give the day.")
    if starts is None:
        problems["starts"] = Label("请填开始时间，如 09:00。", "Give the hour, like 09:00.")
    if day is None or starts is None:
        raise Invalid(problems)
    return day, starts


def _rooms(actor: Actor) -> list[Room]:
    return list(rooms_of(actor).filter(closed=False).order_by("name"))


def _usual(last: Session | None) -> dict[str, str]:
    """As the last one, which is rarely far off."""
    if last is None:
        return {"starts": "09:00", "minutes": "120"}
    return {
        "part": last.part,
        "day": last.day.isoformat(),
        "starts": f"{last.starts:%H:%M}",
        "minutes": str(last.minutes),
    }


# --- one session ---------------------------------------------------------------------------


@page("view.institution")
def session(request: HttpRequest, session_id: int) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    found = session_run_by(actor, session_id)
    slug = found.sitting.programme.slug
    what = request.POST.get("do", "")
    tried = Attempt()
    if request.method == "POST":
        tried = attempt(lambda: _do(request, actor, session_id, what))
        if not tried.refused:
            messages.success(request, say("已保存。", "Saved."))
            if what == "remove":
                return redirect("hosted-sessions", slug)
            return redirect(request.get_full_path())
        found = session_run_by(actor, session_id)
    (need,) = _need(actor, found)
    sought = request.GET.get("q", "").strip()[:80]
    there = {one.person_id for one in need.line.examiners}
    pool = search(pool_of(actor, found.day), sought).exclude(pk__in=there)
    shown = list(pool[: _POOL_SHOWN + 1])
    rolled = need.line.present + need.line.absent
    return render(
        request,
        "institution/session.html",
        frame_of(found.sitting, "sessions")
        | {
            "session": found,
            "need": need,
            "rooms": _rooms(actor),
            "typed": request.POST if what == "change" else _usual(found) | _room(found),
            "may_change": found.sitting.stage == Stage.PLANNED,
            "may_put": not rolled
            and found.sitting.stage in (Stage.PLANNED, Stage.SEATED, Stage.MARKING),
            "pool": shown[:_POOL_SHOWN],
            "more": len(shown) > _POOL_SHOWN,
            "sought": sought,
            "seats": seats_in(found.sitting).filter(session=found),
            "rolled": rolled,
            "what": what,
            "role": request.POST.get("role", need.rules.staffing.role),
            "roles": ROLES,
            "tried": tried,
        },
        status=tried.status,
    )


def _need(actor: Actor, found: Session) -> list[Need]:
    sitting: Sitting = found.sitting
    lines = sessions_seen_by(actor, sitting.programme.slug)
    return needs_of(sitting, [one for one in lines if one.session.pk == found.pk])


def _room(found: Session) -> dict[str, str]:
    return {"room": str(found.room_id)}


def _do(request: HttpRequest, actor: Actor, session_id: int, what: str) -> Any:
    if what == "change":
        day, starts = _when(request)
        return change_session(
            actor,
            session_id,
            room=number_in(request.POST, "room") or 0,
            day=day,
            starts=starts,
            minutes=number_in(request.POST, "minutes") or 0,
        )
    if what == "remove":
        return remove_session(actor, session_id)
    person = number_in(request.POST, "person") or 0
    if what == "take":
        return take_examiner(actor, session_id, person=person)
    return put_examiner(actor, session_id, person=person, role=request.POST.get("role", ""))
