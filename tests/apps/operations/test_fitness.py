"""`craftpath check` tells what is not fit for the public, and `serve` refuses what is dangerous.

The site of these tests is fit: each case spoils one thing, and is told of that.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from craftpath.access.demonstration import MARK, NAMES, PASSWORD, declare
from craftpath.access.models import User
from craftpath.audit.models import Entry
from craftpath.cli.main import main
from craftpath.demo_city.cast import _NAMES
from craftpath.operations import fitness, noted, serving
from craftpath.operations.fitness import (
    CHECKS,
    OF_TABLES,
    REFUSED,
    Finding,
    Severity,
    keeping,
    keys,
    look,
    running,
)
from craftpath.registry.models import Batch
from tests.apps.credentials.conftest import open_office

FIT = "https://skills.craftpath.cn"
KEYS = [f"{one}-7Qe4zXbM9cVnL2kJhGfDsA5pOiUyT3rW8" for one in "abc"]


@dataclass
class Fit:
    """What a case may spoil."""

    settings: Any
    monkeypatch: pytest.MonkeyPatch
    home: Path


@pytest.fixture
def fit(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fit:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "uploads").mkdir()
    settings.CRAFTPATH_HOME = home
    settings.MEDIA_ROOT = home / "uploads"
    settings.STATIC_ROOT = home / "static"
    settings.CRAFTPATH_SITE = FIT
    settings.ALLOWED_HOSTS = ["skills.craftpath.cn"]
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = True
    settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.CRAFTPATH_TODAY = None
    settings.SECRET_KEY, settings.CRAFTPATH_IDENTITY_KEY, settings.CRAFTPATH_AUDIT_KEY = KEYS
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(home / "numba"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(keys, "_FILE", home / "keys.env")
    monkeypatch.setattr(running, "workers_alive", lambda: 1)
    monkeypatch.setattr(running.shutil, "which", lambda _: None)
    monkeypatch.setattr(keeping, "_LITTLE", 0)
    for what in ("backup", "proof", "audit"):
        noted.note(what, good=True, of="a.tar")
    return Fit(settings, monkeypatch, home)


def set_to(**said: Any) -> Callable[[Fit], None]:
    def spoil(fit: Fit) -> None:
        for name, value in said.items():
            setattr(fit.settings, name, value)

    return spoil


def in_environment(**said: str) -> Callable[[Fit], None]:
    def spoil(fit: Fit) -> None:
        for name, value in said.items():
            fit.monkeypatch.setenv(name, value)

    return spoil


def noted_before(what: str, good: bool, **ago: float) -> Callable[[Fit], None]:
    def spoil(fit: Fit) -> None:
        at = (timezone.now() - dt.timedelta(**ago)).isoformat()
        kept = json.loads((fit.home / "noted.json").read_text())
        kept[what] = {"at": at, "good": good, "of": "a.tar"}
        (fit.home / "noted.json").write_text(json.dumps(kept))

    return spoil


def nothing_noted(fit: Fit) -> None:
    (fit.home / "noted.json").unlink()


def keys_readable(fit: Fit) -> None:
    (fit.home / "keys.env").touch()
    (fit.home / "keys.env").chmod(0o644)


def keys_in_folder(fit: Fit) -> None:
    (fit.home / "keys.json").touch(mode=0o600)
    (fit.home / "keys.json").chmod(0o600)


def folder_open(fit: Fit) -> None:
    fit.home.chmod(0o755)


def over_network(mode: str) -> Callable[[Fit], None]:
    def spoil(fit: Fit) -> None:
        database = {"HOST": "db.craftpath.cn", "OPTIONS": {"sslmode": mode} if mode else {}}
        fit.monkeypatch.setattr(keeping, "connection", SimpleNamespace(vendor="postgresql"))
        fit.monkeypatch.setattr(
            keeping, "settings", SimpleNamespace(DATABASES={"default": database})
        )

    return spoil


def database_open(fit: Fit) -> None:
    file = fit.home / "open" / "a.sqlite3"
    file.parent.mkdir(mode=0o755)
    file.parent.chmod(0o755)
    file.touch()
    file.chmod(0o644)
    told = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": file})
    fit.monkeypatch.setattr(keeping, "connection", told)


def shut(fit: Fit) -> None:
    fit.monkeypatch.setattr(os, "access", lambda *_: False)


def disk_full(fit: Fit) -> None:
    fit.monkeypatch.setattr(keeping, "_LITTLE", 1 << 62)


def as_root(fit: Fit) -> None:
    fit.monkeypatch.setattr(os, "geteuid", lambda: 0)


def no_worker(fit: Fit) -> None:
    fit.monkeypatch.setattr(running, "workers_alive", lambda: 0)


def log_bare(fit: Fit) -> None:
    fit.monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler()])


def not_synchronised(fit: Fit) -> None:
    fit.monkeypatch.setattr(running.shutil, "which", lambda _: "timedatectl")
    said = SimpleNamespace(stdout="no\n")
    fit.monkeypatch.setattr(running.subprocess, "run", lambda *_, **__: said)


def city_there(fit: Fit) -> None:
    from craftpath.access.act import act
    from craftpath.access.roles import SYSTEM

    with act(SYSTEM, "import.commit", told_as=MARK):
        pass


def sample_password(fit: Fit) -> None:
    user = User(username="operator")
    user.set_password(PASSWORD)
    user.save()


def official_without_factor(fit: Fit) -> None:
    from tests.apps.city import build_city

    build_city()


def issued_elsewhere(fit: Fit) -> None:
    from craftpath.credentials.actions.issuing import issue
    from craftpath.credentials.models import Issuer
    from tests.apps.city import build_city

    fit.settings.CRAFTPATH_SITE = "https://old.craftpath.cn"
    fit.settings.ALLOWED_HOSTS = [".craftpath.cn"]
    office = open_office(build_city())
    issue(office.actor("school"), [office.passed()[0].pk])
    fit.settings.CRAFTPATH_SITE = FIT
    Issuer.objects.update(site=FIT)


def file_lost(fit: Fit) -> None:
    Batch.objects.create(sort="people", file="imports/gone.sealed")


def task_failed(fit: Fit) -> None:
    DBTaskResult.objects.create(
        status="FAILED",
        finished_at=timezone.now(),
        args_kwargs={"args": [], "kwargs": {}},
        task_path="craftpath.credentials.tasks.sign",
        backend_name="default",
        exception_class_path="",
        traceback="",
    )


def entry_to_come(fit: Fit) -> None:
    city_there(fit)
    Entry.objects.update(at=timezone.now() + dt.timedelta(days=1), action="x")


#: What is spoilt, by which check, how bad it is, and what is told.
CASES: list[tuple[Callable[[Fit], None], str, Severity, str]] = [
    (set_to(ALLOWED_HOSTS=["*"]), "hosts", Severity.DANGER, "has *"),
    (set_to(ALLOWED_HOSTS=["localhost"]), "hosts", Severity.MEND, "this machine alone"),
    (set_to(SECURE_SSL_REDIRECT=False), "https", Severity.DANGER, "HTTPS is off"),
    (set_to(DEBUG=True), "debug", Severity.DANGER, "CRAFTPATH_DEBUG"),
    (
        set_to(CRAFTPATH_TODAY=dt.date(2025, 8, 27)), "pretended_day", Severity.DANGER,
        "pretended to be 2025-08-27",
    ),
    (
        set_to(CRAFTPATH_SECOND_FACTOR="off"), "second_factor", Severity.DANGER,
        "no second factor is asked for",
    ),
    (
        in_environment(CRAFTPATH_OIDC_ISSUER="https://id.craftpath.cn"), "oidc", Severity.MEND,
        "CRAFTPATH_OIDC_CLIENT_SECRET",
    ),
    (
        in_environment(
            CRAFTPATH_OIDC_ISSUER="http://id.craftpath.cn",
            CRAFTPATH_OIDC_CLIENT_ID="a",
            CRAFTPATH_OIDC_CLIENT_SECRET="b",
        ),
        "oidc", Severity.DANGER, "not asked by https",
    ),
    (set_to(CRAFTPATH_CHECKS_PER_MINUTE=0), "limits", Severity.MEND, "no limit"),
    (set_to(CRAFTPATH_AUDIT_KEY="short"), "strong", Severity.DANGER, "CRAFTPATH_AUDIT_KEY"),
    (set_to(SECRET_KEY="change-me " * 9), "strong", Severity.DANGER, "CRAFTPATH_SECRET_KEY"),
    (set_to(SECRET_KEY="a" * 64), "strong", Severity.DANGER, "CRAFTPATH_SECRET_KEY"),
    (set_to(SECRET_KEY=KEYS[1]), "strong", Severity.DANGER, "are the same"),
    (keys_readable, "private", Severity.DANGER, "others can read the keys"),
    (keys_in_folder, "apart", Severity.MEND, "keys.json"),
    (folder_open, "folder_is_private", Severity.DANGER, "others can read the data folder"),
    (database_open, "database_is_private", Severity.DANGER, "others can read the database"),
    (over_network(""), "database_over_network", Severity.DANGER, "sslmode=prefer"),
    (over_network("require"), "database_over_network", Severity.MEND, "sslmode=require"),
    (shut, "folder_is_writable", Severity.DANGER, "cannot be written"),
    (disk_full, "disk", Severity.MEND, "are free on the disk"),
    (nothing_noted, "backup_made", Severity.MEND, "no backup is known of"),
    (noted_before("backup", True, days=3), "backup_made", Severity.MEND, "3 days old"),
    (noted_before("proof", True, days=9), "backup_proved", Severity.MEND, "no backup was proved"),
    (noted_before("proof", False, hours=1), "backup_proved", Severity.DANGER, "a.tar"),
    (nothing_noted, "audit_verified", Severity.MEND, "not verified of late"),
    (noted_before("audit", False, hours=1), "audit_verified", Severity.DANGER, "was broken"),
    (as_root, "not_root", Severity.MEND, "as root"),
    (no_worker, "worker", Severity.MEND, "no background worker"),
    (shut, "kernels", Severity.MEND, "compiled kernels cannot be kept"),
    (shut, "static_files", Severity.DANGER, "cannot be put together"),
    (not_synchronised, "clock", Severity.MEND, "not synchronised"),
    (log_bare, "log", Severity.DANGER, "does not mask"),
    (set_to(X_FRAME_OPTIONS="SAMEORIGIN"), "framework", Severity.MEND, "security.W019"),
    (set_to(CRAFTPATH_SITE="http://127.0.0.1:8000"), "address", Severity.DANGER, "not fit"),
    (issued_elsewhere, "issued_elsewhere", Severity.MEND, "1 certificates carry another"),
    (official_without_factor, "without_factor", Severity.MEND, "no second factor yet"),
    (city_there, "sample_city", Severity.DANGER, "a sample city"),
    (sample_password, "sample_passwords", Severity.DANGER, "1 logins have"),
    (file_lost, "lost_files", Severity.DANGER, "imports/gone.sealed"),
    (task_failed, "failed_tasks", Severity.MEND, "1 background tasks failed"),
    (entry_to_come, "clock_runs_forward", Severity.DANGER, "in the future"),
]  # fmt: skip
ALL = {check.__name__: check for check in (*CHECKS, *OF_TABLES)}


@pytest.mark.parametrize(
    ("spoil", "name", "severity", "told"), CASES, ids=[f"{case[1]}: {case[3]}" for case in CASES]
)
def test_tells(
    spoil: Callable[[Fit], None], name: str, severity: Severity, told: str, fit: Fit
) -> None:
    spoil(fit)

    found = ALL[name]()

    assert found is not None
    assert found.severity == severity
    assert told in found.found.en
    for label in (found.found, found.why, found.mend):
        assert label is not None and label.zh and label.en


def test_has_a_case_for_every_check() -> None:
    assert set(ALL) == {case[1] for case in CASES}


def test_looks_no_further_where_the_tables_are_old(
    fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "waiting_migrations", lambda: ["registry.0009"])

    found = look()

    assert (found[0].severity, found[0].mend and found[0].mend.en) == (
        "danger",
        "craftpath migrate",
    )
    assert not any("every file that the database names" in one.found.en for one in found)


def test_says_what_it_could_not_look_at(fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_clock() -> Finding:
        raise PermissionError("not yours")

    monkeypatch.setattr(fitness, "CHECKS", (no_clock,))

    assert any("“no clock” could not be looked at" in one.found.en for one in look())


def test_knows_the_names_of_the_demo() -> None:
    assert set(NAMES) == {*_NAMES, "worker", "worker2"}


# --- the command --------------------------------------------------------------------------------


def say(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_ends_with_0_where_everything_is_fit(fit: Fit) -> None:
    done = say("check")

    assert done.exit_code == 0, done.output
    assert "It is fit for the public." in done.output


def test_ends_with_1_and_tells_why_and_the_mend_in_both_languages(fit: Fit) -> None:
    fit.settings.CRAFTPATH_SITE = "http://127.0.0.1:8000"

    done = say("check")

    assert done.exit_code == 1
    for told in (
        "危险",
        "Dangerous",
        "为什么",
        "mend   Set CRAFTPATH_SITE=https://NAME",
        "有 1 项",
    ):
        assert told in done.output


def test_tells_programs_as_json_and_nobody_of_a_person_or_a_key(fit: Fit) -> None:
    official_without_factor(fit)
    fit.settings.SECRET_KEY = "weak-one"

    done = say("check", "--json")

    found = json.loads(done.stdout)
    assert {one["severity"] for one in found} == {"danger", "mend", "fine"}
    people = [*User.objects.values_list("username", flat=True), "林晓"]
    quoted = {word for one in found for word in str(one["found"]).replace(",", " ").split()}
    assert not quoted & {*people, "weak-one", *KEYS}


# --- serving ------------------------------------------------------------------------------------


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[serving.Stand]:
    stands: list[serving.Stand] = []
    monkeypatch.setattr(serving, "serve", stands.append)
    return stands


DANGERS = [case for case in CASES if case[1] in {check.__name__ for check in REFUSED} | {"address"}]


@pytest.mark.parametrize(
    ("spoil", "name", "severity", "told"),
    DANGERS,
    ids=[f"{case[1]}: {case[3]}" for case in DANGERS],
)
def test_does_not_serve_others(
    spoil: Any, name: str, severity: str, told: str, fit: Fit, started: list[serving.Stand]
) -> None:
    spoil(fit)

    done = say("serve")

    assert done.exit_code == 1
    assert told in done.output and "craftpath check" in done.output
    assert started == []


def test_serves_what_is_fit(fit: Fit, started: list[serving.Stand]) -> None:
    assert say("serve").exit_code == 0
    assert len(started) == 1


def trial(fit: Fit) -> None:
    """Nothing is set: as `craftpath migrate && craftpath serve` in an empty folder."""
    fit.settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    fit.settings.CRAFTPATH_SITE = "http://127.0.0.1:8000"


@pytest.mark.parametrize("words", [[], ["--host", "::1"], ["--host", "0.0.0.0"]])
def test_serves_a_trial_on_this_machine(
    words: list[str], fit: Fit, started: list[serving.Stand]
) -> None:
    trial(fit)

    done = say("serve", *words)

    assert done.exit_code == 0, done.output
    assert len(started) == 1


def test_lets_a_trial_be_careless_until_others_can_reach_it(
    fit: Fit, started: list[serving.Stand]
) -> None:
    trial(fit)
    fit.settings.CRAFTPATH_SECOND_FACTOR = "off"

    assert say("serve").exit_code == 0
    assert say("serve", "--host", "0.0.0.0").exit_code == 1
    assert len(started) == 1


def test_serves_an_office_in_its_own_network_under_its_inner_name(
    fit: Fit, started: list[serving.Stand]
) -> None:
    fit.settings.ALLOWED_HOSTS = ["192.168.1.7", "office.local"]
    fit.settings.CRAFTPATH_SITE = "http://127.0.0.1:8000"
    assert say("serve").exit_code == 1
    fit.settings.CRAFTPATH_SITE = "http://office.local"
    assert say("serve").exit_code == 0
    assert len(started) == 1


def test_serves_a_demonstration_at_its_own_port_alone(
    fit: Fit, started: list[serving.Stand]
) -> None:
    trial(fit)
    declare(fit.home, "http://127.0.0.1:8123")
    fit.settings.CRAFTPATH_SITE = "http://127.0.0.1:8123"

    done = say("serve")
    assert done.exit_code == 1
    assert "Add --port 8123" in done.output
    assert say("serve", "--port", "8123").exit_code == 0
    assert len(started) == 1
