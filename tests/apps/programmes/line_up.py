"""A programme in Dongguan with as many approved applicants as a test asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from craftpath.programmes.models import Application, Group, Programme
from craftpath.registry.models import Party
from tests.apps.city import CHANGAN, DAY, DONGGUAN

OPENED, CLOSES = DAY - dt.timedelta(days=30), DAY


def programme(slug: str = "class", **changed: object) -> Programme:
    """Published; its window closes on the tests' day, so that places can be shared out."""
    said: dict[str, object] = {
        "slug": slug,
        "sort": "course",
        "about": "person",
        "name_zh": "焊工高级研修班",
        "name_en": "Senior welders' class",
        "region": DONGGUAN,
        "opens": OPENED,
        "closes": CLOSES,
        "way": "ranked",
        "places": 2,
        "stage": "published",
    }
    return Programme.objects.create(**{**said, **changed})


def groups(programme: Programme, **places: int) -> dict[str, Group]:
    return {
        key: Group.objects.create(programme=programme, key=key, zh=key, en=key, places=many)
        for key, many in places.items()
    }


def line_up(
    programme: Programme,
    count: int,
    *,
    in_groups: Sequence[Group | None] = (None,),
    points: bool = True,
    **changed: object,
) -> list[Application]:
    """Approved applications, the first with the most points; groups are taken in turn."""
    parties = Party.objects.bulk_create(
        [Party(nature="person", name=f"张学{at:02}", region=CHANGAN) for at in range(count)]
    )
    made = [
        Application(
            programme=programme,
            party=party,
            serial=f"P{programme.pk}-2025-{at:06}",
            order=at,
            group=in_groups[(at - 1) % len(in_groups)],
            points=1000 - at if points else None,
            **{"state": "approved", **changed},
        )
        for at, party in enumerate(parties, 1)
    ]
    return Application.objects.bulk_create(made)


def seen(programme: Programme) -> list[tuple[int, str]]:
    """Order of arrival and place of everybody, in the order of the line."""
    found = programme.applications.filter(rank__isnull=False).order_by("rank")
    return list(found.values_list("order", "place"))


def places(programme: Programme) -> dict[int, str]:
    return dict(programme.applications.values_list("order", "place"))
