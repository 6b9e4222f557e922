"""Why a row was turned away, in both languages, and how to mend it.

Every bad row has one reason: the first found, in the order in which rows are looked at. First the
values as written (`Reason.ROW_SHAPE` … `Reason.NO_PARTY`), then the row, then its party.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from craftpath.engine.rules import Label

__all__ = ["FIRST_DAY", "LAST_DAY", "Reason", "Why"]

# Days outside are slips of the pen (0023, 9999), and would stretch every calendar loop.
FIRST_DAY = "1900-01-01"
LAST_DAY = "2200-01-01"


@dataclass(frozen=True)
class Why:
    """`code` is what the kernel writes (1…255); `column` where the trouble shows, None: the row."""

    code: int
    id: str
    column: str | None
    text: Label
    mend: Label


class Reason(Enum):
    # values as written; the column is whichever held the value
    ROW_SHAPE = Why(
        1,
        "row-shape",
        None,
        Label("列数与表头不符", "the row has not as many fields as the header"),
        Label(
            "补齐或删去多余的字段；含逗号的值加引号",
            "add or drop fields; quote a value that holds a comma",
        ),
    )
    NOT_A_NUMBER = Why(
        2,
        "not-a-number",
        None,
        Label("不是数字", "not a number"),
        Label("只写阿拉伯数字", "write digits only"),
    )
    NUMBER_SHAPE = Why(
        3,
        "number-shape",
        None,
        Label(
            "数字中有空格、千分位逗号或全角字符",
            "a number with spaces, commas or full-width digits",
        ),
        Label("只写半角数字和小数点", "write plain digits and a decimal point"),
    )
    NOT_WHOLE = Why(
        4,
        "not-whole",
        None,
        Label("应为整数", "has to be a whole number"),
        Label("去掉小数部分", "drop the fraction"),
    )
    TOO_BIG = Why(
        5,
        "too-big",
        None,
        Label("数字超出该列范围", "the number does not fit the column"),
        Label("核对位数", "check the number of digits"),
    )
    NOT_A_DATE = Why(
        6,
        "not-a-date",
        None,
        Label("不是日期", "not a date"),
        Label("写成 年-月-日，如 2023-07-01", "write year-month-day, such as 2023-07-01"),
    )
    DATE_SHAPE = Why(
        7,
        "date-shape",
        None,
        Label("日期写法不对", "a date in another shape"),
        Label("写成 年-月-日，如 2023-07-01", "write year-month-day, such as 2023-07-01"),
    )
    IMPOSSIBLE_DATE = Why(
        8,
        "impossible-date",
        None,
        Label("日历上没有这一天", "no such day in the calendar"),
        Label("核对月份和日子", "check the month and the day"),
    )
    TIME_OF_DAY = Why(
        9,
        "time-of-day",
        None,
        Label("日期带有钟点", "a time of day where a day is asked"),
        Label("只写日期；一天不是零点", "write the day alone; a day is not a midnight"),
    )
    NO_PARTY = Why(
        10,
        "no-party",
        "party",
        Label("缺少当事人编号", "no party"),
        Label("填写当事人编号", "say whose record it is"),
    )
    # the row
    NO_KIND = Why(
        20,
        "no-kind",
        "kind",
        Label("缺少记录种类", "no kind"),
        Label("填写规则包中的记录种类", "name a kind of the pack"),
    )
    UNKNOWN_KIND = Why(
        21,
        "unknown-kind",
        "kind",
        Label("规则包中没有这种记录", "the pack has no such kind"),
        Label("改用规则包 kinds.yaml 中的种类", "use a kind of the pack's kinds.yaml"),
    )
    UNKNOWN_CODE = Why(
        22,
        "unknown-code",
        "subject",
        Label("该种类的代码表中没有这个代码", "no such code in this kind's code list"),
        Label("核对代码和版本", "check the code and its edition"),
    )
    CODE_WITHOUT_LIST = Why(
        23,
        "code-without-list",
        "subject",
        Label("这种记录不带代码", "this kind has no subject"),
        Label("留空，或核对记录种类", "leave it empty, or check the kind"),
    )
    LEVEL_OFF_SCALE = Why(
        24,
        "level-off-scale",
        "level",
        Label("不是该种类等级表中的等级", "not a level of this kind's scale"),
        Label("填写等级表中的序位（由低到高）", "write a rank of the scale (low to high)"),
    )
    LEVEL_WITHOUT_SCALE = Why(
        25,
        "level-without-scale",
        "level",
        Label("这种记录不分等级", "this kind has no levels"),
        Label("留空，或核对记录种类", "leave it empty, or check the kind"),
    )
    NO_START = Why(
        26,
        "no-start",
        "start",
        Label("缺少开始日期", "no first day"),
        Label("填写事实成立的第一天", "write the first day on which the fact holds"),
    )
    DAY_OUT_OF_RANGE = Why(
        27,
        "day-out-of-range",
        None,
        Label(
            f"日期不在 {FIRST_DAY} 至 {LAST_DAY} 之间", f"a day outside {FIRST_DAY} … {LAST_DAY}"
        ),
        Label("核对年份；仍在持续的留空", "check the year; leave it empty where there is no end"),
    )
    END_BEFORE_START = Why(
        28,
        "end-before-start",
        "end",
        Label("结束不晚于开始，一天也不成立", "ends on its first day or before: it holds on none"),
        Label(
            "结束日期是不再成立的第一天，晚于开始", "the end is the first day it no longer holds"
        ),
    )
    BAD_QUANTITY = Why(
        29,
        "bad-quantity",
        "quantity",
        Label("数量为负或不是有限数", "a quantity below zero or without bound"),
        Label(
            "填写不小于零的数，不知道则留空",
            "write a number not below zero; leave it empty if unknown",
        ),
    )
    BAD_STATUS = Why(
        30,
        "bad-status",
        "status",
        Label("状态不是 verified 或 claimed", "the status is neither verified nor claimed"),
        Label("已核实写 verified，自报写 claimed", "write verified or claimed"),
    )
    NO_KNOWN = Why(
        31,
        "no-known",
        "known",
        Label("缺少获知日期", "no day on which it was learned"),
        Label("填写系统得知该事实的日期", "write the day on which the system learned it"),
    )
    UNKNOWN_BEFORE_KNOWN = Why(
        32,
        "superseded-before-known",
        "known_until",
        Label("失效日期早于获知日期", "superseded before it was known"),
        Label("核对 known 与 known_until", "check known and known_until"),
    )
    DUPLICATE = Why(
        33,
        "duplicate",
        None,
        Label("与前面一行完全相同", "the same as an earlier row in every column"),
        Label("删去重复的行", "drop the repeated row"),
    )
    # the party
    NEITHER_BORN_NOR_FOUNDED = Why(
        40,
        "neither-born-nor-founded",
        "party",
        Label(
            "当事人没有可用的 birth 或 founded 记录",
            "the party has no usable birth or founded record",
        ),
        Label(
            "为个人补 birth，为单位补 founded",
            "give a person a birth record, an organisation a founded one",
        ),
    )
    BORN_AND_FOUNDED = Why(
        41,
        "born-and-founded",
        "kind",
        Label(
            "当事人已有 birth 记录，不能再有 founded",
            "the party has a birth record: it cannot be founded",
        ),
        Label(
            "核对编号是否混用了个人和单位",
            "check whether a person and an organisation share the number",
        ),
    )
    NOT_A_PERSON = Why(
        42,
        "not-a-person",
        "kind",
        Label("只属于个人的记录写在单位名下", "a person's kind of record on an organisation"),
        Label("核对当事人编号和记录种类", "check the party and the kind"),
    )
    NOT_AN_ORGANISATION = Why(
        43,
        "not-an-organisation",
        "kind",
        Label("只属于单位的记录写在个人名下", "an organisation's kind of record on a person"),
        Label("核对当事人编号和记录种类", "check the party and the kind"),
    )

    @property
    def code(self) -> int:
        return self.value.code

    @property
    def id(self) -> str:
        return self.value.id

    @property
    def column(self) -> str | None:
        return self.value.column

    @property
    def text(self) -> Label:
        return self.value.text

    @property
    def mend(self) -> Label:
        return self.value.mend

    @classmethod
    def of(cls, code: int) -> Reason:
        return _BY_CODE[code]


_BY_CODE = {reason.code: reason for reason in Reason}
