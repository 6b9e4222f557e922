"""The short signed token of a QR code: what a certificate says, checked without a network.

A compact JWS (RFC 7515) by EdDSA. Header: `alg` and `kid`, eight characters of the key's hash; a
checker holds the issuers' keys beforehand. Payload: a JSON list of seven, in this order:

    number      the certificate number
    what        a code: occupation, card …
    level       the code of the level, or ""
    holder      the name, masked by whoever issues it
    issued      days since 1970-01-01
    until       the first day on which it holds no longer, or 0
    made        the day on which the token was made

**What it proves** is that the issuer said so on the day on which it was made, and nothing of what
came after: who copies the picture has the same proof, and a revocation does not reach it. So it
carries its day, the checker decides how old it may be, and the answer that counts is the page's.
The name is masked and not hashed: a hash of a name gives the name to whoever tries all names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from craftpath.proof.faults import Fault, Refused
from craftpath.proof.keys import EDDSA, Key, PublicKey, Signer
from craftpath.proof.multibase import from_base64url, to_base64url

__all__ = ["Said", "key_id", "read_token", "write_token"]

#: The JWS algorithm of a cryptosuite's keys.
_ALGORITHMS = {EDDSA: "EdDSA"}
_LONGEST = 1024
_FIRST_DAY = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Said:
    """What a token says. Days are dates; `until` is the first day out, None: without end."""

    number: str
    what: str
    level: str
    holder: str
    issued: dt.date
    until: dt.date | None
    made: dt.date


def key_id(key: PublicKey) -> str:
    """Eight characters that name a key among those of an issuer, not a proof of anything."""
    return to_base64url(hashlib.sha256(key.raw).digest()[:6])


def write_token(said: Said, signer: Signer, kid: str) -> str:
    """ValueError: the signer's suite has no JWS algorithm."""
    if signer.cryptosuite not in _ALGORITHMS:
        raise ValueError(f"no JWS algorithm for {signer.cryptosuite}")
    until = _number(said.until) if said.until else 0
    days = [_number(said.issued), until, _number(said.made)]
    payload = [said.number, said.what, said.level, said.holder, *days]
    head = _json({"alg": _ALGORITHMS[signer.cryptosuite], "kid": kid})
    signed = f"{to_base64url(head)}.{to_base64url(_json(payload))}"
    return f"{signed}.{to_base64url(signer.sign(signed.encode('ascii')))}"


def read_token(text: str, key_of_kid: Callable[[str], Key | None], today: dt.date) -> Said:
    """What the token says, when its signature fits and it has not run out by today.

    Refused: TOO_LARGE, MALFORMED, UNKNOWN_KEY, UNKNOWN_SUITE, WRONG_SIGNATURE, NOT_YET_VALID (made
    on a later day than today), EXPIRED.
    """
    if len(text) > _LONGEST:
        raise Refused(Fault.TOO_LARGE)
    try:
        head, payload, signature = text.split(".")
        algorithm, kid = _read_head(from_base64url(head))
        mark = from_base64url(signature)
        said = _read_payload(from_base64url(payload))
    except (ValueError, OverflowError, RecursionError):
        raise Refused(Fault.MALFORMED) from None
    key = key_of_kid(kid)
    if key is None:
        raise Refused(Fault.UNKNOWN_KEY)
    if _ALGORITHMS.get(key.cryptosuite) != algorithm:
        raise Refused(Fault.UNKNOWN_SUITE)
    if not key.verify(mark, f"{head}.{payload}".encode("ascii")):
        raise Refused(Fault.WRONG_SIGNATURE)
    if said.made > today:
        raise Refused(Fault.NOT_YET_VALID)
    if said.until is not None and said.until <= today:
        raise Refused(Fault.EXPIRED)
    return said


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _read_head(content: bytes) -> tuple[str, str]:
    head = json.loads(content)
    if not isinstance(head, dict) or set(head) != {"alg", "kid"}:
        raise ValueError("a header of two parts")
    if not isinstance(head["alg"], str) or not isinstance(head["kid"], str):
        raise ValueError("a header of texts")
    return head["alg"], head["kid"]


def _read_payload(content: bytes) -> Said:
    parts = json.loads(content)
    if not isinstance(parts, list) or len(parts) != 7:
        raise ValueError("a payload of seven parts")
    number, what, level, holder, issued, until, made = parts
    if not all(isinstance(one, str) for one in (number, what, level, holder)):
        raise ValueError("four texts")
    ends = None if until == 0 else _day(until)
    return Said(number, what, level, holder, _day(issued), ends, _day(made))


def _number(day: dt.date) -> int:
    return (day - _FIRST_DAY).days


def _day(number: Any) -> dt.date:
    if type(number) is not int or number < 0:
        raise ValueError("a day is a number")
    return _FIRST_DAY + dt.timedelta(number)
