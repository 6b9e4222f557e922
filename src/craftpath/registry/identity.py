"""Identity numbers: checked, normalised, sealed, searched by keyed hash.

The identity key gives two keys by HKDF: one seals (AES-256-GCM, a fresh nonce each time), one
hashes. Losing it loses the numbers; nothing else can read them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from craftpath.access.masking import mask_number
from craftpath.engine.rules import Label
from craftpath.registry.models import Identifier

__all__ = [
    "SCHEMES",
    "Number",
    "birth_and_sex",
    "digest_of",
    "open_bytes",
    "open_number",
    "read_number",
    "seal_bytes",
    "sealed_identifier",
]

Scheme = Identifier.Scheme

SCHEMES: dict[str, Label] = {
    Scheme.RIC: Label("公民身份号码", "resident identity number"),
    Scheme.PASSPORT: Label("护照号码", "passport number"),
    Scheme.HK_MACAO: Label("港澳居民来往内地通行证", "mainland travel permit, Hong Kong and Macao"),
    Scheme.TAIWAN: Label("台湾居民来往大陆通行证", "mainland travel permit, Taiwan"),
    Scheme.PERMIT: Label("外国人永久居留身份证", "foreigner's permanent residence card"),
    Scheme.USCC: Label("统一社会信用代码", "unified social credit code"),
}

# RECALL: forms as commonly printed; a number that fits none is asked about, not guessed.
_FORMS: dict[str, str] = {
    Scheme.PASSPORT: r"[A-Z0-9]{5,17}",
    Scheme.HK_MACAO: r"[HM]\d{8}(\d{2})?",
    Scheme.TAIWAN: r"\d{8}",
    Scheme.PERMIT: r"[A-Z]{3}\d{12}|9\d{17}|9\d{16}X",
}


@dataclass(frozen=True)
class Number:
    """A number in its normal form."""

    scheme: str
    text: str

    @property
    def masked(self) -> str:
        return mask_number(self.text)


def read_number(scheme: str, text: str) -> Number | Label:
    """The number in its normal form, or what is wrong with it. Of a resident's number the place is
    not looked at: lists of places lag behind the law, and are wrong for whoever is older."""
    plain = re.sub(r"[\s\-–—·.]", "", text).upper()
    if not plain:
        return Label("请填写证件号码。", "Enter the number.")
    if scheme == Scheme.RIC:
        return _read_ric(plain)
    if scheme == Scheme.USCC:
        return _checked(scheme, plain, uscc.validate, _USCC_MEND)
    form = _FORMS.get(scheme)
    if form is None:
        return Label(f"没有这种证件类型：{scheme}。", f"There is no such kind of number: {scheme}.")
    if not re.fullmatch(form, plain):
        name = SCHEMES[scheme]
        return Label(f"{name.zh}的格式不对，请核对。", f"This is not the form of a {name.en}.")
    return Number(scheme, plain)


_RIC_MEND = Label(
    "公民身份号码应为 18 位，末位为校验码；请对照证件逐位核对。",
    "A resident identity number has 18 characters, the last a check; compare it with the card.",
)
_USCC_MEND = Label(
    "统一社会信用代码应为 18 位，末位为校验码；请对照执照逐位核对。",
    "A unified social credit code has 18 characters, the last a check; compare the licence.",
)


def _read_ric(plain: str) -> Number | Label:
    if re.fullmatch(r"[0-9]{15}", plain):
        return _read_old(plain)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        return _RIC_MEND
    if ric.calc_check_digit(plain) != plain[-1]:
        return _RIC_MEND
    born = birth_and_sex(plain)
    if born is None:
        return Label(
            "号码第 7 至 14 位不是一个日期，请核对。",
            "Characters 7 to 14 of the number are no date; check them.",
        )
    return Number(Scheme.RIC, plain)


def _read_old(plain: str) -> Label:
    """Before 1999 a number had 15 digits; what it is since then follows from it (GB 11643-1999)."""
    longer = f"{plain[:6]}19{plain[6:]}"
    if birth_and_sex(longer + "0") is None:
        return _RIC_MEND
    check = ric.calc_check_digit(longer + "0")
    return Label(
        f"这是 15 位的旧号码；换成 18 位：在第 6 位后加 19，末尾加 {check}。请对照证件核对。",
        "This is an old number of 15 digits; the one of 18 has 19 after the sixth digit, and "
        f"{check} at the end. Compare it with the card.",
    )


def _checked(
    scheme: str, plain: str, validate: Callable[[str], str], mend: Label
) -> Number | Label:
    try:
        return Number(scheme, validate(plain))
    except ValidationError:
        return mend


def birth_and_sex(number: str) -> tuple[dt.date, str] | None:
    """Birth date and sex ("male", "female") from a resident identity number; None: no date."""
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born, "male" if int(number[16]) % 2 else "female"


# --- sealing and searching -----------------------------------------------------------------


@lru_cache(maxsize=8)
def _keys(secret: str) -> tuple[AESGCM, bytes]:
    """(what seals, the key that hashes)"""
    made = HKDF(
        algorithm=hashes.SHA256(), length=64, salt=None, info=b"craftpath identity 1"
    ).derive(secret.encode())
    return AESGCM(made[:32]), made[32:]


def digest_of(scheme: str, number: str) -> str:
    """The keyed hash under which a number is searched. `number` is in its normal form."""
    _, key = _keys(settings.CRAFTPATH_IDENTITY_KEY)
    return hmac.new(key, f"{scheme}:{number}".encode(), hashlib.sha256).hexdigest()


def seal_bytes(plain: bytes, use: str) -> bytes:
    """Encrypt under the identity key. `use` has to be the same when it is opened."""
    sealer, _ = _keys(settings.CRAFTPATH_IDENTITY_KEY)
    nonce = os.urandom(12)
    return nonce + sealer.encrypt(nonce, plain, use.encode())


def open_bytes(sealed: bytes | memoryview[int], use: str) -> bytes:
    """cryptography.exceptions.InvalidTag where it was changed, or sealed by another key."""
    sealer, _ = _keys(settings.CRAFTPATH_IDENTITY_KEY)
    whole = bytes(sealed)
    return sealer.decrypt(whole[:12], whole[12:], use.encode())


def sealed_identifier(party_id: int, number: Number) -> Identifier:
    """A row to save: nothing in it reads as the number."""
    return Identifier(
        party_id=party_id,
        scheme=number.scheme,
        sealed=seal_bytes(number.text.encode(), number.scheme),
        digest=digest_of(number.scheme, number.text),
        masked=number.masked,
    )


def open_number(identifier: Identifier) -> str:
    return open_bytes(identifier.sealed, identifier.scheme).decode()
