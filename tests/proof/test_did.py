"""Issuers: their identifiers, their documents, and keys that come and go."""

from __future__ import annotations

from typing import Any

import pytest

from craftpath.proof.canonical import canonicaliser
from craftpath.proof.did import Listed, did_document, did_web, keys_of, web_address
from craftpath.proof.keys import LocalSigner, PublicKey, did_key
from tests.proof.cast import BODY, DOCUMENT, FIRST, SECOND


@pytest.mark.parametrize(
    ("base", "did", "address"),
    [
        ("https://a.example", "did:web:a.example", "https://a.example/.well-known/did.json"),
        (
            "https://a.example:8443/",
            "did:web:a.example%3A8443",
            "https://a.example:8443/.well-known/did.json",
        ),
        (
            "https://a.example/bodies/S0001",
            "did:web:a.example:bodies:S0001",
            "https://a.example/bodies/S0001/did.json",
        ),
        (
            "https://127.0.0.1:8000/b",
            "did:web:127.0.0.1%3A8000:b",
            "https://127.0.0.1:8000/b/did.json",
        ),
    ],
)
def test_it_writes_a_base_url_as_an_identifier_and_back(base: str, did: str, address: str) -> None:
    assert did_web(base) == did
    assert web_address(did) == address


@pytest.mark.parametrize(
    "base",
    [
        "http://a.example",
        "https://",
        "https://A.example",
        "https://user@a.example",
        "https://a.example/?q",
        "https://a.example/a:b",
        "https://a.example/../b",
        "https://a.example//b",
        "https://例.example",
    ],
)
def test_it_makes_no_identifier_of_another_url(base: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        did_web(base)


@pytest.mark.parametrize(
    "did", ["did:web:", "did:web:a.example%2Fb", "did:key:z6Mk", "did:web:a:.."]
)
def test_it_finds_no_address_for_another_identifier(did: str) -> None:
    with pytest.raises(ValueError):
        web_address(did)


def test_retired_keys_stay_good_for_what_they_signed() -> None:
    found = keys_of(DOCUMENT, BODY)
    assert found == {f"{BODY}#key-1": FIRST.public, f"{BODY}#key-2": SECOND.public}


def test_a_stolen_key_is_good_for_nothing_once_it_is_out() -> None:
    document = did_document(BODY, [Listed("key-2", SECOND.public)])
    assert list(keys_of(document, BODY)) == [f"{BODY}#key-2"]


def test_the_document_says_nothing_that_its_contexts_do_not_define() -> None:
    assert b"publicKeyMultibase" in canonicaliser().nquads(DOCUMENT)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "did:web:elsewhere.example"},
        {"assertionMethod": None},
        {"assertionMethod": "x"},
        {"verificationMethod": {}},
    ],
    ids=str,
)
def test_it_takes_no_keys_from_the_document_of_another(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        keys_of(DOCUMENT | change, BODY)


@pytest.mark.parametrize(
    "change",
    [
        {"controller": "did:web:elsewhere.example"},
        {"type": "JsonWebKey"},
        {"publicKeyMultibase": "z6Mk"},
        {"publicKeyMultibase": 5},
        {"id": f"{BODY}#other"},
    ],
    ids=str,
)
def test_it_leaves_out_keys_that_it_does_not_understand(change: dict[str, Any]) -> None:
    methods = DOCUMENT["verificationMethod"]
    document = DOCUMENT | {"verificationMethod": [methods[0] | change, methods[1], None]}
    assert list(keys_of(document, BODY)) == [f"{BODY}#key-2"]


def test_two_keys_do_not_share_a_fragment() -> None:
    with pytest.raises(ValueError, match="fragment"):
        did_document(BODY, [Listed("key-1", FIRST.public), Listed("key-1", SECOND.public)])
    with pytest.raises(ValueError, match="fragment"):
        Listed("key 1", FIRST.public)


def test_a_private_key_goes_out_as_32_bytes_and_comes_back() -> None:
    signer = LocalSigner.new(f"{BODY}#key-3")
    again = LocalSigner.of_bytes(signer.private_bytes(), signer.method)
    assert again.public == signer.public
    assert signer.private_bytes().hex() not in repr(signer)
    with pytest.raises(ValueError):
        LocalSigner.of_bytes(b"short")


def test_a_did_key_is_its_own_document() -> None:
    assert did_key(FIRST.public.method) == FIRST.public


@pytest.mark.parametrize(
    "method",
    [
        "",
        FIRST.public.did,
        f"{FIRST.public.did}#{SECOND.public.multikey}",
        "did:key:z6Mk#z6Mk",
        "did:key:#",
        "did:key:" + "z" * 500 + "#" + "z" * 500,
        # P-256: another kind of key
        *["did:key:{0}#{0}".format("zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169")],
    ],
)
def test_another_did_key_has_no_key_here(method: str) -> None:
    assert did_key(method) is None


def test_a_public_key_has_32_bytes() -> None:
    with pytest.raises(ValueError):
        PublicKey(b"short")
