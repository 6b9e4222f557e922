"""A programme as an official enters it, and what of it cannot be."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from craftpath.engine.rules import Label
from craftpath.pack.nouns import Pack
from craftpath.programmes.choices import Sort, Tier, Way
from craftpath.programmes.outcome_fields import OutcomeFields, problems_of_outcome
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Party

__all__ = [
    "AskedDocument",
    "GroupFields",
    "ProgrammeFields",
    "StepFields",
    "problems_of",
]

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_HEIGHT = {Tier.INSTITUTION: 0, Tier.GRASSROOTS: 0, Tier.CITY: 1, Tier.PROVINCE: 2}
_MOST_DAYS = 3660


@dataclass(frozen=True)
class AskedDocument:
    """A document that is asked for; `id` in small letters, digits and hyphens."""

    id: str
    zh: str
    en: str
    required: bool = True


@dataclass(frozen=True)
class GroupFields:
    """Places kept for some; `region` "": the applicant chooses the group."""

    key: str
    zh: str
    en: str
    places: int
    region: str = ""


@dataclass(frozen=True)
class StepFields:
    """A review step, in order. `days`: None for no deadline; `working`: of working days."""

    tier: str
    days: int | None = None
    working: bool = False


@dataclass(frozen=True)
class ProgrammeFields:
    """All that can be entered; the words are those of `models.Programme`.

    slug  "": made from the English name and the year
    host  the number of the organisation that runs it; None: the officials
    """

    sort: str
    about: str
    name_zh: str
    name_en: str
    region: str
    opens: dt.date
    closes: dt.date
    way: str = Way.OPEN
    slug: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    rule: str = ""
    focus: str = ""
    focus_list: str = ""
    host: int | None = None
    judged_on: dt.date | None = None
    places: int | None = None
    spare_open: bool = True
    waiting_list: bool = True
    documents: tuple[AskedDocument, ...] = ()
    marked: bool = False
    pass_mark: Decimal | None = None
    full_mark: Decimal = Decimal(100)
    notice_days: int = 0
    notice_working: bool = False
    outcome: OutcomeFields | None = None
    groups: tuple[GroupFields, ...] = ()
    steps: tuple[StepFields, ...] = ()
    template: str = ""


def problems_of(fields: ProgrammeFields) -> dict[str, Label]:
    """What cannot be, by field ("groups.1.places": of the second group); empty: all is well."""
    pack = site_pack()
    return {
        **_words(fields),
        **_days(fields),
        **_region(fields, pack),
        **_who(fields, pack),
        **_places(fields, pack),
        **_documents(fields),
        **_steps(fields),
        **problems_of_outcome(fields, pack),
    }


def _words(fields: ProgrammeFields) -> dict[str, Label]:
    found: dict[str, Label] = {}
    for name, most in (("name_zh", 120), ("name_en", 160)):
        text = getattr(fields, name).strip()
        if not text:
            found[name] = Label("请填写中英文名称。", "Enter the name in both languages.")
        elif len(text) > most:
            found[name] = Label(f"名称最多{most}字。", f"At most {most} characters.")
    if fields.sort not in set(Sort):
        found["sort"] = Label("请选择项目类别。", "Choose the sort of programme.")
    if fields.slug and not _SLUG.fullmatch(fields.slug):
        found["slug"] = Label(
            "网址名只用小写字母、数字和连字符，最多60个字符。",
            "The address takes small letters, digits and hyphens, at most 60.",
        )
    return found


def _days(fields: ProgrammeFields) -> dict[str, Label]:
    found: dict[str, Label] = {}
    if fields.closes <= fields.opens:
        found["closes"] = Label(
            "受理的最后一天不能早于第一天。",
            "The last day of the window cannot be before its first.",
        )
    if not 0 <= fields.notice_days <= _MOST_DAYS:
        found["notice_days"] = Label("公示天数不对。", "That is no number of days.")
    return found


def _region(fields: ProgrammeFields, pack: Pack) -> dict[str, Label]:
    codes = pack.vocabulary.lists.get("region")
    if not fields.region or (codes is not None and fields.region not in codes.codes):
        return {"region": Label("请从行政区划表中选择地区。", "Choose a region from the list.")}
    return {}


def _who(fields: ProgrammeFields, pack: Pack) -> dict[str, Label]:
    found: dict[str, Label] = {}
    if fields.about not in set(Party.Nature):
        found["about"] = Label("请选择申请人是个人还是单位。", "Choose people or organisations.")
    rule = pack.rule(fields.rule) if fields.rule else None
    if fields.rule and rule is None:
        found["rule"] = Label(
            f"政策包里没有规则“{fields.rule}”。", f"The pack has no rule “{fields.rule}”."
        )
    if rule is not None and rule.about.party != fields.about:
        found["about"] = Label("所选规则不适用于这类申请人。", "The rule is not about these.")
    wanted = rule.about.focus if rule is not None else None
    if rule is not None and fields.focus_list not in ("", wanted or ""):
        found["focus_list"] = Label(
            "所选规则不按这张代码表判断。", "The rule is not decided by that list."
        )
    elif fields.focus_list and fields.focus_list not in pack.vocabulary.lists:
        found["focus_list"] = Label("没有这张代码表。", "There is no such list.")
    list_id = wanted or fields.focus_list
    if wanted and not (fields.focus or fields.focus_list):
        found["focus"] = Label(
            "该规则须指定方向：固定一个代码，或由申请人从代码表中选。",
            "The rule is decided for a code: name one, or let applicants choose from the list.",
        )
    elif fields.focus:
        codes = pack.vocabulary.lists.get(list_id) if list_id else None
        if codes is None or fields.focus not in codes.codes:
            found["focus"] = Label(
                "代码表里没有这个代码，或规则不分方向。",
                "No such code in the list, or the rule is not decided for one.",
            )
    if fields.host is not None:
        host = Party.objects.filter(pk=fields.host, nature=Party.Nature.ORGANISATION)
        if not host.exists():
            found["host"] = Label("没有这个单位。", "There is no such organisation.")
    return found


def _places(fields: ProgrammeFields, pack: Pack) -> dict[str, Label]:
    found: dict[str, Label] = {}
    if fields.way not in set(Way):
        found["way"] = Label("请选择名额分配方式。", "Choose how places are shared out.")
    elif fields.way != Way.OPEN and not fields.places:
        found["places"] = Label("请填写名额数。", "Enter how many places there are.")
    elif fields.way == Way.OPEN and (fields.places is not None or fields.groups):
        found["places"] = Label(
            "不限名额的项目不填名额；要限名额，请改选分配方式。",
            "A programme without limit has no places; choose another way to limit them.",
        )
    if fields.places is not None and fields.places < 0:
        found["places"] = Label("名额不能为负。", "Places cannot be negative.")
    keys = Counter(group.key for group in fields.groups)
    for at, group in enumerate(fields.groups):
        if not _KEY.fullmatch(group.key) or keys[group.key] > 1:
            found[f"groups.{at}.key"] = Label(
                "组号用小写字母、数字和连字符，且不能重复。",
                "A group's key takes small letters, digits and hyphens, each once.",
            )
        if not group.zh.strip() or not group.en.strip():
            found[f"groups.{at}.zh"] = Label("请填写组名。", "Name the group in both languages.")
        if group.places < 0:
            found[f"groups.{at}.places"] = Label("名额不能为负。", "Places cannot be negative.")
        codes = pack.vocabulary.lists.get("region")
        if group.region and codes is not None and group.region not in codes.codes:
            found[f"groups.{at}.region"] = Label("没有这个地区。", "There is no such region.")
    kept = sum(group.places for group in fields.groups)
    if fields.places is not None and kept > fields.places:
        found["groups"] = Label(
            f"各组名额合计{kept}，超过总名额{fields.places}。",
            f"The groups have {kept} places together, more than the {fields.places} there are.",
        )
    return found


def _documents(fields: ProgrammeFields) -> dict[str, Label]:
    found: dict[str, Label] = {}
    ids = Counter(one.id for one in fields.documents)
    for at, one in enumerate(fields.documents):
        if not _KEY.fullmatch(one.id) or ids[one.id] > 1:
            found[f"documents.{at}.id"] = Label(
                "材料编号用小写字母、数字和连字符，且不能重复。",
                "A document's id takes small letters, digits and hyphens, each once.",
            )
        if not one.zh.strip() or not one.en.strip():
            found[f"documents.{at}.zh"] = Label(
                "请填写材料名称。", "Name the document in both languages."
            )
    return found


def _steps(fields: ProgrammeFields) -> dict[str, Label]:
    found: dict[str, Label] = {}
    before = 0
    for at, step in enumerate(fields.steps):
        if step.tier not in set(Tier):
            found[f"steps.{at}.tier"] = Label("请选择审核层级。", "Choose who reviews.")
            continue
        height = _HEIGHT[Tier(step.tier)]
        if height < before:
            found[f"steps.{at}.tier"] = Label(
                "审核由下而上：后一环节不能低于前一环节。",
                "Review goes upwards: a step cannot be lower than the one before it.",
            )
        before = max(before, height)
        if step.tier == Tier.INSTITUTION and fields.host is None:
            found[f"steps.{at}.tier"] = Label(
                "没有主办单位，不能由主办单位审核。", "There is no host to review."
            )
        if step.days is not None and not 0 < step.days <= _MOST_DAYS:
            found[f"steps.{at}.days"] = Label("办理天数不对。", "That is no number of days.")
    return found
