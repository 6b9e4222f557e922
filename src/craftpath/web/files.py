"""A credential to take along: the signed document to the byte, and the paper as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from craftpath.access.errors import Conflict
from craftpath.credentials.models import Credential
from craftpath.credentials.paper import pdf_of

__all__ = ["document_file", "kept_file", "paper_file"]


def document_file(one: Credential) -> HttpResponse:
    """Conflict: it is not signed yet."""
    if not one.document:
        raise Conflict("正在签名，请稍后再试。", "It is being signed; try again in a moment.")
    return kept_file(one.document.encode(), "application/json", f"{one.number}.json")


def paper_file(one: Credential) -> HttpResponse:
    """Conflict: it is not signed yet, or is not printed any more."""
    return kept_file(pdf_of(one), "application/pdf", f"{one.number}.pdf")


def kept_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """Saved by the browser, and kept by nothing on the way."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response
