"""All of a worker's proofs in one page; shown to somebody by a link that she can take back."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Invalid
from craftpath.access.roles import Actor
from craftpath.access.words import say
from craftpath.credentials.actions.shares import make_share, withdraw_share
from craftpath.credentials.addresses import share_address, token_address
from craftpath.credentials.choices import ANSWERS, Answer, Standing
from craftpath.credentials.facts import certificates
from craftpath.credentials.models import CardUse, Credential
from craftpath.credentials.queries import (
    credential_seen_by,
    credentials_seen_by,
    shares_of,
    uses_seen_by,
)
from craftpath.credentials.verification import Finding, finding_of
from craftpath.engine.rules import Label
from craftpath.pack.certificates import Card
from craftpath.web.files import document_file, paper_file
from craftpath.web.page import Asked, page
from craftpath.web.pages.public.verify_words import TONES
from craftpath.web.qr import qr_picture
from craftpath.web.reading import day_in

__all__ = ["proof_document", "proof_paper", "wallet", "withdraw"]

#: Days for which a link is proposed to be open.
_PROPOSED = 30


@dataclass(frozen=True)
class _Proof:
    """`qr`: the picture of its code; "" where it would prove nothing today. `why`: the reason that
    its issuer gave for suspending or revoking it; "" where neither."""

    credential: Credential
    finding: Finding
    tone: str
    what: Label
    qr: str
    card: Card | None
    uses: list[tuple[CardUse, Label]]
    why: str

    @property
    def holds(self) -> bool:
        return self.finding.answer == Answer.VALID


@page("view.own")
def wallet(request: HttpRequest) -> HttpResponseBase:
    """The page; a POST makes a link, which is shown in the answer and nowhere afterwards."""
    actor = cast(Asked, request).actor
    more: dict[str, Any] = {}
    problems: dict[str, Label] = {}
    if request.method == "POST":
        last = day_in(request.POST, "last")
        try:
            made = make_share(
                actor,
                request.POST.getlist("credentials"),
                with_whom=request.POST.get("with_whom", ""),
                until=last + dt.timedelta(days=1) if last else today(),
            )
        except Invalid as refused:
            problems = refused.problems
        else:
            link = share_address(made.secret)
            more = {"made": made.share, "link": link, "link_qr": qr_picture(link)}
    proofs = _proofs(actor)
    return render(
        request,
        "worker/wallet.html",
        {
            "proofs": [one for one in proofs if one.finding.answer != Answer.SUPERSEDED],
            "before": [one for one in proofs if one.finding.answer == Answer.SUPERSEDED],
            "shares": list(shares_of(actor)),
            "problems": problems,
            "typed": request.POST if problems else {},
            "chosen": request.POST.getlist("credentials") if problems else None,
            "proposed": today() + dt.timedelta(days=_PROPOSED),
            "ANSWERS": ANSWERS,
            **more,
        },
        status=422 if problems else 200,
    )


def _proofs(actor: Actor) -> list[_Proof]:
    """Those that hold first; of these the highest level, then the latest."""
    day = today()
    found = credentials_seen_by(actor).select_related(
        "issuer__party", "holder", "record__came_of__programme", "replaced_by"
    )
    uses: dict[int, list[CardUse]] = {}
    for use in uses_seen_by(actor):
        uses.setdefault(use.credential_id, []).append(use)
    proofs = [
        _proof(one, finding_of(one, day, name_known=True), uses.get(one.pk, []))
        for one in found.order_by("-issued", "-pk")
    ]
    return sorted(proofs, key=lambda one: (not one.holds, -(one.credential.record.level or 0)))


def _proof(one: Credential, finding: Finding, uses: list[CardUse]) -> _Proof:
    card = certificates().cards.get(one.record.subject or "") if one.sort == "card" else None
    benefits = {benefit.id: benefit.label for benefit in card.benefits} if card else {}
    shows = finding.answer == Answer.VALID and one.token
    return _Proof(
        one,
        finding,
        TONES[finding.answer],
        _what(finding),
        qr_picture(token_address(one.token)) if shows else "",
        card,
        [(use, benefits.get(use.benefit, Label(use.benefit, use.benefit))) for use in uses],
        _why(one),
    )


def _why(one: Credential) -> str:
    if one.standing not in (Standing.SUSPENDED, Standing.REVOKED):
        return ""
    last = one.changes.order_by("-pk").first()
    return last.why if last else ""


def _what(finding: Finding) -> Label:
    """What it certifies, in a line: the occupation and the level, or the card."""
    said = [one.value for one in finding.lines if one.key in ("occupation", "level", "card")]
    return Label(" · ".join(one.zh for one in said), " · ".join(one.en for one in said))


@page("view.own")
def proof_document(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    return document_file(credential_seen_by(cast(Asked, request).actor, public_id))


@page("view.own")
def proof_paper(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    return paper_file(credential_seen_by(cast(Asked, request).actor, public_id))


@require_POST
@page("share.withdraw")
def withdraw(request: HttpRequest, share_id: int) -> HttpResponseBase:
    withdraw_share(cast(Asked, request).actor, share_id)
    messages.success(request, say("链接已收回，不能再打开。", "The link opens no more."))
    return redirect("wallet")
