"""Pages for anyone."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from craftpath.web.pages.public import lookups, programmes, rules, try_it

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
]
