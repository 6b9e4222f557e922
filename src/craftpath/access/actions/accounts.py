"""Logins and duties: given and ended by the operator, never deleted."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.models import Duty, User
from craftpath.access.roles import Actor, Role
from craftpath.engine.rules import Label

__all__ = ["add_account", "end_duty", "give_duty"]

_FOR_A_PARTY = frozenset({Role.WORKER, Role.EMPLOYER, Role.INSTITUTION, Role.EXPERT})
_GIVEN = _FOR_A_PARTY | {Role.TOWN, Role.CITY, Role.PROVINCE, Role.AUDITOR, Role.OPERATOR}


def add_account(actor: Actor, *, username: str, name: str, password: str) -> User:
    """A new login without any duty. Invalid by field; Conflict where the name is taken."""
    problems: dict[str, Label] = {}
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        problems["username"] = Label(
            "登录名只能含字母、数字和 @ . + - _。",
            "A login has letters, digits and @ . + - _ only.",
        )
    if not name.strip():
        problems["name"] = Label("请填写姓名。", "Enter the name.")
    user = User(username=username, first_name=name.strip())
    try:
        validate_password(password, user)
    except ValidationError:
        problems["password"] = Label(
            "密码至少 8 位，不能全是数字，不能太常见或与登录名相近。",
            "A password has at least 8 characters, not digits alone, is not a common one and not "
            "like the login.",
        )
    if problems:
        raise Invalid(problems)
    user.set_password(password)
    try:
        with transaction.atomic(), act(actor, "duty.give", told_as="account.add") as trace:
            user.save()
            trace.on(user)
    except IntegrityError as trouble:
        raise Conflict("这个登录名已经有了。", "There is such a login already.") from trouble
    return user


def give_duty(
    actor: Actor,
    *,
    username: str,
    role: str,
    party: int | None = None,
    region: str = "",
    start: dt.date | None = None,
) -> Duty:
    """From `start` (today) the login may act under the role. Invalid by field; NotThere."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotThere(f"没有登录名 {username}。", f"There is no login {username}.")
    problems: dict[str, Label] = {}
    if role not in set(_GIVEN):
        problems["role"] = Label("没有这种身份。", "There is no such role.")
    elif Role(role).is_official and not region:
        problems["region"] = Label("请填写办理的地区代码。", "Enter the code of the region served.")
    elif role in {Role.WORKER, Role.EMPLOYER, Role.INSTITUTION} and party is None:
        problems["party"] = Label("请填写所代表主体的编号。", "Enter the number of the party.")
    if problems:
        raise Invalid(problems)
    with act(actor, "duty.give", party=party) as trace:
        duty = Duty(
            user=user,
            role=role,
            party_id=party if role in _FOR_A_PARTY else None,
            region=region if Role(role).is_official else "",
            start=start or today(),
        )
        try:
            with transaction.atomic():
                duty.save()
        except IntegrityError as trouble:
            raise NotThere("没有这个主体。", "There is no such party.") from trouble
        trace.on(duty)
        trace.details = {"user": user.pk, "role": role, "region": duty.region}
    return duty


def end_duty(actor: Actor, duty_id: int, *, why: str = "") -> Duty:
    """The duty ends today; its tokens end with it. NotThere: none such, or ended."""
    duty = Duty.objects.select_related("user").filter(pk=duty_id, end=None).first()
    if duty is None:
        raise NotThere
    with act(actor, "duty.end", on=duty, party=duty.party_id, why=why):
        Duty.objects.filter(pk=duty.pk).update(end=today())
    duty.refresh_from_db()
    return duty
