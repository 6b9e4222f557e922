"""Who somebody is here, and for whom they act.

A login may have several duties (a worker who is also her employer's HR) and acts under one at a
time. What a duty may see is a question of its party and its region, never of its name alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from craftpath.engine.rules import Label

__all__ = ["ROLES", "SYSTEM", "Actor", "Role", "anyone"]


class Role(StrEnum):
    PUBLIC = "public"
    WORKER = "worker"
    EMPLOYER = "employer"
    INSTITUTION = "institution"
    EXPERT = "expert"
    TOWN = "town"
    CITY = "city"
    PROVINCE = "province"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SYSTEM = "system"

    @property
    def is_official(self) -> bool:
        return self in (Role.TOWN, Role.CITY, Role.PROVINCE)


ROLES: dict[Role, Label] = {
    Role.PUBLIC: Label("公众", "public"),
    Role.WORKER: Label("职工", "worker"),
    Role.EMPLOYER: Label("用人单位人事", "employer's HR"),
    Role.INSTITUTION: Label("院校、工匠学院、评价机构", "school, academy or assessment body"),
    Role.EXPERT: Label("专家服务队", "expert team"),
    Role.TOWN: Label("镇街经办", "town official"),
    Role.CITY: Label("市级经办", "city official"),
    Role.PROVINCE: Label("省级经办", "province official"),
    Role.AUDITOR: Label("审计", "auditor"),
    Role.OPERATOR: Label("系统管理", "operator"),
    Role.SYSTEM: Label("系统", "system"),
}


@dataclass(frozen=True)
class Actor:
    """Who asks or acts, under which duty, from where. Every read and every write takes one.

    user     the login; None for anybody, and for the site's own work
    party    whom the duty is for: the worker herself, the employer, the school; None: no party
    region   the code of the region that an official serves ("441900"); "" for everybody else
    origin   web, api, command or worker; `address` the network address
    scopes   what a token may do (names of `access.may`), None: whatever the role may
    """

    user: int | None
    name: str
    role: Role
    party: int | None = None
    region: str = ""
    duty: int | None = None
    origin: str = "web"
    address: str = ""
    scopes: frozenset[str] | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"

    def from_(self, origin: str, address: str = "") -> Actor:
        return replace(self, origin=origin, address=address)


def anyone(origin: str = "web", address: str = "") -> Actor:
    """Somebody who has not logged in."""
    return Actor(None, "", Role.PUBLIC, origin=origin, address=address)


#: The site's own work: freed places that move on, an import that goes on after a restart.
SYSTEM = Actor(None, "craftpath", Role.SYSTEM, origin="worker")
