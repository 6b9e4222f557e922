"""A stranger with software of their own: what they make of a document and of what is published."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from craftpath.credentials.models import Credential
from craftpath.credentials.publishing import did_document, status_list
from craftpath.proof.check import check_credential
from craftpath.proof.did import keys_of
from craftpath.proof.faults import Refused

#: The end of the tests' day in Shanghai: whatever was made on it was made before.
MOMENT = dt.datetime(2025, 8, 27, 16, tzinfo=dt.UTC)


def verified(one: Credential, document: str = "", moment: dt.datetime = MOMENT) -> str:
    """ "valid", or the fault by which it is refused."""
    said = json.loads(document or one.document)
    did = said["issuer"]["id"]
    keys = keys_of(json.loads(did_document(one.issuer.slug)), did)

    def list_of(address: str) -> Any:
        *_, slug, _, purpose, number = address.split("/")
        return json.loads(status_list(slug, purpose, int(number)))

    try:
        check_credential(said, keys.get, list_of, moment)
    except Refused as refused:
        return refused.fault.name
    return "valid"
