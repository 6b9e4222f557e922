from __future__ import annotations

from django.urls import path

from craftpath.web.pages.issuing import cards, credentials, issuers, runs

urlpatterns = [
    path("", credentials.credentials, name="issuing"),
    path("credentials/<uuid:public_id>/", credentials.credential, name="issued"),
    path("credentials/<uuid:public_id>/change/", credentials.change, name="issued-change"),
    path("credentials/<uuid:public_id>.json", credentials.document, name="issued-document"),
    path("credentials/<uuid:public_id>.pdf", credentials.paper, name="issued-paper"),
    path("programmes/", runs.programmes, name="issuing-programmes"),
    path("programmes/<slug:slug>/", runs.programme, name="issuing-programme"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/progress/", runs.progress, name="run-progress"),
    path("runs/<int:run_id>/file/", runs.file, name="run-file"),
    path("runs/<int:run_id>/again/", runs.again, name="run-again"),
    path("runs/<int:run_id>/delete/", runs.delete, name="run-delete"),
    path("issuers/", issuers.issuers, name="issuing-issuers"),
    path("issuers/new/", issuers.register, name="issuer-new"),
    path("issuers/<int:issuer_id>/", issuers.issuer, name="issuing-issuer"),
    path("issuers/<int:issuer_id>/key/", issuers.next_key, name="key-make"),
    path("keys/<int:key_id>/retire/", issuers.retire, name="key-retire"),
    path("keys/<int:key_id>/break/", issuers.declare_broken, name="key-break"),
    path("cards/", cards.cards, name="card-uses"),
    path("cards/uses/<int:use_id>/take-back/", cards.take_back, name="card-take-back"),
]
