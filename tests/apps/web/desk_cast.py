"""What the desk's tests share: a programme of Dongguan, applications, logins."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client

from craftpath.programmes.actions.applications import start, submit
from craftpath.programmes.actions.programmes import (
    OutcomeFields,
    ProgrammeFields,
    StepFields,
    publish_programme,
    save_programme,
)
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Party
from tests.apps.city import CHANGAN, DAY, DONGGUAN, City


def logged_in(city: City, who: str) -> Client:
    client = Client()
    client.force_login(city.user(who), "django.contrib.auth.backends.ModelBackend")
    return client


def programme(city: City, slug: str = "class", published: bool = True, **said: Any) -> Programme:
    """A course without a condition, decided by the town and then by the city."""
    fields: dict[str, Any] = {
        "sort": "course",
        "about": "person",
        "name_zh": "焊工高级研修班",
        "name_en": "Senior welders' class",
        "region": DONGGUAN,
        "opens": DAY - dt.timedelta(days=10),
        "closes": DAY + dt.timedelta(days=20),
        "slug": slug,
        "steps": (StepFields("grassroots", 5), StepFields("city", 5)),
        "outcome": OutcomeFields("in-service-study", "adult", 5),
    }
    made = save_programme(city.actor("city"), ProgrammeFields(**{**fields, **said}))
    return publish_programme(city.actor("city"), slug) if published else made


def applied(city: City, slug: str, who: str) -> Application:
    """One of the cast applies and hands in."""
    begun = start(city.actor(who), slug)
    return submit(city.actor(who), begun.serial)


def crowd(city: City, slug: str, names: list[str], region: str = CHANGAN) -> list[Application]:
    """People of a region, entered by the province's official at the counter, who decides nothing
    here."""
    found = []
    for name in names:
        party = Party.objects.create(nature="person", name=name, region=region)
        begun = start(city.actor("province"), slug, party=party.pk)
        found.append(submit(city.actor("province"), begun.serial))
    return found
