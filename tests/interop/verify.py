"""Two verifiers in Python, asked about every credential of a world.

    python verify.py WORLD

Runs in an environment of its own (.venv-interop), without craftpath. WORLD and what is printed are
as in verify.mjs. openbadgeslib has its contexts with it; openvc-core knows the W3C's and is given
the one of Open Badges.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from openbadgeslib.ob3.did import resolve_verification_method
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError
from openvc import verify_credential
from openvc.did.base import DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.resolvers import default_status_list_resolver
from openvc.status import CredentialRevoked, CredentialSuspended
from openvc.verify import VerificationPolicy

WORLD = json.loads(Path(sys.argv[1]).read_text("utf-8"))
MISSED: list[str] = []


def served(url: str) -> str:
    if url not in WORLD["documents"]:
        MISSED.append(url)
        raise OSError(f"not there: {url}")
    return json.dumps(WORLD["documents"][url])


def served_bytes(url: str) -> bytes:
    return served(url).encode()


def openbadges(credential: dict[str, Any]) -> dict[str, Any]:
    """It verifies a status list's own proof only where that is a JWT: the proof is checked here."""
    status = credential.get("credentialStatus", [])
    try:
        for one in status:
            listed = json.loads(served(one["statusListCredential"]))
            key = resolve_verification_method(listed["proof"]["verificationMethod"], served_bytes)
            verify_data_integrity_proof(listed, key)
        OB3LdpVerifier().verify(
            json.dumps(credential),
            check_status=True,
            download=served_bytes,
            verify_status_list=False,
        )
    except OB3VerificationError as refused:
        said = str(refused)
        is_set = {one: f"status '{one}' is set" in said for one in ("revocation", "suspension")}
        return {
            "signature": any(is_set.values()),
            "revoked": is_set["revocation"],
            "suspended": is_set["suspension"],
            "said": said,
        }
    unset = False if status else None
    return {"signature": True, "revoked": unset, "suspended": unset, "said": ""}


RESOLVER = DidResolverRegistry(
    [DidKeyResolver(), DidWebResolver(lambda url: json.loads(served(url)))]
)
LISTS = default_status_list_resolver(
    resolver=RESOLVER, fetch=served, extra_contexts=WORLD["contexts"]
)
POLICY = VerificationPolicy(require_status_issuer_binding=True)


def openvc(credential: dict[str, Any]) -> dict[str, Any]:
    try:
        found = verify_credential(
            credential,
            policy=POLICY,
            resolver=RESOLVER,
            resolve_status_list=LISTS,
            extra_contexts=WORLD["contexts"],
        )
    except CredentialRevoked as refused:  # whether it is suspended too, it does not say
        return {"signature": True, "revoked": True, "suspended": None, "said": str(refused)}
    except CredentialSuspended as refused:  # raised only of what is not revoked
        return {"signature": True, "revoked": False, "suspended": True, "said": str(refused)}
    except OpenvcError as refused:
        said = f"{type(refused).__name__}: {refused}"
        return {"signature": False, "revoked": None, "suspended": None, "said": said}
    status = found.status
    return {
        "signature": True,
        "revoked": status and status.revoked,
        "suspended": status and status.suspended,
        "said": "",
    }


VERIFIERS = {"openbadgeslib": openbadges, "openvc-core": openvc}
FOUND = {
    verifier: {name: verify(credential) for name, credential in WORLD["credentials"].items()}
    for verifier, verify in VERIFIERS.items()
}
sys.stdout.write(json.dumps({"found": FOUND, "missed": MISSED}))
