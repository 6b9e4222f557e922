"""The days of public notice: anybody may object, officials answer, all of it is kept.

Whoever upholds an objection chooses its remedy: the points of an application are corrected and
the line is made anew, or an application is struck out, with the answer as the reason, and its place
goes to the next. A programme is not finished while an objection is open.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.audit.models import Entry
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.marks import Number, read_number
from craftpath.programmes.actions.places import move_on
from craftpath.programmes.choices import Place, Stage, State
from craftpath.programmes.correcting import correct_points
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Application, Objection, Programme
from craftpath.programmes.queries import (
    objections_answered_by,
    programme_seen_by,
)
from craftpath.programmes.telling import tell_all
from craftpath.registry.identity import open_bytes, seal_bytes

__all__ = [
    "answer_objection",
    "contact_of",
    "notice_runs",
    "raise_objection",
]

LONGEST_TEXT, LONGEST_CONTACT = 4000, 200
MOST_A_DAY = 10
_USE = "objection contact"
_STANDING = (State.APPROVED, State.DONE)


def notice_runs(programme: Programme) -> bool:
    """Whether today is one of the days of public notice."""
    if programme.stage != Stage.SHARED or programme.notice_from is None:
        return False
    return programme.notice_until is not None and (
        programme.notice_from <= today() < programme.notice_until
    )


def raise_objection(
    actor: Actor, slug: str, *, text: str, contact: str = "", serial: str | None = None
) -> Objection:
    """Object to a programme's list, or to one application on it. Nobody has to log in.

    contact  how to be reached; sealed, and read only by officials who may answer

    NotThere: no such programme. Invalid by field. Conflict: not the days of notice, or so many
    have come from one address without a login that nobody could answer them: a programme is not
    finished while one is open.
    """
    require(actor, "objection.raise")
    programme = programme_seen_by(actor, slug)
    text, contact = text.strip(), contact.strip()
    with act(actor, "objection.raise") as trace:
        programme = hold(programme.pk)
        _require_notice(programme)
        _require_few(actor)
        against = _against(programme, serial)
        _require_text(text, contact)
        objection = Objection.objects.create(
            programme=programme,
            application=against,
            text=text,
            contact=seal_bytes(contact.encode(), _USE) if contact else b"",
            user_id=actor.user,
        )
        trace.on(objection, against.party_id if against else None)
        # Not the text: it may name people, and the log is read by those who may not see them.
        trace.details = {"programme": programme.slug, "serial": serial or None}
    return objection


def answer_objection(
    actor: Actor,
    objection_id: int,
    *,
    upheld: bool,
    answer: str,
    remedy: str = "",
    serial: str = "",
    points: Number = "",
) -> Objection:
    """Uphold or dismiss an objection, with reasons. Officials who run the programme do so.

    remedy  of what is upheld: "correct" gives an application its right points, ranks the whole line
            again and tells everybody who moves; "strike" refuses it, frees its place and tells its
            party; "", where it is against no application, changes nothing of the list
    serial  which application; "": the one objected to
    points  the right ones

    Returns the objection. NotThere, NotAllowed. Invalid by field. Conflict: answered already, or
    the list moves no more.
    """
    require(actor, "objection.answer")
    seen = objections_answered_by(actor).filter(pk=objection_id).first()
    if seen is None:
        raise NotThere
    answer = answer.strip()
    if not 0 < len(answer) <= LONGEST_TEXT:
        raise Invalid(
            {
                "answer": Label(
                    f"请写明处理意见和理由，至多 {LONGEST_TEXT} 字。",
                    f"Say what was decided and why, in at most {LONGEST_TEXT} characters.",
                )
            }
        )
    remedy, right = _remedy(seen, upheld, remedy, serial, points)
    with act(actor, "objection.answer", on=seen, why=answer, upheld=upheld) as trace:
        programme = hold(seen.programme_id)
        # Read again under the lock: somebody else may have answered while we waited for it.
        objection = Objection.objects.get(pk=objection_id)
        if objection.upheld is not None:
            raise Conflict(
                "这条异议已经答复，请刷新后再看。",
                "This objection was answered already; reload the page.",
            )
        objection.upheld, objection.answer, objection.remedy = upheld, answer, remedy
        objection.answered_by_id, objection.answered_at = actor.user, now()
        objection.save(update_fields=["upheld", "answer", "remedy", "answered_by", "answered_at"])
        concerned = _concerned(programme, objection, serial if remedy else "")
        if concerned is not None:
            trace.party = concerned.party_id
            trace.details |= {"serial": concerned.serial, "remedy": remedy}
        if remedy == Objection.Remedy.CORRECT and concerned is not None and right is not None:
            correct_points(actor, programme, concerned, right, why=answer)
        elif remedy and concerned is not None and concerned.state in _STANDING:
            _strike_out(actor, programme, concerned, answer)
    return objection


def contact_of(actor: Actor, objection_id: int) -> str:
    """How to reach who objected; "" where they did not say. Each look is in the audit."""
    found = objections_answered_by(actor).filter(pk=objection_id).first()
    if found is None:
        raise NotThere
    with act(actor, "objection.answer", on=found, told_as="objection.contact"):
        return open_bytes(found.contact, _USE).decode() if found.contact else ""


# --- the parts -----------------------------------------------------------------------------


def _remedy(
    seen: Objection, upheld: bool, remedy: str, serial: str, points: Number
) -> tuple[str, Decimal | None]:
    """The remedy and the right points; Invalid by field where they do not fit together."""
    problems: dict[str, Label] = {}
    right: Decimal | None = None
    ours = set(Objection.Remedy)
    if not upheld:
        return "", None
    if remedy not in ours and (remedy or seen.application_id is not None):
        problems["remedy"] = Label(
            "请选择怎么处理：更正分数，或取消该申请。",
            "Choose what is done: its points are corrected, or the application is struck out.",
        )
    if remedy in ours and seen.application_id is None and not serial.strip():
        problems["serial"] = Label("请填写是哪一份申请。", "Say which application.")
    if remedy == Objection.Remedy.CORRECT:
        read = read_number(points, places=2)
        if isinstance(read, Label):
            problems["points"] = read
        else:
            right = read
    if problems:
        raise Invalid(problems)
    return remedy, right


def _concerned(programme: Programme, objection: Objection, serial: str) -> Application | None:
    """The application that the answer is about."""
    if serial.strip():
        return _against(programme, serial)
    return objection.application


def _strike_out(actor: Actor, programme: Programme, against: Application, answer: str) -> None:
    if against.state == State.DONE:
        raise Conflict(
            "这份申请已经办结，请改为更正或作废由它产生的记录。",
            "This application is done; correct or void the record that came of it instead.",
        )
    with act(
        actor,
        "objection.answer",
        on=against,
        party=against.party_id,
        why=answer,
        told_as="application.strike-out",
        place=against.place,
        rank=against.rank,
    ):
        against.state, against.place, against.due = State.REFUSED, Place.UNPLACED, None
        against.version += 1
        against.save(update_fields=["state", "place", "due", "version"])
    label = Label(
        f"公示异议成立，不予通过：{answer}", f"refused on an objection that was upheld: {answer}"
    )
    tell_all(programme, [(against, label)])
    move_on(programme)


def _require_notice(programme: Programme) -> None:
    if notice_runs(programme):
        return
    if programme.notice_from is None or programme.notice_until is None:
        raise Conflict("本项目不在公示期。", "This programme is not under public notice.")
    raise Conflict(
        f"公示从{zh_day(programme.notice_from)}开始，"
        f"到{zh_day(programme.notice_until)}前一天为止，现已结束。",
        f"Notice ran from {en_day(programme.notice_from)} "
        f"until {en_day(programme.notice_until)}, and is over.",
    )


def _require_few(actor: Actor) -> None:
    if actor.user is not None or not actor.address:
        return
    since = timezone.now() - dt.timedelta(days=1)  # entries have the true time
    from_there = Entry.objects.filter(
        action="objection.raise", address=actor.address, user=None, at__gte=since
    )
    if from_there.count() >= MOST_A_DAY:
        raise Conflict(
            f"一天之内从这个网络地址未登录提出的异议已有 {MOST_A_DAY} 件，"
            "请登录后再提，或到经办窗口。",
            f"{MOST_A_DAY} objections came from this address within a day without a login; log in, "
            "or come to the counter.",
        )


def _against(programme: Programme, serial: str | None) -> Application | None:
    if not serial:
        return None
    on_list = programme.applications.filter(
        serial=serial.strip(), state__in=_STANDING, rank__isnull=False
    )
    found = on_list.first()
    if found is None:
        raise Invalid(
            {
                "serial": Label(
                    "公示名单中没有这个编号，请核对；也可以留空，针对整个名单提出。",
                    "This number is not on the list; check it, or leave it empty to object to the "
                    "list as a whole.",
                )
            }
        )
    return found


def _require_text(text: str, contact: str) -> None:
    problems: dict[str, Label] = {}
    if not 0 < len(text) <= LONGEST_TEXT:
        problems["text"] = Label(
            f"请写明异议的事实和理由，至多 {LONGEST_TEXT} 字。",
            f"Say what you object to and why, in at most {LONGEST_TEXT} characters.",
        )
    if len(contact) > LONGEST_CONTACT:
        problems["contact"] = Label(
            f"联系方式至多 {LONGEST_CONTACT} 字。",
            f"At most {LONGEST_CONTACT} characters to say how to reach you.",
        )
    if problems:
        raise Invalid(problems)
