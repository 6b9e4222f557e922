"""Verifiers of other people say of our credentials what ours says (`make test-interop`).

Four libraries, two in JavaScript and two in Python, each in its own process, see one world: what
the issuers publish, served from memory. They accept what we issued, refuse it altered, see what was
revoked and suspended, and go on accepting what a retired key has signed.
"""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from craftpath.proof.badge import badge_document
from craftpath.proof.contexts import OPEN_BADGES, pinned
from craftpath.proof.did import Listed, did_document, did_web, web_address
from craftpath.proof.integrity import add_proof
from craftpath.proof.keys import LocalSigner
from craftpath.proof.status import Entry, Purpose
from tests.proof.cast import (
    ALONE,
    BASE,
    BODY,
    DOCUMENT,
    FIRST,
    SECOND,
    SIGNED,
    STRANGER,
    badge,
    entries,
    lists,
    signed,
)
from tests.proof.test_golden import DOCUMENTS as GOLDEN
from tests.proof.test_golden import ISSUER as GOLDEN_ISSUER
from tests.proof.test_golden import LISTS as GOLDEN_LISTS
from tests.proof.test_golden import golden

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)

VERIFIERS = [
    "@digitalbazaar/vc",
    "@digitalcredentials/verifier-core",
    "openbadgeslib",
    "openvc-core",
]
REVOKED, SUSPENDED = 1, 2
Document = dict[str, Any]


# --- the world: what was issued, and what is published -----------------------------------------

#: An issuer that lists its key, but no longer for assertions: what one might think retiring is.
LAPSED = did_web(f"{BASE}/bodies/lapsed")
FORMER = LocalSigner.of_bytes(FIRST.private_bytes(), f"{LAPSED}#key-1")
#: An issuer whose first key was stolen: only the second is listed.
ROBBED = did_web(f"{BASE}/bodies/robbed")
STOLEN = LocalSigner.of_bytes(FIRST.private_bytes(), f"{ROBBED}#key-1")


def alone(index: int) -> tuple[Entry, ...]:
    return tuple(Entry(f"{BASE}/alone/{one.value}/1", index, one) for one in Purpose)


def alone_lists() -> dict[str, Document]:
    """As `lists`, under other addresses, signed by the did:key."""
    found = {}
    for document in lists(ALONE, (REVOKED,), (SUSPENDED,)).values():
        bare = json.loads(json.dumps(document).replace(f"{BASE}/status/", f"{BASE}/alone/"))
        del bare["proof"]
        found[bare["id"]] = add_proof(bare, ALONE, SIGNED)
    return found


HOLDS = {
    "did:web": signed(SECOND),
    "did:web, its key retired": signed(FIRST),
    "did:key": signed(ALONE, status=alone(9)),
    "did:key, no status": signed(ALONE, status=()),
}
IS_REVOKED = {
    "did:web, revoked": signed(FIRST, status=entries(REVOKED)),
    "did:key, revoked": signed(ALONE, status=alone(REVOKED)),
}
IS_SUSPENDED = {
    "did:web, suspended": signed(FIRST, status=entries(SUSPENDED)),
    "did:key, suspended": signed(ALONE, status=alone(SUSPENDED)),
}


def altered(change: Callable[[Document], object], signer: LocalSigner = FIRST) -> Document:
    document = copy.deepcopy(signed(signer, status=entries(REVOKED)))
    change(document)
    return document


LEVEL = f"{BASE}/achievements/6-31-01-03#level-"
FALLS = {
    "the number altered": altered(
        lambda one: one["credentialSubject"].update(licenseNumber="S000044190001253000002")
    ),
    "the level raised": altered(
        lambda one: one["credentialSubject"]["result"][0].update(achievedLevel=f"{LEVEL}1")
    ),
    "another occupation": altered(
        lambda one: one["credentialSubject"]["achievement"]["alignment"][0].update(
            targetCode="6-18-02-04"
        )
    ),
    "another holder": altered(
        lambda one: one["credentialSubject"]["identifier"][0].update(salt="AAAAAAAAAAAAAAAA")
    ),
    "the status cut off": altered(lambda one: one.pop("credentialStatus")),
    "another place in the list": altered(
        lambda one: one["credentialStatus"][0].update(statusListIndex="77")
    ),
    "an end added": altered(lambda one: one.update(validUntil="2199-01-01T00:00:00Z")),
    "signed at another time": altered(
        lambda one: one["proof"].update(created="2025-08-27T01:00:01Z")
    ),
    "a word added that nobody defined": altered(lambda one: one.update(grade="excellent")),
    "the proof of another": signed(FIRST) | {"proof": signed(FIRST, level="1")["proof"]},
    "altered, by did:key": altered(lambda one: one.update(name="x"), ALONE),
    "a stranger's signature": signed(STRANGER),
    "a key that was stolen and taken out": signed(STOLEN, status=()),
    "a did:key in the name of the body": add_proof(
        badge_document(badge(BODY, status=())), ALONE, SIGNED
    ),
}
#: Three of the four refuse it, so a retired key has to stay listed for assertions (0019).
LISTED_ONLY = "a key listed, but not for assertions"
ISSUED_ONCE = {name: one for name, one in GOLDEN.items() if one["id"] not in GOLDEN_LISTS}

