"""The sessions of a sitting: one part, in one room, at one time. They change while it is planned.

add_session(actor, slug, *, part, room, day, starts, minutes) -> Session
change_session(actor, session_id, *, room, day, starts, minutes) -> Session
remove_session(actor, session_id) -> None
"""

from __future__ import annotations

import datetime as dt

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.choices import Stage
from craftpath.assessment.holding import hold_sitting, parts_of, require_stage
from craftpath.assessment.models import Room, Session, Sitting
from craftpath.assessment.queries import room_run_by, session_run_by, sitting_run_by
from craftpath.assessment.staffing import filings, unfiled
from craftpath.assessment.times import meets, overlapping
from craftpath.assessment.words import session_label
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.locking import hold_rows

__all__ = ["add_session", "change_session", "remove_session"]

#: Minutes of a session, and days from today on which one may be planned.
LONGEST, FARTHEST = 600, 1100
_DAY = 24 * 60


def add_session(
    actor: Actor,
    slug: str,
    *,
    part: str,
    room: int,
    day: dt.date,
    starts: dt.time,
    minutes: int,
) -> Session:
    """Plan a session.

    minutes  at least what the part asks for; where that is each candidate's own (the review), as
             many candidates fit as times of it

    NotThere, NotAllowed, Invalid by field. Conflict: not planned any more; the room is closed, or
    taken then; the body is not filed for that place and day, with the filing that is missing.
    """
    require(actor, "sitting.plan")
    seen = sitting_run_by(actor, slug)
    with act(actor, "sitting.plan", told_as="session.add") as trace:
        sitting = hold_sitting(seen)
        require_stage(sitting, Stage.PLANNED)
        session = Session(sitting=sitting, part=part)
        _write(actor, sitting, session, room, day, starts, minutes)
        trace.on(session)
        trace.details = {"slug": slug, "part": part, **_plain(session)}
    return session


def change_session(
    actor: Actor, session_id: int, *, room: int, day: dt.date, starts: dt.time, minutes: int
) -> Session:
    """Move a session to another room or time. Refuses as `add_session`; Conflict as well where
    somebody who looks on is elsewhere then."""
    require(actor, "sitting.plan")
    seen = session_run_by(actor, session_id)
    with act(actor, "sitting.plan", on=seen, told_as="session.change") as trace:
        sitting = hold_sitting(seen.sitting)
        require_stage(sitting, Stage.PLANNED)
        session = Session.objects.select_related("room").get(pk=seen.pk)
        before = _plain(session)
        _write(actor, sitting, session, room, day, starts, minutes)
        _require_examiners_free(session)
        trace.details = {"before": before, "after": _plain(session)}
    return session


def remove_session(actor: Actor, session_id: int) -> None:
    """Take a planned session back, with those who were to look on. NotThere, Conflict."""
    require(actor, "sitting.plan")
    seen = session_run_by(actor, session_id)
    with act(actor, "sitting.plan", on=seen, told_as="session.remove") as trace:
        sitting = hold_sitting(seen.sitting)
        require_stage(sitting, Stage.PLANNED)
        session = Session.objects.get(pk=seen.pk)
        trace.details = {"part": session.part, **_plain(session)}
        session.examiners.all().delete()
        session.delete()


def _write(
    actor: Actor,
    sitting: Sitting,
    session: Session,
    room: int,
    day: dt.date,
    starts: dt.time,
    minutes: int,
) -> None:
    # Rooms are shared by the sittings of a body, so that each is held as well.
    there = hold_rows(Room.objects.filter(pk=room_run_by(actor, room).pk)).get()
    _require_fields(sitting, session.part, day, starts, minutes)
    session.room, session.day, session.starts, session.minutes = there, day, starts, minutes
    if there.closed:
        raise Conflict("这个考场已停用。", "This room is closed.")
    missing = unfiled(sitting, filings(sitting), there.region, day)
    if missing is not None:
        raise Conflict(missing.zh, missing.en)
    taken = Session.objects.filter(room=there, day=day).exclude(pk=session.pk)
    other = next((one for one in taken.select_related("room") if meets(one, session)), None)
    if other is not None:
        label = session_label(other)
        raise Conflict(
            f"考场这段时间已安排：{label.zh}。", f"The room is taken then by {label.en}."
        )
    session.save()


def _require_fields(
    sitting: Sitting, part: str, day: dt.date, starts: dt.time, minutes: int
) -> None:
    rules = {one.id: one for one in parts_of(sitting)}
    problems: dict[str, Label] = {}
    if part not in rules:
        names = [one.label for one in rules.values()]
        problems["part"] = Label(
            f"该等级只考：{'、'.join(one.zh for one in names)}。",
            f"This level is assessed by: {', '.join(one.en for one in names)}.",
        )
    closes = sitting.programme.closes
    if day > today() + dt.timedelta(days=FARTHEST):
        problems["day"] = Label("日期太远，请核对。", "This day is too far away; check it.")
    elif day < today():
        problems["day"] = Label("考试日期已过。", "This day is over.")
    elif day < closes:
        problems["day"] = Label(
            f"报名{zh_day(closes)}才截止，考试应在此之后。",
            f"Applications are taken until {en_day(closes)}; it is held after that.",
        )
    least = rules[part].minutes if part in rules else None
    if not 1 <= minutes <= LONGEST:
        problems["minutes"] = Label(
            f"时长为 1 到 {LONGEST} 分钟。", f"From 1 to {LONGEST} minutes."
        )
    elif least is not None and minutes < least.least:
        problems["minutes"] = Label(
            f"{rules[part].label.zh}不少于 {least.least} 分钟。",
            f"The {rules[part].label.en} takes {least.least} minutes at least.",
        )
    elif starts.hour * 60 + starts.minute + minutes > _DAY:
        problems["starts"] = Label("应在当天结束。", "It is to be over on the same day.")
    if problems:
        raise Invalid(problems)


def _require_examiners_free(session: Session) -> None:
    for examiner in session.examiners.select_related("person"):
        other = overlapping(session, examiner.person_id)
        if other is not None:
            label = session_label(other.session)
            raise Conflict(
                f"{examiner.person.name}那时在另一场：{label.zh}。",
                f"{examiner.person.name} is elsewhere then: {label.en}.",
            )


def _plain(session: Session) -> dict[str, object]:
    return {
        "room": session.room_id,
        "day": session.day,
        "starts": session.starts.isoformat("minutes"),
        "minutes": session.minutes,
    }
