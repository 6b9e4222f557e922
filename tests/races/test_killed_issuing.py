"""A process is killed in the midst of a run: of numbers, of signatures, of the PDF. Whoever goes on
leaves no number out, gives none twice, and signs and prints each once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.credentials.actions.issuing import issue_for_programme
from craftpath.credentials.models import Change, Credential, PrintRun, Series
from craftpath.credentials.tasks import resume_runs
from craftpath.registry.models import Message
from tests.apps.city import City
from tests.apps.credentials.conftest import open_office
from tests.apps.credentials.strangers import verified

pytestmark = [pytest.mark.slow, pytest.mark.database]

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, SLICE = 5, 2

CHILD = """
import os, signal, sys
import tests.settings as settings
settings.MEDIA_ROOT = sys.argv[4]
import django
django.setup()
from django.db import connection
from craftpath.credentials.actions import issuing, printing

run, after, nth = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
printing.SLICE = issuing.SLICE = 2


def watch(execute, sql, params, many, context):
    global nth
    done = execute(sql, params, many, context)
    if sql.startswith(after):
        nth -= 1
        if nth == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return done


if after == "printed":
    printing.default_storage.save = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with connection.execute_wrapper(watch):
    printing.work_on(run)
"""


def killed(run: PrintRun, after: str, nth: int) -> None:
    connections.close_all()
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, str(run.pk), after, str(nth), str(settings.MEDIA_ROOT)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": same_database(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr


def same_database() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


# The statement after which it dies, and how many there are of each by then: numbers, signatures.
MOMENTS = {
    "first number": ('INSERT INTO "credentials_credential"', 1, 0, 0),
    "second slice told": ('INSERT INTO "registry_message"', 2, SLICE, 0),
    "second slice signed": ('UPDATE "credentials_credential"', 2, PEOPLE, SLICE),
    "file laid out": ("printed", 1, PEOPLE, PEOPLE),
}


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(one, marks=[] if one == "second slice signed" else [pytest.mark.thorough])
        for one in MOMENTS
    ],
)
def test_goes_on_where_it_was_killed(city: City, moment: str) -> None:
    office = open_office(city)
    office.passed(PEOPLE)
    run = issue_for_programme(office.actor("school"), "sitting", enqueue=False)
    statement, nth, numbered, signed = MOMENTS[moment]

    killed(run, statement, nth)

    found = Credential.objects.order_by("number")
    assert (found.count(), found.exclude(document="").count()) == (numbered, signed)
    assert sum(Series.objects.values_list("last", flat=True)) == numbered
    assert list(verify()) == []

    assert resume_runs() == [run.pk]

    run.refresh_from_db()
    assert (run.phase, run.pages) == ("printed", PEOPLE)
    assert [int(one.number[-6:]) for one in found.all()] == list(range(1, PEOPLE + 1))
    assert [one.record_id for one in found.all()] == run.records
    assert [verified(one) for one in found.all()] == ["valid"] * PEOPLE
    assert Change.objects.count() == PEOPLE
    assert Message.objects.filter(zh__contains="已签发").count() == PEOPLE
    assert Entry.objects.filter(action="credential.issue").count() == PEOPLE
    assert Entry.objects.filter(action="print.finish").count() == 1
    assert list(verify()) == []
