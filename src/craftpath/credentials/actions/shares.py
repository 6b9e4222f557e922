"""A worker shows proofs to somebody by a link that says what, with whom and until when."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.access.secrets import digest_of
from craftpath.credentials.fit_address import require_fit_address
from craftpath.credentials.models import Share
from craftpath.credentials.queries import credential_seen_by, shares_of
from craftpath.engine.days import add_months
from craftpath.engine.rules import Label

__all__ = ["Made", "make_share", "withdraw_share"]

_MOST, _WORDS = 50, 120


@dataclass(frozen=True)
class Made:
    """`secret` is in the link and nowhere else: it is shown once."""

    share: Share
    secret: str


def make_share(
    actor: Actor,
    public_ids: Sequence[uuid.UUID | str],
    *,
    with_whom: str,
    until: dt.date,
) -> Made:
    """A link to some of the actor's own credentials.

    until  first day on which it no longer opens: within a year

    NotThere: one is not her own. NotAllowed. Invalid by field. Conflict: the site's address is not
    fit, so that the link would lead nowhere.
    """
    require(actor, "share.make")
    require_fit_address()
    problems: dict[str, Label] = {}
    chosen = list(dict.fromkeys(str(one) for one in public_ids))
    if not 1 <= len(chosen) <= _MOST:
        problems["credentials"] = Label(
            f"请选择 1 至 {_MOST} 份。", f"Choose 1 to {_MOST} of them."
        )
    if not 1 <= len(with_whom.strip()) <= _WORDS:
        problems["with_whom"] = Label(
            f"请写明给谁看，至多 {_WORDS} 字。", f"Say who is to see it, in {_WORDS} characters."
        )
    if not today() < until <= add_months(today(), 12):
        problems["until"] = Label(
            "截止日应在明天至一年之内。", "The day lies between tomorrow and a year from now."
        )
    if problems:
        raise Invalid(problems)
    shown = [credential_seen_by(actor, one) for one in chosen]
    secret = secrets.token_urlsafe(24)
    with act(actor, "share.make", party=actor.party) as trace:
        share = Share.objects.create(
            holder_id=actor.party or 0,
            digest=digest_of(secret),
            with_whom=with_whom.strip(),
            made_at=now(),
            until=until,
        )
        share.credentials.set(shown)
        trace.on(share)
        trace.details = {
            "numbers": [one.number for one in shown],
            "with_whom": share.with_whom,
            "until": until,
        }
    return Made(share, secret)


def withdraw_share(actor: Actor, share_id: int) -> Share:
    """The link opens no more. NotThere, NotAllowed. Conflict: it was withdrawn already."""
    require(actor, "share.withdraw")
    if not shares_of(actor).filter(pk=share_id).exists():
        raise NotThere
    with act(actor, "share.withdraw", party=actor.party) as trace:
        share = Share.objects.select_for_update().get(pk=share_id)
        if share.withdrawn_at is not None:
            raise Conflict("链接已经收回。", "The link was withdrawn already.")
        share.withdrawn_at = now()
        share.save(update_fields=["withdrawn_at"])
        trace.on(share)
    return share
