"""Logins and duties: given and ended by the operator, never deleted."""

from __future__ import annotations

import datetime as dt

from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.models import Duty, User
from craftpath.access.roles import Actor, Role
from craftpath.eligibility.kept import pack_of
from craftpath.engine.rules import Label

__all__ = [
    "add_account",
    "close_account",
    "end_duty",
    "give_duty",
    "running_duties",
    "set_password",
    "wrong_duty",
]

_FOR_A_PARTY = frozenset({Role.WORKER, Role.EMPLOYER, Role.INSTITUTION, Role.EXPERT})
_LONGEST = 150  # of a login and of a name, as Django's own table has it
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
    for field, text in (("username", username), ("name", name.strip())):
        if len(text) > _LONGEST:
            problems[field] = Label(f"至多 {_LONGEST} 字。", f"At most {_LONGEST} characters.")
    if not name.strip():
        problems["name"] = Label("请填写姓名。", "Enter the name.")
    user = User(username=username, first_name=name.strip())
    problems |= _wrong_password(user, password)
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
    user = _user(username)
    problems = wrong_duty(role, party, region)
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


def close_account(actor: Actor, username: str, *, why: str = "") -> int:
    """End every duty of a login and the login with them; how many there were. NotThere."""
    user = _user(username)
    running = list(running_duties().filter(user=user))
    with transaction.atomic():
        for duty in running:
            end_duty(actor, duty.pk, why=why)
        with act(actor, "duty.end", on=user, why=why, told_as="account.close"):
            User.objects.filter(pk=user.pk).update(is_active=False)
    return len(running)


def set_password(actor: Actor, username: str, password: str) -> None:
    """A new password for somebody who lost theirs. NotThere, Invalid."""
    user = _user(username)
    problems = _wrong_password(user, password)
    if problems:
        raise Invalid(problems)
    with act(actor, "duty.give", on=user, told_as="account.password"):
        user.set_password(password)
        user.save(update_fields=["password"])


def running_duties() -> QuerySet[Duty]:
    """Those that hold today."""
    day = today()
    return Duty.objects.filter(Q(end=None) | Q(end__gt=day), start__lte=day)


def wrong_duty(role: str, party: int | None, region: str) -> dict[str, Label]:
    """What is wrong with a duty, by field; nothing where it can be given."""
    if role not in set(_GIVEN):
        known = [role.value for role in Role if role in _GIVEN]
        return {
            "role": Label(
                f"没有这种身份：{role}。可用：{'、'.join(known)}。",
                f"There is no such role: {role}. There are: {', '.join(known)}.",
            )
        }
    if Role(role).is_official:
        if region in pack_of(settings.CRAFTPATH_PACK).vocabulary.lists["region"].codes:
            return {}
        said = f"没有代码“{region}”。" if region else ""
        also = f" There is no “{region}”." if region else ""
        return {
            "region": Label(
                f"请填写办理的地区代码，如 441900。{said}",
                f"Enter the code of the region served, such as 441900.{also}",
            )
        }
    nature = "person" if role == Role.WORKER else "organisation"
    if role in {Role.WORKER, Role.EMPLOYER, Role.INSTITUTION} and party is None:
        return {"party": Label("请填写所代表主体的编号。", "Enter the number of the party.")}
    if role in _FOR_A_PARTY and party is not None and not _is_there(party, nature):
        sort = "个人" if nature == "person" else "单位"
        return {
            "party": Label(
                f"没有编号为 {party} 的{sort}。", f"There is no {nature} of the number {party}."
            )
        }
    return {}


def _is_there(party: int, nature: str) -> bool:
    # By name: what parties are is the registry's, which stands above this.
    parties = apps.get_model("registry", "Party").objects
    found: bool = parties.filter(pk=party, nature=nature, merged_into=None).exists()
    return found


def _user(username: str) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        raise NotThere(
            f"没有登录名 {username}；要开新账号，请填姓名和初始密码。",
            f"There is no login {username}; for a new one give a name and a first password.",
        )
    return found


def _wrong_password(user: User, password: str) -> dict[str, Label]:
    try:
        validate_password(password, user)
    except ValidationError:
        return {
            "password": Label(
                "密码至少 8 位，不能全是数字，不能太常见或与登录名相近。",
                "A password has at least 8 characters, not digits alone, is not a common one and "
                "not like the login.",
            )
        }
    return {}
