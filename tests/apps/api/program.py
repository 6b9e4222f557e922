"""A program that calls the interface with a token."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from typing import Any

from django.http import HttpResponse
from django.test import Client

from craftpath.access.secrets import digest_of
from craftpath.api.actions.tokens import scopes_for
from craftpath.api.models import Token
from tests.apps.city import DAY, City

BASE = "/api/v1"


class Program:
    """`secret` None: a program without a token."""

    def __init__(self, secret: str | None = None, token: Token | None = None) -> None:
        self.secret, self.token, self.client = secret, token, Client()

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"{BASE}{path}", query, headers=self.headers())

    def post(self, path: str, sent: Any = None, key: str | None = None) -> HttpResponse:
        return self.send("post", path, sent, key)

    def send(self, method: str, path: str, sent: Any = None, key: str | None = None) -> Any:
        body = "" if sent is None else json.dumps(sent)
        return getattr(self.client, method)(
            f"{BASE}{path}", body, content_type="application/json", headers=self.headers(key)
        )

    def upload(self, path: str, key: str | None = None, **form: Any) -> HttpResponse:
        return self.client.post(f"{BASE}{path}", form, headers=self.headers(key))

    def headers(self, key: str | None = None) -> dict[str, str]:
        found = {} if self.secret is None else {"Authorization": f"Bearer {self.secret}"}
        return found if key is None else {**found, "Idempotency-Key": key}


def program_of(city: City, who: str, *scopes: str, **said: Any) -> Program:
    """With a token of a login: for all that it may, or for some of it."""
    secret = f"cp_{secrets.token_urlsafe(32)}"
    plain = {
        "duty": city.duties[who],
        "name": "test",
        "digest": digest_of(secret),
        "scopes": list(scopes) or scopes_for(city.actor(who)),
        "until": DAY + dt.timedelta(days=30),
    }
    return Program(secret, Token.objects.create(**{**plain, **said}))
