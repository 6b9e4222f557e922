"""The two multibase alphabets that proofs use: base58btc (`z…`) and base64url (`u…`).

Each text stands for one sequence of bytes and each sequence for one text: what does not decode to
something that encodes to the very same text is refused (ValueError).
"""

from __future__ import annotations

import base64
import re

__all__ = ["from_base58", "from_base64url", "to_base58", "to_base64url"]

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")

#: Characters. Keys and signatures are shorter; decoding takes time by the square of the length.
_LONGEST = 128


def to_base58(data: bytes) -> str:
    zeros = len(data) - len(data.lstrip(b"\0"))
    number, letters = int.from_bytes(data, "big"), ""
    while number:
        number, value = divmod(number, 58)
        letters = _ALPHABET[value] + letters
    return "z" + "1" * zeros + letters


def from_base58(text: str) -> bytes:
    if not text.startswith("z") or len(text) > _LONGEST:
        raise ValueError("no base58btc multibase text")
    digits = text[1:]
    number = 0
    for letter in digits:
        if letter not in _VALUE:
            raise ValueError("a character that base58btc does not have")
        number = number * 58 + _VALUE[letter]
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_base64url(data: bytes) -> str:
    """Without padding and without the multibase letter, as JWS writes it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("no base64url text")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("bits left over at the end")
    return data
