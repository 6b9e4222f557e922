"""The kinds that the registry itself reads, as the site's pack names them."""

from __future__ import annotations

from django.conf import settings

from craftpath.eligibility import pack_of
from craftpath.engine.vocabulary import Kind
from craftpath.pack.nouns import Pack, RegistryKinds

__all__ = ["BIRTH", "FOUNDED", "kind_of", "own_kinds", "site_pack"]

#: The engine's own two: they say what is a person and what an organisation.
BIRTH, FOUNDED = "birth", "founded"


def site_pack() -> Pack:
    """The jurisdiction that this site runs."""
    return pack_of(settings.CRAFTPATH_PACK)


def own_kinds() -> RegistryKinds:
    return site_pack().registry


def kind_of(id: str) -> Kind | None:
    return site_pack().vocabulary.kinds.get(id)
