"""A small city for the tests of the site: the cast with logins, and what they share.

    林晓    WORKER      a welder with a level-3 certificate, employed at the works
    陈志远  COLLEAGUE   employed there too; claims only
    苏敏    STRANGER    works elsewhere, in Qingyuan; nobody here may see her but the province
    works   her employer, in Chang'an, Dongguan
    rival   another employer, in Qingyuan
    school  an academy that hosts courses, in Dongguan
    and a login for each role; the officials are of Chang'an (town), Dongguan (city), Qingyuan
    (another city) and Guangdong (province).

Nobody among them exists.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from craftpath.access.models import Duty, User
from craftpath.access.roles import Actor, Role
from craftpath.registry.identity import read_number, sealed_identifier
from craftpath.registry.models import Party, Record
from tests.stages import stage

DAY = dt.date(2025, 8, 27)
WELDER = "6-18-02-04"
PROVINCE, DONGGUAN, CHANGAN, QINGYUAN = "440000", "441900", "441900119", "441800"
PASSWORD = "not-a-secret-here"
#: Who has a login, by the names that `City.actor` takes.
DUTIES = (
    "worker",
    "colleague",
    "stranger",
    "hr",
    "rival-hr",
    "school",
    "expert",
    "town",
    "city",
    "other-city",
    "province",
    "province-2",
    "auditor",
    "operator",
)


@dataclass(frozen=True)
class City:
    worker: Party
    colleague: Party
    stranger: Party
    works: Party
    rival: Party
    school: Party
    duties: dict[str, Duty]

    def actor(self, who: str) -> Actor:
        """The actor of a login: worker, colleague, stranger, hr, rival-hr, school, expert, town,
        city, other-city, province, province-2, auditor, operator."""
        return self.duties[who].actor("web", "127.0.0.1")

    def user(self, who: str) -> User:
        return self.duties[who].user


@stage
def build_city() -> City:
    worker = _person("林晓", "Lin Xiao", "441900199205201225", CHANGAN)
    colleague = _person("陈志远", "Chen Zhiyuan", "441900198511021232", CHANGAN)
    stranger = _person("苏敏", "Su Min", "441802199003044528", QINGYUAN)
    works = _organisation("东江精工（东莞）有限公司", "Dongjiang Precision", CHANGAN, 1)
    rival = _organisation("清远北江机械厂", "Beijiang Machinery", QINGYUAN, 2)
    school = _organisation("东莞工匠学院", "Dongguan Artisan Academy", DONGGUAN, 3)
    for person, born, employer, place in (
        (worker, dt.date(1992, 5, 20), works, CHANGAN),
        (colleague, dt.date(1985, 11, 2), works, CHANGAN),
        (stranger, dt.date(1990, 3, 4), rival, QINGYUAN),
    ):
        _record(person, "birth", born)
        _record(person, "employment", dt.date(2016, 3, 1), WELDER, other=employer)
        _record(person, "workplace", dt.date(2016, 3, 1), place, other=employer)
    _record(worker, "certificate", dt.date(2020, 6, 15), WELDER, level=3)
    _record(worker, "certificate", dt.date(2025, 3, 10), WELDER, level=4)
    for kind in ("insurance", "social-insurance"):
        _record(worker, kind, dt.date(2016, 3, 1), DONGGUAN, other=works)
    for organisation, place in ((works, CHANGAN), (rival, QINGYUAN), (school, DONGGUAN)):
        _record(organisation, "founded", dt.date(2001, 5, 1))
        _record(organisation, "located", dt.date(2001, 5, 1), place)
    _record(works, "enterprise", dt.date(2001, 5, 1))
    _record(rival, "enterprise", dt.date(2001, 5, 1))
    return City(
        worker,
        colleague,
        stranger,
        works,
        rival,
        school,
        {
            "worker": _duty("worker", "林晓", Role.WORKER, worker),
            "colleague": _duty("colleague", "陈志远", Role.WORKER, colleague),
            "stranger": _duty("stranger", "苏敏", Role.WORKER, stranger),
            "hr": _duty("hr", "人事", Role.EMPLOYER, works),
            "rival-hr": _duty("rival-hr", "人事二", Role.EMPLOYER, rival),
            "school": _duty("school", "教务", Role.INSTITUTION, school),
            "expert": _duty("expert", "专家", Role.EXPERT),
            "town": _duty("town", "长安经办", Role.TOWN, region=CHANGAN),
            "city": _duty("city", "东莞经办", Role.CITY, region=DONGGUAN),
            "other-city": _duty("other-city", "清远经办", Role.CITY, region=QINGYUAN),
            "province": _duty("province", "省经办", Role.PROVINCE, region=PROVINCE),
            "province-2": _duty("province-2", "省经办二", Role.PROVINCE, region=PROVINCE),
            "auditor": _duty("auditor", "审计", Role.AUDITOR),
            "operator": _duty("operator", "管理员", Role.OPERATOR),
        },
    )


def _person(name: str, name_en: str, number: str, region: str) -> Party:
    party = Party.objects.create(nature="person", name=name, name_en=name_en, region=region)
    _identify(party, "ric", number)
    return party


def _organisation(name: str, name_en: str, region: str, serial: int) -> Party:
    party = Party.objects.create(nature="organisation", name=name, name_en=name_en, region=region)
    from stdnum.cn import uscc

    body = f"91441900MA000{serial:04d}"
    _identify(party, "uscc", body + uscc.calc_check_digit(body))
    return party


def _identify(party: Party, scheme: str, number: str) -> None:
    if scheme == "ric":
        from stdnum.cn import ric

        number = number[:17] + ric.calc_check_digit(number[:17] + "0")
    read = read_number(scheme, number)
    assert hasattr(read, "masked"), (number, read)
    sealed_identifier(party.pk, read).save()


def _record(
    party: Party,
    kind: str,
    start: dt.date,
    subject: str | None = None,
    level: int | None = None,
    other: Party | None = None,
) -> Record:
    return Record.objects.create(
        party=party,
        kind=kind,
        subject=subject,
        level=level,
        start=start,
        other=other,
        status="verified",
        known=start,
        origin="import",
    )


def _duty(
    username: str, name: str, role: Role, party: Party | None = None, region: str = ""
) -> Duty:
    user = User(username=username, first_name=name)
    user.set_password(PASSWORD)
    user.save()
    return Duty.objects.create(
        user=user, role=role, party=party, region=region, start=dt.date(2020, 1, 1)
    )


def file_for(body: Party, **said: Any) -> Record:
    """A filing of a body; for welders at level 3 where nothing else is said."""
    plain = {
        "kind": "assessment-filing",
        "subject": WELDER,
        "level": 4,
        "start": dt.date(2020, 1, 1),
        "known": dt.date(2020, 1, 1),
        "status": "verified",
        "origin": "form",
    }
    return Record.objects.create(party=body, **{**plain, **said})
