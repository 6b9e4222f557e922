"""What a host asks of its programmes: how they stand, who is on the roll, who its learners are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from craftpath.access.roles import Actor
from craftpath.programmes.choices import Place, Stage, State
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.queries import applications_seen_by, programmes_run_by
from craftpath.registry.kinds import own_kinds
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import is_running, ours, people_seen_by

__all__ = ["enrolments_of", "hosted_by", "learners_of", "roll_of", "waiting_of"]


def hosted_by(actor: Actor) -> QuerySet[Programme]:
    """The actor's programmes, those under way first, each with `handed_in`, `under_review`,
    `placed` and `waiting`: how many applications."""
    order = [Stage.PUBLISHED, Stage.SHARED, Stage.DRAFT, Stage.CLOSED]
    turn = Case(
        *(When(stage=stage, then=Value(at)) for at, stage in enumerate(order)),
        output_field=IntegerField(),
    )
    gone = (State.DRAFT, State.WITHDRAWN)
    return (
        programmes_run_by(actor)
        .annotate(
            turn=turn,
            handed_in=Count("applications", filter=~Q(applications__state__in=gone)),
            under_review=Count("applications", filter=Q(applications__state=State.SUBMITTED)),
            placed=Count("applications", filter=Q(applications__place=Place.PLACED)),
            waiting=Count("applications", filter=Q(applications__place=Place.WAITING)),
        )
        .order_by("turn", "closes", "pk")
    )


def roll_of(programme: Programme) -> QuerySet[Application]:
    """Those who have a place, in the order of the line."""
    return (
        programme.applications.filter(place=Place.PLACED, state__in=(State.APPROVED, State.DONE))
        .select_related("party", "group")
        .order_by("rank", "order")
    )


def waiting_of(programme: Programme) -> QuerySet[Application]:
    """The waiting list, whose turn it is first."""
    return (
        programme.applications.filter(place=Place.WAITING)
        .select_related("party", "group")
        .order_by("rank", "order")
    )


def learners_of(actor: Actor, day: dt.date, how: str = "") -> QuerySet[Party]:
    """People who are enrolled there or applied to what it hosts; `applied`: they did.

    how  "enrolled" or "applied": only those
    """
    theirs = applications_seen_by(actor).annotate(
        whose=Coalesce(F("party__merged_into"), F("party"))
    )
    applied = Exists(theirs.filter(whose=OuterRef("pk")))
    found = people_seen_by(actor, day).annotate(applied=applied).order_by("name", "pk")
    if how == "applied":
        return found.filter(applied=True)
    if how == "enrolled":
        return found.filter(pk__in=_whose(enrolments_of(actor, day)))
    return found


def _whose(records: QuerySet[Record]) -> QuerySet[Record, Any]:
    return records.values_list(Coalesce(F("party__merged_into"), F("party")))


def enrolments_of(actor: Actor, day: dt.date) -> QuerySet[Record]:
    """The running records by which somebody is the actor's own learner."""
    return Record.objects.filter(
        is_running(day), kind__in=own_kinds().learners, other__in=ours(actor)
    )
