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
    from craftpath.access.actions.accounts import add_login, give_duty
    from craftpath.access.models import User

    if User.objects.filter(username=username).exists():
        duty = give_duty(operator(), username, role=role, party=party, region=region)
    else:
        duty = add_login(
            operator(),
            username=username,
            password=_asked(from_stdin),
            name=name or username,
            role=role,
            party=party,
            region=region,
        )
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
    from craftpath.access.actions.accounts import end_duties

    count = end_duties(operator(), username, duty=duty, why=why)
    click.echo(f"已终止 {count} 项身份。\n{count} duties ended.")


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
