from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from craftpath.programmes.models import Application, Group, Programme, Step
from tests.apps.city import DONGGUAN, WELDER, City
from tests.apps.web.counting import counted

__all__ = ["counted"]


class Visit(Client):
    """A browser of somebody, in one language: `visit.text(url)` is the page's text."""

    def text(self, url: str, status: int = 200) -> str:
        response = self.get(url)
        assert response.status_code == status, response.content.decode()
        return response.content.decode()

    def in_english(self) -> Visit:
        self.cookies["django_language"] = "en"
        return self


@pytest.fixture
def anybody(db: None) -> Visit:
    return Visit()


@pytest.fixture
def worker(city: City) -> Visit:
    return visit_of(city, "worker")


def visit_of(city: City, who: str) -> Visit:
    visit = Visit()
    visit.force_login(city.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return visit


def open_programme(slug: str = "welder-2", **fields: Any) -> Programme:
    """A sitting for welders of Dongguan, open from 1 August to 15 September 2025."""
    programme = Programme.objects.create(
        **{
            "slug": slug,
            "sort": "sitting",
            "about": "person",
            "name_zh": "焊工二级认定",
            "name_en": "Welder, level 2",
            "rule": "skill-level.technician",
            "focus": WELDER,
            "region": DONGGUAN,
            "opens": dt.date(2025, 8, 1),
            "closes": dt.date(2025, 9, 16),
            "way": "first-come",
            "places": 3,
            "stage": "published",
            **fields,
        }
    )
    Step.objects.create(programme=programme, number=1, tier="city", days=10, working=True)
    return programme


def an_application(programme: Programme, city: City, who: str, **fields: Any) -> Application:
    order = programme.applications.count() + 1
    return Application.objects.create(
        **{
            "programme": programme,
            "party": getattr(city, who),
            "serial": f"T{programme.pk}-2025-{order:06d}",
            "order": order,
            "focus": programme.focus,
            "state": "submitted",
            "step": 1,
            **fields,
        }
    )


def with_group(programme: Programme, key: str, places: int, region: str = "") -> Group:
    return Group.objects.create(
        programme=programme, key=key, zh=f"组{key}", en=f"group {key}", places=places, region=region
    )
