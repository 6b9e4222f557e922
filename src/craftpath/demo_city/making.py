"""What the rounds are made with: a day to stand on, people who may apply, and the steps they take.

Everything goes through the actions, so that every check is made and every audit entry real. The
clock of the site is set to the day on which each thing would have happened; the audit says when
it was in truth written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
from django.conf import settings

from craftpath.access.regions import contains
from craftpath.access.roles import Actor, Role
from craftpath.demo_city.cast import Cast
from craftpath.demo_city.lives import CITY, TOWN, Lives
from craftpath.eligibility.asking import ask_many
from craftpath.evidence.schema import RECORDS
from craftpath.pack.nouns import Pack
from craftpath.programmes.actions.applications import start, submit
from craftpath.programmes.actions.programmes import publish_programme, save_programme
from craftpath.programmes.actions.reviews import review
from craftpath.programmes.fields import ProgrammeFields
from craftpath.programmes.models import Application
from craftpath.registry.reached import has_reached

__all__ = ["Making", "Who"]

#: A party and what it applies for; "": nothing in particular.
Who = tuple[int, str]


@dataclass
class Making:
    pack: Pack
    lives: Lives
    cast: Cast
    today: dt.date
    share: float
    _asked: dict[tuple[str, dt.date], list[tuple[int, str, str]]] = field(default_factory=dict)
    _table: pa.Table | None = None

    def day(self, off: int) -> dt.date:
        """So many days from today."""
        return self.today + dt.timedelta(days=off)

    def count(self, many: int, least: int = 2) -> int:
        """How many of so many there are in a city of this size."""
        return max(least, round(many * self.share))

    @contextmanager
    def at(self, day: dt.date) -> Iterator[None]:
        """The site takes `day` for today."""
        before = settings.CRAFTPATH_TODAY
        settings.CRAFTPATH_TODAY = day
        try:
            yield
        finally:
            settings.CRAFTPATH_TODAY = before

    # --- who -----------------------------------------------------------------------------

    def worker(self, party: int) -> Actor:
        """Somebody of the city, as they would be logged in."""
        login = next((d for d in self.cast.duties.values() if d.party_id == party), None)
        if login is not None and login.role == Role.WORKER:
            return login.actor("web", "127.0.0.1")
        return Actor(None, self.lives.names[party].zh, Role.WORKER, party=party)

    def who(
        self,
        rule: str,
        day: dt.date,
        count: int,
        *,
        focus: str = "",
        verdict: str = "qualifies",
        town: bool = False,
        first: Sequence[int] = (),
        skip: Iterable[int] = (),
    ) -> list[Who]:
        """People of the city (or the town) of whom the engine says this on a day, each once, those
        in `first` before the others."""
        region, gone = TOWN if town else CITY, set(skip)
        found: dict[int, str] = {}
        for party, code, said in self._answers(rule, day):
            if said != verdict or party in gone or (focus and code != focus):
                continue
            if has_reached(party, rule, code, day):  # they are refused
                continue
            if contains(region, self.lives.region.get(party, "")):
                found.setdefault(party, code)
        order = [at for at in first if at in found]
        order += [at for at in self._shuffled(found, rule) if at not in order]
        return [(at, found[at]) for at in order[:count]]

    def anybody(self, count: int, name: str, *, first: Sequence[int] = ()) -> list[Who]:
        """People who work in the city now, whatever they can."""
        working = {
            person: ""
            for employer, people in self.lives.staff.items()
            if contains(CITY, self.lives.region[employer])
            for person in people
            if person in self.lives.people and contains(CITY, self.lives.region[person])
        }
        rest = [at for at in self._shuffled(working, name) if at not in first]
        return [(at, "") for at in [*first, *rest][:count]]

    def _shuffled(self, some: Iterable[int], name: str) -> list[int]:
        """In an order that differs by name and is the same every time."""
        turn = sum(name.encode()) * 2_654_435_761
        return sorted(some, key=lambda at: ((at * 2_246_822_519 + turn) % 4_294_967_291, at))

    def _answers(self, rule: str, day: dt.date) -> list[tuple[int, str, str]]:
        if (rule, day) not in self._asked:
            rows = ask_many(self.pack, self._records(), day, rules=[rule], threads=2)
            people = self.lives.people
            self._asked[rule, day] = [
                (row.party, row.focus or "", row.verdict) for row in rows if row.party in people
            ]
        return self._asked[rule, day]

    def _records(self) -> pa.Table:
        if self._table is None:
            rows = self.lives.rows
            self._table = pa.table(
                [pa.array([row[f.name] for row in rows], f.type) for f in RECORDS], RECORDS.names
            )
        return self._table

    # --- steps ---------------------------------------------------------------------------

    def open(self, actor: str, day: dt.date, fields: ProgrammeFields) -> str:
        """Set a programme up and publish it on a day; its slug."""
        with self.at(day):
            slug = save_programme(self.cast.actor(actor), fields).slug
            publish_programme(self.cast.actor(actor), slug)
        return slug

    def apply(
        self, slug: str, who: Sequence[Who], first: dt.date, last: dt.date, *, focus: bool = True
    ) -> list[str]:
        """Hand in one after the other, spread over the days [first, last]; the serials."""
        days = (last - first).days + 1
        found = []
        for at, (party, code) in enumerate(who):
            with self.at(first + dt.timedelta(days=at * days // max(len(who), 1))):
                actor = self.worker(party)
                draft = start(actor, slug, focus=code if focus else "")
                found.append(submit(actor, draft.serial).serial)
        return found

    def decide(
        self, by: str, serials: Iterable[str], verdict: str, day: dt.date, note: str = ""
    ) -> None:
        """One official decides the present step of each on a day."""
        actor = self.cast.actor(by)
        with self.at(day):
            for serial in serials:
                version = Application.objects.values_list("version", flat=True).get(serial=serial)
                review(actor, serial, seen_version=version, verdict=verdict, note=note)
