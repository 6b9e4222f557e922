"""People who were registered a second time, for the page that finds and merges them."""

from __future__ import annotations

import datetime as dt

from craftpath.demo_city.making import Making
from craftpath.registry.actions.parties import add_person
from craftpath.registry.actions.records import Entered, enter_record

__all__ = ["register_twice"]


def register_twice(making: Making) -> None:
    """Some people of the city once more, under a passport in place of the identity card."""
    city = making.cast.actor("city")
    born = {row["party"]: row["start"] for row in making.lives.rows if row["kind"] == "birth"}
    jobs = {
        row["party"]: row
        for row in making.lives.rows
        if row["kind"] == "employment" and row["end"] is None and row["known_until"] is None
    }
    who = [at for at, _ in making.anybody(making.count(12, 2), "twice") if at in jobs]
    for at, person in enumerate(who[: making.count(6)]):
        job = jobs[person]
        second = add_person(
            city,
            name=making.lives.names[person].zh,
            scheme="passport",
            number=f"DEMO{at + 1:05d}",
            born=born[person],
            name_en=making.lives.names[person].en,
            region=making.lives.region[person],
        )
        start: dt.date = job["start"]
        enter_record(
            city,
            second.pk,
            Entered("employment", start, subject=job["subject"], other=job["other"]),
        )
