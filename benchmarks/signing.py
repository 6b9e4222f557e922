"""Signing credentials, against bare canonicalisation and signature of the same bytes.

A hundred credentials of a skill level, each with its own number, holder and place in the status
lists, as a batch has them. The floor is PyLD's `normalize` of document and proof options, two
hashes and an Ed25519 signature, nothing checked; the contexts are processed once and kept, as ours
are (PyLD as it comes would process some anew each time). Ours is `add_proof`: the same, with every
bound and every check. Rounds of the two take turns in one process, so that neither has the quieter
machine. Verifying and the short token are timed beside them.

    python -m benchmarks.signing CREDENTIALS ROUNDS
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from benchmarks.measure import best_of, report
from craftpath.engine.rules import Label
from craftpath.proof.badge import Achievement, Alignment, Badge, Issuer, Level, badge_document
from craftpath.proof.contexts import pinned
from craftpath.proof.integrity import add_proof, verify_proof
from craftpath.proof.keys import LocalSigner
from craftpath.proof.multibase import from_base58
from craftpath.proof.status import Entry, Purpose
from craftpath.proof.token import Said, key_id, read_token, write_token

BASE = "https://craftpath.example"
DID = "did:web:craftpath.example"
SIGNED = dt.datetime(2025, 8, 27, 1, 0, tzinfo=dt.UTC)
LEVELS = tuple(Level(code, Label(f"{code}级", f"level {code}")) for code in "05432178")
RAW = bytes(range(32))


def credentials(count: int) -> list[dict[str, Any]]:
    some = Label("电工 职业技能等级", "Electrician, skill level")
    alignment = Alignment(
        "6-31-01-03",
        Label("电工", "Electrician"),
        f"{BASE}/occupations/6-31-01-03",
        "中华人民共和国职业分类大典（2022年版）",
    )
    achievement = Achievement(
        f"{BASE}/achievements/6-31-01-03",
        some,
        some,
        some,
        alignment=(alignment,),
        levels=LEVELS,
    )
    return [
        badge_document(
            Badge(
                id=f"urn:uuid:0198e4c1-5a40-7000-8000-{at:012d}",
                issuer=Issuer(DID, Label("某评价机构", "An assessment body"), BASE),
                achievement=achievement,
                number=f"S00004419000125{at % 5 + 1}{at:06d}",
                holder=f"员工{at}",
                salt=f"{at:016d}",
                valid_from=SIGNED,
                level="54321"[at % 5],
                status=tuple(Entry(f"{BASE}/status/{one.value}/1", at, one) for one in Purpose),
            )
        )
        for at in range(count)
    ]


def bare() -> Callable[[dict[str, Any]], bytes]:
    """What has to be computed, and nothing besides."""
    key = Ed25519PrivateKey.from_private_bytes(RAW)

    def load(address: str, _: Any) -> dict[str, Any]:
        return {"document": pinned()[address], "documentUrl": address, "contextUrl": None}

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "base": None,
        "documentLoader": load,
        "contextResolver": ContextResolver({}, load),
    }

    def digest(document: dict[str, Any]) -> bytes:
        return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()

    def sign(document: dict[str, Any]) -> bytes:
        proof = {
            "@context": document["@context"],
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2025-08-27T01:00:00Z",
            "verificationMethod": f"{DID}#key-1",
            "proofPurpose": "assertionMethod",
        }
        return key.sign(digest(proof) + digest(document))

    return sign


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(count: int, rounds: int) -> None:
    documents = credentials(count)
    signer, floor = LocalSigner.of_bytes(RAW, f"{DID}#key-1"), bare()
    signed = [add_proof(one, signer, SIGNED) for one in documents]
    for mine, one in zip(signed, documents, strict=True):
        # The contexts are warm on both sides, and both have signed the same.
        assert floor(one) == from_base58(mine["proof"]["proofValue"])
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(timed(lambda: [floor(one) for one in documents]))
        ours.append(timed(lambda: [add_proof(one, signer, SIGNED) for one in documents]))
    verify, _ = best_of(
        rounds, lambda: [verify_proof(one, lambda _: signer.public) for one in signed]
    )
    day, kid = SIGNED.date(), key_id(signer.public)
    said = Said("S000044190001253000001", "6-31-01-03", "3", "李*红", day, None, day)
    tokens = [write_token(said, signer, kid) for _ in documents]
    token, _ = best_of(rounds, lambda: [write_token(said, signer, kid) for _ in documents])
    read, _ = best_of(
        rounds, lambda: [read_token(one, {kid: signer.public}.get, day) for one in tokens]
    )
    report(
        ours,
        count=count,
        bare=min(theirs),
        verify=min(verify),
        token=min(token),
        read=min(read),
        length=len(tokens[0]),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
