"""An employer's people, and who of them becomes eligible soon."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Query, Router

from craftpath.access.clock import today
from craftpath.access.errors import Invalid
from craftpath.api.call import Call, get, post
from craftpath.api.lives import becoming_seen_by
from craftpath.api.routes.parties import record_shown
from craftpath.api.schemas.common import Code, Day, Number, Paged, Paging, Said, paged
from craftpath.api.schemas.registry import Becoming, Joins, Leaves, PartyLine, PostLevel, Record
from craftpath.eligibility import Interval
from craftpath.engine.rules import Label
from craftpath.registry.actions.staff import let_go, set_level, take_on
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Party
from craftpath.registry.queries import people_seen_by, search

__all__ = ["router"]

router = Router(tags=["用人单位 / employers"])
_LONGEST = 366


@get(router, "/staff", "view.staff", Paged[PartyLine], Label("我的员工", "My people"))
def list_staff(request: Call, paging: Query[Paging], text: Code = "") -> dict[str, Any]:
    return paged(search(people_seen_by(request.actor, today()), text).order_by("pk"), paging)


@get(
    router,
    "/staff/quarter",
    "view.staff",
    Paged[Becoming],
    Label("哪些员工将在一段时间内符合", "Who of my people becomes eligible within a time"),
    Label(
        "默认为本季度余下的日子；start 当天在内，end 当天不在内，至多一年。rule 只看一条规则。",
        "By default the rest of this quarter; from `start` up to, not including, `end`, a year at "
        "most. `rule`: only that one.",
    ),
)
def staff_quarter(
    request: Call,
    paging: Query[Paging],
    start: Day | None = None,
    end: Day | None = None,
    rule: Code | None = None,
) -> dict[str, Any]:
    first = start or today()
    until = end or _quarter_end(first)
    if not 0 < (until - first).days <= _LONGEST:
        raise Invalid(
            {"end": Label("应晚于 start，至多一年。", "After `start`, by a year at most.")}
        )
    people = dict(people_seen_by(request.actor, today()).order_by("pk").values_list("pk", "name"))
    pack = site_pack()
    labels = {one.id: one.label for one in pack.rules}
    rows = [
        {
            "party": row.party,
            "name": people[row.party],
            "rule": row.rule,
            "label": labels[row.rule],
            "focus": row.focus,
            "verdict": row.verdict,
            "since": row.from_,
            "until": row.until,
            "amount": row.amount,
        }
        for row in becoming_seen_by(request.actor, Interval(first, until))
        if rule in (None, row.rule)
    ]
    return paged(rows, paging)


@post(
    router,
    "/staff",
    "staff.change",
    PartyLine,
    Label(
        "录入新员工：凭姓名与证件号码查找，没有则新建", "Take somebody on, found by name and number"
    ),
    Label(
        "同时记下任职与工作地，均为自述，待主管部门核实。",
        "With the records of the job and of the workplace, as claimed.",
    ),
    status=201,
)
def take_on_staff(request: Call, sent: Joins) -> Party:
    return take_on(request.actor, **sent.dict(), origin="api")


@post(
    router,
    "/staff/{party_id}/level",
    "staff.change",
    Record,
    Label("登记员工的岗位等级", "Say which level somebody has in their post"),
    status=201,
)
def set_staff_level(request: Call, party_id: Number, sent: PostLevel) -> dict[str, Any]:
    return record_shown(set_level(request.actor, party_id, **sent.dict(), origin="api"))


@post(
    router,
    "/staff/{party_id}/leave",
    "staff.change",
    Said,
    Label("登记员工离职，并通知本人", "Somebody leaves, and is told"),
    Label("done：结束了几条记录。", "`done`: how many records were ended."),
)
def let_staff_go(request: Call, party_id: Number, sent: Leaves) -> dict[str, int]:
    return {"done": let_go(request.actor, party_id, **sent.dict(), origin="api")}


def _quarter_end(day: dt.date) -> dt.date:
    """First day of the next quarter."""
    month = 3 * ((day.month - 1) // 3) + 4
    return dt.date(day.year + 1, 1, 1) if month > 12 else dt.date(day.year, month, 1)
