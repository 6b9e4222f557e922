"""Long random walks, held against a slow and obvious model of where everybody stands."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from craftpath.access.errors import Refusal
from craftpath.access.models import Duty, User
from craftpath.access.roles import Actor
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes.actions.applications import amend, start, submit, withdraw
from craftpath.programmes.actions.reviews import review
from craftpath.programmes.choices import LIVE
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Party
from tests.apps.city import CHANGAN, DAY, City
from tests.apps.programmes.conftest import make_programme

PEOPLE, PLACES = 3, 1
STEPS = (("grassroots", None), ("city", None))
DOES = ("start", "submit", "amend", "withdraw", "pass", "return", "refuse")

pytestmark = pytest.mark.slow


@dataclass
class Standing:
    """One live application. `arrival`: 0 before it was handed in."""

    state: str = "draft"
    step: int = 0
    arrival: int = 0
    holds: bool = False


class Model:
    """First come, and whoever waits longest takes a place that becomes free."""

    def __init__(self) -> None:
        self.arrivals = 0
        self.of: dict[int, Standing] = {}

    def can(self, who: int, does: str) -> bool:
        if does == "start":
            return who not in self.of
        if who not in self.of:
            return False
        state = self.of[who].state
        if does == "submit":
            return state in ("draft", "returned")
        return does in ("amend", "withdraw") or state == "submitted"

    def do(self, who: int, does: str) -> None:
        one = self.of.setdefault(who, Standing())
        if does in ("withdraw", "refuse"):
            del self.of[who]
        elif does == "submit":
            one.state, one.step = "submitted", 1
            if not one.arrival:
                self.arrivals += 1
                one.arrival = self.arrivals
        elif does == "amend" and one.state in ("submitted", "approved"):
            one.state, one.step = "submitted", 1
        elif does == "return":
            one.state = "returned"
        elif does == "pass":
            one.state, one.step = ("submitted", 2) if one.step == 1 else ("approved", 2)
        for waiting in sorted(self.of.values(), key=lambda one: one.arrival):
            if waiting.arrival and sum(one.holds for one in self.of.values()) < PLACES:
                waiting.holds = True

    def shown(self) -> dict[int, tuple[str, int, str]]:
        return {
            who: (
                one.state,
                one.step,
                "placed" if one.holds else "waiting" if one.arrival else "none",
            )
            for who, one in self.of.items()
        }


class Site:
    """The same on the site, each by who may."""

    def __init__(self, city: City) -> None:
        self.programme: Programme = make_programme(way="first-come", places=PLACES, steps=STEPS)
        self.people = [self._person(number) for number in range(PEOPLE)]
        self.reviewers = {1: city.actor("town"), 2: city.actor("city")}

    def _person(self, number: int) -> Actor:
        party = Party.objects.create(nature="person", name=f"甲{number}", region=CHANGAN)
        user = User.objects.create(username=f"{self.programme.slug}-{number}")
        return Duty.objects.create(user=user, role="worker", party=party, start=DAY).actor()

    def live(self, who: int) -> Application | None:
        """The live application, else the last one."""
        theirs = Application.objects.filter(
            programme=self.programme, party=self.people[who].party
        ).order_by("-pk")
        return theirs.filter(state__in=LIVE).first() or theirs.first()

    def do(self, who: int, does: str) -> None:
        actor, found = self.people[who], self.live(who)
        serial = found.serial if found else "none"
        if does == "start":
            start(actor, self.programme.slug)
        elif does == "submit":
            submit(actor, serial)
        elif does == "amend":
            amend(actor, serial, note="another word")
        elif does == "withdraw":
            withdraw(actor, serial)
        else:
            reviewer = self.reviewers[max(found.step, 1) if found else 1]
            seen = found.version if found else 1
            review(reviewer, serial, seen_version=seen, verdict=does, note="so")

    def shown(self) -> dict[int, tuple[str, int, str]]:
        rows = Application.objects.filter(programme=self.programme, state__in=LIVE)
        number = {actor.party: who for who, actor in enumerate(self.people)}
        found = [(number[one.party_id], (one.state, one.step, one.place)) for one in rows]
        assert len(found) == len(dict(found))  # one live application of a party
        return dict(found)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    walk=st.lists(
        st.tuples(st.integers(0, PEOPLE - 1), st.sampled_from(DOES), st.integers(0, 5)),
        min_size=20,
        max_size=40,
    )
)
def test_stands_where_the_plain_model_stands(city: City, walk: list[tuple[int, str, int]]) -> None:
    site, model = Site(city), Model()
    for who, does, turn in walk:
        possible = [one for one in DOES if model.can(who, one)]
        if turn:  # one step in six is whatever it is, mostly refused
            does = possible[turn % len(possible)]
        told = Entry.objects.count()
        if does in possible:
            site.do(who, does)
            model.do(who, does)
            assert Entry.objects.count() > told
        else:
            with pytest.raises(Refusal):
                site.do(who, does)
            assert Entry.objects.count() == told
        assert site.shown() == model.shown()
        placed = Application.objects.filter(programme=site.programme, place="placed")
        assert placed.count() <= PLACES
    assert not list(verify())
