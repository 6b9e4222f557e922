"""An institution sets up its own course, sitting, contest or class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.numbers import read_decimal
from craftpath.access.words import say
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Kind
from craftpath.programmes.actions.programmes import fields_of, save_programme
from craftpath.programmes.choices import SORTS, TIERS, WAYS, Sort, Stage, Tier, Way
from craftpath.programmes.fields import AskedDocument, ProgrammeFields, StepFields
from craftpath.programmes.models import Programme
from craftpath.programmes.offers import outer_regions
from craftpath.programmes.outcome_fields import BY_ROUTE, OutcomeFields, of_marks
from craftpath.programmes.queries import programme_run_by
from craftpath.registry.kinds import site_pack
from craftpath.registry.queries import organisation_seen_by
from craftpath.registry.vouching import may_come_of
from craftpath.web.page import Asked, page
from craftpath.web.reading import day_in, number_in
from craftpath.web.typed import CodeTyped, read_code

__all__ = ["edit", "set_up"]

_SORTS = (Sort.COURSE, Sort.SITTING, Sort.CONTEST, Sort.DEGREE_CLASS)
#: A lottery needs officials for its draw; an institution shares places out by these.
_WAYS = (Way.OPEN, Way.FIRST_COME, Way.RANKED)
_REVIEWS: dict[str, tuple[str, ...]] = {
    "institution": (Tier.INSTITUTION,),
    "institution-city": (Tier.INSTITUTION, Tier.CITY),
    "city": (Tier.CITY,),
    "none": (),
}


@page("view.institution")
def set_up(request: HttpRequest) -> HttpResponseBase:
    return _edited(request, None)


@page("view.institution")
def edit(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _edited(request, programme_run_by(cast(Asked, request).actor, slug))


def _edited(request: HttpRequest, old: Programme | None) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    host = organisation_seen_by(actor, actor.party or 0)
    posted = request.method == "POST"
    before = None if old is None else fields_of(old)
    typed = request.POST.dict() if posted else _typed(before, outer_regions(host.region))
    code = _focus(typed)
    problems: dict[str, Label] = {}
    if posted and "find" not in typed:
        fields, problems = _read(typed, before, host.pk, code)
        if fields is not None and not problems:
            try:
                saved = save_programme(actor, fields, None if old is None else old.slug)
            except Invalid as refusal:
                problems = _by_our_fields(refusal.problems)
            except Conflict as refusal:
                problems = {"": refusal.label}
            else:
                messages.success(request, say("已保存。", "Saved."))
                return redirect("hosted-programme", saved.slug)
    return render(
        request,
        "institution/editor.html",
        {
            "programme": old,
            "typed": typed,
            "problems": problems,
            "code": code,
            "code_list": _focus_list(typed),
            "sorts": {sort: SORTS[sort] for sort in _SORTS},
            "ways": {way: WAYS[way] for way in _WAYS},
            "regions": outer_regions(host.region),
            "rules": [rule for rule in site_pack().rules if rule.about.party == "person"],
            "kinds": _outcome_kinds(),
            "scales": _scales(),
            "reviews": _review_choices(before),
            "published": old is not None and old.stage != Stage.DRAFT,
        },
        status=422 if problems else 200,
    )


# --- what is shown ---------------------------------------------------------------------------


def _typed(fields: ProgrammeFields | None, regions: list[str]) -> dict[str, str]:
    """A programme as the form shows it; for a new one the usual."""
    if fields is None:
        opens = today() + dt.timedelta(days=1)
        city = next(
            (code for code in regions if code.endswith("00")), regions[0] if regions else ""
        )
        return {
            "sort": Sort.SITTING,
            "region": city,
            "opens": opens.isoformat(),
            "last": (opens + dt.timedelta(days=29)).isoformat(),
            "way": Way.FIRST_COME,
            "waiting_list": "1",
            "review": "institution",
            "notice_days": "0",
        }
    outcome = fields.outcome
    kind = None if outcome is None else site_pack().vocabulary.kinds.get(outcome.kind)
    scale = None if kind is None else kind.scale
    said: dict[str, Any] = {
        "sort": fields.sort,
        "name_zh": fields.name_zh,
        "name_en": fields.name_en,
        "summary_zh": fields.summary_zh,
        "summary_en": fields.summary_en,
        "rule": fields.rule,
        "focus": fields.focus,
        "focus_text": fields.focus,
        "region": fields.region,
        "opens": fields.opens.isoformat(),
        "last": (fields.closes - dt.timedelta(days=1)).isoformat(),
        "way": fields.way,
        "places": _text(fields.places),
        "waiting_list": "1" if fields.waiting_list else "",
        "marked": "1" if fields.marked else "",
        "pass_mark": _text(fields.pass_mark),
        "full_mark": f"{fields.full_mark.normalize():f}",
        "notice_days": str(fields.notice_days),
        "notice_working": "1" if fields.notice_working else "",
        "documents": "\n".join(
            f"{'' if one.required else '?'}{one.zh} | {one.en}" for one in fields.documents
        ),
        "review": _review_of(fields) or "keep",
        "days": _text(fields.steps[0].days if fields.steps else None),
        "outcome": "" if outcome is None else outcome.kind,
        "level": f"{scale}:{outcome.level}" if outcome and outcome.level and scale else "",
        "months": _text(outcome.months if outcome else None),
    }
    return said


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _review_of(fields: ProgrammeFields) -> str | None:
    tiers = tuple(step.tier for step in fields.steps)
    return next((name for name, known in _REVIEWS.items() if known == tiers), None)


def _review_choices(before: ProgrammeFields | None) -> dict[str, Label]:
    found: dict[str, Label] = {}
    for name, tiers in _REVIEWS.items():
        zh = "，再由".join(TIERS[Tier(tier)].zh for tier in tiers)
        en = ", then ".join(TIERS[Tier(tier)].en for tier in tiers)
        found[name] = Label(f"{zh}审核", en) if tiers else Label("不审核", "nobody")
    if before is not None and _review_of(before) is None:
        found["keep"] = Label("保持现有环节", "the steps there are")
    return found


def _outcome_kinds() -> list[Kind]:
    """Records of people that come of an institution's own programmes."""
    kinds = site_pack().vocabulary.kinds.values()
    return [k for k in kinds if k.about != "organisation" and may_come_of(k.id, hosted=True)]


