"""Files in the private uploads folder, and the rows that name them.

A file is stored before the transaction that names it, and taken away after the one that names it
no more. So whatever a row names is there at every moment, and what is not there was lost: that is
what `craftpath check` and the proof of a backup look for. A process killed in between leaves a file
too many, never one too few.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction

from craftpath.outage import may_be_done

__all__ = ["Lost", "discard", "file_fields", "let_go", "lost", "stored"]


@dataclass(frozen=True)
class Lost:
    """A file that a row names and that is not there.

    row  the model and the number of the row: "registry.Batch 17"
    """

    row: str
    field: str
    name: str

    def __str__(self) -> str:
        return f"{self.row} {self.field}: {self.name}"


@contextmanager
def stored(path: str, content: bytes) -> Iterator[str]:
    """The name of a file that the block writes into a row, in a transaction of its own.

    Where the block is refused, nothing names the file and it goes again. Where it is not known
    whether a row names it (the database went at its end, or the process is told to stop), it stays.
    """
    name = default_storage.save(path, ContentFile(content))
    try:
        yield name
    except BaseException as trouble:
        if not may_be_done(trouble):
            discard(name)
        raise


def let_go(row: models.Model, field: str) -> None:
    """The row names its file no more from this transaction on; the file goes once it is
    committed."""
    name = getattr(row, field).name
    setattr(row, field, "")
    row.save(update_fields=[field])
    if name:
        transaction.on_commit(partial(discard, name), robust=True)


def discard(name: str) -> None:
    """Take away a file that no row names (any more, or because what would have named it failed)."""
    default_storage.delete(name)


def file_fields() -> list[models.FileField]:
    """Every field of every model that names a file."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]


def lost() -> Iterator[Lost]:
    """What rows name and is not there."""
    for field in file_fields():
        named = field.model._default_manager.exclude(**{field.name: ""})
        named = named.exclude(**{field.name: None}).order_by("pk")
        for pk, name in named.values_list("pk", field.name).iterator():
            if not default_storage.exists(name):
                yield Lost(f"{field.model._meta.label} {pk}", field.name, name)
