"""A process that is killed in the midst of a draw or of the outcomes, and what is found after.

Another process does the work and kills itself, SIGKILL, right after its nth write. Then it is done
again: nothing is lost, and nothing there twice.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from pytest_django import Settings

from craftpath.allotment.draw_file import parse_draw
from craftpath.allotment.verify import verify_draw
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes.actions.draws import commit_draw, draw_document, publish_list
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.models import Application, Draw, Programme
from craftpath.registry.models import Message, Record
from tests.apps.city import DAY, WELDER, City, build_city
from tests.apps.programmes.line_up import line_up, programme

ROOT = Path(__file__).parents[2]
PEOPLE, SLICE = 7, 3

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.database]

CHILD = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from craftpath.access.models import Duty
from craftpath.programmes.actions import draws, outcomes

what, duty, left = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
outcomes._SLICE = int(sys.argv[4])
actor = Duty.objects.get(pk=duty).actor("command")

def watch(execute, sql, params, many, context):
    global left
    done = execute(sql, params, many, context)
    if sql.startswith(("INSERT", "UPDATE")):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return done

with connection.execute_wrapper(watch):
    {"draw": draws.run_draw, "finish": outcomes.finish}[what](actor, "class")
"""


def elsewhere(city: City, what: str, *, killed_at: int = 0) -> None:
    """Do it in another process; `killed_at`: the write after which it dies, 0: it lives."""
    said = connection.settings_dict
    url = f"sqlite:///{said['NAME']}"
    if connection.vendor == "postgresql":
        host = quote(said["HOST"], safe="")
        url = f"postgres://{said['USER']}:{said['PASSWORD']}@{host}/{said['NAME']}"
    words = [what, str(city.duties["city"].pk), str(killed_at or -1), str(SLICE)]
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, *words],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == (-signal.SIGKILL if killed_at else 0), ran.stderr


# Draw, ranks, programme, messages, entry, head: the last write before the end is the sixth.
@pytest.mark.parametrize("killed_at", [pytest.param(2, marks=pytest.mark.thorough), 6])
def test_draws_all_or_nothing(settings: Settings, killed_at: int) -> None:
    city = build_city()
    settings.CRAFTPATH_TODAY = DAY - dt.timedelta(days=9)
    asked = programme(way="lottery", places=3)
    commit_draw(city.actor("city"), "class")
    settings.CRAFTPATH_TODAY = DAY
    line_up(asked, PEOPLE, points=False)
    publish_list(city.actor("city"), "class")

    elsewhere(city, "draw", killed_at=killed_at)

    assert Draw.objects.get().document == ""
    assert Draw.objects.get().drawn_at is None
    assert set(Application.objects.values_list("place", "rank")) == {("none", None)}
    assert Programme.objects.get().stage == "published"
    assert not Message.objects.exists()
    assert not Entry.objects.filter(action="draw.run").exists()
    assert list(verify()) == []

    elsewhere(city, "draw")

    drawn, _ = parse_draw(draw_document("class").encode())
    assert drawn is not None
    assert verify_draw(drawn) == ()
    placed = Application.objects.filter(place="placed").order_by("rank")
    assert list(placed.values_list("serial", flat=True)) == list(drawn.placed)
    assert Message.objects.count() == PEOPLE
    assert Entry.objects.filter(action="draw.run").count() == 1
    assert list(verify()) == []


# Three slices of five writes each: records, applications, entries, head, messages. Then the end:
# programme, entry, head.
@pytest.mark.parametrize(
    ("killed_at", "done"),
    [
        pytest.param(4, 0, marks=pytest.mark.thorough),
        pytest.param(5, 0, marks=pytest.mark.thorough),
        (8, SLICE),
        pytest.param(17, PEOPLE, marks=pytest.mark.thorough),
    ],
)
def test_finishes_everybody_once(killed_at: int, done: int) -> None:
    city = build_city()
    outcome = {"kind": "certificate", "subject": "focus", "level": 3}
    line_up(
        programme(places=PEOPLE, outcome=outcome, focus_list="occupation"), PEOPLE, focus=WELDER
    )
    share_out(city.actor("city"), "class")
    Message.objects.all().delete()

    elsewhere(city, "finish", killed_at=killed_at)

    assert _finished() == (done, done, done, done)
    assert Programme.objects.get().stage == "shared"
    assert list(verify()) == []

    elsewhere(city, "finish")

    assert _finished() == (PEOPLE, PEOPLE, PEOPLE, PEOPLE)
    parties = Record.objects.filter(origin="programme").values_list("party", flat=True)
    assert len(set(parties)) == PEOPLE
    assert Programme.objects.get().stage == "closed"
    assert list(verify()) == []


def _finished() -> tuple[int, int, int, int]:
    """Applications done with an outcome, records, messages, entries."""
    return (
        Application.objects.filter(state="done", outcome__isnull=False).count(),
        Record.objects.filter(origin="programme").count(),
        Message.objects.count(),
        Entry.objects.filter(action="outcome.write").count(),
    )
