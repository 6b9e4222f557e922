"""Who signs with a key: a class named by the key's row, among those that the settings allow.

`Sealed` keeps the private key in the database, under the identity key. A module in hardware, or
one for another kind of key, brings a class of its own with the same two doors, and the settings
name it (CRAFTPATH_SIGNERS); nothing else changes. tests/apps/credentials/hsm.py shows one.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from craftpath.access.errors import Conflict
from craftpath.credentials.addresses import method_of
from craftpath.credentials.models import IssuingKey
from craftpath.proof.keys import LocalSigner, PublicKey, Signer
from craftpath.registry.identity import open_bytes, seal_bytes

__all__ = ["SEALED", "KeyMaker", "Sealed", "key_maker", "public_key", "signer_of", "use_of"]

SEALED = "craftpath.credentials.signers.Sealed"


class KeyMaker(Protocol):
    """What a class named in CRAFTPATH_SIGNERS does.

    new(use)   a new key: its Multikey, and what is kept in the row (sealed, or a handle by which
               the module finds it again). `use` names the key and is the same when it signs
    signer(kept, use, method)   what signs with it, as the verification method `method`
    """

    def new(self, use: str) -> tuple[str, bytes]: ...
    def signer(self, kept: bytes, use: str, method: str) -> Signer: ...


class Sealed:
    """Ed25519 in memory while it signs; sealed by the identity key at rest."""

    def new(self, use: str) -> tuple[str, bytes]:
        made = LocalSigner.new()
        return made.public.multikey, seal_bytes(made.private_bytes(), use)

    def signer(self, kept: bytes, use: str, method: str) -> Signer:
        return LocalSigner.of_bytes(open_bytes(kept, use), method)


def key_maker(path: str) -> KeyMaker:
    """Conflict: the settings do not name it."""
    if path not in settings.CRAFTPATH_SIGNERS:
        raise Conflict(
            f"本站没有配置签名模块 {path}。", f"This site has no signer {path} in its settings."
        )
    found: KeyMaker = import_string(path)()
    return found


def signer_of(key: IssuingKey) -> Signer:
    """What signs with a key. Conflict: its module is not there, or the key was broken."""
    if key.broken is not None:
        raise Conflict(
            f"密钥 {key.fragment} 已宣布失密，请换用新的密钥。",
            f"The key {key.fragment} is compromised; make the next.",
        )
    return key_maker(key.signer).signer(bytes(key.sealed), use_of(key), method_of(key))


def use_of(key: IssuingKey) -> str:
    return f"issuing key {key.issuer.slug} {key.fragment}"


def public_key(key: IssuingKey) -> PublicKey:
    return PublicKey.of_multikey(key.public)
