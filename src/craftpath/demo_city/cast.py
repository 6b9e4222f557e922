"""The logins of the city: one for each role, and a second person where two have to agree."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from craftpath.access.act import act
from craftpath.access.models import Duty, User
from craftpath.access.roles import ROLES, Actor, Role
from craftpath.demo_city.lives import CITY, OTHER_CITY, TOWN, Lives

__all__ = ["PASSWORD", "Account", "Cast", "make_cast"]

#: Of every login of the city; it is printed, so it keeps nothing safe.
PASSWORD = "jiangtu-demo-2026"

_OPERATOR = Actor(None, "craftpath demo", Role.OPERATOR, origin="command")


@dataclass(frozen=True)
class Account:
    """A login as it is printed."""

    username: str
    role: Role
    zh: str
    en: str

    def __str__(self) -> str:
        role = ROLES[self.role]
        return f"{self.username:<12} {role.zh} / {role.en}: {self.zh} / {self.en}"


@dataclass(frozen=True)
class Cast:
    """worker, worker2, employer, school and assessor are parties of the city."""

    worker: int
    worker2: int
    employer: int
    school: int
    assessor: int
    duties: dict[str, Duty]
    accounts: tuple[Account, ...]

    def actor(self, username: str) -> Actor:
        return self.duties[username].actor("web", "127.0.0.1")


def make_cast(lives: Lives, day: dt.date) -> Cast:
    employer = _largest_in_town(lives)
    worker, colleague = _two_workers(lives, employer)
    school = _in_city(lives, lives.schools)
    assessor = _in_city(lives, lives.assessors)
    n = lives.names
    wanted: list[tuple[str, Role, int | None, str, str, str]] = [
        ("worker", Role.WORKER, worker, "", n[worker].zh, n[worker].en),
        ("worker2", Role.WORKER, colleague, "", n[colleague].zh, n[colleague].en),
        ("hr", Role.EMPLOYER, employer, "", n[employer].zh, n[employer].en),
        ("school", Role.INSTITUTION, school, "", n[school].zh, n[school].en),
        ("assessor", Role.INSTITUTION, assessor, "", n[assessor].zh, n[assessor].en),
        ("expert", Role.EXPERT, school, "", n[school].zh, n[school].en),
        ("town", Role.TOWN, None, TOWN, "东莞市长安镇", "Chang'an town, Dongguan"),
        ("city", Role.CITY, None, CITY, "东莞市", "Dongguan"),
        ("city2", Role.CITY, None, CITY, "东莞市，第二人", "Dongguan, the second person"),
        ("othercity", Role.CITY, None, OTHER_CITY, "清远市", "Qingyuan"),
        ("province", Role.PROVINCE, None, "440000", "广东省", "Guangdong"),
        ("auditor", Role.AUDITOR, None, "", "审计日志", "the audit log"),
        ("operator", Role.OPERATOR, None, "", "账号与运行", "accounts and operations"),
    ]
    hashed = make_password(PASSWORD)  # half a second: once for all
    duties = {}
    for username, role, party, region, zh, _ in wanted:
        shown = zh if role == Role.WORKER else f"{ROLES[role].zh} {username}"
        with act(_OPERATOR, "duty.give", told_as="account.add", party=party) as trace:
            user = User.objects.create(username=username, first_name=shown, password=hashed)
            duties[username] = Duty.objects.create(
                user=user, role=role, party_id=party, region=region, start=dt.date(2024, 1, 1)
            )
            trace.on(user, party)
            trace.details = {"username": username, "role": role, "region": region}
    accounts = tuple(Account(w[0], w[1], w[4], w[5]) for w in wanted)
    return Cast(worker, colleague, employer, school, assessor, duties, accounts)


def _largest_in_town(lives: Lives) -> int:
    town = [at for at in lives.employers if lives.region[at] == TOWN and lives.staff.get(at)]
    some = town or [at for at in lives.employers if lives.staff.get(at)]
    return max(some, key=lambda at: (len(lives.staff[at]), -at))


def _two_workers(lives: Lives, employer: int) -> tuple[int, int]:
    """Of the employer's people: with a certificate of a middle level, not too old."""
    staff = set(lives.staff[employer])
    born = {row["party"]: row["start"] for row in lives.rows if row["kind"] == "birth"}
    skilled = [
        row["party"]
        for row in lives.rows
        if row["kind"] == "certificate"
        and row["level"] in (3, 4)
        and row["status"] == "verified"
        and row["known_until"] is None
    ]
    fitting = [at for at in skilled if at in staff and born[at].year >= 1980]
    rest = [at for at in sorted(staff) if at not in fitting] + list(lives.people)
    chosen = list(dict.fromkeys([*fitting, *rest]))
    return chosen[0], chosen[1]


def _in_city(lives: Lives, some: list[int]) -> int:
    return next((at for at in some if lives.region[at].startswith(CITY[:4])), some[0])
