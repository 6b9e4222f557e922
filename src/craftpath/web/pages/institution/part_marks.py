"""Marks of a sitting's parts: typed by two who do not see each other's, compared, settled.

What one hand typed is shown to that hand alone. Where they differ, both marks are shown to
whoever typed neither, and may settle them; who typed one is told that they differ, and looks again.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Invalid, NotThere
from craftpath.access.roles import Actor
from craftpath.access.words import say
from craftpath.assessment.actions.marks import (
    Row,
    Sheet,
    Told,
    confirm_sheet,
    enter,
    enter_sheet,
    settle,
)
from craftpath.assessment.choices import Hand, Stage
from craftpath.assessment.holding import parts_of
from craftpath.assessment.models import MarkEntry, Seat
from craftpath.assessment.queries import (
    MarkLine,
    last_entries,
    mark_lines,
    seats_in,
    sessions_seen_by,
    sitting_run_by,
)
from craftpath.assessment.sheets import part_sheet
from craftpath.assessment.standing import hand_of, said_by, sheets_of, standing_of
from craftpath.engine.rules import Label
from craftpath.registry.imports.in_a_page import LARGEST, too_large
from craftpath.web.page import Asked, page
from craftpath.web.pages.institution.doing import Attempt, attempt
from craftpath.web.pages.institution.sitting_frame import frame_of
from craftpath.web.reading import number_in, page_of

__all__ = ["bring_in", "compare", "confirm", "marks", "sheet"]

_ON_A_PAGE = 50


@dataclass(frozen=True)
class _Line:
    """One candidate's part in the table of a hand: what it typed, or was typed and not taken."""

    seat: Seat
    mark: str
    stands: bool
    differs: bool
    problem: Label | None = None


