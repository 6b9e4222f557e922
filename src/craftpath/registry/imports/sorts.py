"""The sorts of sheets, and the columns of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from craftpath.access.roles import Role
from craftpath.engine.rules import Label
from craftpath.registry.imports.nouns import Cell

__all__ = ["REASONS", "SORTS", "WHERE", "Column", "Heading", "Sort", "find_heading", "sorts_for"]


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    names    other headings by which it goes
    asked    the heading has to be there
    help     what goes into it; example: one that is right
    codes    id of the code list that it is read by; `choices`: the few texts that it takes
    """

    id: str
    label: Label
    help: Label
    example: str
    names: tuple[str, ...] = ()
    asked: bool = False
    codes: str | None = None
    choices: tuple[str, ...] = ()

    @cached_property
    def headings(self) -> frozenset[str]:
        return frozenset(map(folded, (self.id, self.label.zh, self.label.en, *self.names)))


@dataclass(frozen=True)
class Sort:
    """A sort of sheet: whom it is for, and its columns in the template's order."""

    id: str
    label: Label
    help: Label
    roles: frozenset[Role]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Heading:
    """Where a sheet's columns are: positions by column id, and the headings as they stand."""

    at: Mapping[str, int]
    texts: tuple[str, ...]
    unread: tuple[str, ...]
    twice: tuple[str, ...]

    def text(self, column: str) -> str:
        at = self.at.get(column)
        return "" if at is None else self.texts[at]


#: Headings that a file of rejects has beside those of the sort; never read.
REASONS = Label("问题（上传时不读）", "problems (not read)")
WHERE = Label("原位置（上传时不读）", "place in the first file (not read)")


