"""Who may say what of whom, and whose word makes a record verified. Forms and imports ask here."""

from __future__ import annotations

from collections.abc import Collection

from craftpath.access.models import Duty
from craftpath.access.roles import Actor, Role
from craftpath.engine.rules import Label
from craftpath.registry.kinds import kind_of

__all__ = ["NOT_OWN", "ONLY_OWN", "may_tell", "own_parties", "vouches"]

ONLY_OWN = Label(
    "只能录入与本单位有关的记录（相对方须为本单位）。",
    "You may enter only what concerns your own organisation as the other party.",
)


NOT_OWN = Label(
    "这是您本人或您所代表单位的记录，须由他人核实。",
    "This record is your own, or of whom you act for; somebody else verifies it.",
)

#: As what a record points to an institution whose word is enough.
_VOUCHED_AS = frozenset({"school", "issuer", "host"})


def vouches(
    actor: Actor,
    party: int | None,
    kind: str,
    other: int | None,
    own: Collection[int] | None = None,
) -> bool:
    """Whether the actor's word makes a record of `party` (None: somebody new) verified: an
    official's does, and an institution's where the record of somebody else points to it as
    school, issuer or host. Nobody vouches for themselves.

    own  `own_parties(actor)`, from whoever asks for many
    """
    if actor.role == Role.SYSTEM:
        return True
    if actor.role.is_official:
        return party not in (own_parties(actor) if own is None else own)
    if actor.role != Role.INSTITUTION or other is None or actor.party in (None, party):
        return False
    found = kind_of(kind)
    return other == actor.party and found is not None and found.other in _VOUCHED_AS


def own_parties(actor: Actor) -> frozenset[int]:
    """The parties for which the login has, or had, a duty: an official's own life among them."""
    if actor.user is None:
        return frozenset()
    held = Duty.objects.filter(user=actor.user, party__isnull=False)
    found = held.values_list("party", "party__merged_into")
    return frozenset(one for pair in found for one in pair if one is not None)


def may_tell(actor: Actor, party: int | None, other: int | None) -> bool:
    """Whether the actor may say something about `party` (None: somebody new) that points to
    `other`. Employers and schools tell of others only what points to themselves."""
    if actor.role not in (Role.EMPLOYER, Role.INSTITUTION):
        return True
    return actor.party is not None and actor.party in (party, other)
