from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from craftpath.access.models import Duty, User
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.cli.main import main
from tests.apps.city import City


def say(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=given)


def add(*words: str, password: str = "a-good-long-one-7") -> Result:
    return say("account", "add", *words, "--password-stdin", given=password + "\n")


def test_adds_a_login_that_can_be_used_and_says_so_in_the_audit(city: City) -> None:
    done = add("zhang", "--role", "town", "--region", "441900119", "--name", "张经办")

    assert done.exit_code == 0, done.output
    duty = Duty.objects.get(user__username="zhang")
    assert (duty.role, duty.region, duty.user.first_name) == ("town", "441900119", "张经办")
    assert duty.user.check_password("a-good-long-one-7")
    actions = list(Entry.objects.order_by("-number").values_list("action", "origin")[:2])
    assert set(actions) == {("duty.give", "command"), ("account.add", "command")}
    assert "a-good-long-one-7" not in str(list(Entry.objects.values()))
    assert list(verify()) == []


def test_gives_a_login_that_there_is_one_more_duty(city: City) -> None:
    done = say("account", "add", "worker", "--role", "employer", "--party", str(city.works.pk))

    assert done.exit_code == 0, done.output
    assert User.objects.get(username="worker").duties.count() == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--role", "mayor"], "There is no such role: mayor"),
        (["--role", "city"], "code of the region"),
        (["--role", "city", "--region", "999999"], "There is no “999999”"),
        (["--role", "worker"], "number of the party"),
        (["--role", "worker", "--party", "987654"], "no person of the number 987654"),
    ],
)
def test_refuses_a_duty_that_cannot_be(city: City, words: list[str], told: str) -> None:
    done = add("zhang", *words)

    assert done.exit_code == 1
    assert told in done.output
    assert not User.objects.filter(username="zhang").exists()


def test_refuses_hr_for_a_person(city: City) -> None:
    done = add("zhang", "--role", "employer", "--party", str(city.worker.pk))

    assert done.exit_code == 1
    assert "no organisation of the number" in done.output


def test_refuses_a_weak_password_and_leaves_no_login(city: City) -> None:
    done = add("zhang", "--role", "auditor", password="12345")

    assert done.exit_code == 1
    assert "at least 8" in done.output
    assert not User.objects.filter(username="zhang").exists()


def test_refuses_to_read_a_password_where_nobody_types(city: City) -> None:
    done = say("account", "add", "zhang", "--role", "auditor")

    assert done.exit_code == 1
    assert "--password-stdin" in done.output


def test_ends_one_duty_and_leaves_the_login(city: City) -> None:
    duty = city.duties["hr"]

    done = say("account", "end", "hr", "--duty", str(duty.pk), "--why", "调岗")

    assert done.exit_code == 0, done.output
    duty.refresh_from_db()
    assert duty.end is not None
    assert User.objects.get(username="hr").is_active


def test_closes_a_login_with_all_its_duties(city: City) -> None:
    done = say("account", "end", "hr", "--why", "离职")

    assert done.exit_code == 0, done.output
    assert not User.objects.get(username="hr").is_active
    assert "\thr\t" not in say("account", "list").output


def test_refuses_to_end_the_duty_of_somebody_else(city: City) -> None:
    done = say("account", "end", "hr", "--duty", str(city.duties["town"].pk))

    assert done.exit_code == 1
    assert "has no duty" in done.output


def test_changes_a_password(city: City) -> None:
    done = say("account", "password", "worker", "--password-stdin", given="another-long-one-9\n")

    assert done.exit_code == 0, done.output
    assert User.objects.get(username="worker").check_password("another-long-one-9")
