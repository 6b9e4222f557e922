"""My sittings: where and when, the ticket to print, the marks once published, and appeals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.access.roles import Actor
from craftpath.assessment.choices import PARTS, STAGES, Stage
from craftpath.assessment.holding import assessments
from craftpath.assessment.models import Appeal
from craftpath.assessment.queries import OwnPart, OwnSitting, own_sittings
from craftpath.assessment.words import level_label
from craftpath.programmes.models import Application
from craftpath.web.page import Asked, page

__all__ = ["OwnLine", "my_sittings", "own_line", "ticket"]


@dataclass(frozen=True)
class _Part:
    """`passed` None: no mark yet. `appeal`: the one against it. `may_appeal`: today."""

    own: OwnPart
    passed: bool | None
    appeal: Appeal | None
    may_appeal: bool


@dataclass(frozen=True)
class OwnLine:
    """A sitting as its candidate's pages show it.

    passed    of the whole; None: not published
    missed    parts that were not passed; `kept`: those that were, where the whole was not
    """

    own: OwnSitting
    parts: tuple[_Part, ...]
    published: bool
    passed: bool | None
    first: dt.date | None

    @property
    def sitting(self) -> Any:
        return self.own.sitting

    @property
    def level(self) -> Any:
        return level_label(self.own.sitting.level)

    @property
    def missed(self) -> list[_Part]:
        return [one for one in self.parts if one.passed is False]

    @property
    def kept(self) -> list[_Part]:
        return [one for one in self.parts if one.passed]

    @property
    def may_appeal(self) -> list[_Part]:
        return [one for one in self.parts if one.may_appeal]


def own_line(actor: Actor, application: Application) -> OwnLine | None:
    """The sitting of one's own application. None: it has none, or no place in it; that costs no
    query where its programme is not marked by parts."""
    if not application.programme.in_parts:
        return None
    found = (one for one in own_sittings(actor) if one.application.pk == application.pk)
    own = next(found, None)
    return None if own is None else _line(own)


def _line(own: OwnSitting) -> OwnLine:
    stage, passes = own.sitting.stage, assessments().passes.value
    published = stage in (Stage.PUBLISHED, Stage.ARCHIVED)
    until = own.appeal_until
    open_ = stage == Stage.PUBLISHED and until is not None and today() < until
    appeals = {one.part: one for one in own.appeals}
    parts = []
    for one in own.parts:
        given, appeal = one.mark, appeals.get(one.part)
        passed = None if given is None else given.value is not None and given.value >= passes
        may = open_ and given is not None and given.carried_id is None and appeal is None
        parts.append(_Part(one, passed, appeal, may))
    days = [one.seat.session.day for one in own.parts if one.seat is not None]
    whole = all(one.passed for one in parts) if published else None
    return OwnLine(own, tuple(parts), published, whole, min(days, default=None))


@page("view.own")
def my_sittings(request: HttpRequest) -> HttpResponseBase:
    """Those to come first, by day; then those that are over, the latest first."""
    lines = [_line(one) for one in own_sittings(cast(Asked, request).actor)]
    coming = [one for one in lines if not one.published]
    coming.sort(key=lambda one: one.first or dt.date.max)
    return render(
        request,
        "worker/sittings.html",
        {
            "coming": coming,
            "over": [one for one in lines if one.published],
            "passes": assessments().passes.value if lines else None,
            "PARTS": PARTS,
            "SITTING_STAGES": STAGES,
        },
    )


@page("view.own")
def ticket(request: HttpRequest, serial: str) -> HttpResponseBase:
    """The admission ticket, to be printed or shown."""
    found = (
        one
        for one in own_sittings(cast(Asked, request).actor)
        if one.application.serial == serial and one.ticket
    )
    own = next(found, None)
    if own is None:
        raise NotThere
    return render(
        request,
        "worker/ticket.html",
        {
            "application": own.application,
            "programme": own.application.programme,
            "holder": own.application.party,
            "number": own.ticket,
            "level": level_label(own.sitting.level),
            "seats": [one.seat for one in own.parts if one.seat is not None],
            "carried": [
                one.mark for one in own.parts if one.mark is not None and one.mark.carried_id
            ],
            "PARTS": PARTS,
        },
    )
