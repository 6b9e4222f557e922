"""The addresses that stand in what is signed and printed.

They last as long as the paper: `settings.CRAFTPATH_SITE` never changes once something is issued.

    SITE/credentials/UUID               a credential
    SITE/achievements/KIND/CODE         what is certified; its levels are fragments of it
    SITE/codes/LIST/CODE                a code of the pack
    SITE/issuers/SLUG/did.json          who issues, and with which keys
    SITE/issuers/SLUG/lists/PURPOSE/N   a status list
    SITE/v/TOKEN                        what a QR code leads to
    SITE/s/SECRET                       a shared link
"""

from __future__ import annotations

import re
import uuid

from django.conf import settings

from craftpath.credentials.models import Credential, Issuer, IssuingKey, StatusList
from craftpath.proof.did import did_web

__all__ = [
    "achievement_address",
    "code_address",
    "credential_address",
    "did_of",
    "list_address",
    "method_of",
    "proofs_page",
    "public_id_in",
    "share_address",
    "site",
    "token_address",
    "token_in",
]

_UUID = re.compile(r"/credentials/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def site() -> str:
    found: str = settings.CRAFTPATH_SITE
    return found


def did_of(issuer: Issuer) -> str:
    """did:web:HOST:issuers:SLUG. did:web means https: a site tried out over http has no other."""
    base = "https://" + site().partition("://")[2]
    return did_web(f"{base}/issuers/{issuer.slug}")


def method_of(key: IssuingKey) -> str:
    return f"{did_of(key.issuer)}#{key.fragment}"


def list_address(found: StatusList) -> str:
    return f"{site()}/issuers/{found.issuer.slug}/lists/{found.purpose}/{found.number}"


def credential_address(credential: Credential) -> str:
    return f"{site()}/credentials/{credential.public_id}"


def public_id_in(address: str) -> uuid.UUID | None:
    """The credential that an address of this site, or of its earlier name, speaks of."""
    found = _UUID.search(address[-200:])
    return uuid.UUID(found[1]) if found and address.endswith(found[0]) else None


def achievement_address(kind: str, code: str) -> str:
    return f"{site()}/achievements/{kind}/{code}"


def code_address(list: str, code: str) -> str:
    return f"{site()}/codes/{list}/{code}"


def token_address(token: str) -> str:
    return f"{site()}/v/{token}"


def token_in(content: bytes) -> str | None:
    """The token in the bytes of a printed page (PDF/A keeps its keywords readable), if any."""
    found = re.search(rb"/v/([A-Za-z0-9_-]{8,400}(?:\.[A-Za-z0-9_-]{8,800}){2})", content)
    return found[1].decode("ascii") if found else None


def share_address(secret: str) -> str:
    return f"{site()}/s/{secret}"


def proofs_page() -> str:
    """The page of a worker's own proofs, as a path of this site."""
    return "/me/wallet/"
