"""A page: who may see it is said where it is declared, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from craftpath.access.may import MAY, require
from craftpath.access.roles import Actor

__all__ = ["Asked", "View", "page"]

View = Callable[..., HttpResponseBase]


class Asked(HttpRequest):
    """A request with who asks; `craftpath.web.middleware.WhoAsks` puts it there."""

    actor: Actor
    htmx: Any


def page(name: str) -> Callable[[View], View]:
    """Declare a view with its line in the permission table: `@page("view.desk")`.

    Whoever is not logged in and would have to be is sent to log in; others get NotAllowed.
    """
    roles = MAY[name]

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = cast(Asked, request).actor
            if actor.role not in roles and actor.user is None:
                return redirect_to_login(request.get_full_path())
            require(actor, name)
            return view(request, *args, **kwargs)

        guarded.may = name  # type: ignore[attr-defined]
        return guarded

    return declare
