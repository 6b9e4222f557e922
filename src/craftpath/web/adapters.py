"""Logins are given by the operator; nobody makes their own."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

__all__ = ["NobodySignsUp", "OnlyKnownPeople"]


class NobodySignsUp(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class OnlyKnownPeople(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """OIDC logs in those whose account was connected; it makes no accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
