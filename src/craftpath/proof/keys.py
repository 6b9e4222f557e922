"""Keys: who signs, and by what a signature is checked.

`Signer` is what a module in hardware, or one for SM2, would implement; `LocalSigner` holds an
Ed25519 key in memory. Sealing private keys at rest is for whoever stores them: `private_bytes` and
`LocalSigner.of_bytes` take and give the raw 32 bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from craftpath.proof.multibase import from_base58, to_base58

__all__ = ["EDDSA", "Key", "KeyOf", "LocalSigner", "PublicKey", "Signer", "did_key"]

#: The cryptosuite of Ed25519 over RDF-canonical form (W3C Data Integrity EdDSA Cryptosuites 1.0).
EDDSA = "eddsa-rdfc-2022"

#: Multicodec prefix of an Ed25519 public key.
_ED25519 = b"\xed\x01"
_DID_KEY = "did:key:"


class Signer(Protocol):
    """Who can sign: a verification method and a way to sign bytes under it.

    method        the full URL of the verification method, DID and fragment
    cryptosuite   what the proof will say it was signed by
    """

    @property
    def method(self) -> str: ...
    @property
    def cryptosuite(self) -> str: ...
    def sign(self, data: bytes) -> bytes: ...


class Key(Protocol):
    """What a signature is checked by."""

    @property
    def cryptosuite(self) -> str: ...
    def verify(self, signature: bytes, data: bytes) -> bool: ...


#: From the URL of a verification method (or the `kid` of a token) to its key; None: not known.
KeyOf = Callable[[str], Key | None]


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key of 32 bytes. ValueError: they are not one."""

    raw: bytes
    cryptosuite: str = field(default=EDDSA, init=False)

    def __post_init__(self) -> None:
        Ed25519PublicKey.from_public_bytes(self.raw)

    @property
    def multikey(self) -> str:
        return to_base58(_ED25519 + self.raw)

    @classmethod
    def of_multikey(cls, text: str) -> PublicKey:
        data = from_base58(text)
        if not data.startswith(_ED25519):
            raise ValueError("no Ed25519 multikey")
        return cls(data.removeprefix(_ED25519))

    def verify(self, signature: bytes, data: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature:
            return False
        return True

    @property
    def did(self) -> str:
        """The did:key that is this key and nothing else."""
        return _DID_KEY + self.multikey

    @property
    def method(self) -> str:
        """The verification method of that did:key."""
        return f"{self.did}#{self.multikey}"


def did_key(method: str) -> PublicKey | None:
    """The key that a verification method of did:key spells out; None: it is no such method.

    A did:key vouches for nobody: whoever makes a key has one.
    """
    did, _, fragment = method.partition("#")
    if did != _DID_KEY + fragment:
        return None
    try:
        return PublicKey.of_multikey(fragment)
    except ValueError:
        return None


class LocalSigner:
    """Signs with a key in memory. Without a method it signs as its own did:key."""

    cryptosuite = EDDSA

    def __init__(self, private: Ed25519PrivateKey, method: str | None = None) -> None:
        self._private = private
        self.public = PublicKey(private.public_key().public_bytes_raw())
        self.method = method or self.public.method

    @classmethod
    def of_bytes(cls, raw: bytes, method: str | None = None) -> LocalSigner:
        """From the raw 32 bytes. ValueError: they are not 32."""
        return cls(Ed25519PrivateKey.from_private_bytes(raw), method)

    @classmethod
    def new(cls, method: str | None = None) -> LocalSigner:
        return cls(Ed25519PrivateKey.generate(), method)

    def private_bytes(self) -> bytes:
        """The raw 32 bytes, for whoever seals them."""
        return self._private.private_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)

    def __repr__(self) -> str:
        return f"LocalSigner({self.method!r})"
