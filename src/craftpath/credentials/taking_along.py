"""What is kept about a holder here, for when they take along everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from craftpath.credentials.models import Credential, Share

__all__ = ["credentials_of", "shares_of_holder"]


def credentials_of(parties: Sequence[int]) -> list[dict[str, Any]]:
    """Each with what became of it, who asked about it and when, and what it was used for."""
    found = (
        Credential.objects.filter(holder__in=parties)
        .prefetch_related("changes", "checks", "uses")
        .order_by("pk")
    )
    return [
        {
            "number": one.number,
            "sort": one.sort,
            "name": one.name,
            "printed": one.printed,
            "issued": one.issued.isoformat(),
            "until": None if one.until is None else one.until.isoformat(),
            "standing": one.standing,
            "document": one.document,
            "changes": [
                {"day": c.day.isoformat(), "standing": c.standing, "why": c.why}
                for c in one.changes.all()
            ],
            "checks": [
                {"at": c.at.isoformat(), "way": c.way, "answer": c.answer} for c in one.checks.all()
            ],
            "uses": [
                {"day": u.day.isoformat(), "benefit": u.benefit, "taken_back": u.taken_back}
                for u in one.uses.all()
            ],
        }
        for one in found
    ]


def shares_of_holder(parties: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {
            "with_whom": one.with_whom,
            "made": one.made_at.isoformat(),
            "until": one.until.isoformat(),
            "withdrawn": None if one.withdrawn_at is None else one.withdrawn_at.isoformat(),
            "opened": one.opened,
            "numbers": [credential.number for credential in one.credentials.all()],
        }
        for one in Share.objects.filter(holder__in=parties).prefetch_related("credentials")
    ]
