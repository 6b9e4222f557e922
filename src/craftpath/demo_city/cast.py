"""The logins of the city: one for each role, and a second person where two have to agree."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from craftpath.access.act import act
from craftpath.access.demonstration import PASSWORD
from craftpath.access.models import Duty, User
from craftpath.access.roles import ROLES, Actor, Role
from craftpath.demo_city.lives import CITY, OTHER_CITY, TOWN, Lives, in_city
from craftpath.eligibility.kept import pack_of

__all__ = ["PASSWORD", "Cast", "make_cast", "told_accounts"]

#: Made up, like everybody in the city; a worker's login has the worker's own name.
_NAMES = {
    "hr": "梁敏仪",
    "school": "何志远",
    "assessor": "冯淑贞",
    "assessor2": "唐启明",
    "assessor3": "袁丽华",
    "expert": "谢国栋",
    "town": "黄嘉慧",
    "city": "陈立文",
    "city2": "郭晓琳",
    "othercity": "罗建国",
    "province": "邓文静",
    "auditor": "曾宪明",
    "operator": "余俊杰",
}

_OPERATOR = Actor(None, "craftpath demo", Role.OPERATOR, origin="command")


@dataclass(frozen=True)
class Cast:
    """worker, worker2, employer, school and assessor are parties of the city."""

    worker: int
    worker2: int
    employer: int
    school: int
    assessor: int
    duties: dict[str, Duty]

    def actor(self, username: str) -> Actor:
        return self.duties[username].actor("web", "127.0.0.1")


def make_cast(lives: Lives, day: dt.date) -> Cast:
    employer = _largest_in_town(lives)
    worker, colleague = _two_workers(lives, employer)
    school = in_city(lives, lives.schools)
    assessor = in_city(lives, lives.assessors)
    wanted: list[tuple[str, Role, int | None, str]] = [
        ("worker", Role.WORKER, worker, ""),
        ("worker2", Role.WORKER, colleague, ""),
        ("hr", Role.EMPLOYER, employer, ""),
        ("school", Role.INSTITUTION, school, ""),
        ("assessor", Role.INSTITUTION, assessor, ""),
        ("assessor2", Role.INSTITUTION, assessor, ""),
        ("assessor3", Role.INSTITUTION, assessor, ""),
        ("expert", Role.EXPERT, school, ""),
        ("town", Role.TOWN, None, TOWN),
        ("city", Role.CITY, None, CITY),
        ("city2", Role.CITY, None, CITY),
        ("othercity", Role.CITY, None, OTHER_CITY),
        ("province", Role.PROVINCE, None, "440000"),
        ("auditor", Role.AUDITOR, None, ""),
        ("operator", Role.OPERATOR, None, ""),
    ]
    hashed = make_password(PASSWORD)  # half a second: once for all
    duties = {}
    for username, role, party, region in wanted:
        shown = lives.names[party].zh if role == Role.WORKER and party else _NAMES[username]
        with act(_OPERATOR, "duty.give", told_as="account.add", party=party) as trace:
            user = User.objects.create(username=username, first_name=shown, password=hashed)
            duties[username] = Duty.objects.create(
                user=user, role=role, party_id=party, region=region, start=dt.date(2024, 1, 1)
            )
            trace.on(user, party)
            trace.details = {"username": username, "role": role, "region": region}
    return Cast(worker, colleague, employer, school, assessor, duties)


def told_accounts() -> list[str]:
    """A line for each login of the city: its name, its role, and for whom it acts."""
    places = pack_of(settings.CRAFTPATH_PACK).vocabulary.lists["region"].codes
    lines = []
    for duty in Duty.objects.select_related("user", "party").order_by("pk"):
        role = ROLES[Role(duty.role)]
        if duty.party is not None:
            whom = f"{duty.party.name} / {duty.party.name_en}"
        elif duty.region:
            whom = f"{places[duty.region].label.zh} / {places[duty.region].label.en}"
        else:
            whom = ""
        lines.append(f"{duty.user.username:<10} {role.zh} / {role.en}  {whom}".rstrip())
    return lines


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
