"""The description of the interface (OpenAPI), and a page that shows it: from our own files only."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from craftpath.api.call import BASE
from craftpath.api.interface import api
from craftpath.engine.rules import Label

__all__ = ["description", "docs", "openapi"]

_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "在“账号 → 接口令牌”页生成 / made on the page “Account → API tokens”",
}


@cache
def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=BASE))
    found["components"]["securitySchemes"] = {"token": _SCHEME}
    return found


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


openapi.may = "view.public"  # type: ignore[attr-defined]


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """Every endpoint in words. No script: Swagger's page needs inline ones, which ours forbid."""
    zh, en = api.description.split("\n\nThe same actions", 1)
    about = Label(zh, f"The same actions{en}")
    return render(request, "api/docs.html", {"about": about, "groups": _groups()})


docs.may = "view.public"  # type: ignore[attr-defined]


@cache
def _groups() -> list[tuple[Label, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            tag = operation["tags"][0]
            groups.setdefault(tag, []).append(_shown(method, path, operation))
    return [(_both(tag), found) for tag, found in groups.items()]


def _shown(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    more = operation.get("description")
    zh, _, en = (more or "").partition("\n\n")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "label": _both(operation["summary"]),
        "more": Label(zh, en) if more else None,
        "open": {} in operation["security"],
        "may": operation["x-may"],
        "parameters": [_parameter(one) for one in operation.get("parameters", [])],
        "sent": _sent(operation),
        "answers": _answers(operation),
    }


def _both(text: str) -> Label:
    zh, _, en = text.partition(" / ")
    return Label(zh, en or zh)


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    schema = one["schema"]
    return {
        "name": one["name"],
        "where": one["in"],
        "required": one.get("required", False),
        "kind": _kind(schema),
        "help": _both(schema.get("description") or one.get("description") or ""),
    }


def _sent(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the body."""
    body = operation.get("requestBody")
    if body is None:
        return []
    (content,) = body["content"].values()
    schema = _looked_up(content["schema"])
    required = set(schema.get("required", []))
    return [
        {"name": name, "kind": _kind(field), "required": name in required}
        for name, field in schema.get("properties", {}).items()
    ]


def _answers(operation: dict[str, Any]) -> str:
    """What comes back where all is well."""
    for status, answer in operation["responses"].items():
        if int(status) < 300:
            contents = answer.get("content", {})
            said = " | ".join(
                _kind(one["schema"]) if kind == "application/json" else kind
                for kind, one in contents.items()
            )
            return f"{status} {said}".strip()
    return ""


def _looked_up(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rpartition("/")[2]
    found: dict[str, Any] = description()["components"]["schemas"][name]
    return found


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a word or two: "integer", "date | null", "[Answer]"."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'])}]"
    return str(schema.get("format") or schema.get("type") or "…")
