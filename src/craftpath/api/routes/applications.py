"""Applications: begin, change, hand in, withdraw, with their documents; decide them."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from craftpath.access.act import name_of
from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.access.roles import Actor
from craftpath.api.call import SEES, Call, get, patch, post
from craftpath.api.schemas.applications import (
    Amended,
    Application,
    ApplicationLine,
    Document,
    Filters,
    GroupApplication,
    GroupLine,
    NewApplication,
    Override,
    OverrideAnswer,
    OverrideAsked,
    Review,
    ReviewLine,
    ReviewMany,
    Withdrawal,
)
from craftpath.api.schemas.common import Number, Paged, Paging, Serial, Slug, paged
from craftpath.audit.queries import entries_of
from craftpath.engine.rules import Label
from craftpath.programmes import models
from craftpath.programmes.actions import applications as actions
from craftpath.programmes.actions import documents as document_actions
from craftpath.programmes.actions import reviews as review_actions
from craftpath.programmes.checks import told_of
from craftpath.programmes.choices import PLACES, STATES, Place, State
from craftpath.programmes.queries import (
    application_seen_by,
    application_written_by,
    applications_due_for,
    applications_seen_by,
    overdue,
)
from craftpath.registry.queries import same_as

__all__ = ["router"]

router = Router(tags=["申请 / applications"])
_TAKEN = ("application/pdf", "image/jpeg", "image/png")


def line_shown(one: models.Application) -> dict[str, Any]:
    return {
        "serial": one.serial,
        "programme": one.programme.slug,
        "programme_name": one.programme.name,
        "party": one.party_id,
        "party_name": one.party.name,
        "employer": one.employer_id,
        "focus": one.focus,
        "group": None if one.group is None else one.group.key,
        "state": one.state,
        "state_label": STATES[State(one.state)],
        "step": one.step,
        "version": one.version,
        "due": one.due,
        "place": one.place,
        "place_label": PLACES[Place(one.place)],
        "rank": one.rank,
        "submitted_at": one.submitted_at,
    }


def whole_shown(actor: Actor, one: models.Application) -> dict[str, Any]:
    official = actor.role.is_official
    return {
        **line_shown(one),
        "note": one.note,
        "points": one.points,
        "mark": one.mark,
        "attended": one.attended,
        "outcome": one.outcome_id,
        "may_amend": actions.may_amend(one, today()),
        "check_first": told_of(actor, one.check_first, one.party_id),
        "check_final": told_of(actor, one.check_final, one.party_id),
        "documents": list(one.documents.order_by("pk")),
        "reviews": list(one.reviews.all()),
        "overrides": [override_shown(actor, it, one) for it in one.overrides.order_by("pk")],
        "timeline": [
            {"action": e.action, "at": e.at, "by": e.actor if official else "", "why": e.why}
            for e in entries_of(name_of(one))
        ],
    }


def override_shown(actor: Actor, one: models.Override, of: models.Application) -> dict[str, Any]:
    return {
        "id": one.pk,
        "serial": of.serial,
        "reason": one.reason,
        "verdict": told_of(actor, one.verdict, of.party_id),
        "asked_at": one.asked_at,
        "agreed": one.agreed,
        "answered_at": one.answered_at,
    }


def _shown(actor: Actor, serial: str) -> dict[str, Any]:
    """As it now stands in the database."""
    try:
        found = application_seen_by(actor, serial)
    except NotThere:  # a draft at the counter is seen by whoever writes it
        found = application_written_by(actor, serial)
    return whole_shown(actor, found)


# --- reading -------------------------------------------------------------------------------


@get(
    router,
    "/applications",
    SEES,
    Paged[ApplicationLine],
    Label("范围内的申请", "Applications within one's scope"),
)
def list_applications(request: Call, asked: Query[Filters]) -> dict[str, Any]:
    find = applications_due_for if asked.due else applications_seen_by
    found = find(request.actor).select_related("programme", "party", "group")
    if asked.programme is not None:
        found = found.filter(programme__slug=asked.programme)
    if asked.state is not None:
        found = found.filter(state=asked.state)
    if asked.party is not None:
        found = found.filter(party__in=same_as(asked.party))
    if asked.overdue:
        found = found.filter(overdue(today()))
    part = paged(found.order_by("pk"), Paging(limit=asked.limit, offset=asked.offset))
    return {**part, "items": [line_shown(one) for one in part["items"]]}


@get(
    router,
    "/applications/{serial}",
    SEES,
    Application,
    Label("一份申请及其经过", "One application and its way so far"),
)
def one_application(request: Call, serial: Serial) -> dict[str, Any]:
    return _shown(request.actor, serial)


# --- writing -------------------------------------------------------------------------------


@post(
    router,
    "/applications",
    "application.write",
    Application,
    Label("新建申请草稿", "Begin an application, as a draft"),
    status=201,
)
def start_application(request: Call, sent: NewApplication) -> dict[str, Any]:
    begun = actions.start(
        request.actor,
        sent.programme,
        party=sent.party,
        focus=sent.focus,
        group=sent.group,
        note=sent.note,
    )
    return _shown(request.actor, begun.serial)


@post(
    router,
    "/programmes/{slug}/group-applications",
    "application.write",
    list[GroupLine],
    Label("为多人集体申报", "Apply for several people at once"),
    Label(
        "逐人办理，一人不符不影响他人；每人一行结果。",
        "Each by themselves: one refused does not stop the others. A line for each.",
    ),
)
def apply_for_group(request: Call, slug: Slug, sent: GroupApplication) -> list[actions.GroupLine]:
    return actions.apply_for(request.actor, slug, sent.parties, focus=sent.focus, group=sent.group)


@patch(
    router,
    "/applications/{serial}",
    "application.write",
    Application,
    Label("修改申请", "Change an application"),
)
def amend_application(request: Call, serial: Serial, sent: Amended) -> dict[str, Any]:
    actions.amend(request.actor, serial, focus=sent.focus, group=sent.group, note=sent.note)
    return _shown(request.actor, serial)


@post(
    router,
    "/applications/{serial}/submit",
    "application.write",
    Application,
    Label("提交申请", "Hand an application in"),
)
def submit_application(request: Call, serial: Serial) -> dict[str, Any]:
    actions.submit(request.actor, serial)
    return _shown(request.actor, serial)


@post(
    router,
    "/applications/{serial}/withdraw",
    "application.withdraw",
    Application,
    Label("撤回申请", "Take an application back"),
)
def withdraw_application(request: Call, serial: Serial, sent: Withdrawal) -> dict[str, Any]:
    actions.withdraw(request.actor, serial, why=sent.why)
    return _shown(request.actor, serial)


@post(
    router,
    "/applications/{serial}/documents/{key}",
    "application.write",
    Document,
    Label("上传材料（PDF、JPEG、PNG）", "Hand in a document (PDF, JPEG, PNG)"),
    status=201,
)
def add_document(
    request: Call, serial: Serial, key: Slug, file: File[UploadedFile]
) -> models.Document:
    return document_actions.add_document(request.actor, serial, key, file)


@get(
    router,
    "/documents/{document_id}",
    SEES,
    None,
    Label("下载材料", "Download a document"),
    content={kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TAKEN},
)
def open_document(request: Call, document_id: Number) -> FileResponse:
    document, file = document_actions.open_document(request.actor, document_id)
    response = FileResponse(
        file, as_attachment=True, filename=document.name, content_type=document.media_type
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


# --- deciding ------------------------------------------------------------------------------


@post(
    router,
    "/applications/{serial}/review",
    "application.review",
    Application,
    Label("审核一份申请", "Decide an application at its present step"),
)
def review_application(request: Call, serial: Serial, sent: Review) -> dict[str, Any]:
    review_actions.review(
        request.actor,
        serial,
        seen_version=sent.seen_version,
        verdict=sent.verdict,
        note=sent.note,
    )
    return _shown(request.actor, serial)


@post(
    router,
    "/reviews",
    "application.review",
    list[ReviewLine],
    Label("对多份申请作同一决定", "The same decision for many applications"),
)
def review_many(request: Call, sent: ReviewMany) -> list[review_actions.ReviewLine]:
    return review_actions.review_many(
        request.actor,
        [(one.serial, one.seen_version) for one in sent.applications],
        verdict=sent.verdict,
        note=sent.note,
    )


@post(
    router,
    "/applications/{serial}/overrides",
    "application.override",
    Override,
    Label("申请例外，须另一人同意", "Ask a second official to let it pass"),
    status=201,
)
def ask_override(request: Call, serial: Serial, sent: OverrideAsked) -> dict[str, Any]:
    found = review_actions.ask_override(request.actor, serial, reason=sent.reason)
    return override_shown(request.actor, found, found.application)


@post(
    router,
    "/overrides/{override_id}/answer",
    "application.override",
    Override,
    Label("答复他人的例外申请", "Answer another's override"),
)
def answer_override(request: Call, override_id: Number, sent: OverrideAnswer) -> dict[str, Any]:
    found = review_actions.answer_override(
        request.actor, override_id, agree=sent.agree, note=sent.note
    )
    return override_shown(request.actor, found, found.application)
