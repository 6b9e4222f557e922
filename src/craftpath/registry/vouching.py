"""Who may say what of whom, and whose word makes a record verified. Forms, imports, the interface,
programmes and commands all ask here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models.functions import Coalesce

from craftpath.access.models import Duty
from craftpath.access.roles import Actor, Role
from craftpath.engine.rules import Label
from craftpath.pack.nouns import SpokenKind
from craftpath.registry.filings import Filing, filings_of
from craftpath.registry.kinds import kind_of
from craftpath.registry.queries import selves

__all__ = [
    "NOT_OWN",
    "ONLY_OWN",
    "Statement",
    "Word",
    "may_come_of",
    "may_tell",
    "own_parties",
    "told_by_number",
    "vouched_by",
]

ONLY_OWN = Label(
    "只能录入与本单位有关的记录（相对方须为本单位）。",
    "You may enter only what concerns your own organisation as the other party.",
)


NOT_OWN = Label(
    "这是您本人或您所代表单位的记录，须由他人核实。",
    "This record is your own, or of whom you act for; somebody else verifies it.",
)


@dataclass(frozen=True)
class Statement:
    """A record as it would be written: of `party` (None: somebody new), pointing to `other`."""

    party: int | None
    kind: str
    other: int | None = None
    subject: str | None = None
    level: int | None = None
    start: dt.date | None = None


class Word:
    """What one actor may vouch for. Kept for as long as one request or import takes."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def vouches(self, fact: Statement) -> bool:
        """Whether the actor's word makes a record verified: the pack says of each kind whose does.
        Nobody vouches for themselves."""
        if self.actor.role == Role.SYSTEM:
            return True
        words = vouched_by(fact.kind)
        if self.actor.role.is_official:
            return bool(words & _TIERS[self.actor.role]) and fact.party not in self.own
        mine = self.actor.party
        if self.actor.role != Role.INSTITUTION or mine is None:
            return False
        if fact.other != mine or fact.party == mine:
            return False
        return "own" in words or ("filed" in words and self._is_filed(fact))

    def comes_of_own(self, fact: Statement) -> bool:
        """Whether such a record may come of what the actor's institution hosts itself. What it can
        enter only where it is filed for it, its programmes can write only there."""
        words = vouched_by(fact.kind)
        return "hosted" in words and ("filed" not in words or self._is_filed(fact))

    def is_sure(self, party: int | None, first: str, *, told: bool = False) -> bool:
        """Whether the record of when somebody came to be is verified: the actor vouches for it, or
        the number tells it, and is enough."""
        by_number = told and "number" in vouched_by(first)
        return by_number or self.vouches(Statement(party, first))

    def _is_filed(self, fact: Statement) -> bool:
        return (
            fact.subject is not None
            and fact.level is not None
            and fact.start is not None
            and any(one.covers(fact.subject, fact.level, None, fact.start) for one in self._filings)
        )

    @cached_property
    def own(self) -> frozenset[int]:
        return own_parties(self.actor)

    @cached_property
    def _filings(self) -> list[Filing]:
        return filings_of(self.actor.party or 0)


def vouched_by(kind: str) -> frozenset[str]:
    """Whose word makes a record of the kind verified, of `pack.nouns.VOUCHERS`."""
    found = kind_of(kind)
    return frozenset(found.vouched) if isinstance(found, SpokenKind) else frozenset()


def told_by_number(kind: str) -> bool:
    """Whether what an identity number says of the day of birth, or the sex, is verified by that,
    whoever enters it."""
    return "number" in vouched_by(kind)


def may_come_of(kind: str, *, hosted: bool) -> bool:
    """Whether a programme may write such records; hosted: one that an institution sets up."""
    return ("hosted" if hosted else "programme") in vouched_by(kind)


#: The tiers for which an official's word is enough.
_TIERS = {
    Role.TOWN: {"official"},
    Role.CITY: {"official", "city"},
    Role.PROVINCE: {"official", "city", "province"},
}


def own_parties(actor: Actor) -> frozenset[int]:
    """The parties for which the login has, or had, a duty, and all that were merged with them: an
    official's own life among them."""
    if actor.user is None:
        return frozenset()
    held = Duty.objects.filter(user=actor.user, party__isnull=False)
    return frozenset(selves(held.values_list(Coalesce("party__merged_into", "party"), flat=True)))


def may_tell(actor: Actor, party: int | None, other: int | None) -> bool:
    """Whether the actor may say something about `party` (None: somebody new) that points to
    `other`. Employers and schools tell of others only what points to themselves."""
    if actor.role not in (Role.EMPLOYER, Role.INSTITUTION):
        return True
    return actor.party is not None and actor.party in (party, other)
