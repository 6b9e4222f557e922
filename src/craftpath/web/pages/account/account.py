"""One's own account: the duty that one acts under, and what keeps it safe."""

from __future__ import annotations

from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.act import act
from craftpath.access.errors import NotThere
from craftpath.access.roles import ROLES
from craftpath.access.words import say
from craftpath.web.middleware import duties_of
from craftpath.web.page import Asked, page

__all__ = ["account", "choose_duty"]


@page("view.account")
def account(request: HttpRequest) -> HttpResponseBase:
    told = {
        "duties": duties_of(request.user),
        "ROLES": ROLES,
        "second_factor": is_mfa_enabled(request.user),
    }
    return render(request, "account/account.html", told)


@require_POST
@page("account.switch")
def choose_duty(request: HttpRequest) -> HttpResponseBase:
    """Act under another of one's own duties from now on."""
    wanted = request.POST.get("duty", "")
    duty = next((d for d in duties_of(request.user) if str(d.pk) == wanted), None)
    if duty is None:
        raise NotThere
    with act(cast(Asked, request).actor, "account.switch", on=duty):
        request.session["duty"] = duty.pk
    messages.success(request, say("已换成所选身份。", "You now act under the duty chosen."))
    return redirect("home")
