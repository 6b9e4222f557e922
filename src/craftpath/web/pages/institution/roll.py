"""The roll of a programme: attendance and marks, typed or brought in as a sheet."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.errors import Conflict, Invalid, TooMuch
from craftpath.access.words import say
from craftpath.engine.rules import Label
from craftpath.programmes.actions.outcomes import enter_marks
from craftpath.programmes.choices import STATES, Stage, State
from craftpath.programmes.hosting import roll_of
from craftpath.programmes.mark_sheet import MarkRow, mark_sheet, read_marks
from craftpath.programmes.models import Application
from craftpath.programmes.queries import programme_run_by
from craftpath.registry.imports.in_a_page import LARGEST, too_large
from craftpath.web.page import Asked, page
from craftpath.web.reading import page_of

__all__ = ["bring_in", "roll", "sheet"]

_ON_A_PAGE = 50
_ABSENT, _THERE = "absent", "there"


@dataclass(frozen=True)
class _Line:
    """One row of the table: what stands, or what was typed where it was not taken."""

    application: Application
    mark: str
    attended: str
    problem: Label | None = None


@page("view.institution")
def roll(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Fifty people to a page; a row that is not taken stays as typed, with the reason beside it."""
    actor = cast(Asked, request).actor
    programme = programme_run_by(actor, slug)
    here = page_of(request, roll_of(programme), _ON_A_PAGE)
    lines = [_standing(one) for one in here]
    problem: Label | None = None
    if request.method == "POST":
        typed = {line.application.serial: _typed(request, line) for line in lines}
        changed = [
            line for line in lines if typed[line.application.serial] != (line.mark, line.attended)
        ]
        rows = [_row(line.application.serial, *typed[line.application.serial]) for line in changed]
        try:
            told = enter_marks(actor, slug, rows)
        except Conflict as refusal:
            told, problem = [], refusal.label
        wrong = {one.serial: one.problem for one in told if one.problem is not None}
        if not wrong and problem is None:
            messages.success(request, say(f"已保存 {len(rows)} 行。", f"{len(rows)} rows kept."))
            return redirect(request.get_full_path())
        here = page_of(request, roll_of(programme), _ON_A_PAGE)
        lines = [
            _Line(one, *typed.get(one.serial, ("", "")), wrong.get(one.serial))
            if one.serial in wrong or problem is not None
            else _standing(one)
            for one in here
        ]
    wrong_rows = sum(line.problem is not None for line in lines)
    return render(
        request,
        "institution/roll.html",
        {
            "programme": programme,
            "found": here,
            "lines": lines,
            "takes_marks": programme.marked
            and not programme.in_parts
            and programme.stage == Stage.SHARED,
            "wrong": wrong_rows,
            "problem": problem,
            "STATES": STATES,
        },
        status=422 if wrong_rows or problem else 200,
    )


@page("view.institution")
def sheet(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The roll as .xlsx, to be filled in and brought back."""
    programme = programme_run_by(cast(Asked, request).actor, slug)
    made = mark_sheet(roll_of(programme))
    return FileResponse(io.BytesIO(made), as_attachment=True, filename=f"{slug}-marks.xlsx")


@page("view.institution")
def bring_in(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Marks from a sheet: the good rows are kept, the others told with their place in the file."""
    actor = cast(Asked, request).actor
    programme = programme_run_by(actor, slug)
    upload = request.FILES.get("file")
    if request.method != "POST":
        return redirect("hosted-roll", slug)
    problem: Label | None = None
    aside: list[tuple[MarkRow, Label]] = []
    notes: list[Label] = []
    kept = 0
    try:
        if upload is None:
            raise Invalid({"file": Label("请选择文件。", "Choose a file.")})
        if (upload.size or 0) > LARGEST:  # before it is read into memory
            raise too_large()
        rows, notes = read_marks(upload.name or "", upload.read())
        good = [row for row in rows if row.problem is None]
        told = enter_marks(actor, slug, [(row.serial, row.mark, row.attended) for row in good])
        aside = [(row, row.problem) for row in rows if row.problem is not None]
        aside += [
            (row, one.problem)
            for row, one in zip(good, told, strict=True)
            if one.problem is not None
        ]
        kept = len(rows) - len(aside)
    except (Invalid, Conflict, TooMuch) as refusal:
        problem = refusal.label
    return render(
        request,
        "institution/marks.html",
        {
            "programme": programme,
            "kept": kept,
            "aside": sorted(aside, key=lambda pair: pair[0].row),
            "notes": notes,
            "problem": problem,
        },
        status=422 if problem or aside else 200,
    )


def _standing(one: Application) -> _Line:
    attended = "" if one.attended is None else _THERE if one.attended else _ABSENT
    return _Line(one, "" if one.mark is None else str(one.mark), attended)


def _typed(request: HttpRequest, line: _Line) -> tuple[str, str]:
    if line.application.state == State.DONE:
        return line.mark, line.attended
    serial = line.application.serial
    return (
        request.POST.get(f"mark-{serial}", "").strip(),
        request.POST.get(f"attended-{serial}", ""),
    )


def _row(serial: str, mark: str, attended: str) -> tuple[str, str | None, bool | None]:
    there = {_THERE: True, _ABSENT: False}.get(attended)
    return serial, mark or None, there
