"""Seats given and taken back, and what is printed of them: doors, sign-in sheets, tickets."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.roles import Actor
from craftpath.access.words import say, told
from craftpath.assessment.actions.seating import Seated, not_ready, seat, unseat
from craftpath.assessment.choices import Stage
from craftpath.assessment.models import Mark, Seat, Session, Sitting, Ticket
from craftpath.assessment.queries import candidates_of, seats_in, sessions_seen_by, sitting_run_by
from craftpath.assessment.standing import standing_of
from craftpath.engine.rules import Label
from craftpath.programmes.choices import Stage as ProgrammeStage
from craftpath.web.page import Asked, page
from craftpath.web.pages.institution.doing import Attempt, attempt
from craftpath.web.pages.institution.sitting_frame import frame_of
from craftpath.web.reading import number_in, page_of

__all__ = ["doors", "seats", "sign_in", "tickets"]

_FOUND = 20
_SESSIONS_AT_ONCE, _TICKETS_AT_ONCE = 20, 200


@page("view.institution")
def seats(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Seat everybody; then: how many sit where, where somebody sits, and what to print."""
    actor = cast(Asked, request).actor
    found = sitting_run_by(actor, slug)
    tried = Attempt()
    if request.method == "POST":
        tried = attempt(lambda: messages.success(request, _do(request, actor, slug)))
        if not tried.refused:
            return redirect("hosted-seats", slug)
        found = sitting_run_by(actor, slug)
    standing = standing_of(found, sessions_seen_by(actor, slug))
    shared = found.programme.stage == ProgrammeStage.SHARED
    open_ = found.stage in (Stage.PLANNED, Stage.SEATED) and shared
    sought = request.GET.get("q", "").strip()[:80]
    reasons: list[Label] = []
    if found.stage == Stage.PLANNED and open_ and standing.candidates and not tried.refused:
        reasons = not_ready(found)
    return render(
        request,
        "institution/seats.html",
        frame_of(found, "seats")
        | {
            "standing": standing,
            "reasons": reasons,
            "shared": shared,
            "may_seat": open_ and bool(standing.candidates),
            "seated": found.stage != Stage.PLANNED,
            "may_unseat": found.stage == Stage.SEATED,
            "sought": sought,
            "hits": _sought(found, sought) if sought else None,
            "typed": request.POST,
            "tried": tried,
        },
        status=tried.status,
    )


def _do(request: HttpRequest, actor: Actor, slug: str) -> str:
    if request.POST.get("do") == "unseat":
        unseat(actor, slug, why=request.POST.get("why", ""))
        return say("座位已撤回，考生已收到通知。", "The seats are taken back; candidates are told.")
    return told(_said(seat(actor, slug, afresh=request.POST.get("afresh") == "yes")))


def _said(done: Seated) -> Label:
    return Label(
        f"已编排 {done.candidates} 名考生：新排 {done.seats} 座，保留 {done.kept} 座，"
        f"沿用成绩免考 {done.carried} 项，腾出 {done.freed} 座。",
        f"{done.candidates} candidates are seated: {done.seats} seats given, {done.kept} kept, "
        f"{done.carried} parts carried over, {done.freed} seats freed.",
    )


def _sought(found: Sitting, text: str) -> list[Seat]:
    """Where somebody sits, by name, number of the ticket or serial."""
    hit = (
        Q(application__party__name__contains=text)
        | Q(application__ticket__number=text)
        | Q(application__serial=text)
    )
    return list(seats_in(found).filter(hit)[:_FOUND])


# --- what is printed -----------------------------------------------------------------------


@page("view.institution")
def doors(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What hangs at the door: who sits where, by ticket; names are masked, since anybody passes."""
    return _by_session(request, slug, "institution/doors.html")


@page("view.institution")
def sign_in(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What is signed in the room: a line for each candidate, and one for each who looks on."""
    return _by_session(request, slug, "institution/sign_in.html")


def _by_session(request: HttpRequest, slug: str, template: str) -> HttpResponseBase:
    found = sitting_run_by(cast(Asked, request).actor, slug)
    own = found.sessions.select_related("room").prefetch_related("examiners__person")
    one = number_in(request.GET, "session")
    wanted = own.filter(pk=one) if one is not None else own
    here = page_of(request, wanted, _SESSIONS_AT_ONCE)
    return render(
        request,
        template,
        frame_of(found, "seats") | {"found": here, "sheets": _sheets(found, here)},
    )


def _sheets(found: Sitting, here: Iterable[Session]) -> list[tuple[Session, list[Seat]]]:
    shown = {one.pk: one for one in here}
    own = seats_in(found).filter(session__in=shown)
    seats = {pk: list(some) for pk, some in groupby(own, key=lambda seat: seat.session_id)}
    return [(one, seats[pk]) for pk, one in shown.items() if pk in seats]


@page("view.institution")
def tickets(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Admission tickets, one to a page or, `?up=4`, four."""
    found = sitting_run_by(cast(Asked, request).actor, slug)
    up = 4 if request.GET.get("up") == "4" else 1
    people = candidates_of(found).filter(ticket__isnull=False).select_related("party", "ticket")
    here = Paginator(people, _TICKETS_AT_ONCE).get_page(request.GET.get("page"))
    made = tickets_of(found, [one.pk for one in here])
    return render(
        request,
        "institution/tickets.html",
        frame_of(found, "seats")
        | {
            "found": here,
            "up": up,
            "sheets": [made[at : at + up] for at in range(0, len(made), up)],
        },
    )


def tickets_of(found: Sitting, applications: list[int]) -> list[dict[str, Any]]:
    """What stands on each ticket: whose it is, every seat, and parts that are not sat."""
    seats: dict[int, list[Seat]] = {pk: [] for pk in applications}
    for one in seats_in(found).filter(application__in=applications):
        seats[one.application_id].append(one)
    carried: dict[int, list[Mark]] = {pk: [] for pk in applications}
    for mark in Mark.objects.filter(
        application__in=applications, replaced=False, carried__isnull=False
    ):
        carried[mark.application_id].append(mark)
    own = Ticket.objects.filter(application__in=applications).select_related("application__party")
    tickets = {one.application_id: one for one in own}
    return [
        {"ticket": tickets[pk], "seats": seats[pk], "carried": carried[pk]}
        for pk in applications
        if pk in tickets
    ]
