"""Whose word moves money or places: they show a second factor, in the browser and for a token."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings

from craftpath.access.roles import Actor, Role

__all__ = ["GUARDED", "lacks_second_factor"]

GUARDED = frozenset({Role.TOWN, Role.CITY, Role.PROVINCE, Role.AUDITOR, Role.OPERATOR})


def lacks_second_factor(actor: Actor) -> bool:
    """Whether the site asks this actor's login for a second factor that it has not set up."""
    if settings.CRAFTPATH_SECOND_FACTOR != "required" or actor.role not in GUARDED:
        return False
    return not Authenticator.objects.filter(
        user=actor.user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    ).exists()
