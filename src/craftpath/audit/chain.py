"""Append to the audit chain, and find what was changed behind its back.

Each entry's digest is HMAC-SHA256, under the site's audit key, over the entry as canonical JSON
and the digest before it. Whoever can write to the database but does not have the key cannot
change, insert, reorder or drop an entry without `verify` naming the place; the head row, bound
by the same key, shows an end that was cut off.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from craftpath.audit.models import Entry, Head
from craftpath.audit.plain import plain_of
from craftpath.bulk import insert_all
from craftpath.engine.rules import Label

__all__ = ["START", "Broken", "Deed", "append", "append_all", "verify"]

#: What the first entry has before it.
START = "0" * 64

_COLUMNS = [field.attname for field in Entry._meta.concrete_fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What an entry will say; the names are the entry's own."""

    user: int | None
    actor: str
    action: str
    object: str = ""
    party: int | None = None
    origin: str = "command"
    address: str = ""
    why: str = ""
    details: Mapping[str, Any] | None = None


def append(deed: Deed) -> Entry:
    """Write the next entry: `append_all` of one."""
    return append_all([deed])[0]


def append_all(deeds: Iterable[Deed]) -> list[Entry]:
    """Write the next entries, in this order: the same chain as if each were appended by itself.

    Call it inside the transaction of the things done, as its last step: the head is locked once,
    and stays so until that transaction ends. TypeError: outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TypeError("an audit entry belongs to the transaction of what it tells")
    told = list(deeds)
    if not told:
        return []
    head = Head.objects.select_for_update().filter(pk=1).first() or _first()
    entries = []
    for deed in told:
        entry = _next(head, deed)
        head.number, head.digest = entry.number, entry.digest
        entries.append(entry)
    insert_all(Entry, _COLUMNS, ([getattr(one, name) for name in _COLUMNS] for one in entries))
    head.seal = _seal(head)
    head.save(update_fields=["number", "digest", "seal"])
    return entries


def _next(head: Head, deed: Deed) -> Entry:
    entry = Entry(
        number=head.number + 1,
        at=timezone.now(),
        user=deed.user,
        actor=deed.actor[:200],
        action=deed.action,
        object=deed.object,
        party=deed.party,
        origin=deed.origin,
        address=deed.address,
        why=deed.why,
        details=plain_of(deed.details),
        previous=head.digest,
    )
    entry.digest = _digest(entry)
    return entry


def _first() -> Head:
    """The head before there is any entry. Two at once: one waits for the other."""
    Head.objects.bulk_create([Head(pk=1, digest=START, seal="")], ignore_conflicts=True)
    return Head.objects.select_for_update().get(pk=1)


@dataclass(frozen=True)
class Broken:
    """A place where the log is not as it was written. `number`: the entry's, or the next one's."""

    number: int
    label: Label


def verify(size: int = 5000) -> Iterator[Broken]:
    """Every place where the chain does not hold, in order; nothing where it is whole."""
    previous, expected = START, 1
    for entry in Entry.objects.order_by("number").iterator(chunk_size=size):
        if entry.number != expected:
            yield Broken(
                expected,
                Label(
                    f"缺少第 {expected} 至 {entry.number - 1} 条",
                    f"entries {expected} to {entry.number - 1} are missing",
                ),
            )
        elif entry.previous != previous:
            yield Broken(
                entry.number,
                Label(
                    f"第 {entry.number} 条与前一条不衔接",
                    f"entry {entry.number} does not follow the one before it",
                ),
            )
        if not hmac.compare_digest(entry.digest, _digest(entry)):
            yield Broken(
                entry.number,
                Label(
                    f"第 {entry.number} 条的内容被改动",
                    f"entry {entry.number} was changed",
                ),
            )
        previous, expected = entry.digest, entry.number + 1
    head = Head.objects.filter(pk=1).first()
    if head is None and expected == 1:
        return
    whole = (
        head is not None
        and (head.number, head.digest) == (expected - 1, previous)
        and hmac.compare_digest(head.seal, _seal(head))
    )
    if not whole:
        yield Broken(
            expected,
            Label(
                f"末端不符：第 {expected - 1} 条之后被截断或添加",
                f"the end does not agree: something after entry {expected - 1} was cut or added",
            ),
        )


def _digest(entry: Entry) -> str:
    at = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    told = [
        entry.number,
        at,
        entry.user,
        entry.actor,
        entry.action,
        entry.object,
        entry.party,
        entry.origin,
        entry.address,
        entry.why,
        entry.details,
        entry.previous,
    ]
    return _hmac(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _seal(head: Head) -> str:
    return _hmac(f"head {head.number} {head.digest}")


def _hmac(text: str) -> str:
    key = settings.CRAFTPATH_AUDIT_KEY.encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
