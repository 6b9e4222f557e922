"""Who may say what of whom, and whose word makes a record verified. Forms and imports ask here."""

from __future__ import annotations

from craftpath.access.roles import Actor, Role
from craftpath.engine.rules import Label

__all__ = ["ONLY_OWN", "may_tell", "vouches"]

ONLY_OWN = Label(
    "只能录入与本单位有关的记录（相对方须为本单位）。",
    "You may enter only what concerns your own organisation as the other party.",
)


def vouches(actor: Actor, other: int | None) -> bool:
    """Whether the actor's word makes a record about `other` verified: an official's does, and an
    institution's where the record points to it as school, issuer or host."""
    if actor.role.is_official or actor.role == Role.SYSTEM:
        return True
    return actor.role == Role.INSTITUTION and other is not None and other == actor.party


def may_tell(actor: Actor, party: int | None, other: int | None) -> bool:
    """Whether the actor may say something about `party` (None: somebody new) that points to
    `other`. Employers and schools tell of others only what points to themselves."""
    if actor.role not in (Role.EMPLOYER, Role.INSTITUTION):
        return True
    return actor.party is not None and actor.party in (party, other)
