from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from craftpath.programmes.models import Group, Programme, Step
from tests.apps.city import DAY, DONGGUAN

Make = Callable[..., Programme]


def make_programme(
    *,
    steps: tuple[tuple[str, int | None], ...] = (),
    groups: dict[str, int] | None = None,
    **said: Any,
) -> Programme:
    """A published programme that is open today, anybody's within Dongguan."""
    plain: dict[str, Any] = {
        "slug": f"night-school-{Programme.objects.count()}",
        "sort": "course",
        "about": "person",
        "name_zh": "夜校",
        "name_en": "Night school",
        "region": DONGGUAN,
        "opens": DAY - dt.timedelta(days=3),
        "closes": DAY + dt.timedelta(days=3),
        "way": "open",
        "stage": "published",
    }
    programme = Programme.objects.create(**{**plain, **said})
    for number, (tier, days) in enumerate(steps, 1):
        Step.objects.create(programme=programme, number=number, tier=tier, days=days)
    for key, places in (groups or {}).items():
        Group.objects.create(programme=programme, key=key, zh=key, en=key, places=places)
    return programme


@pytest.fixture
def programme() -> Make:
    return make_programme


@pytest.fixture
def on(settings: Any) -> Callable[[dt.date], None]:
    """Let it be another day."""

    def another(day: dt.date) -> None:
        settings.CRAFTPATH_TODAY = day

    return another
