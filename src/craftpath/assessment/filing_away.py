"""What is kept of a sitting: a zip of one JSON document, the same bytes for the same rows.

The document names people by the serials of their applications and the numbers of parties, not by
name: who has the archive alone learns no names.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from craftpath.assessment.models import Appeal, Examiner, Mark, MarkEntry, Seat, Sitting, Ticket

__all__ = ["archive_of"]

FORMAT = "craftpath-sitting-1"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def archive_of(sitting: Sitting) -> bytes:
    document = json.dumps(_plain(sitting), ensure_ascii=False, indent=1, default=_said)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            zipfile.ZipInfo("sitting.json", _EPOCH), document.encode(), zipfile.ZIP_DEFLATED
        )
    return out.getvalue()


def _plain(sitting: Sitting) -> dict[str, Any]:
    programme = sitting.programme
    theirs = {"application__programme": programme.pk}
    return {
        "format": FORMAT,
        "programme": programme.slug,
        "host": programme.host_id,
        "occupation": programme.focus,
        "level": sitting.level,
        "carries_months": sitting.carries,
        "appeal_days": sitting.appeal_days,
        "seed": sitting.seed,
        "published_at": sitting.published_at,
        "candidates": _rows(
            programme.applications.exclude(rank=None).order_by("rank", "pk"),
            *("serial", "party", "state", "place", "mark", "attended", "outcome"),
        ),
        "sessions": _rows(
            sitting.sessions.order_by("pk"),
            *("id", "part", "room__name", "room__address", "room__region", "room__seats"),
            *("day", "starts", "minutes"),
        ),
        "examiners": _rows(
            Examiner.objects.filter(session__sitting=sitting).order_by("pk"),
            *("session", "person", "role"),
        ),
        "tickets": _rows(
            Ticket.objects.filter(**theirs).order_by("pk"), "application__serial", "number", "at"
        ),
        "seats": _rows(
            Seat.objects.filter(session__sitting=sitting).order_by("session", "number"),
            *("session", "number", "part", "application__serial", "attended"),
        ),
        "entries": _rows(
            MarkEntry.objects.filter(**theirs).order_by("pk"),
            *("application__serial", "part", "hand", "value", "sheet", "by", "at"),
        ),
        "marks": _rows(
            Mark.objects.filter(**theirs).order_by("pk"),
            *("id", "application__serial", "part", "value", "origin", "carried", "replaced"),
            *("why", "by", "at"),
        ),
        "appeals": _rows(
            Appeal.objects.filter(**theirs).order_by("pk"),
            *("application__serial", "part", "text", "by", "at", "answer", "upheld", "mark"),
            *("answered_by", "answered_at"),
        ),
    }


def _rows(found: QuerySet[Any], *names: str) -> list[dict[str, Any]]:
    return [
        {name.replace("application__", "").replace("room__", "room_"): row[name] for name in names}
        for row in found.values(*names)
    ]


def _said(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date | dt.time | dt.datetime):
        return value.isoformat()
    raise TypeError(type(value))
