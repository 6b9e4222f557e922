"""Whether a credential holds: its signature, its issuer, its days, its status.

Only what one of our issuers signed is taken up; what it says of itself is believed afterwards. What
lies outside it (keys, status lists, the moment) is handed in, so nothing is fetched and no clock
is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from craftpath.proof.contexts import CREDENTIALS
from craftpath.proof.faults import Fault, Refused
from craftpath.proof.integrity import verify_proof
from craftpath.proof.keys import KeyOf
from craftpath.proof.moments import read_moment
from craftpath.proof.shape import check_shape
from craftpath.proof.status import Entry, Purpose, bit, decode, read_entry

__all__ = ["Credential", "ListOf", "check_credential", "check_signed"]

#: From the URL of a status list to the list as published, a signed credential; None: not to be had.
ListOf = Callable[[str], object]

_FAULT = {Purpose.REVOCATION: Fault.REVOKED, Purpose.SUSPENSION: Fault.SUSPENDED}


@dataclass(frozen=True)
class Credential:
    """A document whose signature is that of the issuer that it names.

    method    the verification method that signed it
    created   when it says that it was signed
    """

    id: str
    types: frozenset[str]
    issuer: str
    method: str
    created: dt.datetime
    valid_from: dt.datetime
    valid_until: dt.datetime | None
    status: tuple[Entry, ...]
    document: dict[str, Any]


def check_signed(document: object, key_of: KeyOf) -> Credential:
    """Signature and issuer alone; whether it holds today is not looked at. Refused otherwise."""
    found = check_shape(document)
    if found["@context"][0] != CREDENTIALS:
        raise Refused(Fault.UNKNOWN_CONTEXT)
    try:
        issuer = _text(found["issuer"]["id"] if _is_object(found["issuer"]) else found["issuer"])
        types = frozenset(_text(one) for one in _list(found["type"]))
        until = read_moment(found["validUntil"]) if "validUntil" in found else None
        parts = _text(found["id"]), types, read_moment(found["validFrom"]), _entries(found)
    except (KeyError, TypeError, ValueError):
        raise Refused(Fault.MALFORMED) from None
    method, created = verify_proof(found, key_of)
    if method.partition("#")[0] != issuer:
        raise Refused(Fault.WRONG_ISSUER)
    name, types, since, entries = parts
    return Credential(name, types, issuer, method, created, since, until, entries, found)


def check_credential(
    document: object, key_of: KeyOf, list_of: ListOf, moment: dt.datetime
) -> Credential:
    """The credential, if it holds at a moment. Refused otherwise, by the first fault in order.

    list_of   the status lists; without the one that a credential names it is not accepted
    """
    found = check_signed(document, key_of)
    if moment < found.valid_from:
        raise Refused(Fault.NOT_YET_VALID)
    for entry in sorted(found.status, key=lambda one: one.purpose is Purpose.SUSPENSION):
        if _is_set(entry, found.issuer, key_of, list_of, moment):
            raise Refused(_FAULT[entry.purpose])
    if found.valid_until is not None and found.valid_until <= moment:
        raise Refused(Fault.EXPIRED)
    return found


def _is_set(entry: Entry, issuer: str, key_of: KeyOf, list_of: ListOf, moment: dt.datetime) -> bool:
    """The entry's bit in its list. Refused: the list is not the issuer's, or out of its days."""
    try:
        found = check_signed(list_of(entry.list), key_of)
        subject = found.document["credentialSubject"]
        in_time = found.valid_from <= moment and not (
            found.valid_until is not None and found.valid_until <= moment
        )
        if (
            found.id == entry.list
            and found.issuer == issuer
            and "BitstringStatusListCredential" in found.types
            and subject["statusPurpose"] == entry.purpose.value
            and in_time
        ):
            return bit(decode(subject["encodedList"]), entry.index)
    except (Refused, KeyError, TypeError, ValueError):
        pass
    raise Refused(Fault.STATUS_UNKNOWN)


def _entries(document: dict[str, Any]) -> tuple[Entry, ...]:
    said = document.get("credentialStatus", [])
    return tuple(read_entry(one) for one in _list(said))


def _list(value: Any) -> list[Any]:
    """JSON-LD writes one value with or without its list."""
    return value if isinstance(value, list) else [value]


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value
