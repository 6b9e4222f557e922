"""The server's time for a worker's own page, in a city of 100,000 people.

The database is SQLite, as a new site has it, with everybody's records and every programme that the
pack describes open. Some hundred workers are logged in; each page is asked of Django's WSGI
application, in this process, cookies and middleware and the session's write included, and read to
its end. Every page is asked for once before the clock runs; the best of the rounds counts for each
worker, and the median of the workers is what is held against the target. CPU time is what the
process itself used of that time: where it is much less, others had the machine.

Where the time goes is a run of its own, since measuring it costs time: database (statements and
reading their rows), engine (answers and ladder), template (less what it asks of the others), and
the rest, which is Django's middleware and the page's own Python.

    python -m benchmarks.site make HOME PEOPLE
    python -m benchmarks.site ask HOME WORKERS ROUNDS
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import numpy as np

from benchmarks.home import DAY, site
from benchmarks.measure import report

SEED = 1
PAGES = {
    "my-path": "/me/",
    "records": "/me/records/",
    "near": "/me/near/",
    "applications": "/me/applications/",
    "messages": "/me/messages/",
}

Ask = Callable[[str, str], bytes]


def make(home: Path, people: int) -> None:
    """The city's people and organisations, logins of the cast, and the pack's programmes."""
    unfinished = home.with_name(f"{home.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    site(unfinished)
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction

    from craftpath.demo_city.cast import make_cast
    from craftpath.demo_city.lives import gather, write_lives
    from craftpath.eligibility import pack_of

    begun = time.perf_counter()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    day, pack = dt.date.fromisoformat(DAY), pack_of(settings.CRAFTPATH_PACK)
    with transaction.atomic():
        lives = gather(people, SEED, pack.vocabulary, day)
        write_lives(lives, SEED, pack.vocabulary)
        cast = make_cast(lives, day)
    opened = sum(open_programme(cast.actor("province"), one.id) for one in pack.programmes)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.rmtree(home, ignore_errors=True)
    unfinished.rename(home)
    report([time.perf_counter() - begun], records=len(lives.rows), programmes=opened)


def open_programme(actor: Any, template: str) -> bool:
    """Set up and publish a programme as the pack describes it; False where more is needed."""
    from craftpath.access.errors import Refusal
    from craftpath.programmes.actions.programmes import from_template, publish_programme

    day = dt.date.fromisoformat(DAY)
    opens, closes = day - dt.timedelta(days=10), day + dt.timedelta(days=40)
    slug = template.replace(".", "-")
    try:
        from_template(actor, template, slug=slug, opens=opens, closes=closes, region="440000")
        publish_programme(actor, slug)
    except Refusal:
        return False
    return True


# --- asking --------------------------------------------------------------------------------------


def ask(home: Path, workers: int, rounds: int) -> None:
    site(home)
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    from craftpath.access.models import User
    from craftpath.registry.models import Record

    call_command("migrate", verbosity=0)
    ask = asker(get_wsgi_application())
    some = logged_in(workers)
    seconds, cpu = timed(ask, PAGES["my-path"], some, rounds)
    officials = {name: log_in(User.objects.get(username=name)) for name in ("city", "town")}
    desk = dict(desk_pages(ask, officials, rounds))
    report(
        [float(np.median(seconds))],
        cpu=float(np.median(cpu)),
        p95=float(np.quantile(seconds, 0.95)),
        workers=len(some),
        records=Record.objects.count(),
        shares=shares(ask, PAGES["my-path"], some),
        pages=dict(other_pages(ask, some, rounds)),
        desk=desk,
        twice={name: twice(ask, url, some[:5]) for name, url in PAGES.items()},
    )


def asker(application: Callable[..., Any]) -> Ask:
    """`ask(url, session)`: the page's bytes, as a server would send them."""

    def ask(url: str, session: str) -> bytes:
        path, _, query = url.partition("?")
        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        environ |= {
            "HTTP_HOST": "localhost",
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_ACCEPT_LANGUAGE": "zh-hans",
            "HTTP_USER_AGENT": "benchmark",
            "HTTP_COOKIE": f"sessionid={session}",
        }
        status: list[str] = []
        answer = application(environ, lambda said, _headers, _error=None: status.append(said))
        try:
            body = b"".join(answer)
        finally:
            answer.close()
        if not status[0].startswith("200"):
            raise SystemExit(f"{url}: {status[0]}\n{body.decode()[:2000]}")
        return body

    return ask


def logged_in(workers: int) -> list[str]:
    """Sessions of so many people, drawn from all of the city."""
    from craftpath.access.models import Duty, User
    from craftpath.registry.models import Party

    people = Party.objects.filter(nature="person").order_by("pk").values_list("pk", flat=True)
    some = np.random.default_rng(1).choice(np.array(people), workers, replace=False)
    sessions = []
    for party in map(int, some):
        user, new = User.objects.get_or_create(username=f"bench-{party}")
        if new:
            Duty.objects.create(user=user, role="worker", party_id=party, start=dt.date(2024, 1, 1))
        sessions.append(log_in(user))
    return sessions


