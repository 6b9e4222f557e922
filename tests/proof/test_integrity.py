"""Proofs: the W3C's own, byte for byte; what a signature covers; what is refused and why."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftpath.proof.badge import badge_document
from craftpath.proof.canonical import Canonicaliser
from craftpath.proof.contexts import pinned
from craftpath.proof.faults import Fault, Refused
from craftpath.proof.integrity import add_proof, verify_proof
from craftpath.proof.keys import LocalSigner, PublicKey, did_key
from craftpath.proof.multibase import from_base58
from craftpath.proof.status import Purpose, bit, decode, read_entry
from tests.proof.cast import ALONE, FIRST, SIGNED, badge, key_of, signed

VECTORS = Path(__file__).parent / "vectors"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


def vector(name: str) -> Any:
    return json.loads((VECTORS / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def examples() -> Canonicaliser:
    """The W3C's vectors use a context that is none of ours: it defines every word that there is."""
    return Canonicaliser(pinned() | {EXAMPLES: vector("credentials-examples-v2.json")})


def fault_of(document: Any, **kwargs: Any) -> Fault:
    with pytest.raises(Refused) as refused:
        verify_proof(document, kwargs.pop("key_of", key_of), **kwargs)
    return refused.value.fault


# --- what others issue by the standard ---------------------------------------------------------

ISSUED = VECTORS / "1edtech"


def key_in_the_fragment(method: str) -> PublicKey | None:
    fragment = method.partition("#")[2]
    return did_key(f"did:key:{fragment}#{fragment}")


def test_reads_a_proof_that_is_a_list_of_one() -> None:
    """First seen to be refused as unsigned, as the issuer of the standard writes it."""
    document = json.loads((ISSUED / "simple.json").read_text("utf-8"))
    assert isinstance(document["proof"], list)
    method, created = verify_proof(document, key_in_the_fragment)
    assert method.startswith("https://example.com/issuers/876543#") and created.year == 2010


def test_reads_a_status_list_that_others_signed() -> None:
    document = json.loads((VECTORS / "1edtech-status" / "testlist").read_text("utf-8"))
    verify_proof(document, key_in_the_fragment)
    bits = decode(document["credentialSubject"]["encodedList"])
    assert [at for at in range(len(bits) * 8) if bit(bits, at)] == [23]


@pytest.mark.parametrize(
    "name", ["credential-status-revoked.json", "credential-status-revoked-blank-nodes.json"]
)
def test_reads_where_a_credential_of_others_stands(name: str) -> None:
    document = json.loads((VECTORS / "1edtech-status" / name).read_text("utf-8"))
    verify_proof(document, key_in_the_fragment)
    entry = read_entry(document["credentialStatus"])
    assert (entry.index, entry.purpose) == (23, Purpose.REVOCATION)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("simple-err-proof-value.json", Fault.WRONG_SIGNATURE),
        ("simple-multiple-proofs.json", Fault.UNSIGNED),
    ],
)
def test_still_refuses_what_is_no_signature_of_it(name: str, fault: Fault) -> None:
    document = json.loads((ISSUED / name).read_text("utf-8"))
    with pytest.raises(Refused) as refused:
        verify_proof(document, key_in_the_fragment)
    assert refused.value.fault == fault


def test_notices_a_change_in_what_others_issued() -> None:
    document = json.loads((ISSUED / "simple.json").read_text("utf-8"))
    document["name"] = "Another badge"
    with pytest.raises(Refused) as refused:
        verify_proof(document, key_in_the_fragment)
    assert refused.value.fault == Fault.WRONG_SIGNATURE


# --- the W3C's test vectors -------------------------------------------------------------------


def test_it_signs_the_vector_of_the_w3c_byte_for_byte(examples: Canonicaliser) -> None:
    expected = vector("signed-credential.json")
    bare = {part: value for part, value in expected.items() if part != "proof"}
    secret = from_base58(vector("key-pair.json")["privateKeyMultibase"])
    assert secret[:2] == b"\x80\x26"  # multicodec: an Ed25519 private key
    signer = LocalSigner.of_bytes(secret[2:])
    created = dt.datetime.fromisoformat(expected["proof"]["created"])
    assert signer.public.multikey == vector("key-pair.json")["publicKeyMultibase"]
    assert add_proof(bare, signer, created, examples) == expected


