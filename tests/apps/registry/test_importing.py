"""From a file to records and back: every step through the actions, as each role."""

from __future__ import annotations

import datetime as dt

from craftpath.registry.actions.imports import commit_batch, upload
from craftpath.registry.models import Batch, Record
from craftpath.registry.queries import people_seen_by
from tests.apps.city import City
from tests.apps.registry.sheets import staff_rows, xlsx


def bring_in(city: City, who: str, sort: str, rows: list, name: str = "表.xlsx") -> Batch:
    batch = upload(city.actor(who), sort, name, xlsx(rows))
    assert batch.state == Batch.State.CHECKED, batch.notes
    if batch.good:
        batch = commit_batch(city.actor(who), batch.pk)
        assert batch.state == Batch.State.COMMITTED
    return batch


def test_writes_staff_as_claimed_records_of_the_employer(city: City):
    batch = bring_in(city, "hr", "staff", staff_rows(3))

    assert (batch.rows, batch.good, batch.bad, batch.done) == (3, 3, 0, 3)
    record = Record.objects.get(batch=batch, kind="employment", party__name="员工1")
    assert (record.subject, record.other_id, record.status, record.origin) == (
        "6-18-02-04",
        city.works.pk,
        "claimed",
        "import",
    )
    assert record.start == dt.date(2019, 7, 1)
    assert record.party.region == "441900119"
    assert sorted(record.party.records.values_list("kind", flat=True)) == [
        "birth",
        "employment",
        "sex",
        "workplace",
    ]
    seen = people_seen_by(city.actor("hr"), dt.date(2025, 8, 27))
    assert seen.filter(name__startswith="员工").count() == 3
