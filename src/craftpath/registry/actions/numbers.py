"""Open a sealed number: for a reason, and never unseen."""

from __future__ import annotations

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Invalid, NotThere
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.registry.identity import open_number
from craftpath.registry.models import Identifier
from craftpath.registry.queries import all_ids, party_seen_by

__all__ = ["open_identity"]


def open_identity(actor: Actor, party_id: int, identifier_id: int, *, why: str) -> str:
    """The whole number of a party within the actor's scope; who looked, and why, is in the audit.

    NotThere, NotAllowed, Invalid: no reason.
    """
    party = party_seen_by(actor, party_id, today())
    found = Identifier.objects.filter(pk=identifier_id, party__in=all_ids(party.pk)).first()
    if found is None:
        raise NotThere
    if not why.strip():
        raise Invalid({"why": Label("请写明查看理由。", "Say why you look.")})
    with act(actor, "identity.open", on=found, party=party.pk, why=why.strip()[:300]) as trace:
        trace.details = {"scheme": found.scheme, "number": found.masked}
        return open_number(found)
