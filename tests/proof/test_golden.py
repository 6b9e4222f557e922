"""Credentials once issued verify for ever, and nobody writes them anew to make them do so."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest

from craftpath.proof.badge import is_holder
from craftpath.proof.check import check_credential, check_signed
from craftpath.proof.did import keys_of
from craftpath.proof.keys import Key, did_key
from craftpath.proof.shape import read_json
from craftpath.proof.token import key_id, read_token

FOLDER = Path(__file__).parent / "golden"
ISSUER = "did:web:craftpath.example:golden"

#: What was issued, by the SHA-256 of its file. Lines are added here, never changed.
ISSUED = {
    "2025-08-card.json": "34c4668c492738c83ddaa364229d53200be2aa647a806ea440b007082a66d25a",
    "2025-08-did-key.json": "e5b642984717174048cf59d3504d0636234df80c3b4feb8e2c087de75622b721",
    "2025-08-level.json": "a896e7bd4656263a2ab20fb87ae6d3193737a03dbd4294bc0ca6a327f8b14e69",
    "2025-08-revocation.json": "5e9e2c44b422f0403969f40bfebe1259bfc0d211747590932e16645e300435d2",
    "2025-08-suspension.json": "694df6b90613cf2ec8c4ac08790c6736dc1de86dfb9413a9edd3ef6127176aa2",
    "2025-08-token.txt": "7b3e287bce58f89e3b227e3f4495bfbf73fcd538abde637bb13a221392800bdf",
    "did.json": "0cd97cc852d57d1f781bf76bf03ef0424d645d31b81e18399d26a7806888ad03",
}
#: Any day after they were issued.
LATER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def golden(name: str) -> Any:
    return read_json((FOLDER / name).read_bytes())


KEYS = keys_of(golden("did.json"), ISSUER)
DOCUMENTS = {name: golden(name) for name in ISSUED if name.startswith("20") and "json" in name}
LISTS = {one["id"]: one for one in DOCUMENTS.values() if "encodedList" in str(one)}
BADGES = [name for name, one in DOCUMENTS.items() if one["id"] not in LISTS]


def key_of(method: str) -> Key | None:
    return KEYS.get(method) or did_key(method)


def test_what_was_issued_is_all_here_and_as_it_was() -> None:
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in FOLDER.iterdir()
        if file.name != "README.md"
    }
    assert found == ISSUED


@pytest.mark.parametrize("name", BADGES)
def test_a_credential_once_issued_verifies_for_ever(name: str) -> None:
    assert check_credential(DOCUMENTS[name], key_of, LISTS.get, LATER).created < LATER
    assert is_holder(DOCUMENTS[name], "李小红")


def test_so_do_the_lists() -> None:
    assert len(LISTS) == 2
    for one in LISTS.values():
        assert check_signed(one, key_of).issuer == ISSUER


def test_so_does_the_token() -> None:
    keys = {key_id(key): key for key in KEYS.values()}
    text = (FOLDER / "2025-08-token.txt").read_text("ascii").strip()
    said = read_token(text, keys.get, LATER.date())
    assert (said.number, said.level) == ("S000044190001253000001", "3")
