"""Logging in with an OpenID Connect provider: a small one on this machine plays its part."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from craftpath.access.models import User
from tests.apps.city import City


class _Provider(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        here = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        self._answer(
            {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "userinfo_endpoint": f"{here}/userinfo",
            }
            if "well-known" in self.path
            else {"sub": "subject-1", "name": "林晓"}
        )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({"access_token": "a-token", "token_type": "Bearer"})

    def _answer(self, what: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def provider(settings: Any) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    app = {"provider_id": "oidc", "name": "统一身份认证", "client_id": "craftpath", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [app | {"settings": {"server_url": here}}]}
    }
    yield here
    server.shutdown()
    server.server_close()


def come_back(client: Client) -> Any:
    """Start at the login page, and come back from the provider with a code."""
    response = client.post("/account/oidc/oidc/login/")
    state = parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]
    return client.get("/account/oidc/oidc/login/callback/", {"code": "a-code", "state": state})


def test_logs_in_whoever_connected_their_account(city: City, client: Client, provider: str) -> None:
    SocialAccount.objects.create(user=city.user("worker"), provider="oidc", uid="subject-1")
    come_back(client)
    assert client.session["_auth_user_id"] == str(city.user("worker").pk)


def test_makes_no_account_for_a_stranger(city: City, client: Client, provider: str) -> None:
    before = User.objects.count()
    response = come_back(client)
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before
    assert response.status_code in (200, 302)


def test_offers_the_provider_by_its_name_and_lets_the_form_lead_there(
    client: Client, db: None, provider: str
) -> None:
    response = client.get("/account/login/")
    assert "用统一身份认证登录" in response.content.decode()
    assert provider in response.headers["Content-Security-Policy"]


def test_offers_none_where_none_is_set(client: Client, db: None) -> None:
    assert "openid" not in client.get("/account/login/").content.decode()
