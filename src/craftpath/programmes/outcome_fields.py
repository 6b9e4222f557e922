"""The record that comes of a programme, as an official enters it, and what of it cannot be.

A programme writes a verified record for everybody who comes through. What it writes has to fit the
kind: its list, its scale, its unit. What does not fit is refused before anybody applies; it is
never left out in silence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from craftpath.eligibility.forms import form_fields
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Kind
from craftpath.pack.nouns import Pack
from craftpath.pack.programme_files import paid_units
from craftpath.programmes.choices import Sort

if TYPE_CHECKING:
    from craftpath.programmes.fields import ProgrammeFields

__all__ = [
    "BY_ROUTE",
    "MOST_MARKS",
    "OutcomeFields",
    "levels_by_route",
    "of_marks",
    "plain_outcome",
    "problems_of_outcome",
    "unsaid",
]

#: A level that is that of the rule's route by which the applicant qualified.
BY_ROUTE: Final = "route"
#: The highest full mark of a programme.
MOST_MARKS: Final = 1000
#: What the marks of a programme come to, and the unit that counts it.
_OF_MARKS = {"mark": "marks", "place": "place", "percent": "percent"}


@dataclass(frozen=True)
class OutcomeFields:
    """The record that comes of it.

    subject   a code of the kind's list, "focus" for what was applied for, None
    level     a rank of the kind's scale; "route": as the programme's template says for the route
              of the rule; None
    quantity  a number in the kind's unit; "amount" of the rule; "mark"; "place", of those who took
              part by their marks, or "percent", the same as a share of them; None
    months    how long it holds; None: it does not end
    """

    kind: str
    subject: str | None = None
    level: int | str | None = None
    quantity: float | str | None = None
    months: int | None = None


def plain_outcome(outcome: OutcomeFields | None) -> dict[str, Any] | None:
    """As `Programme.outcome` keeps it."""
    return None if outcome is None else dict(vars(outcome))


def of_marks(unit: str | None) -> str | None:
    """The quantity that a programme's marks come to in this unit; None: in it they come to none."""
    return next((said for said, counts in _OF_MARKS.items() if counts == unit), None)


def levels_by_route(template: str, kind: str, pack: Pack) -> dict[str, int]:
    """For each route of the template's rule, the rank that is written; empty: it names none."""
    found = next((one for one in pack.programmes if one.id == template), None)
    if found is None or found.outcome is None or found.outcome.kind != kind:
        return {}
    scale = pack.vocabulary.scales[pack.vocabulary.kinds[kind].scale or ""]
    steps = {route: scale.by_code(code) for route, code in found.outcome.levels.items()}
    return {route: step.rank for route, step in steps.items() if step is not None}


def problems_of_outcome(fields: ProgrammeFields, pack: Pack) -> dict[str, Label]:
    """What of the outcome cannot be, by field; empty: all is well."""
    found: dict[str, Label] = {}
    full = fields.full_mark
    if not 1 <= full <= MOST_MARKS or full != round(full, 1):
        found["full_mark"] = Label(
            f"满分为1至{MOST_MARKS}分，最多一位小数。",
            f"A full mark is 1 to {MOST_MARKS}, with at most one decimal place.",
        )
    elif fields.pass_mark is not None and not (fields.marked and 0 <= fields.pass_mark <= full):
        found["pass_mark"] = Label(
            f"合格线为0至{full.normalize():f}分，且只用于评分的项目。",
            f"A pass mark is 0 to {full.normalize():f}, in a programme that is marked.",
        )
    outcome = fields.outcome
    if outcome is None:
        return found
    kind = pack.vocabulary.kinds.get(outcome.kind)
    if kind is None:
        return found | {"outcome.kind": Label("没有这种记录。", "There is no such kind of record.")}
    said = {
        "outcome.kind": _kind(fields, kind),
        "outcome.subject": _subject(fields, outcome, pack, kind.codes),
        "outcome.level": _level(fields, outcome, pack, kind),
        "outcome.quantity": _quantity(fields, outcome, pack, kind),
        "outcome.months": _months(outcome),
    }
    return found | {name: problem for name, problem in said.items() if problem is not None}


