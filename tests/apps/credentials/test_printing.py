"""Certificates on paper: one on demand, thousands in a run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader

from craftpath.access.errors import Conflict, NotAllowed, NotThere
from craftpath.access.roles import Actor
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.credentials import paper
from craftpath.credentials.actions import issuing, printing
from craftpath.credentials.actions.changes import reissue, revoke
from craftpath.credentials.actions.issuers import break_key, make_key, retire_key
from craftpath.credentials.actions.issuing import issue, issue_for_programme
from craftpath.credentials.actions.printing import delete_print, open_print, print_again, work_on
from craftpath.credentials.fonts import covers, fitting, missing_characters, shown, width
from craftpath.credentials.models import Credential, PrintRun
from craftpath.credentials.paper import pdf_of, png_of
from craftpath.credentials.queries import progress_of
from craftpath.credentials.tasks import resume_runs
from craftpath.operations.working import put_back
from craftpath.registry.actions.records import void_record
from craftpath.registry.models import Party
from craftpath.registry.resuming import TRIES
from tests.apps.city import DAY
from tests.apps.credentials.conftest import Office


def text_of(content: bytes, page: int = 0) -> str:
    return PdfReader(io.BytesIO(content)).pages[page].extract_text()


def test_prints_every_fact_in_both_languages_as_pdf_a(office: Office) -> None:
    (one,) = issue(office.actor("school"), [office.passed()[0].pk])
    content = pdf_of(one)
    said = text_of(content).replace(" ", "")
    for fact in one.printed:
        assert fact["zh"].replace(" ", "") in said
        assert fact["en"].replace(" ", "") in said
    assert "林晓" in said
    assert "LinXiao" in said
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in content
    assert png_of(one).startswith(b"\x89PNG")


def test_prints_long_names_and_characters_that_no_font_has(office: Office) -> None:
    long = "阿卜杜热合曼·买买提艾力·吐尔逊江·努尔麦麦提" * 4
    Party.objects.filter(pk=office.city.worker.pk).update(name=f"{long}𠮷", name_en="N" * 160)
    certificate = issue(office.actor("school"), [office.passed()[0].pk])[0]
    card = issue(office.actor("city"), [office.card_for(office.city.worker).pk])[0]
    for one in (certificate, card):
        reader = PdfReader(io.BytesIO(pdf_of(one)))
        assert len(reader.pages) == 1
        assert "U+20BB7" in reader.pages[0].extract_text()
    assert certificate.name.endswith("𠮷")  # the signed name is the true one


def test_measures_texts_by_the_fonts_own_widths() -> None:
    assert width("林晓") == 2
    assert 0.4 < width("i" * 2) < 0.8 < width("W") < 1.2
    assert fitting("林晓", 141, 25, 8) == 25
    assert fitting("林" * 20, 141, 25, 8) == pytest.approx(19.5, abs=0.5)
    assert fitting("林" * 200, 141, 25, 8) == 8
    assert (covers("晓"), covers("𠮷"), shown("王𠮷")) == (True, False, "王□")
    assert missing_characters("王𠮷𠮷") == ["𠮷"]


def test_prints_nothing_that_does_not_hold(office: Office) -> None:
    (one,) = issue(office.actor("school"), [office.passed()[0].pk])
    new = reissue(office.actor("school"), one.public_id, why="遗失")
    one.refresh_from_db()
    with pytest.raises(Conflict):
        pdf_of(one)
    assert one.number in text_of(pdf_of(new))
    Credential.objects.filter(pk=new.pk).update(document="", token="")
    with pytest.raises(Conflict, match="not signed"):
        pdf_of(Credential.objects.get(pk=new.pk))


def test_issues_signs_and_prints_a_run(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "SLICE", 2)
    monkeypatch.setattr(paper, "PART", 3)
    records = office.passed(5)
    issue(office.actor("school"), [records[1].pk])
    school = office.actor("school")
    run = issue_for_programme(school, "sitting", note="上半年")  # in the background, here at once
    assert (run.phase, run.pages, run.problem_zh) == ("printed", 4, "")
    said = progress_of(run)
    assert (said.wanted, said.issued, said.signed, said.share) == (4, 4, 4, 1.0)
    with open_print(school, run.pk) as file:
        content = file.read()
    pages = [text_of(content, n) for n in range(4)]
    numbers = Credential.objects.filter(run=run).order_by("number").values_list("number", flat=True)
    assert all(number in page for number, page in zip(numbers, pages, strict=True))
    assert [one.record_id for one in Credential.objects.filter(run=run).order_by("number")] == [
        record.pk for at, record in enumerate(records) if at != 1
    ]
    assert list(verify()) == []


def test_deletes_the_file_of_a_run_and_prints_it_again(
    office: Office, django_capture_on_commit_callbacks: Any
) -> None:
    office.passed(2)
    school = office.actor("school")
    run = issue_for_programme(school, "sitting")
    name = run.file.name
    with pytest.raises(NotThere):
        open_print(office.actor("other-city"), run.pk)
    with pytest.raises(NotAllowed):
        open_print(office.actor("worker"), run.pk)
    with pytest.raises(Conflict):
        print_again(school, run.pk)
    with django_capture_on_commit_callbacks(execute=True):
        delete_print(school, run.pk)
    assert not default_storage.exists(name)
    with pytest.raises(Conflict):
        open_print(school, run.pk)
    revoke(school, Credential.objects.order_by("number")[0].public_id, why="x")
    run = print_again(school, run.pk)
    assert (run.phase, run.pages, run.credentials.count()) == ("printed", 1, 2)
    actions = Entry.objects.filter(object=f"printrun:{run.pk}").order_by("number")
    assert [entry.action.partition(".")[2] for entry in actions] == [
        "begin", "finish", "delete", "again", "finish",
    ]  # fmt: skip


def test_leaves_out_whose_record_was_voided_meanwhile_and_says_so(office: Office) -> None:
    records = office.passed(3)
    run = issue_for_programme(office.actor("school"), "sitting", enqueue=False)
    with pytest.raises(Conflict, match="under way"):
        issue_for_programme(office.actor("school"), "sitting", enqueue=False)
    void_record(office.actor("city"), records[1].pk, why="冒名")
    work_on(run.pk)
    run.refresh_from_db()
    assert (run.phase, run.pages) == ("printed", 2)
    assert run.problem_en == "Not issued for 1: The record was corrected or voided."


def test_stops_a_run_with_its_reason_and_goes_on(office: Office) -> None:
    office.passed(3)
    school = office.actor("school")
    run = issue_for_programme(school, "sitting", enqueue=False)
    retire_key(school, office.academy.keys.get().pk, why="换机")
    work_on(run.pk)
    run.refresh_from_db()
    assert run.phase == "stopped"
    assert "no key that signs; make one first (3 people)." in run.problem_en
    make_key(school, office.academy.pk)
    run = print_again(school, run.pk)
    assert (run.phase, run.pages, run.problem_en) == ("printed", 3, "")


def test_goes_on_with_the_next_key_when_one_breaks_in_the_midst(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.passed(2)
    school = office.actor("school")
    run = issue_for_programme(school, "sitting", enqueue=False)
    sign = printing._sign

    def breaks(actor: Actor, run: PrintRun) -> None:
        monkeypatch.setattr(printing, "_sign", sign)
        break_key(office.actor("city"), office.academy.keys.get().pk, since=DAY, why="失窃")
        sign(actor, run)

    monkeypatch.setattr(printing, "_sign", breaks)
    work_on(run.pk)
    run.refresh_from_db()
    assert run.phase == "stopped"
    make_key(school, office.academy.pk)
    run = print_again(school, run.pk)
    assert (run.phase, run.pages) == ("printed", 2)
    assert set(run.credentials.values_list("key__fragment", flat=True)) == {"key-2"}


def test_a_run_from_which_the_database_goes_is_not_stopped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.passed(1)
    run = issue_for_programme(office.actor("school"), "sitting", enqueue=False)

    def goes(*_: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as away:
        away.setattr(printing, "_sign", goes)
        with pytest.raises(OperationalError):
            work_on(run.pk)
    run.refresh_from_db()
    assert run.phase == "signing"
    work_on(run.pk)
    run.refresh_from_db()
    assert (run.phase, run.pages) == ("printed", 1)


def test_takes_up_what_was_left_half_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.passed(3)
    run = issue_for_programme(office.actor("school"), "sitting", enqueue=False)
    with monkeypatch.context() as killed:
        killed.setattr(printing, "_sign", lambda *_: 1 / 0)
        killed.setattr(printing, "_stop", lambda *_: None)
        with pytest.raises(ZeroDivisionError):
            work_on(run.pk)
    assert Credential.objects.filter(document="").count() == 3
    assert resume_runs() == [run.pk]
    run.refresh_from_db()
    assert (run.phase, run.pages, Credential.objects.filter(document="").count()) == (
        "printed", 3, 0,
    )  # fmt: skip
    assert resume_runs() == []
    assert PrintRun.objects.count() == 1
    assert not list(Path().glob("*.pdf"))


def test_a_run_that_ends_every_worker_is_stopped_until_a_person_goes_on(
    office: Office, settings: Any
) -> None:
    """Or each start of a worker would begin it anew."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    office.passed(2)
    school = office.actor("school")
    run = issue_for_programme(school, "sitting")
    for _ in range(TRIES):
        run.refresh_from_db()
        assert run.phase == "issuing"
        kill_who_takes("craftpath.credentials.tasks.run")

    run.refresh_from_db()
    assert run.phase == "stopped" and "连续 3 次" in run.problem_zh and run.problem_en
    assert resume_runs() == []

    print_again(school, run.pk)
    kill_who_takes("craftpath.credentials.tasks.run")
    work_on(run.pk)
    run.refresh_from_db()
    assert (run.phase, run.pages) == ("printed", 2)


def test_signing_that_ends_every_worker_is_not_begun_by_itself(
    office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    school = office.actor("school")
    monkeypatch.setattr(issuing, "sign", lambda *_: None)
    issue(school, [office.passed()[0].pk])
    assert Credential.objects.filter(document="").exists()

    assert resume_runs() == []
    for _ in range(TRIES):
        kill_who_takes("craftpath.credentials.tasks.sign")

    assert not DBTaskResult.objects.filter(status=TaskResultStatus.READY).exists()
    assert "not begun by itself" in caplog.text
    make_key(school, office.academy.pk)
    assert DBTaskResult.objects.filter(status=TaskResultStatus.READY).count() == 1


def kill_who_takes(path: str) -> None:
    """Whoever took the task is gone; the next worker starts."""
    DBTaskResult.objects.get(status=TaskResultStatus.READY, task_path=path).claim("killed")
    put_back()
    resume_runs()
