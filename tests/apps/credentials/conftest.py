"""The academy is filed to assess welders at level 3 and issues; the city's talent office gives out
cards. 林晓 passed; as many others as a test asks for did too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from craftpath.access.roles import Actor
from craftpath.credentials.actions.issuers import make_key, register_issuer
from craftpath.credentials.models import Issuer
from craftpath.programmes.models import Application, Programme
from craftpath.registry.identity import read_number, sealed_identifier
from craftpath.registry.models import Party, Record
from tests.apps.city import CHANGAN, DAY, DONGGUAN, WELDER, City, file_for
from tests.apps.programmes.conftest import make_programme
from tests.stages import stage

BODY = "S000044000123"
AWARDED = DAY - dt.timedelta(days=7)


@dataclass(frozen=True)
class Office:
    """The city, with who issues in it."""

    city: City
    academy: Issuer
    cards: Issuer

    def actor(self, who: str) -> Actor:
        return self.city.actor(who)

    def passed(self, count: int = 1, **said: Any) -> list[Record]:
        """Records of a level-3 certificate for welders, the first 林晓's, out of one sitting."""
        return passed(self.city, count, **said)

    def card_for(
        self, person: Party, *, code: str = "dongguan-magnolia", days: int = 365
    ) -> Record:
        return give(
            make_programme(sort="card", slug=f"card-{Record.objects.count()}"),
            person,
            kind="card",
            subject=code,
            start=DAY,
            end=DAY + dt.timedelta(days=days),
            known=DAY,
        )


def passed(city: City, count: int, *, slug: str = "sitting", **said: Any) -> list[Record]:
    programme = make_programme(sort="sitting", slug=slug, host=city.school, stage="closed")
    people = [city.worker]
    people += [
        Party.objects.create(nature="person", name=f"张学{at:04}", region=CHANGAN)
        for at in range(1, count)
    ]
    plain = {
        "kind": "certificate",
        "subject": WELDER,
        "level": 4,
        "start": AWARDED,
        "known": AWARDED,
        "other": city.school,
    }
    return [give(programme, person, **{**plain, **said}) for person in people]


def give(programme: Programme, person: Party, **said: Any) -> Record:
    record = Record.objects.create(party=person, status="verified", origin="programme", **said)
    order = programme.applications.count() + 1
    Application.objects.create(
        programme=programme,
        party=person,
        serial=f"{programme.slug}-{order}",
        order=order,
        rank=order,
        state="done",
        place="placed",
        outcome=record,
    )
    return record


@stage
def open_office(city: City) -> Office:
    official = city.actor("city")
    file_for(city.school)
    academy = register_issuer(official, city.school.pk, slug="academy", code=BODY)
    make_key(city.actor("school"), academy.pk)
    party = Party.objects.create(
        nature="organisation", name="东莞市优才服务中心", name_en="Dongguan Talent Service Centre",
        region=DONGGUAN,
    )  # fmt: skip
    number = read_number("uscc", "91350100M000100Y43")
    sealed_identifier(party.pk, number).save()  # type: ignore[arg-type]
    cards = register_issuer(official, party.pk, slug="dongguan-cards")
    make_key(official, cards.pk)
    return Office(city, academy, cards)


@pytest.fixture
def office(city: City, settings: Any) -> Office:
    settings.CRAFTPATH_CHECKS_PER_MINUTE = 0
    return open_office(city)
