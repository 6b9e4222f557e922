"""The signed document of a credential, the token of its QR code, and the list of those revoked.

The salt under which the holder's name is hashed is made from the identity key and the public
number of the credential: the same document comes out whoever completes an interrupted run.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.utils import timezone

from craftpath.access.masking import mask_name
from craftpath.credentials.addresses import (
    achievement_address,
    code_address,
    credential_address,
    did_of,
    list_address,
    site,
)
from craftpath.credentials.choices import SORTS, Purpose, Sort
from craftpath.credentials.facts import code_label, step_of
from craftpath.credentials.models import Credential, Issuer, StatusList
from craftpath.engine.rules import Label
from craftpath.pack.nouns import Pack
from craftpath.proof import badge, status
from craftpath.proof.integrity import add_proof
from craftpath.proof.keys import PublicKey, Signer
from craftpath.proof.token import Said, key_id, write_token
from craftpath.registry.identity import digest_of
from craftpath.registry.kinds import site_pack

__all__ = [
    "document_text",
    "said_of",
    "signed_document",
    "signed_list",
    "start_of",
    "token_of",
]

_LIST_NAMES = {
    "occupation": "中华人民共和国职业分类大典（2022年版）",
}


def signed_document(credential: Credential, signer: Signer, moment: dt.datetime) -> str:
    """The credential as it is given away, to the byte. One that was signed before says the same
    under its new signature, whatever is called otherwise since."""
    if credential.document:
        document = json.loads(credential.document)
        del document["proof"]
    else:
        document = badge.badge_document(_badge(credential))
    return document_text(add_proof(document, signer, moment))


def document_text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a day in the site's time zone: a day is not a midnight, but a credential
    has no other way to say it."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _badge(one: Credential) -> badge.Badge:
    pack, record = site_pack(), one.record
    step = step_of(pack, record.kind, record.level)
    return badge.Badge(
        id=credential_address(one),
        issuer=badge.Issuer(did_of(one.issuer), _name(one.issuer), site()),
        achievement=_achievement(pack, one),
        number=one.number,
        holder=one.name,
        salt=digest_of("credential salt", str(one.public_id))[:32],
        valid_from=start_of(one.issued),
        valid_until=None if one.until is None else start_of(one.until),
        level=None if step is None else step.code,
        status=(
            status.Entry(list_address(one.revocation), one.place, status.Purpose.REVOCATION),
            status.Entry(list_address(one.suspension), one.place, status.Purpose.SUSPENSION),
        ),
    )


def _name(issuer: Issuer) -> Label:
    return Label(issuer.party.name, issuer.party.name_en)


def _achievement(pack: Pack, one: Credential) -> badge.Achievement:
    record = one.record
    kind = pack.vocabulary.kinds[record.kind]
    subject = code_label(pack, record.kind, record.subject) or kind.label
    scale = pack.vocabulary.scales.get(kind.scale or "")
    what = SORTS[Sort(one.sort)]
    code = record.subject or "-"
    alignment: tuple[badge.Alignment, ...] = ()
    if record.subject and kind.codes:
        framework = _LIST_NAMES.get(kind.codes, pack.vocabulary.lists[kind.codes].label.zh)
        target = code_address(kind.codes, record.subject)
        sort = "ext:Occupation" if kind.codes == "occupation" else "ext:Code"
        alignment = (badge.Alignment(record.subject, subject, target, framework, sort),)
    return badge.Achievement(
        id=achievement_address(record.kind, code),
        name=subject,
        description=Label(f"{subject.zh}：{what.zh}", f"{subject.en}: {what.en}"),
        criteria=_criteria(one),
        kind="Certification" if one.sort == Sort.CERTIFICATE else "ext:TalentCard",
        alignment=alignment,
        levels=tuple(badge.Level(step.code, step.label) for step in scale.steps) if scale else (),
    )


def _criteria(one: Credential) -> Label:
    if one.sort == Sort.CERTIFICATE:
        return Label(
            "经备案的评价机构按国家职业标准评价合格。",
            "Assessed as passed against the national occupational standard by a filed body.",
        )
    return Label("符合发卡办法规定的条件。", "The conditions laid down for this card were met.")


# --- the token -----------------------------------------------------------------------------


def said_of(one: Credential, made: dt.date) -> Said:
    """What the QR code of a credential says."""
    step = step_of(site_pack(), one.record.kind, one.record.level)
    return Said(
        number=one.number,
        what=one.record.subject or "",
        level="" if step is None else step.code,
        holder=mask_name(one.name),
        issued=one.issued,
        until=one.until,
        made=made,
    )


def token_of(one: Credential, signer: Signer, key: PublicKey) -> str:
    """Made on the day of issue, whenever it is printed: the same paper has the same code."""
    return write_token(said_of(one, one.issued), signer, key_id(key))


# --- status lists --------------------------------------------------------------------------

_PURPOSES = {
    Purpose.REVOCATION: status.Purpose.REVOCATION,
    Purpose.SUSPENSION: status.Purpose.SUSPENSION,
}


def signed_list(
    one: StatusList, bits: bytes, signer: Signer, moment: dt.datetime, until: dt.datetime
) -> str:
    document = status.status_list(
        list_address(one), did_of(one.issuer), _PURPOSES[Purpose(one.purpose)], bits, moment, until
    )
    return document_text(add_proof(document, signer, moment))
