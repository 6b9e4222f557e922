"""Certificates and cards: checked by anybody, one's own, issued, and what becomes of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid
from craftpath.api.call import SEES, Call, get, post
from craftpath.api.schemas.common import Number, Paged, Paging, Slug, paged
from craftpath.api.schemas.credentials import (
    CheckAsked,
    Credential,
    CredentialFilters,
    Finding,
    Run,
    RunAsked,
    StandingChange,
)
from craftpath.api.who import address_of
from craftpath.credentials import models
from craftpath.credentials.actions.changes import reissue, resume, revoke, suspend
from craftpath.credentials.actions.issuing import issue_for_programme
from craftpath.credentials.choices import Way
from craftpath.credentials.queries import (
    credential_seen_by,
    credentials_seen_by,
    progress_of,
    run_seen_by,
)
from craftpath.credentials.verification import Finding as Found
from craftpath.credentials.verification import (
    check_code,
    check_file,
    check_number,
    finding_of,
)
from craftpath.engine.rules import Label

__all__ = ["router"]

router = Router(tags=["证书与卡 / certificates and cards"])


@post(
    router,
    "/verify",
    "view.public",
    Finding,
    Label(
        "查证：是否真实、今天是否有效、当时有没有备案",
        "Is it real, valid, and was that body filed?",
    ),
    Label(
        "编号须连同姓名；一个地址每分钟的次数有限。",
        "A number comes with the name. An address may ask so many times a minute.",
    ),
    reads=True,
)
def verify(request: HttpRequest, sent: CheckAsked) -> Found:
    at = address_of(request)
    if sent.code:
        return check_code(sent.code, name=sent.name, address=at, way=Way.API)
    if sent.document:
        content = sent.document.encode(errors="replace")
        return check_file(content, name=sent.name, address=at, way=Way.API)
    problems = {}
    if not sent.number.strip():
        problems["number"] = Label(
            "请给出编号和姓名，或 code，或 document。",
            "Give number and name, or code, or document.",
        )
    elif not sent.name.strip():
        problems["name"] = Label("编号须连同姓名。", "A number comes with the name.")
    if problems:
        raise Invalid(problems)
    return check_number(sent.number, sent.name, address=at, way=Way.API)


def _shown(one: models.Credential) -> dict[str, Any]:
    finding = finding_of(one, today(), name_known=True)
    return {
        "id": one.public_id,
        "sort": one.sort,
        "number": one.number,
        "name": one.name,
        "issuer": one.issuer.slug,
        "issued": one.issued,
        "until": one.until,
        "standing": one.standing,
        "answer": finding.answer,
        "lines": finding.lines,
        "replaces": None if one.replaces is None else one.replaces.number,
        "code": one.token,
    }


def _page(found: QuerySet[models.Credential], paging: Paging) -> dict[str, Any]:
    whole = found.select_related("record__came_of__programme", "replaces", "replaced_by")
    part = paged(whole.order_by("-issued", "-pk"), paging)
    return {**part, "items": [_shown(one) for one in part["items"]]}


@get(
    router,
    "/me/credentials",
    "view.own",
    Paged[Credential],
    Label("我的证书和卡", "My certificates and cards"),
)
def my_credentials(request: Call, paging: Query[Paging]) -> dict[str, Any]:
    return _page(credentials_seen_by(request.actor), paging)


@get(
    router,
    "/credentials",
    SEES,
    Paged[Credential],
    Label("范围内的证书和卡", "Certificates and cards within one's scope"),
)
def list_credentials(request: Call, asked: Query[CredentialFilters]) -> dict[str, Any]:
    found = credentials_seen_by(request.actor)
    if asked.number is not None:
        found = found.filter(number=asked.number.strip().upper())
    if asked.standing is not None:
        found = found.filter(standing=asked.standing)
    return _page(found, Paging(limit=asked.limit, offset=asked.offset))


@get(
    router,
    "/credentials/{credential_id}/document",
    SEES,
    None,
    Label("签名的电子凭证，逐字节", "The signed document, to the byte"),
    content={"application/vc": {"schema": {"type": "object"}}},
)
def credential_document(request: Call, credential_id: uuid.UUID) -> HttpResponse:
    one = credential_seen_by(request.actor, credential_id)
    if not one.document:
        raise Conflict("正在签名，请稍后再试。", "It is being signed; try again in a moment.")
    return HttpResponse(one.document, content_type="application/vc")


@post(
    router,
    "/credentials/{credential_id}/standing",
    "credential.change",
    Credential,
    Label("暂停、恢复、撤销或换发", "Suspend, resume, revoke, or issue anew"),
)
def change_standing(
    request: Call, credential_id: uuid.UUID, sent: StandingChange
) -> dict[str, Any]:
    actor = request.actor
    if sent.do == "suspend":
        one = suspend(actor, credential_id, why=sent.why, day=sent.day)
    elif sent.do == "resume":
        one = resume(actor, credential_id, why=sent.why)
    elif sent.do == "revoke":
        one = revoke(actor, credential_id, why=sent.why, day=sent.day)
    else:
        one = reissue(actor, credential_id, why=sent.why)
    return _shown(credential_seen_by(actor, one.public_id))


@post(
    router,
    "/programmes/{slug}/credentials",
    "credential.issue",
    Run,
    Label("为项目中尚无证书的人签发并打印", "Issue and print for all of a programme who lack one"),
    Label(
        "在后台进行；进度见 /print-runs/{run_id}。",
        "Done in the background; how far it is, /print-runs/{run_id} tells.",
    ),
    status=201,
)
def issue_programme(request: Call, slug: Slug, sent: RunAsked) -> dict[str, Any]:
    return _run_shown(issue_for_programme(request.actor, slug, note=sent.note))


@get(
    router,
    "/print-runs/{run_id}",
    "credential.print",
    Run,
    Label("打印批次的进度", "How far a print run is"),
)
def one_run(request: Call, run_id: Number) -> dict[str, Any]:
    return _run_shown(run_seen_by(request.actor, run_id))


def _run_shown(run: models.PrintRun) -> dict[str, Any]:
    progress = progress_of(run)
    return {
        "id": run.pk,
        "programme": None if run.programme is None else run.programme.slug,
        "phase": progress.phase,
        "wanted": progress.wanted,
        "issued": progress.issued,
        "signed": progress.signed,
        "pages": progress.pages,
        "share": progress.share,
        "problem": Label(run.problem_zh, run.problem_en) if run.problem_zh else None,
    }
