"""Share out a programme's places, and pass freed ones on.

    open        whoever is approved has a place; sharing out fixes the list
    first-come  places were taken on arrival; sharing out fixes the list of the approved
    ranked      by points, which are entered before
    lottery     by `draws.run_draw` alone

A place that is freed goes to the next by itself; the rank of those who still wait stays.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from craftpath.access.act import act, act_all
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, NotAllowed
from craftpath.access.may import require
from craftpath.access.roles import SYSTEM, Actor
from craftpath.allotment.nouns import Entrant, Quota
from craftpath.allotment.share import freed
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.marks import Number, Told, Wanted, read_number, write_rows
from craftpath.programmes.choices import Place, Stage, State, Way
from craftpath.programmes.deadlines import notice_end
from craftpath.programmes.line import allotted, next_ones, quota_of, standing
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.queries import programme_run_by
from craftpath.programmes.telling import tell_all
from craftpath.programmes.writing import save_all

__all__ = [
    "Shared",
    "enter_points",
    "move_on",
    "placed_anew",
    "require_over",
    "settle_unfinished",
    "share_out",
    "write_places",
]

_NAMED = 5
_UNFINISHED = (State.SUBMITTED, State.RETURNED)


@dataclass(frozen=True)
class Shared:
    """How the places of a programme were shared out.

    gone  those on the line who had left it by then
    """

    placed: int
    waiting: int
    unplaced: int
    gone: int = 0


def enter_points(actor: Actor, slug: str, rows: Sequence[tuple[str, Number]]) -> list[Told]:
    """Points of the applications of a ranked programme, as (serial, points): the higher the better.

    Until the places are shared out they can be entered anew. One answer for each row; the good
    rows are kept. NotThere, NotAllowed, Conflict.
    """
    require(actor, "application.mark")
    programme = programme_run_by(actor, slug)
    return write_rows(
        actor,
        programme,
        [_points_row(serial, said) for serial, said in rows],
        told_as="application.points",
        ready=_takes_points,
        refuses=_no_points_for,
    )


def share_out(actor: Actor, slug: str, *, leave_out: bool = False) -> Shared:
    """Share out the places of a programme among the approved, once its window is closed.

    leave_out  refuse what is still under review or was never completed; officials only. Without
               it, such applications are named in a Conflict

    All in one transaction, under the programme's lock. NotThere, NotAllowed, Conflict: a lottery,
    a window that is open, points that are missing, places shared out before.
    """
    require(actor, "places.share")
    programme = programme_run_by(actor, slug)
    with act(actor, "places.share", on=programme) as trace:
        programme = hold(programme.pk)
        if programme.way == Way.LOTTERY:
            raise Conflict(
                "本项目抽签分配名额，请按抽签步骤办理。",
                "Places of this programme are drawn by lot; go by the steps of the draw.",
            )
        require_over(programme)
        left_out = settle_unfinished(actor, programme, leave_out=leave_out)
        people = standing(programme.applications.filter(state=State.APPROVED))
        found = allotted(programme, people)
        if found.left_out:
            keys = {one.entrant.id: one.entrant.key for one in people}
            raise _without_points([keys[id] for id in found.left_out])
        shared, digest = write_places(programme, found.line, quota_of(programme), ())
        trace.details = {**asdict(shared), "left_out": left_out, "list_sha256": digest}
    return shared


def require_over(programme: Programme) -> None:
    """Conflict unless the programme is published, its window closed, its places not shared out."""
    if programme.stage in (Stage.SHARED, Stage.CLOSED):
        raise Conflict("名额已经分配。", "The places have been shared out already.")
    if programme.stage != Stage.PUBLISHED:
        raise Conflict("项目尚未发布。", "The programme is not published.")
    if today() < programme.closes:
        raise Conflict(
            f"受理期到{zh_day(_last(programme.closes))}为止，"
            f"{zh_day(programme.closes)}起才能分配名额。",
            f"Applications are taken until {en_day(_last(programme.closes))}; places are "
            f"shared out from {en_day(programme.closes)}.",
        )


def settle_unfinished(actor: Actor, programme: Programme, *, leave_out: bool) -> int:
    """See to it that no application of a held programme is still under review.

    Conflict names those that are; with `leave_out` an official refuses them, and each is told.
    Returns how many were left out.
    """
    unfinished = list(programme.applications.filter(state__in=_UNFINISHED).order_by("pk"))
    if not unfinished:
        return 0
    if not leave_out:
        serials = [one.serial for one in unfinished]
        raise Conflict(
            f"还有 {len(serials)} 份申请没有审结：{_some(serials, '、')}。"
            "请先审结，或者选择不再等待、将其列为不予通过。",
            f"{len(serials)} applications are not decided yet: {_some(serials, ', ')}. Decide "
            "them first, or choose to go ahead and refuse them.",
        )
    if not actor.role.is_official:
        raise NotAllowed(
            "只有主管部门可以不等审结就分配名额。",
            "Only officials may go ahead without waiting for the reviews.",
        )
    why = Label("分配名额时审核尚未完成", "its review was not finished when places were shared out")
    with act_all(actor, "places.share", why=why.zh, told_as="application.leave-out") as traces:
        for one in unfinished:
            traces.told(one, party=one.party_id, state=one.state)
            one.state, one.place, one.due = State.REFUSED, Place.UNPLACED, None
        save_all(unfinished, ["state", "place", "due"])
    label = Label(f"不予通过：{why.zh}。", f"refused: {why.en}.")
    tell_all(programme, ((one, label) for one in unfinished))
    return len(unfinished)


def write_places(
    programme: Programme, line: Sequence[Entrant], quota: Quota, gone: Collection[int]
) -> tuple[Shared, str]:
    """Write place and rank of everybody in the line of a held programme, begin its notice, tell.

    gone  ids of those who have left the line; they have a rank and no place

    Returns the numbers, and the SHA-256 of the list as written, for the audit.
    """
    rows, out = placed_anew(programme, line, quota, gone), set(gone)
    save_all(rows, ["place", "rank"])
    programme.stage = Stage.SHARED
    if programme.notice_days:
        programme.notice_from = today()
        programme.notice_until = notice_end(programme, today())
    programme.save(update_fields=["stage", "notice_from", "notice_until"])
    tell_all(programme, ((one, _said(one)) for one in rows if one.pk not in out))
    text = "".join(f"{one.rank}\t{one.serial}\t{one.place}\n" for one in rows)
    waiting = sum(one.place == Place.WAITING for one in rows)
    placed = sum(one.place == Place.PLACED for one in rows)
    shared = Shared(placed, waiting, len(rows) - placed - waiting - len(out), len(out))
    return shared, hashlib.sha256(text.encode()).hexdigest()


def placed_anew(
    programme: Programme, line: Sequence[Entrant], quota: Quota, gone: Collection[int]
) -> list[Application]:
    """The applications of a line, first to last, with the rank and the place that it gives them;
    to be saved. `gone`: as `write_places`."""
    after, _ = freed(line, quota, gone)
    placed, out = set(after.placed), set(gone)
    waits = Place.WAITING if programme.waiting_list else Place.UNPLACED
    ranks = {entrant.id: rank for rank, entrant in enumerate(line, 1)}
    everybody = programme.applications.exclude(state=State.DRAFT)
    needed = everybody.only("serial", "place", "rank", "state", "programme", "party", "employer")
    rows = [one for one in needed if one.pk in ranks]
    for one in rows:
        one.rank = ranks[one.pk]
        one.place = waits
        if one.pk in placed or one.pk in out:
            one.place = Place.PLACED if one.pk in placed else Place.UNPLACED
    return sorted(rows, key=lambda one: ranks[one.pk])


def move_on(programme: Programme) -> tuple[str, ...]:
    """Give the free places of a programme to those whose turn it is, and tell them.

    Called by whatever frees a place, in its transaction and after it: a withdrawal, a refusal, an
    objection upheld. Returns the serials of those who moved up, in order; none where nobody waits
    or nothing is free, so calling it once more does no harm.
    """
    with transaction.atomic():
        programme = hold(programme.pk)
        waiting = programme.applications.filter(place=Place.WAITING)
        if not _moves(programme) or not waiting.exists():
            return ()
        found = next_ones(programme, standing(programme.applications.exclude(state=State.DRAFT)))
        return _move(programme, found) if found else ()


# --- the parts -----------------------------------------------------------------------------


def _points_row(serial: str, said: Number) -> Wanted:
    number = read_number(said, places=2)
    if isinstance(number, Label):
        return Wanted(serial, {}, number)
    return Wanted(serial, {"points": number})


def _takes_points(programme: Programme) -> None:
    if programme.way != Way.RANKED:
        raise Conflict("本项目不按分数排序。", "This programme does not rank by points.")
    if programme.stage != Stage.PUBLISHED:
        raise Conflict(
            "名额分配之后不能再改分数；如有错误，请通过异议处理。",
            "Points cannot change once places are shared out; a mistake is mended by an objection.",
        )


def _no_points_for(one: Application) -> Label | None:
    if one.state in (*_UNFINISHED, State.APPROVED):
        return None
    return Label("这份申请已不在审核之列。", "This application is no longer being considered.")


def _moves(programme: Programme) -> bool:
    if not programme.moves_on:
        return False
    if programme.stage == Stage.PUBLISHED:
        return programme.way == Way.FIRST_COME
    return programme.stage == Stage.SHARED


def _move(programme: Programme, found: Sequence[int]) -> tuple[str, ...]:
    by_id = programme.applications.in_bulk(found)
    moved = [by_id[id] for id in found]
    with act_all(SYSTEM, "places.move") as traces:
        for one in moved:
            traces.told(one, party=one.party_id, rank=one.rank)
            one.place = Place.PLACED
        save_all(moved, ["place"])
        label = Label(
            "有名额空出，您已由候补递补，获得名额。", "a place became free and is now yours."
        )
        tell_all(programme, ((one, label) for one in moved))
    return tuple(one.serial for one in moved)


def _said(one: Application) -> Label:
    """How it came out for one of them."""
    if one.place == Place.PLACED:
        return Label("获得名额。", "you have a place.")
    if one.place == Place.WAITING:
        # Places on the waiting list change as people move up; the rank in the line does not.
        return Label(
            f"进入候补，总排序第{one.rank}位；有名额空出会自动依次递补并通知您。",
            f"you are on the waiting list, number {one.rank} of the whole line; a freed place "
            "moves on by itself and you will be told.",
        )
    return Label("未获得名额。", "you have no place.")


def _without_points(serials: list[str]) -> Conflict:
    return Conflict(
        f"还有 {len(serials)} 份申请没有分数：{_some(serials, '、')}。请先录入分数。",
        f"{len(serials)} applications have no points: {_some(serials, ', ')}. Enter them first.",
    )


def _some(serials: list[str], comma: str) -> str:
    more = "…" if len(serials) > _NAMED else ""
    return comma.join(serials[:_NAMED]) + more


def _last(end: dt.date) -> dt.date:
    return end - dt.timedelta(days=1)
