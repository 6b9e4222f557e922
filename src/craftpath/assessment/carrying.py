"""Parts passed before: a resit is of the failed part only, as far as the body carries over.

A candidate's last published mark of a part, in the same body, occupation and level, stands here too
where it passed, the sitting as a whole was not passed, and the first session is held within the
months that this sitting carries over.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import F
from django.db.models.functions import Coalesce

from craftpath.access.clock import day_of
from craftpath.assessment.choices import Origin, Stage
from craftpath.assessment.holding import assessments
from craftpath.assessment.models import Mark, Sitting
from craftpath.engine.days import add_months
from craftpath.programmes.models import Application
from craftpath.registry.models import Party
from craftpath.registry.queries import same_as, selves

__all__ = ["carried_over"]


def carried_over(
    sitting: Sitting, applications: Sequence[Application], day: dt.date
) -> dict[tuple[int, str], Mark]:
    """The earlier mark by application and part, where `day` is that of the first session."""
    if not sitting.carries:
        return {}
    rows = Party.objects.filter(pk__in=[one.party_id for one in applications])
    whole = {pk: into or pk for pk, into in rows.values_list("pk", "merged_into")}
    programme = sitting.programme
    earlier = (
        Mark.objects.filter(
            application__party__in=selves(set(whole.values())),
            application__programme__host__in=same_as(programme.host_id or 0),
            application__programme__focus=programme.focus,
            application__programme__sitting__level=sitting.level,
            application__programme__sitting__stage__in=(Stage.PUBLISHED, Stage.ARCHIVED),
            replaced=False,
        )
        .exclude(origin=Origin.CARRIED)
        .exclude(application__programme=programme.pk)
        .annotate(holder=Coalesce(F("application__party__merged_into"), F("application__party")))
        .select_related("application__programme__sitting", "application__outcome")
        .order_by("application__programme__sitting__published_at", "pk")
    )
    last: dict[int, dict[str, Mark]] = defaultdict(dict)
    for mark in earlier:
        last[mark.holder][mark.part] = mark
    passes = assessments().passes.value
    return {
        (one.pk, part): mark
        for one in applications
        for part, mark in last[whole[one.party_id]].items()
        if _carries(sitting, mark, passes, day)
    }


def _carries(sitting: Sitting, mark: Mark, passes: int, day: dt.date) -> bool:
    published = mark.application.programme.sitting.published_at
    if mark.value is None or mark.value < passes or published is None:
        return False
    outcome = mark.application.outcome
    if outcome is not None and outcome.stands:
        return False
    return day <= add_months(day_of(published), sitting.carries)
