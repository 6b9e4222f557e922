"""Sheets: upload one, see how it was checked, have it written, take it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from craftpath.access.errors import NotThere, TooMuch
from craftpath.api.call import Call, get, post
from craftpath.api.schemas.common import Code, Number, Paged, Paging, paged
from craftpath.api.schemas.imports import Batch, BatchLine
from craftpath.api.schemas.registry import Why
from craftpath.engine.rules import Label
from craftpath.registry import models
from craftpath.registry.actions import imports as actions
from craftpath.registry.imports.reading import MAX_BYTES
from craftpath.registry.imports.vault import kept
from craftpath.registry.queries import batch_seen_by, batches_seen_by

__all__ = ["router"]

router = Router(tags=["导入 / imports"])
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def batch_shown(one: models.Batch) -> dict[str, Any]:
    fields = BatchLine.model_fields.keys() - {"id"}
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in fields},
        "notes": [Label(*note) for note in one.notes],
        "problems": [
            {**cell, "text": Label(*cell["text"]), "mend": Label(*cell["mend"])}
            for cell in one.problems
        ],
    }


@get(
    router,
    "/imports",
    "import.check",
    Paged[BatchLine],
    Label("导入批次，新的在前", "Sheets brought in, the latest first"),
)
def list_batches(request: Call, paging: Query[Paging]) -> dict[str, Any]:
    return paged(batches_seen_by(request.actor).order_by("-pk"), paging)


@post(
    router,
    "/imports",
    "import.check",
    Batch,
    Label("上传表格（CSV、XLSX），开始核对", "Upload a sheet (CSV, XLSX) to be checked"),
    Label(
        "sort 为 staff、people、organisations 或 records；核对在后台进行，用 GET 查看结果。",
        "sort: staff, people, organisations or records. It is checked in the background: look by "
        "GET.",
    ),
    status=201,
)
def upload_sheet(request: Call, sort: Form[Code], file: File[UploadedFile]) -> dict[str, Any]:
    if (file.size or 0) > MAX_BYTES:
        raise TooMuch("文件太大，请分成几个。", "The file is too large; split it.")
    batch = actions.upload(request.actor, sort, file.name or "", file.read())
    return batch_shown(batch_seen_by(request.actor, batch.pk))


@get(router, "/imports/{batch_id}", "import.check", Batch, Label("一个批次", "One batch"))
def one_batch(request: Call, batch_id: Number) -> dict[str, Any]:
    return batch_shown(batch_seen_by(request.actor, batch_id))


@get(
    router,
    "/imports/{batch_id}/rejects",
    "import.check",
    None,
    Label("退回行，附原因（XLSX）", "The rows set aside, with reasons (XLSX)"),
    content={_SHEET: {"schema": {"type": "string", "format": "binary"}}},
)
def rejects(request: Call, batch_id: Number) -> HttpResponse:
    batch = batch_seen_by(request.actor, batch_id)
    if not batch.rejects or batch.rejects.name is None:
        raise NotThere("这一批没有退回行。", "No row of this batch was set aside.")
    response = HttpResponse(kept(batch.rejects.name), content_type=_SHEET)
    response.headers["Content-Disposition"] = f'attachment; filename="rejects-{batch.pk}.xlsx"'
    return response


@post(
    router,
    "/imports/{batch_id}/commit",
    "import.commit",
    Batch,
    Label("写入通过核对的行", "Write the rows that passed"),
)
def commit_batch(request: Call, batch_id: Number) -> dict[str, Any]:
    actions.commit_batch(request.actor, batch_id)
    return batch_shown(batch_seen_by(request.actor, batch_id))


@post(
    router,
    "/imports/{batch_id}/go-on",
    "import.check",
    Batch,
    Label("接着办中止的批次", "Go on with a batch that failed"),
    Label(
        "核对、写入或撤销中止（…-failed）的批次，从停下的地方继续；写入中止的也可以撤销。",
        "Of a state that ends in “failed”: from where it was. One whose writing failed can be "
        "undone instead.",
    ),
)
def go_on(request: Call, batch_id: Number) -> dict[str, Any]:
    actions.go_on(request.actor, batch_id)
    return batch_shown(batch_seen_by(request.actor, batch_id))


@post(
    router,
    "/imports/{batch_id}/undo",
    "import.undo",
    Batch,
    Label("撤销整批", "Take a whole batch back"),
)
def undo_batch(request: Call, batch_id: Number, sent: Why) -> dict[str, Any]:
    actions.undo_batch(request.actor, batch_id, why=sent.why)
    return batch_shown(batch_seen_by(request.actor, batch_id))
