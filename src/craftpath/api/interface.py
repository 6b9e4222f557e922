"""The interface: every endpoint of it, and how it tells what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

from craftpath.access.errors import NotThere
from craftpath.api.problems import NoMethod, problem_of, told
from craftpath.api.routes import (
    applications,
    audit,
    credentials,
    imports,
    me,
    parties,
    programmes,
    public,
    sittings,
    staff,
)

__all__ = ["api", "in_json", "nothing_here"]

_ABOUT = """\
与网页相同的操作：同样的权限、同样的校验、同样的留痕。令牌在“账号 → 接口令牌”页生成，放在 \
`Authorization: Bearer cp_…` 头中；不接受浏览器的登录状态。标为公开的接口不需要令牌。

写操作可带 `Idempotency-Key` 头：48 小时内，同一个键的同一请求只办一次，再次发送得到原来的答复。\
每分钟的请求数有上限，超过时返回 429，`Retry-After` 说明需等待的秒数。日期写成 `2025-06-30`；\
时段含首日、不含末日。

The same actions as the pages: the same permissions, checks and traces. A token is made on the \
page “Account → API tokens” and stands in the header `Authorization: Bearer cp_…`; a browser's \
log-in is not accepted. What is marked open needs none.

A write may carry the header `Idempotency-Key`: for 48 hours the same request under the same key \
is done once, and sent again gets the first answer. Requests a minute are limited; beyond that \
comes a 429, and `Retry-After` says how many seconds to wait. A day is written `2025-06-30`; a \
time includes its first day and not its last.
"""


def _told(request: HttpRequest, trouble: Exception | type[Exception]) -> HttpResponse:
    return problem_of(request, trouble if isinstance(trouble, Exception) else trouble())


class _Readable(JSONRenderer):
    """Chinese as it is written."""

    json_dumps_params: Mapping[str, Any] = MappingProxyType({"ensure_ascii": False})


api = NinjaAPI(
    renderer=_Readable(),
    title="匠途 craftpath",
    version="1",
    description=_ABOUT,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
)
for _trouble in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(_trouble, _told)
for _routes in (
    public,
    me,
    parties,
    staff,
    applications,
    programmes,
    sittings,
    credentials,
    imports,
    audit,
):
    api.add_router("", _routes.router)


def in_json(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view whose 405 is told as any other refusal."""

    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        refused = told(NoMethod())
        refused.headers["Allow"] = response.headers["Allow"]
        return refused

    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


def nothing_here(request: HttpRequest, path: str = "") -> HttpResponse:
    return told(NotThere("没有这个接口地址。", "There is no such address in the interface."))


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]
