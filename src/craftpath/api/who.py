"""Who calls: the duty behind a token, or anybody. Cookies say nothing here.

A session of the browser is refused as a key to the interface: what a page of another site makes a
browser send would carry it. A program shows a token; without one it sees what everybody sees.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from craftpath.access.clock import today
from craftpath.access.errors import NotAllowed
from craftpath.access.roles import Actor, anyone
from craftpath.access.second_factor import lacks_second_factor
from craftpath.access.secrets import digest_of
from craftpath.api.models import Token
from craftpath.api.problems import NotKnown

__all__ = ["Caller", "address_of", "caller_of"]

_USED_EVERY = dt.timedelta(minutes=1)
#: What everybody may read without a token, a token's holder may read with it.
_ALWAYS = frozenset({"view.public"})


@dataclass(frozen=True)
class Caller:
    """`token` None: anybody."""

    actor: Actor
    token: Token | None = None


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def caller_of(request: HttpRequest) -> Caller:
    """NotKnown: a token that does not work (any more). NotAllowed: its login lacks the second
    factor that its duty asks for."""
    address, said = address_of(request), request.headers.get("Authorization")
    if said is None:
        return Caller(anyone("api", address))
    scheme, _, secret = said.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotKnown
    token = _token(secret.strip())
    if token is None:
        raise NotKnown(
            "令牌不存在、已过期或已撤销，请重新生成。",
            "There is no such token, or it is over or revoked; make another.",
        )
    actor = replace(token.duty.actor("api", address), scopes=frozenset(token.scopes) | _ALWAYS)
    if lacks_second_factor(actor):
        raise NotAllowed(
            "该身份须先设置二次验证，令牌才能使用。",
            "This duty has to set up a second factor before its tokens work.",
        )
    _note_use(token)
    return Caller(actor, token)


def _token(secret: str) -> Token | None:
    day = today()
    running = Q(duty__end=None) | Q(duty__end__gt=day)
    return (
        Token.objects.select_related("duty__user")
        .filter(
            running,
            digest=digest_of(secret),
            revoked_at=None,
            until__gt=day,
            duty__start__lte=day,
            duty__user__is_active=True,
        )
        .first()
    )


def _note_use(token: Token) -> None:
    """At most once a minute: a write for each read would make readers wait for each other."""
    moment = timezone.now()
    before = moment - _USED_EVERY
    if token.used_at is not None and token.used_at > before:
        return
    unused = Q(used_at=None) | Q(used_at__lte=before)
    Token.objects.filter(unused, pk=token.pk).update(used_at=moment)
