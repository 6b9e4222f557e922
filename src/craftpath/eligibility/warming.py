"""Making ready before the first visitor comes."""

from __future__ import annotations

import datetime as dt
import gc

from craftpath.eligibility.asking import ask, ask_many
from craftpath.eligibility.book import rule_book
from craftpath.eligibility.codes import search_codes
from craftpath.eligibility.facts import Fact
from craftpath.eligibility.kept import pack_of
from craftpath.engine.program import ORGANISATION, PERSON
from craftpath.pack.nouns import Pack

__all__ = ["warm"]

_DAY = dt.date(2000, 1, 1)  # any day: nothing is done with the answers


def warm(name: str, freeze: bool = True) -> Pack:
    """Read a pack, compile its rules and load the kernels, so that the first request is quick.

    To be called once a process, before it forks where it does. The first call on a machine compiles
    the kernels (about a minute); later processes load them from numba's cache.

    freeze  take what is loaded by now out of the garbage collector's rounds: a pack is a hundred
            thousand objects that stay, and walking them holds up a request by a tenth of a second
    """
    pack = pack_of(name)
    lives = [Fact(1, PERSON, _DAY), Fact(2, ORGANISATION, _DAY)]
    for party in (1, 2):
        for answer in ask(pack, lives, party, _DAY):
            _ = answer.conditions, answer.sources
    ask_many(pack, lives, _DAY, all_rows=True)
    for list_id in pack.vocabulary.lists:
        search_codes(pack, list_id, "")
    rule_book(pack)
    if freeze:
        gc.collect()
        gc.freeze()
    return pack
