"""Who has to know at once that a record no longer stands: what rests on it falls with it.

The registry knows nobody above it. Whoever follows enrols when its app is ready, and is told
within the transaction that ends the record, so that either both are done or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from craftpath.access.roles import Actor

__all__ = ["Follower", "follow", "tell_followers"]

#: Called with who did it, the records that no longer stand, and why.
Follower = Callable[[Actor, Collection[int], str], None]

_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """From now on `follower` is told. Enrolling twice counts once."""
    if follower not in _followers:
        _followers.append(follower)


def tell_followers(actor: Actor, records: Collection[int], why: str) -> None:
    """Call it right after records were voided or superseded, in the same transaction."""
    if records:
        for follower in _followers:
            follower(actor, records, why)
