"""Stages of the cast, built once by each test process and put back for every other test.

A stage is a function that brings the database from one known state to the next through the
project's own actions: the city, then the hall, then a sitting with its seats. Asking the actions
anew for every test took most of the time of the site's tests, and told nothing new.

    @stage
    def build_hall(city: City) -> Hall: ...

The first call does the work and keeps what it changed, row by row; a later call that begins from
the same state puts those rows back and returns an equal result. The same state is never guessed:
every statement that writes, on whatever connection of this process, ends it, and then the stage
does its work as if it were no stage.

A stage may change nothing but the database: what it would leave elsewhere, in a file or a setting,
a later test would miss.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.backends.signals import connection_created

__all__ = ["all_rows", "begin", "stage", "watch"]

P = ParamSpec("P")
R = TypeVar("R")
Row = tuple[Any, ...]
Rows = dict[Any, Row]

#: What a database is before a test wrote to it.
EMPTY = "empty"
_READS = ("SELECT", "SAVEPOINT", "RELEASE", "EXPLAIN", "PRAGMA", "SET", "BEGIN", "COMMIT")


@dataclass
class _State:
    """Which stage the database stands at; None: somewhere else."""

    at: str | None = None
    putting: bool = False


@dataclass(frozen=True)
class _Kept:
    """What a stage changed: of each table the rows that came or changed, and keys that went."""

    rows: dict[type[models.Model], list[Row]]
    gone: dict[type[models.Model], list[Any]]
    result: bytes


_state = _State()
_kept: dict[str, _Kept] = {}


def begin() -> None:
    """A test begins with an empty database."""
    _state.at = EMPTY


def watch() -> None:
    """See every statement of this process from now on; for the start of a test session."""
    connection_created.connect(_watch_connection, dispatch_uid="tests.stages")
    _watch_connection(connection=connection)


def stage(build: Callable[P, R]) -> Callable[P, R]:
    """Keep what `build` does to the database. Its arguments are what names the call: plain values,
    and nouns of the cast that follow from the state."""

    @wraps(build)
    def built(*args: P.args, **said: P.kwargs) -> R:
        if _state.at is None:
            return build(*args, **said)
        key = _key(build, args, said)
        kept = _kept.get(key)
        if kept is None:
            before = all_rows()
            result = build(*args, **said)
            _kept[key] = _changes(before, all_rows(), result)
        else:
            _put(kept)
            result = pickle.loads(kept.result)
        _state.at = key
        return result

    return built


def _key(build: Callable[..., Any], args: tuple[Any, ...], said: dict[str, Any]) -> str:
    words = [_word(one) for one in args] + [f"{k}={_word(v)}" for k, v in sorted(said.items())]
    # Within a transaction what waits for its end does not happen; on another day, something else.
    where = f"{connection.in_atomic_block} {settings.CRAFTPATH_TODAY} {settings.CRAFTPATH_SITE}"
    return f"{_state.at} > {build.__module__}.{build.__qualname__}({', '.join(words)}) {where}"


def _word(value: Any) -> str:
    if isinstance(value, models.Model):
        return f"{value._meta.label}:{value.pk}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_word, value))}]"
    # A noun of the cast holds what the state before says already.
    return type(value).__name__ if hasattr(value, "__dataclass_fields__") else repr(value)


# --- what writes -------------------------------------------------------------------------------


def _watch_connection(*, connection: Any, **_: Any) -> None:
    if _wrapper not in connection.execute_wrappers:
        connection.execute_wrappers.append(_wrapper)


def _wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if not _state.putting and not sql.lstrip().upper().startswith(_READS):
        _state.at = None
    return execute(sql, params, many, context)


# --- rows --------------------------------------------------------------------------------------


def _tables() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [one for one in found if one._meta.managed and not one._meta.proxy]


def all_rows() -> dict[type[models.Model], Rows]:
    """Every row of every table by its key."""
    found: dict[type[models.Model], Rows] = {}
    with connection.cursor() as cursor:
        for model in _tables():
            table, columns = _quoted(model)
            cursor.execute(f"SELECT {columns} FROM {table}")
            at = [field.attname for field in model._meta.local_concrete_fields].index(_pk(model))
            found[model] = {row[at]: row for row in cursor.fetchall()}
    return found


def _changes(
    before: dict[type[models.Model], Rows], after: dict[type[models.Model], Rows], result: Any
) -> _Kept:
    rows = {
        model: [row for key, row in found.items() if before[model].get(key) != row]
        for model, found in after.items()
    }
    gone = {
        model: [key for key, row in found.items() if after[model].get(key) != row]
        for model, found in before.items()
    }
    return _Kept(_some(rows), _some(gone), pickle.dumps(result))


def _some(found: dict[type[models.Model], list[Any]]) -> dict[type[models.Model], list[Any]]:
    return {model: rows for model, rows in found.items() if rows}


def _put(kept: _Kept) -> None:
    with _unwatched(), transaction.atomic(), connection.cursor() as cursor:
        for model, keys in kept.gone.items():
            table, _ = _quoted(model)
            column = connection.ops.quote_name(model._meta.pk.column)  # type: ignore[union-attr]
            cursor.executemany(f"DELETE FROM {table} WHERE {column} = %s", [(key,) for key in keys])
        for model, rows in kept.rows.items():
            table, columns = _quoted(model)
            places = ", ".join(["%s"] * len(rows[0]))
            written = [tuple(map(_as_stored, row)) for row in rows]
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", written)
        for sql in connection.ops.sequence_reset_sql(no_style(), list(kept.rows)):
            cursor.execute(sql)


def _as_stored(value: Any) -> Any:
    """SQLite keeps days and times as text; they are read as what they are, and not taken so."""
    timed = isinstance(value, dt.date | dt.time) and connection.vendor == "sqlite"
    return str(value) if timed else value


@contextmanager
def _unwatched() -> Iterator[None]:
    _state.putting = True
    try:
        yield
    finally:
        _state.putting = False


def _quoted(model: type[models.Model]) -> tuple[str, str]:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in model._meta.local_concrete_fields)
    return quote(model._meta.db_table), columns


def _pk(model: type[models.Model]) -> str:
    return model._meta.pk.attname  # type: ignore[union-attr]
