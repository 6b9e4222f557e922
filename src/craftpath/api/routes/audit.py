"""The audit log, for auditors."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from ninja import Query, Router

from craftpath.api.call import Call, get
from craftpath.api.schemas.audit import Entry, Sought
from craftpath.api.schemas.common import Paged, Paging, paged
from craftpath.audit import queries
from craftpath.engine.rules import Label

__all__ = ["router"]

router = Router(tags=["审计 / audit"])


@get(
    router,
    "/audit",
    "view.audit",
    Paged[Entry],
    Label("审计日志，新的在前", "The audit log, the latest first"),
)
def list_entries(request: Call, asked: Query[Sought]) -> dict[str, Any]:
    sought = queries.Sought(
        action=asked.action,
        object=asked.object,
        party=asked.party,
        who=asked.who,
        since=_midnight(asked.since),
        until=_midnight(asked.until),
    )
    return paged(queries.find_entries(sought), Paging(limit=asked.limit, offset=asked.offset))


def _midnight(day: dt.date | None) -> dt.datetime | None:
    if day is None:
        return None
    return timezone.make_aware(dt.datetime(day.year, day.month, day.day))  # noqa: DTZ001
