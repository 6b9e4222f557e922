"""What is registered, asked in bulk: a few queries for a slice, none for a row."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from django.db.models import F
from django.db.models.functions import Coalesce

from craftpath.registry.imports.checking import Known
from craftpath.registry.kinds import BIRTH, FOUNDED
from craftpath.registry.models import Identifier, Party, Record

__all__ = ["InDatabase", "standing_facts"]

T = TypeVar("T")
#: Both databases take more values in one query, SQLite by default not many more.
_MANY = 800


class InDatabase:
    """`checking.Registered`, from the database."""

    def parties(self, digests: Iterable[str]) -> Mapping[str, Known]:
        """The parties by the digests of their numbers; one merged away is answered by whom it
        went into."""
        wanted = sorted(set(digests))
        holders: dict[str, int] = {}
        for some in _slices(wanted):
            found = Identifier.objects.filter(digest__in=some).values_list(
                "digest", Coalesce(F("party__merged_into"), F("party"))
            )
            holders.update(found)
        known = _known(set(holders.values()))
        return {digest: known[holder] for digest, holder in holders.items()}


def _known(parties: Collection[int]) -> dict[int, Known]:
    facts = standing_facts(parties)
    found: dict[int, Known] = {}
    for some in _slices(sorted(parties)):
        rows = Party.objects.filter(pk__in=some).values_list("pk", "keys", "nature", "region")
        for pk, names, nature, region in rows:
            keys = facts.get(pk, ())
            born: list[dt.date] = sorted({k[3] for k in keys if k[0] in (BIRTH, FOUNDED)})
            starts = frozenset((k[0], k[1], k[2], k[3], k[5], k[6]) for k in keys)
            found[pk] = Known(
                pk,
                frozenset(names.split("\n")),
                nature,
                region,
                born[0] if born else None,
                len(born) > 1,
                frozenset(keys),
                starts,
            )
    return found


def standing_facts(parties: Collection[int]) -> dict[int, list[tuple[Any, ...]]]:
    """The `FactSaid.key` of every standing record of parties and of those merged into them."""
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for some in _slices(sorted(parties)):
        for field in ("party", "party__merged_into"):
            rows = Record.objects.filter(**{f"{field}__in": some}, known_until=None).values_list(
                field, "kind", "subject", "level", "start", "end", "quantity",
                Coalesce(F("other__merged_into"), F("other")),
            )  # fmt: skip
            for holder, *key in rows:
                found[holder].append(tuple(key))
    return found


def _slices(values: Collection[T]) -> Iterator[list[T]]:
    left = iter(values)
    while some := list(islice(left, _MANY)):
        yield some