def unsaid(fields: ProgrammeFields, pack: Pack) -> dict[str, Label]:
    """What of the outcome a draft may leave open, and nobody may apply for: a record that says no
    code where its kind has a list, or no level where it has a scale, tells no rule anything."""
    outcome = fields.outcome
    kind = pack.vocabulary.kinds.get(outcome.kind) if outcome else None
    if outcome is None or kind is None:
        return {}
    found = {}
    # Who hosts it plans a sitting of it; what no body hosts is not sat.
    sat = pack.assessments if fields.sort == Sort.SITTING and fields.host is not None else None
    if sat is not None and outcome.kind == sat.gives and not fields.focus:
        found["focus"] = Label(
            "发布前请定为一个职业：一场考试只评价一个职业。",
            "Name one occupation before it is published: a sitting assesses one.",
        )
    if kind.codes and outcome.subject is None:
        found["outcome.subject"] = Label(
            "发布前请选定写入哪一个。", "Say which one is written before it is published."
        )
    if kind.scale and outcome.level is None:
        found["outcome.level"] = Label(
            "发布前请选定写入哪一级。", "Say which level is written before it is published."
        )
    return found


def _kind(fields: ProgrammeFields, kind: Kind) -> Label | None:
    if kind.about in ("any", fields.about):
        return None
    return Label("这种记录不是关于这类申请人的。", "Such a record is not about these applicants.")


def _subject(
    fields: ProgrammeFields, outcome: OutcomeFields, pack: Pack, list_id: str | None
) -> Label | None:
    if outcome.subject is None:
        return None
    if list_id is None:
        return Label("这种记录没有内容代码。", "Such a record has no subject.")
    codes = pack.vocabulary.lists[list_id].codes
    if outcome.subject != "focus":
        if outcome.subject in codes:
            return None
        return Label("代码表里没有这个代码。", "No such code in the list.")
    if fields.focus in codes:
        return None
    rule = pack.rule(fields.rule) if fields.rule else None
    theirs = fields.focus_list or (rule.about.focus if rule is not None else None)
    if theirs == list_id:
        return None
    return Label(
        "申请的方向不在这种记录的代码表里。", "What is applied for is no code of such a record."
    )


def _level(fields: ProgrammeFields, outcome: OutcomeFields, pack: Pack, kind: Kind) -> Label | None:
    scale = pack.vocabulary.scales.get(kind.scale) if kind.scale else None
    if outcome.level == BY_ROUTE:
        rule = pack.rule(fields.rule) if fields.rule else None
        routes = {route.id for one in (rule.versions if rule else ()) for route in one.routes}
        if routes & set(levels_by_route(fields.template, kind.id, pack)):
            return None
        return Label(
            "政策包没有写明这条规则各途径的等级，请选定一个等级。",
            "The pack does not say the level of each route of the rule; choose one level.",
        )
    if outcome.level is None:
        return None
    if scale is None or not isinstance(outcome.level, int) or not scale.by_rank(outcome.level):
        return Label("没有这个等级。", "There is no such level.")
    return None


def _quantity(
    fields: ProgrammeFields, outcome: OutcomeFields, pack: Pack, kind: Kind
) -> Label | None:
    said, unit = outcome.quantity, kind.unit
    if unit in _OF_MARKS.values() and said is None:
        return Label(
            "这种记录说的就是成绩、名次或比例，请选择写什么。",
            "Such a record says a mark, a place or a share: choose what is written.",
        )
    if said is None:
        return None
    if unit is None:
        return Label("这种记录没有数量。", "Such a record has no quantity.")
    if not isinstance(said, str):
        fits = math.isfinite(said) and said >= 0
        return None if fits else Label("数量不能为负。", "A quantity is not below zero.")
    name = form_fields(pack, kind.id).unit_label or Label(unit, unit)
    if said in _OF_MARKS:
        if not fields.marked:
            return Label("本项目不评分。", "This programme is not marked.")
        if unit != _OF_MARKS[said]:
            right = _WORDS.get(of_marks(unit) or "", name)
            return Label(
                f"这种记录写的是{right.zh}，不能写入{_WORDS[said].zh}。",
                f"What such a record says is {right.en}, not {_WORDS[said].en}.",
            )
        return None
    if said != "amount":
        return Label("请选择写入什么数量。", "Choose which quantity is written.")
    rule = pack.rule(fields.rule) if fields.rule else None
    if rule is None:
        return Label("没有规则，就没有金额。", "Without a rule there is no amount.")
    if unit not in paid_units(rule):
        return Label(
            f"所选规则不给出以{name.zh}计的数额。", f"The rule gives no amount in {name.en}."
        )
    return None


_WORDS = {
    "mark": Label("成绩", "a mark"),
    "place": Label("名次", "a place"),
    "percent": Label("比例", "a share"),
}


def _months(outcome: OutcomeFields) -> Label | None:
    if outcome.months is None or outcome.months > 0:
        return None
    return Label("有效期以月计，须大于零。", "Months have to be above zero.")
