"""Who issues here: for people a page, for strangers' software the documents that it reads."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.credentials.addresses import did_of
from craftpath.credentials.facts import certificates
from craftpath.credentials.models import Issuer
from craftpath.credentials.publishing import did_document, status_list
from craftpath.registry.filings import filings_of
from craftpath.registry.kinds import site_pack
from craftpath.web.page import page

__all__ = ["achievement", "code", "did", "issuer", "issuers", "status"]

#: Seconds for which what is published may be kept: a revocation is seen soon after it is decided.
_KEPT = 300


@page("view.public")
def issuers(request: HttpRequest) -> HttpResponseBase:
    found = Issuer.objects.select_related("party").order_by("region", "slug")
    return render(request, "public/issuers.html", {"found": found})


@page("view.public")
def issuer(request: HttpRequest, slug: str) -> HttpResponseBase:
    found = Issuer.objects.select_related("party").filter(slug=slug).first()
    if found is None:
        raise NotThere
    return render(
        request,
        "public/issuer.html",
        {
            "issuer": found,
            "did": did_of(found),
            "keys": found.keys.annotate(count=Count("signed", filter=~Q(signed__document=""))),
            "filings": _filings(found),
        },
    )


def _filings(found: Issuer) -> list[dict[str, Any]]:
    """What it is filed for today: an occupation a line, with its levels and where."""
    pack = site_pack()
    scale = pack.vocabulary.scales[pack.vocabulary.kinds["certificate"].scale or ""]
    levels: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in filings_of(found.party_id, today()):
        levels[one.occupation, one.region].add(one.level)
    return [
        {
            "occupation": occupation,
            "region": region,
            "levels": [step.label for step in scale.steps if step.rank in ranks],
        }
        for (occupation, region), ranks in sorted(levels.items())
    ]


# --- for software --------------------------------------------------------------------------


@page("view.public")
def did(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _published(request, did_document(slug), "application/did+ld+json")


@page("view.public")
def status(request: HttpRequest, slug: str, purpose: str, number: int) -> HttpResponseBase:
    """Readers that do not ask for `application/vc` get a type that they know as JSON."""
    asked = "application/vc" in request.headers.get("Accept", "")
    kind = "application/vc" if asked else "application/ld+json"
    response = _published(request, status_list(slug, purpose, number), kind)
    response.headers["Vary"] = "Accept"
    return response


def _published(request: HttpRequest, text: str, kind: str) -> HttpResponse:
    """Open to every page of the web, kept for minutes, and not sent again while it is the same."""
    content = text.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    same = tag in request.headers.get("If-None-Match", "")
    response = HttpResponse(
        b"" if same else content, content_type=kind, status=304 if same else 200
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"public, max-age={_KEPT}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


# --- what documents point to ---------------------------------------------------------------


@page("view.public")
def achievement(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """What is certified, of whomever; its levels are places on the page."""
    pack = site_pack()
    paper = certificates().paper_of(kind)
    if paper is None:
        raise NotThere
    told = pack.vocabulary.kinds[kind]
    codes = pack.vocabulary.lists.get(told.codes or "")
    found = None if codes is None else codes.codes.get(code)
    if found is None and code != "-":
        raise NotThere
    scale = pack.vocabulary.scales.get(told.scale or "")
    return render(
        request,
        "public/achievement.html",
        {
            "title": paper[1].title,
            "code": found,
            "codes": codes,
            "steps": scale.steps if scale else (),
        },
    )


@page("view.public")
def code(request: HttpRequest, list_id: str, code: str) -> HttpResponseBase:
    codes = site_pack().vocabulary.lists.get(list_id)
    found = None if codes is None else codes.codes.get(code)
    if codes is None or found is None:
        raise NotThere
    return render(request, "public/code.html", {"code": found, "codes": codes})
