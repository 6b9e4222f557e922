"""A stand-in for a module in hardware: it makes its keys and keeps them; the site has a handle."""

from __future__ import annotations

from craftpath.proof.keys import LocalSigner, Signer

PATH = "tests.apps.credentials.hsm.Module"

_inside: dict[bytes, LocalSigner] = {}


class Module:
    def new(self, use: str) -> tuple[str, bytes]:
        handle = b"slot %d" % len(_inside)
        _inside[handle] = LocalSigner.new()
        return _inside[handle].public.multikey, handle

    def signer(self, kept: bytes, use: str, method: str) -> Signer:
        return _Within(kept, method)


class _Within:
    cryptosuite = LocalSigner.cryptosuite

    def __init__(self, handle: bytes, method: str) -> None:
        self._handle, self.method = handle, method

    def sign(self, data: bytes) -> bytes:
        return _inside[self._handle].sign(data)
