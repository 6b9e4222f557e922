"""Documents of an application. Files are written before the transaction, and taken away again
where it fails; none is ever served but through `open_document`."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.core.files.base import File
from django.db.models import Q

from craftpath.access.clock import today
from craftpath.access.errors import Invalid, NotThere, TooMuch
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.programmes.actions.applications import renew, require_may_amend
from craftpath.programmes.actions.changing import changing
from craftpath.programmes.models import Application, Document
from craftpath.programmes.papers import LARGEST, Paper, clean_name, read_paper
from craftpath.programmes.queries import application_written_by, applications_seen_by
from craftpath.uploads import stored

__all__ = ["add_document", "open_document"]


def add_document(actor: Actor, serial: str, key: str, upload: File[Any]) -> Document:
    """Hand in a file for what the programme asks for under `key`; an older one stays, replaced.

    It is a change like any other: of an application under review, the review begins anew.
    Invalid: nothing of that key is asked for, or the file is none that is taken (with what to do
    instead). TooMuch: over 10 MB. Conflict: too late.
    """
    require(actor, "application.write")
    seen = application_written_by(actor, serial)
    _require_asked(seen, key)
    require_may_amend(seen)
    paper = _read(upload)
    document = Document(
        application=seen,
        key=key,
        name=clean_name(upload.name or "", paper.ending),
        media_type=paper.media_type,
        size=len(paper.content),
        sha256=hashlib.sha256(paper.content).hexdigest(),
    )
    path = f"documents/{today():%Y/%m}/{secrets.token_hex(16)}.{paper.ending}"
    with stored(path, paper.content) as name:
        _keep(actor, seen, document, name)
    return document


def open_document(actor: Actor, document_id: int) -> tuple[Document, File[Any]]:
    """A document of an application that the actor may see, with its file open for reading.

    NotThere: it is not theirs to see, does not exist, or the file is gone from the store.
    """
    document = Document.objects.select_related("application").filter(pk=document_id).first()
    if document is None or not _sees(actor, document.application):
        raise NotThere
    try:
        return document, document.file.open("rb")
    except FileNotFoundError as error:
        raise NotThere from error


def _keep(actor: Actor, seen: Application, document: Document, path: str) -> None:
    with changing(actor, "application.write", "application.document", seen) as (trace, application):
        require_may_amend(application)
        Document.objects.filter(
            Q(replaced=False), application=application, key=document.key
        ).update(replaced=True)
        document.file.name = path
        document.save()
        renew(application)
        trace.details = {
            "key": document.key,
            "document": document.pk,
            "sha256": document.sha256,
            "size": document.size,
        }


def _require_asked(application: Application, key: str) -> None:
    asked = application.programme.documents
    if any(one["id"] == key for one in asked):
        return
    zh = "、".join(one["zh"] for one in asked) or "无"
    en = ", ".join(one["en"] for one in asked) or "none"
    raise Invalid(
        {
            "key": Label(
                f"本项目没有要这份材料。所需材料：{zh}。",
                f"The programme does not ask for this. It asks for: {en}.",
            )
        }
    )


def _read(upload: File[Any]) -> Paper:
    too_much = TooMuch(
        "文件超过 10 MB，请压缩或降低清晰度后上传。",
        "The file is over 10 MB; compress it or lower its resolution.",
    )
    if upload.size > LARGEST:
        raise too_much
    upload.seek(0)
    content = upload.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise too_much
    paper = read_paper(content)
    if isinstance(paper, Label):
        raise Invalid({"file": paper})
    return paper


def _sees(actor: Actor, application: Application) -> bool:
    if applications_seen_by(actor).filter(pk=application.pk).exists():
        return True
    try:  # a draft at the counter
        application_written_by(actor, application.serial)
    except NotThere:
        return False
    return True
