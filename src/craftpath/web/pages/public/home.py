"""The front door, and the switch of languages."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from craftpath.access.errors import Invalid, NotThere
from craftpath.engine.rules import Label
from craftpath.web.menu import menu_of
from craftpath.web.page import Asked, page

__all__ = ["home", "language", "not_there"]


@page("view.public")
def home(request: HttpRequest) -> HttpResponseBase:
    """Where a role begins is the first line of its menu; anybody else gets the front page."""
    actor = cast(Asked, request).actor
    menu = menu_of(actor, "/")
    if actor.user is not None and menu:
        return redirect(menu[0].url)
    return render(request, "public/home.html")


@page("view.public")
def language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language and go back to where one was."""
    wanted = request.POST.get("language", "")
    if request.method != "POST" or wanted not in dict(settings.LANGUAGES):
        raise Invalid({"language": Label("没有这种语言。", "There is no such language.")})
    back = request.POST.get("next", "/")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    if not ours or not back.startswith("/"):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@page("view.public")
def not_there(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """An address that the library of logins has, and this site has not."""
    raise NotThere
