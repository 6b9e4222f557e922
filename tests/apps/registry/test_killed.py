"""Kill −9 in the midst of writing, and of undoing: what is written is whole slices, and whoever
goes on begins where the last one ended. Nothing is lost, nothing is there twice.

The process that is killed is a real one on a database that outlives it; the test itself then goes
on in this process. It runs on whichever database the tests run on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from craftpath.audit.chain import verify
from craftpath.registry.actions import imports
from craftpath.registry.actions.imports import check_batch, commit_batch, undo_batch, upload
from craftpath.registry.models import Batch, Identifier, Party, Record
from craftpath.registry.tasks import resume_batches
from tests.apps.city import City, build_city
from tests.apps.registry.sheets import staff_rows, xlsx

ROOT = Path(__file__).parents[3]
ROWS = 600
SLICE = 20

_WORK = """
import os, sys
import tests.settings as settings
settings.DATABASES["default"]["NAME"] = os.environ["KILLED_DATABASE"]
settings.MEDIA_ROOT = os.environ["KILLED_UPLOADS"]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from craftpath.registry.imports import staged
from craftpath.registry.actions import imports
staged.SLICE = imports.SLICE = {slice}
print("ready", flush=True)
imports.{work}({batch})
"""


def killed_while(work: str, batch: Batch, far_enough: Callable[[], bool]) -> None:
    """Start a process that does the work, and kill it once it has come far enough."""
    from django.conf import settings

    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "KILLED_DATABASE": str(connection.settings_dict["NAME"]),
        "KILLED_UPLOADS": str(settings.MEDIA_ROOT),
    }
    code = _WORK.format(work=work, batch=batch.pk, slice=SLICE)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + 120
        while not far_enough():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL, said.decode()
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def standing_city(transactional_db: None) -> City:
    return build_city()


@pytest.mark.slow
@pytest.mark.database
def test_a_killed_import_goes_on_and_a_killed_undo_too(
    standing_city: City, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("craftpath.registry.imports.staged.SLICE", SLICE)
    hr = standing_city.actor("hr")
    batch = upload(hr, "staff", "表.xlsx", xlsx(staff_rows(ROWS)), enqueue=False)
    check_batch(batch.pk)
    commit_batch(hr, batch.pk, enqueue=False)

    def written() -> int:
        return Batch.objects.values_list("done", flat=True).get(pk=batch.pk)

    killed_while("write_slices", batch, lambda: written() >= 5 * SLICE)

    batch.refresh_from_db()
    assert batch.state == Batch.State.COMMITTING
    assert 0 < batch.done < ROWS
    assert batch.done % SLICE == 0
    assert Record.objects.filter(batch=batch, kind="employment").count() == batch.done

    assert resume_batches() == [batch.pk]

    batch.refresh_from_db()
    assert (batch.state, batch.done) == (Batch.State.COMMITTED, ROWS)
    records = Record.objects.filter(batch=batch)
    assert Counter(records.values_list("kind", flat=True)) == dict.fromkeys(
        ("birth", "sex", "employment", "workplace"), ROWS
    )
    assert records.filter(kind="employment").values("party").distinct().count() == ROWS
    assert Party.objects.filter(name__startswith="员工").count() == ROWS
    assert Identifier.objects.filter(party__name__startswith="员工").count() == ROWS

    monkeypatch.setattr(imports, "SLICE", SLICE)
    undo_batch(hr, batch.pk, why="传错了文件", enqueue=False)

    def left() -> int:
        return Record.objects.filter(batch=batch, known_until=None).count()

    killed_while("void_slices", batch, lambda: left() <= 4 * ROWS - 5 * SLICE)
    assert 0 < left() < 4 * ROWS
    assert (4 * ROWS - left()) % SLICE == 0

    assert resume_batches() == [batch.pk]

    batch.refresh_from_db()
    assert (batch.state, left()) == (Batch.State.UNDONE, 0)
    assert list(verify()) == []


@pytest.mark.slow
@pytest.mark.database
def test_two_workers_at_one_batch_write_each_slice_once(
    standing_city: City, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("craftpath.registry.imports.staged.SLICE", SLICE)
    hr = standing_city.actor("hr")
    rows = 400
    batch = upload(hr, "staff", "表.xlsx", xlsx(staff_rows(rows)), enqueue=False)
    check_batch(batch.pk)
    commit_batch(hr, batch.pk, enqueue=False)
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def work(_: int) -> None:
        try:
            imports.write_slices(batch.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))

    batch.refresh_from_db()
    assert (batch.state, batch.done) == (Batch.State.COMMITTED, rows)
    assert Record.objects.filter(batch=batch, kind="employment").count() == rows
    assert list(verify()) == []
