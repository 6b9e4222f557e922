"""Status lists: the standard's own layout, and lists that were made to trip a reader."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftpath.proof.canonical import canonicaliser
from craftpath.proof.multibase import from_base64url, to_base64url
from craftpath.proof.status import (
    FEWEST,
    MOST,
    Entry,
    Purpose,
    bit,
    bits_of,
    decode,
    encode,
    read_entry,
)
from tests.proof.cast import lists


@given(st.sets(st.integers(0, FEWEST - 1), max_size=20))
def test_it_gives_back_what_was_put_in(indices: set[int]) -> None:
    bits = decode(encode(bits_of(indices)))
    assert all(bit(bits, index) for index in indices)
    assert sum(byte.bit_count() for byte in bits) == len(indices)


def test_the_first_entry_is_the_highest_bit_of_the_first_byte() -> None:
    assert bits_of([0])[:2] == b"\x80\x00"
    assert bits_of([7, 8])[:2] == b"\x01\x80"


def test_the_same_bits_give_the_same_text() -> None:
    """No time of day in it: a list that did not change can be cached as unchanged."""
    text = encode(bits_of([5]))
    assert text == encode(bits_of([5]))
    assert from_base64url(text[1:])[4:8] == b"\0\0\0\0"  # gzip's moment of compression


def test_it_reads_a_list_from_elsewhere() -> None:
    """The example of Bitstring Status List v1.0: 131,072 entries, none set."""
    example = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert decode(example) == bytes(FEWEST // 8)


@pytest.mark.parametrize("index", [-1, FEWEST])
def test_it_knows_no_position_outside_the_list(index: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        bits_of([index])
    with pytest.raises(ValueError, match="outside"):
        bit(bits_of([]), index)


@pytest.mark.parametrize("length", [0, 8, FEWEST - 8, FEWEST + 1, MOST + 8])
def test_it_makes_no_list_too_short_or_too_long(length: int) -> None:
    with pytest.raises(ValueError, match="131,072"):
        bits_of([], length)


BITS = bits_of([])
WHOLE = gzip.compress(BITS, mtime=0)


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "z11",
        "u",
        "u====",
        "u!!!!",
        "u" + to_base64url(b"no gzip"),
        "u" + to_base64url(WHOLE[:-4]),
        "u" + to_base64url(WHOLE[:-1] + b"\xff"),
        "u" + to_base64url(WHOLE + b"behind"),
        "u" + to_base64url(WHOLE + WHOLE),
        "u" + to_base64url(gzip.compress(BITS[:-1], mtime=0)),
        "u" + to_base64url(gzip.compress(bytes(MOST // 8 + 1), mtime=0)),
    ],
    ids=lambda text: str(text)[:16],
)
def test_it_refuses_what_is_no_list(text: Any) -> None:
    with pytest.raises(ValueError):
        decode(text)


def test_a_bomb_is_not_inflated() -> None:
    bomb = "u" + to_base64url(gzip.compress(bytes(64 * 1024 * 1024), mtime=0))
    tracemalloc.start()
    with pytest.raises(ValueError, match="too long"):
        decode(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


ENTRY = Entry("https://craftpath.example/status/revocation/1", 94_567, Purpose.REVOCATION)


def test_an_entry_is_read_as_it_was_written() -> None:
    assert read_entry(ENTRY.as_json()) == ENTRY
    assert ENTRY.as_json()["statusListIndex"] == "94567"  # a text: the standard asks for one
    assert (
        read_entry({**ENTRY.as_json(), "statusListIndex": 94567}) == ENTRY
    )  # 1EdTech's own has this


@pytest.mark.parametrize(
    "change",
    [
        {"type": "StatusList2021Entry"},
        {"statusPurpose": "message"},
        {"statusPurpose": ["revocation"]},
        {"statusListIndex": True},
        {"statusListIndex": 94567.0},
        {"statusListIndex": -1},
        {"statusListIndex": 10**30},
        {"statusListIndex": "-1"},
        {"statusListIndex": "1.0"},
        {"statusListIndex": "٣"},
        {"statusListIndex": "99999999"},
        {"statusListIndex": str(MOST)},
        {"statusListCredential": None},
        {"statusSize": 2},
    ],
    ids=str,
)
def test_it_refuses_entries_that_it_does_not_understand(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        read_entry(ENTRY.as_json() | change)


def test_a_list_is_signed_with_its_bits_and_its_purpose() -> None:
    for document in lists(revoked=(1,)).values():
        bare = {part: value for part, value in document.items() if part != "proof"}
        signed = canonicaliser().nquads(bare).decode()
        for part in ("encodedList", "statusPurpose"):
            assert f'"{bare["credentialSubject"][part]}"' in signed
