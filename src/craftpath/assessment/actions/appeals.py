"""A candidate asks for a mark to be looked at again; somebody else than who typed it does.

raise_appeal(actor, serial, *, part, text) -> Appeal
answer_appeal(actor, appeal_id, *, upheld, answer, mark=None) -> Answered
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.actions.results import result_of
from craftpath.assessment.choices import Origin, Stage
from craftpath.assessment.holding import assessments, hold_sitting, require_stage
from craftpath.assessment.models import Appeal, Mark, MarkEntry, Sitting
from craftpath.assessment.queries import appeal_answered_by, appeal_until
from craftpath.assessment.words import part_label
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.marks import Number, read_number
from craftpath.programmes.actions.outcomes import put_right
from craftpath.programmes.models import Application
from craftpath.programmes.queries import applications_seen_by
from craftpath.programmes.telling import tell_all
from craftpath.registry.models import Record
from craftpath.registry.vouching import own_parties

__all__ = ["Answered", "answer_appeal", "raise_appeal"]

LONGEST = 4000


@dataclass(frozen=True)
class Answered:
    """An appeal as answered.

    written  the outcome's record, where what had failed is now passed
    voided   the outcome's record, where what had passed is not any more: it counts no more, and
             whatever proves it has to be revoked by those who issued it
    """

    appeal: Appeal
    written: Record | None = None
    voided: Record | None = None


def raise_appeal(actor: Actor, serial: str, *, part: str, text: str) -> Appeal:
    """Appeal against the mark of one part, within the days that the sitting announced.

    NotThere: not one's own, or no sitting. NotAllowed, Invalid by field. Conflict: not published,
    the days are over, archived; no mark of that part was given here; appealed against before.
    """
    require(actor, "appeal.raise")
    seen = applications_seen_by(actor).filter(serial=serial).first()
    sitting = None if seen is None else Sitting.objects.filter(programme=seen.programme_id).first()
    if seen is None or sitting is None:
        raise NotThere
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise Invalid(
            {
                "text": Label(
                    f"请写明理由，至多 {LONGEST} 字。", f"Say why, in at most {LONGEST} characters."
                )
            }
        )
    with act(actor, "appeal.raise", party=seen.party_id) as trace:
        sitting = hold_sitting(sitting)
        _require_days(sitting)
        mark = Mark.objects.filter(application=seen, part=part, replaced=False).first()
        if mark is None or mark.carried_id is not None:
            raise Conflict(
                "这一部分的成绩不是本次考试评定的。",
                "No mark of this part was given in this sitting.",
            )
        if Appeal.objects.filter(application=seen, part=part).exists():
            raise Conflict("这一部分已经申请过复核。", "This part was appealed against already.")
        appeal = Appeal.objects.create(
            application=seen, part=part, text=text, by_id=actor.user, at=now()
        )
        trace.on(appeal)
        trace.details = {"serial": serial, "part": part}
    return appeal


def answer_appeal(
    actor: Actor, appeal_id: int, *, upheld: bool, answer: str, mark: Number | None = None
) -> Answered:
    """Answer an appeal, with reasons; where it is upheld, `mark` is the new mark.

    The result is worked out anew: who passes now gets the outcome, and who does not any more loses
    it: its record is voided for the answer's reason. The candidate is told.

    NotThere, NotAllowed, Invalid by field. Conflict: answered already, archived; the actor typed
    the mark, or it is their own.
    """
    require(actor, "appeal.answer")
    require(actor, "outcome.write")
    seen = appeal_answered_by(actor, appeal_id)
    answer = answer.strip()
    value = _checked(upheld, answer, mark)
    sitting = Sitting.objects.get(programme=seen.application.programme_id)
    with act(actor, "appeal.answer", on=seen, why=answer[:300]) as trace:
        sitting = hold_sitting(sitting)
        require_stage(sitting, Stage.PUBLISHED)
        # Read again under the lock: somebody else may have answered while we waited for it.
        appeal = Appeal.objects.select_related("application").get(pk=appeal_id)
        one = appeal.application
        trace.party = one.party_id
        if appeal.upheld is not None:
            raise Conflict("这件复核已经答复。", "This appeal was answered already.")
        _require_other(actor, appeal)
        stood = Mark.objects.get(application=one, part=appeal.part, replaced=False)
        answered = Answered(appeal)
        if upheld and value is not None:
            if stood.value == value:
                raise Invalid(
                    {
                        "mark": Label(
                            "与原成绩相同；维持原成绩请选不成立。",
                            "It is the same mark; to keep it, do not uphold.",
                        )
                    }
                )
            appeal.mark = _replace(actor, stood, value, answer)
            written, voided = _result(actor, one, answer)
            # What had been issued for what is voided is revoked with it (registry.following).
            answered = Answered(appeal, written, voided)
        appeal.upheld, appeal.answer = upheld, answer
        appeal.answered_by_id, appeal.answered_at = actor.user, now()
        appeal.save()
        tell_all(sitting.programme, [(one, _said(appeal, stood, value))])
        trace.details = {
            "serial": one.serial,
            "part": appeal.part,
            "upheld": upheld,
            "mark_before": stood.value,
            "mark": value if upheld else stood.value,
            "written": answered.written and answered.written.pk,
            "voided": answered.voided and answered.voided.pk,
        }
    return answered


def _checked(upheld: bool, answer: str, mark: Number | None) -> Decimal | None:
    problems: dict[str, Label] = {}
    value: Decimal | Label | None = None
    if not 0 < len(answer) <= LONGEST:
        problems["answer"] = Label(
            f"请写明复核结论和理由，至多 {LONGEST} 字。",
            f"Say what was decided and why, in at most {LONGEST} characters.",
        )
    if upheld:
        value = (
            Label("请填写改正后的成绩。", "Enter the mark as put right.")
            if mark is None
            else read_number(mark, places=1, most=Decimal(assessments().full.value))
        )
    elif mark is not None:
        value = Label("不成立的，成绩不变。", "Where it is not upheld the mark stays.")
    if isinstance(value, Label):
        problems["mark"] = value
    if problems or isinstance(value, Label):
        raise Invalid(problems)
    return value


def _require_days(sitting: Sitting) -> None:
    require_stage(sitting, Stage.PUBLISHED)
    until = appeal_until(sitting)
    if until is None or today() < until:
        return
    raise Conflict(
        f"申请复核的期限到{zh_day(until)}前为止，已经过了。",
        f"Appeals were taken before {en_day(until)}.",
    )


def _require_other(actor: Actor, appeal: Appeal) -> None:
    one = appeal.application
    typed = MarkEntry.objects.filter(application=one, part=appeal.part).values_list("by", flat=True)
    settled = Mark.objects.filter(
        application=one, part=appeal.part, origin=Origin.CORRECTED
    ).values_list("by", flat=True)
    if actor.user in {*typed, *settled, appeal.by_id} or one.party_id in own_parties(actor):
        raise Conflict(
            "须由录入、核定成绩的人和考生之外的人复核。",
            "Somebody answers it who neither typed nor settled the mark, nor is the candidate.",
        )


def _replace(actor: Actor, stood: Mark, value: Decimal, why: str) -> Mark:
    """The new mark, and the same where the old one was carried over to a later sitting."""
    new = _put(actor, stood, value, Origin.APPEAL, why)
    carried = Mark.objects.filter(carried=stood, replaced=False)
    for later in carried.select_related("application__programme__sitting"):
        _put(actor, later, value, Origin.CARRIED, why, carried=new)
        if later.application.programme.sitting.stage in (Stage.PUBLISHED, Stage.ARCHIVED):
            _result(actor, later.application, why)
    return new


def _put(
    actor: Actor, old: Mark, value: Decimal, origin: Origin, why: str, carried: Mark | None = None
) -> Mark:
    Mark.objects.filter(pk=old.pk).update(replaced=True)
    return Mark.objects.create(
        application_id=old.application_id,
        part=old.part,
        value=value,
        origin=origin,
        carried=carried,
        why=why[:300],
        by_id=actor.user,
        at=now(),
    )


def _result(actor: Actor, one: Application, why: str) -> tuple[Record | None, Record | None]:
    """The result worked out anew: (the record written, the record voided)."""
    values = Mark.objects.filter(application=one, replaced=False).values_list("value", flat=True)
    mark, attended = result_of(list(values))
    return put_right(actor, one.pk, mark=mark, attended=attended, why=why)


def _said(appeal: Appeal, stood: Mark, value: Decimal | None) -> Label:
    part = part_label(appeal.part)
    if value is None:
        return Label(
            f"复核完毕，维持{part.zh}原成绩。",
            f"your appeal is answered: the {part.en} stays as it was.",
        )
    before = "缺考" if stood.value is None else stood.value
    before_en = "absent" if stood.value is None else stood.value
    return Label(
        f"复核完毕，{part.zh}由 {before} 改为 {value}。",
        f"your appeal is upheld: {part.en}, {before_en} before, is {value}.",
    )
