"""What strangers' software asks for: who an issuer is, and what of its credentials is taken back.

A status list is made anew when a bit has changed and once a day; it says until when it may be kept.
"""

from __future__ import annotations

import datetime as dt
import json

from django.utils import timezone

from craftpath.access.clock import now
from craftpath.access.errors import Conflict, NotThere
from craftpath.credentials.addresses import did_of
from craftpath.credentials.choices import FINAL, Purpose, Standing
from craftpath.credentials.documents import signed_list
from craftpath.credentials.fit_address import require_fit_address
from craftpath.credentials.models import Credential, Issuer, IssuingKey, StatusList
from craftpath.credentials.signers import public_key, signer_of
from craftpath.proof.did import Listed
from craftpath.proof.did import did_document as did_document_of
from craftpath.proof.status import bits_of

__all__ = ["did_document", "status_list"]

#: For how long a list may be relied on, and after how long it is made anew all the same.
KEPT, MADE_ANEW = dt.timedelta(days=7), dt.timedelta(days=1)


def did_document(slug: str) -> str:
    """The DID document of an issuer: every key but the broken ones. NotThere: no such issuer, or
    one that never had a key."""
    issuer = Issuer.objects.filter(slug=slug).first()
    if issuer is None or not issuer.keys.exists():
        raise NotThere
    keys = [Listed(key.fragment, public_key(key)) for key in issuer.keys.filter(broken=None)]
    document = did_document_of(did_of(issuer), keys)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def status_list(slug: str, purpose: str, number: int) -> str:
    """A list of an issuer as a signed credential. NotThere. Conflict: every key of the issuer is
    broken, and the next is not made yet; or the site's address is not fit."""
    found = (
        StatusList.objects.select_related("issuer")
        .filter(issuer__slug=slug, purpose=purpose, number=number)
        .first()
    )
    if found is None:
        raise NotThere
    moment = timezone.now()
    fresh = (
        found.made_at is not None
        and found.changed_at < found.made_at
        and moment - found.made_at < MADE_ANEW
    )
    if fresh:
        return found.document
    document = _made(found)
    # Whoever read the bits last wins only with what is not older.
    StatusList.objects.filter(pk=found.pk, changed_at=found.changed_at).update(
        document=document, made_at=moment
    )
    return document


def _made(found: StatusList) -> str:
    require_fit_address()
    key = (
        IssuingKey.objects.select_related("issuer")
        .filter(issuer=found.issuer, broken=None)
        .order_by("-pk")
        .first()
    )
    if key is None:
        raise Conflict(
            "签发机构的密钥已失密，新密钥尚未建立。",
            "The issuer's keys are compromised, and it has no new one yet.",
        )
    taken_back = {
        Purpose.REVOCATION: Credential.objects.filter(revocation=found, standing__in=FINAL),
        Purpose.SUSPENSION: Credential.objects.filter(
            suspension=found, standing=Standing.SUSPENDED
        ),
    }[Purpose(found.purpose)]
    bits = bits_of(taken_back.values_list("place", flat=True))
    since = now()
    return signed_list(found, bits, signer_of(key), since, since + KEPT)
