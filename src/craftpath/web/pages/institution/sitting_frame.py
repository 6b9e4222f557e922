"""What the pages of one sitting have in common: what is shown of it, and what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from craftpath.access.clock import day_of, today
from craftpath.assessment.actions.seating import not_ready
from craftpath.assessment.choices import HANDS, PARTS, ROLES, STAGES, Hand, Stage
from craftpath.assessment.models import Sitting
from craftpath.assessment.queries import appeal_until
from craftpath.assessment.standing import Need, PartStanding, Standing
from craftpath.assessment.words import level_label, part_label
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.choices import Stage as ProgrammeStage

__all__ = ["Next", "Step", "frame_of", "next_of", "steps_of"]


def frame_of(sitting: Sitting, here: str = "") -> dict[str, Any]:
    """For every template of a sitting. `here`: the page, for the row of links."""
    return {
        "sitting": sitting,
        "programme": sitting.programme,
        "level": level_label(sitting.level),
        "here": here,
        "PARTS": PARTS,
        "ROLES": ROLES,
        "SITTING_STAGES": STAGES,
        "HANDS": HANDS,
    }


@dataclass(frozen=True)
class Step:
    """One line of the way that a sitting goes. `how`: done, now, or "" to come."""

    label: Label
    how: str
    note: Label | None = None
    url: str = ""


@dataclass(frozen=True)
class Next:
    """What is to be done next, where, and what is missing for it."""

    label: Label
    url: str = ""
    button: Label | None = None
    lacking: Sequence[Label] = ()


# --- what comes next -----------------------------------------------------------------------


def next_of(sitting: Sitting, standing: Standing, open_appeals: int) -> Next:
    slug = sitting.programme.slug
    match Stage(sitting.stage):
        case Stage.PLANNED:
            return _planned(sitting, standing, slug)
        case Stage.SEATED:
            return _seated(standing, slug)
        case Stage.MARKING:
            return _marking(standing, slug)
        case Stage.PUBLISHED:
            return _published(sitting, slug, open_appeals)
        case Stage.ARCHIVED:
            return Next(
                Label("已归档，不再变动。", "It is put away, and nothing of it changes."),
                reverse("hosted-archive", args=[slug]),
                Label("下载归档文件", "Download the archive"),
            )


def _planned(sitting: Sitting, standing: Standing, slug: str) -> Next:
    sessions = reverse("hosted-sessions", args=[slug])
    without = [
        Label(f"{one.rules.label.zh}还没有场次。", f"The {one.rules.label.en} has no session yet.")
        for one in standing.parts
        if not one.sessions
    ]
    if without:
        return Next(
            Label("安排场次", "Plan the sessions"),
            sessions,
            Label("去安排场次", "Plan sessions"),
            without,
        )
    programme = sitting.programme
    if programme.stage != ProgrammeStage.SHARED:
        closes = programme.closes
        waits = (
            Label(
                f"报名{zh_day(closes)}前截止。", f"Applications are taken before {en_day(closes)}."
            )
            if today() < closes
            else Label("报名已截止，请分配名额。", "Applications are over: share the places out.")
        )
        return Next(
            Label("名额分配之后编排考场", "Share the places out, then seat everybody"),
            reverse("hosted-programme", args=[slug]),
            Label("去项目页", "To the programme"),
            [waits, *_lacks(standing.lacking)],
        )
    if not standing.candidates:
        return Next(Label("没有考生。", "There are no candidates."))
    reasons = not_ready(sitting)
    if reasons:
        return Next(
            Label("补齐后编排考场", "Mend these, then seat everybody"),
            sessions,
            Label("去场次与考官", "To the sessions"),
            reasons,
        )
    return Next(
        Label("可以编排考场", "Everybody can be seated"),
        reverse("hosted-seats", args=[slug]),
        Label("去编排", "Seat them"),
    )


def _seated(standing: Standing, slug: str) -> Next:
    unseated = sum(max(0, one.sits - one.seated) for one in standing.parts)
    if unseated:
        return Next(
            Label(
                f"还缺 {unseated} 个座位，请再编排一次",
                f"{unseated} seats are to be given: seat once more",
            ),
            reverse("hosted-seats", args=[slug]),
            Label("去编排", "Seat them"),
        )
    due = _due(standing.needs)
    if due is not None:
        return _roll(due)
    first = min((one.line.session.day for one in standing.needs), default=today())
    return Next(
        Label(
            f"打印门贴、签到表、准考证；{zh_day(first)}起登记到场",
            f"Print what goes on the doors and is signed; the first roll is taken on "
            f"{en_day(first)}",
        ),
        reverse("hosted-seats", args=[slug]),
        Label("去打印", "Print"),
        _lacks(standing.lacking),
    )


def _marking(standing: Standing, slug: str) -> Next:
    due = _due(standing.needs)
    if due is not None:
        return _roll(due)
    coming = [one.line.session.day for one in standing.needs if _waits(one)]
    lacking = [_typed(one) for one in standing.parts if one.unsettled]
    if coming:
        lacking.append(
            Label(
                f"{zh_day(min(coming))}还有场次。",
                f"There are sessions on {en_day(min(coming))} still.",
            )
        )
    if standing.differs:
        return Next(
            Label(
                f"{standing.differs} 处两次录入不一致，请核对",
                f"The hands differ, marks: {standing.differs}; look again",
            ),
            reverse("hosted-compare", args=[slug]),
            Label("去核对", "Compare"),
            lacking,
        )
    if standing.unsettled:
        return Next(
            Label("录入成绩", "Type the marks"),
            reverse("hosted-part-marks", args=[slug]),
            Label("去登分", "Type marks"),
            lacking,
        )
    return Next(
        Label("成绩已定，可以公布", "The marks are settled: publish them"),
        reverse("hosted-publish", args=[slug]),
        Label("去公布", "Publish"),
    )


def _typed(part: PartStanding) -> Label:
    first, second = part.typed[Hand.FIRST], part.typed[Hand.SECOND]
    there = part.seated - part.absent
    return Label(
        f"{part.rules.label.zh}：初录 {first}/{there}，复录 {second}/{there}，"
        f"未定 {part.unsettled}。",
        f"The {part.rules.label.en}: first entry {first}/{there}, second {second}/{there}; "
        f"{part.unsettled} not settled.",
    )


def _published(sitting: Sitting, slug: str, open_appeals: int) -> Next:
    if sitting.programme.stage != ProgrammeStage.CLOSED:
        return Next(
            Label(
                "成果还没有全部写入，请再公布一次",
                "Not all outcomes are written: publish once more",
            ),
            reverse("hosted-publish", args=[slug]),
            Label("继续公布", "Go on publishing"),
        )
    if open_appeals:
        return Next(
            Label(f"{open_appeals} 件复核待答复", f"{open_appeals} appeals wait for an answer"),
            reverse("hosted-appeals", args=[slug]),
            Label("去答复", "Answer them"),
        )
    until = appeal_until(sitting)
    if until is not None and today() < until:
        last = until - dt.timedelta(days=1)
        return Next(
            Label(
                f"考生可申请复核到{zh_day(last)}；{zh_day(until)}起可归档",
                f"Candidates can appeal until {en_day(last)}; put away from {en_day(until)} on",
            )
        )
    return Next(
        Label("复核期已过，可以归档", "Appeals are over: it can be put away"),
        reverse("hosted-archive", args=[slug]),
        Label("归档", "Put it away"),
    )


def _roll(need: Need) -> Next:
    session = need.line.session
    part, room = part_label(session.part), session.room.name
    return Next(
        Label(
            f"登记到场：{part.zh}，{room}，{zh_day(session.day)}{session.starts:%H:%M}",
            f"Take the roll: {part.en}, {room}, {en_day(session.day)} {session.starts:%H:%M}",
        ),
        reverse("hosted-session-roll", args=[session.pk]),
        Label("登记到场", "Take the roll"),
        [] if need.lacks is None else [need.lacks],
    )


def _waits(need: Need) -> bool:
    line = need.line
    return line.seated > line.present + line.absent


def _due(needs: Sequence[Need]) -> Need | None:
    """The first session whose day has come and whose roll is not taken."""
    return next((one for one in needs if _waits(one) and one.line.session.day <= today()), None)


def _lacks(needs: Sequence[Need]) -> list[Label]:
    return [one.lacks for one in needs if one.lacks is not None]


# --- the way -------------------------------------------------------------------------------

_ORDER = (Stage.PLANNED, Stage.SEATED, Stage.MARKING, Stage.PUBLISHED, Stage.ARCHIVED)


def steps_of(sitting: Sitting, standing: Standing, appeals: int, open_appeals: int) -> list[Step]:
    slug, stage = sitting.programme.slug, _ORDER.index(Stage(sitting.stage))
    shared = sitting.programme.stage in (ProgrammeStage.SHARED, ProgrammeStage.CLOSED)
    parts = standing.parts
    planned = all(one.sessions for one in parts)
    staffed = planned and not standing.lacking
    rolled = sum(one.present + one.absent for one in parts)
    seated = sum(one.seated for one in parts)
    settled = sum(one.settled for one in parts)

    def how(done: bool, now: bool) -> str:
        return "done" if done else "now" if now else ""

    def at(name: str) -> str:
        return reverse(name, args=[slug])

    published = stage >= 3
    return [
        Step(
            Label("报名与名额", "Applications and places"),
            how(shared, True),
            Label(f"{standing.candidates} 名考生", f"{standing.candidates} candidates"),
            at("hosted-programme"),
        ),
        Step(
            Label("场次", "Sessions"),
            how(planned, stage == 0),
            Label(f"{standing.sessions} 场", f"{standing.sessions}"),
            at("hosted-sessions"),
        ),
        Step(
            Label("考官", "Examiners"),
            how(staffed, planned and stage <= 1),
            _staffing(standing),
            at("hosted-sessions"),
        ),
        Step(
            Label("编排考场", "Seating"),
            how(stage >= 1, staffed and shared),
            Label(f"{seated} 个座位", f"{seated} seats") if stage >= 1 else None,
            at("hosted-seats"),
        ),
        Step(
            Label("到场登记", "Rolls"),
            how(bool(seated) and rolled == seated, stage in (1, 2)),
            Label(f"{rolled}/{seated}", f"{rolled}/{seated}") if stage >= 1 else None,
            at("hosted-seats"),
        ),
        Step(
            Label("登分", "Marks"),
            how(published or (bool(seated) and settled == seated), stage == 2),
            Label(f"已定 {settled}/{seated}", f"{settled}/{seated} settled")
            if stage >= 2
            else None,
            at("hosted-part-marks") if stage >= 2 else "",
        ),
        Step(
            Label("公布成绩", "Publication"),
            how(published, stage == 2 and settled == seated),
            _day(sitting.published_at),
            at("hosted-publish") if stage >= 2 else "",
        ),
        Step(
            Label("复核", "Appeals"),
            how(stage == 4, published),
            Label(f"{appeals} 件，待答复 {open_appeals}", f"{appeals}, {open_appeals} to answer")
            if published
            else None,
            at("hosted-appeals") if published else "",
        ),
        Step(
            Label("归档", "Archive"),
            how(stage == 4, False),
            _day(sitting.archived_at),
            at("hosted-archive") if stage == 4 else "",
        ),
    ]


def _staffing(standing: Standing) -> Label | None:
    lacking = len(standing.lacking)
    if not standing.sessions:
        return None
    if not lacking:
        return Label("每场已够", "enough in every session")
    return Label(f"{lacking} 场还缺人", f"{lacking} sessions lack people")


def _day(moment: dt.datetime | None) -> Label | None:
    if moment is None:
        return None
    return Label(zh_day(day_of(moment)), en_day(day_of(moment)))
