"""What is one's own: who a token is, and a worker's path, records and messages."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.access.roles import ROLES
from craftpath.api.call import Call, get, post
from craftpath.api.lives import answers_seen_by, climbs_seen_by
from craftpath.api.problems import NotKnown
from craftpath.api.routes.parties import (
    answer_for,
    entered_of,
    record_shown,
    records_page,
)
from craftpath.api.schemas.answers import Answers, Climb, WholeAnswer
from craftpath.api.schemas.common import Code, Day, Paged, Paging, Said, paged
from craftpath.api.schemas.registry import Entered, Me, Message, Read, Record
from craftpath.eligibility import Answer as OneAnswer
from craftpath.eligibility import Answers as Answered
from craftpath.eligibility import Climb as OneClimb
from craftpath.engine.rules import Label
from craftpath.registry import models
from craftpath.registry.actions import records as record_actions
from craftpath.registry.actions.messages import mark_read
from craftpath.registry.queries import messages_for, party_seen_by, records_seen_by

__all__ = ["router"]

router = Router(tags=["我的 / one's own"])


@get(router, "/me", "view.account", Me, Label("这个令牌是谁", "Who this token is"))
def me(request: Call) -> dict[str, Any]:
    actor, token = request.actor, request.token
    if token is None:
        raise NotKnown
    return {
        "name": actor.name,
        "role": actor.role,
        "role_label": ROLES[actor.role],
        "party": models.Party.objects.filter(pk=actor.party or 0).first(),
        "region": actor.region,
        "scopes": token.scopes,
        "until": token.until,
    }


@get(
    router,
    "/me/path",
    "view.own",
    Answers,
    Label("我的路径：每条规则的判定与理由", "My path: every rule's answer, with its reasons"),
)
def my_path(request: Call, as_of: Day | None = None, known_on: Day | None = None) -> Answered:
    return answers_seen_by(request.actor, _own(request).pk, as_of or today(), known_on)


@get(
    router,
    "/me/path/{rule_id}",
    "view.own",
    WholeAnswer,
    Label("我对一条规则的判定，含每条途径", "One rule's answer for me, with every route"),
)
def my_answer(
    request: Call,
    rule_id: Code,
    focus: Code | None = None,
    as_of: Day | None = None,
    known_on: Day | None = None,
) -> OneAnswer:
    answers = answers_seen_by(request.actor, _own(request).pk, as_of or today(), known_on)
    return answer_for(answers, rule_id, focus)


@get(router, "/me/ladder", "view.own", list[Climb], Label("我的等级阶梯", "My ladder of levels"))
def my_ladder(request: Call, as_of: Day | None = None) -> tuple[OneClimb, ...]:
    return climbs_seen_by(request.actor, _own(request).pk, as_of or today())


@get(router, "/me/records", "view.own", Paged[Record], Label("我的记录", "My records"))
def my_records(request: Call, paging: Query[Paging], standing: bool = False) -> dict[str, Any]:
    found = records_seen_by(request.actor, _own(request))
    return records_page(found.filter(known_until=None) if standing else found, paging)


@post(
    router,
    "/me/records",
    "record.claim",
    Record,
    Label("自述一条记录", "Claim a record of my own"),
    Label(
        "更正与作废见 /records/{record_id}/correct 和 /void。",
        "To correct or void it, see /records/{record_id}/correct and /void.",
    ),
    status=201,
)
def claim_record(request: Call, sent: Entered) -> dict[str, Any]:
    record = record_actions.enter_record(
        request.actor, _own(request).pk, entered_of(sent), origin="api"
    )
    return record_shown(record)


@get(
    router,
    "/me/messages",
    "view.account",
    Paged[Message],
    Label("给我的消息，新的在前", "Messages to me, the latest first"),
)
def my_messages(request: Call, paging: Query[Paging]) -> dict[str, Any]:
    return paged(messages_for(request.actor).order_by("-pk"), paging)


@post(
    router,
    "/me/messages/read",
    "message.read",
    Said,
    Label("消息已读到哪一条", "Up to which message I have read"),
)
def read_messages(request: Call, sent: Read) -> dict[str, int]:
    return {"done": mark_read(request.actor, sent.upto)}


def _own(request: Call) -> models.Party:
    if request.actor.party is None:
        raise NotThere
    return party_seen_by(request.actor, request.actor.party, today())
