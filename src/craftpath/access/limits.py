"""How often somebody may ask: so many times in a minute of the clock, counted by address.

Counted in the cache that all processes share. The count is a brake and no guarantee: two requests
at the same instant may count as one.
"""

from __future__ import annotations

import ipaddress
import time

from django.core.cache import cache

__all__ = ["network_of", "seconds_left", "within_limit"]

_WINDOW = 60


def within_limit(scope: str, who: str, most: int) -> bool:
    """Count one more for whoever it is; whether that was within `most` a minute. 0: no limit."""
    if most == 0:
        return True
    key = f"{scope}-{who}-{int(time.time()) // _WINDOW}".replace(":", "_")
    count = int(cache.get(key, 0)) + 1
    cache.set(key, count, _WINDOW)
    return count <= most


def seconds_left() -> int:
    """Seconds until the next minute begins."""
    return _WINDOW - int(time.time()) % _WINDOW


def network_of(address: str) -> str:
    """Who is counted as one: an IPv4 address, or the /64 of an IPv6 one, which is one line's."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if read.version == 4:
        return str(read)
    return str(ipaddress.ip_network((int(read), 64), strict=False).network_address)
