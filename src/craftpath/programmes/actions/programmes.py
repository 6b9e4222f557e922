"""Set up, publish and close programmes.

A draft changes freely. Once published, people rely on it: it may be open longer, have more places
and better words, and nothing else. The window of a lottery stands still once its seed is committed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace

from django.db import IntegrityError, transaction

from craftpath.access.act import act, act_all
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.access.may import require
from craftpath.access.regions import contains
from craftpath.access.roles import Actor, Role
from craftpath.allotment.nouns import LeftOver
from craftpath.engine.rules import Label
from craftpath.pack.programmes import ProgrammeTemplate
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.changing import move_on_after
from craftpath.programmes.choices import Sort, Stage, State, Way
from craftpath.programmes.fields import (
    AskedDocument,
    GroupFields,
    ProgrammeFields,
    StepFields,
    problems_of,
)
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Application, Draw, Programme
from craftpath.programmes.outcome_fields import (
    BY_ROUTE,
    OutcomeFields,
    plain_outcome,
    problems_of_outcome,
    unsaid,
)
from craftpath.programmes.queries import programme_run_by
from craftpath.programmes.telling import tell_all
from craftpath.programmes.writing import save_all
from craftpath.registry.kinds import kind_of, site_pack
from craftpath.registry.models import Party
from craftpath.registry.vouching import Statement, Word, may_come_of

__all__ = [
    "AskedDocument",
    "GroupFields",
    "OutcomeFields",
    "ProgrammeFields",
    "StepFields",
    "close_programme",
    "fields_of",
    "from_template",
    "publish_programme",
    "save_programme",
]

#: What a published programme may still change: its words, and more of what it gives.
_WORDS = {"name_zh", "name_en", "summary_zh", "summary_en"}
_HOSTS_OWN = (Sort.COURSE, Sort.SITTING, Sort.CONTEST, Sort.DEGREE_CLASS)
_COLUMNS = [
    "template",
    "sort",
    "about",
    "name_zh",
    "name_en",
    "summary_zh",
    "summary_en",
    "rule",
    "focus",
    "focus_list",
    "region",
    "opens",
    "closes",
    "judged_on",
    "way",
    "places",
    "spare_open",
    "waiting_list",
    "marked",
    "pass_mark",
    "full_mark",
    "notice_days",
    "notice_working",
]


def save_programme(actor: Actor, fields: ProgrammeFields, slug: str | None = None) -> Programme:
    """A new draft, or, with `slug`, a change of that programme.

    Officials set up what is of their region; an institution what it hosts itself, for a region
    that it lies in, and no cards, grants or designations. Invalid by field; NotThere; Conflict:
    it is published and the change is none that is allowed then.
    """
    require(actor, "programme.edit")
    old = None if slug is None else programme_run_by(actor, slug)
    problems = problems_of(fields) | _authority(actor, fields)
    if problems:
        raise Invalid(problems)
    if old is None:
        return _add(actor, replace(fields, slug=fields.slug or _slug(fields)))
    fields = replace(fields, slug=fields.slug or old.slug)
    with act(actor, "programme.edit", on=old) as trace:
        programme = hold(old.pk)
        before = fields_of(programme)
        changed = _changed(before, fields)
        if programme.stage != Stage.DRAFT:
            _require_allowed(programme, before, fields, changed)
        _write(programme, fields)
        if {"places", "groups"} & changed and programme.stage == Stage.PUBLISHED:
            move_on_after(programme)
        trace.details = {name: _plain(getattr(fields, name)) for name in sorted(changed)}
    return programme


def from_template(
    actor: Actor,
    template_id: str,
    *,
    slug: str,
    opens: dt.date,
    closes: dt.date,
    region: str,
    host: int | None = None,
    places: int | None = None,
) -> Programme:
    """A draft as the pack describes it, for this window, region, host and number of places.

    What the pack's texts do not say is left out, for the official to fill in before publishing:
    no way to share out means no limit. NotThere: no such template. Invalid as `save_programme`.
    """
    template = site_pack().programme(template_id)
    if template is None:
        raise NotThere
    fields = _from(template, places)
    return save_programme(
        actor, replace(fields, slug=slug, opens=opens, closes=closes, region=region, host=host)
    )


def publish_programme(actor: Actor, slug: str) -> Programme:
    """Open to the public; its window does the rest. Conflict: published before, or it is over."""
    old = programme_run_by(actor, slug)
    fields = fields_of(old)
    problems = problems_of(fields) | unsaid(fields, site_pack())
    problems |= _writes(fields, hosted=actor.role == Role.INSTITUTION)
    problems |= _unfiled(actor, fields)
    with act(actor, "programme.publish", on=old) as trace:
        programme = hold(old.pk)
        if programme.stage != Stage.DRAFT:
            raise Conflict("项目已经发布。", "The programme is published already.")
        if problems:
            raise Invalid(problems)
        if programme.closes <= today():
            raise Conflict(
                "受理期已过，请先改截止日。", "Its window is over; set another closing day first."
            )
        programme.stage = Stage.PUBLISHED
        programme.save(update_fields=["stage"])
        trace.details = {"slug": slug, "opens": programme.opens, "closes": programme.closes}
    return programme


def close_programme(actor: Actor, slug: str, *, why: str) -> Programme:
    """End a programme for good, with a reason that its applicants are told.

    What was not decided by then is refused for that reason. Conflict: a draft, or closed before.
    """
    old = programme_run_by(actor, slug)
    why = why.strip()
    if not why:
        raise Invalid({"why": Label("请写明办结理由。", "Say why it is closed.")})
    with act(actor, "programme.close", on=old, why=why) as trace:
        programme = hold(old.pk)
        if programme.stage not in (Stage.PUBLISHED, Stage.SHARED):
            raise Conflict(
                "只有已发布的项目可以办结。", "Only a published programme can be closed."
            )
        trace.details = {"slug": slug, "refused": _end_all(actor, programme, why)}
        programme.stage = Stage.CLOSED
        programme.save(update_fields=["stage"])
    return programme


def fields_of(programme: Programme) -> ProgrammeFields:
    """A programme as it would be entered."""
    said = {name: getattr(programme, name) for name in _COLUMNS}
    return ProgrammeFields(
        **said,
        slug=programme.slug,
        host=programme.host_id,
        documents=tuple(AskedDocument(**one) for one in programme.documents),
        outcome=None if programme.outcome is None else OutcomeFields(**programme.outcome),
        groups=tuple(
            GroupFields(g.key, g.zh, g.en, g.places, g.region) for g in programme.groups.all()
        ),
        steps=tuple(StepFields(s.tier, s.days, s.working) for s in programme.steps.all()),
    )


# --- writing ---------------------------------------------------------------------------------


def _add(actor: Actor, fields: ProgrammeFields) -> Programme:
    with act(actor, "programme.edit", told_as="programme.add") as trace:
        programme = Programme()
        _write(programme, fields)
        trace.on(programme)
        trace.details = {"slug": programme.slug, "template": fields.template, "rule": fields.rule}
    return programme


def _write(programme: Programme, fields: ProgrammeFields) -> None:
    for name in _COLUMNS:
        value = getattr(fields, name)
        setattr(programme, name, value.strip() if isinstance(value, str) else value)
    programme.slug, programme.host_id = fields.slug, fields.host
    programme.documents = [
        {"id": one.id, "zh": one.zh, "en": one.en, "required": one.required}
        for one in fields.documents
    ]
    programme.outcome = plain_outcome(fields.outcome)
    try:
        with transaction.atomic():
            programme.save()
    except IntegrityError as error:
        raise Invalid(
            {
                "slug": Label(
                    "这个网址名已被使用，请换一个。", "This address is taken; choose another."
                )
            }
        ) from error
    _write_groups(programme, fields.groups)
    _write_steps(programme, fields.steps)


def _write_groups(programme: Programme, groups: Iterable[GroupFields]) -> None:
    """By key: applications point to groups."""
    wanted = {group.key: group for group in groups}
    programme.groups.exclude(key__in=wanted).delete()
    for key, group in wanted.items():
        programme.groups.update_or_create(
            key=key,
            defaults={
                "zh": group.zh.strip(),
                "en": group.en.strip(),
                "region": group.region,
                "places": group.places,
            },
        )


def _write_steps(programme: Programme, steps: Iterable[StepFields]) -> None:
    wanted = list(steps)
    programme.steps.filter(number__gt=len(wanted)).delete()
    for number, step in enumerate(wanted, 1):
        programme.steps.update_or_create(
            number=number,
            defaults={"tier": step.tier, "days": step.days, "working": step.working},
        )


def _end_all(actor: Actor, programme: Programme, why: str) -> int:
    """Refuse what is undecided, take back drafts, and tell everybody. How many were refused."""
    live = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED)
    everybody = list(Application.objects.filter(programme=programme, state__in=live).order_by("pk"))
    label = Label(f"项目已办结：{why[:120]}。", f"the programme is closed: {why[:120]}.")
    tell_all(programme, ((one, label) for one in everybody))
    ended = [one for one in everybody if one.state != State.APPROVED]
    refused = sum(one.state != State.DRAFT for one in ended)
    with act_all(actor, "programme.close", why=why, told_as="application.end") as traces:
        for one in ended:
            traces.told(one, party=one.party_id, serial=one.serial, state=str(one.state))
            one.state = State.WITHDRAWN if one.state == State.DRAFT else State.REFUSED
            one.due = None
        save_all(ended, ["state", "due"])
    return refused


# --- what may be -----------------------------------------------------------------------------


def _authority(actor: Actor, fields: ProgrammeFields) -> dict[str, Label]:
    found = _writes(fields, hosted=actor.role == Role.INSTITUTION)
    if actor.role != Role.INSTITUTION:
        if not contains(actor.region, fields.region):
            found["region"] = Label("地区不在您的辖区内。", "The region is not within yours.")
        return found
    if actor.party is None or fields.host != actor.party:
        raise NotAllowed("只能设立由本单位主办的项目。", "You can set up what you host yourself.")
    if fields.sort not in _HOSTS_OWN:
        found["sort"] = Label(
            "人才卡、补贴和认定由主管部门设立。",
            "Cards, grants and designations are set up by officials.",
        )
    host = Party.objects.filter(pk=actor.party).first()
    if host is None or not contains(fields.region, host.region):
        found["region"] = Label("地区须包含本单位所在地。", "The region has to be one you lie in.")
    return found


def _writes(fields: ProgrammeFields, *, hosted: bool) -> dict[str, Label]:
    """What comes of it is verified at once: the pack says by whose programmes such a record is."""
    kind = kind_of(fields.outcome.kind) if fields.outcome else None
    if kind is None or may_come_of(kind.id, hosted=hosted):
        return {}
    own = Label("机构自办的项目", "an institution's own programmes")
    whose = own if hosted else Label("项目", "programmes")
    return {
        "outcome.kind": Label(
            f"“{kind.label.zh}”不能由{whose.zh}写入；它由其他部门核实录入。",
            f"No record of this kind ({kind.label.en}) comes of {whose.en}; others verify it.",
        )
    }


def _unfiled(actor: Actor, fields: ProgrammeFields) -> dict[str, Label]:
    """An institution's own programme writes certificates of what the institution is filed for."""
    outcome = fields.outcome
    if (
        actor.role != Role.INSTITUTION
        or outcome is None
        or not may_come_of(outcome.kind, hosted=True)
    ):
        return {}
    day = max(today(), fields.closes)
    subject = fields.focus if outcome.subject == "focus" else outcome.subject
    level = outcome.level if isinstance(outcome.level, int) else None
    fact = Statement(None, outcome.kind, actor.party, subject or None, level, day)
    if Word(actor).comes_of_own(fact):
        return {}
    return {
        "outcome.subject": Label(
            f"本机构在{zh_day(day)}没有这一职业这一等级的评价备案；请定为一个已备案的职业和等级。",
            "The institution is not filed for this occupation at this level on "
            f"{en_day(day)}; name one occupation and level that it is filed for.",
        )
    }


