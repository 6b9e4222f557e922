"""A write under an idempotency key is done once."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from craftpath.api import once as once_module
from craftpath.api.actions.answers import forget_answers
from craftpath.api.models import Answered
from craftpath.registry.models import Record
from tests.apps.api.program import Program, program_of
from tests.apps.city import City, build_city

CLAIM = {"kind": "workplace", "subject": "441900", "start": "2025-01-01"}


def claims() -> int:
    return Record.objects.filter(origin="api").count()


def test_gives_the_kept_answer_to_the_same_request(city: City) -> None:
    program = program_of(city, "worker")
    first = program.post("/me/records", CLAIM, "key-1")
    again = program.post("/me/records", CLAIM, "key-1")
    assert (first.status_code, claims()) == (201, 1)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_does_it_again_under_another_key_or_none(city: City) -> None:
    program = program_of(city, "worker")
    for key in ("key-1", "key-2", None):
        program.post("/me/records", CLAIM, key)
    assert claims() == 3


def test_keeps_refusals_too(city: City) -> None:
    program = program_of(city, "worker")
    wrong = {**CLAIM, "subject": "no-such"}
    first = program.post("/me/records", wrong, "key-1")
    again = program.post("/me/records", wrong, "key-1")
    assert first.status_code == 422
    assert again.content == first.content


def test_refuses_a_key_that_was_used_for_another_request(city: City) -> None:
    program = program_of(city, "worker")
    program.post("/me/records", CLAIM, "key-1")
    refused = program.post("/me/records", {**CLAIM, "start": "2025-02-01"}, "key-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "key-used")
    assert claims() == 1


def test_keeps_the_keys_of_two_tokens_apart(city: City) -> None:
    for who in ("worker", "colleague"):
        assert program_of(city, who).post("/me/records", CLAIM, "key-1").status_code == 201
    assert claims() == 2


@pytest.mark.parametrize("key", ["", "two words", "x" * 81, "键"])
def test_takes_no_strange_key(city: City, key: str) -> None:
    refused = program_of(city, "worker").post("/me/records", CLAIM, key)
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.json()["problems"]
    assert claims() == 0


def test_tells_that_the_first_is_still_at_work(city: City) -> None:
    program = program_of(city, "worker")
    program.post("/me/records", CLAIM, "key-1")
    Answered.objects.update(status=None)
    refused = program.post("/me/records", CLAIM, "key-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "key-at-work")


def test_tells_that_the_first_was_cut_short_and_does_not_repeat_it(city: City) -> None:
    program = program_of(city, "worker")
    program.post("/me/records", CLAIM, "key-1")
    Answered.objects.update(status=None, at=timezone.now() - dt.timedelta(minutes=11))
    refused = program.post("/me/records", CLAIM, "key-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "key-unfinished")
    assert claims() == 1


def test_frees_the_key_where_we_failed(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(city, "worker")

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("of our own making")

    with monkeypatch.context() as patched:
        patched.setattr("craftpath.api.routes.me.record_actions.enter_record", fails)
        failed = program.post("/me/records", CLAIM, "key-1")
    assert (failed.status_code, failed.json()["code"]) == (500, "our-fault")
    assert "of our own making" not in failed.content.decode()
    assert program.post("/me/records", CLAIM, "key-1").status_code == 201


def test_begins_anew_after_two_days(city: City) -> None:
    program = program_of(city, "worker")
    program.post("/me/records", CLAIM, "key-1")
    Answered.objects.update(at=timezone.now() - dt.timedelta(hours=49))
    assert program.post("/me/records", CLAIM, "key-1").status_code == 201
    assert claims() == 2


def test_forgets_answers_after_two_days(city: City) -> None:
    program = program_of(city, "worker")
    program.post("/me/records", CLAIM, "old")
    Answered.objects.update(at=timezone.now() - dt.timedelta(hours=49))
    program.post("/me/records", CLAIM, "new")
    assert forget_answers() == 1
    assert Answered.objects.get().key == "new"


def test_checks_the_token_before_it_looks_at_the_key(city: City) -> None:
    program_of(city, "worker").post("/me/records", CLAIM, "key-1")
    other = program_of(city, "worker", "view.own")
    assert other.post("/me/records", CLAIM, "key-1").status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [False, True])
def test_is_done_once_when_sent_eight_times_at_once(
    monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Seen to be done several times where nothing is reserved, then not."""
    program = program_of(build_city(), "worker")
    together = threading.Barrier(8)
    if not locked:
        monkeypatch.setattr("craftpath.api.call.once", lambda token, key, request, do: do())
    else:
        reserve = once_module._reserve

        def reserve_together(*args: Any) -> Any:
            together.wait(20)
            return reserve(*args)

        monkeypatch.setattr(once_module, "_reserve", reserve_together)
    answers: list[int] = []

    def send() -> None:
        answers.append(Program(program.secret).post("/me/records", CLAIM, "key-1").status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not locked:
        assert claims() == 8
    else:
        assert claims() == 1
        assert set(answers) <= {201, 409}
        assert 201 in answers