def _scales() -> list[tuple[str, Any]]:
    wanted = {kind.scale for kind in _outcome_kinds() if kind.scale}
    return [(id, scale) for id, scale in site_pack().vocabulary.scales.items() if id in wanted]


# --- what is read ----------------------------------------------------------------------------


def _focus_list(typed: Mapping[str, str]) -> str:
    """The code list that the chosen rule is decided by; without one, the ladder's."""
    pack = site_pack()
    rule = pack.rule(typed.get("rule", "")) if typed.get("rule") else None
    if rule is not None:
        return rule.about.focus or ""
    return pack.ladder.codes if pack.ladder else ""


def _focus(typed: Mapping[str, str]) -> CodeTyped:
    codes = _focus_list(typed)
    if not codes:
        return CodeTyped("", None)
    return read_code(site_pack(), codes, typed.get("focus_text", ""), typed.get("focus", ""))


def _read(
    typed: Mapping[str, str], before: ProgrammeFields | None, host: int, code: CodeTyped
) -> tuple[ProgrammeFields | None, dict[str, Label]]:
    problems: dict[str, Label] = {}
    opens, last = day_in(typed, "opens"), day_in(typed, "last")
    for name, found in (("opens", opens), ("last", last)):
        if found is None:
            problems[name] = Label("请填写日期。", "Enter a day.")
    if code.problem is not None:
        problems["focus"] = code.problem
    mark = _mark(typed, "pass_mark", problems)
    full = _mark(typed, "full_mark", problems)
    documents = _documents(typed, problems)
    outcome = _outcome(typed, before, code, problems)
    for name in ("places", "notice_days", "days", "months"):
        if typed.get(name, "").strip() and number_in(typed, name) is None:
            problems[name] = Label("请填写整数。", "Enter a whole number.")
    if opens is None or last is None or problems:
        return None, problems
    way = typed.get("way", "")
    rule = typed.get("rule", "")
    fields = ProgrammeFields(
        sort=typed.get("sort", ""),
        about="person",
        name_zh=typed.get("name_zh", ""),
        name_en=typed.get("name_en", ""),
        summary_zh=typed.get("summary_zh", "").strip(),
        summary_en=typed.get("summary_en", "").strip(),
        region=typed.get("region", ""),
        opens=opens,
        closes=last + dt.timedelta(days=1),
        way=way,
        rule=rule,
        focus=code.code or "",
        # A rule is decided for a code: where none is fixed, each applicant names one.
        focus_list="" if code.code and rule else _focus_list(typed) if rule or code.code else "",
        host=host,
        places=None if way == Way.OPEN else number_in(typed, "places"),
        waiting_list=bool(typed.get("waiting_list")),
        documents=documents,
        marked=bool(typed.get("marked")),
        pass_mark=mark if typed.get("marked") else None,
        full_mark=Decimal(100) if full is None else full,
        notice_days=number_in(typed, "notice_days") or 0,
        notice_working=bool(typed.get("notice_working")),
        outcome=outcome,
        steps=_steps(typed, before),
    )
    if before is not None:
        fields = replace(
            fields,
            slug=before.slug,
            template=before.template,
            judged_on=before.judged_on,
            spare_open=before.spare_open,
            groups=before.groups,
        )
    return fields, problems