def log_in(user: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def timed(ask: Ask, url: str, sessions: list[str], rounds: int) -> tuple[list[float], list[float]]:
    """(seconds, CPU seconds) of each session's page, of its best round; once before for warmth."""
    best = [(np.inf, np.inf)] * len(sessions)
    for turn in range(rounds + 1):
        for at, session in enumerate(sessions):
            begun, cpu = time.perf_counter(), time.process_time()
            ask(url, session)
            taken = time.perf_counter() - begun, time.process_time() - cpu
            if turn:
                best[at] = min(best[at], taken)
    return [one for one, _ in best], [one for _, one in best]


def other_pages(
    ask: Ask, sessions: list[str], rounds: int
) -> Iterator[tuple[str, tuple[float, float]]]:
    for name, url in PAGES.items():
        if name != "my-path":
            seconds, cpu = timed(ask, url, sessions[:20], rounds)
            yield name, (float(np.median(seconds)), float(np.median(cpu)))


def desk_pages(
    ask: Ask, officials: dict[str, str], rounds: int
) -> Iterator[tuple[str, tuple[float, float]]]:
    """An official's queue, and looking for people by two characters of their name."""
    from django.urls import NoReverseMatch, reverse

    from craftpath.registry.models import Party

    try:
        queue, parties = reverse("desk"), reverse("desk-parties")
    except NoReverseMatch:  # the desk is not part of this site yet
        return
    from urllib.parse import quote

    person = Party.objects.filter(nature="person", name__regex="^..+").order_by("pk")[99]
    found = f"{parties}?q={quote(person.name[:2])}"
    for who, session in officials.items():
        for what, url in (("queue", queue), ("search", found)):
            seconds, cpu = timed(ask, url, [session] * 5, rounds)
            yield f"{who}: {what}", (float(np.median(seconds)), float(np.median(cpu)))


# --- where the time goes -------------------------------------------------------------------------


class Shares:
    """Seconds by name; what is measured within another is not counted there."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._stack: list[tuple[str, float]] = []

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        if self._stack:
            above, since = self._stack[-1]
            self.seconds[above] += begun - since
        self._stack.append((name, begun))
        try:
            yield
        finally:
            name, since = self._stack.pop()
            ended = time.perf_counter()
            self.seconds[name] += ended - since
            if self._stack:
                self._stack[-1] = (self._stack[-1][0], ended)

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def within(*args: Any, **kwargs: Any) -> Any:
            with self(name):
                return call(*args, **kwargs)

        return within


def shares(ask: Ask, url: str, sessions: list[str]) -> dict[str, float]:
    """Seconds a page by database, engine, template and the rest, on the average."""
    from django.db import connection
    from django.db.models.sql import compiler
    from django.template.base import Template

    from craftpath.web.life import Life

    clock = Shares()

    def rows(reading: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def each(*args: Any) -> Iterator[Any]:
            some = reading(*args)
            while True:
                with clock("database"):
                    try:
                        chunk = next(some)
                    except StopIteration:
                        return
                yield chunk

        return each

    kept = compiler.cursor_iter, Template.render, Life.ask, Life.ladder
    compiler.cursor_iter = rows(compiler.cursor_iter)
    Template.render = clock.around("template", Template.render)  # type: ignore[method-assign]
    Life.ask = clock.around("engine", Life.ask)  # type: ignore[method-assign]
    Life.ladder = clock.around("engine", Life.ladder)  # type: ignore[method-assign]

    def statement(execute: Any, *args: Any) -> Any:
        with clock("database"):
            return execute(*args)

    try:
        with connection.execute_wrapper(statement):
            for session in sessions:
                with clock("rest"):
                    ask(url, session)
    finally:
        compiler.cursor_iter, Template.render, Life.ask, Life.ladder = kept  # type: ignore[method-assign]
    return {name: seconds / len(sessions) for name, seconds in clock.seconds.items()}


def twice(ask: Ask, url: str, sessions: list[str]) -> list[str]:
    """Statements that one page puts more than once with the same values."""
    from django.db import connection

    found: set[str] = set()
    for session in sessions:
        said: Counter[tuple[str, str]] = Counter()

        def note(
            execute: Any, sql: str, params: Any, many: bool, context: Any, said: Any = said
        ) -> Any:
            said[sql, repr(params)] += not sql.startswith("BEGIN")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            ask(url, session)
        found |= {f"{many}x {sql[:300]}" for (sql, _), many in said.items() if many > 1}
    return sorted(found)


if __name__ == "__main__":
    what, home, *numbers = sys.argv[1:]
    {"make": make, "ask": ask}[what](Path(home), *map(int, numbers))
