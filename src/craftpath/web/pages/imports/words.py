"""How the states of a batch are called, and what the pages of imports share."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from craftpath.engine.rules import Label
from craftpath.registry.models import Batch

__all__ = ["STATES", "TONES", "WORKING", "attachment"]

_S = Batch.State

STATES: dict[str, Label] = {
    _S.UPLOADED: Label("已上传，等待核对", "uploaded, to be checked"),
    _S.CHECKING: Label("核对中", "being checked"),
    _S.CHECKED: Label("已核对，未写入", "checked, not written"),
    _S.REFUSED: Label("不能读取", "cannot be read"),
    _S.COMMITTING: Label("写入中", "being written"),
    _S.COMMITTED: Label("已写入", "written"),
    _S.UNDOING: Label("撤销中", "being undone"),
    _S.UNDONE: Label("已撤销", "undone"),
    _S.CHECK_FAILED: Label("核对中止", "check failed"),
    _S.WRITE_FAILED: Label("写入中止", "writing failed"),
    _S.UNDO_FAILED: Label("撤销中止", "undoing failed"),
}
TONES: dict[str, str] = {
    _S.CHECKED: "wait",
    _S.REFUSED: "bad",
    _S.COMMITTED: "good",
    _S.COMMITTING: "accent",
    _S.CHECKING: "accent",
    _S.UNDOING: "accent",
    _S.CHECK_FAILED: "bad",
    _S.WRITE_FAILED: "bad",
    _S.UNDO_FAILED: "bad",
}
#: While a batch is in one of these, its page asks again.
WORKING = frozenset({_S.UPLOADED, _S.CHECKING, _S.COMMITTING, _S.UNDOING})

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(response: HttpResponse, name: str) -> HttpResponse:
    """Saved by the browser, never shown in it, and never kept by a proxy on the way."""
    response.headers["Content-Type"] = _XLSX
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response
