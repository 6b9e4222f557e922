"""Records of which a party has one: those that stand and say different things.

    contradicting(parties) -> list[Contradiction]   of parties that are one, or would be

What is claimed is asked about as well as what is verified: an earlier day that is only claimed
would otherwise go on beside the verified one. What a record says is its subject, level and
quantity, or its days where the kind has none of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from craftpath.eligibility import Fact, say_fact
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Kind
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Record
from craftpath.registry.settling import Choice, Contradiction

__all__ = ["contradicting", "contradicting_of", "differ"]


def contradicting(parties: Sequence[int]) -> list[Contradiction]:
    """By kind, in the pack's order; the choices by day. One choice stands for all that say so."""
    once = [kind.id for kind in site_pack().vocabulary.kinds.values() if kind.once]
    standing = Record.objects.filter(party__in=parties, kind__in=once, known_until=None)
    return contradicting_of(standing)


def contradicting_of(records: Iterable[Record]) -> list[Contradiction]:
    """The same, of the records of one party that are at hand."""
    once = {kind.id: kind for kind in site_pack().vocabulary.kinds.values() if kind.once}
    by_kind: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda one: (one.start, one.pk)):
        if record.stands:
            by_kind[record.kind].append(record)
    found = (_contradiction(kind, by_kind[id]) for id, kind in once.items())
    return [one for one in found if one is not None]


def differ(one: Record, other: Record) -> bool:
    """Whether two records of a kind say different things."""
    kind = site_pack().vocabulary.kinds[one.kind]
    return _what_it_says(kind, one) != _what_it_says(kind, other)


def _what_it_says(kind: Kind, record: Record) -> tuple[Any, ...]:
    said = (record.subject, record.level, record.quantity)
    return said if kind.codes or kind.scale or kind.unit else (record.start, record.end)


def _contradiction(kind: Kind, records: Sequence[Record]) -> Contradiction | None:
    said: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for record in records:
        said[_what_it_says(kind, record)].append(record)
    if len(said) < 2:
        return None
    return Contradiction(kind.id, kind.label, tuple(map(_choice, said.values())))


def _choice(records: Sequence[Record]) -> Choice:
    first = records[0]
    told = say_fact(site_pack(), _fact(first))
    zh = f"{told.zh}（档案 {first.party_id}）"
    en = f"{told.en} (file {first.party_id})"
    rows = tuple(one.pk for one in records)
    return Choice(f"record-{first.pk}", first.party_id, Label(zh, en), rows)


def _fact(record: Record) -> Fact:
    return Fact(
        party=record.party_id,
        kind=record.kind,
        subject=record.subject,
        level=record.level,
        start=record.start,
        end=record.end,
        quantity=record.quantity,
        other=record.other_id,
        status=record.status,
        known=record.known,
        known_until=None,
    )
