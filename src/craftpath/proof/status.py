"""Bitstring Status List v1.0 (W3C): which credentials of a list are revoked, or suspended.

One bit for each credential, the first entry the highest bit of the first byte. The list is
compressed (gzip), written as multibase base64url (`u…`) and signed as a credential of its own.
A list has at least 131,072 entries, so that asking for it does not say about whom one asks.
"""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from craftpath.proof.contexts import CREDENTIALS
from craftpath.proof.moments import write_moment
from craftpath.proof.multibase import from_base64url, to_base64url

__all__ = [
    "FEWEST",
    "MOST",
    "Entry",
    "Purpose",
    "bit",
    "bits_of",
    "decode",
    "encode",
    "read_entry",
    "status_list",
]

#: Entries that the standard asks for at least, and that we read at most.
FEWEST = 131_072
MOST = 1_048_576


class Purpose(Enum):
    """revocation is for good, suspension can be lifted."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True)
class Entry:
    """Where a credential stands in a list: the list's URL and the position, from 0."""

    list: str
    index: int
    purpose: Purpose

    def __post_init__(self) -> None:
        if not 0 <= self.index < MOST:
            raise ValueError("no position in a list")

    def as_json(self) -> dict[str, str]:
        return {
            "id": f"{self.list}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose.value,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list,
        }


def read_entry(value: object) -> Entry:
    """One value of `credentialStatus`. ValueError: it is none that is understood here."""
    if not isinstance(value, dict) or value.get("type") != "BitstringStatusListEntry":
        raise ValueError("no entry of a bitstring status list")
    if set(value) - {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}:
        raise ValueError("an entry with more than one bit")
    address, index = value.get("statusListCredential"), value.get("statusListIndex")
    if isinstance(index, int) and not isinstance(index, bool):
        index = str(index)  # some write a number where the standard has a text
    if not isinstance(address, str) or not isinstance(index, str):
        raise ValueError("an entry without its list or its index")
    if not (index.isascii() and index.isdecimal() and len(index) <= 7):
        raise ValueError("an index that is no number")
    return Entry(address, int(index), Purpose(value.get("statusPurpose")))


def bits_of(indices: Iterable[int], length: int = FEWEST) -> bytes:
    """A list with the bits at these positions set. ValueError: length or a position is out."""
    if length % 8 or not FEWEST <= length <= MOST:
        raise ValueError("a list has 131,072 entries or more, and whole bytes")
    bits = bytearray(length // 8)
    for index in indices:
        if not 0 <= index < length:
            raise ValueError(f"{index} lies outside a list of {length}")
        bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)


def bit(bits: bytes, index: int) -> bool:
    """Whether the bit at a position is set. ValueError: there is no such position."""
    if not 0 <= index < len(bits) * 8:
        raise ValueError(f"{index} lies outside a list of {len(bits) * 8}")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def encode(bits: bytes) -> str:
    """The same bits give the same text: no time of compression is kept."""
    return "u" + to_base64url(gzip.compress(bits, 9, mtime=0))


def decode(text: object) -> bytes:
    """The bits of an `encodedList`. ValueError: it is not one, or a list too short or too long.

    Never inflates more than a list of MOST entries, whatever the text would swell to.
    """
    if not isinstance(text, str) or not text.startswith("u"):
        raise ValueError("no multibase base64url text")
    inflate = zlib.decompressobj(wbits=31)
    try:
        bits = inflate.decompress(from_base64url(text[1:]), MOST // 8 + 1)
    except zlib.error:
        raise ValueError("no gzip") from None
    if not inflate.eof or inflate.unused_data or not FEWEST <= len(bits) * 8 <= MOST:
        raise ValueError("cut short, too long, or with something behind it")
    return bits


def status_list(
    address: str,
    issuer: str,
    purpose: Purpose,
    bits: bytes,
    valid_from: dt.datetime,
    valid_until: dt.datetime | None = None,
) -> dict[str, Any]:
    """The list as a credential, to be signed by the issuer of the credentials in it.

    address   the URL under which it is published
    issuer    the issuer's DID
    """
    until = {} if valid_until is None else {"validUntil": write_moment(valid_until)}
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": write_moment(valid_from),
        **until,
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose.value,
            "encodedList": encode(bits),
        },
    }
