"""Logins and their duties: given, ended, never deleted."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.models import Duty, User
from craftpath.access.roles import ROLES, Actor, Role
from craftpath.eligibility.kept import pack_of
from craftpath.engine.rules import Label

__all__ = ["ROLES_GIVEN", "add_login", "end_duties", "give_duty", "running_duties", "set_password"]

#: The roles that a login can have.
ROLES_GIVEN = tuple(role for role in Role if role not in (Role.PUBLIC, Role.SYSTEM))

#: For which sort of party a role acts; an expert may act for none.
_NATURES = {
    Role.WORKER: "person",
    Role.EMPLOYER: "organisation",
    Role.INSTITUTION: "organisation",
    Role.EXPERT: "organisation",
}


def add_login(
    actor: Actor,
    *,
    username: str,
    password: str,
    name: str,
    role: str,
    party: int | None = None,
    region: str = "",
) -> Duty:
    """A new login with its first duty.

    Invalid by field; Conflict: the name is taken.
    """
    problems = _wrong_duty(role, party, region) | _wrong_password(password, username)
    if not username.strip() or len(username) > 150:
        problems["username"] = Label("请填写登录名。", "Enter a login name.")
    if problems:
        raise Invalid(problems)
    if User.objects.filter(username=username).exists():
        raise Conflict(
            f"登录名 {username} 已有人用。", f"There is a login of the name {username} already."
        )
    with act(actor, "duty.give", party=party, told_as="account.add") as trace:
        user = User(username=username, first_name=name)
        user.set_password(password)
        user.save()
        duty = _give(user, role, party, region)
        trace.on(user, party)
        trace.details = {"username": username, **_plain(duty)}
    return duty


def give_duty(
    actor: Actor, username: str, *, role: str, party: int | None = None, region: str = ""
) -> Duty:
    """One more duty for a login. NotThere, Invalid by field; Conflict: it has this one."""
    user = _user(username)
    problems = _wrong_duty(role, party, region)
    if problems:
        raise Invalid(problems)
    if running_duties().filter(user=user, role=role, party=party, region=region).exists():
        raise Conflict("这个账号已有这项身份。", "The login has this duty already.")
    with act(actor, "duty.give", on=user, party=party) as trace:
        duty = _give(user, role, party, region)
        trace.details = {"username": username, **_plain(duty)}
    return duty


def end_duties(actor: Actor, username: str, *, duty: int | None = None, why: str = "") -> int:
    """End one duty of a login, or all of them, and with the last one the login itself. Returns
    how many were ended. NotThere; Conflict: there is none to end."""
    user = _user(username)
    running = running_duties().filter(user=user)
    ended = list(running if duty is None else running.filter(pk=duty))
    if not ended:
        raise Conflict("没有可以终止的身份。", "There is no duty to end.")
    with act(actor, "duty.end", on=user, why=why) as trace:
        for one in ended:
            # [start, end): what began today ends today, and holds on no day.
            one.end = max(today(), one.start)
            one.save(update_fields=["end"])
        closed = not running_duties().filter(user=user).exists()
        if closed:
            User.objects.filter(pk=user.pk).update(is_active=False)
        trace.details = {
            "username": username,
            "duties": [_plain(one) for one in ended],
            "login_closed": closed,
        }
    return len(ended)


def set_password(actor: Actor, username: str, password: str) -> None:
    """A new password for somebody who lost theirs. NotThere, Invalid."""
    user = _user(username)
    problems = _wrong_password(password, username)
    if problems:
        raise Invalid(problems)
    with act(actor, "duty.give", on=user, told_as="account.password") as trace:
        user.set_password(password)
        user.save(update_fields=["password"])
        trace.details = {"username": username}


def running_duties() -> QuerySet[Duty]:
    """Those that hold today."""
    day = today()
    return Duty.objects.filter(Q(end=None) | Q(end__gt=day), start__lte=day)


def _give(user: User, role: str, party: int | None, region: str) -> Duty:
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
    return Duty.objects.create(
        user=user, role=role, party_id=party, region=region, start=today()
    )


def _user(username: str) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        raise NotThere(f"没有登录名 {username}。", f"There is no login of the name {username}.")
    return found


def _wrong_duty(role: str, party: int | None, region: str) -> dict[str, Label]:
    if role not in ROLES_GIVEN:
        known = "、".join(ROLES_GIVEN)
        return {
            "role": Label(
                f"没有这种身份：{role}。可用：{known}。",
                f"There is no such role: {role}. There are: {', '.join(ROLES_GIVEN)}.",
            )
        }
    known_as, problems = ROLES[Role(role)], {}
    nature = _NATURES.get(Role(role))
    if nature is None and party is not None:
        problems["party"] = Label(
            f"{known_as.zh}不代表某个主体办事。", f"A duty as {known_as.en} is not for a party."
        )
    if nature is not None and party is None and role != Role.EXPERT:
        problems["party"] = Label(
            f"{known_as.zh}须指明是哪个主体。", f"Say for which party the {known_as.en} acts."
        )
    if nature is not None and party is not None:
        parties = apps.get_model("registry", "Party").objects
        if not parties.filter(pk=party, nature=nature, merged_into=None).exists():
            problems["party"] = Label(
                f"没有编号为 {party} 的{'个人' if nature == 'person' else '单位'}。",
                f"There is no {nature} of the number {party}.",
            )
    if Role(role).is_official:
        if region not in pack_of(settings.CRAFTPATH_PACK).vocabulary.lists["region"].codes:
            problems["region"] = Label(
                f"请写明其办理的区域代码，如 441900；没有代码“{region}”。",
                f"Say which region they serve by its code, such as 441900; there is no “{region}”.",
            )
    elif region:
        problems["region"] = Label(
            "只有经办人员才有区域。", "Only an official's duty has a region."
        )
    return problems


_PASSWORD_FAULTS = {
    "password_too_short": Label("密码太短，至少 8 个字符。", "It needs at least 8 characters."),
    "password_too_common": Label("这个密码太常见。", "This password is too common."),
    "password_entirely_numeric": Label("密码不能全是数字。", "It must not be digits alone."),
    "password_too_similar": Label("密码与登录名太像。", "It is too like the login name."),
}


def _wrong_password(password: str, username: str) -> dict[str, Label]:
    try:
        validate_password(password, User(username=username))
    except ValidationError as trouble:
        plain = Label("密码不合要求。", "The password will not do.")
        said = [_PASSWORD_FAULTS.get(fault.code or "", plain) for fault in trouble.error_list]
        zh, en = "".join(label.zh for label in said), " ".join(label.en for label in said)
        return {"password": Label(zh, en)}
    return {}


def _plain(duty: Duty) -> dict[str, object]:
    return {"duty": duty.pk, "role": duty.role, "party": duty.party_id, "region": duty.region}
