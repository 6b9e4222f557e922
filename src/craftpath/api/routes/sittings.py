"""Sittings: planned, held and marked by the body, seen by its officials, sat by workers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.access.regions import within
from craftpath.access.roles import Actor
from craftpath.api.call import Call, get, post, put
from craftpath.api.schemas.common import Day, Number, Paged, Paging, Said, Serial, Slug, paged
from craftpath.api.schemas.sittings import (
    Appeal,
    AppealAnswer,
    AppealAnswered,
    ExaminerIn,
    Filing,
    MarkLine,
    NewAppeal,
    NewSession,
    OwnSitting,
    PartMark,
    PartMarks,
    PartTold,
    Pooled,
    Published,
    Roll,
    RollIn,
    Room,
    RoomIn,
    Seat,
    Seated,
    Seating,
    Session,
    SessionIn,
    Settling,
    Sitting,
    SittingFilters,
    SittingLine,
    SittingPlan,
    Unseating,
)
from craftpath.assessment import models, queries
from craftpath.assessment.actions import (
    appeals,
    archives,
    examiners,
    marks,
    plans,
    results,
    rolls,
    rooms,
    seating,
    sessions,
)
from craftpath.assessment.choices import ORIGINS, PARTS, ROLES, STAGES, Origin, Part, Role, Stage
from craftpath.assessment.holding import assessments, parts_of
from craftpath.assessment.words import level_label, occupation_label, region_label
from craftpath.engine.rules import Label
from craftpath.pack.assessments import PartRules
from craftpath.programmes.models import Application
from craftpath.registry import filings

__all__ = ["router"]

router = Router(tags=["等级认定考试 / sittings"])
#: The body whose it is, and the officials of its region.
_SEES = ("view.institution", "view.desk")


def filing_shown(one: filings.Filing) -> dict[str, Any]:
    return {
        "record": one.record,
        "occupation": one.occupation,
        "occupation_label": occupation_label(one.occupation),
        "level": one.level,
        "level_label": level_label(one.level),
        "site": one.site,
        "region": one.region,
        "region_label": region_label(one.region),
        "start": one.start,
        "end": one.end,
    }


def line_shown(one: models.Sitting) -> dict[str, Any]:
    programme = one.programme
    return {
        "slug": programme.slug,
        "name": programme.name,
        "host": programme.host_id,
        "host_name": "" if programme.host is None else programme.host.name,
        "region": programme.region,
        "occupation": programme.focus,
        "occupation_label": occupation_label(programme.focus),
        "level": one.level,
        "level_label": level_label(one.level),
        "stage": one.stage,
        "stage_label": STAGES[Stage(one.stage)],
        "published_at": one.published_at,
    }


def whole_shown(one: models.Sitting) -> dict[str, Any]:
    pack = assessments()
    return {
        **line_shown(one),
        "carries": one.carries,
        "appeal_days": one.appeal_days,
        "appeal_until": queries.appeal_until(one),
        "passes": pack.passes.value,
        "full": pack.full.value,
        "parts": [_part_shown(rules) for rules in parts_of(one)],
        "archived_at": one.archived_at,
        "archive": one.archive,
    }


def _part_shown(rules: PartRules) -> dict[str, Any]:
    staffing, minutes = rules.staffing, rules.minutes
    return {
        "part": rules.id,
        "part_label": rules.label,
        "minutes": None if minutes is None else minutes.least,
        "of_each": minutes is not None and minutes.each,
        "role": staffing.role,
        "role_label": ROLES[Role(staffing.role)],
        "least": staffing.least,
        "each": staffing.each,
        "odd": staffing.odd,
    }


def _shown(actor: Actor, slug: str) -> dict[str, Any]:
    """As it now stands in the database."""
    return whole_shown(queries.sitting_seen_by(actor, slug))


def session_shown(slug: str, line: queries.SessionLine) -> dict[str, Any]:
    one = line.session
    return {
        "id": one.pk,
        "sitting": slug,
        "part": one.part,
        "part_label": PARTS[Part(one.part)],
        "room": one.room,
        "day": one.day,
        "starts": _hour(one.starts),
        "minutes": one.minutes,
        "examiners": [
            {
                "party": it.person_id,
                "name": it.person.name,
                "role": it.role,
                "role_label": ROLES[Role(it.role)],
            }
            for it in line.examiners
        ],
        "seated": line.seated,
        "present": line.present,
        "absent": line.absent,
    }


def _session_shown(actor: Actor, session_id: int) -> dict[str, Any]:
    slug = queries.session_run_by(actor, session_id).sitting.programme.slug
    (line,) = (one for one in queries.sessions_seen_by(actor, slug) if one.session.pk == session_id)
    return session_shown(slug, line)


def _hour(time: dt.time) -> str:
    return f"{time:%H:%M}"


def _sent_session(sent: SessionIn) -> dict[str, Any]:
    return {
        "room": sent.room,
        "day": sent.day,
        "starts": dt.time.fromisoformat(sent.starts),
        "minutes": sent.minutes,
    }


# --- the body's filings, rooms and people --------------------------------------------------


@get(
    router,
    "/filings",
    "view.institution",
    Paged[Filing],
    Label("本机构的评价备案", "What one's body is filed for"),
    Label(
        "on 只列当日有效的。备案记录由主管部门录入。",
        "on: those that hold on that day. The authority enters them, as records.",
    ),
)
def list_filings(request: Call, paging: Query[Paging], on: Day | None = None) -> dict[str, Any]:
    if request.actor.party is None:
        raise NotThere
    found = filings.filings_of(request.actor.party, on)
    part = paged(found, paging)
    return {**part, "items": [filing_shown(one) for one in part["items"]]}


@get(
    router,
    "/rooms",
    "view.institution",
    Paged[Room],
    Label("本机构的考场，含已停用的", "The rooms of one's body, closed ones too"),
)
def list_rooms(request: Call, paging: Query[Paging]) -> dict[str, Any]:
    return paged(queries.rooms_of(request.actor), paging)


@post(router, "/rooms", "sitting.plan", Room, Label("新增考场", "Add a room"), status=201)
def add_room(request: Call, sent: RoomIn) -> models.Room:
    return rooms.add_room(request.actor, **sent.model_dump())


@put(router, "/rooms/{room_id}", "sitting.plan", Room, Label("修改考场", "Change a room"))
def change_room(request: Call, room_id: Number, sent: RoomIn) -> models.Room:
    return rooms.change_room(request.actor, room_id, **sent.model_dump())


@post(
    router,
    "/rooms/{room_id}/close",
    "sitting.plan",
    Room,
    Label("停用考场", "Take a room out of use"),
)
def close_room(request: Call, room_id: Number) -> models.Room:
    return rooms.close_room(request.actor, room_id)


@post(
    router,
    "/rooms/{room_id}/open",
    "sitting.plan",
    Room,
    Label("恢复使用考场", "Take a room into use again"),
)
def open_room(request: Call, room_id: Number) -> models.Room:
    return rooms.close_room(request.actor, room_id, closed=False)


@get(
    router,
    "/examiners",
    "view.institution",
    Paged[Pooled],
    Label("可任考官的人", "Who may be put as an examiner"),
    Label(
        "on 当日在本机构工作或受其聘任的人，默认今天。",
        "Who works for the body on that day, or is engaged by it; today by default.",
    ),
)
def list_examiners(request: Call, paging: Query[Paging], on: Day | None = None) -> dict[str, Any]:
    part = paged(queries.pool_of(request.actor, on or today()), paging)
    return {**part, "items": [{"party": one.pk, "name": one.name} for one in part["items"]]}


# --- the plan ------------------------------------------------------------------------------


@get(
    router,
    "/sittings",
    _SEES,
    Paged[SittingLine],
    Label("本机构或本地区的考试", "The sittings of one's body, or of one's region"),
)
def list_sittings(request: Call, asked: Query[SittingFilters]) -> dict[str, Any]:
    found = queries.sittings_seen_by(request.actor).select_related("programme__host")
    if asked.stage is not None:
        found = found.filter(stage=asked.stage)
    if asked.region is not None:
        found = found.filter(within(asked.region, "programme__region"))
    part = paged(found, Paging(limit=asked.limit, offset=asked.offset))
    return {**part, "items": [line_shown(one) for one in part["items"]]}


@get(
    router,
    "/sittings/{slug}",
    _SEES,
    Sitting,
    Label("一次考试：考哪些部分、进行到哪里", "One sitting: its parts, and how far it has come"),
)
def one_sitting(request: Call, slug: Slug) -> dict[str, Any]:
    return _shown(request.actor, slug)


@put(
    router,
    "/sittings/{slug}",
    "sitting.plan",
    Sitting,
    Label(
        "为本机构的项目安排考试，编排考场前可改", "Plan the sitting of a programme that one hosts"
    ),
    Label(
        "slug 是已发布的等级认定项目；再次提交即修改。",
        "slug: of a published programme of assessment. Sent again, it changes the plan, until "
        "candidates are seated.",
    ),
)
def plan_sitting(request: Call, slug: Slug, sent: SittingPlan) -> dict[str, Any]:
    plans.plan(request.actor, slug, **sent.model_dump())
    return _shown(request.actor, slug)


@get(
    router,
    "/sittings/{slug}/sessions",
    _SEES,
    Paged[Session],
    Label("场次与考官，按时间排列", "The sessions, with who looks on, by day and hour"),
)
def list_sessions(request: Call, slug: Slug, paging: Query[Paging]) -> dict[str, Any]:
    part = paged(queries.sessions_seen_by(request.actor, slug), paging)
    return {**part, "items": [session_shown(slug, one) for one in part["items"]]}


@post(
    router,
    "/sittings/{slug}/sessions",
    "sitting.plan",
    Session,
    Label("新增场次", "Plan a session"),
    status=201,
)
def add_session(request: Call, slug: Slug, sent: NewSession) -> dict[str, Any]:
    added = sessions.add_session(request.actor, slug, part=sent.part, **_sent_session(sent))
    return _session_shown(request.actor, added.pk)


@put(
    router,
    "/sessions/{session_id}",
    "sitting.plan",
    Session,
    Label("调整场次的考场或时间", "Move a session to another room or time"),
)
def change_session(request: Call, session_id: Number, sent: SessionIn) -> dict[str, Any]:
    sessions.change_session(request.actor, session_id, **_sent_session(sent))
    return _session_shown(request.actor, session_id)


@post(
    router,
    "/sessions/{session_id}/remove",
    "sitting.plan",
    Said,
    Label("撤销场次", "Take a planned session back"),
)
def remove_session(request: Call, session_id: Number) -> dict[str, int]:
    sessions.remove_session(request.actor, session_id)
    return {"done": 1}


@post(
    router,
    "/sessions/{session_id}/examiners",
    "sitting.plan",
    Session,
    Label("安排考官，登记到场之前可变", "Put an examiner in a session, until its roll is taken"),
)
def put_examiner(request: Call, session_id: Number, sent: ExaminerIn) -> dict[str, Any]:
    examiners.put_examiner(request.actor, session_id, person=sent.party, role=sent.role)
    return _session_shown(request.actor, session_id)


@post(
    router,
    "/sessions/{session_id}/examiners/{party_id}/take",
    "sitting.plan",
    Session,
    Label("撤下考官", "Take an examiner out of a session"),
)
def take_examiner(request: Call, session_id: Number, party_id: Number) -> dict[str, Any]:
    examiners.take_examiner(request.actor, session_id, person=party_id)
    return _session_shown(request.actor, session_id)


# --- seats and rolls -----------------------------------------------------------------------


@get(
    router,
    "/sittings/{slug}/seats",
    _SEES,
    Paged[Seat],
    Label("座位表，按场次和座号排列", "Who sits where, by session and number"),
    Label("session 只列一场的。", "session: those of one session."),
)
def list_seats(
    request: Call, slug: Slug, paging: Query[Paging], session: Number | None = None
) -> dict[str, Any]:
    found = queries.seats_seen_by(request.actor, slug)
    part = paged(found if session is None else found.filter(session=session), paging)
    return {
        **part,
        "items": [
            {
                "session": one.session_id,
                "number": one.number,
                "part": one.part,
                "serial": one.application.serial,
                "ticket": one.application.ticket.number,
                "party": one.application.party_id,
                "name": one.application.party.name,
                "attended": one.attended,
            }
            for one in part["items"]
        ],
    }


@post(
    router,
    "/sittings/{slug}/seat",
    "sitting.seat",
    Seated,
    Label("编排考场，发放准考证", "Seat the candidates, and give them tickets"),
    Label(
        "排不下的，一次说明全部原因，什么都不改。",
        "Where it cannot be done every reason is told, and nothing is changed.",
    ),
)
def seat_candidates(request: Call, slug: Slug, sent: Seating) -> seating.Seated:
    return seating.seat(request.actor, slug, afresh=sent.afresh)


@post(
    router,
    "/sittings/{slug}/unseat",
    "sitting.seat",
    Sitting,
    Label("撤回编排，回到计划", "Withdraw the seating, back to the plan"),
)
def unseat_candidates(request: Call, slug: Slug, sent: Unseating) -> dict[str, Any]:
    seating.unseat(request.actor, slug, why=sent.why)
    return _shown(request.actor, slug)


@post(
    router,
    "/sessions/{session_id}/roll",
    "sitting.mark",
    Roll,
    Label("登记到场情况", "Take the roll of a session"),
)
def take_roll(request: Call, session_id: Number, sent: RollIn) -> rolls.Roll:
    return rolls.take_roll(request.actor, session_id, absent=set(sent.absent))


# --- marks ---------------------------------------------------------------------------------


def mark_shown(one: models.Mark) -> dict[str, Any]:
    return {
        "value": one.value,
        "origin": one.origin,
        "origin_label": ORIGINS[Origin(one.origin)],
        "why": one.why,
        "at": one.at,
    }


def _mark_line_shown(one: queries.MarkLine) -> dict[str, Any]:
    return {
        "serial": one.application.serial,
        "ticket": one.ticket,
        "party": one.application.party_id,
        "name": one.application.party.name,
        "part": one.part,
        "part_label": PARTS[Part(one.part)],
        "attended": one.attended,
        "typed": list(one.typed),
        "first": None if one.first is None else one.first.value,
        "second": None if one.second is None else one.second.value,
        "stands": None if one.stands is None else mark_shown(one.stands),
        "settled": one.settled,
        "differs": one.differs,
    }


@get(
    router,
    "/sittings/{slug}/marks",
    _SEES,
    Paged[MarkLine],
    Label("各考生各部分的成绩", "The marks, by candidate and part"),
    Label(
        "differing=true 只列初录、复录不一致的。主管部门在公布之后看到成绩。",
        "differing=true: where the two hands do not agree. Officials see marks once they are "
        "published.",
    ),
)
def list_part_marks(
    request: Call, slug: Slug, paging: Query[Paging], differing: bool = False
) -> dict[str, Any]:
    lines = queries.mark_lines(request.actor, slug)
    part = paged([one for one in lines if one.differs] if differing else lines, paging)
    return {**part, "items": [_mark_line_shown(one) for one in part["items"]]}


@post(
    router,
    "/sittings/{slug}/marks",
    "sitting.mark",
    list[PartTold],
    Label("录入成绩：初录或复录", "Type marks, as the first or the second hand"),
    Label(
        "两次须由两人分别录入，一致即定。逐行办理，每行一个结果。",
        "By two people who do not see each other's; where they agree the mark stands. Row by row, "
        "with a line for each.",
    ),
)
def enter_part_marks(request: Call, slug: Slug, sent: PartMarks) -> list[marks.Told]:
    rows: list[marks.Row] = [(row.key, row.part, row.mark) for row in sent.rows]
    return marks.enter(request.actor, slug, sent.hand, rows)


@post(
    router,
    "/sittings/{slug}/marks/settle",
    "sitting.mark",
    PartMark,
    Label("第三人核定成绩，写明理由", "Settle a mark as a third person, with the reason"),
)
def settle_mark(request: Call, slug: Slug, sent: Settling) -> dict[str, Any]:
    return mark_shown(
        marks.settle(request.actor, slug, sent.key, sent.part, sent.mark, why=sent.why)
    )


@post(
    router,
    "/sittings/{slug}/publish",
    "sitting.publish",
    Published,
    Label("公布成绩，写入成果记录", "Publish the results, and write the outcomes"),
    Label(
        "令牌还须有 outcome.write 权限。中断的，再次提交接着办。",
        "The token needs the scope outcome.write as well. Cut short, it goes on when sent again.",
    ),
)
def publish_results(request: Call, slug: Slug) -> results.Published:
    return results.publish(request.actor, slug)


# --- appeals -------------------------------------------------------------------------------


def appeal_shown(one: models.Appeal, of: Application) -> dict[str, Any]:
    return {
        "id": one.pk,
        "sitting": of.programme.slug,
        "sitting_name": of.programme.name,
        "serial": of.serial,
        "party": of.party_id,
        "name": of.party.name,
        "part": one.part,
        "part_label": PARTS[Part(one.part)],
        "text": one.text,
        "at": one.at,
        "upheld": one.upheld,
        "answer": one.answer,
        "mark": None if one.mark is None else one.mark.value,
        "answered_at": one.answered_at,
    }


@get(
    router,
    "/appeals",
    ("view.own", *_SEES),
    Paged[Appeal],
    Label("成绩复核，新的在前", "Appeals against marks, the latest first"),
    Label("open=true 只列待答复的。", "open=true: those that are not answered yet."),
)
def list_appeals(request: Call, paging: Query[Paging], open: bool = False) -> dict[str, Any]:
    found = queries.appeals_seen_by(request.actor)
    part = paged(found.filter(upheld=None) if open else found, paging)
    return {**part, "items": [appeal_shown(one, one.application) for one in part["items"]]}


@post(
    router,
    "/applications/{serial}/appeals",
    "appeal.raise",
    Appeal,
    Label("对一个部分的成绩申请复核", "Appeal against the mark of one part"),
    status=201,
)
def raise_appeal(request: Call, serial: Serial, sent: NewAppeal) -> dict[str, Any]:
    raised = appeals.raise_appeal(request.actor, serial, part=sent.part, text=sent.text)
    return appeal_shown(raised, raised.application)


@post(
    router,
    "/appeals/{appeal_id}/answer",
    "appeal.answer",
    AppealAnswered,
    Label("答复成绩复核", "Answer an appeal"),
    Label(
        "由没有录入、核定过这个成绩的人答复；令牌还须有 outcome.write 权限。",
        "By somebody who neither typed nor settled the mark; the token needs the scope "
        "outcome.write as well.",
    ),
)
def answer_appeal(request: Call, appeal_id: Number, sent: AppealAnswer) -> dict[str, Any]:
    found = appeals.answer_appeal(
        request.actor, appeal_id, upheld=sent.upheld, answer=sent.answer, mark=sent.mark
    )
    return {
        "appeal": appeal_shown(found.appeal, found.appeal.application),
        "written": found.written and found.written.pk,
        "voided": found.voided and found.voided.pk,
    }


# --- the archive ---------------------------------------------------------------------------


@post(
    router,
    "/sittings/{slug}/archive",
    "sitting.publish",
    Sitting,
    Label("复核期过后归档", "Put a sitting away, once its appeals are over"),
)
def archive_sitting(request: Call, slug: Slug) -> dict[str, Any]:
    archives.archive(request.actor, slug)
    return _shown(request.actor, slug)


@post(
    router,
    "/sittings/{slug}/archive/open",
    "sitting.publish",
    None,
    Label("下载归档文件（留痕）", "Download the archive; each look is in the audit"),
    reads=True,
    content={"application/zip": {"schema": {"type": "string", "format": "binary"}}},
)
def open_archive(request: Call, slug: Slug) -> HttpResponse:
    response = HttpResponse(
        archives.open_archive(request.actor, slug), content_type="application/zip"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.zip"'
    return response


# --- a worker's own ------------------------------------------------------------------------


@get(
    router,
    "/me/sittings",
    "view.own",
    Paged[OwnSitting],
    Label("我的考试：准考证、座位、成绩、复核", "My sittings: ticket, seats, marks, appeals"),
)
def my_sittings(request: Call, paging: Query[Paging]) -> dict[str, Any]:
    part = paged(queries.own_sittings(request.actor), paging)
    return {**part, "items": [_own_shown(one) for one in part["items"]]}


def _own_shown(one: queries.OwnSitting) -> dict[str, Any]:
    return {
        **line_shown(one.sitting),
        "serial": one.application.serial,
        "ticket": one.ticket,
        "parts": [
            {
                "part": it.part,
                "part_label": PARTS[Part(it.part)],
                "seat": None if it.seat is None else _own_seat_shown(it.seat),
                "mark": None if it.mark is None else mark_shown(it.mark),
            }
            for it in one.parts
        ],
        "appeals": [appeal_shown(it, one.application) for it in one.appeals],
        "appeal_until": one.appeal_until,
    }


def _own_seat_shown(seat: models.Seat) -> dict[str, Any]:
    session = seat.session
    return {
        "day": session.day,
        "starts": _hour(session.starts),
        "minutes": session.minutes,
        "room": session.room.name,
        "address": session.room.address,
        "number": seat.number,
    }
