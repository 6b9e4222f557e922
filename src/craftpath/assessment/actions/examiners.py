"""Who invigilates, assesses or reviews in a session.

    put_examiner(actor, session_id, *, person, role) -> Examiner
    take_examiner(actor, session_id, *, person) -> None

Both until the session's roll is taken. That there are enough of them is asked when candidates are
seated and before the roll; here somebody may be put first and another taken then.
"""

from __future__ import annotations

from django.db.models import QuerySet

from craftpath.access.act import act
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.choices import ROLES, Role, Stage
from craftpath.assessment.holding import hold_sitting, require_stage
from craftpath.assessment.models import Examiner, Seat, Session
from craftpath.assessment.queries import candidates_of, pool_of, session_run_by
from craftpath.assessment.staffing import tied
from craftpath.assessment.ties import THEMSELVES, ties_between
from craftpath.assessment.times import overlapping
from craftpath.assessment.words import session_label
from craftpath.engine.rules import Label
from craftpath.programmes.locking import hold_rows
from craftpath.registry.models import Party
from craftpath.registry.queries import same_as

__all__ = ["put_examiner", "take_examiner"]

_OPEN = (Stage.PLANNED, Stage.SEATED, Stage.MARKING)


def put_examiner(actor: Actor, session_id: int, *, person: int, role: str) -> Examiner:
    """Put somebody of the body's pool (`queries.pool_of`) in a session.

    role  invigilator, assessor or reviewer; those of the role that the part asks for count

    NotThere, NotAllowed, Invalid: not of the pool on that day, no such role. Conflict: there
    already, elsewhere at that time, a candidate of this sitting, or tied to somebody who has a seat
    in the session; its roll is taken.
    """
    require(actor, "sitting.plan")
    seen = session_run_by(actor, session_id)
    if role not in list(Role):
        raise Invalid({"role": Label("没有这种职责。", "There is no such role.")})
    with act(actor, "sitting.plan", on=seen, told_as="examiner.put") as trace:
        session = _held(seen)
        # Who examines may do so for several bodies: held, so that two do not put them at once.
        who = hold_rows(Party.objects.filter(pk=person)).first()
        if who is None or not pool_of(actor, session.day).filter(pk=person).exists():
            raise Invalid(
                {
                    "person": Label(
                        "此人当日不是本机构的人员或聘任的考评员；请先录入聘任记录。",
                        "Not of the body's people on that day, nor engaged by it; enter the record "
                        "of the engagement first.",
                    )
                }
            )
        _require_free(session, who)
        _require_no_candidate(session, who)
        examiner = Examiner(session=session, person=who, role=role)
        seated = {one.application.party_id: one.application.serial for one in _seated(session)}
        reasons = tied(
            session, [examiner], ties_between([person], list(seated), session.day), seated
        )
        if reasons:
            raise Conflict(reasons[0].zh, reasons[0].en)
        examiner.save()
        trace.party = person
        trace.details = {"role": role}
    return examiner


def take_examiner(actor: Actor, session_id: int, *, person: int) -> None:
    """Take somebody out of a session. NotThere, NotAllowed, Conflict: its roll is taken."""
    require(actor, "sitting.plan")
    seen = session_run_by(actor, session_id)
    with act(actor, "sitting.plan", on=seen, party=person, told_as="examiner.take") as trace:
        session = _held(seen)
        found = session.examiners.filter(person__in=same_as(person)).first()
        if found is None:
            raise Invalid({"person": Label("此人不在这一场。", "They are not in this session.")})
        trace.details = {"role": found.role}
        found.delete()


def _held(seen: Session) -> Session:
    sitting = hold_sitting(seen.sitting)
    require_stage(sitting, *_OPEN)
    session = Session.objects.select_related("room").get(pk=seen.pk)
    session.sitting = sitting
    if session.seats.filter(attended__isnull=False).exists():
        raise Conflict(
            "本场已登记到场情况，人员不能再变。",
            "The roll of this session is taken; who looked on stands.",
        )
    return session


def _seated(session: Session) -> QuerySet[Seat]:
    return session.seats.select_related("application")


def _require_free(session: Session, who: Party) -> None:
    if session.examiners.filter(person__in=same_as(who.pk)).exists():
        raise Conflict(f"{who.name}已在这一场。", f"{who.name} is in this session already.")
    other = overlapping(session, who.pk)
    if other is not None:
        label, role = session_label(other.session), ROLES[Role(other.role)]
        raise Conflict(
            f"{who.name}那时在另一场任{role.zh}：{label.zh}。",
            f"{who.name} is elsewhere then, as {role.en}: {label.en}.",
        )


def _require_no_candidate(session: Session, who: Party) -> None:
    people = list(candidates_of(session.sitting).values_list("party", flat=True))
    ties = ties_between([who.pk], people, session.day)
    if THEMSELVES in ties.values():
        raise Conflict(
            f"{who.name}是本次考试的考生。", f"{who.name} is a candidate of this sitting."
        )
