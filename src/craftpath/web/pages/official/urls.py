"""The official's desk, under /desk/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from craftpath.web.pages.official import (
    applications,
    editor,
    parties,
    programmes,
    queue,
    records,
    sittings,
)

_ONE = "programmes/<slug:slug>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", queue.desk, name="desk"),
    path("confirm/", queue.confirm, name="desk-confirm"),
    path("decide/", queue.decide_many, name="desk-decide"),
    path("applications/<str:serial>/", applications.application, name="desk-application"),
    path("applications/<str:serial>/decide/", applications.decide, name="desk-application-decide"),
    path("applications/<str:serial>/override/", applications.override, name="desk-override"),
    path(
        "applications/<str:serial>/override/<int:override_id>/",
        applications.answer,
        name="desk-override-answer",
    ),
    path("documents/<int:document_id>/", applications.document, name="desk-document"),
    path("programmes/", programmes.programmes, name="desk-programmes"),
    path("programmes/new/", editor.new, name="desk-programme-new"),
    path("programmes/new/by-hand/", editor.by_hand, name="desk-programme-by-hand"),
    path("programmes/new/from/<str:template_id>/", editor.use_template, name="desk-programme-from"),
    path(_ONE, programmes.programme, name="desk-programme"),
    path(_ONE + "edit/", editor.edit, name="desk-programme-edit"),
    path(_ONE + "publish/", programmes.publish, name="desk-programme-publish"),
    path(_ONE + "close/", programmes.close, name="desk-programme-close"),
    path(_ONE + "commit/", programmes.commit, name="desk-programme-commit"),
    path(_ONE + "list/", programmes.list_entrants, name="desk-programme-list"),
    path(_ONE + "run/", programmes.run, name="desk-programme-run"),
    path(_ONE + "share/", programmes.share, name="desk-programme-share"),
    path(_ONE + "finish/", programmes.finish_it, name="desk-programme-finish"),
    path(_ONE + "marks/", programmes.marks, name="desk-programme-marks"),
    path(_ONE + "objections/<int:objection_id>/", programmes.answer, name="desk-objection-answer"),
    path(
        _ONE + "objections/<int:objection_id>/contact/",
        programmes.contact,
        name="desk-objection-contact",
    ),
    path("sittings/", sittings.sittings, name="desk-sittings"),
    path("sittings/<slug:slug>/", sittings.sitting, name="desk-sitting"),
    path("parties/", parties.parties, name="desk-parties"),
    path("parties/number/", parties.find_number, name="desk-find-number"),
    path("parties/new/person/", parties.new_person, name="desk-person-new"),
    path("parties/new/organisation/", parties.new_organisation, name="desk-organisation-new"),
    path("parties/<int:party_id>/", parties.party, name="desk-party"),
    path("parties/<int:party_id>/reasons/", parties.reasons, name="desk-reasons"),
    path(
        "parties/<int:party_id>/numbers/<int:identifier_id>/",
        parties.show_number,
        name="desk-number",
    ),
    path("parties/<int:party_id>/records/", records.choose, name="desk-record-choose"),
    path("parties/<int:party_id>/records/<slug:kind>/", records.add, name="desk-record-add"),
    path("records/<int:record_id>/correct/", records.correct, name="desk-record-correct"),
    path("records/<int:record_id>/verify/", records.verify, name="desk-record-verify"),
    path("records/<int:record_id>/void/", records.void, name="desk-record-void"),
]
