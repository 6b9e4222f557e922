"""What every schema is made of: texts, days, numbers, two languages, pages, problems."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from craftpath.evidence.reasons import FIRST_DAY, LAST_DAY

__all__ = [
    "Code",
    "Day",
    "In",
    "Line",
    "Number",
    "Paged",
    "Paging",
    "Problem",
    "Region",
    "Said",
    "Serial",
    "Slug",
    "Text",
    "Told",
    "paged",
]

T = TypeVar("T")

#: No text that a database could not hold: PostgreSQL takes no NUL.
Text = Annotated[str, StringConstraints(max_length=5000, pattern=r"^[^\x00]*$")]
Line = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")]
Slug = Annotated[str, StringConstraints(max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]
Serial = Annotated[str, StringConstraints(max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]
Region = Annotated[str, StringConstraints(max_length=12, pattern=r"^[0-9]+$")]
#: Of a row. SQLite and PostgreSQL hold 64 bits.
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _read_day(said: Any) -> Any:
    """A day is not a midnight, and no number of seconds."""
    if isinstance(said, dt.date) and not isinstance(said, dt.datetime):
        return said
    if isinstance(said, str) and _DAY.fullmatch(said):
        try:
            return dt.date.fromisoformat(said)
        except ValueError:
            pass
    raise PydanticCustomError(
        "day",
        "not a day",
        {"zh": "日期应写成 2025-06-30。", "en": "A day is written as 2025-06-30."},
    )


def _in_range(day: dt.date) -> dt.date:
    if not FIRST_DAY <= day.isoformat() < LAST_DAY:
        raise PydanticCustomError(
            "day",
            "out of range",
            {
                "zh": f"日期应在 {FIRST_DAY} 至 {LAST_DAY} 之间。",
                "en": f"A day is between {FIRST_DAY} and {LAST_DAY}.",
            },
        )
    return day


Day = Annotated[dt.date, BeforeValidator(_read_day), AfterValidator(_in_range)]


class In(Schema):
    """What is sent: a field that there is not is a slip, and said to be one."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)


class Told(Schema):
    """One text in both languages."""

    zh: str
    en: str


class Said(Schema):
    """What came of it."""

    done: int = Field(description="多少项 / how many")


class Problem(Schema):
    """Why something is refused. `problems`: by field, what is wrong and how to mend it."""

    status: int
    code: str
    zh: str
    en: str
    problems: dict[str, Told]


class Paging(In):
    """Which part of a list."""

    limit: int = Field(25, ge=1, le=100, description="每页条数 / how many, at most 100")
    offset: int = Field(0, ge=0, le=1_000_000, description="从第几条起 / how many to leave out")


class Paged(Schema, Generic[T]):
    """A part of a list. `next`: the offset of the next part, null at the end."""

    items: list[T]
    total: int
    next: int | None


def paged(found: QuerySet[Any] | list[Any] | tuple[Any, ...], paging: Paging) -> dict[str, Any]:
    """The part of a list that is asked for. A queryset comes with an order that leaves no ties."""
    total = len(found) if isinstance(found, list | tuple) else found.count()
    end = paging.offset + paging.limit
    items = list(found[paging.offset : end])
    return {"items": items, "total": total, "next": end if end < total else None}
