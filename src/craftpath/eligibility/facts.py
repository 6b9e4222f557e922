"""Facts on their way to the engine: nouns, plain columns or Arrow, as one records table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pyarrow as pa

from craftpath.evidence.schema import RECORDS, REQUIRED
from craftpath.pack.cases import Fact
from craftpath.pack.cases import facts_to_table as table_of_facts

__all__ = ["Fact", "Facts", "facts_to_table"]

#: Facts; or columns by name, each a sequence of the same length (such as `values_list` turned
#: round); or a table that already has the columns of the records file.
Facts: TypeAlias = Sequence[Fact] | Mapping[str, Sequence[Any]] | pa.Table


def facts_to_table(facts: Facts, others: Facts = ()) -> pa.Table:
    """The records table (`evidence.schema.RECORDS`) of some facts and others, in their order.

    A `Fact` without `known` is known from its first day; columns say it. ValueError: a
    column that there must be is missing, or there is one that no record has.
    """
    if len(others) == 0:
        return _table(facts)
    if isinstance(facts, Sequence) and isinstance(others, Sequence):
        return table_of_facts([*facts, *others])
    both = pa.concat_tables([_table(facts), _table(others)], promote_options="permissive")
    return both.unify_dictionaries()


def _table(facts: Facts) -> pa.Table:
    if isinstance(facts, pa.Table):
        return facts
    if not isinstance(facts, Mapping):
        return table_of_facts(facts)
    strange = facts.keys() - set(RECORDS.names)
    absent = set(REQUIRED) - facts.keys()
    if strange or absent:
        raise ValueError(
            f"the columns of records are {', '.join(RECORDS.names)}; "
            f"missing: {', '.join(sorted(absent)) or 'none'}; "
            f"not among them: {', '.join(sorted(strange)) or 'none'}"
        )
    rows = len(facts["party"])
    columns = [
        pa.array(facts[field.name], field.type)
        if field.name in facts
        else pa.nulls(rows, field.type)
        for field in RECORDS
    ]
    return pa.table(columns, RECORDS.names)
