"""A credential as an Open Badge 3.0 on the W3C data model 2.0, from one frozen noun.

Names stand in both languages in one text, Chinese first: Open Badges has one plain text for a
name, and a map of languages would not be covered by the signature (its context defines none).

The holder is named by a salted hash of the name, with its salt, as Open Badges has it: whoever
knows the name can see that it is hers, and a file gone astray does not spell it out. An identity
number is not in it in any form: with birth date and place to guess from, a hash of one is undone
in minutes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from craftpath.engine.rules import Label
from craftpath.proof.contexts import CREDENTIALS, OPEN_BADGES
from craftpath.proof.moments import write_moment
from craftpath.proof.status import Entry

__all__ = ["Achievement", "Alignment", "Badge", "Issuer", "Level", "badge_document", "is_holder"]

#: Kinds of achievement that we give, of the list of Open Badges; another is `ext:` with ASCII.
_KINDS = {"Award", "Badge", "Certificate", "CertificateOfCompletion", "Certification", "License"}
_EXTENSION = re.compile(r"ext:[A-Za-z0-9_./-]+")
_SHORTEST_SALT = 16


@dataclass(frozen=True)
class Issuer:
    """Whose word it is. `did` is where the key that signs belongs to."""

    did: str
    name: Label
    url: str | None = None


@dataclass(frozen=True)
class Alignment:
    """What the achievement is about, in a code list of others: an occupation and its code.

    url         an address that stands for this code
    framework   the list: 中华人民共和国职业分类大典（2022年版）
    """

    code: str
    name: Label
    url: str
    framework: str
    kind: str = "ext:Occupation"


@dataclass(frozen=True)
class Level:
    """One step of a ladder, such as the eight of 新八级工."""

    code: str
    name: Label


@dataclass(frozen=True)
class Achievement:
    """What is certified, of whomever: 电工's levels, a talent card.

    id      an https URL; the levels' addresses are made from it
    levels  the whole ladder, low to high; none where there are no levels
    """

    id: str
    name: Label
    description: Label
    criteria: Label
    kind: str = "Certification"
    alignment: tuple[Alignment, ...] = ()
    levels: tuple[Level, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in _KINDS and not _EXTENSION.fullmatch(self.kind):
            raise ValueError(f"no kind of achievement: {self.kind!r}")


@dataclass(frozen=True)
class Badge:
    """One credential, everything that it will say. ValueError: level or salt will not do.

    id           https URL or urn:uuid
    number       the certificate number
    holder       the holder's name; only its hash leaves
    salt         16 characters or more, random, another for each badge
    level        the code of one of the achievement's levels; None: it has none
    valid_until  the first moment at which it holds no longer
    status       where to look whether it is revoked, and whether it is suspended
    """

    id: str
    issuer: Issuer
    achievement: Achievement
    number: str
    holder: str
    salt: str
    valid_from: dt.datetime
    valid_until: dt.datetime | None = None
    level: str | None = None
    status: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        codes: list[str | None] = [level.code for level in self.achievement.levels]
        if self.level not in (codes or [None]):
            raise ValueError(f"{self.level!r} is no level of {self.achievement.id}")
        if len(self.salt) < _SHORTEST_SALT:
            raise ValueError("the salt is too short")


def badge_document(badge: Badge) -> dict[str, Any]:
    """The credential, to be signed by the issuer."""
    until = {"validUntil": write_moment(badge.valid_until)} if badge.valid_until else {}
    status = {"credentialStatus": [one.as_json() for one in badge.status]} if badge.status else {}
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": badge.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _both(badge.achievement.name),
        "issuer": _issuer(badge.issuer),
        "validFrom": write_moment(badge.valid_from),
        **until,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "hashed": True,
                    "salt": badge.salt,
                    "identityHash": _hash(badge.holder, badge.salt),
                }
            ],
            "licenseNumber": badge.number,
            "achievement": _achievement(badge.achievement),
            **_result(badge),
        },
        **status,
    }


def is_holder(document: dict[str, Any], name: str) -> bool:
    """Whether a credential, its signature checked, names this person as its holder."""
    subject = document.get("credentialSubject")
    named = subject.get("identifier") if isinstance(subject, dict) else None
    for one in named if isinstance(named, list) else [named]:
        if (
            isinstance(one, dict)
            and one.get("identityType") == "name"
            and one.get("hashed") is True
        ):
            mine = _hash(name, str(one.get("salt")))
            if hmac.compare_digest(mine.encode(), str(one.get("identityHash")).encode()):
                return True
    return False


def _both(label: Label) -> str:
    return label.zh if label.en in ("", label.zh) else f"{label.zh} | {label.en}"


def _hash(name: str, salt: str) -> str:
    plain = unicodedata.normalize("NFC", name.strip())
    return "sha256$" + hashlib.sha256((plain + salt).encode()).hexdigest()


def _issuer(issuer: Issuer) -> dict[str, Any]:
    url = {"url": issuer.url} if issuer.url else {}
    return {"id": issuer.did, "type": ["Profile"], "name": _both(issuer.name), **url}


def _achievement(one: Achievement) -> dict[str, Any]:
    return {
        "id": one.id,
        "type": ["Achievement"],
        "achievementType": one.kind,
        "name": _both(one.name),
        "description": _both(one.description),
        "criteria": {"narrative": _both(one.criteria)},
        **({"alignment": [_alignment(some) for some in one.alignment]} if one.alignment else {}),
        **({"resultDescription": [_ladder(one)]} if one.levels else {}),
    }


def _alignment(one: Alignment) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetCode": one.code,
        "targetName": _both(one.name),
        "targetUrl": one.url,
        "targetFramework": one.framework,
        "targetType": one.kind,
    }


def _ladder(one: Achievement) -> dict[str, Any]:
    return {
        "id": f"{one.id}#level",
        "type": ["ResultDescription"],
        "name": "技能等级 | Skill level",
        "resultType": "RubricCriterionLevel",
        "rubricCriterionLevel": [
            {
                "id": f"{one.id}#level-{level.code}",
                "type": ["RubricCriterionLevel"],
                "level": level.code,
                "name": _both(level.name),
            }
            for level in one.levels
        ],
    }


def _result(badge: Badge) -> dict[str, Any]:
    if badge.level is None:
        return {}
    at = badge.achievement.id
    level = f"{at}#level-{badge.level}"
    result = {"type": ["Result"], "resultDescription": f"{at}#level", "achievedLevel": level}
    return {"result": [result]}
