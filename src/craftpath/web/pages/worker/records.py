"""My records by kind; add one, correct or take back one of my own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from craftpath.access.clock import today
from craftpath.access.errors import Invalid, NotThere
from craftpath.access.words import say
from craftpath.eligibility import Fact, FormFields, form_fields, kinds_for_person, say_fact
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Code, Kind
from craftpath.registry.actions.records import correct_record, enter_record, void_record
from craftpath.registry.kinds import BIRTH
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import party_seen_by, records_seen_by
from craftpath.web.life import the_pack
from craftpath.web.page import Asked, page
from craftpath.web.pages.worker.record_form import RecordForm, filled, read_form

__all__ = ["add", "choose_kind", "correct", "my_records", "void"]


@dataclass(frozen=True)
class _Line:
    record: Record
    words: Label
    mine: bool


@dataclass(frozen=True)
class _Group:
    kind: Kind
    standing: list[_Line]
    gone: list[_Line]


@page("view.own")
def my_records(request: HttpRequest) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    party = _self(request)
    found = records_seen_by(actor, party).select_related("other")
    return render(request, "worker/records.html", {"groups": _groups(list(found))})


def _groups(records: list[Record]) -> list[_Group]:
    """By kind in the pack's order; the latest first."""
    pack = the_pack()
    by_kind: dict[str, _Group] = {}
    for record in reversed(records):
        kind = pack.vocabulary.kinds.get(record.kind) or Kind(
            record.kind, Label(record.kind, record.kind)
        )
        group = by_kind.setdefault(record.kind, _Group(kind, [], []))
        line = _Line(record, _words(record), record.status == Record.Status.CLAIMED)
        (group.standing if record.stands else group.gone).append(line)
    order = list(pack.vocabulary.kinds)
    return sorted(
        by_kind.values(), key=lambda g: order.index(g.kind.id) if g.kind.id in order else len(order)
    )


def _words(record: Record) -> Label:
    """The record as a line, without its kind, which the heading says."""
    fact = Fact(
        party=record.party_id,
        kind=record.kind,
        start=record.start,
        end=record.end,
        subject=record.subject,
        level=record.level,
        quantity=record.quantity,
    )
    said = say_fact(the_pack(), fact)
    return Label(said.zh.partition("：")[2] or said.zh, said.en.partition(": ")[2] or said.en)


@page("view.own")
def choose_kind(request: HttpRequest) -> HttpResponseBase:
    """Which sort of record to add: those that rules look at most come first."""
    kinds = [one for one in kinds_for_person(the_pack()) if one.kind != BIRTH]
    return render(request, "worker/choose_kind.html", {"often": kinds[:8], "others": kinds[8:]})


@page("view.own")
def add(request: HttpRequest, kind: str) -> HttpResponseBase:
    fields = _fields(kind)
    if request.method != "POST":
        return _form(request, RecordForm(fields), "worker/record_form.html")
    form = read_form(the_pack(), fields, request.POST.dict())
    if form.entered is not None and "find" not in request.POST:
        try:
            enter_record(cast(Asked, request).actor, _self(request).pk, form.entered)
        except Invalid as refused:
            form.problems.update(refused.problems)
        else:
            messages.success(
                request, say("已记下，标为自述，待核实。", "Noted as claimed, to be verified.")
            )
            return redirect("my-records")
    return _form(request, form, "worker/record_form.html")


@page("view.own")
def correct(request: HttpRequest, record_id: int) -> HttpResponseBase:
    record = _own(request, record_id)
    fields = _fields(record.kind)
    if request.method != "POST":
        return _form(request, filled(the_pack(), fields, record), "worker/record_form.html", record)
    form = read_form(the_pack(), fields, request.POST.dict())
    if form.entered is not None and "find" not in request.POST:
        try:
            correct_record(
                cast(Asked, request).actor,
                record.pk,
                form.entered,
                why=request.POST.get("why", ""),
            )
        except Invalid as refused:
            form.problems.update(refused.problems)
        else:
            messages.success(request, say("已更正。", "Corrected."))
            return redirect("my-records")
    return _form(request, form, "worker/record_form.html", record)


@page("view.own")
def void(request: HttpRequest, record_id: int) -> HttpResponseBase:
    record = _own(request, record_id)
    problem = None
    if request.method == "POST":
        try:
            void_record(cast(Asked, request).actor, record.pk, why=request.POST.get("why", ""))
        except Invalid as refused:
            problem = refused.problems.get("why")
        else:
            messages.success(request, say("已作废。", "Taken back."))
            return redirect("my-records")
    kind = the_pack().vocabulary.kinds[record.kind]
    return render(
        request,
        "worker/record_void.html",
        {"record": record, "kind": kind, "words": _words(record), "problem": problem},
        status=200 if problem is None else 422,
    )


def _form(
    request: HttpRequest, form: RecordForm, template: str, record: Record | None = None
) -> HttpResponseBase:
    asked_to_find = "find" in request.POST
    status = 422 if form.problems and not asked_to_find else 200
    pack = the_pack()
    codes: tuple[Code, ...] = ()
    if form.fields.codes and form.is_menu:
        codes = tuple(pack.vocabulary.lists[form.fields.codes].codes.values())
    shown = {"form": form, "fields": form.fields, "codes": codes, "record": record}
    if asked_to_find:  # somebody without script looks something up: nothing is wrong yet
        form.problems = {}
    return render(request, template, shown, status=status)


def _self(request: HttpRequest) -> Party:
    actor = cast(Asked, request).actor
    return party_seen_by(actor, actor.party or 0, today())


def _fields(kind: str) -> FormFields:
    """NotThere: the pack has no such kind, or it is not about people."""
    found = the_pack().vocabulary.kinds.get(kind)
    if found is None or found.about == "organisation":
        raise NotThere
    return form_fields(the_pack(), kind)


def _own(request: HttpRequest, record_id: int) -> Record:
    actor = cast(Asked, request).actor
    found = records_seen_by(actor, _self(request)).select_related("other").filter(pk=record_id)
    record = found.first()
    if record is None:
        raise NotThere
    return record
