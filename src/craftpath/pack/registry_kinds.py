"""Reading which kinds a registry reads for itself: where a party is, who sees whom."""

from __future__ import annotations

from collections.abc import Mapping

from craftpath.engine.vocabulary import Kind
from craftpath.pack.nodes import Node
from craftpath.pack.nouns import RegistryKinds
from craftpath.pack.problems import Notes
from craftpath.pack.values import fields_of, read_items, read_one_of

__all__ = ["read_registry_kinds"]


def read_registry_kinds(node: Node, kinds: Mapping[str, Kind], notes: Notes) -> RegistryKinds:
    """`registry: {employed: KIND, sex: KIND, person-places: [KIND…], …}`; what is left out plays
    no part. A kind that does not fit its part is noted."""
    fields = fields_of(node, notes, "`registry`")
    if fields is None:
        return RegistryKinds()
    people = {id: kind for id, kind in kinds.items() if kind.about != "organisation"}
    pointing = {id: kind for id, kind in people.items() if kind.other}
    filed = {id: k for id, k in kinds.items() if k.codes and k.scale and k.about != "person"}
    placed = {id: kind for id, kind in kinds.items() if kind.codes == "region"}

    def one(name: str, fitting: Mapping[str, Kind]) -> str | None:
        found = fields.take(name)
        return None if found is None else read_one_of(found, fitting, notes, f"`{name}`")

    def some(name: str, fitting: Mapping[str, Kind]) -> tuple[str, ...]:
        listed = fields.take(name)
        if listed is None:
            return ()
        read = (
            read_one_of(item, fitting, notes, f"a kind of `{name}`")
            for item in read_items(listed, notes, f"`{name}`")
        )
        return tuple(kind for kind in read if kind is not None)

    def shares() -> dict[str, str]:
        listed = fields.take("shares")
        pairs = fields_of(listed, notes, "`shares`") if listed is not None else None
        if pairs is None:
            return {}
        read = {}
        for id, kind in kinds.items():
            share = pairs.take(id) if kind.unit == "place" else None
            if share is None:
                continue
            like = {
                other: one
                for other, one in kinds.items()
                if one.unit == "percent"
                and (one.codes, one.scale, one.about) == (kind.codes, kind.scale, kind.about)
            }
            named = read_one_of(share, like, notes, f"the share of `{id}`")
            if named is not None:
                read[id] = named
        pairs.close()
        return read

    found = RegistryKinds(
        employed=one("employed", pointing),
        sex=one("sex", people),
        person_places=some("person-places", {k: v for k, v in placed.items() if k in people}),
        organisation_places=some("organisation-places", placed),
        learners=some("learners", pointing),
        filing=one("filing", filed),
        engaged=some("engaged", pointing),
        shown=some("shown", people),
        shares=shares(),
    )
    fields.close()
    return found
