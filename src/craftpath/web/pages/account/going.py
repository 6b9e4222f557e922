"""From a message to the application it tells of, on the page that the reader has for it."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from craftpath.access.errors import NotThere
from craftpath.access.roles import Role
from craftpath.web.page import Asked, page

__all__ = ["application"]

_PAGES = {
    Role.WORKER: "my-application",
    Role.EMPLOYER: "staff-application",
    Role.INSTITUTION: "hosted-application",
    Role.TOWN: "desk-application",
    Role.CITY: "desk-application",
    Role.PROVINCE: "desk-application",
}


@page("view.account")
def application(request: HttpRequest, serial: str) -> HttpResponse:
    name = _PAGES.get(cast(Asked, request).actor.role)
    if name is None:
        raise NotThere
    return redirect(name, serial)
