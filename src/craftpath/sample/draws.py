"""Chance that does not depend on who was asked before: a number for each (seed, name, party).

A counter-based generator (SplitMix64's finaliser over a keyed counter): the draw called "birth"
of person 7 is the same whether she is made alone, in a block or on another machine. So the same
(people, seed, version) gives the same file however the work is cut up.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

__all__ = ["VERSION", "Draws"]

# Part of every key. Raise it whenever the same seed no longer makes the same lives.
VERSION = 1

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


class Draws:
    """Numbers for parties by id. `name` says what is drawn; one name, one use."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._keys: dict[str, np.uint64] = {}

    def uniform(self, name: str, ids: Int64) -> Float64:
        """In [0, 1), for each id."""
        x = ids.astype(np.uint64)
        x *= np.uint64(0x9E3779B97F4A7C15)
        x += self._key(name)
        x ^= x >> np.uint64(30)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(27)
        x *= np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
        x >>= np.uint64(11)
        return x.astype(np.float64) * 2.0**-53

    def chance(self, name: str, ids: Int64, probability: float | Float64) -> npt.NDArray[np.bool_]:
        drawn: npt.NDArray[np.bool_] = self.uniform(name, ids) < probability
        return drawn

    def whole(self, name: str, ids: Int64, low: int, high: int) -> Int64:
        """In [low, high)."""
        return low + (self.uniform(name, ids) * (high - low)).astype(np.int64)

    def waiting(self, name: str, ids: Int64, mean: float) -> Int64:
        """Whole days, exponential, at least 0."""
        return (-mean * np.log1p(-self.uniform(name, ids))).astype(np.int64)

    def pick(self, name: str, ids: Int64, weights: Float64) -> Int64:
        """An index, by weight."""
        bounds = np.cumsum(weights) / np.sum(weights)
        found = np.searchsorted(bounds, self.uniform(name, ids), side="right")
        return np.minimum(found, len(weights) - 1).astype(np.int64)

    def _key(self, name: str) -> np.uint64:
        if name not in self._keys:
            text = f"craftpath sample {VERSION} {self.seed} {name}".encode()
            self._keys[name] = np.uint64(int.from_bytes(hashlib.sha256(text).digest()[:8], "big"))
        return self._keys[name]
