"""What the site has to tell me."""

from __future__ import annotations

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.registry.actions.messages import mark_read
from craftpath.registry.queries import messages_for
from craftpath.web.page import Asked, page

__all__ = ["my_messages"]


@page("view.messages")
def my_messages(request: HttpRequest) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    if request.method == "POST":
        upto = request.POST.get("upto", "")
        if upto.isdecimal() and len(upto) < 19:
            mark_read(actor, int(upto))
        return redirect("my-messages")
    found = Paginator(messages_for(actor), 50).get_page(request.GET.get("page"))
    return render(request, "worker/messages.html", {"page": found})
