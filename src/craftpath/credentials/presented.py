"""What somebody shows, led back to the credential that we issued: a code, a number, a file.

Only look-ups. A stranger's document is never canonicalised: it is found by its id and compared
with what was issued, value by value, within bounds of size and depth.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from craftpath.credentials.addresses import public_id_in, token_in
from craftpath.credentials.choices import Sort
from craftpath.credentials.documents import said_of
from craftpath.credentials.facts import certificates
from craftpath.credentials.models import Credential, IssuingKey
from craftpath.credentials.signers import public_key
from craftpath.engine.rules import Label
from craftpath.pack.certificates import ReadNumber
from craftpath.proof.faults import Fault, Refused
from craftpath.proof.integrity import only_proof
from craftpath.proof.keys import PublicKey
from craftpath.proof.multibase import from_base64url
from craftpath.proof.shape import read_json
from craftpath.proof.token import key_id, read_token
from craftpath.registry.names import name_key

__all__ = ["LARGEST_FILE", "Shown", "by_card", "by_code", "by_file", "by_number", "is_name"]

#: Bytes of a file that is looked into.
LARGEST_FILE = 256 * 1024
_DEEPEST = 32
#: A number or a token that was pasted where a file was asked for.
_LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Shown:
    """What was found, if anything.

    reasons  what is to be said about what was shown itself
    differs  keys of the printed facts in which it is not what was issued; "" for anything else
    """

    credential: Credential | None = None
    reasons: tuple[Label, ...] = ()
    differs: tuple[str, ...] = ()


_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*")
_LATER_PICTURES = (b"ftypheic", b"ftypmif1", b"ftypavif")
#: A JSON Web Token (RFC 7519), or one with disclosures (SD-JWT, RFC 9901).
_WEB_TOKEN = re.compile(rb"eyJ[\w-]*\.[\w-]+\.[\w-]*(~[\w.~-]*)?", re.ASCII)
_PICTURE = Label(
    "这是图片，这里不读图片，真伪未作判断；请扫描其中的二维码，或上传凭证的签名文件。",
    "This is a picture, which is not read here: nothing is said of whether it is genuine. Scan its "
    "QR code, or show the signed document.",
)
_OTHER_FORMAT = Label(
    "这是 JWT 或 SD-JWT 格式的凭证，这里不读这种格式，真伪未作判断；请向签发机构核验。",
    "This is a credential as a JWT or SD-JWT, which is not read here: nothing is said of whether "
    "it is genuine. Ask whoever issued it.",
)
_CUT = Label(
    "文件不完整或被改过格式，无法读取，真伪未作判断；请重新下载签名文件，原样上传。",
    "The document was cut or reformatted and cannot be read: nothing is said of whether it is "
    "genuine. Download it again and show it unchanged.",
)
_NO_DOCUMENT = Label(
    "无法读取：既不是签名文件，也不是打印件或编码，真伪未作判断；请上传签名文件，或扫描二维码。",
    "This cannot be read: it is no signed document, no printed page and no code, and nothing is "
    "said of whether it is genuine. Show the signed document, or scan the QR code.",
)
_PDF = Label(
    "这是打印件，只核对其中的编码；纸面内容请与下列各项逐一对照。",
    "This is a printed page: its code alone was checked. Compare the page with every line below.",
)
_PDF_WITHOUT = Label(
    "打印件中没有本系统的编码；请扫描二维码，或输入编号和姓名。",
    "No code of this site is in that page; scan its QR code, or enter number and name.",
)
_NOT_OURS = Label("该凭证不是本站签发的。", "This credential was not issued by this site.")
_OLD_KEY = Label(
    "文件由已失密的密钥签名，内容与签发的一致；请持证人重新下载。",
    "The file is signed by a key that is compromised, and says what was issued; its holder "
    "should download it again.",
)


# --- by number -----------------------------------------------------------------------------


def by_number(typed: str, name: str) -> Shown:
    """Only with the right name. The same is read and compared whether there is such a number or
    not, and the same is said of a wrong number and of a wrong name."""
    read = _read_number(typed)
    text = read.text if isinstance(read, ReadNumber) else ""
    found = Credential.objects.filter(number=text).values_list("pk", "name", "name_en").first()
    pk, names = (None, _NOBODY) if found is None else (found[0], found[1:])
    if _is_one_of(names, name) and pk is not None:
        return Shown(_issued().get(pk=pk), read.notes if isinstance(read, ReadNumber) else ())
    return Shown(None, (read,) if isinstance(read, Label) else ())


#: Compared with where there is no such number.
_NOBODY = ("\0", "\0")


def _read_number(typed: str) -> ReadNumber | Label:
    """By the form that it fits; else what is wrong with it by the form that it is nearest to."""
    papers = certificates().papers
    reads = {sort: paper.number.read(typed) for sort, paper in papers.items()}
    for read in reads.values():
        if isinstance(read, ReadNumber):
            return read
    nearest = Sort.CARD if typed.strip()[:1].upper() == "K" else Sort.CERTIFICATE
    return reads.get(nearest) or Label("没有这种编号。", "There is no such number.")


def is_name(one: Credential, typed: str) -> bool:
    """Whether somebody typed the name on the paper, in either language."""
    return _is_one_of((one.name, one.name_en), typed)


def _is_one_of(names: tuple[str, str], typed: str) -> bool:
    """Compared in a time that does not tell how much of it was right."""
    plain = name_key(typed[:400]).encode()
    right = [hmac.compare_digest(plain, name_key(name[:400]).encode()) for name in names]
    return any(right) and bool(plain)


# --- by code -------------------------------------------------------------------------------


def by_code(token: str, day: dt.date) -> Shown:
    """A token that one of our issuers signed, whatever became of the paper since."""
    keys = _keys()
    try:
        number = read_token(token, keys.get, day).number
    except Refused as refused:
        if refused.fault not in (Fault.EXPIRED, Fault.NOT_YET_VALID):
            return Shown(None, (refused.fault.label,))
        number = _number_in(token)  # its signature fits: only its days have run out
    found = _issued().filter(number=number).first()
    if found is None:
        return Shown(None, (_NOT_OURS,))
    differs = _token_differs(token, found)
    return Shown(found, (), differs)


def _keys() -> Mapping[str, PublicKey]:
    """Every key that ever signed, broken ones too: what they signed is compared with what was
    issued, so that a forgery is named as one."""
    found = (public_key(key) for key in IssuingKey.objects.only("public"))
    return {key_id(key): key for key in found}


def _number_in(token: str) -> str:
    return str(_payload(token)[0])


def _payload(token: str) -> list[Any]:
    found: list[Any] = json.loads(from_base64url(token.split(".")[1]))
    return found


def _token_differs(token: str, one: Credential) -> tuple[str, ...]:
    """Where it says something else than our own token of this credential does."""
    if token == one.token:
        return ()
    said = said_of(one, one.issued)
    epoch = dt.date(1970, 1, 1)
    ends = 0 if said.until is None else (said.until - epoch).days
    mine = {
        "number": said.number,
        _subject_key(one): said.what,
        "level": said.level,
        "name": said.holder,
        "issued": (said.issued - epoch).days,
        "until": ends,
    }
    theirs = _payload(token)
    return tuple(key for (key, value), it in zip(mine.items(), theirs, strict=False) if it != value)


def _subject_key(one: Credential) -> str:
    return "card" if one.sort == Sort.CARD else "occupation"


def by_card(presented: str, day: dt.date) -> Credential | None:
    """The card that somebody holds out, by its code or its number, to whoever may note its use."""
    token = token_in(b"/v/" + presented.strip().encode()) or token_in(presented.encode())
    if token is not None:
        shown = by_code(token, day)
        found = None if shown.differs else shown.credential
    else:
        read = _read_number(presented)
        text = read.text if isinstance(read, ReadNumber) else ""
        found = _issued().filter(number=text).first()
    return found if found is not None and found.sort == Sort.CARD else None


# --- by file -------------------------------------------------------------------------------


def by_file(content: bytes, day: dt.date) -> Shown:
    """The signed document as it was downloaded, a printed page, or a code that was pasted."""
    text = content.strip()
    if text.startswith(b"%PDF-"):
        token = token_in(content)
        if token is None:
            return Shown(None, (_PDF_WITHOUT,))
        found = by_code(token, day)
        return Shown(found.credential, (*found.reasons, _PDF), found.differs)
    if len(text) <= _LONGEST_TEXT and not text.startswith((b"{", b"[")):
        token = token_in(b"/v/" + text) or token_in(text)
        if token is not None:
            return by_code(token, day)
    try:
        document = read_json(content)
        if _too_deep(document):
            raise Refused(Fault.TOO_LARGE)
    except Refused as refused:
        unread = refused.fault == Fault.MALFORMED
        return Shown(None, (_why_unread(text) if unread else refused.fault.label,))
    return _by_document(document)


def _why_unread(text: bytes) -> Label:
    """What cannot be read is not judged: what it seems to be, and what to show instead."""
    if text.startswith(_PICTURES) or text[4:12] in _LATER_PICTURES:
        return _PICTURE
    if _WEB_TOKEN.fullmatch(text):
        return _OTHER_FORMAT
    return _CUT if text.startswith((b"{", b"[")) else _NO_DOCUMENT


def _by_document(document: object) -> Shown:
    id = document.get("id") if isinstance(document, dict) else None
    public_id = public_id_in(id) if isinstance(id, str) else None
    if public_id is None or not isinstance(document, dict):
        return Shown(None, (_NOT_OURS,))
    found = _issued().filter(public_id=public_id).exclude(document="").first()
    if found is None:
        return Shown(None, (_NOT_OURS,))
    ours = json.loads(found.document)
    if _same(document, ours):
        return Shown(found)
    theirs, proof = _without_proof(document)
    mine, _ = _without_proof(ours)
    if _same(theirs, mine):
        old = _is_broken(found, proof)
        return Shown(found, (_OLD_KEY,)) if old else Shown(found, (), ("",))
    return Shown(found, (), _differences(theirs, mine, found))


def _too_deep(value: object) -> bool:
    """Level by level, without recursion."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _same(one: object, other: object) -> bool:
    """As JSON: 1, 1.0 and true are three things, the order of keys is none."""
    return _canonical(one) == _canonical(other)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _without_proof(document: Mapping[str, Any]) -> tuple[dict[str, Any], object]:
    bare = {key: value for key, value in document.items() if key != "proof"}
    return bare, only_proof(dict(document))


