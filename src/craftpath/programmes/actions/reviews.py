"""Decide applications, one step after the other; let pass what the engine does not, by two.

Whoever decides names the version that they looked at; a decision raises it, so that of what was
seen there is one decision, and nothing is decided that nobody has seen. A returned application
goes through all steps again: what a lower step has passed may have changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from craftpath.access.act import act, name_of
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere, Refusal
from craftpath.access.may import require
from craftpath.access.models import Duty
from craftpath.access.regions import contains
from craftpath.access.roles import Actor
from craftpath.audit.models import Entry
from craftpath.engine.rules import Label
from craftpath.programmes.actions.changing import (
    CHANGED,
    changing,
    free_place,
    move_on_after,
    step_of,
    tell,
)
from craftpath.programmes.admission import overridden
from craftpath.programmes.checks import Checked, check_party
from craftpath.programmes.choices import STATES, Stage, State, Tier
from craftpath.programmes.deadlines import RECKONED, due_on, is_reckoned
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Application, Override, Review, Step
from craftpath.programmes.queries import application_seen_by, application_written_by, decides
from craftpath.registry.queries import all_ids, holder

__all__ = ["ReviewLine", "answer_override", "ask_override", "review", "review_many"]

_TOLD = {"pass": "application.pass", "return": "application.return", "refuse": "application.refuse"}
_WRITING = ("application.start", "application.amend", "application.submit", "application.document")


@dataclass(frozen=True)
class ReviewLine:
    """What became of one application of many. `problem`: why it was not decided; None: it was."""

    serial: str
    state: str | None
    problem: Label | None


def review(
    actor: Actor, serial: str, *, seen_version: int, verdict: str, note: str = ""
) -> Application:
    """Pass, return or refuse an application at its present step.

    Passing the last step asks the engine again and approves only whom it, or an agreed override,
    lets pass. Returning gives the applicant as many days as the step itself has, and the rest of
    the window; without days, until the places are shared out. A returned application that was not
    mended in time may be refused.

    NotThere, NotAllowed: not this actor's to decide, or their own. Invalid: no such verdict, no
    note where one is needed. Conflict: it has changed, or the rule does not hold (with what is
    missing).
    """
    require(actor, "application.review")
    _require_verdict(verdict, note)
    seen = application_seen_by(actor, serial)
    if seen.version != seen_version:  # first: it may be another's step by now
        raise Conflict(CHANGED.zh, CHANGED.en)
    _require_decides(actor, seen)
    _require_not_own(actor, seen)
    _require_decidable(seen, verdict)
    last = verdict == Review.Verdict.PASS and step_of(seen.programme, seen.step + 1) is None
    checked = _check(seen) if last else None
    freed = False
    with changing(actor, "application.review", _TOLD[verdict], seen, note) as (trace, application):
        _require_decidable(application, verdict)
        _write(actor, application, seen_version, verdict, note)
        if verdict == Review.Verdict.RETURN:
            _return(application, note)
        elif verdict == Review.Verdict.REFUSE:
            freed = _refuse(application, note)
        elif checked is not None:
            _approve(application, checked)
        else:
            _next_step(application)
        trace.details = {"decided_step": seen.step, "seen_version": seen_version}
        if freed:
            move_on_after(application.programme)
    return application


def review_many(
    actor: Actor, chosen: Iterable[tuple[str, int]], *, verdict: str, note: str = ""
) -> list[ReviewLine]:
    """The same decision for many, each by itself: (serial, the version that was seen).

    NotAllowed and Invalid before any is touched; what stops one is in its line.
    """
    require(actor, "application.review")
    _require_verdict(verdict, note)
    return [_review_one(actor, *one, verdict=verdict, note=note) for one in chosen]


def ask_override(actor: Actor, serial: str, *, reason: str) -> Override:
    """Ask a second official to let an application pass that the engine does not, or not surely.

    Whoever decides its present step asks (of a draft: its first one); in a step of the host, and
    where there is none, the officials of the applicant's region. Kept with what the engine says
    now: that, and nothing that comes to be missing later, is what is agreed to.
    """
    require(actor, "application.override")
    seen = application_written_by(actor, serial)
    if actor.user is None or not _decides_override(actor, seen):
        raise NotAllowed
    _require_not_own(actor, seen)
    if not reason.strip():
        raise Invalid({"reason": Label("请写明理由。", "Give the reason.")})
    checked = _check(seen)
    if checked.qualifies:
        raise Conflict(
            "该申请符合条件，不必申请例外。", "The rule holds here; there is nothing to override."
        )
    with act(
        actor,
        "application.override",
        party=seen.party_id,
        why=reason.strip(),
        told_as="application.override-ask",
    ) as trace:
        hold(seen.programme_id)
        application = Application.objects.get(pk=seen.pk)
        if application.version != seen.version:
            raise Conflict(CHANGED.zh, CHANGED.en)
        if application.state not in (State.DRAFT, State.SUBMITTED, State.RETURNED):
            raise _not_under_review(application)
        if application.overrides.filter(answered_by=None).exists():
            raise Conflict(
                "已有一条例外申请等待另一人答复。", "An override is waiting for its answer already."
            )
        override = Override.objects.create(
            application=application,
            reason=reason.strip(),
            verdict={**checked.plain, "asked_for": actor.region},
            asked_by_id=actor.user,
        )
        trace.on(override)
        trace.details = {"serial": serial, "verdict": checked.verdict}
    return override


def answer_override(actor: Actor, override_id: int, *, agree: bool, note: str = "") -> Override:
    """Agree, or not, to another's override: an official whose region contains that of who asked.

    NotThere: out of scope. Conflict: one's own, or answered already.
    """
    require(actor, "application.override")
    override = Override.objects.select_related("application__party").filter(pk=override_id).first()
    if override is None or not contains(actor.region, override.verdict["asked_for"]):
        raise NotThere
    _require_not_own(actor, override.application)
    with act(
        actor,
        "application.override",
        on=override,
        party=override.application.party_id,
        why=note.strip(),
        told_as="application.override-agree" if agree else "application.override-decline",
    ) as trace:
        hold(override.application.programme_id)
        override.refresh_from_db()
        if override.answered_by_id is not None:
            raise Conflict("这条例外申请已经答复。", "This override has been answered.")
        if override.asked_by_id == actor.user:
            raise Conflict(
                "例外须由另一位工作人员同意，不能由申请例外的人自己答复。",
                "A second person has to agree; whoever asked cannot.",
            )
        override.agreed, override.answered_by_id = agree, actor.user
        override.answered_at = now()
        override.save()
        trace.details = {"serial": override.application.serial}
    return override


# --- who may ---------------------------------------------------------------------------------


def _require_verdict(verdict: str, note: str) -> None:
    if verdict not in _TOLD:
        raise Invalid(
            {"verdict": Label("请选择通过、退回或不予通过。", "Choose pass, return or refuse.")}
        )
    if verdict != Review.Verdict.PASS and not note.strip():
        raise Invalid(
            {
                "note": Label(
                    "退回或不予通过须写明理由，申请人会看到。",
                    "Say why it is returned or refused; the applicant will read it.",
                )
            }
        )


def _present_step(application: Application) -> Step | None:
    """The step that is due; of what is not under review, the first one."""
    return step_of(application.programme, max(application.step, 1))


def _require_decides(actor: Actor, application: Application) -> None:
    step = _present_step(application)
    if step is None:
        raise _not_under_review(application)
    if not decides(actor, application, step.tier):
        raise NotAllowed("这一环节不由您办理。", "This step is not yours to decide.")


def _decides_override(actor: Actor, application: Application) -> bool:
    step = _present_step(application)
    if step is None or step.tier == Tier.INSTITUTION:
        return contains(actor.region, application.party.region)
    return decides(actor, application, step.tier)


def _require_not_own(actor: Actor, application: Application) -> None:
    """Nobody decides what they, or whom they act for, applied for, nor what they wrote in."""
    theirs = {*all_ids(holder(application.party))}
    if application.employer is not None:
        theirs |= {*all_ids(holder(application.employer))}
    is_party = actor.party in theirs
    acts_for = Duty.objects.filter(user=actor.user, party__in=theirs).exists()
    wrote = Entry.objects.filter(
        object=name_of(application), user=actor.user, action__in=_WRITING
    ).exists()
    if (actor.party is not None and is_party) or acts_for or wrote:
        raise NotAllowed(
            "这是您本人、您所代表的单位或由您录入的申请，须由他人办理。",
            "This application is yours, your employer's, or entered by you; somebody else decides.",
        )


def _require_decidable(application: Application, verdict: str) -> None:
    if application.programme.stage != Stage.PUBLISHED:
        raise Conflict(
            "本项目的名额已分配或已办结，不能再审核。",
            "The places are shared out or the programme is closed; nothing is reviewed any more.",
        )
    if application.state == State.SUBMITTED:
        return
    lapsed = (
        application.state == State.RETURNED
        and application.due is not None
        and application.due < today()
    )
    if not (lapsed and verdict == Review.Verdict.REFUSE):
        raise _not_under_review(application)


def _not_under_review(application: Application) -> Conflict:
    state = STATES[State(application.state)]
    return Conflict(
        f"申请现为“{state.zh}”，没有待办的环节。",
        f"The application is {state.en}; no step of it is waiting.",
    )


# --- what comes of it ------------------------------------------------------------------------


def _check(application: Application) -> Checked:
    return check_party(application.programme, holder(application.party), application.focus, today())


def _write(
    actor: Actor, application: Application, seen_version: int, verdict: str, note: str
) -> None:
    try:
        with transaction.atomic():
            Review.objects.create(
                application=application,
                step=application.step,
                seen_version=seen_version,
                verdict=verdict,
                note=note.strip(),
                by_id=actor.user,
                duty=actor.duty,
            )
    except IntegrityError as error:
        raise Conflict(CHANGED.zh, CHANGED.en) from error


def _next_step(application: Application) -> None:
    following = step_of(application.programme, application.step + 1)
    assert following is not None  # asked before the lock: a published programme keeps its steps
    application.step += 1
    application.due = due_on(following, today())


def _approve(application: Application, checked: Checked) -> None:
    if not checked.qualifies and not overridden(application, checked):
        raise Conflict(checked.lacking.zh, checked.lacking.en)
    application.check_final = checked.plain
    application.state, application.due = State.APPROVED, None
    tell(application, "审核通过。", "approved.")


def _return(application: Application, note: str) -> None:
    step = step_of(application.programme, application.step)
    due = None if step is None else due_on(step, today())
    application.state, application.due = State.RETURNED, due
    zh, en = "", ""
    if due is not None:
        how = RECKONED if is_reckoned(application) else Label("", "")
        zh, en = f"请于{due}前（含当日）补正{how.zh}。", f" Mend it by {due}{how.en}."
    tell(application, f"退回补正：{_short(note)}。{zh}", f"returned: {_short(note)}.{en}")


def _refuse(application: Application, note: str) -> bool:
    freed = free_place(application)
    application.state, application.due = State.REFUSED, None
    application.save()
    tell(application, f"不予通过：{_short(note)}。", f"refused: {_short(note)}.")
    return freed


def _short(note: str) -> str:
    """As much of a note as a message holds; the whole of it is with the application."""
    note = note.strip().rstrip("。.")
    return note if len(note) <= 120 else note[:119] + "…"


def _review_one(
    actor: Actor, serial: str, seen_version: int, *, verdict: str, note: str
) -> ReviewLine:
    try:
        done = review(actor, serial, seen_version=seen_version, verdict=verdict, note=note)
    except Refusal as refusal:
        return ReviewLine(serial, None, refusal.label)
    return ReviewLine(serial, str(done.state), None)
