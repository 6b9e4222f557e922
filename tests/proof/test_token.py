"""The token of a QR code: short, checked offline, and not to be bent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from craftpath.proof.faults import Fault, Refused
from craftpath.proof.keys import Key
from craftpath.proof.multibase import to_base64url
from craftpath.proof.token import Said, key_id, read_token, write_token
from tests.proof.cast import FIRST, NUMBER, SECOND, STRANGER

TODAY = dt.date(2025, 8, 27)
SAID = Said(
    number=NUMBER,
    what="6-31-01-03",
    level="3",
    holder="李*红",
    issued=dt.date(2025, 8, 20),
    until=dt.date(2028, 8, 20),
    made=TODAY,
)
KEYS = {key_id(one.public): one.public for one in (FIRST, SECOND)}


def token(said: Said = SAID) -> str:
    return write_token(said, FIRST, key_id(FIRST.public))


def fault_of(text: str, today: dt.date = TODAY) -> Fault:
    with pytest.raises(Refused) as refused:
        read_token(text, KEYS.get, today)
    return refused.value.fault


def made(head: Any, payload: Any) -> str:
    """A token of any content, signed well."""
    parts = ".".join(to_base64url(one.encode()) for one in (head, payload))
    return f"{parts}.{to_base64url(FIRST.sign(parts.encode()))}"


HEAD = f'{{"alg":"EdDSA","kid":"{key_id(FIRST.public)}"}}'


@pytest.mark.parametrize("said", [SAID, replace(SAID, until=None, level="", holder="")])
def test_it_is_read_as_it_was_written(said: Said) -> None:
    assert read_token(token(said), KEYS.get, TODAY) == said


def test_it_fits_a_small_qr_code() -> None:
    assert len(token()) <= 230


def test_a_later_key_reads_it_too_as_long_as_the_old_one_is_known() -> None:
    assert len(KEYS) == 2
    assert read_token(token(), KEYS.get, TODAY) == SAID


def test_no_character_of_it_can_be_another() -> None:
    text = token()
    for at, letter in enumerate(text):
        other = "A" if letter != "A" else "B"
        with pytest.raises(Refused):
            read_token(text[:at] + other + text[at + 1 :], KEYS.get, TODAY)


def test_it_says_on_which_day_it_was_made() -> None:
    """A copy is as good as the picture that it was copied from; how old is too old, one sees."""
    assert read_token(token(), KEYS.get, TODAY + dt.timedelta(days=400)).made == TODAY


def test_it_runs_out_on_its_day() -> None:
    assert fault_of(token(), dt.date(2028, 8, 20)) is Fault.EXPIRED
    assert read_token(token(), KEYS.get, dt.date(2028, 8, 19)) == SAID


def test_it_holds_from_the_day_on_which_it_was_made() -> None:
    assert fault_of(token(), dt.date(2025, 8, 26)) is Fault.NOT_YET_VALID


def test_it_needs_a_known_key_and_the_right_one() -> None:
    stranger = key_id(STRANGER.public)
    assert fault_of(write_token(SAID, STRANGER, stranger)) is Fault.UNKNOWN_KEY
    assert fault_of(write_token(SAID, STRANGER, key_id(FIRST.public))) is Fault.WRONG_SIGNATURE


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.MALFORMED),
        ("a.b", Fault.MALFORMED),
        ("a.b.c.d", Fault.MALFORMED),
        ("..", Fault.MALFORMED),
        ("ä.ö.ü", Fault.MALFORMED),
        ("x" * 5000, Fault.TOO_LARGE),
        (token() + "=", Fault.MALFORMED),
        (token() + "\n", Fault.MALFORMED),
        (made('{"alg":"none","kid":"x"}', "[]"), Fault.MALFORMED),
        (made("[" * 500, "[]"), Fault.MALFORMED),
        (made('{"alg":"EdDSA","kid":"x","crit":["b64"]}', "[]"), Fault.MALFORMED),
        (made('{"alg":"EdDSA","kid":["x"]}', "[]"), Fault.MALFORMED),
        (made(HEAD, "{}"), Fault.MALFORMED),
        (made(HEAD, '["a","b","c","d",1,1]'), Fault.MALFORMED),
        (made(HEAD, '["a","b","c",4,1,1,1]'), Fault.MALFORMED),
        (made(HEAD, '["a","b","c","d",true,1,1]'), Fault.MALFORMED),
        (made(HEAD, '["a","b","c","d",1.5,1,1]'), Fault.MALFORMED),
        (made(HEAD, '["a","b","c","d",-1,1,1]'), Fault.MALFORMED),
        (made(HEAD, '["a","b","c","d",1,1,99999999999999]'), Fault.MALFORMED),
        (made(HEAD.replace("EdDSA", "none"), '["a","b","c","d",1,0,1]'), Fault.UNKNOWN_SUITE),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else value[:20],
)
def test_it_says_what_is_wrong(text: str, fault: Fault) -> None:
    assert fault_of(text) is fault


def test_a_signer_without_such_an_algorithm_writes_none() -> None:
    class Module:
        method, cryptosuite = "did:web:x.example#1", "sm2-rdfc-test"

        def sign(self, data: bytes) -> bytes:
            return data

    with pytest.raises(ValueError, match="algorithm"):
        write_token(SAID, Module(), "x")


def test_no_key_means_no_answer() -> None:
    def none(_: str) -> Key | None:
        return None

    with pytest.raises(Refused):
        read_token(token(), none, TODAY)