@page("view.institution")
def marks(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Fifty to a page, room by room and seat by seat, as the papers are bundled."""
    actor = cast(Asked, request).actor
    sitting = sitting_run_by(actor, slug)
    asked = (request.POST or request.GET).get("hand", "")
    hand = Hand(asked) if asked in list(Hand) else hand_of(sitting, actor.user)
    wanted = seats_in(sitting).prefetch_related("application__marks")
    one = number_in(request.GET, "session")
    if one is not None:
        wanted = wanted.filter(session=one)
    here = page_of(request, wanted, _ON_A_PAGE)
    lines = _lines(here, hand)
    tried = Attempt()
    wrong: dict[int, Label] = {}
    if request.method == "POST":
        told: list[tuple[_Line, Told]] = []
        typed = {line.seat.pk: request.POST.get(f"mark-{line.seat.pk}") for line in lines}
        wrong = {
            line.seat.pk: _NOT_EMPTIED
            for line in lines
            if line.mark and typed[line.seat.pk] is not None and not _plain(typed[line.seat.pk])
        }
        tried = attempt(lambda: told.extend(_enter(actor, slug, hand, lines, typed)))
        wrong |= {line.seat.pk: one.problem for line, one in told if one.problem is not None}
        kept = sum(one.problem is None for _, one in told)
        if not wrong and not tried.refused:
            messages.success(request, say(f"已保存 {kept} 行。", f"{kept} rows kept."))
            return redirect(request.get_full_path())
        lines = [
            _Line(
                line.seat,
                _plain(typed[line.seat.pk])
                if line.seat.pk in wrong or tried.refused
                else line.mark,
                line.stands,
                line.differs,
                wrong.get(line.seat.pk),
            )
            for line in _lines(here, hand)
        ]
    own = sessions_seen_by(actor, slug)
    return render(
        request,
        "institution/part_marks.html",
        frame_of(sitting, "marks")
        | {
            "found": here,
            "lines": lines,
            "hand": hand,
            "sessions": [line.session for line in own if line.seated],
            "session_id": one,
            "standing": standing_of(sitting, own),
            "sheets": [(one, one.by == actor.user) for one in sheets_of(sitting)],
            "takes_marks": sitting.stage == Stage.MARKING,
            "wrong": len(wrong),
            "tried": tried,
        },
        status=422 if wrong else tried.status,
    )


_NOT_EMPTIED = Label(
    "录入过的不能清空，请改成正确的成绩。", "What was typed is not emptied; type the right mark."
)


def _lines(here: Iterable[Seat], hand: Hand) -> list[_Line]:
    shown = list(here)
    typed = last_entries([seat.application_id for seat in shown])
    stands = {
        (mark.application_id, mark.part)
        for seat in shown
        for mark in seat.application.marks.all()
        if not mark.replaced
    }
    found = []
    for seat in shown:
        key = (seat.application_id, seat.part)
        own = typed.get((*key, hand))
        both = all((*key, one) in typed for one in Hand)
        found.append(_Line(seat, _said(own), key in stands, both and key not in stands))
    return found


def _said(entry: MarkEntry | None) -> str:
    return "" if entry is None or entry.value is None else _number(entry.value)


def _number(value: Decimal) -> str:
    """80.0 → 80, 59.9 → 59.9."""
    return f"{value.normalize():f}"


def _plain(text: str | None) -> str:
    return "" if text is None else text.strip()


def _enter(
    actor: Actor, slug: str, hand: Hand, lines: list[_Line], typed: dict[int, str | None]
) -> list[tuple[_Line, Told]]:
    """Enter what was typed otherwise than it stands."""
    changed = [
        line
        for line in lines
        if _plain(typed[line.seat.pk]) and _plain(typed[line.seat.pk]) != line.mark
    ]
    rows: list[Row] = [
        (line.seat.application.serial, line.seat.part, _plain(typed[line.seat.pk]))
        for line in changed
    ]
    return list(zip(changed, enter(actor, slug, hand, rows), strict=True))


# --- sheets --------------------------------------------------------------------------------


@page("view.institution")
def sheet(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The candidates as .xlsx, with a column for each part, to be filled in and brought back."""
    sitting = sitting_run_by(cast(Asked, request).actor, slug)
    rows: dict[int, tuple[str, str, list[str]]] = {}
    for seat in seats_in(sitting):
        one = seat.application
        row = rows.setdefault(one.pk, (one.ticket.number, one.party.name, []))
        if seat.attended:
            row[2].append(seat.part)
    made = part_sheet(rows.values(), [one.id for one in parts_of(sitting)])
    return FileResponse(io.BytesIO(made), as_attachment=True, filename=f"{slug}-marks.xlsx")


@page("view.institution")
def bring_in(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Marks from a sheet, as one hand: good cells are kept, the others told with their place."""
    actor = cast(Asked, request).actor
    sitting = sitting_run_by(actor, slug)
    if request.method != "POST":
        return redirect("hosted-part-marks", slug)
    brought: list[Sheet] = []
    tried = attempt(lambda: brought.append(_brought(request, actor, slug)))
    rows = brought[0].rows if brought else []
    aside = [one for one in rows if one.problem is not None]
    return render(
        request,
        "institution/part_sheet.html",
        frame_of(sitting, "marks")
        | {
            "kept": len(rows) - len(aside),
            "differs": sum(one.differs for one in rows),
            "stands": sum(one.stands for one in rows),
            "aside": aside,
            "notes": brought[0].notes if brought else [],
            "tried": tried,
        },
        status=422 if aside else tried.status,
    )


def _brought(request: HttpRequest, actor: Actor, slug: str) -> Sheet:
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid({"file": Label("请选择文件。", "Choose a file.")})
    if (upload.size or 0) > LARGEST:  # before it is read into memory
        raise too_large()
    hand = request.POST.get("hand", "")
    return enter_sheet(actor, slug, hand, upload.name or "", upload.read())


@page("view.institution")
def confirm(request: HttpRequest, slug: str, sha256: str) -> HttpResponseBase:
    """What a sheet said, to be held against the papers, and confirmed as the other hand."""
    actor = cast(Asked, request).actor
    sitting = sitting_run_by(actor, slug)
    own = next((one for one in sheets_of(sitting) if one.sha256 == sha256), None)
    if own is None:
        raise NotThere
    tried = Attempt()
    if request.method == "POST":
        done: list[int] = []
        tried = attempt(lambda: done.append(confirm_sheet(actor, slug, sha256)))
        if not tried.refused:
            (count,) = done
            messages.success(request, say(f"{count} 个成绩已定。", f"{count} marks stand by it."))
            return redirect("hosted-part-marks", slug)
    return render(
        request,
        "institution/part_confirm.html",
        frame_of(sitting, "marks")
        | {
            "sheet": own,
            "mine": own.by == actor.user,
            "said": said_by(sitting, sha256),
            "may_confirm": sitting.stage == Stage.MARKING and own.open > 0,
            "tried": tried,
        },
        status=tried.status,
    )


# --- where the hands differ ----------------------------------------------------------------


@page("view.institution")
def compare(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Where the hands differ, each to be settled with a reason; `?q=` finds a mark that stands, to
    be put right before publication."""
    actor = cast(Asked, request).actor
    tried, at = Attempt(), request.POST.get("at", "")
    if request.method == "POST":
        tried = attempt(lambda: _settle(request, actor, slug))
        if not tried.refused:
            messages.success(request, say("已核定。", "Settled."))
            return redirect(request.get_full_path())
    sitting = sitting_run_by(actor, slug)
    sought = request.GET.get("q", "").strip()[:80]
    here = _compared(request, actor, slug, sought)
    return render(
        request,
        "institution/compare.html",
        frame_of(sitting, "marks")
        | {
            "found": here,
            "rows": [
                (one, _may_see(actor, one), f"{one.application.serial}:{one.part}") for one in here
            ],
            "sought": sought,
            "takes_marks": sitting.stage == Stage.MARKING,
            "at": at,
            "typed": request.POST if tried.refused else {},
            "tried": tried,
        },
        status=tried.status,
    )


def _compared(request: HttpRequest, actor: Actor, slug: str, sought: str) -> Page[MarkLine]:
    lines = mark_lines(actor, slug)
    if sought:
        wanted = [
            one
            for one in lines
            if len(one.typed) == len(Hand)
            and sought in (one.ticket, one.application.serial, one.application.party.name)
        ]
    else:
        wanted = [one for one in lines if one.differs]
    return Paginator(wanted, _ON_A_PAGE).get_page(request.GET.get("page"))


def _may_see(actor: Actor, line: MarkLine) -> bool:
    """Both marks, by whoever typed neither."""
    return actor.user not in [one.by_id for one in (line.first, line.second) if one]


def _settle(request: HttpRequest, actor: Actor, slug: str) -> None:
    serial, _, part = request.POST.get("at", "").rpartition(":")
    absent = request.POST.get("absent") == "yes"
    mark = request.POST.get("mark", "").strip()
    settle(actor, slug, serial, part, None if absent else mark, why=request.POST.get("why", ""))