def _is_broken(one: Credential, proof: object) -> bool:
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    fragment = method.rpartition("#")[2] if isinstance(method, str) else ""
    return one.issuer.keys.filter(fragment=fragment, broken__isnull=False).exists()


#: Where in a document each printed fact stands.
_PLACES: Mapping[str, tuple[tuple[str | int, ...], ...]] = {
    "number": (("credentialSubject", "licenseNumber"),),
    "name": (("credentialSubject", "identifier"),),
    "subject": (
        ("name",),
        ("credentialSubject", "achievement", "id"),
        ("credentialSubject", "achievement", "name"),
        ("credentialSubject", "achievement", "alignment"),
    ),
    "level": (("credentialSubject", "result"),),
    "issued": (("validFrom",),),
    "until": (("validUntil",),),
    "body": (("issuer",),),
}


def _differences(
    theirs: Mapping[str, Any], mine: Mapping[str, Any], one: Credential
) -> tuple[str, ...]:
    found = [
        _subject_key(one) if key == "subject" else key
        for key, places in _PLACES.items()
        if any(not _same(_at(theirs, place), _at(mine, place)) for place in places)
    ]
    return tuple(found) or ("",)


def _at(document: object, place: tuple[str | int, ...]) -> object:
    for step in place:
        if not isinstance(document, dict):
            return None
        document = document.get(step)
    return document


# --- rows ----------------------------------------------------------------------------------


def _issued() -> QuerySet[Credential]:
    return Credential.objects.select_related("record", "issuer__party").defer("document")