def folded(text: str) -> str:
    """A heading without what varies: width, case, blanks, stars and what stands in brackets."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\(.*?\)|[\s*_:\-﻿\u200b]", "", text)


def find_heading(sort: Sort, row: Sequence[Cell]) -> Heading:
    """Which cells of a row are headings of the sort."""
    texts = tuple("" if cell is None else str(cell).strip() for cell in row)
    known = {name: column.id for column in sort.columns for name in column.headings}
    ours = {folded(word) for label in (REASONS, WHERE) for word in (label.zh, label.en)}
    at: dict[str, int] = {}
    unread, twice = [], []
    for position, text in enumerate(texts):
        name = folded(text)
        column = known.get(name)
        if column is None:
            if name and name not in ours:
                unread.append(text)
        elif column in at:
            twice.append(text)
        else:
            at[column] = position
    return Heading(MappingProxyType(at), texts, tuple(unread), tuple(twice))


def sorts_for(role: Role) -> tuple[Sort, ...]:
    return tuple(sort for sort in SORTS.values() if role in sort.roles)


# --- the columns -----------------------------------------------------------------------------

_DATE = Label(
    "2025-06-30、2025/6/30、2025年6月30日、20250630 或日期格式的单元格",
    "2025-06-30, 2025/6/30, 2025年6月30日, 20250630, or a cell formatted as a date",
)
_NAME = Column("name", Label("姓名", "name"), Label("证件上的姓名", "as on the card"), "张三")
_NAME_EN = Column(
    "name_en",
    Label("英文名", "name in English"),
    Label("可不填", "may be empty"),
    "Zhang San",
    names=("english name",),
)
_SCHEME = Column(
    "scheme",
    Label("证件类型", "kind of number"),
    Label("不填即公民身份号码", "empty: resident identity number"),
    "公民身份号码",
    names=("id type", "证件种类"),
    choices=(
        "公民身份号码",
        "护照",
        "港澳居民来往内地通行证",
        "台湾居民来往大陆通行证",
        "外国人永久居留身份证",
    ),
)
_NUMBER = Column(
    "number",
    Label("证件号码", "number"),
    Label("整列设为文本后再填", "make the column text first"),
    "44190019900307123X",
    names=("身份证号", "身份证号码", "公民身份号码", "id number", "identity number"),
    asked=True,
)
_BORN = Column(
    "born",
    Label("出生日期", "date of birth"),
    Label(
        "公民身份号码自带，可不填；填了须与号码一致。" + _DATE.zh,
        "an identity number tells it, so it may be empty; else it has to agree. " + _DATE.en,
    ),
    "1990-03-07",
    names=("出生年月日", "birth date"),
)
_REGION = Column(
    "region",
    Label("地区", "region"),
    Label("地区代码或全名；重名的填代码", "code or name of the region; a code where names repeat"),
    "东莞市",
    names=("所在地区", "工作地", "地区代码"),
    codes="region",
)


def _day(id: str, zh: str, en: str, example: str, names: tuple[str, ...] = ()) -> Column:
    return Column(id, Label(zh, en), _DATE, example, names)


_LAST = Column(
    "last",
    Label("截止日期", "last day"),
    Label(
        "最后一天，含当日；仍在持续的不填。" + _DATE.zh,
        "the last day, itself included; empty while it goes on. " + _DATE.en,
    ),
    "2026-06-30",
    names=("结束日期", "终止日期", "有效期至", "end date"),
)


def _with(column: Column, **changes: Any) -> Column:
    return replace(column, **changes)


_OFFICIALS = frozenset({Role.TOWN, Role.CITY, Role.PROVINCE})

_PEOPLE = Sort(
    "people",
    Label("人员", "people"),
    Label("登记人员：每人一行。", "Register people: a row each."),
    _OFFICIALS,
    (
        _with(_NAME, asked=True),
        _SCHEME,
        _NUMBER,
        _BORN,
        _with(_REGION, asked=True),
        _NAME_EN,
    ),
)

_ORGANISATIONS = Sort(
    "organisations",
    Label("单位", "organisations"),
    Label("登记单位：每个单位一行。", "Register organisations: a row each."),
    _OFFICIALS,
    (
        Column(
            "name",
            Label("单位名称", "name"),
            Label("登记证照上的全称", "in full, as on the licence"),
            "东莞市某某机械有限公司",
            names=("企业名称", "名称", "organisation"),
            asked=True,
        ),
        Column(
            "number",
            Label("统一社会信用代码", "credit code"),
            Label("18 位", "18 characters"),
            "91441900MA0000012E",
            names=("信用代码", "社会信用代码", "uscc", "unified social credit code"),
            asked=True,
        ),
        _with(_day("born", "成立日期", "founded", "2015-04-01", ("注册日期",)), asked=True),
        _with(_REGION, asked=True),
        _NAME_EN,
    ),
)

_STAFF = Sort(
    "staff",
    Label("员工花名册", "staff"),
    Label(
        "本单位的员工：每段任职一行，写成从业记录和工作地记录（自述，待核实）。",
        "Your own staff: a row for each job, made into records of employment and place of work "
        "(claimed, to be verified).",
    ),
    frozenset({Role.EMPLOYER}),
    (
        _with(_NAME, asked=True),
        _NUMBER,
        _SCHEME,
        _BORN,
        Column(
            "subject",
            Label("职业", "occupation"),
            Label("职业代码或职业大典中的全名", "occupation code, or its exact name in the list"),
            "焊工",
            names=("工种", "职业代码", "职业（代码或名称）"),
            asked=True,
            codes="occupation",
        ),
        _with(
            _day("start", "入职日期", "first day", "2019-07-01", ("start date", "入职时间")),
            asked=True,
        ),
        _with(
            _LAST,
            label=Label("离职日期", "last day"),
            names=("离职时间", "end date"),
            help=Label("在岗最后一天，含当日；在职的不填。" + _DATE.zh, _LAST.help.en),
        ),
        _with(_REGION, names=("工作地区", "工作地", "所在地区", "地区代码")),
    ),
)

_RECORDS = Sort(
    "records",
    Label("记录", "records"),
    Label("每条记录一行。", "A row for each record."),
    _OFFICIALS | {Role.INSTITUTION},
    (
        _with(
            _NUMBER,
            label=Label("证件号码或信用代码", "number of the party"),
            names=(*_NUMBER.names, "证件号码", "信用代码", "统一社会信用代码", "number"),
            help=Label(
                "记录是关于谁的：证件号码，或单位的统一社会信用代码",
                "whose record it is: identity number, or an organisation's credit code",
            ),
        ),
        _with(
            _NAME,
            names=("单位名称", "姓名或单位名称"),
            help=Label(
                "用于核对；院校和评价机构必填，尚未登记的人据此新增",
                "to compare with; schools and assessment bodies have to give it, and somebody not "
                "yet registered is added under it",
            ),
        ),
        _with(
            _SCHEME,
            help=Label(
                "不填：按号码判断是公民身份号码还是信用代码",
                "empty: resident identity number or credit code, as the number tells",
            ),
            choices=(*_SCHEME.choices, "统一社会信用代码"),
        ),
        _BORN,
        Column(
            "kind",
            Label("记录类型", "kind"),
            Label("代码或名称，见下表", "its id or name, see below"),
            "职业技能等级证书（含职业资格证书）",
            asked=True,
        ),
        Column(
            "subject",
            Label("对象", "subject"),
            Label("该类记录代码表中的代码或名称", "code or name in the list of that kind"),
            "焊工",
            names=("对象代码", "代码"),
        ),
        Column(
            "level",
            Label("等级", "level"),
            Label("等级的代码或名称：3 或 高级工", "code or name of the level: 3 or 高级工"),
            "高级工",
        ),
        _with(
            _day(
                "start",
                "开始日期",
                "first day",
                "2024-06-15",
                ("发证日期", "start date", "起始日期"),
            ),
            asked=True,
        ),
        _LAST,
        Column(
            "quantity",
            Label("数量", "quantity"),
            Label("只写数，单位由记录类型定", "the number alone; the kind says the unit"),
            "",
        ),
        Column(
            "other",
            Label("相对方信用代码", "credit code of the other party"),
            Label(
                "用人单位、发证单位、院校等，须已登记；院校和评价机构不填即本单位",
                "employer, issuer, school …, registered already; for schools and assessment "
                "bodies, empty means themselves",
            ),
            "",
            names=("相对方", "other"),
        ),
        Column(
            "status",
            Label("状态", "status"),
            Label("已核实 或 自述；不填按自述", "verified or claimed; empty: claimed"),
            "自述",
            choices=("已核实", "自述"),
        ),
        _REGION,
    ),
)

SORTS: Mapping[str, Sort] = MappingProxyType(
    {sort.id: sort for sort in (_STAFF, _PEOPLE, _ORGANISATIONS, _RECORDS)}
)
