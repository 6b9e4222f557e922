"""An assessment body in Dongguan, what it certifies, and who passed, for every test of proofs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from craftpath.engine.rules import Label
from craftpath.proof.badge import Achievement, Alignment, Badge, Issuer, Level, badge_document
from craftpath.proof.did import Listed, did_document, did_web, keys_of
from craftpath.proof.integrity import add_proof
from craftpath.proof.keys import Key, LocalSigner, did_key
from craftpath.proof.status import Entry, Purpose, bits_of, status_list

BASE = "https://craftpath.example"
BODY = did_web(f"{BASE}/bodies/S000044190001")
SIGNED = dt.datetime(2025, 8, 27, 1, 0, tzinfo=dt.UTC)
NOW = dt.datetime(2025, 8, 28, 1, 0, tzinfo=dt.UTC)
NUMBER = "S000044190001253000001"
HOLDER = "李小红"

#: Keys for tests. They are published: nothing that they sign means anything.
FIRST = LocalSigner.of_bytes(bytes(range(32)), f"{BODY}#key-1")
SECOND = LocalSigner.of_bytes(bytes(range(32, 64)), f"{BODY}#key-2")
ALONE = LocalSigner.of_bytes(bytes(range(64, 96)))
STRANGER = LocalSigner.of_bytes(bytes(range(96, 128)), f"{BODY}#key-1")

LEVELS = tuple(
    Level(code, Label(zh, en))
    for code, zh, en in (
        ("0", "学徒工", "apprentice"),
        ("5", "五级/初级工", "level 5, junior worker"),
        ("4", "四级/中级工", "level 4, intermediate worker"),
        ("3", "三级/高级工", "level 3, senior worker"),
        ("2", "二级/技师", "level 2, technician"),
        ("1", "一级/高级技师", "level 1, senior technician"),
        ("T", "特级技师", "special-grade technician"),
        ("S", "首席技师", "chief technician"),
    )
)
ELECTRICIAN = Achievement(
    id=f"{BASE}/achievements/6-31-01-03",
    name=Label("电工 职业技能等级", "Electrician, skill level"),
    description=Label("职业技能等级认定。", "Assessment of the skill level in an occupation."),
    criteria=Label("理论、技能各不低于60分。", "At least 60 of 100 in theory and in skill."),
    alignment=(
        Alignment(
            code="6-31-01-03",
            name=Label("电工", "Electrician"),
            url=f"{BASE}/occupations/6-31-01-03",
            framework="中华人民共和国职业分类大典（2022年版）",
        ),
    ),
    levels=LEVELS,
)


def entries(index: int = 94_567) -> tuple[Entry, ...]:
    return tuple(Entry(f"{BASE}/status/{one.value}/1", index, one) for one in Purpose)


def badge(issuer: str = BODY, **changed: Any) -> Badge:
    said: dict[str, Any] = {
        "id": "urn:uuid:0198e4c1-5a40-7000-8000-00000000c0de",
        "issuer": Issuer(issuer, Label("东莞某评价机构", "An assessment body"), f"{BASE}/"),
        "achievement": ELECTRICIAN,
        "number": NUMBER,
        "holder": HOLDER,
        "salt": "kZ3v8Qm1xT0bLw5N",
        "valid_from": SIGNED,
        "level": "3",
        "status": entries(),
    }
    return Badge(**said | changed)


def signed(signer: LocalSigner = FIRST, **changed: Any) -> dict[str, Any]:
    """A credential by this signer, who is also the issuer that it names."""
    issuer = signer.method.partition("#")[0]
    return add_proof(badge_document(badge(issuer, **changed)), signer, SIGNED)


def lists(
    signer: LocalSigner = FIRST, revoked: tuple[int, ...] = (), suspended: tuple[int, ...] = ()
) -> dict[str, dict[str, Any]]:
    """Both status lists by their URL, signed."""
    issuer = signer.method.partition("#")[0]
    found = {}
    for one, indices in zip(Purpose, (revoked, suspended), strict=True):
        address = f"{BASE}/status/{one.value}/1"
        plain = status_list(address, issuer, one, bits_of(indices), SIGNED)
        found[address] = add_proof(plain, signer, SIGNED)
    return found


#: What the body publishes after its first key was retired.
DOCUMENT = did_document(BODY, [Listed("key-1", FIRST.public), Listed("key-2", SECOND.public)])


def key_of(method: str) -> Key | None:
    """The keys of the body, and of whoever signs as a did:key."""
    return keys_of(DOCUMENT, BODY).get(method) or did_key(method)
