"""One table: which role may do what. Screens, API, commands and imports all ask it.

A name here is an action (it writes) or a view (it reads). The table says that a role may do such
a thing at all; *whose* records it may do it to is said by the scoped queries of each app. A test
tries every role on every page, endpoint and action against this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from craftpath.access.errors import NotAllowed
from craftpath.access.roles import Actor, Role

__all__ = ["MAY", "may", "require"]

_P, _W, _E, _I, _X = Role.PUBLIC, Role.WORKER, Role.EMPLOYER, Role.INSTITUTION, Role.EXPERT
_TOWN, _CITY, _PROV = Role.TOWN, Role.CITY, Role.PROVINCE
_AUD, _OP, _SYS = Role.AUDITOR, Role.OPERATOR, Role.SYSTEM

_EVERYBODY = frozenset({_P, _W, _E, _I, _X, _TOWN, _CITY, _PROV, _AUD, _OP})
_LOGGED_IN = _EVERYBODY - {_P}
_OFFICIALS = frozenset({_TOWN, _CITY, _PROV})

MAY: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        # --- views ---
        "view.public": _EVERYBODY,
        "view.account": _LOGGED_IN,
        "view.own": frozenset({_W}),
        "view.messages": frozenset({_W, _E, _I}),
        "view.staff": frozenset({_E}),
        "view.institution": frozenset({_I}),
        "view.expert": frozenset({_X}),
        "view.desk": _OFFICIALS,
        "view.audit": frozenset({_AUD}),
        "view.operations": frozenset({_OP}),
        # --- parties and records ---
        "party.add": _OFFICIALS | {_E, _I},
        "party.change": _OFFICIALS,
        "party.merge": _OFFICIALS,
        "party.unmerge": _OFFICIALS,
        "party.dismiss": _OFFICIALS,
        "identity.open": _OFFICIALS,
        "record.claim": _OFFICIALS | {_W, _E, _I},
        "record.verify": _OFFICIALS,
        "record.correct": _OFFICIALS | {_W, _E, _I},
        "record.void": _OFFICIALS | {_W, _E, _I},
        "record.download": frozenset({_W}),
        "message.read": frozenset({_W, _E, _I}),
        "staff.change": frozenset({_E}),
        "import.check": _OFFICIALS | {_E, _I},
        "import.commit": _OFFICIALS | {_E, _I, _SYS},
        "import.undo": _OFFICIALS | {_E, _I, _SYS},
        # --- programmes ---
        "programme.edit": _OFFICIALS | {_I},
        "programme.publish": _OFFICIALS | {_I},
        "programme.close": _OFFICIALS | {_I},
        "application.write": _OFFICIALS | {_W, _E, _I},
        "application.withdraw": _OFFICIALS | {_W, _E, _I},
        "application.review": _OFFICIALS | {_I},
        "application.override": _OFFICIALS,
        "application.mark": _OFFICIALS | {_I},
        "objection.raise": _EVERYBODY - {_AUD, _OP},
        "objection.answer": _OFFICIALS,
        "draw.commit": _OFFICIALS,
        "draw.publish": _OFFICIALS,
        "draw.run": _OFFICIALS,
        "places.share": _OFFICIALS | {_I},
        "places.move": _OFFICIALS | {_I, _SYS},
        "outcome.write": _OFFICIALS | {_I, _SYS},
        # --- sittings ---
        "sitting.plan": frozenset({_I}),
        "sitting.seat": frozenset({_I}),
        "sitting.mark": frozenset({_I}),
        "sitting.publish": frozenset({_I}),
        "appeal.raise": frozenset({_W}),
        "appeal.answer": frozenset({_I}),
        # --- certificates and cards ---
        "issuer.register": _OFFICIALS,
        "key.change": _OFFICIALS | {_I},
        "credential.issue": _OFFICIALS | {_I, _SYS},
        "credential.print": _OFFICIALS | {_I, _SYS},
        "credential.change": _OFFICIALS | {_I, _SYS},
        "share.make": frozenset({_W}),
        "share.withdraw": frozenset({_W}),
        "card.use": _OFFICIALS | {_I},
        # --- accounts ---
        "account.switch": _LOGGED_IN,
        "token.make": _LOGGED_IN - {_OP},
        "token.revoke": _LOGGED_IN - {_OP},
        "duty.give": frozenset({_OP}),
        "duty.end": frozenset({_OP}),
        "audit.verify": frozenset({_AUD}),
    }
)


def may(actor: Actor, name: str) -> bool:
    """Whether the actor may do such a thing at all. KeyError: no such name in the table."""
    allowed = MAY[name]
    return actor.role in allowed and (actor.scopes is None or name in actor.scopes)


def require(actor: Actor, name: str) -> None:
    """NotAllowed unless the actor may."""
    if not may(actor, name):
        raise NotAllowed
