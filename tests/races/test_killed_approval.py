"""A process is killed in the midst of an approval: all of it is there afterwards, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, connections

from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes.actions.applications import start, submit
from craftpath.programmes.actions.reviews import review
from craftpath.programmes.models import Application, Review
from craftpath.registry.models import Message
from tests.apps.city import City
from tests.apps.programmes.conftest import make_programme

pytestmark = pytest.mark.slow  # on PostgreSQL a killed draw, and all of it in the thorough run

ROOT = Path(__file__).resolve().parents[2]
APPROVE = """
import os, signal, sys
import django

django.setup()
from craftpath.access import act
from craftpath.access.models import Duty
from craftpath.programmes.actions import reviews


def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(step):
    def both(*args, **kwargs):
        step(*args, **kwargs)
        die()

    return both


where, serial, version = sys.argv[1:]
if where == "review written":
    reviews._write = then_die(reviews._write)
elif where == "applicant told":
    reviews.tell = then_die(reviews.tell)
elif where == "audit written":
    act.append = then_die(act.append)
actor = Duty.objects.get(user__username="province").actor()
reviews.review(actor, serial, seen_version=int(version), verdict="pass")
die()
"""


def approve_and_die(found: Application, where: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", APPROVE, where, found.serial, str(found.version)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": same_database(),
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def same_database() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


def whole(found: Application) -> tuple[str, int, int, int]:
    """What there is of an approval, in each place where it leaves something."""
    found.refresh_from_db()
    return (
        found.state,
        Review.objects.filter(application=found).count(),
        Message.objects.filter(en__contains="approved").count(),
        Entry.objects.filter(action="application.pass").count(),
    )


@pytest.mark.parametrize("where", ["review written", "applicant told", "audit written", "done"])
def test_leaves_an_approval_whole_or_undone(city: City, where: str) -> None:
    actor = city.actor("worker")
    slug = make_programme(steps=(("province", 5),)).slug
    found = submit(actor, start(actor, slug).serial)
    connections.close_all()

    approve_and_die(found, where)

    assert not list(verify())
    if where != "done":
        assert whole(found) == ("submitted", 0, 0, 0)
        review(city.actor("province"), found.serial, seen_version=found.version, verdict="pass")
    assert whole(found) == ("approved", 1, 1, 1)
    assert not list(verify())
