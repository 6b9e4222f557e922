"""Who was there: the roll of a session, from its day on.

take_roll(actor, session_id, *, absent) -> Roll
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.choices import Stage
from craftpath.assessment.holding import hold_sitting, parts_of, require_stage, rules_of
from craftpath.assessment.models import Mark, MarkEntry, Seat, Session, Sitting
from craftpath.assessment.queries import candidates_of, session_run_by
from craftpath.assessment.refusals import NotReady
from craftpath.assessment.staffing import counted, short_of, tied
from craftpath.assessment.ties import ties_between
from craftpath.assessment.words import listed
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day

__all__ = ["Roll", "take_roll"]


@dataclass(frozen=True)
class Roll:
    present: int
    absent: int


def take_roll(actor: Actor, session_id: int, *, absent: Collection[int]) -> Roll:
    """Say who was absent from a session, by their seats' numbers; everybody else was there.

    It can be taken anew until the results are published; but nobody becomes absent for whom a mark
    is typed: `marks.settle` does that, with a reason. The first roll of a sitting begins its
    marking: from then on nobody is seated any more, and freed places go to nobody.

    NotThere, NotAllowed, Invalid: no such seat. Conflict: before its day; nobody sits there; a mark
    is typed. NotReady: too few look on, or somebody who must not; somebody has a place and no seat.
    """
    require(actor, "sitting.mark")
    seen = session_run_by(actor, session_id)
    with act(actor, "sitting.mark", on=seen, told_as="roll.take") as trace:
        sitting = hold_sitting(seen.sitting)
        require_stage(sitting, Stage.SEATED, Stage.MARKING)
        session = Session.objects.select_related("room").get(pk=seen.pk)
        session.sitting = sitting
        staying = set(candidates_of(sitting).values_list("pk", flat=True))
        seats = [one for one in _seats(session) if one.application_id in staying]
        _require_numbers(session, seats, absent)
        if today() < session.day:
            raise Conflict(
                f"这一场在{zh_day(session.day)}，届时才能登记到场情况。",
                f"It is held on {en_day(session.day)}; the roll is taken then.",
            )
        if all(one.attended is None for one in seats):
            _require_in_order(session, seats)
        _require_untyped(session, [one for one in seats if one.number in absent])
        if sitting.stage == Stage.SEATED:
            _begin(sitting)
        for one in seats:
            one.attended = one.number not in absent
        Seat.objects.bulk_update(seats, ["attended"])
        # Who was settled as absent and was there after all is to be settled anew.
        there = [one.application_id for one in seats if one.attended]
        Mark.objects.filter(
            application__in=there, part=session.part, value=None, replaced=False
        ).update(replaced=True)
        roll = Roll(
            sum(bool(one.attended) for one in seats), sum(not one.attended for one in seats)
        )
        trace.details = {**asdict(roll), "absent_seats": sorted(absent)}
    return roll


def _seats(session: Session) -> list[Seat]:
    return list(session.seats.select_related("application").order_by("number"))


def _require_numbers(session: Session, seats: list[Seat], absent: Collection[int]) -> None:
    if not seats:
        raise Conflict("这一场没有考生。", "Nobody has a seat in this session.")
    unknown = sorted(set(absent) - {one.number for one in seats})
    if unknown:
        text = listed([str(one) for one in unknown])
        raise Invalid(
            {"absent": Label(f"本场没有这些座号：{text.zh}。", f"No such seats here: {text.en}.")}
        )


def _require_in_order(session: Session, seats: list[Seat]) -> None:
    rules = rules_of(session.sitting, session.part)
    examiners = list(session.examiners.select_related("person"))
    lacks = short_of(session, rules, counted(rules, examiners), len(seats))
    parties = {one.application.party_id: one.application.serial for one in seats}
    ties = ties_between([one.person_id for one in examiners], list(parties), session.day)
    reasons = [*([] if lacks is None else [lacks]), *tied(session, examiners, ties, parties)]
    if reasons:
        raise NotReady(reasons)


def _require_untyped(session: Session, absent: list[Seat]) -> None:
    people = [one.application_id for one in absent if one.attended is not False]
    typed = MarkEntry.objects.filter(
        application__in=people, part=session.part, value__isnull=False
    ).values_list("application__serial", flat=True)
    serials = sorted(set(typed))
    if serials:
        text = listed(serials)
        raise Conflict(
            f"已有录入的成绩，不能改记缺考：{text.zh}；请用“核定”更正并写明理由。",
            f"Marks are typed for {text.en}; settle them as absent, with the reason.",
        )


def _begin(sitting: Sitting) -> None:
    """Marking begins: whoever has a place has to have a seat for each part, or a mark carried."""
    people = {one.pk: one.serial for one in candidates_of(sitting)}
    has = set(Seat.objects.filter(application__in=people).values_list("application", "part"))
    has |= set(
        Mark.objects.filter(application__in=people, replaced=False).values_list(
            "application", "part"
        )
    )
    lacking = sorted(
        {
            serial
            for pk, serial in people.items()
            for rules in parts_of(sitting)
            if (pk, rules.id) not in has
        }
    )
    if lacking:
        text = listed(lacking)
        raise NotReady(
            [
                Label(
                    f"{len(lacking)} 名考生还没有座位：{text.zh}；请先重新编排考场。",
                    f"{len(lacking)} candidates have no seat: {text.en}; seat them first.",
                )
            ]
        )
    sitting.stage = Stage.MARKING
    sitting.save(update_fields=["stage"])
    sitting.programme.moves_on = False
    sitting.programme.save(update_fields=["moves_on"])