def test_it_hashes_document_and_options_as_the_w3c_does(examples: Canonicaliser) -> None:
    document = vector("signed-credential.json")
    options = document.pop("proof")
    del options["proofValue"]
    options["@context"] = document["@context"]
    for what, file in ((document, "doc-hash.txt"), (options, "proof-config-hash.txt")):
        digest = hashlib.sha256(examples.nquads(what)).hexdigest()
        assert digest == (VECTORS / file).read_text("ascii").strip()


def test_it_accepts_the_vector_and_refuses_it_changed(examples: Canonicaliser) -> None:
    document = vector("signed-credential.json")
    method, created = verify_proof(document, did_key, examples)
    assert (method, created) == (document["proof"]["verificationMethod"], created)
    document["credentialSubject"]["alumniOf"] = "Another School"
    assert fault_of(document, key_of=did_key, canonical=examples) is Fault.WRONG_SIGNATURE


EMPLOYMENT = "w3c-eddsa-employment/"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"


@pytest.fixture(scope="module")
def citizenship() -> Canonicaliser:
    known = {CITIZENSHIP: vector(EMPLOYMENT + "citizenship-v4rc1.jsonld")}
    return Canonicaliser(pinned() | known)


def test_it_signs_the_second_vector_of_the_w3c_byte_for_byte(citizenship: Canonicaliser) -> None:
    """Without an `id`, with nodes within nodes, and pictures in addresses."""
    expected = vector(EMPLOYMENT + "signedDataInt.json")
    bare = {part: value for part, value in expected.items() if part != "proof"}
    secret = from_base58(vector(EMPLOYMENT + "keyPair.json")["privateKeyMultibase"])
    created = dt.datetime.fromisoformat(expected["proof"]["created"])
    assert add_proof(bare, LocalSigner.of_bytes(secret[2:]), created, citizenship) == expected
    digests = [
        hashlib.sha256(citizenship.nquads(what)).hexdigest()
        for what in (vector(EMPLOYMENT + "proofConfigDataInt.json"), bare)
    ]
    for digest, file in zip(digests, ("proofHash", "docHash"), strict=True):
        assert digest == (VECTORS / EMPLOYMENT / f"{file}DataInt.txt").read_text("ascii").strip()
    whole = (VECTORS / EMPLOYMENT / "combinedHashDataInt.txt").read_text("ascii").strip()
    assert whole == "".join(digests)


