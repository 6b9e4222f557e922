"""Sheets that are brought in."""

from __future__ import annotations

import datetime as dt

from ninja import Schema

from craftpath.api.schemas.common import Told

__all__ = ["Batch", "BatchLine"]


class BatchLine(Schema):
    """A sheet and how far it has come.

    `state`: uploaded, checking, checked, refused, committing, committed, undoing, undone; and
    check-failed, write-failed, undo-failed, where it was begun in vain and is not gone on with by
    itself: what was written or undone so far stands. `known`: rows left out since the registry has
    them already; `done`: rows written.
    """

    id: int
    sort: str
    file_name: str
    sha256: str
    state: str
    rows: int
    good: int
    bad: int
    known: int
    done: int
    why: str
    uploaded_at: dt.datetime
    finished_at: dt.datetime | None


class BadCell(Schema):
    """A bad cell by its place, and how to mend it."""

    sheet: str
    row: int
    column: str
    value: str
    text: Told
    mend: Told


class Batch(BatchLine):
    """`problems`: the first of them; all are in the file of rejects."""

    notes: list[Told]
    problems: list[BadCell]