def _changed(before: ProgrammeFields, after: ProgrammeFields) -> set[str]:
    return {
        name
        for name in ProgrammeFields.__dataclass_fields__
        if getattr(before, name) != getattr(after, name)
    }


def _require_allowed(
    programme: Programme, before: ProgrammeFields, after: ProgrammeFields, changed: set[str]
) -> None:
    """Invalid by field: what a published programme does not change any more."""
    if programme.stage != Stage.PUBLISHED:
        changed = changed - _WORDS
        if changed:
            raise Conflict(
                "名额已分配或项目已办结，只能改文字。",
                "The places are shared out or it is closed: only its words change.",
            )
        return
    if "closes" in changed and Draw.objects.filter(programme=programme).exists():
        raise Conflict(
            "抽签种子已经承诺，受理期不能再改。",
            "The seed of the lottery is committed; its window stands.",
        )
    fixed = changed - _WORDS - {"closes", "places", "groups", "documents"}
    if problems_of_outcome(before, site_pack()):
        fixed -= {"outcome", "marked"}  # published before this was looked at: it can be put right
    problems = {
        name: Label("项目已发布，此项不能再改。", "Published: this cannot change any more.")
        for name in fixed
    }
    if after.closes < before.closes:
        problems["closes"] = Label("已发布的受理期只能延长。", "It can only be open longer.")
    if (after.places or 0) < (before.places or 0):
        problems["places"] = Label("已发布的名额只能增加。", "There can only be more places.")
    if not _only_more(before.groups, after.groups):
        problems["groups"] = Label(
            "已发布的名额组只能增加名额、改名称。",
            "Groups can only have more places, or other words.",
        )
    if [(d.id, d.required) for d in before.documents] != [
        (d.id, d.required) for d in after.documents
    ]:
        problems["documents"] = Label(
            "已发布的材料清单只能改名称。", "Of the documents only the words can change."
        )
    if problems:
        raise Invalid(problems)