# --- what a signature covers ------------------------------------------------------------------


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every single value in a document."""
    if isinstance(value, dict):
        return [one for key, some in value.items() for one in places(some, (*path, key))]
    if isinstance(value, list):
        return [one for at, some in enumerate(value) for one in places(some, (*path, at))]
    return [path]


PLACES = places(signed())
OTHERS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["did:web:elsewhere.example", "https://x.example/1", "2030-01-01T00:00:00Z"]),
    st.booleans(),
    st.integers(-5, 5),
    st.none(),
    st.floats(),
    st.just([]),
    st.just({}),
)


@given(st.sampled_from(PLACES), OTHERS)
def test_it_refuses_any_single_value_changed(path: tuple[Any, ...], other: Any) -> None:
    document = copy.deepcopy(signed())
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    if at[path[-1]] == other and type(at[path[-1]]) is type(other):
        return
    at[path[-1]] = other
    with pytest.raises(Refused):
        verify_proof(document, key_of)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_it_refuses_a_letter_more_in_any_text(path: tuple[Any, ...]) -> None:
    document = copy.deepcopy(signed())
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = at[path[-1]] + "x" if isinstance(at[path[-1]], str) else not at[path[-1]]
    with pytest.raises(Refused):
        verify_proof(document, key_of)


@pytest.mark.parametrize(
    "added",
    [
        {"grade": "excellent"},  # no context defines it
        {"@index": "x"},
        {"@reverse": {"issuer": "https://x.example/1"}},
        {"https://x.example/term": "x"},
        {"name": None},
        {"evidence": []},
    ],
    ids=str,
)
@pytest.mark.parametrize("place", ["document", "subject"])
def test_it_neither_signs_nor_accepts_what_would_not_be_covered(
    added: dict[str, Any], place: str
) -> None:
    def put(document: dict[str, Any]) -> dict[str, Any]:
        document = copy.deepcopy(document)
        (document if place == "document" else document["credentialSubject"]).update(added)
        return document

    with pytest.raises(Refused):
        add_proof(put(badge_document(badge())), FIRST, SIGNED)
    assert fault_of(put(signed())) in {Fault.UNKNOWN_TERM, Fault.MALFORMED}


def test_it_refuses_an_address_that_would_end_its_quad() -> None:
    """Addresses stand in N-Quads as they are: one could bring a line of its own with it."""
    document = badge_document(badge())
    document["id"] = 'urn:x> <https://schema.org/name> "y" .\n<urn:x'
    with pytest.raises(Refused):
        add_proof(document, FIRST, SIGNED)


@pytest.mark.parametrize("address", ["relative", "/path", "#part", "_:b0", "", "@id", "a b:c"])
def test_it_refuses_addresses_that_are_not_absolute(address: str) -> None:
    document = badge_document(badge())
    document["credentialSubject"]["achievement"]["id"] = address
    with pytest.raises(Refused):
        add_proof(document, FIRST, SIGNED)


# --- proofs that are none ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"type": "Ed25519Signature2020"}, Fault.UNSIGNED),
        ({"proofPurpose": "authentication"}, Fault.UNSIGNED),
        ({"cryptosuite": "eddsa-jcs-2022"}, Fault.UNKNOWN_SUITE),
        ({"cryptosuite": ["eddsa-rdfc-2022"]}, Fault.UNKNOWN_SUITE),
        ({"verificationMethod": "did:web:elsewhere.example#key-1"}, Fault.UNKNOWN_KEY),
        ({"verificationMethod": {"id": "did:web:elsewhere.example#key-1"}}, Fault.UNKNOWN_KEY),
        ({"created": "2025-08-27"}, Fault.MALFORMED),
        ({"created": "2025-13-27T01:00:00Z"}, Fault.MALFORMED),
        ({"created": "2025-08-27T01:00:01Z"}, Fault.WRONG_SIGNATURE),
        ({"proofValue": "u" + "A" * 86}, Fault.MALFORMED),
        ({"proofValue": "z" + "1" * 1_000_000}, Fault.MALFORMED),
        ({"proofValue": "z111"}, Fault.WRONG_SIGNATURE),
        ({"proofValue": 5}, Fault.MALFORMED),
        ({"domain": "craftpath.example"}, Fault.MALFORMED),
    ],
    ids=str,
)
def test_it_says_what_is_wrong_with_a_proof(change: dict[str, Any], fault: Fault) -> None:
    document = signed()
    document["proof"] = document["proof"] | change
    assert fault_of(document) is fault


@pytest.mark.parametrize("proof", [None, "", [], {}, [signed()["proof"]] * 2, [[]]], ids=str)
def test_it_takes_one_proof_and_no_list_of_several(proof: Any) -> None:
    assert fault_of(signed() | {"proof": proof}) is Fault.UNSIGNED


def test_it_refuses_the_signature_of_another_document() -> None:
    other = signed(number="S000044190001253000002")
    assert fault_of(signed() | {"proof": other["proof"]}) is Fault.WRONG_SIGNATURE


def test_it_signs_as_a_did_key_too() -> None:
    assert verify_proof(signed(ALONE), key_of) == (ALONE.public.method, SIGNED)


def test_a_signer_can_be_replaced() -> None:
    """What a hardware module would be: another class, another suite, the same call."""

    class Module:
        method = "did:web:craftpath.example#sm2-1"
        cryptosuite = "sm2-rdfc-test"

        def sign(self, data: bytes) -> bytes:
            return hashlib.sha512(data).digest()

        def verify(self, signature: bytes, data: bytes) -> bool:
            return signature == hashlib.sha512(data).digest()

    document = add_proof(badge_document(badge()), Module(), SIGNED)
    assert document["proof"]["cryptosuite"] == "sm2-rdfc-test"
    assert verify_proof(document, lambda _: Module()) == (Module.method, SIGNED)
    assert fault_of(document, key_of=lambda _: FIRST.public) is Fault.UNKNOWN_SUITE


def test_it_needs_the_zone_of_the_moment() -> None:
    with pytest.raises(ValueError, match="zone"):
        add_proof(badge_document(badge()), FIRST, SIGNED.replace(tzinfo=None))
