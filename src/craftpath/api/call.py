"""An endpoint: who may call it is said where it is declared, as a page says it.

    @get(router, "/records/{record_id}", "view.desk", Record, Label("一条记录", "One record"))
    def one_record(call: Call, record_id: Number) -> Record: …

In this order: the address's limit, who calls, the token's limit, the permission table, the
idempotency key of a write; then the schemas read the request and the function is called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, cast, get_type_hints

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Router
from ninja.decorators import decorate_view
from ninja.responses import Status

from craftpath.access.errors import NotAllowed, TooOften
from craftpath.access.may import MAY, may
from craftpath.access.roles import Actor, Role
from craftpath.api.limits import BY_ADDRESS, BY_TOKEN, Limit
from craftpath.api.models import Token
from craftpath.api.once import HEADER, once
from craftpath.api.problems import NotKnown, problem_of
from craftpath.api.schemas.common import Problem
from craftpath.api.who import Caller, caller_of
from craftpath.engine.rules import Label

__all__ = ["BASE", "SEES", "Call", "calls", "get", "patch", "post", "put"]

#: Where `craftpath.api.urls` puts the interface.
BASE = "/api/v1/"
#: The views in which people and applications are seen, each by its own role.
SEES = ("view.own", "view.staff", "view.institution", "view.desk")

_F = TypeVar("_F", bound=Callable[..., Any])
_Run = Callable[..., HttpResponseBase]
_REFUSED = frozenset({400, 401, 403, 404, 409, 413, 422, 429, 500})


class Call(HttpRequest):
    """A request with who calls; `token` None: anybody."""

    actor: Actor
    token: Token | None


def _declare(
    method: str,
    router: Router,
    path: str,
    name: str | tuple[str, ...],
    answer: Any,
    told: Label,
    more: Label | None = None,
    *,
    status: int = 200,
    reads: bool = False,
    content: dict[str, Any] | None = None,
) -> Callable[[_F], _F]:
    """Declare an endpoint with its line of MAY; of several names, one is enough.

    answer   the schema of what comes back; None: `content`, a file
    told     what it does, `more` what else there is to know
    reads    it only reads, though it is a POST: takes no idempotency key
    """
    names = (name,) if isinstance(name, str) else name
    public = any(Role.PUBLIC in MAY[one] for one in names)
    writes = method != "GET" and not reads
    extra: dict[str, Any] = {"x-may": list(names), "security": _security(public)}
    if writes:
        extra["parameters"] = [_KEY_PARAMETER]
    if content is not None:
        extra["responses"] = {status: {"description": "OK", "content": content}}
    answers: dict[int | frozenset[int], Any] = {status: answer, _REFUSED: Problem}
    register = getattr(router, method.lower())

    def declare(view: _F) -> _F:
        answering = _answering(view, status)
        decorate_view(partial(_guarded, names, writes))(answering)
        register(
            path,
            response=answers,
            summary=f"{told.zh} / {told.en}",
            description=None if more is None else f"{more.zh}\n\n{more.en}",
            operation_id=view.__name__,
            openapi_extra=extra,
        )(answering)
        return view

    return declare


def _answering(view: _F, status: int) -> Callable[..., Any]:
    """Its result with its status. Without one, ninja takes a tuple of two for status and body."""

    @wraps(view)
    def answering(*args: Any, **kwargs: Any) -> Any:
        result = view(*args, **kwargs)
        return result if isinstance(result, HttpResponseBase) else Status(status, result)

    # ninja looks up the names of types where the function stands, which now is here.
    types = get_type_hints(view, include_extras=True)
    said = inspect.signature(view)
    answering.__signature__ = said.replace(  # type: ignore[attr-defined]
        parameters=[one.replace(annotation=types[name]) for name, one in said.parameters.items()]
    )
    return answering


def _security(public: bool) -> list[dict[str, list[str]]]:
    return [{}, {"token": []}] if public else [{"token": []}]


_KEY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,80}$"},
    "description": "同一个键的同一请求只办一次 / The same request under the same key is done once",
}

get = partial(_declare, "GET")
post = partial(_declare, "POST")
put = partial(_declare, "PUT")
patch = partial(_declare, "PATCH")


def _guarded(names: tuple[str, ...], writes: bool, run: _Run) -> _Run:
    @wraps(run)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            caller = _admitted(request, names)
            call = cast(Call, request)
            call.actor, call.token = caller.actor, caller.token
            key = request.headers.get(HEADER)
            do = partial(run, request, *args, **kwargs)
            if writes and key is not None and caller.token is not None:
                response = once(caller.token, key, request, do)
            else:
                response = do()
        except Exception as trouble:
            return problem_of(request, trouble)
        if caller.token is not None:
            response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


def _admitted(request: HttpRequest, names: tuple[str, ...]) -> Caller:
    """Who calls, if they may and not too often."""
    if "Authorization" not in request.headers:
        _count(BY_ADDRESS, BY_ADDRESS.ident(request))
    try:
        caller = caller_of(request)
    except NotKnown:
        # Whoever guesses at tokens is slowed down as anybody is.
        _count(BY_ADDRESS, BY_ADDRESS.ident(request))
        raise
    if caller.token is not None:
        _count(BY_TOKEN, str(caller.token.pk))
    if not any(may(caller.actor, name) for name in names):
        raise NotAllowed if caller.token is not None else NotKnown
    return caller


def _count(limit: Limit, ident: str) -> None:
    if not limit.allow(ident):
        raise TooOften(limit.wait())


def calls(api: NinjaAPI) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every endpoint as (method, path, names of MAY), by path."""
    return sorted(
        (method, path, tuple(operation["x-may"]))
        for path, methods in api.get_openapi_schema(path_prefix=BASE)["paths"].items()
        for method, operation in methods.items()
    )
