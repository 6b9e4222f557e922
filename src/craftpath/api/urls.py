"""/api/docs, /api/openapi.json, and the interface under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from craftpath.api.description import docs, openapi
from craftpath.api.interface import api, in_json, nothing_here

_found, _app, _namespace = api.urls
# Without ninja's own root, which has nothing to show.
_patterns = [one for one in _found if isinstance(one, URLPattern) and one.name != "api-root"]
for _pattern in _patterns:
    _pattern.callback = in_json(_pattern.callback)

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs, name="api-docs"),
    path("openapi.json", openapi, name="openapi"),
    path("v1/", include((_patterns, _app), namespace=_namespace)),
    re_path(r"^(?P<path>v1/.*)$", nothing_here),
]
