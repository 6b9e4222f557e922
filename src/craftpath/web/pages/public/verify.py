"""Is this certificate real? Asked by anybody, in any of the ways in which a proof is shown.

Nothing of an answer is kept by a browser, a proxy or a search engine: it is what holds now.
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from craftpath.access.clock import now
from craftpath.access.errors import NotThere, TooMuch
from craftpath.credentials.facts import certificates
from craftpath.credentials.models import Credential
from craftpath.credentials.presented import LARGEST_FILE
from craftpath.credentials.verification import (
    Finding,
    check_code,
    check_file,
    check_number,
    open_share,
)
from craftpath.engine.rules import Label
from craftpath.web.page import Asked, page
from craftpath.web.pages.public.verify_words import MEANINGS, TONES, VERDICTS

__all__ = ["by_code", "credential", "shared", "verify"]

_LONGEST_TEXT = 4000


@page("view.public")
@sensitive_post_parameters()
def verify(request: HttpRequest) -> HttpResponseBase:
    """The question; sent by POST, so that no address, log or history holds what was typed."""
    if request.method != "POST":
        return _form(request)
    way, name, address = (
        request.POST.get("way", ""),
        request.POST.get("name", "")[:200],
        _at(request),
    )
    if way == "file":
        file = request.FILES.get("file")
        if file is None or not file.size:
            return _form(request, {"file": Label("请选择一个文件。", "Choose a file.")})
        if file.size > LARGEST_FILE:  # told before it is read
            raise TooMuch(
                f"文件超过 {LARGEST_FILE >> 10} KB，不是本站的凭证。",
                f"Larger than {LARGEST_FILE >> 10} KB: it is no credential of this site.",
            )
        return _answer(request, check_file(file.read(), name=name, address=address))
    if way == "text":
        text = request.POST.get("text", "").strip()[:_LONGEST_TEXT]
        if not text:
            wrong = Label("请粘贴二维码里的文字。", "Paste the text of the QR code.")
            return _form(request, {"text": wrong})
        content = text.encode(errors="replace")
        return _answer(request, check_file(content, name=name, address=address))
    number = request.POST.get("number", "")[:200]
    problems = {}
    if not number.strip():
        problems["number"] = Label("请填写编号。", "Enter the number.")
    if not name.strip():
        problems["name"] = Label(
            "请填写姓名：只有编号，什么也不显示。", "Enter the name: a number alone shows nothing."
        )
    if problems:
        return _form(request, problems)
    return _answer(request, check_number(number, name, address=address))


def _form(request: HttpRequest, problems: dict[str, Label] | None = None) -> HttpResponse:
    context = {
        "problems": problems or {},
        "typed": request.POST,
        "elsewhere": certificates().elsewhere,
        "kilobytes": LARGEST_FILE >> 10,
    }
    return _fresh(render(request, "public/verify.html", context, status=422 if problems else 200))


@page("view.public")
@sensitive_post_parameters()
def by_code(request: HttpRequest, token: str) -> HttpResponseBase:
    """What a QR code opens. By POST with a name: whether that is the holder's."""
    name = request.POST.get("name", "")[:200]
    finding = check_code(token, name=name, address=_at(request))
    return _answer(request, finding, may_name=True)


@page("view.public")
def shared(request: HttpRequest, secret: str) -> HttpResponseBase:
    opened = open_share(secret, address=_at(request))
    context = {"opened": opened, "findings": [_shown(one, "") for one in opened.findings]}
    return _fresh(render(request, "public/shared.html", context | _words()))


@page("view.public")
def credential(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The address that a credential names as its own: how to check it, and nobody's name."""
    found = Credential.objects.select_related("issuer__party").filter(public_id=public_id).first()
    if found is None:
        raise NotThere("本站没有签发过这样的凭证。", "No such credential was issued by this site.")
    context = {"issuer": found.issuer, "title": certificates().papers[found.sort].title}
    return _fresh(render(request, "public/credential.html", context))


def _answer(request: HttpRequest, finding: Finding, *, may_name: bool = False) -> HttpResponse:
    typed = request.POST.get("name", "").strip()
    context = {
        "one": _shown(finding, typed),
        "may_name": may_name and finding.credential is not None and not finding.name_known,
        "moment": now(),
    }
    return _fresh(render(request, "public/answer.html", context | _words()))


def _shown(finding: Finding, typed: str) -> dict[str, Any]:
    """A finding, and whether the name that somebody typed is another one."""
    wrong = bool(typed) and finding.credential is not None and not finding.name_known
    return {
        "finding": finding,
        "meaning": MEANINGS[finding.answer],
        "tone": TONES[finding.answer],
        "wrong_name": wrong,
    }


def _words() -> dict[str, Any]:
    return {"VERDICTS": VERDICTS}


def _fresh(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _at(request: HttpRequest) -> str:
    return cast(Asked, request).actor.address
