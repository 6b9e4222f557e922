"""A sitting is planned for a programme that is open to the public.

plan(actor, slug, *, level, carries, appeal_days) -> Sitting
"""

from __future__ import annotations

import secrets

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.choices import Stage
from craftpath.assessment.holding import assessments, require_stage
from craftpath.assessment.models import Sitting
from craftpath.assessment.staffing import filings, unfiled
from craftpath.assessment.words import level_label
from craftpath.engine.rules import Label
from craftpath.programmes.choices import Sort
from craftpath.programmes.choices import Stage as ProgrammeStage
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Programme
from craftpath.programmes.queries import programme_run_by
from craftpath.registry.kinds import kind_of

__all__ = ["plan"]

MOST_MONTHS, MOST_DAYS = 120, 365


def plan(actor: Actor, slug: str, *, level: int, carries: int, appeal_days: int) -> Sitting:
    """Plan the sitting of a programme that the actor's body hosts; again, until it is seated.

    level        rank on the scale of the certificate
    carries      months for which a passed part is carried over to a resit; 0: never
    appeal_days  days after publication on which a mark can be appealed against. No text lays
                 either down, so that the body has to say: 1 day at least

    From then on the programme takes no plain marks, and passes by the pack's mark in each part.
    NotThere, NotAllowed, Invalid by field. Conflict: the programme is no sitting for one occupation
    that gives a certificate of that level; it is not published, or closed; the body is not filed,
    with the filing that is missing; it is seated already.
    """
    require(actor, "sitting.plan")
    seen = programme_run_by(actor, slug)
    _require_numbers(carries, appeal_days)
    with act(actor, "sitting.plan") as trace:
        programme = hold(seen.pk)
        sitting = Sitting.objects.filter(programme=programme).first()
        if sitting is None:
            sitting = Sitting(programme=programme, seed=secrets.token_hex(32))
        else:
            trace.action = "sitting.replan"
            require_stage(sitting, Stage.PLANNED)
            trace.details = {
                "level_before": sitting.level,
                "carries_before": sitting.carries,
                "appeal_days_before": sitting.appeal_days,
            }
            if sitting.level != level and sitting.sessions.exists():
                raise Conflict(
                    "已经安排了场次，等级不能再改；请先撤销场次。",
                    "Sessions are planned for this level; remove them first.",
                )
        sitting.programme = programme
        sitting.level, sitting.carries, sitting.appeal_days = level, carries, appeal_days
        _require_plannable(sitting)
        sitting.save()
        _mark_in_parts(programme)
        trace.on(sitting)
        trace.details |= {
            "slug": slug,
            "level": level,
            "carries": carries,
            "appeal_days": appeal_days,
        }
    return sitting


def _require_numbers(carries: int, appeal_days: int) -> None:
    problems: dict[str, Label] = {}
    if not 0 <= carries <= MOST_MONTHS:
        problems["carries"] = Label(
            f"请填 0 到 {MOST_MONTHS} 个月，0 为不保留。",
            f"From 0 to {MOST_MONTHS} months; 0: not carried over.",
        )
    if not 1 <= appeal_days <= MOST_DAYS:
        problems["appeal_days"] = Label(
            f"请填 1 到 {MOST_DAYS} 天。", f"From 1 to {MOST_DAYS} days."
        )
    if problems:
        raise Invalid(problems)


def _require_plannable(sitting: Sitting) -> None:
    programme, pack = sitting.programme, assessments()
    kind = kind_of(pack.gives)
    if programme.stage not in (ProgrammeStage.PUBLISHED, ProgrammeStage.SHARED):
        raise Conflict(
            "项目发布之后、办结之前才能安排考试。",
            "A sitting is planned once its programme is published, and before it is closed.",
        )
    if programme.sort != Sort.SITTING or not programme.focus:
        raise Conflict(
            "只有针对一个职业的等级认定项目才能安排考试；请将项目的职业定为一个。",
            "Only a programme of assessment for one occupation is sat; name one occupation.",
        )
    outcome = programme.outcome or {}
    gives = (outcome.get("kind"), outcome.get("level"))
    subject = outcome.get("subject")
    if gives != (pack.gives, sitting.level) or subject not in ("focus", programme.focus):
        level = level_label(sitting.level)
        what = Label(pack.gives, pack.gives) if kind is None else kind.label
        raise Conflict(
            f"项目的成果不是该职业的{level.zh}{what.zh}，请核对等级。",
            f"The programme's outcome is no {what.en} of {level.en} in its occupation; check "
            "the level.",
        )
    if not pack.parts_for(programme.focus, sitting.level):
        level = level_label(sitting.level)
        raise Conflict(f"{level.zh}不通过考试评价。", f"{level.en} is not assessed by a sitting.")
    passes = pack.passes.value
    if programme.pass_mark is not None and programme.pass_mark != passes:
        raise Conflict(
            f"项目写的合格线是 {programme.pass_mark}，各部分须 {passes} 分合格。",
            f"The programme passes by {programme.pass_mark}, but each part by {passes}.",
        )
    full = assessments().full.value
    if programme.full_mark != full:
        raise Conflict(
            f"各部分满分 {full}，项目写的满分是 {programme.full_mark.normalize():f}。",
            f"Each part has {full} marks, but the programme {programme.full_mark.normalize():f}.",
        )
    # The earliest day on which it can be held; each session is asked about its own.
    missing = unfiled(sitting, filings(sitting), None, max(today(), programme.closes))
    if missing is not None:
        raise Conflict(missing.zh, missing.en)


def _mark_in_parts(programme: Programme) -> None:
    programme.in_parts, programme.marked = True, True
    programme.pass_mark = assessments().passes.value
    programme.save(update_fields=["in_parts", "marked", "pass_mark"])
