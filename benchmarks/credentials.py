"""Certificates: a batch from the records of a sitting to one PDF, and a check by number.

The batch is what a body does after a large sitting: `issue_for_programme` and the background work
that follows, end to end. A number and a row for each in slices, a signature for each (canonical
form and Ed25519), and a PDF of a page each with its QR code, laid out in parts and joined. What the
parts take is measured in the same run.

The check is what anybody does at the public page: number and name in, every printed fact, what
became of it and what the body was filed for out, and a line in the log. So many certificates are
there besides, in several series, added as rows. Half of those that ask know the name; the others
are told nothing, and take as long.

    python -m benchmarks.credentials HOME COUNT STORED CHECKS
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.home import DAY, site
from benchmarks.measure import report

WELDER, REGION = "6-18-02-04", "441900"
BODY = "S000044000123"
_DAY = dt.date.fromisoformat(DAY)


def main(home: Path, count: int, stored: int, checks: int) -> None:
    shutil.rmtree(home, ignore_errors=True)
    site(home)
    from django.conf import settings
    from django.core.management import call_command

    from craftpath.audit.chain import verify
    from craftpath.eligibility import warm

    call_command("migrate", verbosity=0)
    warm(settings.CRAFTPATH_PACK)
    settings.CRAFTPATH_CHECKS_PER_MINUTE = 0
    actor, body = academy()
    run_of(actor, body, "warm", 3)
    begun, cpu = time.perf_counter(), time.process_time()
    run, parts = timed_run(actor, body, count)
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    printed = Path(settings.MEDIA_ROOT) / run.file.name
    broken = [place.number for place in verify()]
    assert not broken, broken
    assert run.pages == count
    fill_up(stored)
    right, wrong = checked(checks)
    report(
        [took],
        count=count,
        cpu=cpu,
        parts=parts,
        megabytes=printed.stat().st_size / 2**20,
        stored=stored,
        right=statistics.median(right),
        wrong=statistics.median(wrong),
        slowest=sorted(right)[int(len(right) * 0.95)],
    )


def academy() -> tuple[Any, Any]:
    """A body that is filed for welders and has a key; who acts for it."""
    from craftpath.access.roles import Actor, Role
    from craftpath.credentials.actions.issuers import make_key, register_issuer
    from craftpath.registry.models import Party, Record

    body = Party.objects.create(nature="organisation", name="东莞工匠学院", region=REGION)
    for level in range(2, 7):
        Record.objects.create(
            party=body,
            kind="assessment-filing",
            subject=WELDER,
            level=level,
            start=dt.date(2020, 1, 1),
            known=dt.date(2020, 1, 1),
            status="verified",
            origin="form",
        )
    official = Actor(None, "city", Role.CITY, region=REGION)
    issuer = register_issuer(official, body.pk, slug="academy", code=BODY)
    actor = Actor(None, "school", Role.INSTITUTION, party=body.pk)
    make_key(actor, issuer.pk)
    return actor, body


def run_of(actor: Any, body: Any, slug: str, count: int) -> Any:
    """So many who passed, and the run that is begun for them, done to its end."""
    from craftpath.credentials.actions.issuing import issue_for_programme
    from craftpath.credentials.actions.printing import work_on

    passed(body, slug, count)
    run = issue_for_programme(actor, slug, enqueue=False)
    work_on(run.pk)
    run.refresh_from_db()
    assert run.phase == "printed", run.problem_en
    return run


def passed(body: Any, slug: str, count: int) -> None:
    from craftpath.programmes.models import Application, Programme
    from craftpath.registry.models import Party, Record

    programme = Programme.objects.create(
        slug=slug,
        sort="sitting",
        about="person",
        name_zh="焊工三级认定",
        name_en="Welder, level 3",
        host=body,
        region=REGION,
        opens=_DAY - dt.timedelta(days=30),
        closes=_DAY - dt.timedelta(days=20),
        way="open",
        stage="closed",
    )
    people = Party.objects.bulk_create(
        (Party(nature="person", name=f"电焊{at:05}", region=REGION) for at in range(count)),
        batch_size=1000,
    )
    records = Record.objects.bulk_create(
        (
            Record(
                party=person,
                kind="certificate",
                subject=WELDER,
                level=4,
                start=_DAY,
                known=_DAY,
                other=body,
                status="verified",
                origin="programme",
            )
            for person in people
        ),
        batch_size=1000,
    )
    Application.objects.bulk_create(
        (
            Application(
                programme=programme,
                party=person,
                serial=f"{slug}-{at}",
                order=at,
                rank=at,
                state="done",
                place="placed",
                outcome=record,
            )
            for at, (person, record) in enumerate(zip(people, records, strict=True), 1)
        ),
        batch_size=500,
    )


def timed_run(actor: Any, body: Any, count: int) -> tuple[Any, dict[str, float]]:
    """The run, and the seconds of its phases."""
    from craftpath.credentials.actions import printing

    seconds: dict[str, float] = {}

    def around(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any) -> Any:
            begun = time.perf_counter()
            found = step(*args)
            seconds[name] = time.perf_counter() - begun
            return found

        return timed

    names = {"_issue": "numbers", "_sign": "signatures", "_print": "PDF"}
    kept = {name: getattr(printing, name) for name in names}
    for name, said in names.items():
        setattr(printing, name, around(said, kept[name]))
    try:
        return run_of(actor, body, "large", count), seconds
    finally:
        for name, step in kept.items():
            setattr(printing, name, step)


def fill_up(stored: int) -> None:
    """Rows as they would be after years of sittings, until there are so many."""
    import uuid

    from craftpath.bulk import insert_all
    from craftpath.credentials.models import Credential
    from craftpath.registry.models import Party, Record

    likely = Credential.objects.order_by("-pk").first()
    assert likely is not None
    more = stored - Credential.objects.count()
    columns = [f.attname for f in Credential._meta.concrete_fields if not f.primary_key]
    names = [f.name for f in Credential._meta.concrete_fields if not f.primary_key]
    plain = [getattr(likely, column) for column in columns]
    at = {name: names.index(name) for name in ("public_id", "record", "holder", "number", "name")}
    place = names.index("place")
    taken = set(Credential.objects.values_list("place", flat=True))
    free = iter(sorted(set(range(131_072)) - taken))

    def rows(first: int, count: int) -> Iterator[list[Any]]:
        people = Party.objects.bulk_create(
            Party(nature="person", name=f"技工{first + n}", region=REGION) for n in range(count)
        )
        records = Record.objects.bulk_create(
            Record(
                party=person,
                kind="certificate",
                subject=WELDER,
                level=4,
                start=_DAY,
                known=_DAY,
                other_id=likely.record.other_id,
                status="verified",
                origin="import",
            )
            for person in people
        )
        for n, (person, record) in enumerate(zip(people, records, strict=True), first):
            row = list(plain)
            row[at["public_id"]], row[at["record"]] = uuid.uuid4(), record.pk
            row[at["holder"]], row[at["name"]] = person.pk, person.name
            row[at["number"]] = f"{BODY}{15 + n % 10}{1 + n % 5}{n:06}"
            row[place] = next(free)
            yield row

    for first in range(0, more, 5000):
        insert_all(Credential, names, rows(first, min(5000, more - first)))


def checked(checks: int) -> tuple[list[float], list[float]]:
    """Seconds of checks with the right name, and with a wrong one."""
    from craftpath.credentials.models import Credential
    from craftpath.credentials.verification import check_number

    draw = random.Random(20250827)
    first, last = (Credential.objects.order_by(by)[0].pk for by in ("pk", "-pk"))
    wanted = [draw.randint(first, last) for _ in range(checks)]
    rows = Credential.objects.filter(pk__in=wanted).values_list("number", "name")
    right, wrong = [], []
    for number, name in rows:
        for typed, seconds, answer in ((name, right, "valid"), ("别人", wrong, "unknown")):
            begun = time.perf_counter()
            found = check_number(number, typed, address="10.0.0.1")
            seconds.append(time.perf_counter() - begun)
            assert found.answer == answer
    return right, wrong


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