def _mark(typed: Mapping[str, str], name: str, problems: dict[str, Label]) -> Decimal | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    mark = read_decimal(text)
    if mark is None or abs(mark) > 1000 or mark != round(mark, 1):
        problems[name] = Label("填数字，最多一位小数。", "A number, at most one decimal.")
        return None
    return mark


def _documents(typed: Mapping[str, str], problems: dict[str, Label]) -> tuple[AskedDocument, ...]:
    """A line for each: 身份证复印件 | Copy of the identity card; "?" before what is optional."""
    found = []
    for at, line in enumerate(
        filter(None, map(str.strip, typed.get("documents", "").splitlines()))
    ):
        zh, bar, en = line.removeprefix("?").removeprefix("？").replace("｜", "|").partition("|")
        if not bar or not zh.strip() or not en.strip():
            problems["documents"] = Label(
                f"第 {at + 1} 行请写成“中文名称 | English name”。",
                f"Line {at + 1}: write “中文名称 | English name”.",
            )
        optional = line.startswith(("?", "？"))
        found.append(AskedDocument(f"paper-{at + 1}", zh.strip(), en.strip(), not optional))
    return tuple(found)


def _outcome(
    typed: Mapping[str, str],
    before: ProgrammeFields | None,
    code: CodeTyped,
    problems: dict[str, Label],
) -> OutcomeFields | None:
    id = typed.get("outcome", "")
    if not id:
        return None
    kind = next((kind for kind in _outcome_kinds() if kind.id == id), None)
    if kind is None:
        problems["outcome"] = Label("请选择成果记录。", "Choose the record.")
        return None
    scale, _, rank = typed.get("level", "").partition(":")
    level = int(rank) if rank.isdecimal() and len(rank) < 3 else None
    if level is not None and scale != kind.scale:
        problems["level"] = Label("这种记录不用这套等级。", "Such a record has other levels.")
    same = before is not None and before.outcome is not None and before.outcome.kind == id
    old = before.outcome if before is not None and same else None
    follows = kind.codes is not None and kind.codes == _focus_list(typed)
    return OutcomeFields(
        id,
        subject="focus" if follows and (code.code or typed.get("rule")) else None,
        level=BY_ROUTE if rank == BY_ROUTE else level,
        quantity=old.quantity if old else of_marks(kind.unit),
        months=number_in(typed, "months") or None,
    )


def _steps(typed: Mapping[str, str], before: ProgrammeFields | None) -> tuple[StepFields, ...]:
    chosen = typed.get("review", "")
    if before is not None and chosen in ("keep", _review_of(before)):
        first = number_in(typed, "days")
        return tuple(
            replace(step, days=first) if at == 0 else step for at, step in enumerate(before.steps)
        )
    days = number_in(typed, "days")
    return tuple(StepFields(tier, days, True) for tier in _REVIEWS.get(chosen, ()))


def _by_our_fields(problems: Mapping[str, Label]) -> dict[str, Label]:
    """What the action calls its fields, as the form does."""
    ours = {"closes": "last", "focus_list": "focus", "host": ""}
    found: dict[str, Label] = {}
    for name, problem in problems.items():
        first = name.partition(".")[0]
        short = {"steps": "review", "documents": "documents"}.get(first, ours.get(name, name))
        if name in ("outcome.level", "outcome.months"):
            short = name.removeprefix("outcome.")
        elif first == "outcome":
            short = "outcome"
        found.setdefault(short, problem)
    return found
