"""Logins are given by the operator; nobody makes their own. One-time-code secrets are sealed."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from craftpath.registry.identity import open_bytes, seal_bytes

__all__ = ["NobodySignsUp", "OnlyKnownPeople", "SealedSecrets"]


class NobodySignsUp(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class OnlyKnownPeople(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """OIDC logs in those whose account was connected; it makes no accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]
    """Whoever reads the database alone can make nobody's one-time codes."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal_bytes(text.encode(), "second factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_bytes(base64.b64decode(encrypted_text), "second factor").decode()
