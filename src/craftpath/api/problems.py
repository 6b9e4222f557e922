"""Every refusal of the interface in one form: status, a code for programs, two languages.

{"status": 422, "code": "invalid", "zh": "…", "en": "…", "problems": {"start": {"zh", "en"}}}
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja.errors import HttpError, ValidationError

from craftpath.access.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotThere,
    Refusal,
    TooMuch,
    TooOften,
)
from craftpath.engine.rules import Label

__all__ = ["KeyTrouble", "NoMethod", "NotKnown", "Unread", "problem_of", "told"]

log = logging.getLogger("craftpath.api")


class NotKnown(Refusal):
    """401: there is no token, or one that does not work (any more)."""

    status = 401

    def __init__(
        self,
        zh: str = "请在 Authorization 头中给出有效的令牌：Bearer cp_…。",
        en: str = "Give a token that works in the Authorization header: Bearer cp_…",
    ) -> None:
        super().__init__(zh, en)


class Unread(Refusal):
    """400: what was sent cannot be read at all."""

    def __init__(
        self, zh: str = "无法读取请求内容，请核对格式。", en: str = "What was sent cannot be read."
    ) -> None:
        super().__init__(zh, en)


class NoMethod(Refusal):
    status = 405

    def __init__(self) -> None:
        super().__init__("此地址不接受这种方法。", "This address does not take that method.")


class KeyTrouble(Conflict):
    """409: an idempotency key that is in use, or was used for something else. `code` says which."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.code = code


_CODES: Sequence[tuple[type[Refusal], str]] = (
    (NotKnown, "not-known"),
    (NotAllowed, "not-allowed"),
    (NotThere, "not-there"),
    (NoMethod, "no-method"),
    (Conflict, "conflict"),
    (TooMuch, "too-much"),
    (Invalid, "invalid"),
    (TooOften, "too-often"),
    (Unread, "unread"),
)


def problem_of(request: HttpRequest, trouble: Exception) -> HttpResponse:
    """The answer for whatever went wrong. What nobody foresaw is logged and told as a plain 500."""
    refusal = _refusal(trouble)
    if refusal is None:
        log.error("%s %s", request.method, request.path, exc_info=trouble)
        refusal = _OUR_FAULT
    else:
        log.info("refused %s %s: %s", request.method, request.path, refusal)
    return told(refusal)


def told(refusal: Refusal) -> HttpResponse:
    code = getattr(refusal, "code", "") or next(
        (code for kind, code in _CODES if isinstance(refusal, kind)), "refused"
    )
    body = {
        "status": refusal.status,
        "code": code,
        **_plain(refusal.label),
        "problems": {field: _plain(problem) for field, problem in _problems(refusal).items()},
    }
    response = JsonResponse(body, status=refusal.status, json_dumps_params={"ensure_ascii": False})
    if isinstance(refusal, NotKnown):
        response.headers["WWW-Authenticate"] = 'Bearer realm="craftpath"'
    if isinstance(refusal, TooOften):
        response.headers["Retry-After"] = str(refusal.wait)
    response.headers["Cache-Control"] = "no-store"
    return response


def _problems(refusal: Refusal) -> Mapping[str, Label]:
    """By field; where something is refused for several reasons, each of them by its number."""
    reasons: Sequence[Label] = getattr(refusal, "reasons", ())
    numbered = {f"reasons.{at}": reason for at, reason in enumerate(reasons)}
    found: Mapping[str, Label] = getattr(refusal, "problems", numbered)
    return found


def _plain(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


class _OurFault(Refusal):
    status = 500
    code = "our-fault"


_OUR_FAULT = _OurFault(
    "系统出错，已经记录；请稍后再试。", "Something went wrong here; it was logged. Try again later."
)


def _refusal(trouble: Exception) -> Refusal | None:
    if isinstance(trouble, Refusal):
        return trouble
    if isinstance(trouble, ValidationError):
        return Invalid(_fields(trouble.errors))
    if isinstance(trouble, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return TooMuch("提交的内容太大。", "What was sent is too large.")
    if isinstance(trouble, Http404):
        return NotThere()
    if isinstance(trouble, MultiPartParserError | UnreadablePostError):
        return Unread()
    if isinstance(trouble, HttpError) and trouble.status_code == 400:
        return Unread("请求内容不是 JSON，请核对。", "What was sent is no JSON; check it.")
    return None


# --- what the schemas find ----------------------------------------------------------------------


def _fields(errors: Sequence[Mapping[str, Any]]) -> dict[str, Label]:
    """By field: "start", "groups.0.places"; where a field is wrong in several ways, the first."""
    found: dict[str, Label] = {}
    for error in errors:
        found.setdefault(_name(error["loc"]), _said(error))
    return found


def _name(place: Sequence[Any]) -> str:
    """Without the part of the request and the name that our function has for the body."""
    source, *rest = place
    if source in ("body", "form", "file") and rest and rest[0] == "sent":
        rest = rest[1:]
    return ".".join(str(part) for part in rest)


def _said(error: Mapping[str, Any]) -> Label:
    kind, bounds = str(error["type"]), error.get("ctx", {})
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        sign = {"greater_than_equal": "≥", "less_than_equal": "≤", "greater_than": ">"}.get(
            kind, "<"
        )
        bound = bounds.get("ge", bounds.get("le", bounds.get("gt", bounds.get("lt"))))
        return Label(f"应 {sign} {bound}。", f"It has to be {sign} {bound}.")
    if kind in ("string_too_long", "too_long"):
        return Label(f"至多 {bounds['max_length']}。", f"At most {bounds['max_length']}.")
    if kind in ("string_too_short", "too_short"):
        return Label(f"至少 {bounds['min_length']}。", f"At least {bounds['min_length']}.")
    if kind in ("enum", "literal_error"):
        return Label(f"只能是：{bounds['expected']}。", f"One of: {bounds['expected']}.")
    if kind == "day":
        return Label(bounds["zh"], bounds["en"])
    for start, label in _KINDS.items():
        if kind.startswith(start):
            return label
    return Label("内容有误，请核对。", f"{error['msg']}.")


_SIGNS = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<"}
_KINDS = {
    "missing": Label("必须填写。", "This has to be given."),
    "extra_forbidden": Label(
        "没有这个字段，请核对拼写。", "There is no such field; check its name."
    ),
    "string_pattern_mismatch": Label("格式不对。", "That is not its form."),
    "string": Label("应为文字。", "It has to be a text."),
    "int": Label("应为整数。", "It has to be a whole number."),
    "float": Label("应为数字。", "It has to be a number."),
    "decimal": Label("应为数字。", "It has to be a number."),
    "finite_number": Label("应为数字。", "It has to be a number."),
    "bool": Label("应为 true 或 false。", "It has to be true or false."),
    "list": Label("应为数组。", "It has to be an array."),
    "dict": Label("应为对象。", "It has to be an object."),
    "model": Label("应为对象。", "It has to be an object."),
}
