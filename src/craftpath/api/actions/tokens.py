"""Make and revoke tokens."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from django.utils import timezone

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Invalid, NotAllowed, NotThere
from craftpath.access.may import MAY, may
from craftpath.access.roles import Actor
from craftpath.access.secrets import digest_of
from craftpath.api.models import Token
from craftpath.engine.rules import Label

__all__ = ["make_token", "revoke_token", "scopes_for"]

_LONGEST = 365
#: What a program has no business doing: logins and tokens are made by people.
_BY_HAND = ("account.", "token.", "duty.")


def scopes_for(actor: Actor) -> list[str]:
    """What a token of this actor could be allowed, in the table's order."""
    return [name for name in MAY if may(actor, name) and not name.startswith(_BY_HAND)]


def make_token(actor: Actor, *, name: str, days: int, scopes: Sequence[str]) -> tuple[Token, str]:
    """(the token, its secret): the secret is told this once. Invalid by field."""
    if actor.duty is None:
        raise NotAllowed
    problems: dict[str, Label] = {}
    if not name.strip():
        problems["name"] = Label("请填写名称。", "Enter a name.")
    if not 1 <= days <= _LONGEST:
        problems["days"] = Label("有效天数为 1 至 365。", "Days are from 1 to 365.")
    chosen = [scope for scope in scopes_for(actor) if scope in set(scopes)]
    if not chosen or len(chosen) != len(set(scopes)):
        problems["scopes"] = Label(
            "请至少勾选一项您自己能做的事。", "Tick at least one thing, of those that you may do."
        )
    if problems:
        raise Invalid(problems)
    secret = f"cp_{secrets.token_urlsafe(32)}"
    with act(actor, "token.make", scopes=chosen) as trace:
        token = Token.objects.create(
            duty_id=actor.duty,
            name=name.strip()[:60],
            digest=digest_of(secret),
            scopes=chosen,
            until=today() + dt.timedelta(days=days),
        )
        trace.on(token)
    return token, secret


def revoke_token(actor: Actor, token_id: int) -> None:
    """One's own token stops working at once. NotThere: it is not one's own."""
    token = Token.objects.filter(pk=token_id, duty__user=actor.user, revoked_at=None).first()
    if token is None:
        raise NotThere
    with act(actor, "token.revoke", on=token):
        Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
