"""A write that carries an idempotency key is done once, however often it is sent.

    reserve the key ──▶ do it ──▶ keep the answer ──▶ sent again: the kept answer

The key is reserved in a transaction of its own; that there is one row for a token's key is the
database's word, so of two at the same moment one finds the other at work. An answer of 5xx is not
kept: nothing was done, and it may be tried again. Where the process was killed between the write
and the keeping, nobody knows whether it was done: that is what the caller is told, and it is not
done again by itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from craftpath.access.errors import Invalid
from craftpath.api.models import Answered, Token
from craftpath.api.problems import KeyTrouble
from craftpath.engine.rules import Label
from craftpath.outage import may_be_done

__all__ = ["HEADER", "KEPT", "REPLAYED", "once"]

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
#: How long an answer is kept. Bodies may hold personal data.
KEPT = dt.timedelta(hours=48)
#: No request takes as long: whoever reserved a key before that was killed.
_AT_WORK = dt.timedelta(minutes=10)
_KEY = re.compile(r"[\x21-\x7e]{1,80}")


def once(
    token: Token, key: str, request: HttpRequest, do: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The answer of `do`, or the one that it gave when the same request came under this key.

    KeyTrouble: the key was used for another request, or the first is still at work, or was killed.
    """
    if not _KEY.fullmatch(key):
        raise Invalid(
            {
                HEADER: Label(
                    "应为 1 至 80 个可见的 ASCII 字符。", "1 to 80 visible ASCII characters."
                )
            }
        )
    digest = _digest(request)
    mine = _reserve(token, key, digest)
    if mine is None:
        return _kept(token, key, digest, request, do)
    try:
        response = do()
    except BaseException as trouble:
        if not may_be_done(trouble):  # else the same key would do it a second time
            mine.delete()
        raise
    if response.status_code >= 500 or not isinstance(response, HttpResponse):
        mine.delete()
    else:
        Answered.objects.filter(pk=mine.pk).update(
            status=response.status_code, body=response.content.decode()
        )
    return response


def _reserve(token: Token, key: str, digest: str) -> Answered | None:
    try:
        with transaction.atomic():
            return Answered.objects.create(token=token, key=key, request=digest)
    except IntegrityError:
        return None


def _kept(
    token: Token,
    key: str,
    digest: str,
    request: HttpRequest,
    do: Callable[[], HttpResponseBase],
) -> HttpResponseBase:
    found = Answered.objects.filter(token=token, key=key).first()
    if found is None or found.at <= timezone.now() - KEPT:
        # Given up, or over, at this moment: begin anew.
        Answered.objects.filter(token=token, key=key, at__lte=timezone.now() - KEPT).delete()
        return once(token, key, request, do)
    if found.request != digest:
        raise KeyTrouble(
            "key-used",
            "这个幂等键已用于另一个请求，请换一个。",
            "This idempotency key was used for another request; take another.",
        )
    if found.status is None:
        raise _unfinished(found)
    response = HttpResponse(
        found.body, status=found.status, content_type="application/json; charset=utf-8"
    )
    response.headers[REPLAYED] = "true"
    return response


def _unfinished(found: Answered) -> KeyTrouble:
    if found.at > timezone.now() - _AT_WORK:
        return KeyTrouble(
            "key-at-work",
            "同一请求正在处理，请稍后用同一个键再试。",
            "The same request is at work; try again with the same key in a while.",
        )
    return KeyTrouble(
        "key-unfinished",
        "先前的请求中断了，不知是否已办成；请先查看结果，需要时换一个键再提交。",
        "The first request was cut short, and nobody knows whether it was done; look first, and "
        "send it with another key if it was not.",
    )


def _digest(request: HttpRequest) -> str:
    """SHA-256 of method, path and what was sent. Of a form the fields and files: the boundary
    between them differs each time."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        found.update(request.body)
        return found.hexdigest()
    for name in sorted(request.POST):
        found.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            found.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    return found.hexdigest()
