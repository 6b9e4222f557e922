"""A write is one action: permission, transaction, audit, in that order and all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.audit.chain import Deed, append, append_all

__all__ = ["Trace", "Traces", "act", "act_all", "name_of"]


@dataclass
class Trace:
    """What the audit will say; an action fills in what it only learns on the way."""

    object: str = ""
    party: int | None = None
    why: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    #: The table's name for it; an action that turns out to be another may say so.
    action: str = ""

    def on(self, thing: models.Model, party: int | None = None) -> None:
        self.object = name_of(thing)
        self.party = self.party if party is None else party


@contextmanager
def act(
    actor: Actor,
    name: str,
    on: models.Model | None = None,
    *,
    party: int | None = None,
    why: str = "",
    told_as: str = "",
    **details: Any,
) -> Iterator[Trace]:
    """Do something under the table's `name`: `with act(actor, "record.void", on=record, why=…)`.

    NotAllowed before anything is touched; a database transaction around what is done; the audit
    entry as its last step, so that neither is ever there without the other.

    told_as  the audit's word where one permission covers several actions: "application.submit"
    """
    require(actor, name)
    with transaction.atomic():
        trace = _begun(told_as or name, on, party, why, details)
        yield trace
        append(_deed(actor, trace))


class Traces:
    """What the audit will say of each of many things; `told` adds one, in order."""

    def __init__(self, action: str, why: str) -> None:
        self._action, self._why = action, why
        self.all: list[Trace] = []

    def told(self, on: models.Model, *, party: int | None = None, **details: Any) -> Trace:
        trace = _begun(self._action, on, party, self._why, details)
        self.all.append(trace)
        return trace


@contextmanager
def act_all(actor: Actor, name: str, *, why: str = "", told_as: str = "") -> Iterator[Traces]:
    """Do the same to many things as one: `with act_all(actor, "outcome.write") as traces: …`.

    As `act` for each thing that is told: the same entries in the same order, written as the last
    step. But permission is asked once, and the audit's head is locked once; so either all of them
    are done or none, and what is done to one must not depend on another's entry.
    """
    require(actor, name)
    with transaction.atomic():
        traces = Traces(told_as or name, why)
        yield traces
        append_all(_deed(actor, trace) for trace in traces.all)


def _begun(
    action: str, on: models.Model | None, party: int | None, why: str, details: dict[str, Any]
) -> Trace:
    trace = Trace(party=party, why=why, details=dict(details), action=action)
    if on is not None:
        trace.on(on)
    return trace


def _deed(actor: Actor, trace: Trace) -> Deed:
    return Deed(
        user=actor.user,
        actor=str(actor),
        action=trace.action,
        object=trace.object,
        party=trace.party,
        origin=actor.origin,
        address=actor.address,
        why=trace.why,
        details=trace.details,
    )


def name_of(thing: models.Model) -> str:
    """How the audit calls a row: "application:17"."""
    return f"{thing._meta.model_name}:{thing.pk}"
