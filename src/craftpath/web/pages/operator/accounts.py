"""Logins and their duties, for the operator."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.actions.accounts import add_account, end_duty, give_duty
from craftpath.access.errors import Invalid
from craftpath.access.models import Duty, User
from craftpath.access.roles import ROLES, Role
from craftpath.access.words import say
from craftpath.web.page import Asked, page
from craftpath.web.reading import number_in, page_of

__all__ = ["account_new", "accounts"]

_ROLES = {role: label for role, label in ROLES.items() if role not in (Role.PUBLIC, Role.SYSTEM)}


@page("view.operations")
def accounts(request: HttpRequest) -> HttpResponseBase:
    """Who has a login and for whom they act; a duty is ended here."""
    actor = cast(Asked, request).actor
    if request.method == "POST":
        end_duty(actor, number_in(request.POST, "end") or 0, why=request.POST.get("why", ""))
        messages.success(request, say("该身份自今天起终止。", "The duty ends today."))
        return redirect("accounts")
    text = request.GET.get("q", "").strip()
    found = User.objects.order_by("username").prefetch_related(
        Prefetch("duties", Duty.objects.select_related("party").order_by("pk"))
    )
    if text:
        found = found.filter(Q(username__icontains=text) | Q(first_name__icontains=text))
    told = {"found": page_of(request, found), "asked": request.GET, "ROLES": ROLES}
    return render(request, "operator/accounts.html", told)


@page("duty.give")
def account_new(request: HttpRequest) -> HttpResponseBase:
    """A new login with its first duty, or a further duty for a login there is: all or nothing."""
    actor = cast(Asked, request).actor
    told: dict[str, Any] = {"entered": request.POST, "problems": {}, "ROLES": _ROLES}
    if request.method == "POST":
        form = {name: request.POST.get(name, "").strip() for name in request.POST}
        try:
            with transaction.atomic():
                if form.get("password"):
                    add_account(
                        actor,
                        username=form.get("username", ""),
                        name=form.get("name", ""),
                        password=request.POST["password"],
                    )
                give_duty(
                    actor,
                    username=form.get("username", ""),
                    role=form.get("role", ""),
                    party=number_in(request.POST, "party"),
                    region=form.get("region", ""),
                )
        except Invalid as refusal:
            told["problems"] = refusal.problems
        else:
            messages.success(request, say("已开立。", "Done."))
            return redirect("accounts")
    status = 422 if told["problems"] else 200
    return render(request, "operator/account_new.html", told, status=status)
