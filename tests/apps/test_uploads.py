"""What rows name is there: after every deed that takes a file away, and for every field."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction

from craftpath.access.errors import Conflict
from craftpath.assessment.models import Sitting
from craftpath.credentials.actions.issuing import issue_for_programme
from craftpath.credentials.actions.printing import delete_print, print_again
from craftpath.credentials.models import PrintRun
from craftpath.programmes.models import Document
from craftpath.registry.actions.imports import undo_batch
from craftpath.registry.models import Batch
from craftpath.uploads import file_fields, let_go, lost, stored
from tests.apps.city import City
from tests.apps.credentials.conftest import open_office
from tests.apps.registry.test_importing import bring_in, staff_rows

Field = tuple[type, str]
Deed = Callable[[City], Any]


def write_a_batch(city: City) -> Batch:
    return bring_in(city, "hr", "staff", staff_rows(3))


def take_a_batch_back(city: City) -> None:
    undo_batch(city.actor("hr"), write_a_batch(city).pk, why="重复")


def delete_a_print(city: City) -> PrintRun:
    office = open_office(city)
    office.passed()
    school = office.actor("school")
    return delete_print(school, issue_for_programme(school, "sitting").pk)


def print_again_what_was_deleted(city: City) -> None:
    print_again(city.actor("school"), delete_a_print(city).pk)


#: Every field that names a file, with the deeds that take its file away. A new field, or a new deed
#: that lets a file go, has a line here.
FIELDS: dict[Field, list[Deed]] = {
    (Batch, "file"): [],
    (Batch, "staged"): [write_a_batch, take_a_batch_back],
    (Batch, "rejects"): [],
    (PrintRun, "file"): [delete_a_print, print_again_what_was_deleted],
    (Document, "file"): [],  # a paper that was replaced stays
    (Sitting, "file"): [],
}


def test_knows_every_field_that_names_a_file() -> None:
    assert {(field.model, field.name) for field in file_fields()} == set(FIELDS)


@pytest.mark.parametrize("deed", [deed for deeds in FIELDS.values() for deed in deeds])
def test_names_nothing_that_is_gone_after(
    deed: Deed, city: City, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        deed(city)

    assert [str(one) for one in lost()] == []


def test_takes_the_rows_to_be_written_away_once_they_are(
    city: City, django_capture_on_commit_callbacks: Any
) -> None:
    folder = Path(default_storage.path("staged"))
    before = set(folder.glob("*"))
    with django_capture_on_commit_callbacks(execute=True) as later:
        batch = write_a_batch(city)

    assert (batch.state, batch.staged.name, len(later)) == (Batch.State.COMMITTED, "", 1)
    assert set(folder.glob("*")) == before


def test_finds_a_file_that_was_lost(city: City) -> None:
    batch = write_a_batch(city)
    Path(batch.file.path).unlink()

    assert [str(one) for one in lost()] == [f"registry.Batch {batch.pk} file: {batch.file.name}"]


def test_keeps_a_file_whose_row_was_not_changed_in_the_end(
    city: City, django_capture_on_commit_callbacks: Any
) -> None:
    batch = write_a_batch(city)
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        let_go(batch, "file")
        raise ZeroDivisionError

    assert list(lost()) == []


@pytest.fixture
def stored_and(settings: Any, tmp_path: Path) -> Callable[[BaseException], bool]:
    """Whether a file is there after the transaction that was to name it ended with this."""
    settings.MEDIA_ROOT = tmp_path

    def ends(trouble: BaseException) -> bool:
        with pytest.raises(type(trouble)), stored("papers/one.txt", b"one") as name:
            raise trouble
        return default_storage.exists(name)

    return ends


def test_takes_away_what_nothing_came_to_name(stored_and: Any, monkeypatch: Any) -> None:
    assert not stored_and(Conflict("已截止。", "Too late."))
    monkeypatch.setattr(connection, "vendor", "sqlite", raising=False)
    assert not stored_and(OperationalError("database is locked"))


@pytest.mark.parametrize(
    "trouble", [OperationalError("server closed the connection"), InterfaceError(), SystemExit()]
)
def test_keeps_what_may_be_named_by_now(
    trouble: BaseException, stored_and: Any, monkeypatch: Any
) -> None:
    """The row was committed, and the answer was lost: first seen to be left without its file."""
    monkeypatch.setattr(connection, "vendor", "postgresql", raising=False)
    assert stored_and(trouble)


# --- one hand ---------------------------------------------------------------------------------

SOURCE = Path(__file__).parents[2] / "src" / "craftpath"
APPS = ("access", "registry", "programmes", "credentials", "assessment", "api", "web")
TAKES_AWAY = re.compile(r"storage\.delete\(|\.unlink\(|os\.remove\(|rmtree\(|\.file\.delete\(")


def test_one_module_alone_takes_uploads_away() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for app in APPS
        for path in sorted((SOURCE / app).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if TAKES_AWAY.search(line) and "migrations" not in path.parts
    ]

    assert found == []


#: Where what was stored a moment ago is taken away again, since nothing came to name it.
DISCARDS = {"credentials/actions/printing.py"}


def test_knows_who_takes_a_file_away_at_once() -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"(?<![.\w])discard\(", path.read_text("utf-8"))
    }

    assert found == {"uploads.py", *DISCARDS}


def test_would_notice_another_hand() -> None:
    assert TAKES_AWAY.search('default_storage.delete(name or "")')
