"""A merge that meets an application of who is absorbed: never two live ones of one party."""

from __future__ import annotations

import datetime as dt

import pytest

from craftpath.access.models import Duty, User
from craftpath.audit.chain import verify
from craftpath.programmes.actions import applications
from craftpath.programmes.actions.applications import start
from craftpath.programmes.choices import LIVE
from craftpath.programmes.models import Application
from craftpath.registry.actions import merges
from craftpath.registry.actions.merges import merge
from craftpath.registry.queries import all_ids
from tests.apps.city import City
from tests.apps.programmes.conftest import make_programme
from tests.apps.registry.test_merging import BORN, person
from tests.races.meeting import DONE, at_once, slowly

pytestmark = [pytest.mark.slow, pytest.mark.database]

#: One of the two goes through: the application is refused, or the merge asks which stands.
MEET_ON_ONE = (["Conflict", DONE], ["Invalid", DONE], ["NotThere", DONE])


def test_merges_nobody_into_two_live_applications(city: City, monkeypatch) -> None:
    monkeypatch.setattr(merges, "settle", slowly(merges.settle))
    monkeypatch.setattr(applications, "_require_only_one", slowly(applications._require_only_one))

    def both(*, locked: bool) -> tuple[bool, int]:
        twice = person("林晓", BORN)
        user = User.objects.create(username=f"twice-{twice.pk}")
        duty = Duty.objects.create(user=user, role="worker", party=twice, start=dt.date(2020, 1, 1))
        slug = make_programme().slug
        start(city.actor("worker"), slug)
        went = at_once(
            [
                lambda: merge(city.actor("city"), keep=city.worker.pk, absorb=twice.pk),
                lambda: start(duty.actor(), slug),
            ],
            locked=locked,
        )
        live = Application.objects.filter(
            programme__slug=slug, party__in=all_ids(city.worker.pk), state__in=LIVE
        )
        return sorted(went) in MEET_ON_ONE, live.count()

    assert both(locked=False) != (True, 1)
    assert both(locked=True) == (True, 1)
    assert not list(verify())
