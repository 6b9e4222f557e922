"""Many applications written at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from craftpath.programmes.models import Application

__all__ = ["save_all"]


def save_all(changed: Sequence[Application], names: Sequence[str]) -> None:
    """Write these fields of applications of a held programme, and raise the version of each.

    One statement, prepared once: `bulk_update` builds a CASE of each slice, many times slower.
    The version is raised in the database; the objects keep the one that they have.
    """
    if not changed:
        return
    connection = transaction.get_connection()
    by_name = {field.name: field for field in Application._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    table = quote(Application._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {columns}, version = version + 1 WHERE id = %s",
            [
                (
                    *(f.get_db_prep_save(getattr(one, f.attname), connection) for f in fields),
                    one.pk,
                )
                for one in changed
            ],
        )
