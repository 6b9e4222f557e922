"""Records of a party at the desk: add, verify, correct, void."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.words import say, told
from craftpath.eligibility import FormFields, form_fields
from craftpath.engine.rules import Label
from craftpath.registry.actions.records import (
    correct_record,
    enter_record,
    verify_record,
    void_record,
)
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import party_seen_by, records_seen_by
from craftpath.web.life import the_pack
from craftpath.web.page import Asked, page
from craftpath.web.pages.official.record_lines import words_of
from craftpath.web.record_form import RecordForm, filled, read_form

__all__ = ["add", "choose", "correct", "verify", "void"]


@page("view.desk")
def choose(request: HttpRequest, party_id: int) -> HttpResponseBase:
    """`?kind=`, from the menu on the party's page, to the form of that kind."""
    kind = request.GET.get("kind", "")
    party = _party(request, party_id)
    return redirect("desk-record-add", party.pk, _fields(kind, party).kind)


@page("record.claim")
def add(request: HttpRequest, party_id: int, kind: str) -> HttpResponseBase:
    party = _party(request, party_id)
    fields = _fields(kind, party)
    form = RecordForm(fields)
    if request.method == "POST":
        form = read_form(the_pack(), fields, request.POST.dict())
        if form.entered is not None and "find" not in request.POST:
            try:
                enter_record(
                    cast(Asked, request).actor,
                    party.pk,
                    form.entered,
                    verified=request.POST.get("verified") == "yes",
                )
            except Invalid as refused:
                form.problems.update(refused.problems)
            else:
                messages.success(request, say("已录入。", "Entered."))
                return redirect("desk-party", party.pk)
    return _form(request, form, party)


@page("record.correct")
def correct(request: HttpRequest, record_id: int) -> HttpResponseBase:
    record, party = _record(request, record_id)
    fields = _fields(record.kind, party)
    form = filled(the_pack(), fields, record)
    if request.method == "POST":
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
                return redirect("desk-party", party.pk)
    return _form(request, form, party, record)


@require_POST
@page("record.verify")
def verify(request: HttpRequest, record_id: int) -> HttpResponseBase:
    _, party = _record(request, record_id)
    try:
        verify_record(
            cast(Asked, request).actor, record_id, why=request.POST.get("why", "").strip()
        )
    except Conflict as refused:
        messages.warning(request, told(refused.label))
    else:
        messages.success(request, say("已核实。", "Verified."))
    return redirect("desk-party", party.pk)


@page("record.void")
def void(request: HttpRequest, record_id: int) -> HttpResponseBase:
    record, party = _record(request, record_id)
    problem = None
    if request.method == "POST":
        try:
            void_record(cast(Asked, request).actor, record.pk, why=request.POST.get("why", ""))
        except Invalid as refused:
            problem = refused.problems.get("why")
        except Conflict as refused:
            problem = refused.label
        else:
            messages.success(request, say("已作废。", "Voided."))
            return redirect("desk-party", party.pk)
    return render(
        request,
        "official/record_void.html",
        {
            "record": record,
            "party": party,
            "kind": the_pack().vocabulary.kinds.get(record.kind),
            "words": words_of(record),
            "problem": problem,
        },
        status=200 if problem is None else 422,
    )


def _form(
    request: HttpRequest, form: RecordForm, party: Party, record: Record | None = None
) -> HttpResponseBase:
    finding = "find" in request.POST
    if finding:  # somebody without script looks something up: nothing is wrong yet
        form.problems = {}
    lists = the_pack().vocabulary.lists
    return render(
        request,
        "official/record_form.html",
        {
            "form": form,
            "fields": form.fields,
            "party": party,
            "record": record,
            "codes": list(lists[form.fields.codes].codes.values())
            if form.fields.codes and form.is_menu
            else None,
        },
        status=422 if form.problems else 200,
    )


def _party(request: HttpRequest, party_id: int) -> Party:
    return party_seen_by(cast(Asked, request).actor, party_id, today())


def _fields(kind: str, party: Party) -> FormFields:
    """NotThere: the pack has no such kind, or it is not about such a party."""
    found = the_pack().vocabulary.kinds.get(kind)
    if found is None or found.about not in ("any", party.nature):
        raise NotThere
    return form_fields(the_pack(), kind)


def _record(request: HttpRequest, record_id: int) -> tuple[Record, Party]:
    """A record that stands, and the party whose file it is in. NotThere: out of scope."""
    actor = cast(Asked, request).actor
    found = Record.objects.select_related("party", "other").filter(pk=record_id).first()
    if found is None:
        raise NotThere
    party = party_seen_by(actor, found.party.merged_into_id or found.party_id, today())
    if not records_seen_by(actor, party).filter(pk=record_id).exists():
        raise NotThere
    if not found.stands:
        gone = Label(
            "这条记录已被更正或作废，请刷新后再看。",
            "This record was corrected or voided already; reload the page.",
        )
        raise Conflict(gone.zh, gone.en)
    return found, party
