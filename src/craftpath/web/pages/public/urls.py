"""Pages for anyone."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from craftpath.web.pages.public import issuers, lookups, programmes, rules, try_it, verify

urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
    path("programmes/<slug:slug>/object/", programmes.objection, name="object"),
    path("programmes/<slug:slug>/draw.json", programmes.draw_file, name="draw-file"),
    path("programmes/<slug:slug>/entrants.txt", programmes.entrants, name="draw-entrants"),
    path("try/", try_it.try_it, name="try"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<str:rule_id>/", rules.rule, name="rule"),
    path("codes/<slug:list_id>/", lookups.codes, name="codes"),
    path("organisations/", lookups.organisations, name="organisations"),
    # Proofs. Those without a slash at their end stand in what is signed: `credentials.addresses`.
    path("verify/", verify.verify, name="verify"),
    path("v/<str:token>", verify.by_code, name="verify-code"),
    path("s/<str:secret>", verify.shared, name="shared"),
    path("credentials/<uuid:public_id>", verify.credential, name="credential"),
    path("achievements/<slug:kind>/<str:code>", issuers.achievement, name="achievement"),
    path("codes/<slug:list_id>/<str:code>", issuers.code, name="code"),
    path("issuers/", issuers.issuers, name="issuers"),
    path("issuers/<slug:slug>/", issuers.issuer, name="issuer"),
    path("issuers/<slug:slug>/did.json", issuers.did, name="issuer-did"),
    path(
        "issuers/<slug:slug>/lists/<slug:purpose>/<int:number>", issuers.status, name="status-list"
    ),
]
