"""How often somebody may call: so many requests a minute for a token, fewer for an address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from craftpath.access.limits import network_of, seconds_left, within_limit
from craftpath.api.who import address_of

__all__ = ["BY_ADDRESS", "BY_TOKEN", "Limit"]


class Limit(BaseThrottle):
    """At most `settings.NAME` requests in a minute of the clock; a setting of 0: no limit."""

    def __init__(self, scope: str, setting: str) -> None:
        self.scope, self.setting = scope, setting

    def allow_request(self, request: HttpRequest) -> bool:
        return self.allow(self.ident(request))

    def allow(self, ident: str) -> bool:
        return within_limit(f"api-{self.scope}", ident, getattr(settings, self.setting))

    def ident(self, request: HttpRequest) -> str:
        # Not ninja's: that believes X-Forwarded-For, whoever wrote it.
        return network_of(address_of(request))

    def wait(self) -> int:
        """Seconds until the next minute begins."""
        return seconds_left()


BY_ADDRESS = Limit("address", "CRAFTPATH_API_ADDRESS_PER_MINUTE")
BY_TOKEN = Limit("token", "CRAFTPATH_API_TOKEN_PER_MINUTE")
