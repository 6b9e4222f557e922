"""The pack that everything is measured with."""

from __future__ import annotations

from functools import cache

from craftpath.engine.vocabulary import Vocabulary
from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack

NAME = "guangdong"


@cache
def pack() -> Pack:
    return load_pack(NAME)


def vocabulary() -> Vocabulary:
    return pack().vocabulary
