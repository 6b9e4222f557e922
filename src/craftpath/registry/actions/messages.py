"""Messages are read."""

from __future__ import annotations

from craftpath.access.act import act
from craftpath.access.clock import now
from craftpath.access.roles import Actor
from craftpath.registry.queries import messages_for

__all__ = ["mark_read"]


def mark_read(actor: Actor, upto: int) -> int:
    """Mark the actor's messages as read, up to the one of that number; returns how many were not.

    Up to, since one may have come while the page was being looked at.
    """
    with act(actor, "message.read", party=actor.party) as trace:
        count = messages_for(actor).filter(pk__lte=upto, read_at=None).update(read_at=now())
        trace.details = {"upto": upto, "count": count}
    return count
