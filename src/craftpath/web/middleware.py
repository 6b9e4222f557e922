"""Who asks, whether they have shown a second factor, and what a refusal looks like."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Invalid, NotThere, Refusal, TooMuch, TooOften
from craftpath.access.models import Duty
from craftpath.access.roles import anyone
from craftpath.access.second_factor import lacks_second_factor
from craftpath.api.problems import told
from craftpath.engine.rules import Label
from craftpath.web.page import Asked

__all__ = ["Bodies", "ContentSecurity", "Refusals", "SecondFactor", "WhoAsks"]

Next = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("craftpath.web")

_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
_POLICY += "frame-ancestors 'none'; form-action 'self'"


class ContentSecurity:
    """Nothing is loaded from anywhere else, and no script or style stands in a page; what somebody
    saw who was logged in is kept by no browser for whoever sits there next."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY + _providers())
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=()")
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _providers() -> str:
    """Where logging in may lead: browsers count a form's redirects as its action."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return "".join(f" {app['settings']['server_url'].rstrip('/')}/" for app in apps)


_SEEN = 300  # seconds


class WhoAsks:
    """Puts `request.actor`: the login's duty that it acts under, or anyone.

    A session ends `CRAFTPATH_SESSION_HOURS` after it began, however busy, and half an hour after
    the last click, give or take `_SEEN`.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(Asked, request)
        address = request.META.get("REMOTE_ADDR", "")
        asked.actor = anyone("web", address)
        if request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault("began", now)
            if now - began > settings.CRAFTPATH_SESSION_HOURS * 3600:
                logout(request)
                return redirect("account_login")
            # Half an hour begins anew; said every few minutes, not at every click.
            if now - request.session.get("seen", 0) > _SEEN:
                request.session["seen"] = now
            duty = _duty(request)
            if duty is not None:
                asked.actor = duty.actor("web", address)
        return self.get_response(request)


def duties_of(user: Any) -> list[Duty]:
    """The duties that a login has today, in the order in which they were given."""
    day = today()
    running = Q(start__lte=day) & (Q(end=None) | Q(end__gt=day))
    return list(
        Duty.objects.filter(running, user=user).select_related("user", "party").order_by("pk")
    )


def _duty(request: HttpRequest) -> Duty | None:
    found = duties_of(request.user)
    chosen = request.session.get("duty")
    return next((duty for duty in found if duty.pk == chosen), found[0] if found else None)


class Bodies:
    """A body larger than the largest file that is taken is refused before a byte of it is stored.

    Files of forms go to the disk as they come, without end where nothing stands before the site.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = request.META.get("CONTENT_LENGTH", "")
        if size.isdecimal() and int(size[:20]) > settings.CRAFTPATH_MAX_BODY:
            return refused(request, _TOO_LARGE)
        return self.get_response(request)


_TOO_LARGE = TooMuch("提交的内容太大。", "What was sent is too large.")
_OPEN_TO_ALL = ("/account/", "/static/", "/language/")


class SecondFactor:
    """Officials, auditors and operators set one up before they see anything. Having one, they are
    asked for it by the login itself."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = cast(Asked, request).actor
        if not request.path.startswith(_OPEN_TO_ALL) and lacks_second_factor(actor):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


_NUL = Label("内容里有不能使用的字符（空字符），请删去。", "Remove the NUL character.")


class Refusals:
    """A refusal as a page that says why, in the language asked, with its status."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """No text of ours has a NUL, and PostgreSQL takes none: told before anything is asked."""
        if any("\0" in str(part) for part in kwargs.values()):
            return self.process_exception(request, NotThere())
        sent = (*request.GET.lists(), *request.POST.lists())
        if any("\0" in value for _, values in sent for value in values):
            return self.process_exception(request, Invalid({"": _NUL}))
        return None

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        if isinstance(trouble, (RequestDataTooBig, TooManyFieldsSent)):
            trouble = _TOO_LARGE
        return refused(request, trouble) if isinstance(trouble, Refusal) else None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    log.info("refused %s %s: %s", request.method, request.path, refusal)
    if request.path.startswith("/api/v"):  # a program asks, and reads no pages
        return told(refusal)
    template = "refused_part.html" if getattr(request, "htmx", None) else "refused.html"
    response = render(request, template, {"refusal": refusal}, status=refusal.status)
    if isinstance(refusal, TooOften):
        response.headers["Retry-After"] = str(refusal.wait)
    return response
