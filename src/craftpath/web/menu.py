"""What each role finds in its menu."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from craftpath.access.roles import Actor, Role
from craftpath.engine.rules import Label

__all__ = ["Item", "menu_of"]


@dataclass(frozen=True)
class Item:
    label: Label
    url: str
    here: bool


_PUBLIC = [
    (Label("项目", "Programmes"), "programmes"),
    (Label("查证", "Verify"), "verify"),
    (Label("试一试", "Try it"), "try"),
    (Label("规则手册", "Rule book"), "rules"),
]
_OFFICIAL = [
    (Label("办件", "Queue"), "desk"),
    (Label("项目", "Programmes"), "desk-programmes"),
    (Label("考试", "Sittings"), "desk-sittings"),
    (Label("人员与单位", "People"), "desk-parties"),
    (Label("证书与卡", "Certificates"), "issuing"),
    (Label("导入", "Import"), "imports"),
    (Label("疑似重复", "Duplicates"), "duplicates"),
    (Label("规则手册", "Rule book"), "rules"),
]
_MENUS: dict[Role, list[tuple[Label, str]]] = {
    Role.PUBLIC: _PUBLIC,
    Role.WORKER: [
        (Label("我的路径", "My path"), "my-path"),
        (Label("我的记录", "My records"), "my-records"),
        (Label("可报项目", "Open near me"), "near-me"),
        (Label("我的申请", "My applications"), "my-applications"),
        (Label("我的证书", "My proofs"), "wallet"),
    ],
    Role.EMPLOYER: [
        (Label("我的员工", "My people"), "staff"),
        (Label("本季将符合", "This quarter"), "staff-quarter"),
        (Label("集体申报", "Apply for a group"), "staff-programmes"),
        (Label("申报进度", "Applications"), "staff-applications"),
        (Label("查证", "Verify"), "verify"),
        (Label("导入", "Import"), "imports"),
    ],
    Role.INSTITUTION: [
        (Label("我的项目", "My programmes"), "hosted"),
        (Label("学员", "Learners"), "hosted-people"),
        (Label("考场", "Rooms"), "hosted-rooms"),
        (Label("证书", "Certificates"), "issuing"),
        (Label("评价备案", "Filings"), "hosted-filings"),
        (Label("导入", "Import"), "imports"),
    ],
    Role.EXPERT: _PUBLIC,
    Role.TOWN: _OFFICIAL,
    Role.CITY: _OFFICIAL,
    Role.PROVINCE: _OFFICIAL,
    Role.AUDITOR: [(Label("审计日志", "Audit log"), "audit")],
    Role.OPERATOR: [(Label("账号", "Accounts"), "accounts")],
}


def menu_of(actor: Actor, path: str) -> list[Item]:
    found: list[tuple[Label, str]] = []
    for label, name in _MENUS.get(actor.role, _PUBLIC):
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        found.append((label, url))
    here = max(
        (url for _, url in found if url != "/" and path.startswith(url)), key=len, default=""
    )
    return [Item(label, url, url in (path, here)) for label, url in found]
