"""/api/docs, /api/openapi.json, and the interface under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from craftpath.api.description import docs, openapi
from craftpath.api.interface import api, in_json, nothing_here

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern) and _pattern.name != "api-root":
        _pattern.callback = in_json(_pattern.callback)

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs, name="api-docs"),
    path("openapi.json", openapi, name="openapi"),
    path("v1/", include((_patterns, _app), namespace=_namespace)),
    re_path(r"^(?P<path>v1/.*)$", nothing_here),
]
