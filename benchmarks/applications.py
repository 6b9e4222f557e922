"""Applications a second: from nothing to handed in, by one person and by eight at once.

Each applicant starts an application in a programme with a rule and hands it in, by the same two
actions as the pages and the API call; each is asked of the engine, written under the programme's
lock in two transactions, numbered, told to the applicant, and in the audit twice. The floor is a
bare INSERT of as many of the same rows, each in a transaction of its own, through the same
connection's settings, in the same run and turn about with it: nothing is checked or told.

What the ratio consists of is measured in the run of one: the check (reading the life and asking
the engine), audit (digest, entry, head), messages, waiting for a commit, and the rest, which is
permission, looking up, locking, and writing the application itself.

Eight threads have a connection each, as eight workers of a server would. They share one Python
interpreter, so what is more than with one is what waiting for the database had left over.

PostgreSQL is a cluster of the benchmark's own, made and removed by `.ci/postgres`, on a socket and
with `fsync` off, on both sides: what is compared is work, not disks. SQLite is set as a site's own.

    python -m benchmarks.applications HOME sqlite|postgresql COUNT
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.home import DAY, site
from benchmarks.measure import report
from benchmarks.site import Shares

THREADS = 8
POSTGRES = Path(__file__).parents[1] / ".ci/postgres"
ROUNDS = 2
RULE, FOCUS = "skill-level.senior", "6-18-02-04"
_DAY = dt.date.fromisoformat(DAY)


def main(home: Path, vendor: str, count: int) -> None:
    shutil.rmtree(home, ignore_errors=True)
    if vendor == "sqlite":
        measured(home, "", count)
        return
    os.environ["POSTGRES_HOME"] = str(home / "postgres")
    made = subprocess.run([POSTGRES, "start"], check=True, capture_output=True, text=True)
    try:
        measured(home, made.stdout.strip(), count)
    finally:
        subprocess.run([POSTGRES, "stop"], check=True)


def has_postgresql() -> bool:
    return subprocess.run([POSTGRES, "find"], capture_output=True, check=False).returncode == 0


def measured(home: Path, url: str, count: int) -> None:
    site(home, url)
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from craftpath.audit.chain import verify
    from craftpath.eligibility import warm

    call_command("migrate", verbosity=0)
    warm(settings.CRAFTPATH_PACK)
    actors = applicants(count)
    apply(actors[0], programme("warm"))
    one, many, bare, cpu = [], [], [], []
    for turn in range(ROUNDS):
        bare.append(timed(lambda turn=turn: bare_inserts(actors, programme(f"bare-{turn}"))))
        begun = time.process_time()
        one.append(timed(lambda turn=turn: in_turn(actors, programme(f"one-{turn}"))))
        cpu.append(time.process_time() - begun)
        many.append(timed(lambda turn=turn: at_once(actors, programme(f"many-{turn}"))))
    parts = shares(actors, programme("parts"))
    broken = [place.number for place in verify()]
    assert not broken, broken
    connection.close()
    report(
        one,
        count=count,
        bare=min(bare),
        many=min(many),
        cpu=min(cpu),
        shares=parts,
    )


def applicants(count: int) -> list[Any]:
    """Welders of many years with a certificate of the level below."""
    from craftpath.access.roles import Actor, Role
    from craftpath.registry.kinds import site_pack
    from craftpath.registry.models import Party, Record

    work = site_pack().work_kind
    people = Party.objects.bulk_create(
        Party(nature="person", name=f"电焊{at}", region="441900119") for at in range(count)
    )

    def life(person: Any) -> list[Any]:
        born = _DAY - dt.timedelta(days=365 * 35)
        said = (
            ("birth", None, None, born),
            ("sex", "male", None, born),
            (work, FOCUS, None, born + dt.timedelta(days=365 * 19)),
            ("certificate", FOCUS, 2, born + dt.timedelta(days=365 * 28)),
        )
        return [
            Record(
                party=person,
                kind=kind,
                subject=subject,
                level=level,
                start=start,
                status="verified",
                known=start,
                origin="import",
            )
            for kind, subject, level, start in said
        ]

    Record.objects.bulk_create([one for person in people for one in life(person)], batch_size=500)
    return [Actor(None, person.name, Role.WORKER, party=person.pk) for person in people]


def programme(slug: str) -> Any:
    """Open to everybody of the city whom the rule lets pass; decided by the city."""
    from craftpath.programmes.models import Programme, Step

    made = Programme.objects.create(
        slug=slug,
        sort="sitting",
        about="person",
        name_zh="焊工三级认定",
        name_en="Welder, level 3",
        rule=RULE,
        focus=FOCUS,
        region="441900",
        opens=_DAY - dt.timedelta(days=10),
        closes=_DAY + dt.timedelta(days=10),
        way="open",
        stage="published",
    )
    Step.objects.create(programme=made, number=1, tier="city", days=10, working=True)
    return made


def apply(actor: Any, asked: Any) -> None:
    from craftpath.programmes.actions.applications import start, submit

    submit(actor, start(actor, asked.slug).serial)


def in_turn(actors: list[Any], asked: Any) -> None:
    for actor in actors:
        apply(actor, asked)


def at_once(actors: list[Any], asked: Any) -> None:
    """Eight threads, each with every eighth applicant."""
    from django.db import connections

    def some(first: int) -> None:
        try:
            in_turn(actors[first::THREADS], asked)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(some, range(THREADS)))


def bare_inserts(actors: list[Any], asked: Any) -> None:
    """The same rows, written by plain SQL, one to a transaction."""
    from django.db import connection, transaction

    from craftpath.programmes.models import Application

    likely = Application.objects.filter(programme__slug="warm").get()
    fields = [field for field in Application._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    sql = (
        f"INSERT INTO {quote(Application._meta.db_table)} ({columns}) "
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    likely.programme = asked
    for order, actor in enumerate(actors, 1):
        likely.party_id, likely.order, likely.serial = actor.party, order, f"{asked.slug}-{order}"
        row = [f.get_db_prep_save(getattr(likely, f.attname), connection) for f in fields]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, row)


def timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def shares(actors: list[Any], asked: Any) -> dict[str, float]:
    """Seconds an application by what they go to, with one at a time."""
    from django.db import connection

    from craftpath.access import act
    from craftpath.programmes.actions import applications, changing

    clock = Shares()
    wrapped: list[tuple[Any, str, str]] = [
        (applications, "check_party", "check"),
        (act, "append", "audit"),
        (changing, "tell_all", "message"),
        (connection, "_commit", "commit"),
    ]
    kept = [getattr(owner, name) for owner, name, _ in wrapped]
    for (owner, name, part), call in zip(wrapped, kept, strict=True):
        setattr(owner, name, clock.around(part, call))
    try:
        for actor in actors:
            with clock("rest"):
                apply(actor, asked)
    finally:
        for (owner, name, _), call in zip(wrapped, kept, strict=True):
            setattr(owner, name, call)
    return {name: seconds / len(actors) for name, seconds in clock.seconds.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
