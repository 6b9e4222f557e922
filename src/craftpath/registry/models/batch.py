"""A file of rows on its way in."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

__all__ = ["Batch"]


class Batch(models.Model):
    """One uploaded spreadsheet or CSV and what became of it.

    Committed in slices: each slice of rows and the count `done` are written in one transaction,
    so that a process killed at any moment goes on where the last slice ended.

    file      the file as uploaded, sealed under the identity key (it is full of numbers), in the
              private uploads folder; `sha256` of its bytes as uploaded
    staged    the rows that passed, as they will be written, sealed slice by slice; gone once done
    scope     for whom it was brought in: the duty's party and region at that time
    good, bad, done   rows that passed the check, rows set aside, rows written
    problems  bad cells by place, at most some hundreds: the whole list is in `rejects`
    rejects   the file of rows to correct, with the reason beside each; sealed too
    notes     what the reader should know of the file as a whole; known: rows skipped since the
              registry has them already
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "已上传"
        CHECKING = "checking", "核对中"
        CHECKED = "checked", "已核对"
        REFUSED = "refused", "不能读取"
        COMMITTING = "committing", "写入中"
        COMMITTED = "committed", "已写入"
        UNDOING = "undoing", "撤销中"
        UNDONE = "undone", "已撤销"
        CHECK_FAILED = "check-failed", "核对中止"
        WRITE_FAILED = "write-failed", "写入中止"
        UNDO_FAILED = "undo-failed", "撤销中止"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    duty = models.BigIntegerField(null=True)
    scope_party = models.BigIntegerField(null=True)
    scope_region = models.CharField(max_length=12, blank=True)
    sort = models.CharField(max_length=20)  # people, organisations, records, staff
    file_name = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    rows = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    staged = models.FileField(upload_to="staged/", null=True)
    rejects = models.FileField(upload_to="rejects/", null=True)
    why = models.CharField(max_length=300, blank=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"batch {self.pk} {self.state}"
