"""Results are published: the marks are locked, and the outcome is written.

publish(actor, slug) -> Published
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from craftpath.access.act import act, act_all
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.choices import Origin, Stage
from craftpath.assessment.holding import assessments, hold_sitting, parts_of, require_stage
from craftpath.assessment.models import Mark, Seat, Sitting
from craftpath.assessment.queries import appeal_until, candidates_of, sitting_run_by
from craftpath.assessment.refusals import NotReady
from craftpath.assessment.words import listed, part_label
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.notices import notice_runs
from craftpath.programmes.actions.outcomes import finish
from craftpath.programmes.choices import Stage as ProgrammeStage
from craftpath.programmes.models import Application
from craftpath.programmes.telling import tell_all
from craftpath.programmes.writing import save_all

__all__ = ["Published", "publish", "result_of"]


@dataclass(frozen=True)
class Published:
    """`passed`, `failed`, `absent` candidates; `records`: outcomes that this call wrote."""

    passed: int
    failed: int
    absent: int
    records: int


def publish(actor: Actor, slug: str) -> Published:
    """Publish the results of a sitting, and write the outcome of those who passed every part.

    A candidate's mark is the lowest of the parts', so that it passes where each does; who missed a
    part was absent, and what they passed may be carried over. From then on marks change by appeal
    alone. Everybody is told their marks and until when they can appeal.

    Marks first, in one transaction; then the outcome, in `finish`'s slices. Killed in between, or
    at any moment, calling it again goes on.

    NotThere, NotAllowed. NotReady: what is not settled, with whose it is. Conflict: the places'
    notice still runs, or an objection is open.
    """
    require(actor, "sitting.publish")
    require(actor, "outcome.write")
    seen = sitting_run_by(actor, slug)
    if seen.stage != Stage.PUBLISHED:
        _publish(actor, seen)
    programme = type(seen.programme).objects.get(pk=seen.programme_id)
    records = 0 if programme.stage == ProgrammeStage.CLOSED else finish(actor, slug)
    return _counted(seen, records)


def result_of(values: Sequence[Decimal | None]) -> tuple[Decimal | None, bool]:
    """(the lowest of the marks, whether they were there in every part); None for absent."""
    there = [value for value in values if value is not None]
    if len(there) < len(values) or not there:
        return None, False
    return min(there), True


def _publish(actor: Actor, seen: Sitting) -> None:
    with transaction.atomic():
        sitting = hold_sitting(seen)
        require_stage(sitting, Stage.SEATED, Stage.MARKING)
        if sitting.programme.stage != ProgrammeStage.SHARED:
            raise Conflict("项目已经办结。", "The programme is closed already.")
        _require_notice_over(sitting)
        people = list(candidates_of(sitting))
        marks = _settled_marks(actor, sitting, people)
        sitting.stage, sitting.published_at = Stage.PUBLISHED, now()
        sitting.save(update_fields=["stage", "published_at"])
        sitting.programme.moves_on = False
        sitting.programme.save(update_fields=["moves_on"])
        with act_all(actor, "sitting.publish", told_as="mark.publish") as traces:
            for one in people:
                own = marks[one.pk]
                one.mark, one.attended = result_of(list(own.values()))
                traces.told(one, party=one.party_id, mark=one.mark, parts=dict(own))
            save_all(people, ["mark", "attended"])
        tell_all(sitting.programme, ((one, _said(sitting, marks[one.pk])) for one in people))
        with act(actor, "sitting.publish", on=sitting) as trace:
            trace.details = {"candidates": len(people)}


def _require_notice_over(sitting: Sitting) -> None:
    programme = sitting.programme
    if notice_runs(programme):
        raise Conflict(
            "名额公示期还没有结束，届时再公布成绩。",
            "The days of notice of its places are not over; publish then.",
        )
    still = programme.objections.filter(upheld__isnull=True).count()
    if still:
        raise Conflict(
            f"还有 {still} 条异议没有答复，请先答复。",
            f"{still} objections are not answered; answer them first.",
        )


Marks = Mapping[int, Mapping[str, Decimal | None]]


def _settled_marks(actor: Actor, sitting: Sitting, people: Sequence[Application]) -> Marks:
    """The mark of every part of every candidate. NotReady where one lacks."""
    pks = [one.pk for one in people]
    attended = {
        (pk, part): was
        for pk, part, was in Seat.objects.filter(application__in=pks).values_list(
            "application", "part", "attended"
        )
    }
    stands = {
        (one.application_id, one.part): one
        for one in Mark.objects.filter(application__in=pks, replaced=False)
    }
    reasons: list[Label] = []
    missing: list[Mark] = []
    for rules in parts_of(sitting):
        lacking = []
        for one in people:
            key = (one.pk, rules.id)
            if key in stands:
                continue
            if attended.get(key) is False:
                missing.append(_absent(actor, one, rules.id))
                stands[key] = missing[-1]
                continue
            lacking.append(one.serial)
        if lacking:
            text = listed(lacking)
            reasons.append(
                Label(
                    f"{rules.label.zh}：{len(lacking)} 人成绩未定：{text.zh}。",
                    f"The {rules.label.en}: {len(lacking)} marks are not settled: {text.en}.",
                )
            )
    if reasons:
        raise NotReady(reasons)
    Mark.objects.bulk_create(missing)
    return {
        one.pk: {rules.id: stands[one.pk, rules.id].value for rules in parts_of(sitting)}
        for one in people
    }


def _absent(actor: Actor, one: Application, part: str) -> Mark:
    return Mark(
        application=one, part=part, value=None, origin=Origin.ROLL, by_id=actor.user, at=now()
    )


def _said(sitting: Sitting, marks: Mapping[str, Decimal | None]) -> Label:
    zh, en = [], []
    for part, value in marks.items():
        label = part_label(part)
        zh.append(f"{label.zh}{'缺考' if value is None else f' {value} 分'}")
        en.append(f"{label.en} {'absent' if value is None else value}")
    until = appeal_until(sitting)
    last = today() if until is None else until
    return Label(
        f"成绩已公布：{'，'.join(zh)}；各部分 {assessments().passes.value} 分合格。"
        f"对成绩有疑问的，可在{zh_day(last)}前申请复核。",
        f"the results are published: {', '.join(en)}; {assessments().passes.value} in each part "
        f"passes. You can appeal against a mark before {en_day(last)}.",
    )


def _counted(sitting: Sitting, records: int) -> Published:
    rows = candidates_of(sitting).values_list("mark", "attended")
    passes = assessments().passes.value
    passed = sum(mark is not None and mark >= passes for mark, _ in rows)
    absent = sum(was is False for _, was in rows)
    return Published(passed, len(rows) - passed - absent, absent, records)
