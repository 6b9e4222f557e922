"""`craftpath account`: logins and duties, by whoever has the machine."""

from __future__ import annotations

import sys

import click

from craftpath.cli.says import Failure
from craftpath.cli.site import operator, site

__all__ = ["add", "end", "list_all", "password"]


def add(
    username: str, role: str, party: int | None, region: str, name: str | None, from_stdin: bool
) -> None:
    """A new login with its duty, or one more duty of a login that there is."""
    site()
    from django.db import transaction

    from craftpath.access.actions.accounts import add_account, give_duty, wrong_duty
    from craftpath.access.errors import Invalid
    from craftpath.access.models import User

    # Before the password is asked for: nobody wants to type it twice.
    problems = wrong_duty(role, party, region)
    if problems:
        raise Invalid(problems)
    known = User.objects.filter(username=username).exists()
    password = "" if known else _asked(from_stdin)
    with transaction.atomic():
        if not known:
            add_account(operator(), username=username, name=name or username, password=password)
        duty = give_duty(operator(), username=username, role=role, party=party, region=region)
    click.echo(f"{_line(duty)}")


def list_all() -> None:
    site()
    from craftpath.access.actions.accounts import running_duties

    found = list(running_duties().select_related("user").order_by("user__username", "pk"))
    for duty in found:
        click.echo(_line(duty))
    if not found:
        click.echo("还没有账号。\nThere are no accounts yet.")


def end(username: str, duty: int | None, why: str) -> None:
    site()
    from craftpath.access.actions.accounts import close_account, end_duty, running_duties
    from craftpath.access.errors import NotThere

    if duty is None:
        count = close_account(operator(), username, why=why)
        click.echo(
            f"已终止 {count} 项身份，账号停用。\n{count} duties ended, and the login closed."
        )
        return
    if not running_duties().filter(pk=duty, user__username=username).exists():
        raise NotThere(
            f"{username} 没有编号为 {duty} 的身份。",
            f"{username} has no duty of the number {duty}.",
        )
    end_duty(operator(), duty, why=why)
    click.echo("已终止这项身份。\nThe duty is ended.")


def password(username: str, from_stdin: bool) -> None:
    site()
    from craftpath.access.actions.accounts import set_password

    set_password(operator(), username, _asked(from_stdin))
    click.echo("密码已更换。\nThe password was changed.")


def _asked(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Failure(
            "这里不能输入密码；请用 --password-stdin 从标准输入给出。",
            "A password cannot be typed here; give it on standard input with --password-stdin.",
        )
    found: str = click.prompt("密码 / password", hide_input=True, confirmation_prompt=True)
    return found


def _line(duty: object) -> str:
    from craftpath.access.models import Duty
    from craftpath.access.roles import ROLES, Role

    assert isinstance(duty, Duty)
    role = ROLES[Role(duty.role)]
    whom = str(duty.party_id) if duty.party_id is not None else duty.region or "–"
    told = f"{role.zh} {role.en}"
    return f"{duty.pk}\t{duty.user.username}\t{duty.user.first_name}\t{told}\t{whom}\t{duty.start}"
