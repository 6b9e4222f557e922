"""The lottery that anyone can check: `craftpath-draw-1` (docs/decisions/0011).

Before the window closes the operator publishes a commitment to a secret seed and to the terms.
After it the list of entrants is published by its hash, then the public event that the terms named
takes place, then the seed is revealed. Each entrant's ticket follows from seed, list and event;
the lowest tickets come first.

Everything that is hashed is text in UTF-8, one item to a line, each line ended by one line feed,
the first line saying the scheme and what the text is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from craftpath.allotment.nouns import Allotment, Entrant, Quota, keyed_once
from craftpath.allotment.share import fill

__all__ = [
    "SCHEME",
    "SEED_BYTES",
    "Draw",
    "PublicEvent",
    "Terms",
    "commitment",
    "hold_draw",
    "is_line",
    "list_hash",
    "lottery",
    "ticket",
]

SCHEME = "craftpath-draw-1"
SEED_BYTES = 32
_LONGEST_LINE = 300


def is_line(text: object) -> bool:
    """Whether a text may stand on one line of what is hashed: printable, trimmed, not `-`."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= _LONGEST_LINE
        and text.isprintable()
        and text == text.strip()
        and text != "-"
    )


@dataclass(frozen=True)
class PublicEvent:
    """An event of a stated day that nobody taking part can steer, named before it happens.

    source  what will be read, to the letter: which draw of which lottery, which figures of it
    day     the day on which it becomes known
    """

    source: str
    day: dt.date

    def __post_init__(self) -> None:
        if not is_line(self.source):
            raise ValueError("the name of the public event is no printable line")


@dataclass(frozen=True)
class Terms:
    """What is fixed, and published with the commitment, before the window closes.

    programme     the programme's public id
    committed_on  the day on which the commitment was published
    closes_on     the first day on which nobody can apply any more
    quota         places, as they will be shared out
    public        the event to be mixed in; None: none, and the operator has to be trusted

    ValueError: an id that is no printable line. Days out of order are `verify_draw`'s to find.
    """

    programme: str
    committed_on: dt.date
    closes_on: dt.date
    quota: Quota
    public: PublicEvent | None = None

    def __post_init__(self) -> None:
        if not is_line(self.programme):
            raise ValueError("the programme's id is no printable line")


@dataclass(frozen=True)
class Draw:
    """One draw with all that is needed to check it: what a draw file holds.

    entrants    key and group of each, sorted by key
    public_value  what the public event turned out to be; None where the terms name none
    placed, waiting  keys in order
    """

    terms: Terms
    commitment: str
    listed_on: dt.date
    entrants: tuple[tuple[str, str | None], ...]
    list_hash: str
    seed: bytes
    public_value: str | None
    placed: tuple[str, ...]
    waiting: tuple[str, ...]


# --- what is hashed ------------------------------------------------------------------------


def commitment(terms: Terms, seed: bytes) -> str:
    """SHA-256 (hex) over the terms and the seed. ValueError: the seed is not of 32 bytes."""
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes")
    quota, event = terms.quota, terms.public
    places = "-" if quota.places is None else str(quota.places)
    return _sha256(
        "commitment",
        terms.programme,
        terms.committed_on.isoformat(),
        terms.closes_on.isoformat(),
        event.source if event else "-",
        event.day.isoformat() if event else "-",
        f"{places} {quota.left_over.value}",
        *(f"{group} {kept}" for group, kept in sorted(quota.by_group.items())),
        seed.hex(),
    )


def list_hash(
    programme: str, listed_on: dt.date, entrants: Iterable[tuple[str, str | None]]
) -> str:
    """SHA-256 (hex) over the list of entrants: key, tab, group or `-`, sorted by key."""
    lines = (f"{key}\t{group or '-'}" for key, group in sorted(entrants, key=lambda e: e[0]))
    return _sha256("list", programme, listed_on.isoformat(), *lines)


def ticket(seed: bytes, list_hash: str, public_value: str | None, key: str) -> str:
    """HMAC-SHA-256 (hex) under the seed over list, event and key: an entrant's ticket."""
    message = _text("ticket", list_hash, public_value or "-", key)
    return hmac.new(seed, message, hashlib.sha256).hexdigest()


def _sha256(what: str, *lines: str) -> str:
    return hashlib.sha256(_text(what, *lines)).hexdigest()


def _text(what: str, *lines: str) -> bytes:
    return "".join(f"{line}\n" for line in (f"{SCHEME} {what}", *lines)).encode()


# --- drawing -------------------------------------------------------------------------------


def lottery(
    entrants: Iterable[Entrant],
    quota: Quota,
    seed: bytes,
    list_hash: str,
    public_value: str | None = None,
) -> Allotment:
    """Places in the order of tickets, low first. Only keys and groups of the entrants matter."""
    tickets = {e: ticket(seed, list_hash, public_value, e.key) for e in keyed_once(entrants)}
    return fill(sorted(tickets, key=lambda e: (tickets[e], e.key)), quota)


def hold_draw(
    terms: Terms,
    seed: bytes,
    entrants: Iterable[Entrant],
    listed_on: dt.date,
    public_value: str | None = None,
) -> tuple[Draw, Allotment]:
    """Hold a draw: the document to publish, and the allotment with our own ids.

    ValueError: what would not verify afterwards: an event without its value or the other way
    round, days out of order, no printable value.
    """
    everybody = keyed_once(entrants)
    if (terms.public is None) != (public_value is None):
        raise ValueError("the terms name a public event and the value is missing, or neither is so")
    if public_value is not None and not is_line(public_value):
        raise ValueError("the public value is no printable line")
    if not terms.committed_on < terms.closes_on <= listed_on:
        raise ValueError("commitment, close of the window and list are not in this order")
    if terms.public is not None and terms.public.day <= listed_on:
        raise ValueError("the public event is known before the list is published")
    listed = tuple((e.key, e.group) for e in sorted(everybody, key=lambda e: e.key))
    sum = list_hash(terms.programme, listed_on, listed)
    found = lottery(everybody, terms.quota, seed, sum, public_value)
    keys = {e.id: e.key for e in everybody}
    draw = Draw(
        terms,
        commitment(terms, seed),
        listed_on,
        listed,
        sum,
        seed,
        public_value,
        tuple(keys[id] for id in found.placed),
        tuple(keys[id] for id in found.waiting),
    )
    return draw, found
