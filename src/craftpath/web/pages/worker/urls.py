"""The worker's own pages, under /me/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from craftpath.web.pages.worker import (
    applications,
    data,
    messages,
    my_path,
    near,
    records,
    sittings,
    wallet,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", my_path.my_path, name="my-path"),
    path("records/", records.my_records, name="my-records"),
    path("records/add/", records.choose_kind, name="record-add"),
    path("records/add/<slug:kind>/", records.add, name="record-add-kind"),
    path("records/<int:record_id>/correct/", records.correct, name="record-correct"),
    path("records/<int:record_id>/void/", records.void, name="record-void"),
    path("near/", near.near_me, name="near-me"),
    path("apply/<slug:slug>/", applications.apply, name="apply"),
    path("applications/", applications.my_applications, name="my-applications"),
    path("applications/<str:serial>/", applications.my_application, name="my-application"),
    path("applications/<str:serial>/change/", applications.change, name="application-change"),
    path("applications/<str:serial>/submit/", applications.hand_in, name="application-submit"),
    path(
        "applications/<str:serial>/withdraw/", applications.take_back, name="application-withdraw"
    ),
    path("applications/<str:serial>/documents/", applications.upload, name="application-upload"),
    path("applications/<str:serial>/ticket/", sittings.ticket, name="my-ticket"),
    path("applications/<str:serial>/appeal/", applications.appeal, name="application-appeal"),
    path("sittings/", sittings.my_sittings, name="my-sittings"),
    path("documents/<int:document_id>/", applications.document, name="my-document"),
    path("messages/", messages.my_messages, name="my-messages"),
    path("data/", data.my_data, name="my-data"),
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/<uuid:public_id>.json", wallet.proof_document, name="proof-document"),
    path("wallet/<uuid:public_id>.pdf", wallet.proof_paper, name="proof-paper"),
    path("wallet/shares/<int:share_id>/withdraw/", wallet.withdraw, name="share-withdraw"),
]
