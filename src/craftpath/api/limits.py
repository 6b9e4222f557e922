"""How often somebody may call: so many requests a minute for a token, fewer for an address.

Counted in the cache that all processes share, minute by minute. The count is a brake and no
guarantee: two requests at the same instant may count as one.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from craftpath.api.who import address_of, network_of

__all__ = ["BY_ADDRESS", "BY_TOKEN", "Limit"]

_WINDOW = 60


class Limit(BaseThrottle):
    """At most `settings.NAME` requests in a minute of the clock; a setting of 0: no limit."""

    def __init__(self, scope: str, setting: str) -> None:
        self.scope, self.setting = scope, setting

    def allow_request(self, request: HttpRequest) -> bool:
        return self.allow(self.ident(request))

    def allow(self, ident: str) -> bool:
        most: int = getattr(settings, self.setting)
        if most == 0:
            return True
        key = f"api-{self.scope}-{ident}-{int(time.time()) // _WINDOW}"
        count = int(cache.get(key, 0)) + 1
        cache.set(key, count, _WINDOW)
        return count <= most

    def ident(self, request: HttpRequest) -> str:
        # Not ninja's: that believes X-Forwarded-For, whoever wrote it.
        return network_of(address_of(request)).replace(":", "_")

    def wait(self) -> int:
        """Seconds until the next minute begins."""
        return _WINDOW - int(time.time()) % _WINDOW


BY_ADDRESS = Limit("address", "CRAFTPATH_API_ADDRESS_PER_MINUTE")
BY_TOKEN = Limit("token", "CRAFTPATH_API_TOKEN_PER_MINUTE")
