"""Data Integrity proofs (W3C VC Data Integrity 1.0): `eddsa-rdfc-2022` by Ed25519 keys.

    signed = add_proof(document, signer, created)
    verify_proof(signed, key_of)

What is signed: SHA-256 of the canonical proof options, then SHA-256 of the canonical document. A
suite of another key type over the same canonical form (SM2, say) brings its own `Signer` and `Key`
and nothing here changes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from craftpath.proof.canonical import Canonicaliser, canonicaliser
from craftpath.proof.faults import Fault, Refused
from craftpath.proof.keys import KeyOf, Signer
from craftpath.proof.moments import read_moment, write_moment
from craftpath.proof.multibase import from_base58, to_base58

__all__ = ["add_proof", "only_proof", "verify_proof"]

_TYPE = "DataIntegrityProof"
_PURPOSE = "assertionMethod"
_PARTS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}

Document = dict[str, Any]


def add_proof(
    document: Document,
    signer: Signer,
    created: dt.datetime,
    canonical: Canonicaliser | None = None,
) -> Document:
    """The document with its proof; the one given is left as it is.

    created     the moment of signing, with its zone
    canonical   another set of contexts than the pinned ones

    Refused: the document says something that would not be signed. ValueError: it has a proof.
    """
    if "proof" in document:
        raise ValueError("the document has a proof")
    options = {
        "type": _TYPE,
        "cryptosuite": signer.cryptosuite,
        "created": write_moment(created),
        "verificationMethod": signer.method,
        "proofPurpose": _PURPOSE,
    }
    signature = signer.sign(_to_sign(document, options, canonical or canonicaliser()))
    return {**document, "proof": {**options, "proofValue": to_base58(signature)}}


def verify_proof(
    document: Document, key_of: KeyOf, canonical: Canonicaliser | None = None
) -> tuple[str, dt.datetime]:
    """The verification method by which the document is signed, and when it says that it was.

    key_of   from the URL of a verification method to its key, or None where it is not known

    Refused, for whatever is wrong. Whether the method belongs to the issuer named, and whether the
    document holds on a day, is for `craftpath.proof.check`.
    """
    proof = only_proof(document)
    if not isinstance(proof, dict):
        raise Refused(Fault.UNSIGNED)
    if proof.get("type") != _TYPE or proof.get("proofPurpose") != _PURPOSE:
        raise Refused(Fault.UNSIGNED, "proof")
    if set(proof) != _PARTS:
        raise Refused(Fault.MALFORMED, "proof")
    method = proof["verificationMethod"]
    try:
        created, signature = read_moment(proof["created"]), _signature(proof["proofValue"])
    except ValueError:
        raise Refused(Fault.MALFORMED, "proof") from None
    key = key_of(method) if isinstance(method, str) else None
    if key is None:
        raise Refused(Fault.UNKNOWN_KEY)
    if proof["cryptosuite"] != key.cryptosuite:
        raise Refused(Fault.UNKNOWN_SUITE)
    bare = {part: value for part, value in document.items() if part != "proof"}
    options = {part: value for part, value in proof.items() if part != "proofValue"}
    if not key.verify(signature, _to_sign(bare, options, canonical or canonicaliser())):
        raise Refused(Fault.WRONG_SIGNATURE)
    return method, created


def only_proof(document: Document) -> object:
    """What stands as its proof. A list of one is that one: the standard lets it be written so, and
    its own issuer does (Verifiable Credential Data Integrity 1.0, 4.2)."""
    proof = document.get("proof")
    return proof[0] if isinstance(proof, list) and len(proof) == 1 else proof


def _signature(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("no text")
    return from_base58(text)


def _to_sign(document: Document, options: Document, canonical: Canonicaliser) -> bytes:
    context = {"@context": document.get("@context")}
    return _hash(canonical, {**context, **options}) + _hash(canonical, document)


def _hash(canonical: Canonicaliser, document: Document) -> bytes:
    return hashlib.sha256(canonical.nquads(document)).digest()
