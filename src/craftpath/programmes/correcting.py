"""A published line that was wrong is made anew, and whom that touches is told.

Points are typed by people. Once the list is out they change by one way alone: an objection that is
upheld. The whole line is then ranked again, as if the right points had been there, and every place
that moves by it moves.
"""

from __future__ import annotations

from decimal import Decimal

from craftpath.access.act import act
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.programmes.actions.places import placed_anew
from craftpath.programmes.choices import PLACES, Place, State, Way
from craftpath.programmes.line import STAYING, allotted, quota_of, standing
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.telling import tell_all
from craftpath.programmes.writing import save_all

__all__ = ["correct_points"]


def correct_points(
    actor: Actor, programme: Programme, one: Application, points: Decimal, *, why: str
) -> int:
    """Give an application on the list of a held programme its right points; how many were told.

    Invalid by field: they are the points it has. Conflict: no list by points, or something of it
    is written already.
    """
    _require_line(programme)
    if one.points == points:
        raise Invalid(
            {"points": Label("与公布的分数相同。", "These are the points that were published.")}
        )
    before = {
        row.pk: (row.place, row.rank) for row in programme.applications.filter(rank__isnull=False)
    }
    with act(
        actor,
        "objection.answer",
        on=one,
        party=one.party_id,
        why=why,
        told_as="application.correct-points",
        points=str(points),
        points_before=str(one.points),
    ) as trace:
        one.points = points
        one.version += 1
        one.save(update_fields=["points", "version"])
        moved = [row for row in _line(programme) if (row.place, row.rank) != before[row.pk]]
        save_all(moved, ["place", "rank"])
        trace.details["moved"] = [row.serial for row in moved]
    told = {row.pk: row for row in moved} | {one.pk: programme.applications.get(pk=one.pk)}
    standing_still = [row for row in told.values() if row.state in STAYING]
    tell_all(programme, ((row, _said(row, before[row.pk][1])) for row in standing_still))
    return len(standing_still)


def _require_line(programme: Programme) -> None:
    if programme.way != Way.RANKED:
        raise Conflict(
            "本项目不按分数排序，没有可更正的分数。",
            "This programme does not rank by points: there are none to correct.",
        )
    if not programme.moves_on or programme.applications.filter(state=State.DONE).exists():
        raise Conflict(
            "名单上已有申请办结或已排考场，名次不能再动；请更正由此产生的记录。",
            "Something of this list is written or seated already and the line moves no more; "
            "correct the records that came of it.",
        )


def _line(programme: Programme) -> list[Application]:
    """Everybody of the list with the rank and the place that they have by the points there are."""
    people = standing(programme.applications.filter(rank__isnull=False))
    gone = {one.entrant.id for one in people if one.state not in STAYING}
    return placed_anew(programme, allotted(programme, people).line, quota_of(programme), gone)


def _said(one: Application, rank: int | None) -> Label:
    place = PLACES[Place(one.place)]
    return Label(
        f"公示异议成立，名单已更正：排序由第{rank}位改为第{one.rank}位，{place.zh}。",
        f"on an objection that was upheld the list was corrected: number {rank} of the line is now "
        f"{one.rank}, {place.en}.",
    )
