"""What every page knows: who asks, in which language, what they may go to."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest

from craftpath.access.clock import today
from craftpath.access.may import may
from craftpath.access.roles import ROLES, anyone
from craftpath.access.words import language
from craftpath.registry.models import Party
from craftpath.registry.queries import messages_for
from craftpath.web.menu import menu_of
from craftpath.web.page import Asked

__all__ = ["site"]


def site(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(cast(Asked, request), "actor", None) or anyone()
    lang = language()
    found: dict[str, Any] = {
        "actor": actor,
        "lang": lang,
        "html_lang": "en" if lang == "en" else "zh-CN",
        "today": today(),
        "role_label": ROLES[actor.role],
        "menu": menu_of(actor, request.path),
        "pretended_day": settings.CRAFTPATH_TODAY,
        "no_second_factor": settings.CRAFTPATH_SECOND_FACTOR == "off",
        "has_messages": may(actor, "view.messages"),
        "unread": 0,
        "oidc": _oidc(),
    }
    if found["has_messages"]:
        found["unread"] = messages_for(actor).filter(read_at=None).count()
        found["actor_party"] = Party.objects.filter(pk=actor.party or 0).first()
    return found


def _oidc() -> str:
    """The name of the provider that one may log in with; "" where there is none."""
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", []):
        return str(app["name"])
    return ""
