"""One address for an application, whoever follows it: messages go to several roles."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from craftpath.access.errors import NotThere
from craftpath.access.roles import Role
from craftpath.programmes.queries import application_seen_by
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
def application(request: HttpRequest, serial: str) -> HttpResponseBase:
    """To the role's own page of it. NotThere: out of scope, or a role that has no such page."""
    actor = cast(Asked, request).actor
    if actor.role not in _PAGES:
        raise NotThere
    return redirect(_PAGES[actor.role], application_seen_by(actor, serial).serial)