def _only_more(before: tuple[GroupFields, ...], after: tuple[GroupFields, ...]) -> bool:
    if [(g.key, g.region) for g in before] != [(g.key, g.region) for g in after]:
        return False
    return all(old.places <= new.places for old, new in zip(before, after, strict=True))


def _slug(fields: ProgrammeFields) -> str:
    words = re.findall(r"[a-z0-9]+", fields.name_en.lower()) or ["programme"]
    made = "-".join([*words[:6], str(fields.opens.year)])[-60:].strip("-")
    taken = set(Programme.objects.filter(slug__startswith=made[:56]).values_list("slug", flat=True))
    if made not in taken:
        return made
    return next(name for n in range(2, len(taken) + 3) if (name := f"{made[:56]}-{n}") not in taken)


def _plain(value: object) -> object:
    return value if isinstance(value, (bool, int, str, type(None))) else str(value)


# --- from the pack ---------------------------------------------------------------------------


def _from(template: ProgrammeTemplate, places: int | None) -> ProgrammeFields:
    way = Way(template.allotment or Way.OPEN)
    there = places if places is not None else template.places
    focus_list = template.about.focus or ""
    region = template.region or ""
    outcome = _outcome_of(template)
    return ProgrammeFields(
        template=template.id,
        sort=template.sort,
        about=template.about.party,
        name_zh=template.label.zh,
        name_en=template.label.en,
        summary_zh=template.remarks.zh if template.remarks else "",
        summary_en=template.remarks.en if template.remarks else "",
        rule=template.rule or "",
        focus_list=focus_list,
        region=region,
        opens=dt.date.min,
        closes=dt.date.max,
        way=way,
        places=None if way == Way.OPEN else there,
        spare_open=template.groups is None or template.groups.left_over != LeftOver.STAY,
        documents=tuple(
            AskedDocument(f"paper-{at}", one.label.zh, one.label.en, one.required)
            for at, one in enumerate(template.documents or (), 1)
        ),
        marked=outcome is not None and outcome.quantity in ("mark", "place", "percent"),
        full_mark=template.full_mark,
        notice_days=template.notice.days if template.notice else 0,
        notice_working=template.notice.working if template.notice else False,
        outcome=outcome,
        groups=_groups(template, way),
        steps=tuple(
            StepFields(
                one.tier,
                one.within.days if one.within else None,
                one.within.working if one.within else False,
            )
            for one in template.review or ()
        ),
    )


def _outcome_of(template: ProgrammeTemplate) -> OutcomeFields | None:
    found = template.outcome
    if found is None:
        return None
    words = site_pack().vocabulary
    scale = words.scales.get(words.kinds[found.kind].scale or "")
    step = scale.by_code(found.level) if scale and found.level else None
    return OutcomeFields(
        found.kind,
        found.subject,
        BY_ROUTE if found.levels else None if step is None else step.rank,
        "mark" if found.quantity == "marks" else found.quantity,
        found.validity.months or None if found.validity else None,
    )


def _groups(template: ProgrammeTemplate, way: Way) -> tuple[GroupFields, ...]:
    groups = template.groups
    if groups is None or way == Way.OPEN:
        return ()
    codes = site_pack().vocabulary.lists[groups.list].codes
    return tuple(
        GroupFields(
            re.sub(r"[^a-z0-9-]", "-", code.lower()),
            codes[code].label.zh,
            codes[code].label.en,
            places,
            code if groups.list == "region" else "",
        )
        for code, places in groups.places.items()
    )
