"""The schema of a site's database as lines that can be compared: what is not the same is a line.

Read from the database itself, not through Django: what Django thinks of it is what is in question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

__all__ = ["schema_of"]


Ask = Callable[[str], list[tuple[Any, ...]]]


def schema_of(ask: Ask, *, postgresql: bool) -> list[str]:
    """A line for each column, constraint, index and migration, sorted. `ask` runs a query."""
    lines = _postgresql(ask) if postgresql else _sqlite(ask)
    migrations = ask("SELECT app, name FROM django_migrations")
    return sorted([*lines, *(f"migration {app}.{name}" for app, name in migrations)])


def _sqlite(ask: Ask) -> list[str]:
    """Of each table the parts of its own statement, in whatever order: a column that was added
    later stands at the end. Indexes, triggers and views as they were created."""
    lines = []
    for sort, name, table, sql in ask("SELECT type, name, tbl_name, sql FROM sqlite_master"):
        if sql is None or name.startswith("sqlite_"):
            continue  # what SQLite makes by itself
        if sort == "table":
            body = sql[sql.index("(") + 1 : sql.rindex(")")]
            lines += [f"{table}: {part}" for part in _parts(body)]
        else:
            lines.append(f"{table}: {_plain(sql)}")
    return lines


def _parts(body: str) -> list[str]:
    """Split at the commas that stand in no bracket and no quotes."""
    parts, depth, quote, part = [], 0, "", ""
    for letter in body:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        depth += (letter == "(") - (letter == ")") if not quote else 0
        if letter == "," and depth == 0 and not quote:
            parts.append(part)
            part = ""
        else:
            part += letter
    return [_plain(one) for one in (*parts, part)]


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()


def _postgresql(ask: Ask) -> list[str]:
    asked = {
        "column": """
            SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                a.attidentity, coalesce(pg_get_expr(d.adbin, d.adrelid), '')
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relkind IN ('r', 'v', 'm', 'p') AND c.relnamespace = 'public'::regnamespace
                AND a.attnum > 0 AND NOT a.attisdropped""",
        "constraint": """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
        "index": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "trigger": """
            SELECT tgrelid::regclass::text, pg_get_triggerdef(oid)
            FROM pg_trigger WHERE NOT tgisinternal""",
        "sequence": "SELECT sequencename, data_type::text FROM pg_sequences",
        "extension": "SELECT extname FROM pg_extension",
    }
    lines = [" ".join([sort, *map(str, row)]) for sort, sql in asked.items() for row in ask(sql)]
    return [_without_casts(line) for line in lines]


def _without_casts(line: str) -> str:
    """PostgreSQL writes an expression that came out of a dump with its casts elsewhere, and with
    other brackets around them: neither is compared."""
    return re.sub(r"::(character varying|[a-z]+)(\[\])?|[()]", "", line)
