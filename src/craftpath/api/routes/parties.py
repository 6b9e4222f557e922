"""Parties and their records, as far as whoever calls may see and change them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from ninja import Query, Router

from craftpath.access.clock import today
from craftpath.access.errors import Invalid, NotThere
from craftpath.api.call import SEES, Call, get, post
from craftpath.api.lives import answers_seen_by, climbs_seen_by
from craftpath.api.schemas.answers import Answers, Climb, WholeAnswer
from craftpath.api.schemas.common import Code, Day, Number, Paged, Paging, Said, paged
from craftpath.api.schemas.registry import (
    Contradiction,
    Corrected,
    Distinct,
    Entered,
    Merged,
    NewOrganisation,
    NewPerson,
    NumberAsked,
    Pair,
    Party,
    PartyLine,
    Reason,
    Record,
    ToMerge,
    Verified,
    Why,
)
from craftpath.eligibility import Answer as OneAnswer
from craftpath.eligibility import Answers as Answered
from craftpath.eligibility import Climb as OneClimb
from craftpath.engine.rules import Label
from craftpath.registry import models
from craftpath.registry.actions import merges as merge_actions
from craftpath.registry.actions import parties as party_actions
from craftpath.registry.actions import records as record_actions
from craftpath.registry.identity import digest_of, read_number
from craftpath.registry.kinds import kind_of
from craftpath.registry.queries import (
    parties_seen_by,
    party_by_digest,
    party_seen_by,
    records_seen_by,
    search,
)
from craftpath.registry.settling import Contradiction as Contradicted

__all__ = ["answer_for", "entered_of", "party_shown", "record_shown", "records_page", "router"]

Nature: TypeAlias = Literal["person", "organisation"]
router = Router(tags=["人员、单位与记录 / parties and records"])


def record_shown(record: models.Record) -> dict[str, Any]:
    kind = kind_of(record.kind)
    return {
        "id": record.pk,
        "party": record.party_id,
        "kind": record.kind,
        "kind_label": Label(record.kind, record.kind) if kind is None else kind.label,
        "subject": record.subject,
        "level": record.level,
        "start": record.start,
        "end": record.end,
        "quantity": record.quantity,
        "other": record.other_id,
        "status": record.status,
        "known": record.known,
        "known_until": record.known_until,
        "why": record.why,
        "origin": record.origin,
        "supersedes": record.supersedes_id,
    }


def party_shown(party: models.Party) -> dict[str, Any]:
    return {
        "id": party.pk,
        "nature": party.nature,
        "name": party.name,
        "name_en": party.name_en,
        "region": party.region,
        "identifiers": list(party.identifiers.order_by("pk")),
    }


def entered_of(sent: Entered) -> record_actions.Entered:
    return record_actions.Entered(
        kind=sent.kind,
        start=sent.start,
        subject=sent.subject,
        level=sent.level,
        end=sent.end,
        quantity=sent.quantity,
        other=sent.other,
    )


def answer_for(answers: Answered, rule: str, focus: str | None) -> OneAnswer:
    found = answers.of(rule, focus)
    if found is None:
        raise NotThere(
            "没有这条规则，或没有任何记录涉及所问的方向。",
            "There is no such rule, or no record names the focus asked.",
        )
    return found


# --- parties -------------------------------------------------------------------------------


@get(
    router,
    "/parties",
    SEES,
    Paged[PartyLine],
    Label("查找范围内的人员和单位", "Find people and organisations within one's scope"),
)
def find_parties(
    request: Call, paging: Query[Paging], text: Code = "", nature: Nature | None = None
) -> dict[str, Any]:
    found = parties_seen_by(request.actor, today()).order_by("pk")
    if nature is not None:
        found = found.filter(nature=nature)
    return paged(search(found, text), paging)


@post(
    router,
    "/parties/by-number",
    SEES,
    Party,
    Label("按证件号码查找", "Find by identity number"),
    reads=True,
)
def party_of_number(request: Call, sent: NumberAsked) -> dict[str, Any]:
    read = read_number(sent.scheme, sent.number)
    if isinstance(read, Label):
        raise Invalid({"number": read})
    found = party_by_digest(digest_of(read.scheme, read.text))
    if found is None:
        raise NotThere
    return party_shown(party_seen_by(request.actor, found.pk, today()))


@post(router, "/people", "party.add", Party, Label("登记一个人", "Register a person"), status=201)
def add_person(request: Call, sent: NewPerson) -> dict[str, Any]:
    added = party_actions.add_person(
        request.actor,
        name=sent.name,
        scheme=sent.scheme,
        number=sent.number,
        born=sent.born,
        name_en=sent.name_en,
        region=sent.region,
        origin="api",
    )
    return party_shown(added)


@post(
    router,
    "/organisations",
    "party.add",
    Party,
    Label("登记一个单位", "Register an organisation"),
    status=201,
)
def add_organisation(request: Call, sent: NewOrganisation) -> dict[str, Any]:
    added = party_actions.add_organisation(
        request.actor,
        name=sent.name,
        number=sent.number,
        founded=sent.founded,
        name_en=sent.name_en,
        region=sent.region,
        origin="api",
    )
    return party_shown(added)


@get(router, "/parties/{party_id}", SEES, Party, Label("一个人或单位", "One party"))
def one_party(request: Call, party_id: Number) -> dict[str, Any]:
    return party_shown(party_seen_by(request.actor, party_id, today()))


# --- answers -------------------------------------------------------------------------------


@get(
    router,
    "/parties/{party_id}/answers",
    SEES,
    Answers,
    Label("各条规则的判定与理由", "Every rule's answer, with its reasons"),
)
def answers_of_party(
    request: Call, party_id: Number, as_of: Day | None = None, known_on: Day | None = None
) -> Answered:
    party = party_seen_by(request.actor, party_id, today())
    return answers_seen_by(request.actor, party.pk, as_of or today(), known_on)


@get(
    router,
    "/parties/{party_id}/answers/{rule_id}",
    SEES,
    WholeAnswer,
    Label("一条规则的判定，含每条途径", "One rule's answer, with every route"),
)
def answer_of_party(
    request: Call,
    party_id: Number,
    rule_id: Code,
    focus: Code | None = None,
    as_of: Day | None = None,
    known_on: Day | None = None,
) -> OneAnswer:
    party = party_seen_by(request.actor, party_id, today())
    answers = answers_seen_by(request.actor, party.pk, as_of or today(), known_on)
    return answer_for(answers, rule_id, focus)


@get(
    router,
    "/parties/{party_id}/ladder",
    SEES,
    list[Climb],
    Label("各职业的等级阶梯", "The ladder of levels, by occupation"),
)
def ladder_of_party(
    request: Call, party_id: Number, as_of: Day | None = None
) -> tuple[OneClimb, ...]:
    party = party_seen_by(request.actor, party_id, today())
    return climbs_seen_by(request.actor, party.pk, as_of or today())


# --- records -------------------------------------------------------------------------------


@get(
    router,
    "/parties/{party_id}/records",
    SEES,
    Paged[Record],
    Label("一个主体的记录", "The records of a party"),
    Label(
        "standing=true 只列仍然有效的（未被更正或作废）。",
        "standing=true: only those that were neither corrected nor voided.",
    ),
)
def records_of_party(
    request: Call, party_id: Number, paging: Query[Paging], standing: bool = False
) -> dict[str, Any]:
    party = party_seen_by(request.actor, party_id, today())
    found = records_seen_by(request.actor, party)
    return records_page(found.filter(known_until=None) if standing else found, paging)


def records_page(found: Any, paging: Paging) -> dict[str, Any]:
    part = paged(found, paging)
    return {**part, "items": [record_shown(one) for one in part["items"]]}


@post(
    router,
    "/parties/{party_id}/records",
    "record.claim",
    Record,
    Label("录入一条记录", "Enter a record"),
    status=201,
)
def enter_record(request: Call, party_id: Number, sent: Verified) -> dict[str, Any]:
    record = record_actions.enter_record(
        request.actor, party_id, entered_of(sent), verified=sent.verified, origin="api"
    )
    return record_shown(record)


@post(
    router,
    "/records/{record_id}/verify",
    "record.verify",
    Record,
    Label("核实一条自述记录", "Verify a claimed record"),
)
def verify_record(request: Call, record_id: Number, sent: Reason) -> dict[str, Any]:
    return record_shown(record_actions.verify_record(request.actor, record_id, why=sent.why))


@post(
    router,
    "/records/{record_id}/correct",
    "record.correct",
    Record,
    Label("更正一条记录：由新记录取代", "Correct a record: a new one supersedes it"),
)
def correct_record(request: Call, record_id: Number, sent: Corrected) -> dict[str, Any]:
    return record_shown(
        record_actions.correct_record(request.actor, record_id, entered_of(sent), why=sent.why)
    )


@post(
    router,
    "/records/{record_id}/void",
    "record.void",
    Record,
    Label("作废一条记录", "Void a record"),
)
def void_record(request: Call, record_id: Number, sent: Why) -> dict[str, Any]:
    return record_shown(record_actions.void_record(request.actor, record_id, why=sent.why))


# --- two that are one ------------------------------------------------------------------------


@get(
    router,
    "/merges/contradictions",
    "party.merge",
    list[Contradiction],
    Label("两份档案合并前须选定的事项", "What has to be chosen before two files are merged"),
)
def contradictions(request: Call, pair: Query[Pair]) -> list[Contradicted]:
    return merge_actions.contradictions_between(request.actor, pair.keep, pair.absorb)


@post(
    router,
    "/merges",
    "party.merge",
    Merged,
    Label("合并两份档案", "Merge two files"),
    status=201,
)
def merge_parties(request: Call, sent: ToMerge) -> models.Merge:
    return merge_actions.merge(request.actor, **sent.dict())


@post(
    router,
    "/merges/{merge_id}/undo",
    "party.unmerge",
    Merged,
    Label("撤销一次合并", "Take a merge back"),
)
def unmerge_parties(request: Call, merge_id: Number, sent: Reason) -> models.Merge:
    return merge_actions.unmerge(request.actor, merge_id, why=sent.why)


@post(
    router,
    "/merges/dismiss",
    "party.dismiss",
    Said,
    Label("两份档案并非同一主体", "The two are not one"),
)
def dismiss_pair(request: Call, sent: Distinct) -> dict[str, int]:
    merge_actions.dismiss(request.actor, sent.first, sent.second, why=sent.why)
    return {"done": 1}
