"""Nothing that lasts is made under an address that is not the site's own."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django_tasks_db.models import DBTaskResult

from craftpath.access.errors import Conflict, Refusal
from craftpath.audit.models import Entry
from craftpath.credentials import actions
from craftpath.credentials.actions.cards import renew_card
from craftpath.credentials.actions.changes import correct_name, reissue
from craftpath.credentials.actions.issuers import make_key, register_issuer
from craftpath.credentials.actions.issuing import (
    give_numbers,
    issue,
    issue_for_programme,
    plan_all,
    records_in_order,
    sign,
    sign_pending,
)
from craftpath.credentials.actions.printing import delete_print, print_again, work_on
from craftpath.credentials.actions.shares import make_share
from craftpath.credentials.fit_address import wrong_here, wrong_on_these_hosts, wrong_with
from craftpath.credentials.models import Credential, Issuer, PrintRun, StatusList
from craftpath.credentials.paper import pdf_of, png_of
from craftpath.credentials.planning import Planner
from craftpath.credentials.publishing import status_list
from craftpath.credentials.tasks import resume_runs
from craftpath.registry.models import Record
from tests.apps.city import DAY
from tests.apps.credentials.conftest import Office

FIT = "https://skills.craftpath.cn"
HOSTS = ("skills.craftpath.cn",)
LOOPBACK = "http://127.0.0.1:8000"
OURS = ("localhost", "127.0.0.1", "[::1]")


# --- which addresses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "hosts", "told"),
    [
        (LOOPBACK, OURS, "only this machine"),
        ("https://localhost", OURS, "only this machine"),
        ("https://site.localhost:8000", ("site.localhost",), "only this machine"),
        ("https://[::1]", OURS, "only this machine"),
        ("https://0.0.0.0", ("0.0.0.0",), "only this machine"),
        ("https://192.168.1.7", ("192.168.1.7",), "only this machine"),
        ("https://10.0.0.7:8443", ("*",), "only this machine"),
        ("https://intranet", ("intranet",), "only this machine"),
        ("https://skills.local", ("skills.local",), "only this machine"),
        ("https://skills.example.org", ("skills.example.org",), "an example"),
        ("http://skills.craftpath.cn", HOSTS, "https only"),
        ("https://skills.craftpath.cn", OURS, "not in CRAFTPATH_HOSTS"),
        ("https://craftpath.cn", HOSTS, "not in CRAFTPATH_HOSTS"),
        ("https://skills.craftpath.cn/craftpath", HOSTS, "without a path"),
        ("https://skills.craftpath.cn?a=1", HOSTS, "without a path"),
        ("https://me:secret@skills.craftpath.cn", HOSTS, "without a path"),
        ("https://Skills.craftpath.cn", HOSTS, "lower case"),
        ("skills.craftpath.cn", HOSTS, "as https://NAME"),
        ("", HOSTS, "as https://NAME"),
    ],
)
def test_does_not_take(address: str, hosts: Sequence[str], told: str) -> None:
    why = wrong_with(address, hosts, demonstration=False)
    assert why is not None
    assert told in why.en
    assert "secret" not in why.en + why.zh


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        (FIT, HOSTS),
        (FIT, ("*",)),
        (FIT, (".craftpath.cn",)),
        ("https://skills.craftpath.cn:8443", HOSTS),
        ("https://8.8.8.8", ("8.8.8.8",)),
    ],
)
def test_takes(address: str, hosts: Sequence[str]) -> None:
    assert wrong_with(address, hosts, demonstration=False) is None


@pytest.mark.parametrize(
    ("address", "hosts", "fit"),
    [
        (LOOPBACK, OURS, True),
        ("http://localhost:8123", OURS, True),
        (LOOPBACK, HOSTS, False),  # a real site that somebody calls a demonstration
        ("http://192.168.1.7", ("192.168.1.7",), False),
        ("http://skills.craftpath.cn", HOSTS, False),
        (FIT, HOSTS, True),
    ],
)
def test_lets_a_demonstration_carry_its_own_machine_alone(
    address: str, hosts: Sequence[str], fit: bool
) -> None:
    assert (wrong_with(address, hosts, demonstration=True) is None) == fit


# --- what is refused under one ------------------------------------------------------------------


@pytest.fixture
def real(office: Office, settings: Any, tmp_path: Path) -> Office:
    """The office as on a real site: no demonstration, registered under its own address."""
    settings.CRAFTPATH_HOME = tmp_path
    settings.ALLOWED_HOSTS = [*HOSTS, *OURS]
    settings.CRAFTPATH_SITE = FIT
    Issuer.objects.update(site=FIT)
    return office


def one_issued(real: Office) -> Credential:
    return issue(real.actor("school"), [real.passed()[0].pk])[0]


def a_card(real: Office) -> Credential:
    return issue(real.actor("city"), [real.card_for(real.city.worker).pk])[0]


def a_run_deleted(real: Office) -> PrintRun:
    real.passed()
    school = real.actor("school")
    return delete_print(school, issue_for_programme(school, "sitting").pk)


def an_unsigned(real: Office) -> Credential:
    one = one_issued(real)
    Credential.objects.update(document="", token="")
    one.refresh_from_db()
    return one


#: What is made ready while the address is fit, and what is then done under another.
DEEDS: dict[str, tuple[Callable[[Office], Any], Callable[[Office, Any], Any]]] = {
    "register_issuer": (
        lambda real: real.city.works,
        lambda real, party: register_issuer(real.actor("province"), party.pk, slug="works"),
    ),
    "make_key": (
        lambda real: real.academy,
        lambda real, issuer: make_key(real.actor("school"), issuer.pk),
    ),
    "issue": (
        lambda real: real.passed()[0],
        lambda real, record: issue(real.actor("school"), [record.pk]),
    ),
    "issue_for_programme": (
        lambda real: real.passed(),
        lambda real, _: issue_for_programme(real.actor("school"), "sitting"),
    ),
    "give_numbers": (
        lambda real: plan_all(Planner(), records_in_order([real.passed()[0].pk])),
        lambda real, planned: give_numbers(real.actor("school"), planned),
    ),
    "sign": (an_unsigned, lambda real, one: sign(real.actor("school"), [one])),
    "sign_pending": (an_unsigned, lambda real, one: sign_pending()),
    "print_again": (
        a_run_deleted,
        lambda real, run: print_again(real.actor("school"), run.pk),
    ),
    "reissue": (
        one_issued,
        lambda real, one: reissue(real.actor("school"), one.public_id, why="遗失"),
    ),
    "correct_name": (
        one_issued,
        lambda real, one: correct_name(real.actor("city"), one.public_id, why="错字", name="林小"),
    ),
    "renew_card": (
        a_card,
        lambda real, card: renew_card(
            real.actor("city"), card.public_id, until=DAY + dt.timedelta(days=900)
        ),
    ),
    "make_share": (
        one_issued,
        lambda real, one: make_share(
            real.actor("worker"),
            [one.public_id],
            with_whom="HR",
            until=DAY + dt.timedelta(days=9),
        ),
    ),
    "pdf_of": (one_issued, lambda real, one: pdf_of(one)),
    "png_of": (one_issued, lambda real, one: png_of(one)),
    "status_list": (one_issued, lambda real, one: status_list("academy", "revocation", 1)),
}
#: Refused by what they call, and told in the run itself.
INDIRECT = {"work_on"}
#: They make nothing that bears the address.
MAKES_NOTHING = {
    "break_key", "delete_print", "follow_records", "open_print", "plan_all", "records_in_order",
    "resume", "retire_key", "revoke", "stop_run", "suspend", "take_back_use", "told_refused",
    "use_card", "with_present_keys", "withdraw_share", "Made",
}  # fmt: skip


@pytest.mark.parametrize("name", DEEDS)
def test_refuses_under_an_address_of_this_machine(name: str, real: Office, settings: Any) -> None:
    prepare, do = DEEDS[name]
    thing = prepare(real)
    StatusList.objects.update(made_at=None)
    settings.CRAFTPATH_SITE = LOOPBACK
    before = everything()

    with pytest.raises(Conflict, match="CRAFTPATH_SITE"):
        do(real, thing)

    assert everything() == before


@pytest.mark.parametrize("name", DEEDS)
def test_does_so_under_its_own(name: str, real: Office) -> None:
    prepare, do = DEEDS[name]
    do(real, prepare(real))


def test_stops_a_run_and_says_why(real: Office, settings: Any) -> None:
    real.passed()
    run = issue_for_programme(real.actor("school"), "sitting", enqueue=False)
    settings.CRAFTPATH_SITE = LOOPBACK

    work_on(run.pk)

    run.refresh_from_db()
    assert (run.phase, run.credentials.count()) == ("stopped", 0)
    assert "CRAFTPATH_SITE" in run.problem_zh and "only this machine" in run.problem_en
    settings.CRAFTPATH_SITE = FIT
    assert print_again(real.actor("school"), run.pk).phase == "printed"


def test_knows_of_every_action_whether_it_makes_what_lasts() -> None:
    found: set[str] = set()
    for one in pkgutil.iter_modules(actions.__path__):
        module: ModuleType = importlib.import_module(f"{actions.__name__}.{one.name}")
        found |= set(module.__all__)

    assert found - set(DEEDS) - INDIRECT == MAKES_NOTHING


def everything() -> dict[str, Any]:
    """Rows of what an action might have written, as they are."""
    models = (Issuer, Credential, PrintRun, StatusList, Record, Entry)
    kept = {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
    kept["shares"] = apps.get_model("credentials", "Share").objects.count()
    return kept


# --- the address of the first day ---------------------------------------------------------------


def test_keeps_the_address_under_which_issuers_were_registered(real: Office, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["other.craftpath.cn", *HOSTS]
    settings.CRAFTPATH_SITE = "https://other.craftpath.cn"

    with pytest.raises(Conflict, match=r"set CRAFTPATH_SITE=https://skills\.craftpath\.cn again"):
        one_issued(real)

    with pytest.raises(Refusal):
        register_issuer(real.actor("province"), real.city.works.pk, slug="works")


def test_is_served_under_a_new_address_though_it_issues_nothing(
    real: Office, settings: Any
) -> None:
    """Nobody is kept from the pages, and from mending it, by what certificates say."""
    settings.CRAFTPATH_SITE = FIT.replace("skills", "other")
    settings.ALLOWED_HOSTS = ["other.craftpath.cn"]

    assert wrong_here() is not None
    assert wrong_on_these_hosts() is None


def test_takes_the_address_that_was_issued_under_last(real: Office, settings: Any) -> None:
    """A site from before issuers had one, which had tried a certificate under another name."""
    settings.CRAFTPATH_SITE = FIT.replace("skills", "trial")
    settings.ALLOWED_HOSTS = ["trial.craftpath.cn", *HOSTS]
    Issuer.objects.update(site="")
    tried, later = real.passed(2)
    issue(real.actor("school"), [tried.pk])
    settings.CRAFTPATH_SITE = FIT
    Issuer.objects.update(site="")
    issue(real.actor("school"), [later.pk])
    Issuer.objects.update(site="")

    migration = importlib.import_module("craftpath.credentials.migrations.0002_site_of_an_issuer")
    migration.read_from_documents(apps, SimpleNamespace(connection=connection))

    assert Issuer.objects.get(slug="academy").site == FIT


def test_is_not_bound_to_an_address_that_nobody_could_ever_open(real: Office) -> None:
    Issuer.objects.update(site=LOOPBACK)  # as a site had it before this was refused

    made = one_issued(real)

    assert f'"id": "{FIT}/credentials/' in made.document
    assert Issuer.objects.get(slug="academy").site == FIT


def test_says_so_where_a_demonstration_has_moved(office: Office, settings: Any) -> None:
    settings.CRAFTPATH_SITE = "http://127.0.0.1:8123"

    why = wrong_here()

    assert why is not None
    assert "made at http://127.0.0.1:8000" in why.en and "craftpath demo --port" in why.en


def test_begins_no_signing_that_the_address_would_refuse(real: Office, settings: Any) -> None:
    """Each start of a worker would count one in vain, and the third be the last for ever."""
    an_unsigned(real)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    fit, settings.CRAFTPATH_SITE = settings.CRAFTPATH_SITE, LOOPBACK
    for _ in range(4):
        resume_runs()
    assert not DBTaskResult.objects.exists()

    settings.CRAFTPATH_SITE = fit
    resume_runs()
    assert DBTaskResult.objects.count() == 1
