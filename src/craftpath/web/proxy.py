"""Who asks, where a reverse proxy stands before the site."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

__all__ = ["AddressFromProxy"]


class AddressFromProxy:
    """Puts the address that the proxy tells in place of the proxy's own.

    Without it the audit would name the proxy, and its one address would use up the log-ins that
    all of us have. Only the last address of X-Forwarded-For is the proxy's word; whatever stands
    before it anybody may have written. In use only where a proxy is (`CRAFTPATH_HTTPS`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if _is_address(told):
            request.META["REMOTE_ADDR"] = told
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
