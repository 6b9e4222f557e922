"""Details as every database gives them back, so that the digest of what is read is that of what
was written."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

__all__ = ["plain_of"]


def plain_of(details: Mapping[str, Any] | None) -> dict[str, Any]:
    """As JSON, with numbers that are written in one way alone.

    PostgreSQL's jsonb keeps a number's value and not how it was written: 1e+22 comes back as a
    whole number and -0.0 as 0.0, and neither would have the digest that it was written with.
    """
    plain: dict[str, Any] = _told(
        json.loads(json.dumps(dict(details or {}), cls=DjangoJSONEncoder))
    )
    return plain


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {_told(name): _told(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_told(one) for one in value]
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() else value
    return value