DIDS = {
    BODY: DOCUMENT,
    GOLDEN_ISSUER: golden("did.json"),
    LAPSED: did_document(LAPSED, [Listed("key-1", FIRST.public)]) | {"assertionMethod": []},
    ROBBED: did_document(ROBBED, [Listed("key-2", SECOND.public)]),
}
WORLD = {
    "dids": DIDS,
    "documents": {
        **{web_address(did): document for did, document in DIDS.items()},
        **lists(SECOND, (REVOKED,), (SUSPENDED,)),
        **alone_lists(),
        **GOLDEN_LISTS,
        SCHEMA: json.loads((ROOT / "tests/proof/schemas/achievement-credential.json").read_text()),
    },
    "contexts": {OPEN_BADGES: pinned()[OPEN_BADGES]},
    "credentials": {
        **HOLDS,
        **IS_REVOKED,
        **IS_SUSPENDED,
        **FALLS,
        LISTED_ONLY: signed(FORMER, status=()),
        **ISSUED_ONCE,
    },
}


@pytest.fixture(scope="session")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """`found`: what each verifier says of each credential; `missed`: what it asked for in vain."""
    world = tmp_path_factory.mktemp("interop") / "world.json"
    world.write_text(json.dumps(WORLD), "utf-8")
    commands = [
        ["node", str(HERE / "verify.mjs")],
        [str(ROOT / ".venv-interop/bin/python"), "-I", str(HERE / "verify.py")],
    ]
    running = [
        subprocess.Popen([*one, str(world)], stdout=subprocess.PIPE, text=True) for one in commands
    ]
    found: dict[str, Any] = {}
    missed: list[str] = []
    for one in running:
        out, _ = one.communicate(timeout=120)
        assert one.returncode == 0, one.args
        found |= json.loads(out)["found"]
        missed += json.loads(out)["missed"]
    return {"found": found, "missed": missed}


@pytest.fixture(scope="session")
def said(heard: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return heard["found"]


# --- what they have to say ----------------------------------------------------------------------


@pytest.mark.parametrize("name", HOLDS)
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_it_accepts_what_we_issued(said: Any, verifier: str, name: str) -> None:
    one = said[verifier][name]
    assert one["signature"], one
    assert (one["revoked"], one["suspended"]) in {(False, False), (None, None)}, one


@pytest.mark.parametrize("name", [name for name in HOLDS if "no status" not in name])
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_it_looks_at_both_lists(said: Any, verifier: str, name: str) -> None:
    one = said[verifier][name]
    assert (one["revoked"], one["suspended"]) == (False, False), one


@pytest.mark.parametrize("name", IS_REVOKED)
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_it_sees_what_was_revoked(said: Any, verifier: str, name: str) -> None:
    one = said[verifier][name]
    assert (one["signature"], one["revoked"]) == (True, True), one
    assert not one["suspended"], one


@pytest.mark.parametrize("name", IS_SUSPENDED)
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_it_sees_what_was_suspended(said: Any, verifier: str, name: str) -> None:
    one = said[verifier][name]
    assert (one["signature"], one["revoked"], one["suspended"]) == (True, False, True), one


@pytest.mark.parametrize("name", FALLS)
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_it_refuses_what_we_did_not_sign(said: Any, verifier: str, name: str) -> None:
    one = said[verifier][name]
    assert not one["signature"], one
    assert one["said"]  # a reason, and not a credential that was forgotten


@pytest.mark.parametrize("verifier", [one for one in VERIFIERS if one != "openbadgeslib"])
def test_a_key_that_is_not_listed_for_assertions_has_signed_nothing(
    said: Any, verifier: str
) -> None:
    assert not said[verifier][LISTED_ONLY]["signature"]


@pytest.mark.parametrize("name", ISSUED_ONCE)
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_it_accepts_what_was_issued_once(said: Any, verifier: str, name: str) -> None:
    assert said[verifier][name]["signature"], said[verifier][name]


def test_the_schema_complains_of_two_statuses_and_of_nothing_else(said: Any) -> None:
    """verifier-core looks at the schema of 1EdTech too, without deciding by it (0018)."""
    found = said["@digitalcredentials/verifier-core"]
    assert found["did:key, no status"]["schema"] == []
    assert found["did:web"]["schema"] == ["/credentialStatus"]


def test_nobody_had_to_ask_the_network(heard: Any) -> None:
    assert [one for one in heard["missed"] if one.startswith("http")] == []
